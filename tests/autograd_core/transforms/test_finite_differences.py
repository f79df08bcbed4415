"""Test that check_grad detects a wrong derivative and names its position."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograd_core import TABLE, Pointwise, Tensor, Value, check_grad, functions, register
from autograd_core.errors import CheckError


@pytest.fixture
def crooked():
    """A sine whose derivative is wrong beyond 1."""

    def slope(m, y, x):
        return m.cos(x) * m.where(m.greater(x, 1.0), 1.001, 1.0)

    yield register(Pointwise(name="crooked", scalar=math.sin, array=np.sin, partials=(slope,), source="nowhere"))
    del TABLE["crooked"]


def test_functions_of_numbers_may_use_the_methods_of_values():
    assert check_grad(lambda x: x.tanh() * x.exp(), 0.5, order=3) < 1e-7


def test_functions_of_arrays_in_trees():
    parameters = {"W": np.array([[0.3, -0.2], [0.1, 0.4], [0.5, 0.6]]), "b": [np.array([0.1, 0.2, 0.3]), 0.7]}

    def loss(parameters, x):
        z = parameters["W"] @ x + parameters["b"][0]
        return (z.tanh() * parameters["b"][1]).sum()

    assert 0.0 < check_grad(loss, parameters, np.array([1.0, 2.0]), order=2) < 1e-7


def test_nodes_as_arguments_are_read_as_numbers():
    x = Tensor([[1.0, 2.0]], requires_grad=True)
    assert check_grad(lambda x, k: (x * x * k).sum(), x, Value(3.0)) < 1e-9
    assert x.grad is None


def test_float32_is_checked_in_float64():
    assert check_grad(lambda x: functions.exp(x).sum(), np.array([0.5, 1.5], np.float32)) < 1e-9


def test_a_wrong_element_is_named(crooked):
    with pytest.raises(CheckError, match=r"by argument 1, number 0, element \[0, 2\] is"):
        check_grad(lambda a, b: (crooked(b["w"]) * a).sum() + b["k"], 2.0, {"w": np.array([[0.1, 0.2, 1.5]]), "k": 1.0})
    with pytest.raises(CheckError, match="by argument 0 is"):
        check_grad(crooked, 1.5)
    assert check_grad(crooked, 0.5) < 1e-9


def test_a_random_sample_of_a_large_array_is_checked(crooked):
    x = np.full(1_000, 0.5)
    x[17] = 1.5
    assert check_grad(lambda x: crooked(x).sum(), x, samples=5) < 1e-9  # the sample misses the wrong element
    with pytest.raises(CheckError, match=r"element \[17\]"):
        check_grad(lambda x: crooked(x).sum(), x, samples=1_000)
