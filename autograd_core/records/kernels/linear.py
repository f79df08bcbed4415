"""Define array kernels that move and add elements: matrix products, sums, their transposes.

Each has one meaning in NumPy; these are the fastest ways to compute it.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

Array = Any


def swap(x: Array) -> Array:
    """Return the matrices transposed."""
    return x.T if x.ndim == 2 else x.swapaxes(-1, -2)


def matmul(a: Array, b: Array) -> Array:
    """Return the product of matrices: of a small pair by ``dot``, which starts sooner, but fills a large one twice."""
    return a.dot(b) if a.ndim == 2 and b.ndim == 2 and len(a) * b.shape[1] <= 16384 else np.matmul(a, b)


def matmul_transposed(a: Array, b: Array) -> Array:
    """Return the product of matrices, the second of them transposed."""
    return matmul(a, swap(b))


def sum_over(x: Array, axes: tuple[int, ...], keepdims: bool) -> Array:
    """Return the sum over axes."""
    if axes == (1,) and x.ndim == 2:
        return _row_sums(x).reshape(-1, 1) if keepdims else _row_sums(x)
    every = len(axes) == x.ndim  # the faster call for None
    return np.add.reduce(x, axis=None if every else axes, keepdims=keepdims)  # type: ignore[call-overload]


def stacked(x: Array, n: int) -> Array:
    """Return n times the array along a new first axis, without a copy."""
    return np.broadcast_to(x, (n, *x.shape))


def summands(shape: tuple[int, ...], axes: tuple[int, ...]) -> float:
    """Return how many elements a sum over axes adds."""
    return float(math.prod(shape if len(axes) == len(shape) else [shape[axis] for axis in axes]))


def mean_over(x: Array, axes: tuple[int, ...], keepdims: bool) -> Array:
    """Return the sum over axes, divided by how many are added; of nothing it is nan, as in NumPy."""
    return sum_over(x, axes, keepdims) / summands(x.shape, axes)


def spread(x: Array, shape: tuple[int, ...], axes: tuple[int, ...], keepdims: bool) -> Array:
    """Return an array repeated along the axes that a sum over them removed."""
    if not keepdims and x.ndim:
        kept = iter(x.shape)
        x = x.reshape([1 if i in axes else next(kept) for i in range(len(shape))])
    out = np.empty(shape, x.dtype)
    out[...] = x
    return out


@lru_cache(32)
def _ones(n: int, dtype: Any) -> Array:
    """Return a vector of ones, made once."""
    ones = np.ones(n, dtype)
    ones.setflags(write=False)
    return ones


def _row_sums(x: Array) -> Array:
    """Return the sums of the rows of a matrix: of short ones as a product with ones, in a third of the time."""
    if x.shape[1] <= 4096 and x.dtype.kind == "f":
        return x.dot(_ones(x.shape[1], x.dtype))
    return np.add.reduce(x, axis=1)


def sum_to(x: Array, shape: tuple[int, ...]) -> Array:
    """Return the sum over the axes that broadcasting ``shape`` to the shape of x repeated."""
    sizes = x.shape
    extra = len(sizes) - len(shape)
    if sizes[extra:] == shape:
        if extra == 1 and len(sizes) == 2 and sizes[0] <= 4096 and x.dtype.kind == "f":
            return _ones(sizes[0], x.dtype).dot(x)  # the rows of a matrix, in a third of the time
        return np.add.reduce(x, axis=0 if extra == 1 else tuple(range(extra)))
    if x.ndim == 2 and shape == (x.shape[0], 1):
        return _row_sums(x).reshape(shape)
    axes = (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 and x.shape[i + extra] != 1))
    return np.add.reduce(x, axis=axes, keepdims=True).reshape(shape)


def scatter(x: Array, index: Any, shape: tuple[int, ...]) -> Array:
    """Return zeros to which x is added where the index points, once for every time it points there."""
    out = np.zeros(shape, x.dtype)
    parts = index if isinstance(index, tuple) else (index,)
    if all(part is None or part is Ellipsis or isinstance(part, (int, slice)) for part in parts):
        out[index] = x
    else:
        np.add.at(out, index, x)
    return out


def cumsum(x: Array, axis: int, backwards: bool) -> Array:
    """Return the running sum along an axis, from the end if ``backwards``."""
    return np.flip(np.cumsum(np.flip(x, axis), axis), axis) if backwards else np.cumsum(x, axis)


def choose(x: Array, weights: Array, axes: tuple[int, ...], keepdims: bool) -> Array:
    """Return the weighted mean of elements, exact to the bit where all those of weight > 0 are equal.

    The mean is taken of differences to the first of them, which are zeros then.
    """
    at = np.argmax(_flattened(weights, axes) > 0.0, axis=-1)[..., None]
    first = np.take_along_axis(_flattened(x, axes), at, -1)
    lanes = _flattened(x, axes)
    share = _flattened(weights, axes)
    rest = np.where((share > 0.0) & (lanes != first), (lanes - first) * share, x.dtype.type(0.0))
    mean = (first[..., 0] + rest.sum(-1)).astype(x.dtype, copy=False)
    return np.expand_dims(mean, axes) if keepdims else mean


def _flattened(x: Array, axes: tuple[int, ...]) -> Array:
    """Return the array with some axes merged into one, last."""
    kept = [i for i in range(x.ndim) if i not in axes]
    merged = math.prod(x.shape[i] for i in axes)
    return np.transpose(x, (*kept, *axes)).reshape(*(x.shape[i] for i in kept), merged)


def place(x: Array, index: tuple[int, ...], shape: tuple[int, ...]) -> Array:
    """Return zeros with one number put in."""
    out = np.zeros(shape)
    out[index] = x
    return out
