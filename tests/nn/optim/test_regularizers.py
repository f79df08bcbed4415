"""Penalties on weights, and on weights alone."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core import Value
from nn import MLP, SGD, BatchNorm1d, DAGNetwork, Linear, Module, PReLU, Sequential
from nn.errors import OperandError, OptionError
from nn.regularizers import L1, L2, Lq, weights

W = [[1.0, -2.0], [0.0, 3.0]]


def models():
    scalar = MLP(2, [2], init=[W])
    for neuron in scalar.layers[0].neurons:
        neuron.b.data = 100.0
    return scalar, scalar.to_tensor()


@pytest.mark.parametrize("kind", [0, 1], ids=["values", "tensors"])
@pytest.mark.parametrize(
    ("penalty", "value", "gradient"),
    [
        (L2(1.0), 14.0, [[2.0, -4.0], [0.0, 6.0]]),
        (L1(1.0), 6.0, [[1.0, -1.0], [0.0, 1.0]]),
        (Lq(1.0, q=2.0), 14.0, [[2.0, -4.0], [0.0, 6.0]]),
        (Lq(0.5, q=3.0), 18.0, [[1.5, -6.0], [0.0, 13.5]]),
    ],
)
def test_value_and_gradient_leave_biases_alone(penalty, value, gradient, kind):
    model = models()[kind]
    found = penalty(model)
    found.backward()
    assert found.item() == pytest.approx(value, rel=1e-15)
    if kind == 0:
        neurons = model.layers[0].neurons
        assert [[w.grad for w in n.w] for n in neurons] == pytest.approx(np.array(gradient))
        assert [n.b.grad for n in neurons] == [0.0, 0.0]
    else:
        assert model[0].weight.grad == pytest.approx(np.array(gradient))
        assert model[0].bias.grad is None


def test_what_counts_as_a_weight():
    model = Sequential(Linear(2, 3, rng=0), BatchNorm1d(3), PReLU(3), Linear(3, 1, rng=1))
    assert [p.label for p in weights(model)] == ["W", "W"]
    assert len(weights(MLP(2, [3], activation=["prelu"], rng=0))) == 6
    assert len(weights(DAGNetwork([(1, 2), (2, 3)], biases=True, rng=0))) == 2


@pytest.mark.parametrize(
    ("penalty", "expected"), [(L2(0.01), (0.948, -2.046, -0.05)), (L1(0.01), (0.949, -2.049, -0.05))]
)
def test_one_regularised_step_of_the_lecture(penalty, expected):
    """θ = (1, -2, 0), every derivative of the loss ½, α = 0.1, λ = 0.01."""

    class Three(Module):
        def __init__(self):
            self.theta = [Value(1.0), Value(-2.0), Value(0.0)]

    model = Three()
    loss = sum((t * 0.5 for t in model.theta), Value(0.0)) + penalty(model)
    loss.backward()
    SGD(model.parameters(), lr=0.1).step()
    assert [t.data for t in model.theta] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda: L2(-1.0), OptionError),
        (lambda: L2(float("nan")), OptionError),
        (lambda: L2("0.1"), OperandError),
        (lambda: Lq(1.0, q=0.5), OptionError),
        (lambda: L2(1.0)(Module()), OptionError),
    ],
)
def test_what_is_no_penalty_is_refused(act, error):
    with pytest.raises(error):
        act()
