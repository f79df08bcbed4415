"""What becomes of a function: inputs, parameters and constants; what cannot become a program."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

from autograd_core import Program, Value, functions, grad, gradient, hessian, no_grad, trace
from autograd_core.errors import GraphError, OperandError, ShapeError, TraceError
from nn import MLP, DAGNetwork


def names(program):
    return [op.name for op, _ in program.recording.tape.steps]


def test_operations_are_kept_in_order_and_dead_code_is_dropped():
    def f(x):
        x.exp()
        y = x * 2.0
        (y + 1.0).log()
        return y.tanh()

    assert names(trace(f, 1.0)) == ["mul", "tanh"]


def test_leaves_made_inside_are_constants_and_leaves_from_outside_are_parameters():
    w = Value(3.0, label="w")
    program = trace(lambda x: x * w + Value(2.0) * Value(5.0), 1.0)
    assert program.parameters == (w,)
    assert names(program) == ["mul", "add"]  # 2 · 5 is computed at once
    assert program(2.0) == 16.0
    w.data = 10.0
    assert program(2.0) == 30.0
    assert program.value_and_grad(2.0, argnums="parameters") == (30.0, [2.0])
    assert program.value_and_grad([1.0, 3.0], argnums=(0, "parameters")) == (30.0, ([5.0, 5.0], [2.0]))


def test_equal_subexpressions_are_shared_only_when_asked():
    def f(x):
        return (x * x).tanh() + (x * x).tanh()

    assert names(trace(f, 0.5)) == ["mul", "tanh", "mul", "tanh", "add"]
    shared = trace(f, 0.5, share=True)
    assert names(shared) == ["mul", "tanh", "add"]
    assert shared.value_and_grad(0.5) == trace(f, 0.5).value_and_grad(0.5)


def test_signed_zeros_are_not_equal_subexpressions():
    program = trace(lambda x: functions.atan2(x, 0.0) + functions.atan2(x, -0.0), 0.0, share=True)
    assert names(program) == ["atan2", "atan2", "add"]


Point = namedtuple("Point", "x y")


@pytest.mark.parametrize("executor", ["numpy", "auto"])
def test_arguments_in_every_arrangement(executor):
    def f(number, row, matrix, options, point, ragged):
        (a, b), (c, d) = matrix
        return (number + row[0] * row[1]) * (a * d - b * c) + options["scale"] * point.x - point.y + ragged[1][0]

    examples = (2.0, (3.0, 4.0), np.array([[1.0, 2.0], [3.0, 5.0]]), {"scale": 2}, Point(1.0, 7.0), [1.0, [6.0]])
    program = trace(f, *examples, executor=executor)
    assert program(*examples) == -14.0 + 2.0 - 7.0 + 6.0
    value, found = program.value_and_grad(*examples, argnums=(0, 1, 2, 3, 4, 5))
    assert value == -13.0
    number, row, matrix, options, point, ragged = found
    assert (number, row, options, point, ragged) == (-1.0, [-4.0, -3.0], {"scale": 1.0}, (2.0, -1.0), [0.0, [1.0]])
    assert matrix.tolist() == [[70.0, -42.0], [-28.0, 14.0]]


def test_outputs_in_every_arrangement():
    program = trace(lambda x, y: {"sum": x + y, "both": [x, (y * y, 1.0)]}, 1.0, 2.0)
    assert program(3.0, 4.0) == {"sum": 7.0, "both": [3.0, (16.0, 1.0)]}
    batch = program([3.0, 5.0], 4.0)
    assert batch["sum"].tolist() == [7.0, 9.0]
    assert batch["both"][1][0].tolist() == [16.0, 16.0]  # the same for every sample
    with pytest.raises(GraphError, match="returns 4 of them"):
        program.value_and_grad(1.0, 2.0)


class Line:
    def __init__(self):
        self.slope, self.offset = Value(2.0), Value(1.0)

    def parameters(self):
        return [self.slope, self.offset]

    def __call__(self, x):
        return self.slope * x + self.offset


def test_a_model_is_an_argument_whose_parameters_are_inputs():
    line = Line()
    program = trace(lambda model, x: model(x) * model(x), line, 3.0)
    assert program.value_and_grad(line, 3.0) == (49.0, [42.0, 14.0])
    value, slopes = program.value_and_grad(np.array([1.0, 0.0]), [3.0, 5.0])  # the parameters as an array
    assert value == 17.0
    assert slopes.tolist() == [34.0, 8.0]
    line.slope.data = 0.0
    assert program(line, 3.0) == 1.0
    assert program([1.0, 0.0], 3.0) == 9.0
    assert program(line.parameters(), 3.0) == 1.0


def test_old_history_is_part_of_the_program():
    w = Value(2.0)
    doubled = w * 2.0
    program = trace(lambda x: x * doubled, 3.0)
    w.data = 5.0
    assert program(3.0) == 30.0


def test_the_identity_and_a_constant_output():
    assert trace(lambda x: x, 3.0).value_and_grad([1.0, 5.0]) == (3.0, [0.5, 0.5])
    constant = trace(lambda x: Value(4.0), 3.0)
    assert constant.value_and_grad(1.0) == (4.0, 0.0)
    assert constant.value_and_grad([1.0, 2.0], reduce="sum") == (8.0, [0.0, 0.0])
    assert constant([1.0, 2.0]).tolist() == [4.0, 4.0]


def test_an_argument_that_is_not_used_has_gradient_zero():
    program = trace(lambda x, y: x * 2.0, 1.0, [1.0, 2.0])
    assert program.value_and_grad(3.0, [1.0, 1.0], argnums=(0, 1)) == (6.0, (2.0, [0.0, 0.0]))
    values, slopes = program.value_and_grad([3.0, 4.0], [1.0, 1.0], argnums=1, reduce=None)
    assert values.tolist() == [6.0, 8.0]
    assert np.shape(slopes) == (2, 2)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: 3.0, "returned the float 3.0"),
        (lambda x: x.data * 2.0, "does not say how it was computed"),
        (lambda x: None, "returned None"),
        (lambda x: [], "does not say"),
        (lambda x: [x, "text"], "returned 'text' among"),
    ],
)
def test_a_function_that_returns_no_value_is_refused(function, words):
    with pytest.raises(TraceError, match=words):
        trace(function, 2.0)


def test_what_happens_without_recording_is_refused():
    def f(x):
        with no_grad():
            y = x * x
        return y.data

    with pytest.raises(TraceError, match="no_grad"):
        trace(f, 2.0)


def test_a_function_that_changes_its_arguments_is_refused():
    def append(x):
        x.append(x[0] * 2.0)
        return x[-1]

    def assign(x):
        x[0] = x[0] * 2.0
        return x[0]

    def set_data(x):
        x[0].data = 7.0
        return x[0] * 1.0

    def train(model):
        loss = model(2.0)
        model.slope.data -= 0.1
        return loss

    def sweep(x):
        y = x[0] * x[0]
        y.backward()
        return y

    for f, example, words in [
        (append, [1.0], "changed a list"),
        (assign, [1.0], "changed a list"),
        (set_data, [1.0], "set the data of x"),
        (train, Line(), "set the data of"),
        (sweep, [3.0], "backward"),
    ]:
        with pytest.raises(TraceError, match=words):
            trace(f, example)


def test_what_is_no_scalar_operation_is_refused():
    from autograd_core import Tensor, stack

    with pytest.raises(TraceError, match=r"computes with arrays|returned a Tensor"):
        trace(lambda x: stack([x, x]).sum(), 1.0)
    with pytest.raises(TraceError, match=r"computes with arrays|returned a Tensor"):
        trace(lambda x: x * Tensor([1.0, 2.0]), 1.0)
    with pytest.raises(TraceError, match="made by hand"):
        trace(lambda x: Value(x.data**2, (x,), (2.0 * x.data,)) * 1.0, 3.0)


@pytest.mark.parametrize("example", [None, "text", 1j, object(), np.array(["a"]), [1.0, None], {"a": "b"}])
def test_examples_that_are_no_numbers_are_refused(example):
    with pytest.raises(OperandError, match="example for the argument x"):
        trace(lambda x: x, example)


def test_empty_examples_and_things_that_are_no_functions():
    with pytest.raises(ShapeError, match="empty"):
        trace(lambda x: x, [])
    with pytest.raises(TraceError, match="cannot be called"):
        trace(3.0, 1.0)
    line = Line()
    with pytest.raises(TraceError, match="twice"):
        trace(lambda a, b: a(1.0) * b(1.0), line, line)
    with pytest.raises(OperandError, match="float16"):
        trace(lambda x: x, 1.0, dtype="float16")
    with pytest.raises(OperandError, match="none of 'auto'"):
        trace(lambda x: x, 1.0, executor="gpu")
    with pytest.raises(OperandError, match="'double float'"):
        trace(lambda x: x, 1.0, dtype="double float")
    with pytest.raises(OperandError, match="threads=0"):
        trace(lambda x: x, 1.0, threads=0)
    with pytest.raises(OperandError, match=r"argnums=\(0, 1\)"):
        trace(lambda x, y: x * y, 1.0, 2.0).value_and_grad(1.0, 2.0, argnums=[0, 1])


def test_the_gradient_is_a_program_and_so_on():
    program = trace(lambda x: x[0] ** 3 * x[1], [2.0, 3.0])
    first = program.gradient()
    assert isinstance(first, Program)
    assert first([2.0, 3.0]) == [36.0, 8.0]
    assert program.gradient((0,))([2.0, 3.0]) == ([36.0, 8.0],)
    second = trace(lambda x: first_component(x), [2.0, 3.0]).gradient()
    assert second([2.0, 3.0]) == [36.0, 12.0]
    assert first.jvp(([2.0, 3.0],), ([1.0, 0.0],)) == ([36.0, 8.0], [36.0, 12.0])  # a Hessian times a vector


def first_component(x):
    return gradient(x[0] ** 3 * x[1], x[0], create_graph=True)[0]


def test_gradients_keep_the_shapes_of_arrays():
    matrix = np.arange(6.0).reshape(2, 3)
    program = trace(lambda m: functions.sum([functions.sum([x * x for x in row]) for row in m]), matrix)
    value, slope = program.value_and_grad(matrix)
    assert value == 55.0
    assert (slope == 2.0 * matrix).all()
    _, slopes = program.value_and_grad(np.stack([matrix, -matrix]), reduce=None)
    assert (slopes == np.stack([2.0 * matrix, -2.0 * matrix])).all()
    assert np.array(program.gradient()(matrix)).shape == (2, 3)


def test_a_detached_number_follows_the_input_and_sends_nothing_back(tmp_path):
    program = trace(lambda x: x * x.detach(), 3.0)
    for executor in (program, trace(lambda x: x * x.detach(), 3.0, executor="numpy")):
        assert executor.value_and_grad(5.0) == (25.0, 5.0)
        assert executor.value_and_grad([5.0, 2.0], reduce=None)[1] == [5.0, 2.0]
    assert program.jvp((5.0,), (1.0,)) == (25.0, 5.0)
    program.save(tmp_path / "p.json")
    assert Program.load(tmp_path / "p.json").value_and_grad(5.0) == (25.0, 5.0)
    assert "v1 = x" in program.source()
    assert program.table().adjoint[-1].value == 3.0
    assert Value(2.0).detach().is_leaf  # elsewhere it is a leaf


def test_what_is_not_recorded_follows_the_input_and_sends_nothing_back():
    def f(x):
        with no_grad():
            scale = 1.0 / (x * x + 1.0)
        return x * scale

    assert trace(f, 3.0).value_and_grad(1.0) == (0.5, 0.5)


def test_a_model_is_traced_as_a_function_and_its_parameters_keep_their_paths():
    model = MLP(2, [2, 1], activation="tanh", rng=0)
    program = trace(model, [1.0, 2.0])
    assert (program.name, program.arguments[0].name) == ("MLP", "x")
    assert list(program.parameters) == model.parameters()
    assert list(program.recording.blocks[1].labels) == [path for path, _ in model.named_parameters()]
    value, slopes = program.value_and_grad([1.0, 2.0], argnums="parameters")
    output = model([1.0, 2.0])
    output.backward()
    assert value == output.data
    assert slopes == pytest.approx([p.grad for p in model.parameters()], rel=1e-12)
    assert "layer1_neuron0_w1 * v" in program.source("parameters")
    network = DAGNetwork([(1, 3), (2, 3)], rng=0)
    assert list(trace(network, [1.0, 2.0]).recording.blocks[1].labels) == ["weights[1,3]", "weights[2,3]"]


def test_parameters_of_several_models_are_told_apart():
    one, two = MLP(1, [1], rng=0), MLP(1, [1], rng=1)
    labels = trace(lambda x: one(x) * two(x), [1.0]).recording.blocks[1].labels
    assert sorted(labels) == sorted(f"{name}.layer0.neuron0.{p}" for name in ("mlp", "mlp2") for p in ("w0", "b"))


def test_a_hessian_of_the_parameters_times_a_vector():
    model = MLP(2, [2, 1], activation="tanh", rng=0)
    program = trace(lambda model, x: model(x), model, [1.0, 2.0])
    direction = np.linspace(-1.0, 1.0, 9)
    _, product = program.gradient().jvp((model, [1.0, 2.0]), (direction, None))
    slopes = gradient(model([1.0, 2.0]), model.parameters(), create_graph=True)
    along = functions.sum([s * d for s, d in zip(slopes, direction.tolist(), strict=True)])
    wanted = gradient(along, model.parameters())
    assert product == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_derivatives_are_traced_as_functions():
    second = trace(hessian(lambda x: x[0] ** 2 * x[1] + functions.sin(x[0])), [1.0, 2.0])
    assert second([3.0, 1.0]) == [[pytest.approx(2.0 - np.sin(3.0)), 6.0], [6.0, 0.0]]
    slope = trace(grad(lambda x: x**3), 2.0)
    assert slope.value_and_grad([1.0, 3.0], reduce=None)[1] == [6.0, 18.0]


def test_derivatives_of_trees_one_for_each_sample():
    program = trace(lambda d: d["a"][0] * d["b"]["c"] + d["a"][1], {"a": (1.0, 2.0), "b": {"c": 3.0}})
    given = {"a": (1.0, 2.0), "b": {"c": np.array([3.0, 4.0])}}
    values, slopes = program.value_and_grad(given, reduce=None)
    assert values.tolist() == [5.0, 6.0]
    assert np.array(slopes["a"]).tolist() == [[3.0, 1.0], [4.0, 1.0]]
    assert slopes["b"]["c"].tolist() == [1.0, 1.0]
    assert program.jvp((given,), ({"a": (1.0, 0.0), "b": {"c": np.zeros(2)}},))[1].tolist() == [3.0, 4.0]
