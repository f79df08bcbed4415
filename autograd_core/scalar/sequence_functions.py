"""Define functions of sequences of Values, composed of the recorded operations.

Exponential sums choose their anchor by the numbers, as in ``array.softmax``, so that first derivatives are accurate
too. Every choice is mathematically equal. So a traced program keeps one choice and stays right for other inputs, until
a difference exceeds 709 and its exponential overflows.

>>> from autograd_core import Value
>>> [round(p.data, 4) for p in softmax([Value(1.0), Value(2.0), Value(0.0)])]
[0.2447, 0.6652, 0.09]
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import OperandError, ShapeError
from ..graph.node import Node, is_integer, kept
from ..readings.algebra import nodes as m
from ..records.kernels.scalar import exp


def _as_list(sequence: Any, name: str, scalars: bool = False) -> list[Any]:
    """Return the operands of the function ``name`` as a list; with ``scalars``, arrays raise an error."""
    if isinstance(sequence, (Node, int, float, str, dict)) or not hasattr(sequence, "__iter__"):
        raise OperandError(
            f"{name}() takes an array or a sequence of Values, {name}([a, b, c]), not the {type(sequence).__name__} "
            f"{sequence!r}."
        )
    values = list(sequence)
    if not values:
        raise ShapeError(f"{name}() needs at least one Value; the sequence is empty.")
    for x in values:
        if isinstance(x, Node):
            if scalars and not isinstance(kept(x), float):
                raise OperandError(f"{name}() takes a sequence of numbers and Values; stack([...]) joins Tensors.")
        elif not isinstance(x, (int, float, np.number, np.bool_)) and (scalars or not isinstance(x, np.ndarray)):
            raise OperandError(
                f"{name}() takes a sequence of numbers and Values, not of {type(x).__name__}: {x!r:.80}. "
                f"For nested lists make an array first: {name}(np.array(...)) or {name}(stack(...))."
            )
    return values


def sum(values: Sequence[Any]) -> Any:
    """Return the sum, computed from left to right.

    >>> sum([1.0, 2.0, 3.0])
    6.0
    """
    total, *rest = _as_list(values, "sum")
    for x in rest:
        total = total + x
    return total


def mean(values: Sequence[Any]) -> Any:
    """Return the arithmetic mean.

    >>> mean([1.0, 2.0, 6.0])
    3.0
    """
    values = _as_list(values, "mean")
    return sum(values) / float(len(values))


def prod(values: Sequence[Any]) -> Any:
    """Return the product; its gradient is right for zero factors, because no factor is divided out.

    >>> from autograd_core import Value
    >>> x = [Value(0.0), Value(2.0), Value(3.0)]
    >>> prod(x).backward()
    >>> [v.grad for v in x]
    [6.0, 0.0, 0.0]
    """
    product, *rest = _as_list(values, "prod")
    for x in rest:
        product = product * x
    return product


def norm(values: Sequence[Any]) -> Any:
    """Return the Euclidean norm without overflow or underflow; its gradient at 0 is 0.

    >>> norm([3e200, 4e200])
    5e+200
    """
    values = _as_list(values, "norm", scalars=True)
    if len(values) == 1:
        return m.abs(values[0])
    length, *rest = values
    for x in rest:
        length = m.hypot(length, x)
    return length


class Anchored(NamedTuple):
    """The differences of Values and the anchor of their exponential sum, as in ``array.softmax``."""

    differences: list[Any]  # x - anchor; 0.0 for the anchor itself
    anchor: Any
    pivot: int | None  # the position of the value that is the anchor, if its term is more than half of the sum


def _anchored(values: list[Any]) -> Anchored:
    numbers = [float(kept(x)) for x in values]
    top = _largest(numbers)
    largest = numbers[top]
    constant = largest if math.isfinite(largest) else 0.0
    total = math.fsum(exp(x - constant) for x in numbers) if math.isfinite(largest) else math.inf
    if numbers.count(largest) == 1 and (total < 2.0 or largest == math.inf):
        anchor = values[top]
        return Anchored([_minus(x, anchor) if i != top else 0.0 for i, x in enumerate(values)], anchor, top)
    return Anchored([_minus(x, constant) for x in values], constant, None)


def _minus(x: Any, y: Any) -> Any:
    return x if type(y) is float and y == 0.0 else x - y


def _largest(numbers: list[float]) -> int:
    """Return the position of the first maximum; a nan counts as the largest, as in NumPy."""
    best = 0
    for i, x in enumerate(numbers):
        if x > numbers[best] or x != x:
            best = i
    return best


def _log_sum(anchored: Anchored) -> Any:
    """Return log Σ exp of the differences."""
    terms = [m.exp(d) for i, d in enumerate(anchored.differences) if i != anchored.pivot]
    if anchored.pivot is None:
        return m.log(sum(terms))
    return m.log1p(sum(terms)) if terms else 0.0


def logsumexp(values: Sequence[Any]) -> Any:
    """Return log Σ exp(xᵢ) without overflow, and accurate for small terms.

    >>> round(logsumexp([1000.0, 1000.0]), 10)
    1000.6931471806
    """
    values = _as_list(values, "logsumexp", scalars=True)
    anchored = _anchored(values)
    if len(values) == 1:
        return values[0]
    log_sum = _log_sum(anchored)
    return log_sum if type(anchored.anchor) is float and anchored.anchor == 0.0 else anchored.anchor + log_sum


def softmax(values: Sequence[Any]) -> list[Any]:
    """Return exp(xᵢ) / Σ exp(xⱼ), without overflow.

    >>> softmax([1000.0, 0.0, -1000.0])
    [1.0, 0.0, 0.0]
    """
    values = _as_list(values, "softmax", scalars=True)
    anchored = _anchored(values)
    if anchored.pivot is not None and len(values) == 1:
        return [m.exp(m.flat(values[0]))]  # the constant 1, still a node of the graph
    terms = [1.0 if i == anchored.pivot else m.exp(d) for i, d in enumerate(anchored.differences)]
    total = sum(terms)
    return [m.div(term, total) for term in terms]


def log_softmax(values: Sequence[Any]) -> list[Any]:
    """Return xᵢ - logsumexp(x), each without cancellation.

    >>> log_softmax([0.0, 40.0])
    [-40.0, -4.248354255291589e-18]
    """
    values = _as_list(values, "log_softmax", scalars=True)
    anchored = _anchored(values)
    if anchored.pivot is not None and len(values) == 1:
        return [m.flat(values[0])]
    log_sum = _log_sum(anchored)
    return [-log_sum if i == anchored.pivot else d - log_sum for i, d in enumerate(anchored.differences)]


def cross_entropy(logits: Sequence[Any], target: int) -> Any:
    """Return -log softmax(logits)[target], accurate also for a probability near 1.

    It is log Σ exp(xᵢ - x_target), where the term of the target is the constant 1. So neither the loss nor its
    derivative by the logit of the target is the difference of two nearly equal numbers.

    Parameters
    ----------
    logits : sequence of Value or float
        The unnormalized log-probabilities.
    target : int
        The index of the true class.

    >>> from autograd_core import Value
    >>> z = [Value(0.0), Value(40.0)]
    >>> loss = cross_entropy(z, 1)
    >>> loss.backward()
    >>> loss.data, z[1].grad
    (4.248354255291589e-18, -4.248354255291589e-18)
    """
    logits = _as_list(logits, "cross_entropy", scalars=True)
    if not is_integer(target) or not 0 <= target < len(logits):
        raise OperandError(
            f"The target is the index of the true class, an integer from 0 to {len(logits) - 1}, not {target!r}."
        )
    if len(logits) == 1:
        return m.flat(logits[0])
    return logsumexp([z - logits[target] if i != target else 0.0 for i, z in enumerate(logits)])
