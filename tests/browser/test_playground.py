"""The playground in a browser, talking to this process alone: what is clicked happens, what is shown is so."""

from __future__ import annotations

import pytest

from viz import labels
from viz.playground import serve

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def play(open_page):
    served = serve(layers=(3, 2), samples=40)
    page = open_page(served.url, viewport={"width": 1400, "height": 900})
    page.wait_for_selector(".network svg")
    yield served.session, page
    page.close()
    served.close()


def fact(page, name, text):
    page.locator(f'[data-is="{name}"]', has_text=text).wait_for(timeout=20_000)


def test_steps_of_every_size_and_the_way_back(play):
    session, page = play
    page.click("[data-size=batch]")
    fact(page, "updates", "1")
    assert page.inner_text('[data-is="loss"]') == labels.number(session.losses[-1])
    page.click("[data-size=epoch]")
    fact(page, "epoch", "1")
    page.click("[data-size=operation]")
    page.locator(".card dt").first.wait_for()
    assert page.inner_text(".card p") == f"forward · 1 of {len(session.stepper)} · {session.card['heading']}"
    page.click("[data-do=rewind]")
    fact(page, "updates", "0")
    assert session.updates == 0


def test_training_runs_until_it_is_paused(play):
    session, page = play
    page.click("[data-do=play]")
    page.locator('[data-do="play"]', has_text="Pause").wait_for()
    page.wait_for_timeout(600)
    page.click("[data-do=play]")
    page.locator('[data-do="play"]', has_text="Train").wait_for()
    done = session.updates
    assert done > 0
    page.wait_for_timeout(300)
    assert session.updates == done
    assert page.inner_text('[data-is="updates"]') == str(done)


def test_a_weight_is_chosen_by_keyboard_set_and_its_slice_drawn(play):
    session, page = play
    line = page.locator('.network .link[id="l0_0_1_1"]')
    line.focus()
    page.keyboard.press("Enter")
    page.locator(".slice svg").wait_for()
    page.fill("[data-weight]", "-1.5")
    page.keyboard.press("Tab")
    page.locator(".slice text", has_text="w = −1.500").wait_for()
    assert session.model.layers[0].neurons[1].w[0].data == -1.5
    assert "neg" in line.get_attribute("class").split()


def test_the_slice_follows_the_weight_as_it_is_trained(play):
    session, page = play
    page.locator('.network .link[id="l0_0_1_1"]').focus()
    page.keyboard.press("Enter")
    page.locator(".slice svg").wait_for()
    page.click("[data-size=operation]")
    page.click("[data-size=operation]")
    page.locator('.network .link[id="l0_0_1_2"]').focus()
    page.keyboard.press("Enter")
    weight = session.model.layers[0].neurons[2].w[0]
    page.locator(".slice text", has_text=f"w = {labels.number(weight.data, 3)}").wait_for()
    assert session.stepper.position == 2, "looking at the loss around a weight ends no sweep"
    page.click("[data-do=play]")
    page.wait_for_timeout(900)
    page.click("[data-do=play]")
    page.locator('[data-do="play"]', has_text="Train").wait_for()
    page.locator(".slice text", has_text=f"w = {labels.number(weight.data, 3)}").wait_for()


def test_samples_are_added_moved_and_removed(play):
    session, page = play
    box = page.locator(".overlay").bounding_box()
    page.check('input[name="class"][value="1"]')
    page.mouse.click(box["x"] + 4, box["y"] + 4)
    page.locator('[data-sample="40"]').wait_for()
    assert session.y[-1] == 1.0
    at = page.locator('[data-sample="40"]').bounding_box()
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4, steps=4)
    before = session.X[-1].tolist()
    page.mouse.up()
    page.wait_for_timeout(400)
    assert session.X[-1].tolist() != before
    page.fill('[data-new="0"]', "0.5")
    page.fill('[data-new="1"]', "0.25")
    page.click("[data-do=add]")
    page.locator('[data-sample="41"]').wait_for()
    assert session.X[-1].tolist() == [0.5, 0.25]
    at = page.locator('[data-sample="41"]').bounding_box()
    page.mouse.dblclick(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    page.locator('[data-sample="41"]').wait_for(state="detached")
    assert len(session.X) == 41


def test_another_network_is_drawn_when_layers_change_and_errors_are_said(play):
    session, page = play
    page.fill("[data-set=layers]", "4 4 2")
    page.keyboard.press("Tab")
    page.locator('.network [id="u3_1"]').wait_for()
    assert page.locator("canvas.map").count() == 2 + 4 + 4 + 2 + 1
    page.fill("[data-set=layers]", "77")
    page.keyboard.press("Tab")
    page.locator(".badge", has_text="from 1 to 10").wait_for()
    assert session.settings.layers == (4, 4, 2)
    page.select_option("[data-set=activation]", "relu")
    page.locator(".caption", has_text="relu").first.wait_for()
    session.model.layers[0].neurons[0].b.data = -50.0
    page.click("[data-size=sample]")
    page.locator(".badge", has_text="dead units").wait_for()


def test_the_ringed_sample_opens_in_the_stepper_and_the_code_can_be_copied(play):
    _, page = play
    page.click("[data-do=code]")
    page.locator(".inside textarea").wait_for()
    assert "from nn import MLP" in page.input_value(".inside textarea")
    page.click("[data-do=close]")
    page.click("[data-do=steps]")
    inside = page.frame_locator(".inside iframe")
    inside.locator("#next").click()
    assert "step 1 of" in inside.locator("#phase").inner_text()


def test_the_theme_can_be_changed(play):
    _, page = play
    page.click("[data-do=theme]")
    page.click("[data-do=theme]")
    assert page.evaluate("getComputedStyle(document.querySelector('.playground')).backgroundColor") == "rgb(17, 24, 39)"


@pytest.mark.parametrize(
    "reader",
    [{"color_scheme": "dark"}, {"reduced_motion": "reduce"}, {"forced_colors": "active"}, {"color_scheme": "light"}],
    ids=lambda reader: "-".join(reader.values()),
)
def test_whatever_the_reader_has_chosen_everything_can_be_told_apart(open_page, reader):
    with serve(layers=(2,), samples=20) as served:
        page = open_page(served.url, viewport={"width": 1400, "height": 900}, **reader)
        page.wait_for_selector(".network svg")
        page.click("[data-size=epoch]")
        fact(page, "epoch", "1")
        inks = page.locator(".network .link").evaluate_all("all => all.map((one) => getComputedStyle(one).stroke)")
        dark = "rgb(17, 24, 39)" if reader.get("color_scheme") == "dark" else "rgb(255, 255, 255)"
        if "forced_colors" not in reader:
            assert page.evaluate("getComputedStyle(document.querySelector('.playground')).backgroundColor") == dark
        assert len(set(inks)) > 1
        dashes = page.locator(".network .link.neg").evaluate_all(
            "all => all.map((one) => getComputedStyle(one).strokeDasharray)"
        )
        assert dashes
        assert "none" not in dashes
        height = page.locator("#playground").bounding_box()["height"]
        assert height >= 900, "the colours end where the window does"
        page.close()


def test_a_narrow_page_shows_one_panel_below_the_other(play):
    _, page = play
    page.set_viewport_size({"width": 420, "height": 800})
    boxes = [page.locator(f'section[aria-label="{name}"]').bounding_box() for name in ("Data", "Network", "Training")]
    assert boxes[0]["y"] < boxes[1]["y"] < boxes[2]["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 420


def test_a_page_that_is_closed_while_it_trains_stops_the_training(play):
    session, page = play
    page.click("[data-do=play]")
    page.locator('[data-do="play"]', has_text="Pause").wait_for()
    page.goto("about:blank")
    for _ in range(50):
        if not session.playing:
            break
        page.wait_for_timeout(100)
    assert not session.playing
