"""Functions of arrays with NumPy's names and meanings, composed of the records: what Tensor's methods call.

Each takes Tensors and NumPy arrays alike, and records when one of them requires a gradient.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import rules as rules  # importing the records fills the table
from .errors import OperandError, ShapeError
from .node import Node, apply
from .primitive import lookup

__all__ = [
    "argmax",
    "argmin",
    "broadcast_to",
    "concatenate",
    "cumsum",
    "dot",
    "expand_dims",
    "flip",
    "matmul",
    "max",
    "mean",
    "min",
    "one_hot",
    "outer",
    "pad",
    "permute",
    "prod",
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

Axis = int | Sequence[int] | None


def raw(x: Any) -> Any:
    """Return the numbers of a node or of an array."""
    return x._data if isinstance(x, Node) else np.asarray(x)


_ALL = tuple(tuple(range(n)) for n in range(8))


def normal_axes(x: Any, axis: Axis) -> tuple[int, ...]:
    """Return axes as non-negative, distinct numbers; all of them for None.

    Raises
    ------
    ShapeError
        For an axis that the array does not have, or one named twice.
    """
    ndim = raw(x).ndim
    if axis is None:
        return _ALL[ndim] if ndim < len(_ALL) else tuple(range(ndim))
    wanted = (axis,) if isinstance(axis, (int, np.integer)) else tuple(axis)
    for each in wanted:
        if isinstance(each, bool) or not isinstance(each, (int, np.integer)) or not -ndim <= each < ndim:
            raise ShapeError(
                f"There is no axis {each!r}: the array has shape {raw(x).shape}, so its axes are 0 to {ndim - 1}, "
                "or counted from the end -1 and below."
            )
    axes = tuple(int(each) % ndim for each in wanted)
    if len(set(axes)) != len(axes):
        raise ShapeError(f"The axes {tuple(wanted)} name one axis twice.")
    return tuple(sorted(axes))


SUM, DIV = lookup("sum"), lookup("div")


def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the sum over axes."""
    return apply(SUM, x, axes=normal_axes(x, axis), keepdims=keepdims)


def _count(x: Any, axis: Axis) -> int:
    if axis is None:
        return raw(x).size
    shape = raw(x).shape
    count = 1
    for each in normal_axes(x, axis):
        count *= shape[each]
    return count


def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the arithmetic mean over axes; of nothing it is nan, as in NumPy."""
    return apply(DIV, sum(x, axis, keepdims), float(_count(x, axis)))


def var(x: Any, axis: Axis = None, keepdims: bool = False, ddof: int = 0) -> Any:
    """Return the mean square deviation over axes; ``ddof=1`` divides by n - 1."""
    deviation = x - mean(x, axis, keepdims=True)
    return apply(lookup("div"), sum(deviation * deviation, axis, keepdims), float(_count(x, axis) - ddof))


def std(x: Any, axis: Axis = None, keepdims: bool = False, ddof: int = 0) -> Any:
    """Return the square root of the variance."""
    return apply(lookup("sqrt"), var(x, axis, keepdims, ddof))


def _extreme(x: Any, axis: Axis, keepdims: bool, name: str) -> Any:
    axes = normal_axes(x, axis)
    numbers = raw(x)
    if _count(x, axis) == 0:
        raise ShapeError(f"{name} over no elements has no value: the array has shape {numbers.shape}.")
    with np.errstate(all="ignore"):
        best = getattr(np, name)(numbers, axis=axes, keepdims=True)
        attained = (numbers == best) | np.isnan(numbers) & np.isnan(best)
        weights = attained / attained.sum(axis=axes, keepdims=True)
    return apply(lookup("choose"), x, weights=weights.astype(numbers.dtype), axes=axes, keepdims=keepdims)


def max(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the maximum over axes; k elements that tie share the gradient, 1/k each."""
    return _extreme(x, axis, keepdims, "max")


def min(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the minimum over axes; k elements that tie share the gradient, 1/k each."""
    return _extreme(x, axis, keepdims, "min")


def argmax(x: Any, axis: int | None = None) -> Any:
    """Return the position of the first maximum, as plain integers: it has no derivative."""
    return np.argmax(raw(x), axis=axis)


def argmin(x: Any, axis: int | None = None) -> Any:
    """Return the position of the first minimum, as plain integers: it has no derivative."""
    return np.argmin(raw(x), axis=axis)


def prod(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the product over axes, multiplied in pairs, so that zeros among the factors have right gradients."""
    axes = normal_axes(x, axis)
    shape = raw(x).shape
    kept = [i for i in range(len(shape)) if i not in axes]
    factors = reshape(permute(x, (*kept, *axes)), (*(shape[i] for i in kept), -1)) if _count(x, axis) else None
    result_shape = tuple(1 if i in axes else n for i, n in enumerate(shape) if keepdims or i not in axes)
    if factors is None:
        return reshape(sum(x, axis, keepdims) * 0.0 + 1.0, result_shape)
    while (n := raw(factors).shape[-1]) > 1:
        pairs = factors[..., : n - n % 2 : 2] * factors[..., 1::2]
        factors = concatenate([pairs, factors[..., n - 1 :]], -1) if n % 2 else pairs
    return reshape(factors, result_shape)


def cumsum(x: Any, axis: int | None = None) -> Any:
    """Return the running sum along an axis; of the flattened array for None."""
    if axis is None:
        return cumsum(reshape(x, (-1,)), 0)
    return apply(lookup("cumsum"), x, axis=normal_axes(x, axis)[0], backwards=False)


def reshape(x: Any, shape: int | Sequence[int]) -> Any:
    """Return the same numbers in another shape; one length may be -1."""
    wanted = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    numbers = raw(x)
    try:
        full = tuple(int(n) for n in np.empty(numbers.shape, np.int8).reshape(wanted).shape) if -1 in wanted else wanted
    except ValueError:
        full = wanted
    if int(np.prod(full, dtype=object)) != numbers.size or builtins.any(n < 0 for n in full):
        raise ShapeError(
            f"An array of shape {numbers.shape} has {numbers.size} elements and cannot take the shape {wanted}. "
            "The lengths must multiply to the same number; one of them may be -1, to be found."
        )
    return apply(lookup("reshape"), x, shape=tuple(int(n) for n in full))


def permute(x: Any, axes: Sequence[int] | None = None) -> Any:
    """Return the array with its axes in another order; reversed for None (``transpose`` of NumPy)."""
    ndim = raw(x).ndim
    order = tuple(range(ndim))[::-1] if axes is None else tuple(int(operator.index(a)) for a in axes)
    if sorted(a % ndim if ndim and -ndim <= a < ndim else a for a in order) != list(range(ndim)):
        raise ShapeError(f"{order} is not an order of the {ndim} axes of an array of shape {raw(x).shape}.")
    return apply(lookup("permute"), x, axes=tuple(a % ndim for a in order))


def swapaxes(x: Any, a: int, b: int) -> Any:
    """Return the array with two axes exchanged."""
    (i,), (j,) = normal_axes(x, a), normal_axes(x, b)
    order = list(range(raw(x).ndim))
    order[i], order[j] = order[j], order[i]
    return permute(x, order)


def squeeze(x: Any, axis: Axis = None) -> Any:
    """Return the array without axes of length 1."""
    shape = raw(x).shape
    axes = normal_axes(x, axis) if axis is not None else tuple(i for i, n in enumerate(shape) if n == 1)
    for i in axes:
        if shape[i] != 1:
            raise ShapeError(f"Axis {i} of an array of shape {shape} has length {shape[i]}; only length 1 is squeezed.")
    return reshape(x, tuple(n for i, n in enumerate(shape) if i not in axes))


def expand_dims(x: Any, axis: int | Sequence[int]) -> Any:
    """Return the array with axes of length 1 put in."""
    return reshape(x, np.expand_dims(raw(x), axis if isinstance(axis, int) else tuple(axis)).shape)


def broadcast_to(x: Any, shape: int | Sequence[int]) -> Any:
    """Return the array repeated to a shape."""
    wanted = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    return apply(lookup("broadcast_to"), x, shape=wanted)


def concatenate(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Return arrays joined along an axis they have."""
    arrays = _several(arrays, "concatenate")
    return apply(lookup("concatenate"), *arrays, axis=normal_axes(arrays[0], axis)[0])


def stack_arrays(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Return arrays of one shape joined along a new axis."""
    arrays = _several(arrays, "stack")
    shapes = {raw(x).shape for x in arrays}
    if len(shapes) > 1:
        raise ShapeError(f"stack() joins arrays of one shape along a new axis; these have shapes {sorted(shapes)}.")
    return concatenate([expand_dims(x, axis) for x in arrays], axis)


def _several(arrays: Any, name: str) -> list[Any]:
    if isinstance(arrays, Node) or not isinstance(arrays, Sequence):
        raise OperandError(f"{name}() takes a list of arrays, {name}([a, b]), not a single {type(arrays).__name__}.")
    if not arrays:
        raise ShapeError(f"{name}() of no arrays has no shape. Give it at least one.")
    return list(arrays)


def split(x: Any, sections: int | Sequence[int], axis: int = 0) -> list[Any]:
    """Return the parts of an array along an axis: a number of equal ones, or cut before given positions."""
    (axis,) = normal_axes(x, axis)
    length = raw(x).shape[axis]
    if isinstance(sections, int):
        if sections < 1 or length % sections:
            raise ShapeError(f"An axis of length {length} cannot be split into {sections} equal parts.")
        cuts = [length // sections * i for i in range(1, sections)]
    else:
        cuts = [int(cut) for cut in sections]
    before = (slice(None),) * axis
    return [x[(*before, slice(a, b))] for a, b in zip([0, *cuts], [*cuts, length], strict=True)]


def pad(x: Any, widths: int | Sequence[Any]) -> Any:
    """Return the array with zeros around it, ``widths`` as in NumPy: (before, after) for each axis."""
    ndim = raw(x).ndim
    pairs = np.broadcast_to(np.asarray(widths, dtype=int), (ndim, 2))
    if (pairs < 0).any():
        raise ShapeError(f"Padding cannot be negative: {widths}. Cut with an index instead, x[1:-1].")
    return apply(lookup("pad"), x, widths=tuple((int(a), int(b)) for a, b in pairs))


def repeat(x: Any, repeats: int, axis: int | None = None) -> Any:
    """Return the array with each element repeated along an axis; of the flattened array for None."""
    if axis is None:
        return repeat(reshape(x, (-1,)), repeats, 0)
    (axis,) = normal_axes(x, axis)
    return x[(slice(None),) * axis + (np.repeat(np.arange(raw(x).shape[axis]), repeats),)]


def flip(x: Any, axis: Axis = None) -> Any:
    """Return the array with the order along axes reversed."""
    axes = normal_axes(x, axis)
    return x[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(raw(x).ndim))]


def matmul(a: Any, b: Any) -> Any:
    """Return the product of matrices, vectors and stacks of matrices, as ``@`` does in NumPy."""
    na, nb = raw(a).ndim, raw(b).ndim
    if na == 0 or nb == 0:
        raise ShapeError(
            f"@ multiplies vectors and matrices, but the operands have shapes {raw(a).shape} and {raw(b).shape}. "
            "A single number multiplies with *."
        )
    if na > 1 and nb > 1:
        return apply(lookup("matmul"), a, b)
    row = reshape(a, (1, -1)) if na == 1 else a
    column = reshape(b, (-1, 1)) if nb == 1 else b
    if raw(row).shape[-1] != raw(column).shape[-2]:
        return apply(lookup("matmul"), a if na > 1 else row, b if nb > 1 else column)  # which raises, and says why
    product = apply(lookup("matmul"), row, column)
    shape = raw(product).shape
    shape = shape[:-1] if nb == 1 else shape
    if na == 1:
        shape = (*shape[: len(shape) - (1 if nb == 1 else 2)], *(() if nb == 1 else shape[-1:]))
    return reshape(product, shape)


def dot(a: Any, b: Any) -> Any:
    """Return NumPy's dot: a product with a number, of vectors, or over the last axis of a and the last but one of b."""
    na, nb = raw(a).ndim, raw(b).ndim
    if na == 0 or nb == 0:
        return a * b
    if nb <= 2:
        return matmul(a, b)
    letters = "abcdefghijklmnopqrstuvwxyz"
    left, right = letters[:na], letters[na : na + nb]
    right = right[:-2] + left[-1] + right[-1]
    from .einsum import einsum

    return einsum(f"{left},{right}->{left[:-1]}{right[:-2]}{right[-1]}", a, b)


def outer(a: Any, b: Any) -> Any:
    """Return the products of all pairs, of shape (a.size, b.size)."""
    return reshape(a, (-1, 1)) * reshape(b, (1, -1))


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
    if labels.dtype.kind not in "iu":
        raise OperandError(f"Labels are class indices, integers from 0 on, not {labels.dtype}.")
    classes = int(labels.max(initial=-1)) + 1 if classes is None else classes
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        raise OperandError(
            f"With {classes} classes the labels are 0 to {classes - 1}, but {labels.min()} to {labels.max()} were given."
        )
    return np.eye(classes)[labels]
