"""Provide small problems generated from a seed, and real data sets.

Every generator takes a seed and returns arrays: ``X`` of shape (samples, features), float64, and ``y`` of shape
(samples,): the class as int64 from 0, or the target as float64. ``noise`` is the standard deviation of normal noise, in
the units of the noisy numbers.

>>> X, y = moons(100, noise=0.1, rng=1)
>>> X.shape, sorted(set(y.tolist()))
((100, 2), [0, 1])
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import DataError, MissingExtraError
from ..models.initializers import generator
from ..options import count, in_range

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rng = int | np.random.Generator


class Dataset(NamedTuple):
    """Samples and targets, with names for figures.

    Attributes
    ----------
    X : array, shape (samples, features)
    y : array, shape (samples,)
    classes : tuple of str
        Names of the classes, in the order of their indices.
    features : tuple of str
        Names and units of the columns of ``X``.
    """

    X: Floats
    y: NDArray[Any]
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


def xor(repeats: int = 1, noise: float = 0.0, rng: Rng = 0) -> tuple[Floats, Ints]:
    """Return the exclusive or: the corners of the unit square, class 1 where exactly one coordinate is 1.

    Parameters
    ----------
    repeats : int
        The number of samples at each of the four corners.
    noise : float
        Standard deviation of the normal noise on the coordinates.
    rng : int or numpy.random.Generator

    Examples
    --------
    >>> X, y = xor()
    >>> X.tolist(), y.tolist()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    X = np.tile(corners, (count(repeats, "repeats"), 1))
    y = (X[:, 0] != X[:, 1]).astype(np.int64)
    return X + _noise(X.shape, noise, rng), y


def moons(samples: int = 100, noise: float = 0.0, rng: Rng = 0) -> tuple[Floats, Ints]:
    """Return two interleaving half circles, in random order.

    Parameters
    ----------
    samples : int
        The number of points in both moons together.
    noise : float
        Standard deviation of the normal noise on the coordinates.
    rng : int or numpy.random.Generator

    Examples
    --------
    >>> X, y = moons(4, rng=0)
    >>> X.shape, int(y.sum())
    ((4, 2), 2)
    """
    upper = (count(samples, "samples", at_least=2) + 1) // 2
    lower = samples - upper
    a, b = np.linspace(0.0, np.pi, upper), np.linspace(0.0, np.pi, lower)
    X = np.vstack([np.column_stack([np.cos(a), np.sin(a)]), np.column_stack([1.0 - np.cos(b), 0.5 - np.sin(b)])])
    y = np.repeat(np.array([0, 1], dtype=np.int64), [upper, lower])
    return shuffled(X, y, noise, rng)


def circles(samples: int = 100, noise: float = 0.0, factor: float = 0.5, rng: Rng = 0) -> tuple[Floats, Ints]:
    """Return a circle of radius 1, class 0, around a circle of radius ``factor``, class 1, in random order.

    >>> X, y = circles(4, factor=0.5, rng=0)
    >>> sorted(np.hypot(*X.T).round(12).tolist())
    [0.5, 0.5, 1.0, 1.0]
    """
    factor = in_range("factor", factor, 0.0, 1.0)
    outer = (count(samples, "samples", at_least=2) + 1) // 2
    parts = []
    for radius, n in ((1.0, outer), (factor, samples - outer)):
        angle = np.linspace(0.0, 2.0 * np.pi, n, endpoint=False)
        parts.append(radius * np.column_stack([np.cos(angle), np.sin(angle)]))
    y = np.repeat(np.array([0, 1], dtype=np.int64), [outer, samples - outer])
    return shuffled(np.vstack(parts), y, noise, rng)


def spirals(
    samples: int = 100, noise: float = 0.0, classes: int = 2, turns: float = 1.0, rng: Rng = 0
) -> tuple[Floats, Ints]:
    """Return arms of a spiral that start at the center, one for each class, in random order.

    Parameters
    ----------
    samples : int
        The number of points in all arms together.
    noise : float
    classes : int
        The number of arms.
    turns : float
        The number of turns of an arm from the center to radius 1.
    rng : int or numpy.random.Generator

    Examples
    --------
    >>> X, y = spirals(9, classes=3, rng=0)
    >>> np.bincount(y).tolist()
    [3, 3, 3]
    """
    k = count(classes, "classes", at_least=2)
    sizes = [len(part) for part in np.array_split(np.arange(count(samples, "samples", at_least=k)), k)]
    parts = []
    for arm, n in enumerate(sizes):
        radius = np.linspace(0.0, 1.0, n + 1)[1:]
        angle = 2.0 * np.pi * (turns * radius + arm / k)
        parts.append(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    return shuffled(np.vstack(parts), np.repeat(np.arange(k, dtype=np.int64), sizes), noise, rng)


def blobs(
    samples: int = 100, centers: ArrayLike | None = None, noise: float = 0.5, rng: Rng = 0
) -> tuple[Floats, Ints]:
    """Return normal clouds around centers, one for each class, in random order.

    Parameters
    ----------
    samples : int
        The number of points in all clouds together.
    centers : array_like, shape (classes, features), optional
        The centers. Default: three in the plane.
    noise : float
    rng : int or numpy.random.Generator

    Examples
    --------
    >>> X, y = blobs(6, centers=[[0, 0], [5, 5]], noise=0.0, rng=0)
    >>> bool((X[y == 1] == 5.0).all())
    True
    """
    where = np.asarray([[0, 2], [-2, -1], [2, -1]] if centers is None else centers)
    if where.dtype.kind not in "iuf" or where.ndim != 2 or len(where) < 1:
        raise DataError(f"The centers of blobs are points, one a row, such as [[0, 0], [3, 3]]; not {centers!r}.")
    sizes = [
        len(part) for part in np.array_split(np.arange(count(samples, "samples", at_least=len(where))), len(where))
    ]
    y = np.repeat(np.arange(len(where), dtype=np.int64), sizes)
    return shuffled(where.astype(np.float64)[y], y, noise, rng)


def sine(samples: int = 100, noise: float = 0.0, rng: Rng = 0) -> tuple[Floats, Floats]:
    """Return sin x on an even grid over [0, 2π], as in the lecture *Feedforward neural networks* (MMAI 5500).

    >>> X, y = sine(3)
    >>> X.ravel().round(4).tolist(), y.round(4).tolist()
    ([0.0, 3.1416, 6.2832], [0.0, 0.0, -0.0])
    """
    X = np.linspace(0.0, 2.0 * np.pi, count(samples, "samples", at_least=2)).reshape(-1, 1)
    return X, np.sin(X[:, 0]) + _noise((len(X),), noise, rng)


def step(samples: int = 50, noise: float = 0.0, rng: Rng = 0) -> tuple[Floats, Floats]:
    """Return Heaviside's step on an even grid over [-1, 1], 1 from x = 0 on.

    >>> step(3)[1].tolist()
    [0.0, 1.0, 1.0]
    """
    X = np.linspace(-1.0, 1.0, count(samples, "samples", at_least=2)).reshape(-1, 1)
    return X, np.where(X[:, 0] >= 0.0, 1.0, 0.0) + _noise((len(X),), noise, rng)


def noisy_sinusoid(samples: int = 25, noise: float = 0.3, rng: Rng = 0) -> tuple[Floats, Floats]:
    """Return sin 2πx at random x in (0, 1) with noise: the data of the bias-variance trade-off (Bishop 2006, 3.2).

    >>> X, y = noisy_sinusoid(25, rng=0)
    >>> X.shape, y.shape
    ((25, 1), (25,))
    """
    draws = generator(rng)
    x = draws.uniform(0.0, 1.0, count(samples, "samples"))
    return x.reshape(-1, 1), np.sin(2.0 * np.pi * x) + _noise(x.shape, noise, draws)


def shuffled(X: Floats, y: NDArray[Any], noise: float, rng: Rng) -> tuple[Floats, NDArray[Any]]:
    """Return samples in random order, with normal noise on their coordinates."""
    draws = generator(rng)
    order = draws.permutation(len(X))
    return X[order] + _noise(X.shape, noise, draws), y[order]


def _noise(shape: tuple[int, ...], deviation: float, rng: Rng) -> Floats | float:
    deviation = in_range("noise", deviation, 0.0)
    return generator(rng).normal(0.0, deviation, shape) if deviation else 0.0


# Real data


def iris() -> Dataset:
    """Return the 150 iris flowers of Anderson and Fisher (1936): four lengths in cm, three species.

    Raises
    ------
    MissingExtraError
        If scikit-learn, which contains the data, is not installed.
    """
    return _from_scikit_learn("load_iris", "iris")


def wine() -> Dataset:
    """Return 178 wines of three growers (Forina, 1991): 13 chemical measurements, each in its own unit.

    Raises
    ------
    MissingExtraError
        If scikit-learn, which contains the data, is not installed.
    """
    return _from_scikit_learn("load_wine", "wine")


def breast_cancer() -> Dataset:
    """Return 569 tumors (Wolberg, Street and Mangasarian, 1995): 30 measurements, class 0 malignant, 1 benign.

    Raises
    ------
    MissingExtraError
        If scikit-learn, which contains the data, is not installed.
    """
    return _from_scikit_learn("load_breast_cancer", "breast cancer")


def digits() -> Dataset:
    """Return 1797 handwritten digits (Alpaydin and Kaynak, 1998): 8 by 8 pixels, row by row, each 0 to 16.

    Raises
    ------
    MissingExtraError
        If scikit-learn, which contains the data, is not installed.
    """
    return _from_scikit_learn("load_digits", "digits")


def _from_scikit_learn(loader: str, name: str) -> Dataset:
    try:
        from sklearn import datasets
    except ImportError as error:
        raise MissingExtraError(
            f"The {name} data come with scikit-learn, which is not installed: pip install 'autograd-core[data]'. "
            "nn.data.moons() and xor() need nothing."
        ) from error
    found = getattr(datasets, loader)()
    return Dataset(
        np.ascontiguousarray(found.data, dtype=np.float64),
        found.target.astype(np.int64),
        tuple(map(str, found.target_names)),
        tuple(map(str, found.feature_names)),
    )
