"""Check and convert the arguments of array functions: data, operands, axes, shapes and indices."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import AutogradError, GraphError, OperandError, OutOfRangeError, ShapeError
from ..graph.node import Node, apply, is_integer, kept
from ..records.primitive import lookup

Axis = int | Sequence[int] | None

PLACE = lookup("place")
FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
_ALL_AXES = tuple(tuple(range(n)) for n in range(8))
_LIST_OF_NODES = (
    "This list holds nodes. stack([...]) joins Values or Tensors into one Tensor through which gradients flow back to "
    "them; Tensor(...) takes plain numbers."
)


def float_type(dtype: Any) -> Any:
    """Return NumPy's dtype for float64 or float32, or None for any other type."""
    try:
        converted = None if dtype is None else np.dtype(dtype)  # NumPy reads None as float64
    except TypeError:  # unknown to NumPy
        return None
    return converted if converted in FLOATS else None


def as_array(data: Any, name: str = "data of a Tensor") -> Any:
    """Return a new array of floats with the numbers of ``data``.

    Raises
    ------
    OperandError
        For text, None, complex numbers, objects and lists of nodes.
    ShapeError
        For lists whose rows have different lengths.
    """
    if isinstance(data, Node):
        raise OperandError(
            f"The {name} must be numbers, not the node {data!r:.200}. Use the node as it is, x.detach() for a new leaf "
            "with the same numbers, or stack([...]) to join Values into one Tensor that keeps their history."
        )
    try:
        array = np.array(data)
    except ValueError:
        raise ShapeError(
            f"The {name} must be a rectangular array, but this nested list has rows of different lengths."
        ) from None
    except GraphError:  # a Tensor in a list
        raise OperandError(_LIST_OF_NODES) from None
    kind = array.dtype.kind
    if array.dtype in FLOATS:
        return array
    if kind in "iubf":
        return array.astype(np.float64)
    if kind == "O" and any(isinstance(x, Node) for x in array.flat):
        raise OperandError(_LIST_OF_NODES)
    reason = {"c": "complex numbers; derivatives here are real", "U": "text", "S": "text"}.get(kind, str(array.dtype))
    if kind == "O":
        objects = [x for x in array.flat if not isinstance(x, (int, float))]
        reason = f"objects such as {objects[0]!r:.60}" if objects else "objects"
    raise OperandError(
        f"The {name} is an array of floats, but this holds {reason}. "
        "Convert it first, for instance np.asarray(x, dtype=float)."
    )


def raw(x: Any) -> Any:
    """Return the array of a node, or an array of plain numbers."""
    return kept(x) if isinstance(x, Node) else np.asarray(x)


def as_operand(x: Any, name: str = "operand") -> Any:
    """Return an operand as a Tensor or an array; a Value becomes a recorded Tensor of shape ().

    Raises
    ------
    OperandError
        For objects that are not numbers, and for lists of nodes, which ``stack`` joins.
    """
    if isinstance(x, Node):
        return x if isinstance(raw(x), np.ndarray) else apply(PLACE, x, index=(), shape=())
    if isinstance(x, np.ndarray) and x.dtype.kind in "fiub":
        return x
    try:
        numbers = np.asarray(x)
    except ValueError:
        raise ShapeError(f"The {name} must be a rectangular array, but its rows have different lengths.") from None
    if numbers.dtype.kind not in "fiub":
        hint = "stack([...]) joins Values and Tensors into one Tensor." if _holds_node(x) else "Convert it to numbers."
        raise OperandError(
            f"The {name} must be a Tensor or an array of numbers, not the {type(x).__name__} {x!r}. {hint}"
        )
    return numbers


def _holds_node(x: Any) -> bool:
    return isinstance(x, Node) or (isinstance(x, (list, tuple)) and any(map(_holds_node, x)))


def as_operands(arrays: Any, name: str) -> list[Any]:
    """Return the operands of the function ``name``, which joins arrays."""
    if isinstance(arrays, (Node, str)) or not isinstance(arrays, (Sequence, np.ndarray)):
        raise OperandError(f"{name}() takes a list of arrays, {name}([a, b]), not a single {type(arrays).__name__}.")
    if not len(arrays):
        raise ShapeError(f"{name}() needs at least one array.")
    return [as_operand(x, f"operand of {name}()") for x in arrays]


def described(x: Any) -> str:
    """Return the type, label and shape of an operand, for error messages."""
    label = f" {x.label!r}" if isinstance(x, Node) and x.label else ""
    return f"{type(x).__name__ if isinstance(x, Node) else 'array'}{label} of shape {raw(x).shape}"


def as_integer(x: Any, name: str) -> int:
    """Return x as an int, or raise OperandError."""
    if not is_integer(x):
        raise OperandError(f"{name} is an integer, not the {type(x).__name__} {x!r}.")
    return int(operator.index(x))


def as_shape(shape: Any) -> tuple[int, ...]:
    """Return a shape as a tuple of ints."""
    lengths = shape if isinstance(shape, (tuple, list)) else (shape,)
    if not all(is_integer(n) for n in lengths):
        raise OperandError(f"A shape is an integer or a tuple of integers, not {shape!r}.")
    return tuple(operator.index(n) for n in lengths)


def copied_index(index: Any) -> Any:
    """Return an index whose lists and arrays are copies, so that later changes have no effect.

    Raises
    ------
    OperandError
        For Tensors, because they hold floats.
    """
    if isinstance(index, (int, slice)) or index is None or index is Ellipsis:
        return index
    if isinstance(index, tuple):
        return tuple([copied_index(part) for part in index])
    if isinstance(index, Node):
        raise OperandError(
            f"An index is made of integers, slices and arrays of integers or bool; the {described(index)} holds "
            "floats. Write t.numpy().astype(int) for positions; a comparison, t > 0, is a mask."
        )
    if isinstance(index, (list, np.ndarray)):
        try:
            copied = np.array(index)
        except ValueError:
            raise OutOfRangeError(f"{index!r:.100} is not an index: its rows have different lengths.") from None
        return copied if copied.size or not isinstance(index, list) else copied.astype(int)
    return operator.index(index) if isinstance(index, np.integer) else index


def normalized_axes(x: Any, axis: Axis) -> tuple[int, ...]:
    """Return axes as non-negative numbers in increasing order; None stands for all axes.

    Raises
    ------
    OperandError
        For an axis that is not an integer.
    ShapeError
        For an axis that the array does not have, or that appears twice.
    """
    ndim = raw(x).ndim
    if axis is None:
        return _ALL_AXES[ndim] if ndim < len(_ALL_AXES) else tuple(range(ndim))
    if type(axis) is int and -ndim <= axis < ndim:
        return (axis % ndim,)
    axes = tuple(sorted(normalized_axis(x, i) for i in (axis if isinstance(axis, (tuple, list)) else (axis,))))
    if len(set(axes)) != len(axes):
        raise ShapeError(f"The axes {axis} name one axis twice: axis -1 is axis {ndim - 1}.")
    return axes


def normalized_axis(x: Any, axis: Any, ndim: int | None = None) -> int:
    """Return one axis as a non-negative number; ``ndim`` replaces the number of axes of x."""
    axis = as_integer(axis, "An axis")
    ndim = int(raw(x).ndim) if ndim is None else ndim
    if not -ndim <= axis < ndim:
        axes = f"the axes are 0 to {ndim - 1}, or from the end -1 to -{ndim}" if ndim else "a single number has no axes"
        raise ShapeError(f"There is no axis {axis} in the {described(x)}: {axes}.")
    return int(axis % ndim)


def checked_apply(primitive: Any, *operands: Any, **params: Any) -> Any:
    """Apply an operation, and raise the same errors for plain arrays as for Tensors."""
    try:
        return apply(primitive, *operands, **params)
    except AutogradError:
        raise
    except ValueError as error:
        raise operand_error(primitive, operands, error) from None


def operand_error(primitive: Any, operands: Sequence[Any], error: Exception) -> Exception:
    """Return the error for operands that do not fit together, with their shapes and labels."""
    names = " and the ".join(described(x) for x in operands if np.ndim(raw(x)) or isinstance(x, Node))
    reason = str(error).splitlines()[0].rstrip(". ")
    if isinstance(error, IndexError):
        return OutOfRangeError(f"The {names} cannot be indexed like this: {reason}.")
    if primitive.name == "matmul":
        return ShapeError(
            f"@ cannot multiply the {names}: the last axis of the left operand and the last but one of the right must "
            "have the same length, and the axes before them must be equal or 1. Transpose or reshape one operand."
        )
    if primitive.name == "matmul_transposed":
        return ShapeError(
            f"X Wᵀ cannot multiply the {names}: their last axes must have the same length, since rows are multiplied "
            "with rows, and the axes before the last two must be equal or 1. For columns, write X @ W."
        )
    return ShapeError(
        f"{primitive.name} cannot be applied to the {names}: {reason}. Axes are compared from the last to the "
        "first and must be equal or 1. Reshape or transpose one operand."
    )
