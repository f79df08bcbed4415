"""Neurons, layers and perceptrons of Values, beyond what micrograd has."""

from __future__ import annotations

import random

import numpy as np
import pytest

from autograd_core import Tensor, Value, functions, unstack
from autograd_core.graph.history import history
from autograd_core.graph.scope import scopes_of
from nn import MLP, Layer, Neuron
from nn.activations import ACTIVATIONS
from nn.errors import ArchitectureError, AutogradError, OperandError, OptionError, ShapeError

ELEMENTWISE = [a for a in ACTIVATIONS.values() if a.elementwise and a.slope is None]


def test_a_neuron_is_the_activation_of_the_weighted_sum():
    n = Neuron(3, activation="tanh", init=[0.5, -1.0, 2.0], bias=0.25)
    x = [1.0, 2.0, 0.5]
    assert n(x).data == functions.tanh(0.25 + 0.5 * 1.0 - 1.0 * 2.0 + 2.0 * 0.5)


def test_without_bias_there_is_none():
    n = Neuron(2, nonlin=False, init=[2.0, 3.0], bias=False)
    assert n.b is None
    assert n.parameters() == n.w
    assert n([1.0, 10.0]).data == 32.0


@pytest.mark.parametrize("activation", ELEMENTWISE, ids=lambda a: a.name)
def test_a_named_activation_is_the_engines_function(activation):
    n = Neuron(1, activation=activation.name, init=[1.0], bias=False)
    expected = 0.7 if activation.is_linear else getattr(functions, activation.name)(0.7)
    assert n([0.7]).data == pytest.approx(expected, rel=1e-15)
    assert repr(n) == f"{activation.title}Neuron(1)"


def test_an_activation_may_be_a_function_of_a_value():
    n = Neuron(1, activation=lambda z: z * z, init=[3.0], bias=False)
    assert n([2.0]).data == 36.0
    assert repr(n) == "CustomNeuron(1)"
    assert repr(Neuron(1, activation=Value.tanh)) == "TanhNeuron(1)"
    assert repr(Neuron(1, activation=functions.sigmoid)) == "SigmoidNeuron(1)"


def test_a_function_that_only_happens_to_be_called_relu_is_not_replaced():
    def relu(z):
        return z + 100.0

    assert Neuron(1, activation=relu, init=[1.0])([1.0]).data == 101.0


def test_a_prelu_neuron_learns_its_slope():
    n = Neuron(1, activation="prelu", init=[1.0], bias=False)
    out = n([-2.0])
    out.backward()
    assert (out.data, n.slope.grad) == (-0.5, -2.0)
    assert n.slope in n.parameters()


def test_softmax_acts_on_the_whole_layer():
    layer = Layer(2, 3, activation="softmax", init=[[1, 0], [0, 1], [1, 1]])
    expected = functions.softmax([1.0, 2.0, 3.0])
    assert [p.data for p in layer([1.0, 2.0])] == pytest.approx(expected, rel=1e-15)
    assert repr(layer).startswith("SoftmaxLayer of [LinearNeuron(2)")
    with pytest.raises(ArchitectureError, match="Give it to the layer"):
        Neuron(2, activation="softmax")


def test_one_activation_is_for_hidden_layers_and_a_list_for_all():
    assert [str(n.activation.name) for layer in MLP(2, [3, 1], activation="tanh").layers for n in layer.neurons] == [
        "tanh", "tanh", "tanh", "linear"]  # fmt: skip
    model = MLP(2, [3, 1], activation=["relu", "sigmoid"])
    assert 0.0 < model([5.0, 5.0]).data < 1.0


def test_a_bare_number_or_value_is_a_vector_of_one():
    model = MLP(1, [4, 1], rng=0)
    assert model(0.5).data == model([0.5]).data == model(Value(0.5)).data == model(np.float64(0.5)).data


def test_a_layer_of_one_unit_inside_a_network():
    assert isinstance(MLP(2, [3, 1, 1], rng=0)([1.0, 2.0]), Value)
    assert isinstance(MLP(1, [1, 1, 2], rng=0)([1.0]), list)


def test_arrays_tuples_and_iterators_are_samples():
    model = MLP(2, [1], rng=0)
    expected = model([0.5, -1.0]).data
    for x in ((0.5, -1.0), np.array([0.5, -1.0]), np.array([0.5, -1.0], dtype=np.float32), map(Value, (0.5, -1.0))):
        assert model(x).data == expected


def test_seeds_and_generators():
    random.seed(7)
    as_micrograd = [p.data for p in MLP(2, [3, 1]).parameters()]
    assert [p.data for p in MLP(2, [3, 1], rng=7).parameters()] == as_micrograd
    assert [p.data for p in MLP(2, [3, 1], rng=random.Random(7)).parameters()] == as_micrograd
    a, b = (MLP(2, [3, 1], init="glorot_uniform", rng=np.random.default_rng(0)) for _ in range(2))
    assert [p.data for p in a.parameters()] == [p.data for p in b.parameters()]
    with pytest.raises(OperandError, match="seed"):
        MLP(2, [1], rng="7")


def test_an_initialiser_sees_the_fans_of_its_layer():
    weights = [w.data for n in Layer(2, 3, init="glorot_uniform", rng=1).neurons for w in n.w]
    assert max(map(abs, weights)) <= 1.0954451150103321
    drawn = [w.data for n in Layer(50, 50, init="glorot_uniform", rng=1).neurons for w in n.w]
    assert np.var(drawn) == pytest.approx(2 / 100, rel=0.05)


def test_weights_may_be_given_for_every_layer():
    model = MLP(2, [3, 1], init=[[[1, 1], [-1, 1], [1, -1]], [[1, 1, 1]]])
    assert model([1.0, 2.0]).data == 4.0


WRONG_NUMBER = [
    (lambda: Neuron(3)([1.0, 2.0]), "takes 3 inputs, but the sample has 2"),
    (lambda: Neuron(2)([1.0, 2.0, 3.0]), "takes 2 inputs, but the sample has 3"),
    (lambda: Neuron(1)([]), "takes 1 input, but the sample has 0"),
    (lambda: Layer(2, 2)([1.0]), "takes 2 inputs, but the sample has 1"),
    (lambda: MLP(2, [2, 1])([1.0, 2.0, 3.0]), "'layer0' takes 2 inputs, but the sample has 3"),
    (lambda: MLP(2, [1])(np.zeros((4, 2))), r"shape \(4, 2\)"),
    (lambda: MLP(2, [1])([[1.0, 2.0], [3.0, 4.0]]), r"\[model\(row\) for row in X\]"),
    (lambda: MLP(2, [1])(([1.0, 2.0], [3.0, 4.0])), "this tuple holds a list"),
    (lambda: Layer(2, 2, init=[[1, 2]]), r"must have shape \(2, 2\)"),
]


@pytest.mark.parametrize(("act", "message"), WRONG_NUMBER)
def test_a_wrong_number_of_inputs_is_never_cut_off(act, message):
    with pytest.raises(ShapeError, match=message):
        act()


BAD_KIND = [
    lambda: Neuron("2"), lambda: Neuron(2.0), lambda: Neuron(True), lambda: Neuron(None),
    lambda: MLP(2, 16), lambda: MLP(2, "16"), lambda: MLP(2, None), lambda: MLP(2, [4, "1"]), lambda: MLP(2, [4.0]),
    lambda: Layer(2, 2, activation=3), lambda: Layer(2, 2, init=["a", "b"]), lambda: Neuron(2, bias="yes"),
    lambda: Neuron(1)("3"), lambda: Neuron(1)(["3"]), lambda: Neuron(1)([None]), lambda: Neuron(1)([1j]),
    lambda: Neuron(1)([[1.0]]), lambda: Neuron(2)({1: 2, 3: 4}), lambda: Neuron(1)(None), lambda: Neuron(2)({1.0, 2.0}),
    lambda: Neuron(2)("ab"),
]  # fmt: skip


@pytest.mark.parametrize("act", BAD_KIND)
def test_something_of_the_wrong_kind_is_refused(act):
    with pytest.raises(OperandError) as caught:
        act()
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, AutogradError)


def test_a_tensor_is_unstacked_for_a_network_of_values():
    with pytest.raises(OperandError, match=r"unstack\(x\)"):
        MLP(2, [1])(Tensor([1.0, 2.0]))
    x = Tensor([1.0, 2.0], requires_grad=True)
    MLP(2, [1], init=[[[3.0, 4.0]]])(unstack(x)).backward()
    assert x.grad.tolist() == [3.0, 4.0]


BAD_ARCHITECTURE = [
    lambda: Neuron(0), lambda: Neuron(-1), lambda: Layer(2, 0), lambda: MLP(2, []), lambda: MLP(0, [1]),
    lambda: MLP(2, [3, 0, 1]), lambda: MLP(2, [3, 1], activation=["relu"]), lambda: MLP(2, [3, 1], init=["zeros"]),
    lambda: Neuron(2, nonlin=False, activation="tanh"),
]  # fmt: skip


@pytest.mark.parametrize("act", BAD_ARCHITECTURE)
def test_sizes_that_describe_no_network_are_refused(act):
    with pytest.raises(ArchitectureError) as caught:
        act()
    assert isinstance(caught.value, ValueError)


def test_a_misspelt_name_is_answered_with_its_neighbours():
    with pytest.raises(OptionError, match="Did you mean 'sigmoid'"):
        Neuron(2, activation="sigmod")
    with pytest.raises(OptionError, match="'glorot_uniform'"):
        Neuron(2, init="glorot_unifrom")


def test_scope_paths_name_the_neuron_that_made_each_node():
    model = MLP(2, [3, 1], activation="tanh", rng=0)
    x = [Value(1.0, label="x0"), Value(2.0, label="x1")]
    order = history(model(x))
    paths = dict(zip(order, scopes_of(order), strict=True))
    for i, layer in enumerate(model.layers):
        for j, neuron in enumerate(layer.neurons):
            place = f"mlp.layer{i}.neuron{j}"
            assert {paths[p] for p in neuron.parameters()} == {place}
            made = [node for node in order if paths[node] == place and not node.is_leaf]
            assert len(made) == 2 * len(neuron.w) + neuron.nonlin
    assert {paths[node] for node in x} == {""}


def test_parameters_have_labels():
    assert [p.label for p in Neuron(2).parameters()] == ["w0", "w1", "b"]
