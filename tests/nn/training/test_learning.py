"""Networks that learn: small problems and real data, seeds stated."""

from __future__ import annotations

import pytest

from nn import MLP, SGD, evaluate, fit
from nn.data import iris, split, standardize, xor


def test_xor_is_learnt_by_hinge():
    X, y = xor()
    model = MLP(2, [4, 1], activation="tanh", rng=1)
    history = fit(model, (X, 2 * y - 1), "hinge", SGD(model.parameters(), lr=0.2), epochs=100, metrics=["accuracy"],
                  progress=False)  # fmt: skip
    assert history["accuracy"][-1] == 1.0


@pytest.mark.slow
def test_iris_is_learnt():
    data = iris()
    parts = split(data.X, data.y, rng=0)
    scale = standardize(parts[0][0])
    train, validation, test = [(scale(X), y) for X, y in parts]
    model = MLP(4, [8, 3], activation="tanh", init="glorot_uniform", rng=0)
    history = fit(model, train, "cross_entropy", SGD(model.parameters(), lr=0.2, momentum=0.9), epochs=15,
                  batch_size=16, validation=validation, metrics=["accuracy"], progress=False)  # fmt: skip
    assert history["loss"][-1] < 0.2
    assert evaluate(model, test, "cross_entropy", ["accuracy"])["accuracy"] >= 0.9
