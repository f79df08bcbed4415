"""Programs are drawn and stepped through, instruction by instruction, with the numbers that they compute."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from autograd_core import Program, Value, capture_source, functions, no_grad, trace
from autograd_core.errors import GraphError, GuardError, OperandError, ShapeError
from nn import MLP, SGD, DAGNetwork
from viz import draw, draw_dot, stages, step, text, trace_table
from viz.scene.graph_view import Reading
from viz.style import labels
from viz.style.errors import OptionError


def polynomial(x, y):
    """Arithmetic alone, whose bits are the same everywhere; something is computed that nobody uses."""
    unused = x[0] * 7.0
    a = x[0] * y - x[1] / 3.0
    del unused
    return a * a * x[1] + a + 2.0


def curve(x, y):
    return functions.tanh(x[0] * y).exp() / (x[1] * x[1] + 1.0) + functions.sin(x[0])


def every_place(program):
    """The same instructions, each of which is an output."""
    places = list(range(len(program.recording.tape)))
    structure = ("list", tuple(places), tuple(places))
    return Program(replace(program.recording, outputs=places, output_structure=structure), executor="numpy")


@pytest.mark.parametrize("function", [polynomial, curve])
def test_every_number_shown_is_the_programs(function):
    program = trace(function, [1.0, 2.0], 3.0, executor="numpy")
    inputs = [0.7, -1.3], 0.4
    stepper = step(program, *inputs)
    value, (by_x, by_y) = program.value_and_grad(*inputs, argnums=(0, 1))
    computed = every_place(program)(*inputs)
    used = [x for x in stepper.table().rows if x.formula]
    assert [s.value for s in stepper if s.kind == "forward"] == pytest.approx(computed[3 : 3 + len(used)], rel=1e-14)
    assert stepper.steps[len(used) - 1].value == pytest.approx(value, rel=1e-14)
    gradients = dict(zip(("x[0]", "x[1]", "y"), (*by_x, by_y), strict=True))
    received = {s.target_name: s.after for s in stepper if s.kind == "backward"}
    shown = {row.name: (row.value, row.adjoint) for row in stepper.table().rows}
    for name, given in zip(gradients, (0.7, -1.3, 0.4), strict=True):
        assert received[name] == pytest.approx(gradients[name], rel=1e-14)
        assert shown[name] == (labels.number(given), labels.number(gradients[name]))
    if function is polynomial:
        assert [s.value for s in stepper if s.kind == "forward"] == computed[3:]
        assert received["x[0]"] == gradients["x[0]"]
        assert re.search(r"v1 += x\[0\] \* y =", text(program))
        assert not any("7" in row.formula for row in stepper.table().rows)


def test_the_inputs_of_the_trace_and_one_sample_of_a_batch():
    program = trace(polynomial, [1.0, 2.0], 3.0)
    batch = np.array([[0.5, 1.5], [2.5, -0.5]])
    assert [s.after for s in step(program) if s.target_name == "y"] == [
        program.value_and_grad([1.0, 2.0], 3.0, argnums=1)[1]
    ]
    chosen = step(program, batch, 4.0, sample=1)
    assert chosen.table().to_text() == step(program, [2.5, -0.5], 4.0).table().to_text()
    with pytest.raises(ShapeError, match=r"a batch of 2 was given, and sample=None is none of them.*sample=1"):
        step(program, batch, 4.0)
    for sample in (2, -1, True, 0.0):
        with pytest.raises(ShapeError, match=f"sample={sample!r} is none"):
            step(program, batch, 4.0, sample=sample)
    with pytest.raises(ShapeError, match="are one sample"):
        step(program, [1.0, 2.0], 3.0, sample=0)
    with pytest.raises(OperandError, match="give the inputs"):
        step(program, sample=0)


def test_what_a_program_does_not_take_is_refused_as_by_a_call():
    program = trace(polynomial, [1.0, 2.0], 3.0)
    for inputs in ([[1.0, 2.0]], [[1.0, 2.0], 3.0, 4.0], [[1.0], 3.0], ["ab", 3.0]):
        with pytest.raises((ShapeError, OperandError)) as called:
            program(*inputs)
        with pytest.raises(called.type) as stepped:
            step(program, *inputs)
        assert str(stepped.value) == str(called.value)
    branching = trace(lambda x: x * x if x > 0.0 else -x, 2.0)
    assert step(branching, 3.0).steps[0].value == 9.0
    for look in (step, branching.graph, branching.table, branching.draw):
        with pytest.raises(GuardError, match=r"-1\.0 > 0\.0, which is False"):
            look(*([branching] if look is step else []), -1.0)
    with pytest.raises(GraphError, match="2 outputs"):
        step(trace(lambda x: [x * x, x], 1.0))


def test_inputs_of_what_has_been_computed_are_refused(example):
    with pytest.raises(OptionError, match="max_nodes=100"):
        step(example, 100)
    with pytest.raises(OptionError, match="for a program"):
        step(example, sample=0)
    with pytest.raises(OperandError, match="this is a MLP"):
        step(MLP(1, [1]), [1.0])


def test_parameters_have_their_present_numbers_and_are_updated():
    model = MLP(2, [2, 1], activation="tanh", rng=0)
    program = trace(lambda x, y: (model(x) - y) ** 2, [1.0, -2.0], 0.5)
    model.layers[0].neurons[0].w[0].data = 0.25
    optimizer = SGD(model.parameters(), lr=0.1)
    stepper = step(program, after=optimizer)
    assert stepper.table().to_text() == step(program, [1.0, -2.0], 0.5).table().to_text()
    _, by_parameter = program.value_and_grad([1.0, -2.0], 0.5, argnums="parameters")
    updates = [s for s in stepper if s.kind == "update"]
    assert [s.node for s in updates] == [Reading(program.graph()).ids[p] for p in model.parameters()]
    assert [s.upstream for s in updates] == pytest.approx(list(by_parameter), rel=1e-14)
    assert [s.after for s in updates] == pytest.approx(
        [p.data - 0.1 * g for p, g in zip(model.parameters(), by_parameter, strict=True)], rel=1e-14
    )
    assert not any(p.swept for p in model.parameters())
    given = trace(lambda m, x: m(x), model, [1.0, -2.0])
    updates = [s for s in step(given, model, [1.0, 1.0], after=optimizer) if s.kind == "update"]
    assert [s.before for s in updates] == [p.data for p in model.parameters()]


@pytest.mark.parametrize(
    "model", [MLP(2, [2, 1], activation="tanh", rng=0), DAGNetwork([(1, 2), (1, 3), (2, 3)], rng=0)]
)
def test_a_traced_model_looks_like_the_model(model):
    def loss(x, y):
        found = model(x)
        error = (found[0] if isinstance(found, list) else found) - y
        error.label = "error"
        return error * error

    x = [0.5, -1.0][: len(model.inputs) if isinstance(model, DAGNetwork) else 2]
    program = trace(loss, [0.0] * len(x), 0.25)
    eager = loss([Value(x_i, label=f"x[{i}]") for i, x_i in enumerate(x)], Value(0.25, label="y"))
    eager.label = "loss"  # an output that has no name bears the function's
    optimizer = SGD(model.parameters(), lr=0.1)
    for walk in (step, stages):
        plain, traced = walk(eager, after=optimizer), walk(program, x, 0.25, after=optimizer)
        for by in ("node", "neuron", "layer", "phase"):
            while plain.next(by):
                assert traced.next(by)
                assert traced.position == plain.position
            plain.goto(0)
            traced.goto(0)
        assert [(s.name, s.target_name, s.scope, s.stage) for s in traced] == [
            (s.name, s.target_name, s.scope, s.stage) for s in plain
        ]
        assert traced.table().to_text() == plain.table().to_text()
    assert program.draw(x, 0.25).dot == draw(eager).dot
    assert program.draw(x, 0.25, collapse="neuron").dot == draw(eager, collapse="neuron").dot


def test_lines_of_a_program_are_those_that_were_traced():
    with capture_source():
        program = trace(lambda x: x * x, 3.0)
    [source, *_] = [s.source for s in step(program, 5.0) if s.kind == "forward"]
    assert source.lines[0][slice(*source.columns)] == "x * x"
    shared = trace(lambda x: (x * x) + (x * x), 3.0, share=True)
    assert [s.source for s in step(shared)] == [None] * len(step(shared))


def test_pictures_and_texts_of_programs(tmp_path):
    program = trace(polynomial, [1.0, 2.0], 3.0)
    root = program.graph()
    assert draw(program).dot == draw(root).dot == program.draw().dot
    assert draw_dot(program).source == draw_dot(root).source
    assert trace_table(program).to_text() == trace_table(root).to_text()
    assert step(program).save(tmp_path / "x.md").read_text(encoding="utf-8") == step(root).to_markdown()


def test_a_program_is_stepped_through_inside_no_grad_too_and_its_derivative_as_well():
    program = trace(lambda x: x**3, 2.0)
    with no_grad():
        stepper = step(program, 2.0)
    assert [s.kind for s in stepper] == ["forward", "seed", "backward"]
    slope = step(program.gradient(), 2.0)
    assert slope.steps[-1].after == 12.0  # the second derivative
