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


GENERATORS = [
    lambda s: data.moons(50, 0.2, rng=s),
    lambda s: data.xor(5, 0.2, rng=s),
    lambda s: data.circles(50, 0.1, rng=s),
    lambda s: data.spirals(50, 0.1, rng=s),
    lambda s: data.blobs(50, rng=s),
    lambda s: (data.sine(20, 0.1, rng=s)[1], data.sine(20, 0.1, rng=s)[0]),
    lambda s: (data.step(20, 0.1, rng=s)[1], data.step(20, 0.1, rng=s)[0]),
    lambda s: data.noisy_sinusoid(rng=s),
]


@pytest.mark.parametrize("make", GENERATORS)
def test_the_same_seed_gives_the_same_data(make):
    assert all(np.array_equal(a, b) for a, b in zip(make(4), make(4), strict=True))
    assert not np.array_equal(make(4)[0], make(5)[0])
    assert np.array_equal(make(np.random.default_rng(4))[0], make(4)[0])


def test_shapes_of_the_other_generators():
    X, y = data.circles(101, factor=0.3, rng=0)
    assert np.allclose(np.hypot(*X.T), np.where(y == 0, 1.0, 0.3))
    assert np.bincount(y).tolist() == [51, 50]
    X, y = data.spirals(90, classes=3, turns=2.0, rng=0)
    assert np.bincount(y).tolist() == [30, 30, 30]
    assert np.hypot(*X.T).max() == pytest.approx(1.0)
    X, y = data.blobs(2000, centers=[[0.0, 0.0], [9.0, 9.0]], noise=0.5, rng=0)
    assert X[y == 1].mean(axis=0) == pytest.approx([9.0, 9.0], abs=0.05)
    assert X[y == 0].std() == pytest.approx(0.5, rel=0.05)
    X, y = data.sine(100)
    assert np.polyfit(X[:, 0], y, 1) == pytest.approx([-0.29486600945503977, 0.926348889097291], rel=1e-12)
    assert data.step(5)[1].tolist() == [0.0, 0.0, 1.0, 1.0, 1.0]
    x, t = data.noisy_sinusoid(5000, noise=0.3, rng=0)
    assert (t - np.sin(2 * np.pi * x[:, 0])).std() == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize(
    ("load", "shape", "classes"),
    [("wine", (178, 13), 3), ("breast_cancer", (569, 30), 2), ("digits", (1797, 64), 10)],
)
def test_real_sets_are_all_there(load, shape, classes):
    found = getattr(data, load)()
    assert found.X.shape == shape
    assert found.X.dtype == np.float64
    assert sorted(set(found.y.tolist())) == list(range(classes))
    assert len(found.classes) == classes
    assert len(found.features) == shape[1]


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
    (lambda: data.circles(10, factor=1.0), OptionError),
    (lambda: data.spirals(10, classes=1), OptionError),
    (lambda: data.spirals(2, classes=3), OptionError),
    (lambda: data.blobs(10, centers=[1.0, 2.0]), DataError),
    (lambda: data.blobs(10, centers=[["a"]]), DataError),
    (lambda: data.sine(1), OptionError),
    (lambda: data.noisy_sinusoid(0), OptionError),
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
