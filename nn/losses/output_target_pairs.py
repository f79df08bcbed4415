"""Pair outputs with targets, for Values and for Tensors, so that each loss is written once.

A loss is an elementwise formula and a reduction. For Values, the formula is applied to each pair of output and target;
for a Tensor, to all elements at once. So both are a list of pairs: many, or one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_core import Value, functions
from autograd_core.graph.node import Node, number

from ..errors import DataError, OperandError, OptionError, ShapeError

#: Accepted values of ``reduction=``; losses with a factor ½ in books also accept "half_sum".
REDUCTIONS = ("mean", "sum", "none")


def is_tensor(x: Any) -> bool:
    """Return whether x is a node that holds an array."""
    return isinstance(x, Node) and not isinstance(x, Value)


def shape_of(x: Any, name: str) -> tuple[int, ...]:
    """Return the shape of an array, a Tensor, or nested sequences of numbers and Values.

    >>> shape_of([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], "example")
    (3, 2)
    """
    if isinstance(x, np.ndarray) or is_tensor(x):
        return tuple(x.shape)
    if not isinstance(x, (list, tuple)):
        return ()
    if not x:
        raise DataError(f"{name} of nothing has no value: the {type(x).__name__} of outputs or targets is empty.")
    inner = [shape_of(e, name) for e in x]
    if any(s != inner[0] for s in inner):
        raise ShapeError(f"{name} needs rows of one length, but they have the shapes {sorted(set(inner))}.")
    return (len(x), *inner[0])


def flat(x: Any) -> list[Any]:
    """Return the numbers and nodes of nested sequences, row by row."""
    if isinstance(x, np.ndarray):
        return x.ravel().tolist()
    if isinstance(x, (list, tuple)):
        return [e for row in x for e in flat(row)]
    return [x]


def elementwise(name: str, formula: Callable[[Any, Any], Any], output: Any, target: Any, reduction: str) -> Any:
    """Apply a formula to each output and its target, and reduce.

    Parameters
    ----------
    name : str
        The name of the loss, for messages.
    formula : callable
        ``formula(output, target)`` on Values and numbers, or on a Tensor and an array.
    output, target : Value, Tensor, number, array, or nested lists of Values and numbers
        Of one shape; nothing is broadcast.
    reduction : str
        "mean", "sum", "half_sum" or "none".
    """
    output, target = _plain(output), _plain(target)
    shape, target_shape = shape_of(output, name), shape_of(target, name)
    if shape != target_shape:
        raise ShapeError(
            f"{name} compares each output with its target, but there are outputs of shape {shape} and targets of "
            f"shape {target_shape}. {_cure(shape, target_shape)}"
        )
    if is_tensor(output) or is_tensor(target):
        if 0 in shape:
            raise DataError(f"{name} of an empty batch has no value: the outputs have shape {shape}.")
        return reduced([formula(output, _floats(target, name, output))], reduction, shape)
    pairs = zip(flat(output), map(_number, flat(target)), strict=True)
    return reduced([formula(o, t) for o, t in pairs], reduction, shape)


def reduced(terms: list[Any], reduction: str, shape: tuple[int, ...]) -> Any:
    """Return the mean, the sum, half the sum, or the terms themselves in a shape."""
    tensor = len(terms) == 1 and is_tensor(terms[0])
    if reduction == "none":
        return terms[0] if tensor else _shaped(terms, shape)
    total = functions.sum(terms[0] if tensor else terms)
    if reduction == "mean":
        return total / float(np.prod(shape))
    if reduction == "half_sum":
        return total / 2.0
    return total


def check_reduction(reduction: Any, name: str, half: bool = False) -> None:
    """Raise an error for an unknown reduction, before anything is computed."""
    known = (*REDUCTIONS, "half_sum") if half else REDUCTIONS
    if reduction not in known:
        raise OptionError(f"{name} reduces by {', '.join(map(repr, known))}, not by {reduction!r}.")


def _shaped(terms: list[Any], shape: tuple[int, ...]) -> Any:
    if not shape:
        return terms[0]
    if len(shape) == 1:
        return terms
    width = len(terms) // shape[0]
    return [_shaped(terms[i * width : (i + 1) * width], shape[1:]) for i in range(shape[0])]


def _plain(x: Any) -> Any:
    """Return sequences of any kind as lists."""
    if isinstance(x, (list, tuple, np.ndarray, Node, str, bytes)) or not hasattr(x, "__iter__"):
        return x
    return list(x)


def _number(x: Any) -> Any:
    return x if isinstance(x, Node) else number(x, "target")


def _floats(x: Any, name: str, output: Any) -> Any:
    """Return targets as a float array of the output's type; a Tensor is returned unchanged."""
    if isinstance(x, Node):
        return x
    array = np.asarray(x)
    if array.dtype.kind not in "iufb":
        raise OperandError(f"{name} compares numbers, but the targets are of type {array.dtype}.")
    return array.astype(output.dtype if is_tensor(output) else np.float64, copy=False)


def _cure(shape: tuple[int, ...], target_shape: tuple[int, ...]) -> str:
    if np.prod(shape) == np.prod(target_shape):
        return f"They are as many: reshape one of them, for instance numpy.reshape(target, {shape})."
    return "They must be of one shape: nothing is broadcast or cut off."
