"""Descents: the steps are those that value_and_grad and an update by hand would take, within rounding."""

from __future__ import annotations

import numpy as np
import pytest

import nn
from autograd_core import functions, trace
from autograd_core.errors import GuardError, OperandError, ShapeError

from .functions import EXECUTORS, needs_numba, random_function

START = np.array([0.5, -1.0, 0.25])


def squared(w, x, t):
    difference = functions.tanh(w[0] * x[0] + w[1] * x[1] + w[2]) - t
    return difference * difference + 0.1 * (w[0] * w[0] + functions.exp(w[1]))


def program_of(executor, dtype="float64"):
    return trace(squared, START.tolist(), [0.1, 0.2], 0.3, executor=executor, dtype=dtype)


@pytest.mark.parametrize("reduce", ["mean", "sum"])
@pytest.mark.parametrize("samples", [0, 1, 7, 64, 150])
@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_step_is_the_update_by_hand(executor, samples, reduce):
    program, rng = program_of(executor), np.random.default_rng(samples)
    descent, w = program.descent(START, 0.05, reduce=reduce), START
    for step in range(6):
        x, t = (rng.normal(size=(samples, 2)), rng.normal(size=samples)) if samples else (rng.normal(size=2), 0.5)
        value, slope = program.value_and_grad(w, x, t, reduce=reduce)
        descent.rate = 0.05 / (step + 1)
        assert descent(x, t) == pytest.approx(value, rel=1e-11)
        w = w - descent.rate * slope
        assert np.allclose(descent.numbers, w, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_samples_and_batches_take_turns(executor):
    program = program_of(executor)
    descent, w = program.descent(START, 0.1), START
    X, T = np.array([[0.3, -0.5], [1.0, 2.0]]), np.array([0.1, 0.9])
    for x, t in ((X[0], 0.1), (X, T), (X[1], 0.9), ([0.3, -0.5], 0.1), (X[:1], T[:1]), (X[1], 0.9)):
        w = w - 0.1 * program.value_and_grad(w, x, t)[1]
        descent(x, t)
        assert np.allclose(descent.numbers, w, rtol=1e-12, atol=1e-14)
    descent.numbers = START
    assert descent(X[0], 0.1) == pytest.approx(program(START, X[0], 0.1), rel=1e-12)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_random_functions_descend(executor):
    w = np.array([0.4, 0.1, -0.6])
    for seed in range(60):
        program = trace(random_function(seed), [0.3, -0.2, 0.7], executor=executor)
        value, slope = program.value_and_grad(w)
        descent = program.descent(w, 0.01)
        assert descent() == pytest.approx(value, rel=1e-11, abs=1e-11, nan_ok=True)
        assert np.allclose(descent.numbers, w - 0.01 * slope, rtol=1e-10, atol=1e-10, equal_nan=True)
        after = descent.numbers
        descent()
        again = after - 0.01 * program.value_and_grad(after)[1]
        assert np.allclose(descent.numbers, again, rtol=1e-10, atol=1e-10, equal_nan=True)


@needs_numba
def test_a_model_of_float32_descends():
    model = nn.MLP(2, [4, 1], activation="tanh", rng=0)
    program = trace(lambda model, x, t: (model(x) - t) ** 2, model, [0.1, 0.2], 0.3, dtype="float32")
    descent = program.descent(model, 0.1)
    losses = [descent(np.array([0.5, -0.5], np.float32), 1.0) for _ in range(50)]
    assert descent.numbers.dtype == np.float32
    assert losses[-1] < 1e-6 < losses[0]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_another_branch_moves_nothing(executor):
    program = trace(lambda w, x: w[0] * x if x > 0.0 else w[0] - x, [1.0], 1.0, executor=executor)
    descent = program.descent([2.0], 0.1)
    descent(1.0)
    before = descent.numbers
    with pytest.raises(GuardError):
        descent(-1.0)
    with pytest.raises(GuardError):
        descent([1.0, -1.0])
    assert np.array_equal(descent.numbers, before)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_what_cannot_be_is_refused_and_moves_nothing(executor):
    program = program_of(executor)
    descent = program.descent(START, 0.1)
    for _ in range(2):  # the second step of a kind goes a shorter way
        before = descent.numbers
        for inputs, error in (
            (([1.0, 2.0],), ShapeError),
            (([1.0, 2.0, 3.0], 0.5), ShapeError),
            (([1.0, 2.0], "0.5"), OperandError),
            (([1.0, 2.0], 0.5, 0.5), ShapeError),
        ):
            with pytest.raises(error):
                descent(*inputs)
        assert np.array_equal(descent.numbers, before)
        descent(np.array([1.0, 2.0]), 0.5)
    for rate in (-0.1, "fast", True, float("nan")):
        with pytest.raises(OperandError, match="rate"):
            descent.rate = rate
    with pytest.raises(ShapeError):
        descent.numbers = [1.0]
    with pytest.raises(ShapeError):
        program.descent([[0.5, -1.0, 0.25]], 0.1)
    with pytest.raises(OperandError, match="argnum=2"):
        program.descent(0.5, 0.1, argnum=2)
    with pytest.raises(OperandError, match="reduce"):
        program.descent(START, 0.1, reduce=None)
    with pytest.raises(OperandError, match="hold others"):
        trace(lambda w, p: w[0] * p["b"], [1.0], {"b": 2.0}).descent([1.0], 0.1)


def test_the_numbers_are_a_copy():
    descent = program_of("numpy").descent(START, 0.1)
    descent.numbers[:] = 9.0
    assert np.array_equal(descent.numbers, START)
