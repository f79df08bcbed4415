"""Stages are the steps of the sweep in the order of a lecture: the same numbers, the same sums, nothing left out."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings

from autograd_core import Value, functions
from nn import (
    MLP,
    SGD,
    Adam,
    BatchNorm1d,
    Dropout,
    LayerNorm,
    Linear,
    Module,
    Neuron,
    PReLU,
    Sequential,
    binary_cross_entropy,
    cross_entropy,
    mse_loss,
)
from viz import stages, step
from viz.style.errors import OptionError

from ..networks import dags

#: the network of the lecture's forward pass: three inputs, two hidden units, one output, no biases
WEIGHTS = [[[0.1, 0.3, -0.5], [-0.2, 0.4, 0.6]], [[0.7, -0.8]]]
SEVEN = ["∂E/∂ŷ", "∂E/∂z_ŷ", "∂E/∂w2", "∂E/∂h", "∂E/∂z_h", "∂E/∂w1", "update"]
SIGMOIDS = ["sigmoid", "sigmoid"]


def lecture():
    model = MLP(3, [2, 1], activation=SIGMOIDS, init=WEIGHTS, bias=False)
    return model, binary_cross_entropy([model([1.0, 2.0, 3.0])], [1.0])


def names(stepper):
    return [stage.name for stage in stepper.stages]


def check(root, after=None):
    """Compare the stages of a graph with the steps of the sweep, and its gradients with ``backward()``'s."""
    plain, staged = step(root, after=after), stages(root, after=after)

    def facts(steps):
        return [(s.kind, s.node, s.target, s.edge, s.before is None, repr(s.before), repr(s.after)) for s in steps]

    assert sorted(facts(plain)) == sorted(facts(staged))
    assert [s.index for s in staged] == list(range(len(staged)))
    for target in {s.target for s in plain}:  # every gradient is added up in the sweep's order
        assert facts(s for s in plain if s.target == target) == facts(s for s in staged if s.target == target)
    last = {s.target: s.index for s in staged if s.kind == "backward"}
    assert all(last.get(s.node, 0) < s.index or s.node == s.target for s in staged if s.kind == "backward")
    assert staged.table().to_text() == plain.table().to_text()

    first = staged.stages[0].start
    assert {s.kind for s in staged.steps[:first]} <= {"forward", "seed"}
    for number, stage in enumerate(staged.stages, 1):
        assert (stage.number, stage.start, stage.stop > stage.start) == (number, first, True)
        assert {s.stage for s in staged.steps[stage.start : stage.stop]} == {
            f"{number} of {len(staged.stages)}: {stage.name}"
        }
        first = stage.stop
    assert first == len(staged)
    final = {s.target_name: s.after for s in staged if s.kind == "backward"}
    for stage in staged.stages:
        assert stage.found
        if stage.name != "update":
            assert all(value is final[name] for name, value in stage.found)  # complete at the end of its stage
    return staged


def test_the_lectures_seven_stages_with_its_numbers():
    model, loss = lecture()
    staged = check(loss, SGD(model.parameters(), lr=0.1))
    assert names(staged) == SEVEN
    found = [[value for _, value in stage.found] for stage in staged.stages]
    y = 0.37368412544559726
    hidden = (0.31002551887238755, 0.9168273035060777)
    delta = y - 1.0
    by_hidden = [0.7 * delta, -0.8 * delta]
    by_first = [-0.09378252705624256, -0.1875650541124851, -0.28134758116872766,
                0.03820777313624477, 0.07641554627248955, 0.11462331940873433]  # fmt: skip
    assert found[0] == pytest.approx([-1.0 / y], rel=1e-14)
    assert found[1] == pytest.approx([delta], rel=1e-14)
    assert found[2] == pytest.approx([-0.1941739039867419, -0.5742234944107638], rel=1e-14)
    assert found[3] == pytest.approx(by_hidden, rel=1e-14)
    assert found[4] == pytest.approx([g * h * (1 - h) for g, h in zip(by_hidden, hidden, strict=True)], rel=1e-13)
    assert found[5] == pytest.approx(by_first, rel=1e-14)
    before = [w for layer in WEIGHTS for row in layer for w in row]
    assert found[6] == pytest.approx([w - 0.1 * g for w, g in zip(before, by_first + found[2], strict=True)])
    assert [p.data for p in model.parameters()] == before


def test_a_stage_is_a_phase_to_walk_by_and_stands_on_every_card():
    model, loss = lecture()
    staged = stages(loss, after=SGD(model.parameters(), lr=0.1))
    assert staged.next("phase").kind == "forward"
    assert staged.next("phase").kind == "seed"
    for number, (stage, name) in enumerate(zip(staged.stages, SEVEN, strict=True), 1):
        staged.next("phase")
        assert staged.position == stage.stop
        assert f"stage {number} of 7: {name} · " in repr(staged).splitlines()[0]
        assert staged.card(staged.current).stage == f"{number} of 7: {name}"
        assert f"stage {number} of 7: {name}: " in staged.picture().scene.note
        assert f"stage {number} of 7: {name.replace('_', chr(92) + '_')} · " in staged.to_markdown()
    assert staged.next("phase") is None
    staged.back("phase")
    assert staged.position == staged.stages[-1].start
    equations = staged.to_latex()
    by = r"\ensuremath{\partial}"
    assert rf"stage 2 of 7: {by}E/{by}z\_\ensuremath{{\hat{{y}}}}" in equations
    staged.goto(0)
    assert [line.split()[:2] for line in repr(staged).splitlines()[3:]] == [
        [str(k), name] for k, name in enumerate(SEVEN, 1)
    ]


def test_without_an_optimiser_there_are_six_and_inputs_that_are_values_have_one_of_their_own():
    _, loss = lecture()
    assert names(stages(loss)) == SEVEN[:6]
    model = MLP(2, [2, 1], activation=SIGMOIDS, rng=0)
    x = Value(0.5, label="x")
    staged = check(binary_cross_entropy([model([x * 2.0, -1.0])], [1.0]))
    assert names(staged) == [*SEVEN[:6], "∂E/∂x"]
    assert [name for name, _ in staged.stages[-1].found] == ["v1"]


@pytest.mark.parametrize("seed", range(12))
def test_deeper_networks_of_values(seed):
    draw = random.Random(seed)
    sizes = [draw.randint(1, 3) for _ in range(draw.randint(1, 4))]
    kinds = [draw.choice(["tanh", "relu", "sigmoid", "linear", "prelu", "elu", "silu"]) for _ in sizes]
    if seed % 3 == 0 and sizes[-1] > 1:
        kinds[-1] = "softmax"
    model = MLP(2, sizes, activation=kinds, bias=seed % 4 != 0, rng=seed)
    outputs = [model([draw.gauss(0.0, 1.0), Value(draw.gauss(0.0, 1.0))]) for _ in range(1 + seed % 3)]
    flat = [y for output in outputs for y in (output if isinstance(output, list) else [output])]
    loss = mse_loss(flat, [0.5] * len(flat)) + 0.1 * sum(p * p for p in model.parameters())
    staged = check(loss, Adam(model.parameters(), lr=0.1))
    weights = [f"∂E/∂w{k if len(sizes) > 1 else ''}" for k in range(len(sizes), 0, -1)]
    assert [name for name in names(staged) if name.startswith("∂E/∂w")] == weights
    sums = sum(kind != "linear" for kind in kinds)
    assert len([name for name in names(staged) if name.startswith("∂E/∂z")]) == sums
    loss.backward()
    by_name = {name: value for stage in staged.stages for name, value in stage.found if stage.name in weights}
    assert sorted(by_name.values()) == sorted(p.grad for p in model.parameters())


class Residual(Module):
    """A module of one's own, whose layers are found where they are called."""

    def __init__(self):
        self.first, self.second = Linear(2, 2, rng=1), Linear(2, 2, rng=2)

    def forward(self, x):
        h = functions.tanh(self.first(x))
        return self.second(h) + h


@pytest.mark.parametrize(
    "model",
    [
        MLP(2, [3, 2], activation=["tanh", "sigmoid"], rng=0).to_tensor(),
        Sequential(Linear(2, 3, rng=0), BatchNorm1d(3), "relu", Dropout(0.5, rng=1), Linear(3, 2, rng=2, bias=False)),
        Sequential(LayerNorm(2), Linear(2, 3, rng=0), PReLU(3), Linear(3, 2, rng=2), "softmax"),
        Residual(),
        Linear(2, 2, rng=0),
    ],
)
def test_networks_of_tensors(model):
    X = np.array([[0.5, -1.0], [1.0, 2.0], [-1.0, 3.0]])
    outputs = model(X)
    staged = check(mse_loss(outputs, np.eye(3, 2)), SGD(model.parameters(), lr=0.1))
    layers = sum(isinstance(part, Linear) for part in model.modules())
    normalised_first = any(isinstance(part, LayerNorm) for part in model.modules())
    assert sum(name.startswith("∂E/∂w") for name in names(staged)) == layers + normalised_first
    assert ("∂E/∂w0" in names(staged)) == normalised_first
    assert names(staged)[0].startswith("∂E/∂ŷ")
    found = {name for stage in staged.stages for name, _ in stage.found if stage.name.startswith("∂E/∂w")}
    assert len(found) == len(model.parameters())


def test_logits_are_sums():
    model = MLP(2, [3, 2], activation="relu", rng=0).to_tensor()
    staged = check(cross_entropy(model([[1.0, -1.0]]), [1]))
    assert names(staged) == ["∂E/∂ŷ = ∂E/∂z_ŷ", "∂E/∂w2", "∂E/∂h", "∂E/∂z_h", "∂E/∂w1"]


@settings(max_examples=40)
@given(dags())
def test_the_errors_of_any_dag_are_found_in_descending_index(net):
    outputs = net([0.3 + 0.1 * k for k, _ in enumerate(net.inputs)])
    loss = mse_loss(outputs, [0.5] * len(outputs), reduction="half_sum")
    staged = check(loss)
    units = [int(name.split("·,")[1]) for name in names(staged) if name.startswith("∂E/∂w")]
    assert units == sorted(net.computed, reverse=True)
    loss.backward()
    found = {name: value for stage in staged.stages for name, value in stage.found}
    assert all(found[f"a{j}"] == delta for j, delta in net.delta.items())


def test_a_neuron_by_itself_and_an_output_without_a_loss():
    neuron = Neuron(2, activation="tanh", init=[0.5, -0.5])
    staged = check(neuron([1.0, 2.0]))
    assert names(staged) == ["∂E/∂z_ŷ", "∂E/∂w"]


def test_without_a_network_there_are_no_stages(example):
    with pytest.raises(OptionError, match=r"layer by layer.*step\(\)"):
        stages(example)


@pytest.mark.browser
@pytest.mark.dot
def test_the_page_shows_the_stages_and_goes_to_them(browser, tmp_path):
    model, loss = lecture()
    staged = stages(loss, after=SGD(model.parameters(), lr=0.1))
    page = browser.new_page()
    page.goto(staged.save(tmp_path / "stages.html").as_uri())
    buttons = page.locator("#stages button")
    assert buttons.all_inner_texts() == [f"{k}  {name}" for k, name in enumerate(SEVEN, 1)]
    for k, stage in enumerate(staged.stages):
        buttons.nth(k).click()
        assert page.inner_text("#counter") == f"Step {stage.start + 1} of {len(staged)}"
        assert f"stage {k + 1} of 7: {stage.name}" in page.inner_text("#phase")
        assert page.locator("#stages [aria-current=step]").all_inner_texts() == [f"{k + 1}  {stage.name}"]
    page.keyboard.press("PageUp")
    assert page.inner_text("#counter") == f"Step {staged.stages[5].stop} of {len(staged)}"
    page.close()


@pytest.mark.browser
@pytest.mark.dot
def test_a_page_without_stages_shows_none(browser, tmp_path, example):
    page = browser.new_page()
    page.goto(step(example).save(tmp_path / "steps.html").as_uri())
    assert page.is_hidden("#stages")
    page.close()
