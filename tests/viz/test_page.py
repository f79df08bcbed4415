"""The page in a browser, with the network shut: every number is the engine's, by mouse and by keyboard."""

from __future__ import annotations

import pytest

from autograd_core import Value
from viz import labels, step

pytestmark = [pytest.mark.browser, pytest.mark.dot, pytest.mark.slow]


@pytest.fixture
def open_page(browser, tmp_path):
    """Open the page of a graph; at the end, nothing may have been requested or complained about."""
    complaints, opened = [], []

    def open_it(stepper, **context):
        path = stepper.save(tmp_path / "steps.html")
        page = browser.new_context(**context).new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url) if request.url != path.as_uri() else None)
        page.goto(path.as_uri())
        opened.append(page)
        return page

    yield open_it
    for page in opened:
        page.context.close()
    assert complaints == []


def written(page, place):
    return page.eval_on_selector_all(place, "parts => parts.map((part) => part.textContent)")


def test_every_step_shows_the_engines_numbers(open_page, example):
    stepper = step(example)
    page = open_page(stepper)
    assert "Numbers are given" in page.inner_text("#heading")
    value = {row.node: row.value for row in stepper.table().rows if not row.formula}
    grad = {}
    for taken in stepper:
        page.click("#next")
        if taken.kind == "forward":
            value[taken.node] = labels.number(taken.value)
        else:
            grad[taken.target or taken.node] = labels.gradient(taken.after)
        shown = stepper.card(taken)
        assert page.inner_text("#heading") == shown.heading
        assert written(page, "#lines .result") == [line.result for line in shown.lines]
        rows = [row.node for row in stepper.table().rows]
        assert written(page, "#trace td.value") == [value.get(node, "—") for node in rows]
        assert written(page, "#trace td.adjoint") == [grad.get(node, "—") for node in rows]
        for node in rows:
            assert written(page, f"#graph [id='{node}'] .data") == [value.get(node, "—")]
            assert written(page, f"#graph [id='{node}'] .grad") == [f"∇ {grad.get(node, '—')}"]
        assert page.inner_text("#live").endswith(shown.sentence)
        active = written(page, "#graph .edge.active") if taken.edge else []
        assert len(active) == (1 if taken.edge else 0)
    assert page.is_disabled("#next")


def test_by_keyboard_alone(open_page, example):
    page = open_page(step(example))

    def counter():
        return page.inner_text("#counter")

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert counter() == "Step 2 of 14"
    page.keyboard.press("ArrowLeft")
    assert counter() == "Step 1 of 14"
    page.keyboard.press("End")
    assert counter() == "Step 14 of 14"
    page.keyboard.press("Home")
    assert counter() == "Step 0 of 14"
    page.keyboard.press("Space")
    assert page.get_attribute("#play", "aria-label") == "Pause"
    page.keyboard.press("Space")
    assert page.get_attribute("#play", "aria-label") == "Play"


def test_buttons_slider_rows_and_boxes(open_page, example):
    page = open_page(step(example))
    page.click("#last")
    assert page.inner_text("#counter") == "Step 14 of 14"
    page.click("#first")
    assert page.is_disabled("#back")
    page.fill("#slider", "6")
    assert page.inner_text("#counter") == "Step 6 of 14"
    page.click("#trace tr[data-node='n4'] th")
    assert page.inner_text("#heading") == "Compute d"
    page.click("#trace tr[data-node='n4'] td.adjoint")
    assert page.inner_text("#heading") == "v3 sends to d"
    page.click("#graph [id='n2'] .data")
    assert page.inner_text("#heading") == "Compute v1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_system_until_they_are_chosen(open_page, example, scheme):
    from viz.theme import THEMES

    page = open_page(step(example), color_scheme=scheme, reduced_motion="reduce")

    def background():
        red, green, blue = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        return f"#{red:02x}{green:02x}{blue:02x}"

    assert background() == THEMES[scheme].background
    page.click("#theme")
    assert background() == THEMES["light"].background
    page.click("#theme")
    assert background() == THEMES["dark"].background


def test_labels_that_attack_do_nothing(open_page, hostile):
    out = Value(0.5)
    for text in hostile:
        out = out * Value(1.0, label=text)
    page = open_page(step(out))
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.keyboard.press("End")
    assert page.evaluate("document.scripts.length") == 2
    assert (
        page.evaluate("document.querySelectorAll('#graph script, #trace script, #card script, a, iframe').length") == 0
    )


def test_in_a_notebook_the_frame_steps(browser, tmp_path, example):
    path = tmp_path / "cell.html"
    path.write_text(f"<meta charset=utf-8>{step(example)._repr_mimebundle_()['text/html']}", encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator("#next").click()
    assert frame.locator("#counter").inner_text() == "Step 1 of 14"
    page.close()
