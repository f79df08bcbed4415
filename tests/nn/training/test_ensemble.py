"""Several beginnings, and their answers combined."""

from __future__ import annotations

import numpy as np
import pytest
from joblib import Parallel

from nn import MLP, SGD
from nn.data import moons
from nn.errors import OperandError, OptionError
from nn.training.ensemble import train_ensemble
from nn.training.evaluation import predict

X, Y = moons(30, noise=0.2, rng=0)
OPTIONS = {"epochs": 3, "batch_size": 10}


def build(seed):
    return MLP(2, [4, 2], activation="tanh", rng=seed)


def sgd(parameters):
    return SGD(parameters, lr=0.3)


def train(**options):
    return train_ensemble(build, (X, Y), "cross_entropy", sgd, **(OPTIONS | options))


def test_answers_are_combined():
    team = train(seeds=[0, 1, 2])
    outputs = np.stack([predict(m, X) for m in team.models])
    assert np.array_equal(team.outputs(X), outputs)
    assert np.allclose(team.mean(X), outputs.mean(axis=0))
    assert np.allclose(team.probabilities(X).sum(axis=1), 1.0)
    assert team.spread(X).max() > 0.0
    votes = (outputs.argmax(axis=2) == 1).sum(axis=0)
    assert team.vote(X).tolist() == (votes >= 2).astype(int).tolist()
    assert len({h.losses[-1] for h in team.histories}) == 3


def test_the_error_of_the_mean_is_at_most_the_mean_of_the_errors():
    team = train_ensemble(lambda seed: MLP(2, [3, 1], activation="tanh", rng=seed), (X, Y), "mse",
                          lambda p: SGD(p, lr=0.1), seeds=range(4), epochs=3)  # fmt: skip
    errors = ((team.outputs(X) - Y) ** 2).mean(axis=1)
    assert ((team.mean(X) - Y) ** 2).mean() <= errors.mean()


@pytest.mark.slow
def test_processes_give_the_same_numbers():
    # Other processes cannot import this file by name; functions without a name travel as they are.
    maker, optimizer = lambda seed: MLP(2, [4, 2], activation="tanh", rng=seed), lambda p: SGD(p, lr=0.3)
    one, two = (
        train_ensemble(maker, (X, Y), "cross_entropy", optimizer, seeds=[0, 1], parallel=parallel, **OPTIONS)
        for parallel in (None, Parallel(n_jobs=2))
    )
    assert np.array_equal(one.outputs(X), two.outputs(X))
    assert one.histories == two.histories


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"seeds": []}, OptionError),
        ({"seeds": [1, 1]}, OptionError),
        ({"seeds": [-1]}, OptionError),
        ({"seeds": ["a"]}, OperandError),
        ({"seed": 3}, OptionError),
        ({"resume": "x"}, OptionError),
    ],
)
def test_options_that_make_no_ensemble(options, error):
    with pytest.raises(error):
        train(**options)


def test_a_builder_that_builds_nothing():
    with pytest.raises(OperandError, match="returns a model"):
        train_ensemble(lambda seed: None, (X, Y), "mse", sgd, seeds=[0])
