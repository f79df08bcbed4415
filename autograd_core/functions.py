"""Provide functions of numbers, Values and Tensors under their usual names.

Every pointwise record of the table is a function here: ``tanh(x)`` gives a float for a float, an array for an array,
and a recorded node for a node. Adding a record adds its function. The others take an array (a Tensor or a NumPy array)
with NumPy's arguments, or a sequence of Values.

>>> from autograd_core import Value, functions as F
>>> F.exp(0.0), F.exp(Value(0.0)).data
(1.0, 1.0)
>>> [round(p.data, 4) for p in F.softmax([Value(1.0), Value(2.0), Value(0.0)])]
[0.2447, 0.6652, 0.09]
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .array import functions as _arrays
from .array import softmax as _softmax
from .array.einsum import einsum
from .array.functions import (
    argmax,
    argmin,
    broadcast_to,
    concatenate,
    cumsum,
    dot,
    expand_dims,
    flip,
    matmul,
    matmul_transposed,
    one_hot,
    outer,
    pad,
    permute,
    repeat,
    reshape,
    split,
    squeeze,
    std,
    swapaxes,
    var,
)
from .array.stacking import stack, unstack
from .array.tensor import Tensor
from .errors import ShapeError
from .graph.node import Node
from .readings.operation import Operation, register
from .records.primitive import TABLE, Pointwise, lookup
from .scalar import sequence_functions as _values

__all__ = [
    "Operation",
    "argmax",
    "argmin",
    "broadcast_to",
    "concatenate",
    "cross_entropy",
    "cumsum",
    "dot",
    "einsum",
    "expand_dims",
    "flip",
    "log_softmax",
    "logsumexp",
    "matmul",
    "matmul_transposed",
    "max",
    "mean",
    "min",
    "norm",
    "one_hot",
    "outer",
    "pad",
    "permute",
    "prod",
    "register",
    "repeat",
    "reshape",
    "softmax",
    "split",
    "squeeze",
    "stack",
    "std",
    "sum",
    "swapaxes",
    "transpose",
    "unstack",
    "var",
]

transpose = permute

Axis = _arrays.Axis


def _chosen(name: str, x: Any, axis: Any, default: Any = None, keepdims: bool = False) -> Any:
    """Return the array function called ``name``, or None for a sequence of Values, which has no axes."""
    if isinstance(x, (Tensor, np.ndarray)):
        return getattr(_softmax, name, None) or getattr(_arrays, name)
    if axis != default or keepdims:
        raise ShapeError(
            f"A {type(x).__name__} has no axes, so {name}() cannot take axis or keepdims for it. Make an array first: "
            "np.array(x) of numbers, stack(x) of Values or Tensors."
        )
    return None


def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the sum of an array over axes, or of a sequence of Values from left to right.

    >>> sum([1.0, 2.0, 3.0])
    6.0
    """
    of_array = _chosen("sum", x, axis, None, keepdims)
    return of_array(x, axis, keepdims) if of_array else _values.sum(x)


def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the arithmetic mean of an array over axes, or of a sequence of Values.

    >>> mean([1.0, 2.0, 6.0])
    3.0
    """
    of_array = _chosen("mean", x, axis, None, keepdims)
    return of_array(x, axis, keepdims) if of_array else _values.mean(x)


def prod(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the product; its gradient is right where factors are zero."""
    of_array = _chosen("prod", x, axis, None, keepdims)
    return of_array(x, axis, keepdims) if of_array else _values.prod(x)


def max(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the maximum of an array over axes, or of a sequence of Values; k that tie share the gradient, 1/k each.

    >>> from autograd_core import Value
    >>> x = [Value(3.0), Value(3.0), Value(1.0)]
    >>> max(x).backward()
    >>> [v.grad for v in x]
    [0.5, 0.5, 0.0]
    """
    of_array = _chosen("max", x, axis, None, keepdims)
    return of_array(x, axis, keepdims) if of_array else _extreme(_arrays.max, x)


def min(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the minimum of an array over axes, or of a sequence of Values; k that tie share the gradient, 1/k each."""
    of_array = _chosen("min", x, axis, None, keepdims)
    return of_array(x, axis, keepdims) if of_array else _extreme(_arrays.min, x)


def _extreme(of_array: Any, values: Any) -> Any:
    """Return the extreme of a sequence: a Value, or a float if it contains only numbers."""
    extreme = unstack(of_array(stack(values)))
    return extreme if any(isinstance(x, Node) for x in values) else extreme.data


def norm(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the Euclidean norm without overflow or underflow of squares; its gradient at 0 is 0.

    >>> norm([3e200, 4e200])
    5e+200
    """
    of_array = _chosen("norm", x, axis, None, keepdims)
    return of_array(x, axis, keepdims) if of_array else _values.norm(x)


def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return log Σ exp(xᵢ), without overflow and without losing the small terms.

    >>> round(logsumexp([1000.0, 1000.0]), 10)
    1000.6931471806
    """
    of_array = _chosen("logsumexp", x, axis, None, keepdims)
    return of_array(x, axis, keepdims) if of_array else _values.logsumexp(x)


def softmax(x: Any, axis: int = -1) -> Any:
    """Return exp(xᵢ) / Σ exp(xⱼ) along an axis, or of a sequence of Values, without overflow.

    >>> softmax([1000.0, 0.0, -1000.0])
    [1.0, 0.0, 0.0]
    """
    of_array = _chosen("softmax", x, axis, -1)
    return of_array(x, axis) if of_array else _values.softmax(x)


def log_softmax(x: Any, axis: int = -1) -> Any:
    """Return xᵢ - logsumexp(x), each without cancellation.

    >>> log_softmax([0.0, 40.0])
    [-40.0, -4.248354255291589e-18]
    """
    of_array = _chosen("log_softmax", x, axis, -1)
    return of_array(x, axis) if of_array else _values.log_softmax(x)


def cross_entropy(logits: Any, target: Any) -> Any:
    """Return -log softmax(logits)[target], accurate also for an almost certain target.

    Parameters
    ----------
    logits : sequence of Values, or Tensor of shape (..., classes)
        The unnormalized log-probabilities.
    target : int, or integer array of shape (...)
        The index of the true class.

    Returns
    -------
    Value, or Tensor of shape (...)
        One loss for each sample.

    >>> cross_entropy([0.0, 40.0], 1)
    4.248354255291589e-18
    """
    of_array = _chosen("cross_entropy", logits, None)
    return of_array(logits, target) if of_array else _values.cross_entropy(logits, target)


#: the functions of records made so far; separate from the module's namespace, where ``abs`` and ``round`` are Python's
_operations: dict[str, Operation] = {}


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    primitive = lookup(name)
    if not isinstance(primitive, Pointwise):
        raise AttributeError(f"{name} is an operation on arrays that is not called by itself; see dir(functions).")
    known = _operations.get(name)
    if known is None or known.primitive is not primitive:
        known = _operations[name] = Operation(primitive)
    return known


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name, each in TABLE.items() if isinstance(each, Pointwise))})
