"""Activation functions by name: the lectures' tables, at the resolution of Values and of Tensors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_core import Tensor, Value
from nn import MLP, Linear, Neuron, Nonlinearity, load
from nn.activations import ACTIVATIONS, Activation, activation
from nn.errors import OperandError, OptionError

# name: {z: (value, derivative)}; where s(1-s) loses digits, the value at -z, by symmetry
TABLE = {
    "sigmoid": {
        -5.0: (0.0066928509242848554, 0.006648056670790155), -2.0: (0.11920292202211755, 0.1049935854035065),
        -1.0: (0.2689414213699951, 0.19661193324148185), -0.5: (0.3775406687981454, 0.2350037122015945),
        0.0: (0.5, 0.25), 0.5: (0.6224593312018546, 0.2350037122015945),
        1.0: (0.7310585786300049, 0.19661193324148185), 2.0: (0.8807970779778823, 0.1049935854035065),
        5.0: (0.9933071490757153, 0.006648056670790155),
    },
    "tanh": {
        -5.0: (-0.9999092042625951, 0.00018158323094380667), -2.0: (-0.9640275800758169, 0.07065082485316447),
        -1.0: (-0.7615941559557649, 0.4199743416140261), -0.5: (-0.46211715726000974, 0.7864477329659275),
        0.0: (0.0, 1.0), 0.5: (0.46211715726000974, 0.7864477329659275),
        5.0: (0.9999092042625951, 0.00018158323094380667),
    },
    "relu": {-3.0: (0.0, 0.0), 0.0: (0.0, 0.0), 2.0: (2.0, 1.0)},
    "leaky_relu": {-3.0: (-0.03, 0.01), -0.5: (-0.005, 0.01), 1.0: (1.0, 1.0)},
    "elu": {
        -3.0: (-0.950212931632136, 0.049787068367863944), -1.0: (-0.6321205588285577, 0.36787944117144233),
        -1e-10: (-9.999999999500001e-11, 0.9999999999), 0.0: (0.0, 1.0), 2.0: (2.0, 1.0),
    },
    "selu": {
        -3.0: (-1.6705687287671118, 0.08753061208026487), -1.0: (-1.1113307378125625, 0.646768603034814),
        -1e-10: (-1.7580993407594719e-10, 1.7580993406715666), 0.0: (0.0, 1.7580993408473766),
        1.0: (1.0507009873554805, 1.0507009873554805), 2.0: (2.101401974710961, 1.0507009873554805),
    },
}  # fmt: skip
CASES = [(name, z, *expected) for name, rows in TABLE.items() for z, expected in rows.items()]


@pytest.mark.parametrize(("name", "z", "value", "derivative"), CASES)
def test_the_lectures_table(name, z, value, derivative):
    x = Value(z)
    y = Neuron(1, activation=name, init=[1.0], bias=False)(x)
    y.backward()
    assert (y.data, x.grad) == pytest.approx((value, derivative), rel=1e-15)
    t = Tensor([[z]], requires_grad=True)
    batch = Nonlinearity(name)(t)
    batch.backward()
    assert (batch.item(), t.grad.item()) == pytest.approx((value, derivative), rel=1e-15)


@pytest.mark.parametrize(
    ("name", "low", "high", "strictly"),
    [
        ("sigmoid", 0.0, 1.0, True),
        ("tanh", -1.0, 1.0, True),
        ("relu", 0.0, math.inf, False),  # a slide calls it strictly increasing, and left of 0 it is constant
        ("leaky_relu", -math.inf, math.inf, True),
        ("elu", -1.0, math.inf, True),
        ("linear", -math.inf, math.inf, True),
    ],
)
@given(z=st.floats(-8.0, 8.0), more=st.floats(0.01, 5.0))
def test_ranges_and_directions_of_the_lectures(name, low, high, strictly, z, more):
    f = activation(name)
    left, right = f(z), f(z + more)
    assert (left < right) if strictly else (left <= right)
    assert low < right < high or (not strictly and right == low)


def test_every_name_is_a_function_with_a_title_and_a_source():
    for name, a in ACTIVATIONS.items():
        assert name == a.name
        assert a.title
        assert a.source
        assert callable(a.function)


def test_an_activation_of_ones_own_can_be_entered_under_a_name_and_saved(tmp_path, monkeypatch):

    monkeypatch.setitem(ACTIVATIONS, "cube", Activation("cube", "Cube", "a test", custom=lambda z: z * z * z))
    model = MLP(2, [2, 1], activation="cube", rng=0)
    assert repr(model.layers[0].neurons[0]) == "CubeNeuron(2)"
    assert activation("cube")(2.0) == 8.0
    model.save(tmp_path / "m")
    assert load(tmp_path / "m")([1.0, 2.0]).data == model([1.0, 2.0]).data


def test_lists_are_taken_unit_by_unit_and_softmax_as_a_whole():
    assert activation("relu")([-1.0, 2.0]) == [0.0, 2.0]
    assert sum(activation("softmax")([1.0, 2.0])) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        ("Relu", OptionError),
        (3, OperandError),
        (["relu"], OperandError),
        (Linear, OperandError),
        (np.tanh, OperandError),
    ],
)
def test_what_is_no_activation_is_refused(spec, error):
    with pytest.raises(error):
        activation(spec)
