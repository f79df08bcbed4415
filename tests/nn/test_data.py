"""Data: generators by seed, real sets, and what is done before training."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from nn import data
from nn.errors import DataError, OperandError, OptionError, TargetError


def test_moons_are_two_half_circles():
    X, y = data.moons(200, rng=3)
    assert (X.shape, X.dtype, y.dtype) == ((200, 2), np.float64, np.int64)
    assert np.bincount(y).tolist() == [100, 100]
    upper, lower = X[y == 0], X[y == 1]
    assert np.allclose(np.hypot(*upper.T), 1.0)
    assert (upper[:, 1] >= -1e-12).all()
    assert np.allclose(np.hypot(lower[:, 0] - 1.0, lower[:, 1] - 0.5), 1.0)


def test_an_odd_number_of_points():
    assert np.bincount(data.moons(7, rng=0)[1]).tolist() == [4, 3]


@pytest.mark.parametrize("make", [lambda s: data.moons(50, 0.2, rng=s), lambda s: data.xor(5, 0.2, rng=s)])
def test_the_same_seed_gives_the_same_data(make):
    assert all(np.array_equal(a, b) for a, b in zip(make(4), make(4), strict=True))
    assert not np.array_equal(make(4)[0], make(5)[0])
    assert np.array_equal(make(np.random.default_rng(4))[0], make(4)[0])


def test_iris_is_all_of_it():
    iris = data.iris()
    assert iris.X.shape == (150, 4)
    assert np.bincount(iris.y).tolist() == [50, 50, 50]
    assert iris.classes == ("setosa", "versicolor", "virginica")
    assert all("cm" in name for name in iris.features)


def test_standardize_by_the_numbers_of_the_lecture():
    X = [[1, 2], [3, 4], [5, 9]]
    scale = data.standardize(X)
    assert scale.mean.tolist() == [3.0, 5.0]
    assert scale.deviation.tolist() == [1.632993161855452, 2.943920288775949]
    expected = [
        [-1.224744871391589, -1.0190493307301363],
        [0, -0.3396831102433787],
        [1.224744871391589, 1.3587324409735149],
    ]
    assert scale(X) == pytest.approx(np.array(expected), rel=1e-15)
    assert scale.inverse(scale(X)) == pytest.approx(np.array(X), rel=1e-15)


def test_x44_a_constant_feature_is_centred_and_ddof_is_said():
    X = np.column_stack([np.full(5, 0.1), np.arange(5.0)])
    scaled = data.standardize(X)(X)
    assert scaled[:, 0].tolist() == [0.0] * 5
    assert scaled[:, 1].var() == pytest.approx(1.0)
    assert data.standardize(X, ddof=1)(X)[:, 1].var(ddof=1) == pytest.approx(1.0)
    with pytest.raises(DataError):
        data.standardize([[1.0]], ddof=1)


def test_one_hot():
    assert data.one_hot([0, 2], classes=4).tolist() == [[1, 0, 0, 0], [0, 0, 1, 0]]
    for bad in ([0.5], [[1]], ["a"], [], [-1]):
        with pytest.raises(TargetError):
            data.one_hot(bad)
    with pytest.raises(TargetError):
        data.one_hot([3], classes=3)


def test_split_puts_every_sample_in_one_part():
    X = np.arange(150.0).reshape(-1, 1)
    parts = data.split(X, X[:, 0], rng=1)
    assert [len(p) for p, _ in parts] == [90, 30, 30]
    assert sorted(float(x) for p, _ in parts for x in p[:, 0]) == X[:, 0].tolist()
    assert all(np.array_equal(p[:, 0], t) for p, t in parts)
    assert not np.array_equal(parts[0][0], data.split(X, X[:, 0], rng=2)[0][0])


@pytest.mark.parametrize("fractions", [(0.5, 0.4), (1.5, -0.5), (), (0.5, 0.5, 0.0), (0.5, float("nan"))])
def test_fractions_that_are_no_split(fractions):
    with pytest.raises(OptionError):
        data.split(np.zeros((10, 1)), np.zeros(10), fractions)


def test_a_split_that_would_leave_a_part_empty():
    with pytest.raises(DataError):
        data.split(np.zeros((2, 1)), np.zeros(2), (0.9, 0.05, 0.05))


def test_batches_use_every_row_once_and_the_last_may_be_short():
    rows = list(data.batches(10, 4, seed=3))
    assert [len(r) for r in rows] == [4, 4, 2]
    assert sorted(np.concatenate(rows).tolist()) == list(range(10))


def test_each_epoch_has_its_own_order_and_can_be_repeated():
    def order(epoch):
        return np.concatenate(list(data.batches(20, 4, seed=1, epoch=epoch))).tolist()

    assert order(5) == order(5)
    assert order(5) != order(6)


REFUSED = [
    (lambda: data.moons(1), OptionError),
    (lambda: data.moons(10.0), OperandError),
    (lambda: data.moons(10, noise=-1), OptionError),
    (lambda: data.moons(10, rng=None), OperandError),
    (lambda: data.moons(10, rng="0"), OperandError),
    (lambda: data.moons(10, rng=-1), OperandError),
    (lambda: data.xor(0), OptionError),
    (lambda: list(data.batches(0)), OptionError),
    (lambda: list(data.batches(3, 0)), OptionError),
    (lambda: list(data.batches(3, 1.5)), OperandError),
    (lambda: data.split(np.zeros((3, 1)), np.zeros(4)), DataError),
    (lambda: data.standardize([1.0, 2.0]), DataError),
    (lambda: data.standardize([["a"]]), DataError),
    (lambda: data.standardize([[1.0], [2.0, 3.0]]), DataError),
]


@pytest.mark.parametrize(("act", "error"), REFUSED)
def test_bad_options_and_data_are_refused(act, error):
    with pytest.raises(error):
        act()


def test_without_scikit_learn_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ImportError, match=r"autograd-core\[data\]"):
        data.iris()
