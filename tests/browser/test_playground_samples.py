"""The samples of a playground in a browser: by mouse, by keyboard alone, of classes and of numbers."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def fact(page, name, text):
    page.locator(f'[data-is="{name}"]', has_text=text).wait_for(timeout=20_000)


def center(part):
    box = part.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_samples_are_added_moved_removed_and_all_of_it_is_taken_back(play):
    session, page = play
    box = page.locator(".overlay").bounding_box()
    before = session.X.tolist()
    page.locator(".new input").nth(1).check()
    page.mouse.click(box["x"] + 4, box["y"] + 4)
    page.locator('[data-sample="40"]').wait_for()
    assert session.y[-1] == 1.0
    page.mouse.move(*center(page.locator('[data-sample="40"]')))
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4, steps=4)
    there = session.X[-1].tolist()
    page.mouse.up()
    for _ in range(100):
        if session.X[-1].tolist() != there:
            break
        page.wait_for_timeout(50)
    assert session.X[-1].tolist() != there
    page.click(".main details summary")
    page.fill('[data-new="0"]', "0.5")
    page.fill('[data-new="1"]', "0.25")
    page.click("[data-do=add]")
    page.locator('[data-sample="41"]').wait_for()
    assert session.X[-1].tolist() == [0.5, 0.25]
    page.mouse.dblclick(*center(page.locator('[data-sample="41"]')))
    page.locator('[data-sample="41"]').wait_for(state="detached")
    assert len(session.X) == 41
    for _ in range(4):
        page.click("[data-do=undo]")
    page.locator('[data-sample="40"]').wait_for(state="detached")
    page.locator("[data-do=undo]:disabled").wait_for()
    assert session.X.tolist() == before


def test_samples_by_keyboard_alone(play):
    session, page = play
    page.locator(".overlay").focus()
    before = session.X.copy(), session.y.copy()

    def press(key, said):
        page.keyboard.press(key)
        page.locator(".unseen", has_text=said).wait_for(state="attached")

    press("ArrowRight", "sample 2 of 40")
    assert session.ringed == 1
    page.keyboard.press("Shift+ArrowRight")
    page.locator("[data-do=undo]:enabled").wait_for()
    assert session.X[1][0] > before[0][1][0]
    assert session.X[1][1] == pytest.approx(before[0][1][1], rel=1e-3)
    press("Insert", "sample 41 of 41")
    press("c", "class +1")
    assert session.y[-1] == 1.0
    press("Delete", "of 40")
    press("Home", "sample 1 of 40")
    press("End", "sample 40 of 40")
    for _ in range(4):
        page.keyboard.press("z")
    page.locator("[data-do=undo]:disabled").wait_for()
    assert session.X.tolist() == before[0].tolist()
    assert session.y.tolist() == before[1].tolist()


def test_data_sets_of_three_classes_and_of_numbers(play):
    session, page = play
    page.select_option("[data-set=dataset]", "blobs")
    page.locator('.network [id="u3_2"]').wait_for()
    assert page.locator(".new input").count() == 3
    assert page.locator(".sample.class-2").count() > 5
    page.locator(".new input").nth(2).check()
    page.locator(".overlay").click(position={"x": 8, "y": 8})
    page.locator('[data-sample="40"]').wait_for()
    assert session.y[-1] == 2
    page.select_option("[data-set=dataset]", "sine")
    page.locator("path.answer").wait_for()
    page.locator(".overlay").click(position={"x": 8, "y": 8})
    page.locator('[data-sample="40"]').wait_for()
    assert session.y[-1] > 1.2, "the height is the number"
    page.click("[data-size=epoch]")
    fact(page, "epoch", "1")
    assert page.inner_text('[data-is="score"]') == "typical error"
