"""The page of steps at every level, and its checks: all that stands there was written by the engine."""

from __future__ import annotations

import pytest

from autograd_core import Tensor, Value
from nn import MLP
from viz import step
from viz.scene.graph_view import Reading
from viz.steps.derivative_checks import DIRECTION
from viz.steps.frames import Frames

pytestmark = [pytest.mark.browser, pytest.mark.dot, pytest.mark.slow]

NAMES = ("op", "neuron", "layer", "model")


@pytest.fixture
def loss():
    model = MLP(2, [2, 1], activation="tanh", rng=0)
    return (model([Value(1.0, label="x1"), Value(-2.0, label="x2")]) - 1.0) ** 2


@pytest.fixture
def open_steps(open_page, tmp_path):
    def open_it(stepper, **context):
        page = open_page(stepper.save(tmp_path / "steps.html").as_uri(), **context)
        page.wait_for_selector("#counter:not(:empty)")  # data that are packed have to be unpacked
        return page

    return open_it


#: what the picture shows: the texts and the classes of each box, the classes of each line
SHOWN = """() => {
  const told = ["current", "target", "pending", "active"];
  const marks = (part) => [...part.classList].filter((name) => told.includes(name));
  const text = (box, role) => box.querySelector(`.${role}`)?.textContent.replace(/^‖?∇‖? /, "") ?? "";
  const found = {};
  for (const box of document.querySelectorAll("#view .box:not(.constant)"))
    found[box.id] = [text(box, "data"), text(box, "grad"), ...marks(box).sort()];
  for (const line of document.querySelectorAll("#view .edge:not(.constant)")) {
    const names = marks(line);
    found[line.id] = names.includes("active") ? ["active"] : names;  // what is on its way need not look pending too
  }
  return found;
}"""


def expected(frame):
    """What the picture of a step shows, as the page shows it: a box that sends within itself is marked as sending."""
    found = {}
    for box in frame.scene.boxes:
        if box.kind != "constant":
            marks = set(frame.marks.get(box.id, "").split())
            found[box.id] = [box.data, box.grad, *sorted(marks - ({"target"} if "current" in marks else set()))]
    constants = {box.id for box in frame.scene.boxes if box.kind == "constant"}
    return found | {
        edge.id: frame.marks.get(edge.id, "").split() for edge in frame.scene.edges if edge.tail not in constants
    }


@pytest.mark.parametrize("name", NAMES)
def test_at_each_level_each_step_shows_what_the_picture_of_the_step_shows(open_steps, loss, name):
    page, frames = open_steps(step(loss)), Frames(Reading(loss), collapse=name)
    page.select_option("#level", name)
    page.select_option("#by", "step")
    page.locator("#view").focus()
    for k in range(len(frames)):
        assert page.evaluate(SHOWN) == expected(frames[k]), k
        page.keyboard.press("ArrowRight")
    for k in reversed(range(len(frames) - 1)):
        page.keyboard.press("ArrowLeft")
        assert page.evaluate(SHOWN) == expected(frames[k]), k


def test_a_level_is_brought_to_the_step_where_the_others_are(open_steps, loss):
    page = open_steps(step(loss))
    frames = {name: Frames(Reading(loss), collapse=name) for name in NAMES}
    for k in (0, 40, 13, len(step(loss)), 5):
        page.fill("#slider", str(k))
        for name in NAMES:
            page.select_option("#level", name)
            assert page.evaluate(SHOWN) == expected(frames[name][k])


def test_levels_by_keyboard_go_with_how_far_a_step_goes(open_steps, loss):
    page = open_steps(step(loss))
    chosen = lambda: (page.input_value("#level"), page.input_value("#by"))  # noqa: E731
    sizes = [("op", "step"), ("neuron", "neuron"), ("layer", "layer"), ("model", "phase")]
    page.locator("#view").focus()
    assert chosen() == sizes[0]
    for size in [*sizes[1:], sizes[0]]:
        page.keyboard.press("c")
        assert chosen() == size
    page.keyboard.press("[")
    page.keyboard.press("[")
    assert chosen() == sizes[2]
    page.keyboard.press("]")
    assert chosen() == sizes[1]
    assert "boxes: neurons" in page.inner_text("#live")


def test_a_click_on_a_folded_part_goes_there_and_a_double_click_looks_inside(open_steps, loss):
    stepper = step(loss)
    page = open_steps(stepper)
    page.select_option("#level", "layer")
    page.click("#view .fold .data >> nth=0")
    last = int(page.inner_text("#counter").split()[1])
    assert stepper.steps[last - 1].scope.startswith("mlp.layer0")
    assert not stepper.steps[last].scope.startswith("mlp.layer0")
    page.click("#view .fold .grad >> nth=0")
    complete = int(page.inner_text("#counter").split()[1])
    assert max(s.index for s in stepper if s.target_name.startswith("layer0")) + 1 == complete
    page.dblclick("#view .fold .data >> nth=1")
    assert page.input_value("#level") == "neuron"
    assert page.locator("#view .current").count() == 1


def test_a_graph_without_parts_has_no_levels(open_steps, open_page):
    page = open_steps(step(Value(2.0) * 3.0))
    assert page.locator("#folding").is_hidden()
    page.keyboard.press("c")
    assert page.locator("#view svg").count() == 1


def test_checks_are_those_of_the_stepper(open_steps, loss):
    stepper = step(loss)
    page = open_steps(stepper)
    assert page.locator("#checks").is_hidden()
    page.locator("#view").focus()
    page.keyboard.press("k")
    assert page.get_attribute("#check", "aria-pressed") == "true"
    rows = "rows => rows.map((row) => [...row.children].map((cell) => cell.textContent))"
    for taken in stepper:
        page.keyboard.press("ArrowRight")
        shown = page.eval_on_selector_all("#differences tbody tr", rows)
        assert shown == [list(check.cells()) for check in stepper.check(taken)]
        assert page.locator("#differences").is_visible() == bool(shown)
    assert page.locator("#differences tr.agree").count() == 2
    page.click("#check")
    assert page.locator("#checks").is_hidden()


def test_kinks_and_arrays_are_told(open_steps):
    page = open_steps(step(Value(0.0, label="x").relu()))
    page.keyboard.press("End")
    page.click("#check")
    assert "a kink" in page.inner_text("#differences tr.open >> nth=0")
    page = open_steps(step((Tensor([1.0, 2.0], requires_grad=True) ** 2).sum()))
    page.keyboard.press("End")
    page.click("#check")
    assert page.inner_text("#unchecked") == DIRECTION


def chain(pairs):
    """x0·w0 + x1·w1 + …: four nodes a pair, without parts."""
    total = Value(0.0, label="x0") * Value(1.0, label="w0")
    for i in range(1, pairs):
        total = total + Value(0.01 * i, label=f"x{i}") * Value(1.0, label=f"w{i}")
    return total


def test_a_step_touches_few_elements_however_large_the_graph(open_steps):
    """What a step costs is counted here; benchmarks/pictures.py measures it."""
    counted = {}
    for pairs in (10, 250):
        page = open_steps(step(chain(pairs)))
        counted[pairs] = page.evaluate(
            """async () => {
              let most = 0;
              const seen = new Set();
              const next = document.getElementById("next"), slider = document.getElementById("slider");
              const observer = new MutationObserver((records) => { for (const one of records) seen.add(one.target); });
              const all = { subtree: true, childList: true, attributes: true, characterData: true };
              for (const id of ["graph", "trace"]) observer.observe(document.getElementById(id), all);
              for (const share of [0, 0.5, 0.9]) {
                slider.value = Math.round(share * slider.max);
                slider.dispatchEvent(new Event("input"));
                await Promise.resolve();
                for (let i = 0; i < 20 && !next.disabled; i++) {
                  seen.clear();
                  next.click();
                  await Promise.resolve();
                  most = Math.max(most, seen.size);
                }
              }
              return most;
            }"""
        )
    assert counted[250] == counted[10] <= 24


def test_of_a_large_picture_what_is_looked_at_is_there(open_steps):
    """Parts far from the view are left out, wherever one goes; all of them are there when all can be seen."""
    stepper = step(chain(120))
    page = open_steps(stepper)
    seen = """(id) => new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(() => {
      const view = document.getElementById("view").getBoundingClientRect();
      const box = document.querySelector(`#view [id="${id}"]`).getBoundingClientRect();
      const inside = box.width > 0 && box.left >= view.left && box.right <= view.right && box.top >= view.top;
      told([inside && box.bottom <= view.bottom, document.querySelectorAll("#view .far").length > 100]);
    })))"""
    for k in (1, len(stepper) // 2, len(stepper), 40):
        page.fill("#slider", str(k))
        taken = stepper.steps[k - 1]
        assert page.evaluate(seen, taken.target or taken.node) == [True, True]
    page.click("#fit")
    assert page.locator("#view .far").count() == 0
