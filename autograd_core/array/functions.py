"""Functions of arrays with NumPy's names and meanings, composed of the records: what Tensor's methods call.

Each takes Tensors and NumPy arrays alike, and records when one of them requires a gradient.
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
from .arguments import Axis, applied, array, axes_of, axis_of, integer, lengths, named, raw, several
from .data import type_of_floats
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
    """Return the same numbers in another shape; one length may be -1, to be found."""
    x = array(x)
    wanted = lengths(shape)
    size = raw(x).size
    known = math.prod(n for n in wanted if n != -1)
    full = tuple(size // known if n == -1 else n for n in wanted) if known else wanted
    if wanted.count(-1) > 1 or any(n < 0 for n in full) or math.prod(full) != size:
        raise ShapeError(
            f"The {named(x)} has {size} elements and cannot take the shape {wanted}. The lengths must multiply to the "
            "same number; one of them may be -1, to be found."
        )
    return m.reshape(x, shape=full)


def permute(x: Any, axes: Sequence[int] | None = None) -> Any:
    """Return the array with its axes in another order; reversed for None (``transpose`` of NumPy)."""
    x = array(x)
    ndim = raw(x).ndim
    order = range(ndim)[::-1] if axes is None else [axis_of(x, each) for each in _sequence(axes, "an order of axes")]
    if len(order) != ndim or len(set(order)) != ndim:
        raise ShapeError(f"{axes} is not an order of the axes of the {named(x)}: each of the {ndim} is named once.")
    return m.permute(x, axes=tuple(order))


def _sequence(x: Any, what: str) -> Sequence[Any]:
    if not isinstance(x, (tuple, list)):
        raise OperandError(f"A tuple of integers was expected as {what}, not {x!r}.")
    return x


def swapaxes(x: Any, a: int, b: int) -> Any:
    """Return the array with two axes exchanged."""
    x = array(x)
    i, j = axis_of(x, a), axis_of(x, b)
    order = list(range(raw(x).ndim))
    order[i], order[j] = order[j], order[i]
    return m.permute(x, axes=tuple(order))


def squeeze(x: Any, axis: Axis = None) -> Any:
    """Return the array without axes of length 1."""
    x = array(x)
    shape = raw(x).shape
    axes = axes_of(x, axis) if axis is not None else tuple(i for i, n in enumerate(shape) if n == 1)
    for i in axes:
        if shape[i] != 1:
            raise ShapeError(f"Axis {i} of the {named(x)} has length {shape[i]}; only length 1 is squeezed.")
    return m.reshape(x, shape=tuple(n for i, n in enumerate(shape) if i not in axes))


def expand_dims(x: Any, axis: int | Sequence[int]) -> Any:
    """Return the array with axes of length 1 put in."""
    x = array(x)
    wanted = axis if isinstance(axis, (tuple, list)) else (axis,)
    ndim = raw(x).ndim + len(wanted)
    axes = {axis_of(x, each, ndim) for each in wanted}
    if len(axes) != len(wanted):
        raise ShapeError(f"The axes {tuple(wanted)} of the result name one of its {ndim} axes twice.")
    rest = iter(raw(x).shape)
    return m.reshape(x, shape=tuple(1 if i in axes else next(rest) for i in range(ndim)))


def broadcast_to(x: Any, shape: int | Sequence[int]) -> Any:
    """Return the array repeated to a shape."""
    x, wanted = array(x), lengths(shape)
    given = raw(x).shape
    fits = len(given) <= len(wanted) and all(
        n in (1, w) for n, w in zip(given[::-1], wanted[::-1], strict=False) if w >= 0
    )
    if not fits or any(n < 0 for n in wanted):
        raise ShapeError(
            f"The {named(x)} cannot be broadcast to {wanted}: from the last axis to the first, each length must be "
            "equal or 1."
        )
    return m.broadcast_to(x, shape=wanted)


def concatenate(arrays: Sequence[Any], axis: int | None = 0) -> Any:
    """Return arrays joined along an axis they have; flattened and joined for None."""
    arrays = several(arrays, "concatenate")
    if axis is None:
        arrays, axis = [reshape(x, -1) for x in arrays], 0
    axis = axis_of(arrays[0], axis)
    others = {(*raw(x).shape[:axis], *raw(x).shape[axis + 1 :]) for x in arrays}
    if len(others) > 1 or len({raw(x).ndim for x in arrays}) > 1:
        raise ShapeError(
            f"concatenate() joins arrays that differ only in the length of axis {axis}, not the "
            f"{' and the '.join(named(x) for x in arrays)}."
        )
    return m.concatenate(*arrays, axis=axis)


def stack_arrays(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Return arrays of one shape joined along a new axis."""
    arrays = several(arrays, "stack")
    if len({raw(x).shape for x in arrays}) > 1:
        raise ShapeError(
            f"stack() joins arrays of one shape along a new axis, not the {' and the '.join(map(named, arrays))}."
        )
    axis = axis_of(arrays[0], axis, raw(arrays[0]).ndim + 1)
    return m.concatenate(*(expand_dims(x, axis) for x in arrays), axis=axis)


def split(x: Any, sections: Any, axis: int = 0) -> list[Any]:
    """Return the parts of an array along an axis: a number of equal ones, or cut before given positions."""
    x = array(x)
    axis = axis_of(x, axis)
    length = raw(x).shape[axis]
    if is_integer(sections):
        parts = integer(sections, "A number of parts")
        if parts < 1 or length % parts:
            raise ShapeError(
                f"An axis of length {length} cannot be split into {parts} equal parts. Give the positions to cut at "
                "instead, as a list."
            )
        cuts = [length // parts * i for i in range(1, parts)]
    else:
        listed = sections.tolist() if isinstance(sections, np.ndarray) else sections
        cuts = [integer(cut, "A position to cut at") for cut in _sequence(listed, "positions to cut at")]
    before = (slice(None),) * axis
    bounds = zip([0, *cuts], [*cuts, length], strict=True)
    return [m.getitem(x, index=(*before, slice(start, end))) for start, end in bounds]


def pad(x: Any, widths: int | Sequence[Any]) -> Any:
    """Return the array with zeros around it, ``widths`` as in NumPy: (before, after) for each axis."""
    x = array(x)
    ndim = raw(x).ndim
    try:
        pairs = np.broadcast_to(np.asarray(widths), (ndim, 2))
    except ValueError:
        raise ShapeError(
            f"The {named(x)} is padded by one number, by (before, after), or by one such pair for each of its {ndim} "
            f"axes, not by {widths!r}."
        ) from None
    if pairs.dtype.kind not in "iu":
        raise OperandError(f"Widths of padding are integers, not {widths!r}.")
    if (pairs < 0).any():
        raise ShapeError(f"Padding cannot be negative: {widths}. Cut with an index instead, x[1:-1].")
    return m.pad(x, widths=tuple((int(before), int(after)) for before, after in pairs))


def repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
    """Return the array with each element repeated along an axis; of the flattened array for None."""
    x = array(x)
    if axis is None:
        x, axis = reshape(x, -1), 0
    axis = axis_of(x, axis)
    length = raw(x).shape[axis]
    counts = np.asarray(repeats)
    if counts.dtype.kind not in "iu" or counts.ndim > 1 or (counts < 0).any() or counts.size not in (1, length):
        raise ShapeError(
            f"Elements are repeated a number of times, 0 or more, or as a list of {length} numbers says for each along "
            f"axis {axis}, not {repeats!r}."
        )
    positions = np.repeat(np.arange(length), counts)
    return m.getitem(x, index=(*(slice(None),) * axis, positions))


def flip(x: Any, axis: Axis = None) -> Any:
    """Return the array with the order along axes reversed."""
    x = array(x)
    axes = axes_of(x, axis)
    return m.getitem(x, index=tuple(slice(None, None, -1 if i in axes else None) for i in range(raw(x).ndim)))


def astype(x: Any, dtype: Any) -> Any:
    """Return the numbers in another floating-point type; their gradient comes back in the type that they have."""
    x = array(x)
    wanted = type_of_floats(dtype)
    if wanted is None:
        raise OperandError(
            f"The {named(x)} holds float32 or float64, through which gradients flow; {dtype!r} is neither. "
            f"x.numpy().astype({getattr(dtype, '__name__', dtype)!s}) is an array of NumPy's, cut off from the graph."
        )
    return m.cast(x, dtype=wanted)


def matmul(a: Any, b: Any) -> Any:
    """Return the product of matrices, vectors and stacks of matrices, as ``@`` does in NumPy."""
    a, b = array(a, "left operand of @"), array(b, "right operand of @")
    shape_a, shape_b = raw(a).shape, raw(b).shape
    if not shape_a or not shape_b:
        raise ShapeError(
            f"@ multiplies vectors and matrices, but the operands are the {named(a)} and the {named(b)}. "
            "A single number multiplies with *."
        )
    if len(shape_a) > 1 and len(shape_b) > 1:
        return applied(MATMUL, a, b)
    inner = shape_b[0] if len(shape_b) == 1 else shape_b[-2]
    if shape_a[-1] != inner:
        return applied(MATMUL, a, b)  # which raises, and says why
    row = a if len(shape_a) > 1 else m.reshape(a, shape=(1, inner))
    column = b if len(shape_b) > 1 else m.reshape(b, shape=(inner, 1))
    rows = shape_a[:-1]
    columns = () if len(shape_b) == 1 else (*shape_b[:-2], shape_b[-1])
    return m.reshape(m.matmul(row, column), shape=(*rows, *columns))


def matmul_transposed(a: Any, b: Any) -> Any:
    """Return the product of a matrix, or of each of a stack, with the transpose of another: X Wᵀ.

    Examples
    --------
    >>> matmul_transposed(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]])).tolist()
    [[11.0, 17.0]]
    """
    a, b = array(a, "left operand of X Wᵀ"), array(b, "right operand of X Wᵀ")
    if raw(a).ndim < 2 or raw(b).ndim < 2:
        raise ShapeError(
            f"X Wᵀ multiplies matrices, but the operands are the {named(a)} and the {named(b)}. "
            "A vector is a matrix of one row: x.reshape(1, -1)."
        )
    return applied(MATMUL_TRANSPOSED, a, b)


def dot(a: Any, b: Any) -> Any:
    """Return NumPy's dot: a product with a number, of vectors, or over the last axis of a and the last but one of b."""
    a, b = array(a), array(b)
    na, nb = raw(a).ndim, raw(b).ndim
    if na == 0 or nb == 0:
        return m.mul(a, b)
    if na == 1 or nb <= 2:
        return matmul(a, b)
    shape_a, shape_b = raw(a).shape, raw(b).shape
    if shape_a[-1] != shape_b[-2]:
        raise ShapeError(
            f"dot() sums over the last axis of the {named(a)} and the last but one of the {named(b)}, which must have "
            "one length."
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
        The number of columns; the largest label + 1 if left out.

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
    classes = largest + 1 if classes is None else integer(classes, "The number of classes")
    if labels.size and (labels.min() < 0 or largest >= classes):
        raise OperandError(
            f"With {classes} classes the labels are 0 to {classes - 1}, but {labels.min()} to {largest} were given."
        )
    return np.eye(classes)[labels.astype(int)]
