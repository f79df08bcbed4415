"""Test that recorded arrays do not change, gradients are written all or none, and memory is freed."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from autograd_core import Tensor, Value, detect_anomaly, functions, gradient, no_grad, stack, sweep
from autograd_core.errors import GraphError, OperandError, ShapeError, StaleGraphError


def test_the_data_argument_is_copied():
    source = np.array([2.0])
    x = Tensor(source, requires_grad=True)
    y = (x * x).sum()
    source[0] = 7.0
    y.backward()
    assert x.grad.tolist() == [4.0]


def test_changing_a_leaf_does_not_change_recorded_results():
    x = Tensor([2.0], requires_grad=True)
    alias = x.data
    y = (x * x).sum()
    with pytest.raises(ValueError, match="read-only"):
        alias[0] = 7.0
    x.data[0] = 5.0
    assert (x * 1.0).data.tolist() == [5.0]
    y.backward()
    assert x.grad.tolist() == [4.0]
    with pytest.raises(StaleGraphError, match="run the forward pass again"):
        gradient(y, x, create_graph=True)


def test_a_leaf_is_updated_in_place_between_passes():
    p = Tensor([1.0, 2.0], requires_grad=True)
    for _ in range(3):
        p.zero_grad()
        (p * p).sum().backward()
        p.data -= 0.25 * p.grad
    assert p.data.tolist() == [0.125, 0.25]


def test_two_nodes_do_not_share_a_gradient_array():
    a, b = Tensor([1.0], requires_grad=True), Tensor([2.0], requires_grad=True)
    (a + b).sum().backward()
    a.grad *= 3.0
    assert (a.grad.tolist(), b.grad.tolist()) == ([3.0], [1.0])


def test_leaves_accumulate_and_intermediates_do_not():
    x = Tensor([3.0], requires_grad=True)
    square = x * x
    y = (square * square).sum()
    y.backward()
    y.backward()
    assert x.grad.tolist() == [216.0]
    assert square.grad.tolist() == [18.0]


def test_the_data_of_a_computed_node_cannot_be_set():
    x = Tensor([1.0], requires_grad=True)
    y = x.exp()
    with pytest.raises(GraphError, match="data of the result of exp are computed from its operands"):
        y.data = np.zeros(1)
    y.sum().backward()
    assert x.grad.tolist() == [np.e]
    free = y.detach()
    free.data = np.zeros(1)
    assert free.item() == 0.0


def test_the_fast_sweep_equals_the_general_sweep_bit_for_bit():
    rng = np.random.default_rng(0)
    W = [Tensor(rng.normal(size=(4, 4)), requires_grad=True) for _ in range(3)]
    h = Tensor(rng.normal(size=(5, 4)))
    for w in W:
        h = functions.tanh(h @ w) * h + w[0] / 3.0
    loss = functions.logsumexp(h + h.max(axis=1, keepdims=True), axis=1).sum()
    adjoints = {node: adjoint for node, adjoint, _ in sweep(loss, loss.seed())}
    loss.backward()
    assert all(np.array_equal(node.grad, adjoint) for node, adjoint in adjoints.items())
    assert set(W) <= set(adjoints)


@pytest.mark.parametrize(
    ("call", "error", "pattern"),
    [
        (lambda x: (x * 2.0).backward(), ShapeError, "needs a single number"),
        (lambda x: (x * 2.0).backward(np.ones(2)), ShapeError, "has the shape of the root"),
        (lambda x: x.detach().sum().backward(), GraphError, "requires a gradient"),
        (lambda x: x @ Tensor(np.ones((4, 2)), label="weights"), ShapeError, "weights"),
        (lambda x: x + np.ones(2), ShapeError, r"\(3,\)"),
        (lambda x: x[7], IndexError, "out of bounds"),
        (lambda x: Tensor([1j]), OperandError, "complex"),
        (lambda x: Tensor(["a"]), OperandError, "text"),
        (lambda x: Tensor([None]), OperandError, "objects"),
        (lambda x: Tensor([[1.0], [1.0, 2.0]]), ShapeError, "different lengths"),
        (lambda x: Tensor([Value(1.0)]), OperandError, "stack"),
        (lambda x: x.reshape(2, 2), ShapeError, "cannot take the shape"),
        (lambda x: x.sum(axis=1), ShapeError, "no axis"),
    ],
)
def test_mistakes_raise_clear_errors_and_change_no_gradient(call, error, pattern):
    x = Tensor([1.0, 2.0, 3.0], requires_grad=True, label="x")
    x.sum().backward()
    with pytest.raises(error, match=pattern):
        call(x)
    assert x.grad.tolist() == [1.0, 1.0, 1.0]


def test_no_grad_and_anomalies():
    x = Tensor([0.0], requires_grad=True, label="x")
    with no_grad():
        assert (x * 2.0).parents == ()
    with detect_anomaly(), pytest.raises(FloatingPointError, match="log"):
        functions.log(x)


def test_inside_no_grad_an_augmented_assignment_leaves_the_parameter_alone():
    """Code such as ``out = self.b; out += x`` must not change the parameter."""
    b = Tensor([1.0, 2.0], requires_grad=True)
    with no_grad():
        moved = b
        moved += 1.0
    assert (b.data.tolist(), moved.data.tolist()) == ([1.0, 2.0], [2.0, 3.0])
    with pytest.raises(GraphError, match=r"w\.data -= step"):
        moved.sum().backward()


def test_training_leaks_no_objects():
    """Count the objects before and after 2,000 iterations with the garbage collector off."""
    rng = np.random.default_rng(0)
    W = Tensor(rng.normal(size=(3, 2)), requires_grad=True)
    X = Tensor(rng.normal(size=(4, 3)))

    def train(steps):
        for _ in range(steps):
            W.zero_grad()
            functions.tanh(X @ W).sum().backward()
            W.data -= 0.01 * W.grad

    gc.collect()
    gc.disable()
    try:
        train(10)
        before = len(gc.get_objects())
        train(2000)
        assert len(gc.get_objects()) <= before
        y = X @ W
        gone = weakref.ref(y)
        del y
        assert gone() is None
    finally:
        gc.enable()


def test_a_deep_chain_of_arrays():
    x = Tensor([1.0], requires_grad=True)
    y = x
    for _ in range(20_000):
        y = y + x
    y.sum().backward()
    assert x.grad.tolist() == [20_001.0]


def test_scalars_and_arrays_in_one_graph():
    a, b = Value(3.0), Value(4.0)
    t = stack([a, b])
    (first, second) = functions.unstack(t * t)
    (first * b + second).backward()
    assert (a.grad, b.grad) == (24.0, 17.0)
    (derivative,) = gradient(first * b, a, create_graph=True)
    assert gradient(derivative, [a, b]) == (8.0, 6.0)
    mixed = Tensor([1.0, 2.0], requires_grad=True) * a
    mixed.sum().backward(inputs=a)
    assert a.grad == 27.0


def test_the_gradient_of_a_cast_has_the_type_of_the_operand():
    x = Tensor(np.float32([0.1, 0.2]), requires_grad=True)
    y = x.astype(np.float64)
    assert y.dtype == np.float64
    (y * y).sum().backward()
    assert y.grad.dtype == np.float64
    assert x.grad.dtype == np.float32
    assert x.grad.tolist() == (2 * x.data).tolist()
