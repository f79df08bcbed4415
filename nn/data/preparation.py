"""Prepare data for training: standardize, split, cut into batches.

The data sets are in ``nn.data.datasets`` and can be imported from here too.

>>> X, y = moons(100, noise=0.1, rng=1)
>>> training, validation, test = split(X, y, rng=0)
>>> scale = standardize(training[0])
>>> scale(test[0]).shape
(20, 2)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import DataError, OptionError, TargetError
from ..models.initializers import generator
from ..options import count
from .datasets import (
    Dataset,
    Floats,
    Rng,
    blobs,
    breast_cancer,
    circles,
    digits,
    iris,
    moons,
    noisy_sinusoid,
    sine,
    spirals,
    step,
    wine,
    xor,
)

__all__ = [
    "Dataset",
    "Standardizer",
    "batches",
    "blobs",
    "breast_cancer",
    "circles",
    "digits",
    "iris",
    "moons",
    "noisy_sinusoid",
    "one_hot",
    "sine",
    "spirals",
    "split",
    "standardize",
    "step",
    "wine",
    "xor",
]


@dataclass(frozen=True)
class Standardizer:
    """Scales features to mean 0 and standard deviation 1, with the numbers of the set it was fitted on.

    Attributes
    ----------
    mean, deviation : array, shape (features,)
        In the features' units. A constant feature has deviation 0 and is only centered.
    """

    mean: Floats
    deviation: Floats

    def __call__(self, X: ArrayLike) -> Floats:
        """Return (X - mean) / deviation, the same for every set."""
        return (table(X) - self.mean) / np.where(self.deviation == 0.0, 1.0, self.deviation)

    def inverse(self, X: ArrayLike) -> Floats:
        """Return X in the original units."""
        return table(X) * np.where(self.deviation == 0.0, 1.0, self.deviation) + self.mean


def standardize(X: ArrayLike, ddof: int = 0) -> Standardizer:
    """Return the standardizer fitted on ``X``: fit it on the training set, apply it to all sets.

    Parameters
    ----------
    X : array_like, shape (samples, features)
    ddof : {0, 1}
        0 divides by N, so that the variance becomes exactly 1; 1 divides by N - 1, the unbiased estimate.

    Examples
    --------
    >>> X = [[1, 2], [3, 4], [5, 9]]
    >>> scale = standardize(X)
    >>> scale.deviation.tolist()
    [1.632993161855452, 2.943920288775949]
    >>> scale(X)[0].tolist()
    [-1.224744871391589, -1.0190493307301363]
    """
    X = table(X)
    if len(X) <= ddof:
        raise DataError(f"The standard deviation with ddof={ddof} needs more than {ddof} samples, not {len(X)}.")
    # a constant column gets exactly 0, without rounding
    spread = np.where(np.ptp(X, axis=0) == 0.0, 0.0, X.std(axis=0, ddof=ddof))
    return Standardizer(X.mean(axis=0), spread)


def one_hot(y: ArrayLike, classes: int | None = None) -> Floats:
    """Return a row for each label, 1 at its class and 0 elsewhere.

    Parameters
    ----------
    y : array_like of int, shape (samples,)
    classes : int, optional
        The number of classes. Default: the largest label + 1.

    Raises
    ------
    TargetError
        For labels that are not integers from 0 to classes - 1.

    Examples
    --------
    >>> one_hot([1, 0, 2])
    array([[0., 1., 0.],
           [1., 0., 0.],
           [0., 0., 1.]])
    """
    labels = np.asarray(y)
    if labels.dtype.kind not in "iu" or labels.ndim != 1 or labels.size == 0:
        raise TargetError(
            f"one_hot takes class indices, integers of shape (samples,), not an array of {labels.dtype} of shape "
            f"{labels.shape}. Class names become indices with numpy.unique(names, return_inverse=True)[1]."
        )
    k = int(labels.max()) + 1 if classes is None else count(classes, "classes")
    if labels.min() < 0 or labels.max() >= k:
        raise TargetError(
            f"one_hot got labels from {labels.min()} to {labels.max()}, but {k} classes are counted from 0 to {k - 1}."
        )
    return np.asarray(np.eye(k)[labels])


def split(
    X: ArrayLike, y: ArrayLike, fractions: Sequence[float] = (0.6, 0.2, 0.2), rng: Rng = 0
) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Return the data as parts after shuffling: training, validation and test set.

    Parameters
    ----------
    X, y : array_like
        Of the same length.
    fractions : sequence of float
        The share of each part; they sum to 1.
    rng : int or numpy.random.Generator

    Returns
    -------
    list of (X, y)
        Every sample is in exactly one part.

    Examples
    --------
    >>> X, y = moons(10, rng=0)
    >>> [len(part) for part, _ in split(X, y, rng=0)]
    [6, 2, 2]
    """
    X, y = np.asarray(X), np.asarray(y)
    n = same_length(X, y)
    shares = np.asarray(fractions, dtype=np.float64)
    if shares.ndim != 1 or shares.size == 0 or not (shares > 0.0).all() or abs(shares.sum() - 1.0) > 1e-9:
        raise OptionError(f"The fractions of a split are positive and sum to 1, not {fractions!r}.")
    ends = np.rint(np.cumsum(shares) * n).astype(int)
    order = generator(rng).permutation(n)
    parts = [order[a:b] for a, b in zip([0, *ends[:-1]], ends, strict=True)]
    if any(len(part) == 0 for part in parts):
        raise DataError(f"{n} samples are too few to be split into {len(parts)} parts of {fractions!r}: one is empty.")
    return [(X[part], y[part]) for part in parts]


def batches(
    samples: int, size: int | None = None, *, epoch: int = 0, seed: int = 0, shuffle: bool = True
) -> Iterator[NDArray[np.intp]]:
    """Yield the row numbers of each batch of one epoch; the last batch may be smaller.

    Parameters
    ----------
    samples : int
        The number of rows.
    size : int, optional
        Rows in each batch: 1 is on-line learning, None takes all rows at once.
    epoch, seed : int
        The order is a function of both, so any epoch can be repeated without the ones before it.
    shuffle : bool
        Whether the order is random, and different in each epoch.

    Examples
    --------
    >>> [rows.tolist() for rows in batches(5, 2, shuffle=False)]
    [[0, 1], [2, 3], [4]]
    """
    n = count(samples, "samples")
    length = n if size is None else count(size, "batch size")
    order = np.random.default_rng([count(seed, "seed", 0), epoch]).permutation(n) if shuffle else np.arange(n)
    for start in range(0, n, length):
        yield order[start : start + length]


def table(X: ArrayLike) -> Floats:
    """Return data as an array of shape (samples, features), or raise an error."""
    try:
        array = np.asarray(X)
    except ValueError as error:
        raise DataError("The rows of the data differ in length. Every sample needs the same features.") from error
    if array.dtype.kind not in "iufb" or array.ndim != 2 or array.shape[0] == 0:
        raise DataError(
            f"Data are numbers of shape (samples, features), not an array of {array.dtype} of shape {array.shape}. "
            "One feature alone is a column: x.reshape(-1, 1)."
        )
    return array.astype(np.float64)


def same_length(X: NDArray[Any], y: NDArray[Any]) -> int:
    """Return the number of samples; raise an error if samples and targets have different lengths."""
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y):
        raise DataError(f"Each sample needs its target, but X has shape {X.shape} and y has shape {y.shape}.")
    if len(X) == 0:
        raise DataError("There are no samples.")
    return len(X)
