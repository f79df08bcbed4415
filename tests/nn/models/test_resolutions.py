"""The same network of Values and of Tensors: same numbers, same loss, same gradients, same training."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core import Tensor, Value
from nn import MLP, SGD, BatchNorm1d, Linear, Nonlinearity, PReLU, Sequential, fit, losses
from nn.data import breast_cancer, iris, standardize
from nn.errors import ArchitectureError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(7, 3))
CLOSE = 1e-12

ACTIVATIONS = ["relu", "tanh", "sigmoid", "leaky_relu", "prelu", "elu", "selu", "gelu", "silu", "softplus", "softsign"]


def scalar_outputs(model, rows=X):
    outputs = [model(row) for row in rows.tolist()]
    return [out if isinstance(out, list) else [out] for out in outputs]


def numbers(outputs):
    return np.array([[v.data for v in row] for row in outputs])


def flat_gradients(model):
    """The gradients of a network of Values, layer by layer in the layout of the tensors."""
    found = {}
    for i, layer in enumerate(model.layers):
        found[f"W{i}"] = np.array([[w.grad for w in n.w] for n in layer.neurons])
        found[f"b{i}"] = np.array([n.b.grad for n in layer.neurons if n.b is not None])
        found[f"s{i}"] = np.array([n.slope.grad for n in layer.neurons if n.slope is not None])
    return found


def tensor_gradients(model):
    found, i = {}, -1
    for layer in model.layers:
        if isinstance(layer, Linear):
            i += 1
            found |= {f"W{i}": layer.weight.grad, f"b{i}": np.array([]), f"s{i}": np.array([])}
            if layer.bias is not None:
                found[f"b{i}"] = layer.bias.grad
        elif isinstance(layer, PReLU):
            found[f"s{i}"] = layer.slope.grad
    return found


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("bias", [True, False])
def test_outputs_loss_and_gradients_agree(activation, bias):
    scalar = MLP(3, [4, 3, 2], activation=activation, bias=bias, rng=1)
    tensor = scalar.to_tensor()
    outputs, batch = scalar_outputs(scalar), tensor(X)
    assert batch.data == pytest.approx(numbers(outputs), rel=CLOSE, abs=CLOSE)
    target = RNG.normal(size=(7, 2))
    first, second = losses.mse_loss(outputs, target), losses.mse_loss(batch, target)
    first.backward()
    second.backward()
    assert second.item() == pytest.approx(first.data, rel=CLOSE)
    theirs = tensor_gradients(tensor)
    for name, gradient in flat_gradients(scalar).items():
        assert theirs[name] == pytest.approx(gradient, rel=CLOSE, abs=CLOSE)


PAIRS = [
    ("mse_loss", RNG.normal(size=(5, 3)), {}),
    ("mse_loss", RNG.normal(size=(5, 3)), {"reduction": "half_sum"}),
    ("l1_loss", RNG.normal(size=(5, 3)), {}),
    ("huber_loss", RNG.normal(size=(5, 3)), {"delta": 0.7}),
    ("hinge", RNG.choice([-1, 1], size=(5, 3)), {"margin": 0.5}),
    ("perceptron_loss", RNG.choice([-1, 1], size=(5, 3)), {}),
    ("binary_cross_entropy_with_logits", RNG.uniform(size=(5, 3)), {}),
    ("cross_entropy", np.array([0, 2, 1, 1, 0]), {}),
    ("cross_entropy", np.array([[0.2, 0.3, 0.5]] * 5), {}),
    ("nll_loss", np.array([0, 2, 1, 1, 0]), {}),
]
PROBABILITIES = [
    ("binary_cross_entropy", RNG.uniform(size=(5, 3)), {}),
    ("nll_of_probabilities", np.array([0, 2, 1, 1, 0]), {}),
    ("nll_clipped", np.array([0, 2, 1, 1, 0]), {"eps": 0.2}),
]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(("name", "target", "options"), PAIRS + PROBABILITIES)
def test_a_loss_is_the_same_on_values_and_on_a_tensor(name, target, options, reduction):
    z = RNG.normal(size=(5, 3)) * 2
    if name in {loss for loss, _, _ in PROBABILITIES}:
        z = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    options = {"reduction": reduction} | options
    tensor, values = Tensor(z, requires_grad=True), [[Value(v) for v in row] for row in z]
    first, second = getattr(losses, name)(values, target, **options), getattr(losses, name)(tensor, target, **options)
    if options["reduction"] == "none":
        flat = [e for row in first for e in (row if isinstance(row, list) else [row])]
        assert second.data.ravel() == pytest.approx([v.data for v in flat], rel=CLOSE, abs=CLOSE)
        return
    first.backward()
    second.backward()
    assert second.item() == pytest.approx(first.data, rel=CLOSE, abs=CLOSE)
    assert tensor.grad == pytest.approx(np.array([[v.grad for v in row] for row in values]), rel=CLOSE, abs=CLOSE)


def test_there_and_back_again_is_the_same_bits():
    scalar = MLP(3, [4, 2], activation=["prelu", "softmax"], rng=3)
    scalar.layers[0].neurons[1].slope.data = 0.5
    again = scalar.to_tensor().to_scalar()
    assert repr(again) == repr(scalar)
    assert [p.data for p in again.parameters()] == [p.data for p in scalar.parameters()]
    assert again.architecture == scalar.architecture


def test_a_twin_is_independent():
    scalar = MLP(2, [1], rng=0)
    tensor = scalar.to_tensor()
    tensor[0].weight.data = np.zeros((1, 2))
    assert scalar.layers[0].neurons[0].w[0].data != 0.0


def test_one_slope_for_all_units_stays_one_slope():
    scalar = Sequential(Linear(2, 3, rng=0), PReLU(1), Linear(3, 1, rng=1)).to_scalar()
    slopes = {id(n.slope) for n in scalar.layers[0].neurons}
    assert len(slopes) == 1
    assert sum(name.endswith("slope") for name, _ in scalar.named_parameters()) == 1


def test_layers_with_and_without_bias_mix():
    scalar = Sequential(Linear(2, 3, bias=False, rng=0), "tanh", Linear(3, 1, rng=1)).to_scalar()
    assert [n.b is None for layer in scalar.layers for n in layer.neurons] == [True, True, True, False]


@pytest.mark.parametrize(
    "model",
    [
        lambda: Sequential(Linear(2, 2, rng=0), BatchNorm1d(2)),
        lambda: Sequential("tanh", Linear(2, 2, rng=0)),
        lambda: Sequential(Linear(2, 2, rng=0), "tanh", "relu"),
    ],
)
def test_what_neurons_do_not_have_is_refused(model):
    with pytest.raises(ArchitectureError, match="no counterpart"):
        model().to_scalar()


def curves(data, sizes, loss, last, column=False, epochs=3):
    inputs = standardize(data.X)(data.X)
    scalar = MLP(inputs.shape[1], sizes, activation=["tanh"] * (len(sizes) - 1) + [last], init="glorot_uniform", rng=0)
    tensor = scalar.to_tensor()
    found = []
    for model in (scalar, tensor):
        y = data.y.reshape(-1, 1) if column and model is tensor else data.y
        history = fit(model, (inputs, y), loss, SGD(model.parameters(), lr=0.1, momentum=0.9), epochs=epochs,
                      batch_size=32, metrics=["accuracy"], progress=False)  # fmt: skip
        found.append(history)
    return found


def test_iris_has_one_loss_curve_at_both_resolutions():
    scalar, tensor = curves(iris(), [6, 3], "cross_entropy", "linear", epochs=5)
    assert tensor.losses == pytest.approx(scalar.losses, rel=1e-9)
    assert tensor["accuracy"] == scalar["accuracy"]
    assert scalar["accuracy"][-1] > 0.85


@pytest.mark.slow
def test_breast_cancer_has_one_loss_curve_at_both_resolutions():
    scalar, tensor = curves(breast_cancer(), [5, 1], "binary_cross_entropy_with_logits", "linear", column=True)
    assert tensor.losses == pytest.approx(scalar.losses, rel=1e-9)
    assert scalar["accuracy"][-1] > 0.93


def test_a_nonlinearity_of_ones_own_works_at_both_resolutions():
    scalar = MLP(2, [3, 1], activation=lambda z: z * z, rng=0)
    rows = X[:, :2]
    assert scalar.to_tensor()(rows).data == pytest.approx(numbers(scalar_outputs(scalar, rows)), rel=CLOSE)
    assert isinstance(scalar.to_tensor()[1], Nonlinearity)
