"""Layers of Tensors: what they compute, in training and in prediction, and what they refuse."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from autograd_core import Tensor
from autograd_core.graph.history import history
from autograd_core.graph.scope import scopes_of
from nn import MLP, SGD, BatchNorm1d, Dropout, Flatten, LayerNorm, Linear, Nonlinearity, PReLU, Sequential, fit, load
from nn.callbacks import Checkpoint
from nn.data import digits, moons, split, standardize
from nn.errors import ArchitectureError, AutogradError, ModelFileError, OptionError, ShapeError
from nn.files.archive import write
from nn.losses import cross_entropy, mse_loss
from nn.monitors import dead_fraction, layer_outputs
from nn.optimizers import Adam

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 3))


def test_linear_is_x_times_w_transposed_plus_b():
    layer = Linear(3, 2, rng=0)
    layer.bias.data = np.array([0.5, -0.5])
    W, b = layer.weight.numpy(), layer.bias.numpy()
    assert layer(X).data == pytest.approx(X @ W.T + b, rel=1e-15)
    assert pytest.approx(W @ X.T + b[:, None], rel=1e-15) == layer(X).data.T
    assert (layer.in_features, layer.out_features) == (3, 2)
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]
    assert len(Linear(3, 2, bias=False).parameters()) == 1


def test_the_gradient_of_the_bias_is_the_sum_over_the_batch():
    layer = Linear(3, 2, rng=0)
    upstream = RNG.normal(size=(6, 2))
    layer(X).backward(upstream)
    assert layer.bias.grad == pytest.approx(upstream.sum(axis=0), rel=1e-14)
    assert layer.weight.grad == pytest.approx(upstream.T @ X, rel=1e-14)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Linear(3, 2, rng=0),
        lambda: Nonlinearity("softmax"),
        lambda: Nonlinearity("tanh"),
        lambda: PReLU(3),
        lambda: BatchNorm1d(3),
        lambda: BatchNorm1d(3).eval(),
        lambda: LayerNorm(3),
        lambda: Flatten(),
        lambda: Sequential(Linear(3, 4, rng=0), "gelu", LayerNorm(4), Linear(4, 2, rng=1)),
    ],
)
def test_gradients_by_every_input_and_parameter(make):
    layer = make()
    weights = RNG.normal(size=layer(X).shape)

    def loss_at(data):
        return (layer(Tensor(data)) * weights).sum().item()

    x = Tensor(X, requires_grad=True)
    (layer(x) * weights).sum().backward()
    h = 1e-6
    for i, j in ((0, 0), (2, 1), (5, 2)):
        up, down = X.copy(), X.copy()
        up[i, j] += h
        down[i, j] -= h
        assert x.grad[i, j] == pytest.approx((loss_at(up) - loss_at(down)) / (2 * h), abs=1e-7)
    for p in layer.parameters():
        at = tuple(np.array(p.shape) - 1)
        found = []
        for sign in (1, -1):
            moved = p.numpy()
            moved[at] += sign * h
            p.data = moved
            found.append(loss_at(X))
            moved[at] -= sign * h
            p.data = moved
        assert p.grad[at] == pytest.approx((found[0] - found[1]) / (2 * h), abs=1e-7)


def test_dropout_keeps_the_mean_and_is_off_in_prediction():
    layer = Dropout(0.3, rng=1)
    ones = np.ones((200, 50))
    out = layer(ones).data
    assert set(np.unique(out).round(12)) == {0.0, round(1 / 0.7, 12)}
    assert out.mean() == pytest.approx(1.0, abs=0.02)
    assert not np.array_equal(out, layer(ones).data)
    x = Tensor(X)
    assert layer.eval()(x) is x
    assert Dropout(0.0)(x) is x


def test_dropout_by_its_seed_and_the_number_of_batches():
    a, b = Dropout(0.5, rng=3), Dropout(0.5, rng=3)
    for _ in range(3):
        first = a(X).data
    b.load_state_dict({"batches": np.array([2])})
    assert np.array_equal(first, b(X).data)


def test_batch_normalisation_in_training_and_in_prediction():
    layer = BatchNorm1d(3, momentum=0.5)
    out = layer(X).data
    assert out.mean(axis=0) == pytest.approx(np.zeros(3), abs=1e-12)
    assert out.var(axis=0) == pytest.approx(np.ones(3), rel=1e-4)
    assert layer.running_mean == pytest.approx(0.5 * X.mean(axis=0))
    assert layer.running_var == pytest.approx(0.5 + 0.5 * X.var(axis=0, ddof=1))
    before = layer.state_dict()
    predicted = layer.eval()(X[:1])
    assert predicted.data == pytest.approx((X[:1] - layer.running_mean) / np.sqrt(layer.running_var + 1e-5))
    assert {k: v.tolist() for k, v in layer.state_dict().items()} == {k: v.tolist() for k, v in before.items()}


def test_softmax_of_rows_sums_to_one():
    assert Nonlinearity("softmax")(X).data.sum(axis=1) == pytest.approx(np.ones(6))


def test_names_and_functions_in_a_sequential_are_activations():
    model = Sequential(Linear(3, 2, rng=0), "tanh", lambda t: t * 2.0)
    assert model(X).data == pytest.approx(2 * np.tanh(model[0](X).data), rel=1e-15)
    assert len(model) == 3
    assert [name for name, _ in model.named_parameters()] == ["layer0.weight", "layer0.bias"]


def test_scope_paths_name_the_layer_that_made_each_node():
    model = Sequential(Linear(3, 2, rng=0), "tanh")
    order = history(model(X))
    paths = dict(zip(order, scopes_of(order), strict=True))
    assert paths[model[0].weight] == "sequential.layer0"
    assert paths[order[0]] == "sequential.layer1"


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda: Linear(0, 1), ArchitectureError),
        (lambda: Linear(2, 1, dtype=np.float16), OptionError),
        (lambda: Linear(2, 1, init=[[1.0]]), ShapeError),
        (lambda: Linear(2, 1)(X), ShapeError),
        (lambda: Linear(2, 1)(3.0), ShapeError),
        (lambda: Linear(2, 1)([["a", "b"]]), TypeError),
        (lambda: Nonlinearity("prelu"), ArchitectureError),
        (lambda: Nonlinearity("relU"), OptionError),
        (lambda: Dropout(1.0), OptionError),
        (lambda: Dropout(-0.1), OptionError),
        (lambda: BatchNorm1d(3)(X[:1]), ShapeError),
        (lambda: BatchNorm1d(2)(X), ShapeError),
        (lambda: LayerNorm(2)(X), ShapeError),
        (lambda: Sequential(), ArchitectureError),
        (lambda: Sequential([Linear(2, 1)]), TypeError),
        (lambda: Sequential(MLP(2, [1])), ArchitectureError),
    ],
)
def test_what_no_layer_can_do_is_refused(act, error):
    with pytest.raises(error) as caught:
        act()
    assert isinstance(caught.value, AutogradError)


# Files


def everything():
    return Sequential(
        Flatten(), Linear(3, 4, rng=0), BatchNorm1d(4), PReLU(4), Dropout(0.25, rng=5), Linear(4, 4, bias=False, rng=1),
        LayerNorm(4), "selu", Linear(4, 2, rng=2), "softmax",
    )  # fmt: skip


def test_a_sequential_comes_back_from_a_file(tmp_path):
    model = everything()
    model(X)
    model.save(tmp_path / "m.npz")
    found = load(tmp_path / "m.npz")
    assert repr(found) == repr(model)
    assert np.array_equal(found(X).data, model(X).data)
    assert np.array_equal(found.eval()(X).data, model.eval()(X).data)


def test_one_sample_is_a_row_without_its_brackets():
    layer = Linear(3, 2, rng=0)
    x = Tensor(X[0], requires_grad=True)
    y = layer(x)
    assert (y.data == layer(X[:1]).data[0]).all()
    assert [node.op.name for node in history(y) if node.op] == ["add", "reshape", "matmul_transposed", "reshape"]
    y.sum().backward()
    assert x.grad == pytest.approx(layer.weight.data.sum(axis=0), rel=1e-15)


@pytest.mark.parametrize("x", [[[1, 2, 3]], [[1.0, 2.0, 3.0]], np.ones((1, 3)), np.ones((1, 3), np.int64)])
def test_numbers_take_the_type_of_the_layer(x):
    assert Linear(3, 2, rng=0, dtype=np.float32)(x).dtype == np.float32
    assert Linear(3, 2, rng=0)(x).dtype == np.float64


def test_float32_stays_float32(tmp_path):
    """Through every layer, whatever the input is, there and back, and in files."""
    half = {"dtype": "float32"}
    norms = [BatchNorm1d(4, **half), PReLU(4, **half), Dropout(0.5, rng=0), LayerNorm(4, **half)]
    model = Sequential(Linear(3, 4, rng=0, **half), *norms, "tanh", Linear(4, 2, rng=0, **half))
    assert model(X).dtype == model(X.tolist()).dtype == model(X.astype(np.float32)).dtype == np.float32
    model(Tensor(X))  # of doubles on purpose
    cross_entropy(model(X), [0, 1] * 3).backward()
    assert {p.dtype for p in model.parameters()} == {p.grad.dtype for p in model.parameters()} == {np.dtype("float32")}
    model.save(tmp_path / "m.npz")
    found = load(tmp_path / "m.npz")
    for each in (model, found, found.eval()):
        floats = {array.dtype for array in each.state_dict().values() if array.dtype.kind == "f"}
        assert floats == {np.dtype("float32")}
        assert each(X).dtype == np.float32


@pytest.mark.parametrize("layer", [partial(Linear, 2, 3), partial(BatchNorm1d, 2), partial(LayerNorm, 2), PReLU])
@pytest.mark.parametrize("dtype", ["float16", int, "single precision"])
def test_layers_hold_floats_of_two_kinds(layer, dtype):
    with pytest.raises(OptionError, match="dtype is numpy"):
        layer(dtype=dtype)


@pytest.mark.parametrize(
    "layer",
    [
        {"kind": "Linear", "in_features": 10**6, "out_features": 10**6, "bias": True, "dtype": "float64"},
        {"kind": "LayerNorm", "normalized_shape": [10**9], "eps": 1e-5},
        {"kind": "PReLU", "num_parameters": 10**12},
        {"kind": "Module"},
        {"kind": "Nonlinearity", "activation": "os.system"},
        {"kind": "Linear", "in_features": 3, "out_features": 2, "bias": True, "dtype": "object"},
        {"kind": "Dropout", "p": 2.0, "rng": 0},
        {"kind": "Dropout", "p": 0.5, "rng": {"a": 1}},
        {"kind": "Flatten", "extra": 1},
        3,
    ],
)
def test_a_hostile_description_of_layers_is_refused(layer, tmp_path):
    model = Sequential(Linear(3, 2, rng=0))
    described = {"kind": "Sequential", "description": {"layers": [layer]}}
    write(tmp_path / "m", model.state_dict(), described)
    with pytest.raises(ModelFileError):
        load(tmp_path / "m")


def test_a_resumed_training_with_dropout_and_batch_normalisation_gives_the_same_bits(tmp_path):
    inputs, y = moons(40, noise=0.1, rng=0)

    def make():
        return Sequential(Linear(2, 8, rng=0), BatchNorm1d(8), "relu", Dropout(0.3, rng=1), Linear(8, 2, rng=1))

    def train(model, epochs, **options):
        return fit(model, (inputs, y), "cross_entropy", Adam(model.parameters(), lr=0.01), epochs=epochs, batch_size=10,
                   progress=False, **options)  # fmt: skip

    whole, part, rest = make(), make(), make()
    expected = train(whole, 6)
    train(part, 3, callbacks=[Checkpoint(tmp_path / "c")])
    assert train(rest, 6, resume=tmp_path / "c") == expected
    for name, array in whole.state_dict().items():
        assert np.array_equal(array, rest.state_dict()[name])


# Learning


def test_dying_relu_by_the_learning_rate():
    """Too large a rate kills units for good; near the edge it is chaotic, so a range is tested, not a digit."""
    inputs = np.random.default_rng(0).normal(size=(200, 2))
    target = (inputs[:, :1] * inputs[:, 1:] > 0).astype(float)

    def dead(lr):
        rng = np.random.default_rng(1)
        W, v = rng.normal(size=(2, 100)), rng.normal(size=100) / 10
        model = Sequential(Linear(2, 100, init=W.T), "relu", Linear(100, 1, init=v[None]))
        optimizer = SGD(model.parameters(), lr=lr)
        for _ in range(200):
            optimizer.zero_grad()
            (mse_loss(model(inputs), target) / 2.0).backward()
            optimizer.step()
        return dead_fraction(layer_outputs(model, inputs)["layer1"])

    assert dead(0.01) == dead(0.05) == 0.0
    assert 0.0 < dead(0.08) < 0.2
    assert 0.3 < dead(0.09) < 0.6
    assert 0.5 < dead(0.12) < 0.9


@pytest.mark.slow
def test_handwritten_digits_are_learnt_in_seconds():
    data = digits()
    (inputs, y), (held_out, true) = split(data.X, data.y, (2 / 3, 1 / 3), rng=0)
    scale = standardize(inputs)
    model = Sequential(Linear(64, 32, init="he_uniform", rng=0), "relu", Linear(32, 10, rng=1))
    history = fit(model, (scale(inputs), y), "cross_entropy", Adam(model.parameters(), lr=3e-3), epochs=15,
                  batch_size=32, validation=(scale(held_out), true), metrics=["accuracy"], progress=False)  # fmt: skip
    assert history["validation_accuracy"][-1] >= 0.96


def test_the_cross_entropy_of_a_tensor_has_exact_tails():
    z = Tensor([[0.0, 40.0], [1000.0, 0.0]], requires_grad=True)
    losses = cross_entropy(z, np.array([1, 1]), reduction="none")
    losses.backward(np.ones(2))
    assert losses.data.tolist() == [4.248354255291589e-18, 1000.0]
    assert z.grad[0].tolist() == [4.248354255291589e-18, -4.248354255291589e-18]
    soft = Tensor([[0.0, 40.0]], requires_grad=True)
    loss = cross_entropy(soft, np.array([[0.0, 1.0]]))
    loss.backward()
    assert loss.item() == 4.248354255291589e-18
    assert soft.grad.tolist() == [[4.248354255291589e-18, -4.248354255291589e-18]]
