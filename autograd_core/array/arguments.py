"""What array functions are given: operands, axes and shapes, brought into one form or refused in words."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import AutogradError, OperandError, OutOfRangeError, ShapeError
from ..graph.node import Node, apply, is_integer, kept
from ..records.primitive import lookup

__all__ = ["Axis", "array", "axes_of", "axis_of", "index_of", "integer", "lengths", "named", "raw", "several"]

Axis = int | Sequence[int] | None

PLACE = lookup("place")
_ALL = tuple(tuple(range(n)) for n in range(8))


def raw(x: Any) -> Any:
    """Return the numbers of a node or of an array."""
    return kept(x) if isinstance(x, Node) else np.asarray(x)


def array(x: Any, name: str = "operand") -> Any:
    """Return an operand as a Tensor or an array: a Value becomes a Tensor of shape () that remembers it.

    Raises
    ------
    OperandError
        For what holds no numbers, and for lists of nodes, which ``stack`` joins.
    """
    if isinstance(x, Node):
        return x if isinstance(raw(x), np.ndarray) else apply(PLACE, x, index=(), shape=())
    if isinstance(x, np.ndarray) and x.dtype.kind in "fiub":
        return x
    try:
        numbers = np.asarray(x)
    except ValueError:
        raise ShapeError(f"The {name} is a nested list whose rows have different lengths; an array has none.") from None
    if numbers.dtype.kind not in "fiub":
        hint = "stack([...]) joins Values and Tensors into one Tensor." if _holds_node(x) else "Convert it to numbers."
        raise OperandError(f"The {name} is a Tensor or an array of numbers, not the {type(x).__name__} {x!r}. {hint}")
    return numbers


def _holds_node(x: Any) -> bool:
    return isinstance(x, Node) or (isinstance(x, (list, tuple)) and any(_holds_node(each) for each in x))


def named(x: Any) -> str:
    """Return how an error message calls an operand, with its shape."""
    label = f" {x.label!r}" if isinstance(x, Node) and x.label else ""
    return f"{type(x).__name__ if isinstance(x, Node) else 'array'}{label} of shape {raw(x).shape}"


def several(arrays: Any, name: str) -> list[Any]:
    """Return the operands of a function that joins arrays."""
    if isinstance(arrays, (Node, str)) or not isinstance(arrays, (Sequence, np.ndarray)):
        raise OperandError(f"{name}() takes a list of arrays, {name}([a, b]), not a single {type(arrays).__name__}.")
    if not len(arrays):
        raise ShapeError(f"{name}() of no arrays has no shape. Give it at least one.")
    return [array(x, f"operand of {name}()") for x in arrays]


def integer(x: Any, what: str) -> int:
    """Return x as an int, or say that it is none."""
    if not is_integer(x):
        raise OperandError(f"{what} is an integer, not the {type(x).__name__} {x!r}.")
    position: int = operator.index(x)
    return position


def index_of(index: Any) -> Any:
    """Return an index that nobody can change any more: its lists and arrays are copied.

    Raises
    ------
    OperandError
        For Tensors, whose floats point nowhere.
    """
    if isinstance(index, (int, slice)) or index is None or index is Ellipsis:
        return index
    if isinstance(index, tuple):
        return tuple([index_of(part) for part in index])
    if isinstance(index, Node):
        raise OperandError(
            f"An index is made of integers, slices and arrays of integers or bool; the {named(index)} holds floats. "
            "Write t.numpy().astype(int) for positions; a comparison, t > 0, is a mask."
        )
    if isinstance(index, (list, np.ndarray)):
        try:
            copied = np.array(index)
        except ValueError:
            raise OutOfRangeError(f"{index!r:.100} is no index: its rows have different lengths.") from None
        return copied if copied.size or not isinstance(index, list) else copied.astype(int)
    return operator.index(index) if isinstance(index, np.integer) else index


def axes_of(x: Any, axis: Axis) -> tuple[int, ...]:
    """Return axes as non-negative numbers in increasing order; all of them for None.

    Raises
    ------
    OperandError
        For an axis that is not an integer.
    ShapeError
        For one that the array does not have, or that is named twice.
    """
    ndim = raw(x).ndim
    if axis is None:
        return _ALL[ndim] if ndim < len(_ALL) else tuple(range(ndim))
    if type(axis) is int and -ndim <= axis < ndim:
        return (axis % ndim,)
    axes = tuple(sorted(_counted(x, each) for each in (axis if isinstance(axis, (tuple, list)) else (axis,))))
    if len(set(axes)) != len(axes):
        raise ShapeError(f"The axes {axis} name one axis twice, since axis -1 is axis {ndim - 1}.")
    return axes


def axis_of(x: Any, axis: Any, ndim: int | None = None) -> int:
    """Return one axis as a non-negative number, among those of x or among ``ndim``."""
    return _counted(x, axis, ndim)


def _counted(x: Any, axis: Any, ndim: int | None = None) -> int:
    axis = integer(axis, "An axis")
    ndim = int(raw(x).ndim) if ndim is None else ndim
    if not -ndim <= axis < ndim:
        axes = f"the axes are 0 to {ndim - 1}, or from the end -1 to -{ndim}" if ndim else "a single number has no axes"
        raise ShapeError(f"There is no axis {axis} in the {named(x)}: {axes}.")
    return int(axis % ndim)


def lengths(shape: Any, what: str = "shape") -> tuple[int, ...]:
    """Return a shape as a tuple of ints."""
    wanted = shape if isinstance(shape, (tuple, list)) else (shape,)
    if not all(is_integer(n) for n in wanted):
        raise OperandError(f"A {what} is an integer or a tuple of integers, not {shape!r}.")
    return tuple(operator.index(n) for n in wanted)


def applied(primitive: Any, *operands: Any, **params: Any) -> Any:
    """Apply an operation; where plain arrays do not fit together, the error is ours, as it is for Tensors."""
    try:
        return apply(primitive, *operands, **params)
    except AutogradError:
        raise
    except ValueError as error:
        raise misfit(primitive, operands, error) from None


def misfit(primitive: Any, operands: Sequence[Any], error: Exception) -> Exception:
    """Say which operands of an operation do not fit together, with their shapes and labels."""
    told = " and the ".join(named(x) for x in operands if np.ndim(raw(x)) or isinstance(x, Node))
    if isinstance(error, IndexError):
        return OutOfRangeError(f"The {told} cannot be indexed like this: {_reason(error)}.")
    if primitive.name == "matmul":
        return ShapeError(
            f"@ cannot multiply the {told}: the last axis of the left operand and the last but one of the right must "
            "have one length, and the axes before them must be equal or 1. Transpose or reshape one operand."
        )
    if primitive.name == "matmul_transposed":
        return ShapeError(
            f"X Wᵀ cannot multiply the {told}: their last axes must have one length, since rows are multiplied with "
            "rows, and the axes before the last two must be equal or 1. For columns, write X @ W."
        )
    return ShapeError(
        f"{primitive.name} cannot be applied to the {told}: {_reason(error)}. Axes are compared from the last to the "
        "first and must be equal or 1; reshape or transpose one operand so that they are."
    )


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(". ")
