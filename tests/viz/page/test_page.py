"""The page in a browser, with the network shut: every number is the engine's, by mouse and by keyboard."""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree

import pytest

from autograd_core import Value
from nn import MLP, SGD
from viz import step
from viz.render.mathml import mathml
from viz.style import labels

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
        page.wait_for_selector("#counter:not(:empty)")  # data that are packed have to be unpacked
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


@pytest.mark.parametrize("notebook", [False, True], ids=["file", "notebook"])
def test_what_is_packed_is_shown_like_everything_else(open_page, tmp_path, browser, notebook):
    model = MLP(2, [8, 4, 1], activation="tanh", rng=0)
    stepper = step((model([Value(1.0, label="x1"), Value(-1.0, label="x2")]) - 1.0) ** 2)
    page = outer = open_page(stepper)
    assert page.get_attribute("#data", "type") == "text/plain"
    if notebook:
        path = tmp_path / "cell.html"
        path.write_text(f"<meta charset=utf-8>{stepper._repr_mimebundle_()['text/html']}", encoding="utf-8")
        outer = browser.new_page()
        outer.goto(path.as_uri())
        outer.frame_locator("iframe").locator("#counter:not(:empty)").wait_for()
        page = outer.frames[1]
    rows = {row.node: row for row in stepper.table().rows}
    for k in range(1, len(stepper) + 1, len(stepper) // 12):
        page.fill("#slider", str(k))
        taken = stepper.goto(k)
        card, about = stepper.card(taken), taken.target or taken.node
        assert page.inner_text("#heading") == card.heading
        assert written(page, "#lines .result") == [line.result for line in card.lines]
        shown = page.eval_on_selector_all("#lines .sum", "sums => sums.map((sum) => sum.textContent)")
        said = [text_of(line.tex, line.text) + text_of(line.numbers_tex, line.numbers) for line in card.lines]
        assert shown == said
        number = labels.number(taken.value) if taken.kind == "forward" else labels.gradient(taken.after)
        column = "value" if taken.kind == "forward" else "adjoint"
        assert written(page, f"#trace [data-node='{about}'] .{column}") == [number]
        row = rows[about]
        typeset = [text_of(tex, "") for tex in (row.formula_tex if row.formula else "", row.adjoint_tex)]
        assert written(page, f"#trace [data-node='{about}'] .formula") == typeset
    for level in ("op", "neuron", "layer", "model"):
        page.select_option("#level", level)
        assert page.locator("#view svg").count() == 1
    outer.close()


def test_a_browser_that_cannot_unpack_says_so_and_leaves_the_trace(browser, tmp_path, example):
    x = Value(1.0, label="x")
    for _ in range(100):
        x = x * 1.5 + 1.0
    path = step(x).save(tmp_path / "steps.html")
    frame = re.search('srcdoc="(.*?)"', step(example)._repr_mimebundle_()["text/html"], re.DOTALL)[1]
    (tmp_path / "frame.html").write_text(html.unescape(frame), encoding="utf-8")
    old = browser.new_context()
    old.add_init_script("delete globalThis.DecompressionStream")
    page = old.new_page()
    page.goto(path.as_uri())
    page.get_by_text("The steps cannot be shown: this browser is older than 2023").wait_for()
    assert page.locator("#trace tbody tr").count() == 201
    page.goto((tmp_path / "frame.html").as_uri())
    page.get_by_text("The steps cannot be shown: this browser is older").wait_for()
    old.close()


@pytest.mark.parametrize("width", [1440, 1280, 1024, 390])
def test_names_with_paths_leave_room_for_formulas(open_page, width):
    model = MLP(2, [11, 3, 1], rng=0)
    stepper = step((model([Value(1.0, label="x1"), Value(-1.0, label="x2")]) - 1.0) ** 2)
    page = open_page(stepper, viewport={"width": width, "height": 800})
    page.add_style_tag(content=".trace tbody { content-visibility: visible !important }")
    cut = """cells => cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent)"""
    assert page.eval_on_selector_all("#trace tbody :is(th, .value, .bar, .adjoint)", cut) == []
    assert page.eval_on_selector_all("#trace tbody .formula:not(.reverse)", cut) == []
    assert page.text_content("#trace tbody .given th") == stepper.table().rows[0].name
    assert page.evaluate("document.body.scrollWidth <= innerWidth")
    if width > 1000:  # a result stands beneath a formula rather than over it
        page.fill("#slider", str(1 + max(k for k, s in enumerate(stepper) if s.target_name.endswith(".w10"))))
        assert page.eval_on_selector_all("#lines .sum", cut) == []


def text_of(tex, otherwise):
    """The text of a formula as a page typesets it."""
    return "".join(ElementTree.fromstring(mathml(tex)).itertext()) if tex else otherwise


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
def test_colors_follow_the_system_until_they_are_chosen(open_page, example, scheme):
    from viz.style.theme import THEMES

    page = open_page(step(example), color_scheme=scheme, reduced_motion="reduce")

    def background():
        red, green, blue = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        return f"#{red:02x}{green:02x}{blue:02x}"

    assert background() == THEMES[scheme].background
    page.click("#theme")
    assert background() == THEMES["light"].background
    page.click("#theme")
    assert background() == THEMES["dark"].background


def test_an_edge_that_waits_covers_nothing(open_page, example):
    page = open_page(step(example))
    assert page.locator("#graph .edge.pending path").count()
    fills = "paths => paths.map((path) => getComputedStyle(path).fill)"
    assert set(page.eval_on_selector_all("#graph .edge.pending path", fills)) == {"none"}


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


@pytest.fixture
def trained():
    model = MLP(2, [2, 1], rng=0)
    optimizer = SGD(model.parameters(), lr=0.1)
    return step((model([1.0, -2.0]) - 1.0) ** 2, after=optimizer)


def test_coarser_steps_stop_where_the_object_stops(open_page, trained):
    page = open_page(trained)
    count = lambda: int(page.inner_text("#counter").split()[1])  # noqa: E731
    for size in ("node", "neuron", "layer", "phase", "step"):
        page.keyboard.press("Home")
        page.select_option("#by", size)
        page.locator("#view").focus()
        trained.goto(0)
        while trained.next(size) is not None:
            page.keyboard.press("ArrowRight")
            assert count() == trained.position
        while trained.position:
            trained.back(size)
            page.keyboard.press("ArrowLeft")
            assert count() == trained.position
    page.keyboard.press("PageDown")
    assert count() == sum(s.kind == "forward" for s in trained)
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert "BACKWARD" in page.inner_text("#phase").upper()


def test_breakpoints_places_paths_and_keys(open_page, trained):
    page = open_page(trained)
    for asked, position in (("5", 5), (trained.steps[20].target_name, None)):
        page.keyboard.press("g")
        page.keyboard.type(asked)
        page.keyboard.press("Enter")
        if position is None:
            position = 1 + max(i for i, s in enumerate(trained) if s.target_name == asked)
        assert page.inner_text("#counter") == f"Step {position} of {len(trained)}"
    page.keyboard.press("p")
    name = trained.steps[20].target_name
    assert page.inner_text("#ways").strip() == repr(trained.paths(name)).strip()
    page.keyboard.press("b")
    page.keyboard.press("Home")
    trained.goto(0)
    trained.run_to(name)
    page.keyboard.press("r")
    assert page.inner_text("#counter") == f"Step {trained.position} of {len(trained)}"
    assert page.locator("tr.breakpoint").count() == 1
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("/")
    page.keyboard.type("nobody")
    page.keyboard.press("Enter")
    assert page.locator("#place").get_attribute("aria-invalid") == "true"
    assert "no node called nobody" in page.inner_text("#live")


def test_an_update_shows_the_new_number(open_page, trained):
    page = open_page(trained)
    page.keyboard.press("End")
    last = trained.steps[-1]
    assert last.kind == "update"
    assert page.inner_text("#lines .last").removeprefix("= ") == labels.number(last.after)
    assert page.text_content(f"#graph [id='{last.node}'] .data") == labels.number(last.after)
