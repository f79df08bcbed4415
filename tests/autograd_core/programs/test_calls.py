"""Calls: batches and shared arguments, what is reduced how, and what is refused."""

from __future__ import annotations

import array
import threading

import numpy as np
import pytest

from autograd_core import Value, functions, trace
from autograd_core.errors import OperandError, ShapeError

from .functions import EXECUTORS, needs_numba, random_function

W, X = np.array([0.5, -1.0, 2.0]), np.random.default_rng(0).normal(size=(150, 3))


def squared(w, x, t):
    difference = functions.tanh(w[0] * x[0] + w[1] * x[1] + w[2] * x[2]) - t
    return difference * difference + 0.1 * (w[0] * w[0] + functions.exp(w[1]))


def by_hand(w, x, t):
    y = np.tanh(x @ w)
    shared = np.array([0.2 * w[0], 0.1 * np.exp(w[1]), 0.0])
    return (y - t) ** 2 + 0.1 * (w[0] ** 2 + np.exp(w[1])), (2 * (y - t) * (1 - y * y))[:, None] * x + shared


@pytest.mark.parametrize("samples", [1, 2, 7, 8, 9, 63, 64, 65, 128, 150])
@pytest.mark.parametrize("executor", EXECUTORS)
def test_means_sums_and_each_sample(executor, samples):
    program = trace(squared, W, X[0], 1.0, executor=executor)
    x, t = X[:samples], np.linspace(-1.0, 1.0, samples)
    values, slopes = by_hand(W, x, t)
    value, slope = program.value_and_grad(W, x, t)
    assert np.isclose(value, values.mean(), rtol=1e-13)
    assert np.allclose(slope, slopes.mean(axis=0), rtol=1e-12)
    value, slope = program.value_and_grad(W, x, t, reduce="sum")
    assert np.isclose(value, values.sum(), rtol=1e-13)
    assert np.allclose(slope, slopes.sum(axis=0), rtol=1e-12)
    value, slope = program.value_and_grad(W, x, t, reduce=None)
    assert np.allclose(value, values, rtol=1e-13)
    assert np.allclose(slope, slopes, rtol=1e-12)
    assert np.allclose(program(W, x, t), values, rtol=1e-13)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_the_gradient_of_a_batch_by_the_batch_is_that_of_the_mean(executor):
    program = trace(lambda w, x: w * x * x, 2.0, 1.0, executor=executor)
    x = np.array([1.0, 2.0, 3.0, 4.0])
    value, (by_w, by_x) = program.value_and_grad(2.0, x, argnums=(0, 1))
    assert (value, by_w) == (15.0, 7.5)
    assert by_x.tolist() == (4.0 * x / 4).tolist()
    value, by_x = program.value_and_grad(2.0, x, argnums=1, reduce="sum")
    assert (value, by_x.tolist()) == (60.0, (4.0 * x).tolist())


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_loss_that_does_not_depend_on_the_batch(executor):
    program = trace(lambda w, x: w * w, 3.0, 1.0, executor=executor)
    assert program.value_and_grad(3.0, [1.0, 2.0]) == (9.0, 6.0)
    assert program.value_and_grad(3.0, [1.0, 2.0], reduce="sum") == (18.0, 12.0)
    values, slopes = program.value_and_grad(3.0, [1.0, 2.0], reduce=None)
    assert (values.tolist(), list(slopes)) == ([9.0, 9.0], [6.0, 6.0])


@pytest.mark.parametrize("executor", EXECUTORS)
def test_forward_mode_on_a_batch(executor):
    program = trace(squared, W, X[0], 1.0, executor=executor)
    t = np.zeros(len(X))
    direction = np.array([1.0, -2.0, 0.5])
    values, tangents = program.jvp((W, X, t), (direction, None, None))
    expected, slopes = by_hand(W, X, t)
    assert np.allclose(values, expected)
    assert np.allclose(tangents, slopes @ direction)
    _, moved = program.jvp((W, X, t), (None, np.ones_like(X), None))
    assert moved.shape == (len(X),)
    with pytest.raises(ShapeError, match="2 tangents"):
        program.jvp((W, X, t), (None, None))


@pytest.mark.parametrize("executor", EXECUTORS)
def test_calls_do_not_disturb_one_another(executor):
    program = trace(squared, W, X[0], 1.0, executor=executor)
    t = np.zeros(len(X))
    first = program.value_and_grad(W, X, t)
    kept = first[1].copy()
    one = program.value_and_grad(W, X[3], 0.0)
    program.value_and_grad(-W, X[:20], t[:20])
    assert (first[1] == kept).all()
    again = program.value_and_grad(W, X, t)
    assert again[0] == first[0]
    assert (again[1] == first[1]).all()
    first[1][:] = 0.0  # a result belongs to the caller
    assert (program.value_and_grad(W, X[3], 0.0)[1] == one[1]).all()


@pytest.mark.parametrize("executor", EXECUTORS)
def test_threads_may_call_one_program(executor):
    program = trace(squared, W, X[0], 1.0, executor=executor)
    expected = [program.value_and_grad(k * W, X, 0.5)[1] for k in range(4)]
    wrong = []

    def work(k):
        found = [program.value_and_grad(k * W, X, 0.5)[1] for _ in range(50)]
        wrong.extend(k for slope in found if (slope != expected[k]).any())

    workers = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong


@needs_numba
def test_any_number_of_threads_gives_the_same_bits():
    x = np.random.default_rng(1).normal(size=(10_001, 3))
    results = [trace(squared, W, X[0], 1.0, executor="fast", threads=n).value_and_grad(W, x, 0.1) for n in (1, 2, 5)]
    for value, slope in results[1:]:
        assert value == results[0][0]
        assert (slope == results[0][1]).all()
    values, slopes = by_hand(W, x, 0.1)
    assert np.isclose(results[0][0], values.mean(), rtol=1e-13)
    assert np.allclose(results[0][1], slopes.mean(axis=0), rtol=1e-11)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_large_batch_in_blocks(executor):
    f = random_function(7)
    program = trace(f, [0.1, 0.2, 0.3], executor=executor)
    x = np.random.default_rng(2).normal(size=(9000, 3))
    values, slopes = program.value_and_grad(x, reduce=None)
    few = [0, 63, 64, 4095, 4096, 4097, 8999]
    some, some_slopes = program.value_and_grad(x[few], reduce=None)
    assert np.allclose(values[few], some, rtol=1e-13)
    assert np.allclose(slopes[few], some_slopes, rtol=1e-12)


def test_integers_booleans_and_values_that_fit_are_numbers():
    program = trace(lambda x: x * 2.0, 1.0)
    assert program(3) == program(np.int32(3)) == program(np.float32(3.0)) == 6.0
    assert program(np.array([1, 2])).tolist() == [2.0, 4.0]
    assert program(True) == 2.0


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ("3", OperandError, "text"),
        (None, OperandError, "None"),
        (1j, OperandError, "complex"),
        ([1.0, 2.0, 3.0], ShapeError, "has shape"),
        ([[1.0, 2.0, 3.0]], ShapeError, "shape"),
        ([[1.0], [1.0, 2.0]], ShapeError, "different lengths"),
        (np.zeros((2, 2, 2)), ShapeError, "shape"),
        (np.zeros((0, 2)), ShapeError, "no samples"),
        (np.array(["1", "2"]), OperandError, "text"),
        (np.array([1.0, None]), OperandError, "None"),
        (["1.0", "2.0"], OperandError, "text"),
        (5.0, ShapeError, "has shape"),
    ],
)
def test_inputs_of_a_wrong_length_or_kind_are_refused(given, error, words):
    program = trace(lambda x: x[0] * x[1], [1.0, 2.0])
    with pytest.raises(error, match=words):
        program(given)
    with pytest.raises(error, match=words):
        program.value_and_grad(given)


def test_a_recorded_node_is_not_a_number():
    from autograd_core import Value

    with pytest.raises(OperandError, match=r"pass x\.data"):
        trace(lambda x: x * 2.0, 1.0)(Value(3.0))
    with pytest.raises(OperandError, match="argument x"):
        trace(lambda x: x[0] * 2.0, [1.0])([Value(3.0)])


def test_what_would_lose_digits_is_refused():
    program = trace(lambda x: x * 2.0, 1.0, dtype="float32")
    with pytest.raises(OperandError, match="without rounding"):
        program(np.array([1.0, 2.0]))
    assert program(np.array([1.0, 2.0], np.float32)).dtype == np.float32
    assert program(0.5) == 1.0
    with pytest.raises(OperandError, match=r"longdouble|float128"):
        trace(lambda x: x, 1.0)(np.array([1.0], np.longdouble))


def test_wrong_numbers_of_arguments_and_of_samples():
    program = trace(lambda x, y: x * y, 1.0, 2.0)
    with pytest.raises(ShapeError, match=r"takes 2 arguments \(x, y\), not 1"):
        program(1.0)
    with pytest.raises(ShapeError, match="batch of 3 samples, but an argument before it is one of 2"):
        program([1.0, 2.0], [1.0, 2.0, 3.0])
    for argnums in (2, -3, "x", True, None, 1.0):
        with pytest.raises(OperandError, match="names no argument"):
            program.value_and_grad(1.0, 2.0, argnums=argnums)
    with pytest.raises(OperandError, match="no parameters"):
        program.value_and_grad(1.0, 2.0, argnums="parameters")
    with pytest.raises(OperandError, match="none of 'mean'"):
        program.value_and_grad(1.0, 2.0, reduce="max")
    assert program.value_and_grad(1.0, 2.0, argnums=-1) == (2.0, 1.0)


def test_trees_of_another_arrangement_are_refused():
    program = trace(lambda o: o["a"] * o["b"][0] * o["b"][1][0], {"a": 1.0, "b": [2.0, [3.0]]})
    assert program({"b": [2.0, [3.0]], "a": 5.0}) == 30.0
    for given in ({"a": 1.0}, {"a": 1.0, "b": 2.0}, [1.0], {"a": 1.0, "b": [2.0]}, 3.0):
        with pytest.raises(ShapeError, match="was traced as a"):
            program(given)
    values = program({"a": np.array([1.0, 2.0]), "b": [2.0, [3.0]]})
    assert values.tolist() == [6.0, 12.0]
    _, slopes = program.value_and_grad({"a": np.array([1.0, 2.0]), "b": [2.0, [3.0]]}, reduce="sum")
    assert slopes["a"].tolist() == [6.0, 6.0]
    assert slopes["b"] == [9.0, [6.0]]


def test_numbers_take_the_place_of_the_parameters_for_one_call():
    w = Value(2.0)
    program = trace(lambda x: w * x * x, 3.0)
    assert program(3.0, parameters=[5.0]) == 45.0
    value, gradient = program.value_and_grad([1.0, 2.0], argnums="parameters", reduce="sum", parameters=np.array([5.0]))
    assert (value, gradient.tolist()) == (25.0, [5.0])
    assert (program(3.0), w.data) == (18.0, 2.0)
    square = trace(lambda x: x * x, 3.0)
    for call in (square, square.value_and_grad):
        with pytest.raises(OperandError, match="leave parameters out"):
            call(3.0, parameters=[5.0])


def scored(w, x):
    return functions.tanh(w[0] * x + w[1])


@needs_numba
@pytest.mark.parametrize(
    ("weights", "x"),
    [
        ([0.5, -1.0], 2.0),
        (np.array([0.5, -1.0], np.float32), 2),
        (np.array([0.5, 9.0, -1.0])[::2], np.float64(2.0)),
        (np.array([0.5, -1.0], ">f8"), np.array(2.0)),
        (array.array("d", [0.5, -1.0]), True + 1),
        (np.ma.array([0.5, -1.0]), 2.0),
    ],
    ids=["list", "float32", "strided", "big-endian", "buffer", "masked"],
)
def test_one_sample_again_is_read_as_the_first(weights, x):
    """The second call of a kind goes a shorter way, on which nothing may mean anything else."""
    program = trace(scored, [0.1, 0.2], 0.3, executor="fast")
    first = program.value_and_grad(weights, x)
    program.value_and_grad(np.array([0.3, 0.4]), 0.5)
    again = program.value_and_grad(weights, x)
    assert again[0] == first[0]
    assert type(again[1]) is type(first[1])
    assert np.array_equal(again[1], first[1])
    assert np.allclose(first[1], program.value_and_grad(np.array([0.5, -1.0]), 2.0)[1], rtol=1e-15)


@needs_numba
@pytest.mark.parametrize(
    ("weights", "x", "error"),
    [
        (np.zeros(3), 1.0, ShapeError),
        (1.0, 1.0, ShapeError),
        (np.zeros(2), "1", OperandError),
        (np.zeros(2), None, OperandError),
        (np.zeros(2, complex), 1.0, OperandError),
        (b"\0" * 16, 1.0, OperandError),
        (np.zeros(2), Value(1.0), OperandError),
    ],
)
def test_one_sample_again_is_refused_as_the_first(weights, x, error):
    program = trace(scored, [0.1, 0.2], 0.3, executor="fast")
    with pytest.raises(error) as first:
        program.value_and_grad(weights, x)
    expected = program.value_and_grad(np.array([0.3, 0.4]), 0.5)
    with pytest.raises(error) as again:
        program.value_and_grad(weights, x)
    assert str(again.value) == str(first.value)
    found = program.value_and_grad(np.array([0.3, 0.4]), 0.5)
    assert found[0] == expected[0]
    assert np.array_equal(found[1], expected[1])


@needs_numba
def test_gradients_of_one_sample_are_nobody_elses():
    program = trace(scored, [0.1, 0.2], 0.3, executor="fast")
    weights = np.array([0.5, -1.0])
    kept = [program.value_and_grad(weights, x)[1] for x in (0.1, 0.2, 0.3)]
    copies = [slope.copy() for slope in kept]
    kept[0] *= 2.0
    program.value_and_grad(weights, 9.0)
    assert all(np.array_equal(a, b) for a, b in zip(kept[1:], copies[1:], strict=True))
    assert np.array_equal(kept[0], 2.0 * copies[0])
