"""Convert between Values and Tensors: ``stack`` joins Values into a Tensor, ``unstack`` splits a Tensor into Values.

Both are recorded, so gradients flow in either direction.

>>> from autograd_core import Value
>>> a, b = Value(3.0), Value(4.0)
>>> x, y = unstack(stack([a, b]) ** 2.0)
>>> (x + y).backward()
>>> a.grad, b.grad
(6.0, 8.0)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import OperandError, ShapeError
from ..graph.node import Node, apply
from ..records.primitive import lookup
from ..scalar.value import Value
from . import functions as af
from .tensor import Tensor, from_values


def stack(values: Any, axis: int = 0) -> Tensor:
    """Return a Tensor whose elements are Values, numbers, or Tensors of one shape along a new axis.

    Parameters
    ----------
    values : (nested) sequence of Values and numbers, or sequence of Tensors
    axis : int
        The position of the new axis, for Tensors.

    Returns
    -------
    Tensor
        Of the shape of the nested sequence; gradients flow back to every Value.

    Raises
    ------
    ShapeError
        For an empty or ragged sequence.

    Examples
    --------
    >>> stack([[Value(1.0), 2.0], [3.0, 4.0]]).shape
    (2, 2)
    """
    if isinstance(values, Node) or not isinstance(values, (list, tuple)):
        raise OperandError(f"stack() takes a list of Values or Tensors, not the {type(values).__name__} {values!r}.")
    if any(isinstance(x, (Tensor, np.ndarray)) for x in values):
        tensor: Tensor = af.stack_arrays([x if isinstance(x, Tensor) else Tensor(x) for x in values], axis)
        return tensor
    flat, shape = _flatten(values)
    tensor = from_values(lookup("join"), tuple(x if isinstance(x, Value) else Value(x) for x in flat))
    return tensor if len(shape) == 1 else af.reshape(tensor, shape)


def _flatten(values: Any) -> tuple[list[Any], tuple[int, ...]]:
    """Return the elements of a rectangular nested sequence, and its shape."""
    if not values:
        raise ShapeError("stack() needs at least one Value.")
    if not any(isinstance(x, (list, tuple)) for x in values):
        return list(values), (len(values),)
    rows = [_flatten(x) if isinstance(x, (list, tuple)) else ([x], ()) for x in values]
    shapes = {shape for _, shape in rows}
    if len(shapes) > 1:
        raise ShapeError(f"stack() takes a rectangular nested list; its rows have shapes {sorted(shapes)}.")
    return [x for row, _ in rows for x in row], (len(rows), *shapes.pop())


def unstack(tensor: Any) -> Any:
    """Return the elements of a Tensor as Values, in nested lists of its shape; one Value for a 0-d Tensor.

    Parameters
    ----------
    tensor : Tensor

    Returns
    -------
    list of (list of) Values, or Value
        Gradients flow back into the elements of the Tensor.

    Examples
    --------
    >>> t = Tensor([[1.0, 2.0]], requires_grad=True)
    >>> [[a, b]] = unstack(t)
    >>> (a * b).backward()
    >>> t.grad.tolist()
    [[2.0, 1.0]]
    """
    if not isinstance(tensor, Tensor):
        raise OperandError(f"unstack() takes a Tensor, not the {type(tensor).__name__} {tensor!r}.")
    pick = lookup("pick")

    def nested(index: tuple[int, ...]) -> Any:
        if len(index) == tensor.ndim:
            return apply(pick, tensor, index=index)
        return [nested((*index, i)) for i in range(tensor.shape[len(index)])]

    return nested(())
