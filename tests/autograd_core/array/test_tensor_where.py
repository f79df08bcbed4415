"""Test the strong zero of ``where`` on arrays: elements that were not selected get no contribution, so no 0 · ∞."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core import Tensor, Value, functions, gradient, stack, unstack

POINTS = np.array([-2.0, 0.0, 3.0, 1000.0])

EXPRESSIONS = {
    "log": lambda x: functions.where(functions.greater(x, 0.0), functions.log(x), 0.0),
    "exp": lambda x: functions.where(functions.less(x, 0.0), functions.exp(x), 1.0),
    "sinc": lambda x: functions.where(functions.equal(x, 0.0), 1.0, functions.sin(x) / x),
    "through several": lambda x: functions.where(
        functions.greater(x, 0.0), functions.sqrt(functions.log(x) * 2.0 + 1e9), 0.0 * x
    ),
    "chosen and singular": lambda x: functions.where(functions.equal(x, 0.0), functions.sqrt(x), x),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_gradients_of_arrays_equal_those_of_values(name):
    f = EXPRESSIONS[name]
    x = Tensor(POINTS, requires_grad=True)
    f(x).sum().backward()
    for i, point in enumerate(POINTS):
        v = Value(float(point))
        f(v).backward()
        assert np.isnan(x.grad[i]) == np.isnan(v.grad)
        assert np.isnan(v.grad) or np.isclose(x.grad[i], v.grad, rtol=1e-14)


def test_the_gradient_of_a_singular_element_is_zero():
    x = Tensor(POINTS, requires_grad=True)
    functions.where(functions.greater(x, 0.0), functions.log(x), 0.0).sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 1.0 / 3.0, 1.0 / 1000.0]


def test_masks_pass_through_broadcasting_sums_and_indices():
    x = Tensor([0.0, 1.0, 4.0], requires_grad=True)
    wide = functions.broadcast_to(functions.log(x), (2, 3))
    functions.where(functions.greater(functions.broadcast_to(x, (2, 3)), 0.0), wide, 0.0).sum().backward()
    assert x.grad.tolist() == [0.0, 2.0, 0.5]
    x.zero_grad()
    functions.where(np.array([0.0, 1.0, 1.0]), functions.log(x)[[0, 1, 2]], 7.0).sum().backward()
    assert x.grad.tolist() == [0.0, 1.0, 0.25]


def test_a_second_path_to_an_element_contributes():
    x = Tensor([0.0, 2.0], requires_grad=True)
    y = functions.log(x)
    (functions.where(functions.greater(x, 0.0), y, 0.0) + y).sum().backward()
    assert x.grad.tolist() == [np.inf, 1.0]


def test_recorded_derivatives_have_the_strong_zero():
    x = Tensor([0.0, 2.0], requires_grad=True)
    y = functions.where(functions.greater(x, 0.0), functions.log(x), 0.0).sum()
    (first,) = gradient(y, x, create_graph=True)
    assert first.data.tolist() == [0.0, 0.5]
    (second,) = gradient(first.sum(), x)
    assert second.tolist() == [0.0, -0.25]


def test_the_strong_zero_passes_through_stack_and_unstack():
    a, b = Value(0.0), Value(2.0)
    x = stack([functions.log(a), functions.log(b)])
    picked = unstack(functions.where(np.array([0.0, 1.0]), x, 0.0))
    (picked[0] + picked[1]).backward()
    assert (a.grad, b.grad) == (0.0, 0.5)


def test_without_where_zero_times_infinity_is_nan():
    x = Tensor([0.0], requires_grad=True)
    functions.sqrt(x * x).sum().backward()
    assert np.isnan(x.grad).all()
