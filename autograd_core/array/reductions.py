"""Compute sums, products and extremes over axes, with NumPy's names and meanings.

Each is computed so that its derivative is right at special points too. No factor of a product is divided out. Ties
share a derivative. No square root of a variance of 0 is taken.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ShapeError
from ..graph.numpy_warnings import quietly
from ..readings.algebra import nodes as m
from ..records.kernels.linear import summands
from .arguments import Axis, as_operand, described, normalized_axes, normalized_axis, raw


def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the sum over axes."""
    x = as_operand(x)
    return m.sum(x, axes=normalized_axes(x, axis), keepdims=bool(keepdims))


def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the arithmetic mean over axes; nan for no elements, as in NumPy."""
    x = as_operand(x)
    return m.mean(x, axes=normalized_axes(x, axis), keepdims=bool(keepdims))


def var(x: Any, axis: Axis = None, keepdims: bool = False, ddof: float = 0) -> Any:
    """Return the mean square deviation over axes; ``ddof=1`` divides by n - 1."""
    x = as_operand(x)
    axes = normalized_axes(x, axis)
    deviation = m.sub(x, mean(x, axes, keepdims=True))
    freedom = summands(raw(x).shape, axes) - ddof
    return m.div(sum(m.mul(deviation, deviation), axes, keepdims), freedom if freedom > 0.0 else 0.0)


def std(x: Any, axis: Axis = None, keepdims: bool = False, ddof: float = 0) -> Any:
    """Return the square root of the variance; its derivative is 0 where all elements are equal."""
    return root(var(x, axis, keepdims, ddof))


def root(square: Any) -> Any:
    """Return the square root of a sum of squares, with derivative 0 where all of them are 0."""
    numbers = raw(square)
    zero = (numbers == 0.0).astype(numbers.dtype)
    if not zero.any():
        return m.sqrt(square)
    return m.where(zero, 0.0, m.sqrt(m.where(zero, 1.0, square)))


def _extreme(x: Any, axis: Axis, keepdims: bool, name: str) -> Any:
    x = as_operand(x)
    axes = normalized_axes(x, axis)
    numbers = raw(x)
    if summands(raw(x).shape, axes) == 0:
        raise ShapeError(f"{name} over no elements has no value: this is the {described(x)}.")
    weights = quietly(_shares, numbers, getattr(np, name), axes)
    return m.choose(x, weights=weights, axes=axes, keepdims=bool(keepdims))


def _shares(numbers: Any, extreme: Any, axes: tuple[int, ...]) -> Any:
    """Return 1/k for each of the k elements that attain the extreme; a nan attains it, as in NumPy."""
    best = extreme(numbers, axis=axes, keepdims=True)
    attained = numbers == best
    if np.isnan(best).any():
        attained |= np.isnan(numbers) & np.isnan(best)
    return (attained / attained.sum(axis=axes, keepdims=True)).astype(numbers.dtype)


def max(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the maximum over axes; k elements that tie share the gradient, 1/k each."""
    return _extreme(x, axis, keepdims, "max")


def min(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the minimum over axes; k elements that tie share the gradient, 1/k each."""
    return _extreme(x, axis, keepdims, "min")


def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return the position of the first maximum, as plain integers without a derivative."""
    return _position(np.argmax, x, axis, keepdims)


def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return the position of the first minimum, as plain integers without a derivative."""
    return _position(np.argmin, x, axis, keepdims)


def _position(find: Any, x: Any, axis: int | None, keepdims: bool) -> Any:
    x = as_operand(x)
    axes = normalized_axes(x, None) if axis is None else (normalized_axis(x, axis),)
    if summands(raw(x).shape, axes) == 0:
        raise ShapeError(f"{find.__name__} over no elements has no value: this is the {described(x)}.")
    return find(raw(x), axis=None if axis is None else axes[0], keepdims=bool(keepdims))


def prod(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the product over axes, multiplied in pairs, so that gradients are right for zero factors."""
    x = as_operand(x)
    if summands(raw(x).shape, normalized_axes(x, axis)) == 0:  # the empty product is the constant 1
        return sum(x, axis, keepdims) + 1.0
    return paired(m.mul, x, normalized_axes(x, axis), keepdims)


def paired(operation: Any, x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    """Return a reduction by an operation on two operands: neighbors first, then their results."""
    shape = raw(x).shape
    kept = tuple(i for i in range(len(shape)) if i not in axes)
    rows = tuple(shape[i] for i in kept)
    n = int(summands(raw(x).shape, axes))
    if axes != tuple(range(len(kept), len(shape))):
        x = m.permute(x, axes=(*kept, *axes))
    x = m.reshape(x, shape=(*rows, n))
    while n > 1:
        even, odd = slice(0, n - n % 2, 2), slice(1, None, 2)
        pairs = operation(*(m.getitem(x, index=(Ellipsis, part)) for part in (even, odd)))
        last = m.getitem(x, index=(Ellipsis, slice(n - 1, None))) if n % 2 else None
        x = pairs if last is None else m.concatenate(pairs, last, axis=len(rows))
        n = raw(x).shape[-1]
    return m.reshape(x, shape=tuple(1 if i in axes else n for i, n in enumerate(shape) if keepdims or i not in axes))


def cumsum(x: Any, axis: int | None = None) -> Any:
    """Return the cumulative sum along an axis; None flattens the array first."""
    x = as_operand(x)
    if axis is None:
        x, axis = m.reshape(x, shape=(raw(x).size,)), 0
    return m.cumsum(x, axis=normalized_axis(x, axis), backwards=False)
