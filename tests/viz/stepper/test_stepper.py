"""Steps are what ``backward()`` does, number for number; walking through them changes nothing."""

from __future__ import annotations

import dataclasses
import inspect
import itertools
import math
import struct

import numpy as np
import pytest

from autograd_core import TABLE, Bilinear, Linear, Tensor, Value, capture_source, functions, history, sweep
from autograd_core.readings.symbolic import Symbol, contribution
from nn import MLP, SGD
from viz import step
from viz.scene.formulas import in_words
from viz.scene.graph_view import Reading
from viz.style.errors import OptionError


def bits(x: float) -> bytes:
    return struct.pack("<d", x)


@pytest.mark.parametrize("seed", range(40))
def test_steps_add_up_to_what_backward_computes_bit_for_bit(make_graph, seed):
    root = make_graph(seed)
    stepper = step(root)
    ids = Reading(root).ids
    final = {s.target or s.node: s.after for s in stepper if s.kind != "forward"}
    root.backward()
    for node, identity in ids.items():
        received = final.get(identity, 0.0)
        assert bits(0.0 + received if node.is_leaf else received) == bits(node.grad)  # a leaf adds to what it has


def test_steps_are_the_sweeps_own_contributions(make_graph):
    root = make_graph(3)
    sent = [c for _, _, contributions in sweep(root) for c in contributions]
    steps = [s for s in step(root) if s.kind == "backward" and s.slot is not None]
    assert [s.contribution for s in steps] == sent
    assert all(s.contribution is None or s.contribution == s.upstream * s.local for s in steps)


def test_a_running_sum_has_no_gaps(make_graph):
    seen = {}
    for s in step(make_graph(5)):
        if s.kind == "backward" and s.slot is not None:
            assert s.before == seen.get(s.target)
            expected = s.before if s.contribution is None else (s.before or 0.0) + s.contribution
            assert s.after == expected
            seen[s.target] = s.after


def test_phases_come_in_order_and_indices_count(make_graph):
    steps = step(make_graph(2)).steps
    assert [s.index for s in steps] == list(range(len(steps)))
    assert [kind for kind, _ in itertools.groupby(s.kind for s in steps)] == ["forward", "seed", "backward"]


def test_one_backward_step_is_one_edge():
    x = Value(2.0, label="x")
    fan_out = x * x + x
    received = [(s.name, s.slot, s.contribution, s.before, s.after) for s in step(fan_out) if s.target_name == "x"]
    assert received == [("v2", 1, 1.0, None, 1.0), ("v1", 0, 2.0, 1.0, 3.0), ("v1", 1, 2.0, 3.0, 5.0)]


def test_nothing_is_sent_to_what_was_not_selected():
    a, b = Value(-1.0, label="a"), Value(2.0, label="b")
    root = functions.where(Value(1.0, label="c"), b, a.log())
    steps = step(root).steps
    unsent = [s for s in steps if s.kind == "backward" and s.contribution is None]
    assert [s.target_name for s in unsent if s.slot is not None][-1] == "v1"
    [nowhere] = [s for s in unsent if s.slot is None and s.name == "v1"]
    assert nowhere.after == 0.0
    assert not any(math.isnan(s.after) for s in steps if isinstance(s.after, float))


def test_gradients_of_the_user_are_left_alone(example):
    leaf = history(example)[-1]
    leaf.grad = 123.0
    stepper = step(example)
    for _ in stepper:
        stepper.next()
    repr(stepper)
    stepper.to_html()
    assert leaf.grad == 123.0
    assert not example.swept


def test_steps_keep_what_they_saw(example):
    stepper = step(example)
    before = stepper.steps
    leaf = history(example)[-1]
    leaf.data = 100.0
    example.refresh()
    assert stepper.steps == before
    with pytest.raises(dataclasses.FrozenInstanceError):
        before[0].value = 1.0


def test_walking():
    a = Value(3.0, label="a")
    stepper = step(a * a)
    assert stepper.current is None
    assert [stepper.next().kind for _ in range(4)] == ["forward", "seed", "backward", "backward"]
    assert stepper.next() is None
    assert stepper.position == 4
    assert stepper.back().kind == "backward"
    assert stepper.goto(1).kind == "forward"
    assert stepper.back() is None
    assert stepper.back() is None
    assert stepper.goto(0) is None
    assert len(stepper) == len(list(stepper)) == 4
    assert stepper.position == 0


@pytest.mark.parametrize("position", [-1, 5, 1.5, "2", None])
def test_a_position_that_is_not_there(position):
    a = Value(3.0)
    with pytest.raises(OptionError, match="0 to 4"):
        step(a * a).goto(position)


def test_a_step_says_what_it_does(example):
    forward, division = step(example).steps[2], step(example).steps[7]
    assert (forward.name, forward.op, forward.operands) == ("d", "sub", ("v1", "v2"))
    assert (forward.formula, forward.numbers, forward.value) == ("v1 - v2", "−6.0000 - 4.0000", -10.0)
    assert (division.name, division.target_name, division.slot, division.edge) == ("v3", "d", 0, "e5_0")
    assert (division.formula, division.formula_tex) == ("1 / b", r"\frac{1}{b}")
    assert division.numbers == "1 / (−3.0000)"


def test_terminal_card(example):
    stepper = step(example)
    assert "14 steps" in repr(stepper)
    stepper.goto(8)
    lines = repr(stepper).splitlines()
    assert lines[0] == "Step 8 of 14 · backward · v3 sends to d"
    assert [line.split()[0] for line in lines[2:]] == ["upstream", "local", "contribution", "accumulate"]
    assert lines[3].split() == ["local", "∂v3/∂d", "=", "1", "/", "b", "1", "/", "(−3.0000)", "−0.3333"]


def test_the_line_that_made_a_node_is_shown():
    with capture_source():
        a = Value(3.0, label="a")
        root = a * a  # here
    first = step(root).steps[0]
    assert first.source.file == __file__
    assert first.source.code == "root = a * a  # here"
    stepper = step(root)
    stepper.next()
    assert f"test_stepper.py:{first.source.line}  root = a * a  # here" in repr(stepper)


def test_a_leaf_alone_has_only_the_seed():
    assert [s.kind for s in step(Value(1.0, label="x"))] == ["seed"]


def test_saving(example, tmp_path):
    stepper = step(example)
    assert stepper.save(tmp_path / "x.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    written = stepper.save(tmp_path / "x.md").read_text(encoding="utf-8")
    assert written.count("\n   - accumulate: ") == sum(s.kind == "backward" for s in stepper)
    assert stepper.table().to_markdown() in written
    equations = stepper.save(tmp_path / "x.tex").read_text(encoding="utf-8")
    assert equations.count(r"\begin{align*}") == equations.count(r"\end{align*}") == len(stepper)
    assert equations.count("{") == equations.count("}")
    assert "tanh(v3)" in stepper.save(tmp_path / "x.txt").read_text(encoding="utf-8")
    with pytest.raises(OptionError, match=r"\.html"):
        stepper.save(tmp_path / "x.doc")


def test_arrays_step_with_shapes_in_their_formulas():
    w = Tensor(np.ones((3, 2)), requires_grad=True, label="W")
    x = Tensor(np.arange(6.0).reshape(2, 3), label="X")
    root = (x @ w).tanh().sum()
    stepper = step(root)
    w_step = [s for s in stepper if s.target_name == "W"][-1]
    x_step = [s for s in stepper if s.target_name == "X"][-1]
    assert x_step.contribution is None
    assert stepper.card(x_step).sentence == "X requires no gradient, so v1 sends nothing to it."
    assert stepper.steps[0].numbers == "[2×3] @ [3×2]"
    assert not w_step.after.flags.writeable
    root.backward()
    assert (w_step.after == w.grad).all()
    assert stepper.to_html().count('<tr data-node="') == len(stepper.table())


def test_what_operations_on_arrays_send_is_their_rule_read_over_symbols_and_told_in_words():
    W = Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True, label="W")
    b = Tensor([0.5, -0.5], requires_grad=True, label="b")
    x = Tensor([[1.0, 0.0, 2.0]] * 4, label="x")
    stepper = step((x @ W.T + b).sum())
    cards = {(s.name, s.target_name): stepper.card(s) for s in stepper if s.kind == "backward" and not s.reason}
    sent = {pair: next(line for line in card.lines if line.caption == "contribution") for pair, card in cards.items()}
    words = {pair: [line.text for line in card.lines if line.caption == "in words"] for pair, card in cards.items()}
    assert (sent["v4", "v3"].text, sent["v4", "v3"].numbers) == ("spread(v̄4)", "spread(1.0000)")
    assert words["v4", "v3"] == [f"spread: {TABLE['spread'].summary}"]
    assert sent["v3", "v2"].text == "v̄3 · ∂v3/∂v2"
    assert words["v3", "v2"] == []
    assert sent["v3", "b"].text == "sum_to(v̄3 · ∂v3/∂b)"
    assert words["v3", "b"] == [f"sum_to: {TABLE['sum_to'].summary}"]
    assert sent["v2", "v1"].text == "swap(x) @ v̄2"
    assert sent["v2", "v1"].numbers == "swap([4×3]) @ [4×2]"
    assert sent["v2", "v1"].tex == r"x^{\top}\,\bar{v}_{2}"
    assert TABLE["matmul"].summary in words["v2", "v1"][0]
    assert TABLE["swap"].summary in words["v2", "v1"][0]


@pytest.mark.parametrize("name", [name for name, op in TABLE.items() if isinstance(op, (Linear, Bilinear))])
def test_every_transpose_can_be_read(name):
    op = TABLE[name]
    assert op.summary
    settings = {
        "shape": (2, 3), "axes": (0, 1), "keepdims": False, "index": (0,), "axis": 0, "backwards": False, "dtype": "f8",
        "widths": ((0, 0), (1, 1)), "weights": np.ones((2, 3)), "own": np.ones((2, 3)), "others": np.ones((2, 3)),
    }  # fmt: skip
    rule = op.transpose if isinstance(op, Linear) else op.transposes[0]
    params = {key: settings[key] for key in inspect.signature(rule).parameters if key in settings}
    operands = tuple(Symbol.variable(letter, array=np.ones((2, 3))) for letter in "xz"[: op.arity or 2])
    sent = contribution(op, 0, Symbol.variable("g", array=np.ones((2, 3))), Symbol.variable("y"), operands, params)
    assert "g" in str(sent)
    assert "g" in sent.tex
    assert in_words(sent)


def test_runs_to_the_next_step_of_a_node_and_to_the_first_of_several(example):
    stepper = step(example)
    for k, s in enumerate(stepper):
        stepper.goto(k)
        assert stepper.run_to(s.name) is s
    stepper.goto(0)
    met = stepper.run_to("b", "v1")
    assert met is next(s for s in stepper if {s.name, s.target_name} & {"b", "v1"})
    with pytest.raises(OptionError, match="called 'zzz'"):
        stepper.run_to("zzz")
    with pytest.raises(OptionError, match="not in the graph"):
        stepper.run_to(Value(1.0))
    stepper.goto(len(stepper))
    assert stepper.run_to("b") is None
    assert stepper.position == len(stepper)


@pytest.mark.dot
def test_pictures_and_an_animation_of_the_steps(example, tmp_path):
    image = pytest.importorskip("PIL.Image")
    stepper = step(example)
    for k in (0, 5, len(stepper)):
        drawn = stepper.save(tmp_path / "x.svg", step=k).read_text(encoding="utf-8")
        assert f"Step {k} of {len(stepper)}" in drawn
    stepper.goto(5)
    assert "Step 5 of" in stepper.save(tmp_path / "y.svg", theme="dark").read_text(encoding="utf-8")
    with image.open(stepper.save(tmp_path / "x.gif", seconds=0.1)) as film:
        assert film.n_frames == len(stepper) + 1
    assert '"start":3' in stepper.to_html(step=3)
    with pytest.raises(OptionError, match="can have been taken"):
        stepper.save(tmp_path / "x.html", step=999)
    with pytest.raises(OptionError, match="theme"):
        stepper.save(tmp_path / "x.png", theme="pink")


def test_updates_are_steps_too_and_nothing_is_updated_by_looking():
    model = MLP(2, [2, 1], rng=0)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(2):  # so that there is a velocity
        optimizer.zero_grad()
        loss = (model([1.0, -2.0]) - 1.0) ** 2
        loss.backward()
        optimizer.step()
    optimizer.zero_grad()
    loss = (model([1.0, -2.0]) - 1.0) ** 2
    before = [p.data for p in model.parameters()]
    stepper = step(loss, after=optimizer)
    updates = [s for s in stepper if s.kind == "update"]
    assert [p.data for p in model.parameters()] == before
    assert not any(p.swept for p in model.parameters())
    assert stepper.steps[-len(updates) :] == tuple(updates)
    assert [s.before for s in updates] == before
    loss.backward()
    assert [s.upstream for s in updates] == [p.grad for p in model.parameters()]
    optimizer.step()
    assert [s.after for s in updates] == [p.data for p in model.parameters()]
    card = stepper.card(updates[0])
    name = updates[0].name
    assert [line.caption for line in card.lines] == ["gradient", "velocity", "update"]
    assert card.lines[-1].text == f"{name} ← {name} - 0.1 * velocity"
    assert card.sentence.startswith(f"{name} moves from ")
    assert stepper.to_html(plain=True).count('"phase":"update"') == len(updates)
    assert stepper.run_to(name).kind != "update"


def test_an_update_by_something_else_is_refused(example):
    with pytest.raises(OptionError, match="is no optimizer"):
        step(example, after="SGD")
    with pytest.raises(OptionError, match="parameters of another model"):
        step(example, after=SGD([Value(1.0)], lr=0.1))
