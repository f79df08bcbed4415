"""Define functions of arrays with NumPy's names and meanings, composed of the recorded operations.

Each takes Tensors and NumPy arrays. It records if one of them requires a gradient.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import OperandError, ShapeError
from ..graph.node import is_integer
from ..readings.algebra import nodes as m
from ..records.primitive import lookup
from .arguments import (
    Axis,
    as_integer,
    as_operand,
    as_operands,
    as_shape,
    checked_apply,
    described,
    float_type,
    normalized_axes,
    normalized_axis,
    raw,
)
from .reductions import argmax, argmin, cumsum, max, mean, min, prod, std, sum, var

__all__ = [
    "Axis",
    "argmax",
    "argmin",
    "astype",
    "broadcast_to",
    "concatenate",
    "cumsum",
    "dot",
    "expand_dims",
    "flip",
    "matmul",
    "matmul_transposed",
    "max",
    "mean",
    "min",
    "one_hot",
    "outer",
    "pad",
    "permute",
    "prod",
    "raw",
    "repeat",
    "reshape",
    "split",
    "squeeze",
    "stack_arrays",
    "std",
    "sum",
    "swapaxes",
    "var",
]

MATMUL, MATMUL_TRANSPOSED = lookup("matmul"), lookup("matmul_transposed")


def reshape(x: Any, shape: int | Sequence[int]) -> Any:
    """Return the same numbers in another shape; one length may be -1, to be computed."""
    x = as_operand(x)
    shape = as_shape(shape)
    size = raw(x).size
    known = math.prod(n for n in shape if n != -1)
    full = tuple(size // known if n == -1 else n for n in shape) if known else shape
    if shape.count(-1) > 1 or any(n < 0 for n in full) or math.prod(full) != size:
        raise ShapeError(
            f"The {described(x)} has {size} elements and cannot take the shape {shape}. The product of the lengths "
            "must be the number of elements; one of them may be -1, to be computed."
        )
    return m.reshape(x, shape=full)


def permute(x: Any, axes: Sequence[int] | None = None) -> Any:
    """Return the array with its axes in another order; reversed for None (``transpose`` of NumPy)."""
    x = as_operand(x)
    ndim = raw(x).ndim
    order = range(ndim)[::-1] if axes is None else [normalized_axis(x, i) for i in _sequence(axes, "an order of axes")]
    if len(order) != ndim or len(set(order)) != ndim:
        raise ShapeError(f"{axes} is not an order of the axes of the {described(x)}: each of the {ndim} is named once.")
    return m.permute(x, axes=tuple(order))


def _sequence(x: Any, name: str) -> Sequence[Any]:
    if not isinstance(x, (tuple, list)):
        raise OperandError(f"Expected a tuple of integers for {name}, not {x!r}.")
    return x


def swapaxes(x: Any, a: int, b: int) -> Any:
    """Return the array with two axes exchanged."""
    x = as_operand(x)
    i, j = normalized_axis(x, a), normalized_axis(x, b)
    order = list(range(raw(x).ndim))
    order[i], order[j] = order[j], order[i]
    return m.permute(x, axes=tuple(order))


def squeeze(x: Any, axis: Axis = None) -> Any:
    """Return the array without axes of length 1."""
    x = as_operand(x)
    shape = raw(x).shape
    axes = normalized_axes(x, axis) if axis is not None else tuple(i for i, n in enumerate(shape) if n == 1)
    for i in axes:
        if shape[i] != 1:
            raise ShapeError(f"Axis {i} of the {described(x)} has length {shape[i]}; only length 1 is squeezed.")
    return m.reshape(x, shape=tuple(n for i, n in enumerate(shape) if i not in axes))


def expand_dims(x: Any, axis: int | Sequence[int]) -> Any:
    """Return the array with new axes of length 1."""
    x = as_operand(x)
    positions = axis if isinstance(axis, (tuple, list)) else (axis,)
    ndim = raw(x).ndim + len(positions)
    axes = {normalized_axis(x, i, ndim) for i in positions}
    if len(axes) != len(positions):
        raise ShapeError(f"The axes {tuple(positions)} name one of the {ndim} axes of the result twice.")
    rest = iter(raw(x).shape)
    return m.reshape(x, shape=tuple(1 if i in axes else next(rest) for i in range(ndim)))


def broadcast_to(x: Any, shape: int | Sequence[int]) -> Any:
    """Return the array repeated to a shape."""
    x, shape = as_operand(x), as_shape(shape)
    own = raw(x).shape
    fits = len(own) <= len(shape) and all(n in (1, w) for n, w in zip(own[::-1], shape[::-1], strict=False) if w >= 0)
    if not fits or any(n < 0 for n in shape):
        raise ShapeError(
            f"The {described(x)} cannot be broadcast to {shape}: from the last axis to the first, each length must be "
            "equal or 1."
        )
    return m.broadcast_to(x, shape=shape)


def concatenate(arrays: Sequence[Any], axis: int | None = 0) -> Any:
    """Return arrays joined along an existing axis; for None they are flattened first."""
    arrays = as_operands(arrays, "concatenate")
    if axis is None:
        arrays, axis = [reshape(x, -1) for x in arrays], 0
    axis = normalized_axis(arrays[0], axis)
    others = {(*raw(x).shape[:axis], *raw(x).shape[axis + 1 :]) for x in arrays}
    if len(others) > 1 or len({raw(x).ndim for x in arrays}) > 1:
        raise ShapeError(
            f"concatenate() joins arrays that differ only in the length of axis {axis}, not the "
            f"{' and the '.join(described(x) for x in arrays)}."
        )
    return m.concatenate(*arrays, axis=axis)


def stack_arrays(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Return arrays of one shape joined along a new axis."""
    arrays = as_operands(arrays, "stack")
    if len({raw(x).shape for x in arrays}) > 1:
        raise ShapeError(
            f"stack() joins arrays of one shape along a new axis, not the {' and the '.join(map(described, arrays))}."
        )
    axis = normalized_axis(arrays[0], axis, raw(arrays[0]).ndim + 1)
    return m.concatenate(*(expand_dims(x, axis) for x in arrays), axis=axis)


def split(x: Any, sections: Any, axis: int = 0) -> list[Any]:
    """Return parts of an array along an axis: a number of equal parts, or parts that start at the positions."""
    x = as_operand(x)
    axis = normalized_axis(x, axis)
    length = raw(x).shape[axis]
    if is_integer(sections):
        parts = as_integer(sections, "A number of parts")
        if parts < 1 or length % parts:
            raise ShapeError(
                f"An axis of length {length} cannot be split into {parts} equal parts. Pass a list of the positions to "
                "split at instead."
            )
        cuts = [length // parts * i for i in range(1, parts)]
    else:
        positions = sections.tolist() if isinstance(sections, np.ndarray) else sections
        cuts = [as_integer(cut, "A split position") for cut in _sequence(positions, "the split positions")]
    before = (slice(None),) * axis
    bounds = zip([0, *cuts], [*cuts, length], strict=True)
    return [m.getitem(x, index=(*before, slice(start, end))) for start, end in bounds]


def pad(x: Any, widths: int | Sequence[Any]) -> Any:
    """Return the array with zeros around it, ``widths`` as in NumPy: (before, after) for each axis."""
    x = as_operand(x)
    ndim = raw(x).ndim
    try:
        pairs = np.broadcast_to(np.asarray(widths), (ndim, 2))
    except ValueError:
        raise ShapeError(
            f"The {described(x)} is padded by one number, by (before, after), or by one such pair for each of its "
            f"{ndim} axes, not by {widths!r}."
        ) from None
    if pairs.dtype.kind not in "iu":
        raise OperandError(f"Padding widths are integers, not {widths!r}.")
    if (pairs < 0).any():
        raise ShapeError(f"Padding cannot be negative: {widths}. Cut with an index instead, x[1:-1].")
    return m.pad(x, widths=tuple((int(before), int(after)) for before, after in pairs))


def repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
    """Return the array with each element repeated along an axis; None flattens the array first."""
    x = as_operand(x)
    if axis is None:
        x, axis = reshape(x, -1), 0
    axis = normalized_axis(x, axis)
    length = raw(x).shape[axis]
    counts = np.asarray(repeats)
    if counts.dtype.kind not in "iu" or counts.ndim > 1 or (counts < 0).any() or counts.size not in (1, length):
        raise ShapeError(
            f"repeat() takes one number of repetitions, 0 or more, or a list of {length} numbers for the elements "
            f"along axis {axis}, not {repeats!r}."
        )
    positions = np.repeat(np.arange(length), counts)
    return m.getitem(x, index=(*(slice(None),) * axis, positions))


def flip(x: Any, axis: Axis = None) -> Any:
    """Return the array with the order along axes reversed."""
    x = as_operand(x)
    axes = normalized_axes(x, axis)
    return m.getitem(x, index=tuple(slice(None, None, -1 if i in axes else None) for i in range(raw(x).ndim)))


def astype(x: Any, dtype: Any) -> Any:
    """Return the numbers in another floating-point type; the gradient keeps the type of ``x``."""
    x = as_operand(x)
    target = float_type(dtype)
    if target is None:
        raise OperandError(
            f"The {described(x)} holds float32 or float64, because gradients need floats; {dtype!r} is neither. "
            f"x.numpy().astype({getattr(dtype, '__name__', dtype)!s}) is a NumPy array, detached from the graph."
        )
    return m.cast(x, dtype=target)


def matmul(a: Any, b: Any) -> Any:
    """Return the product of matrices, vectors and stacks of matrices, as ``@`` does in NumPy."""
    a, b = as_operand(a, "left operand of @"), as_operand(b, "right operand of @")
    shape_a, shape_b = raw(a).shape, raw(b).shape
    if not shape_a or not shape_b:
        raise ShapeError(
            f"@ multiplies vectors and matrices, but the operands are the {described(a)} and the {described(b)}. "
            "A single number multiplies with *."
        )
    if len(shape_a) > 1 and len(shape_b) > 1:
        return checked_apply(MATMUL, a, b)
    inner = shape_b[0] if len(shape_b) == 1 else shape_b[-2]
    if shape_a[-1] != inner:
        return checked_apply(MATMUL, a, b)  # raises the error
    row = a if len(shape_a) > 1 else m.reshape(a, shape=(1, inner))
    column = b if len(shape_b) > 1 else m.reshape(b, shape=(inner, 1))
    rows = shape_a[:-1]
    columns = () if len(shape_b) == 1 else (*shape_b[:-2], shape_b[-1])
    return m.reshape(m.matmul(row, column), shape=(*rows, *columns))


def matmul_transposed(a: Any, b: Any) -> Any:
    """Return the product of a matrix, or a stack of matrices, with the transpose of another: X Wᵀ.

    Examples
    --------
    >>> matmul_transposed(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]])).tolist()
    [[11.0, 17.0]]
    """
    a, b = as_operand(a, "left operand of X Wᵀ"), as_operand(b, "right operand of X Wᵀ")
    if raw(a).ndim < 2 or raw(b).ndim < 2:
        raise ShapeError(
            f"X Wᵀ multiplies matrices, but the operands are the {described(a)} and the {described(b)}. "
            "A vector is a matrix of one row: x.reshape(1, -1)."
        )
    return checked_apply(MATMUL_TRANSPOSED, a, b)


def dot(a: Any, b: Any) -> Any:
    """Return NumPy's dot: a product with a number, of vectors, or over the last axis of a and the last but one of b."""
    a, b = as_operand(a), as_operand(b)
    na, nb = raw(a).ndim, raw(b).ndim
    if na == 0 or nb == 0:
        return m.mul(a, b)
    if na == 1 or nb <= 2:
        return matmul(a, b)
    shape_a, shape_b = raw(a).shape, raw(b).shape
    if shape_a[-1] != shape_b[-2]:
        raise ShapeError(
            f"dot() sums over the last axis of the {described(a)} and the last but one of the {described(b)}; they "
            "must have the same length."
        )
    left = m.reshape(a, shape=(math.prod(shape_a[:-1]), shape_a[-1]))
    right = m.permute(b, axes=(nb - 2, *range(nb - 2), nb - 1))
    right = m.reshape(right, shape=(shape_b[-2], math.prod(shape_b[:-2]) * shape_b[-1]))
    return m.reshape(m.matmul(left, right), shape=(*shape_a[:-1], *shape_b[:-2], shape_b[-1]))


def outer(a: Any, b: Any) -> Any:
    """Return the products of all pairs, of shape (a.size, b.size)."""
    return m.mul(reshape(a, (-1, 1)), reshape(b, (1, -1)))


def one_hot(labels: Any, classes: int | None = None) -> Any:
    """Return a float array with a 1 in the column of each label.

    Parameters
    ----------
    labels : array_like of int, any shape
    classes : int, optional
        The number of columns; by default the largest label + 1.

    Raises
    ------
    OperandError
        For labels that are not integers from 0 to classes - 1.

    Examples
    --------
    >>> one_hot([2, 0]).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu" and labels.size:
        raise OperandError(f"Labels are class indices, integers from 0 on, not {labels.dtype}.")
    largest = int(labels.max(initial=-1))
    classes = largest + 1 if classes is None else as_integer(classes, "The number of classes")
    if labels.size and (labels.min() < 0 or largest >= classes):
        raise OperandError(
            f"With {classes} classes the labels are 0 to {classes - 1}, but {labels.min()} to {largest} were given."
        )
    return np.eye(classes)[labels.astype(int)]
