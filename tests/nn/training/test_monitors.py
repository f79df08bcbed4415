"""Inside a network: vanishing gradients, dead units, sparsity, and how variance travels through layers."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core import Value, functions
from nn import MLP, Neuron
from nn.errors import OperandError
from nn.initializers import initializer
from nn.monitors import dead_fraction, layer_outputs, sparsity

VANISHING = {
    "sigmoid": {1: 0.2350037122015945, 2: 0.05340837521931147, 3: 0.012032514870644767, 5: 0.0006079862743106368,
                10: 3.4831156097851636e-07, 20: 1.143095886693206e-13, 30: 3.7514349901105e-20},
    "tanh": {1: 0.7864477329659274, 2: 0.6398080218406107, 3: 0.5339122920544043, 5: 0.3930039249412958,
             10: 0.2227595302644142, 20: 0.1072740126086742, 30: 0.06583694386799013},
    "relu": dict.fromkeys((1, 2, 3, 5, 10, 20, 30), 1.0),
}  # fmt: skip


@pytest.mark.parametrize("name", VANISHING)
def test_the_gradient_through_a_chain_of_units_vanishes(name):
    for length, expected in VANISHING[name].items():
        x = Value(0.5)
        y = x
        for _ in range(length):
            y = Neuron(1, activation=name, init=[1.0], bias=False)(y)
        y.backward()
        assert x.grad == pytest.approx(expected, rel=1e-13)
        assert name != "sigmoid" or x.grad <= 0.25**length


def test_dead_units_and_sparsity_are_shares():
    outputs = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 2.0]])
    assert dead_fraction(outputs) == pytest.approx(1 / 3)
    assert sparsity(outputs) == pytest.approx(4 / 6)


def test_layer_outputs_are_what_the_layers_compute():
    model = MLP(2, [3, 2, 1], rng=0)
    X = np.array([[0.5, -1.0], [2.0, 1.0]])
    found = layer_outputs(model, X)
    assert {name: y.shape for name, y in found.items()} == {"layer0": (2, 3), "layer1": (2, 2), "layer2": (2, 1)}
    assert found["layer2"][:, 0].tolist() == [model(row).data for row in X]
    with pytest.raises(OperandError, match="list of layers"):
        layer_outputs(Neuron(2), X)


def test_relu_is_sparse_and_tanh_is_not():
    X = np.random.default_rng(0).normal(size=(20, 4))
    share = {
        name: sparsity(layer_outputs(MLP(4, [30, 1], activation=name, rng=0), X)["layer0"]) for name in ("relu", "tanh")
    }
    assert 0.3 < share["relu"] < 0.7
    assert share["tanh"] == 0.0


def test_selu_keeps_mean_0_and_variance_1_through_many_layers():
    rng = np.random.default_rng(0)
    h = rng.normal(size=(1000, 200))
    for _ in range(15):
        h = functions.selu(h @ initializer("lecun_normal")(rng, (200, 200), 200, 200).T)
    assert abs(h.mean()) < 0.1
    assert h.var() == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize(("init", "activation"), [("he_normal", "relu"), ("glorot_normal", "linear")])
def test_the_right_variance_keeps_signals_alive(init, activation):
    rng = np.random.default_rng(0)
    h = rng.normal(size=(500, 300))
    start = np.mean(h**2)
    for _ in range(10):
        h = h @ initializer(init)(rng, (300, 300), 300, 300).T
        h = getattr(functions, activation)(h) if activation != "linear" else h
    assert 0.5 < np.mean(h**2) / start < 2.0


def test_equal_weights_stay_equal_for_ever():
    model = MLP(2, [3, 1], activation="tanh", init=[np.full((3, 2), 0.5), np.full((1, 3), 0.5)])
    output = model([1.0, 2.0])
    loss = (output - 1.0) ** 2 / 2.0
    loss.backward()
    assert output.data == pytest.approx(1.3577223804672998, rel=1e-15)
    assert [w.grad for w in model.layers[1].neurons[0].w] == pytest.approx([0.3237917879696609] * 3, rel=1e-14)
    for neuron in model.layers[0].neurons:
        assert [w.grad for w in neuron.w] == pytest.approx([0.03232140452100615, 0.06464280904201229], rel=1e-13)
