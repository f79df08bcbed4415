"""Layers that first learn to describe their inputs, without labels."""

from __future__ import annotations

import numpy as np
import pytest

from nn import MLP, BatchNorm1d, Linear, Sequential
from nn.data import digits, standardize
from nn.errors import OperandError, OptionError
from nn.optimizers import SGD
from nn.training.pretraining import pretrain

X = np.random.default_rng(0).normal(size=(60, 2)) @ np.random.default_rng(1).normal(size=(2, 5))


def make():
    return Sequential(Linear(5, 3, rng=0), "tanh", Linear(3, 2, rng=1), "tanh", Linear(2, 4, rng=2))


def test_each_hidden_layer_learns_to_reconstruct_and_the_output_is_left_alone():
    model = make()
    before = model.state_dict()
    histories = pretrain(model, X, epochs=30, optimizer=lambda p: SGD(p, lr=0.1, momentum=0.9))
    after = model.state_dict()
    assert len(histories) == 2
    assert all(h["loss"][-1] < 0.7 * h["loss"][0] for h in histories)
    changed = {name.split(".")[0] for name in before if not np.array_equal(before[name], after[name])}
    assert changed == {"layer0", "layer2"}


def test_the_output_layer_too_if_asked_for():
    assert len(pretrain(make(), X, epochs=1, last=True)) == 3


def test_a_layer_as_wide_as_the_data_reconstructs_two_dimensional_data():
    model = Sequential(Linear(5, 2, rng=0), Linear(2, 1, rng=1))
    [history] = pretrain(model, X, epochs=200, optimizer=lambda p: SGD(p, lr=0.05, momentum=0.9))
    assert history["loss"][-1] < 1e-3 * X.var()


def test_the_seed_decides_noise_and_order():
    a, b, c = make(), make(), make()
    for model, seed in ((a, 1), (b, 1), (c, 2)):
        pretrain(model, X, epochs=2, noise=0.3, seed=seed)
    assert all(np.array_equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))
    assert not np.array_equal(a[0].weight.data, c[0].weight.data)


def test_what_stands_between_layers_goes_along():
    model = Sequential(Linear(5, 4, rng=0), BatchNorm1d(4), "relu", Linear(4, 2, rng=1))
    pretrain(model, X, epochs=2)
    assert not np.array_equal(model[1].running_mean, np.zeros(4))


@pytest.mark.slow
def test_digits_are_described():
    rows = digits().X[:300]
    model = Sequential(Linear(64, 16, rng=0), "tanh", Linear(16, 10, rng=1))
    [history] = pretrain(model, standardize(rows)(rows), epochs=15)
    assert history["loss"][-1] < 0.6 * history["loss"][0]


def test_what_cannot_be_pretrained_is_refused():
    with pytest.raises(OperandError, match="to_tensor"):
        pretrain(MLP(2, [2, 1]), X)
    with pytest.raises(OptionError):
        pretrain(Sequential(Linear(5, 1)), X)
    with pytest.raises(OptionError):
        pretrain(make(), X, noise=-1.0)
