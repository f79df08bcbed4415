"""Functions of sequences of Values, composed of the records: what a neuron's owner writes by hand.

Exponential sums are arranged by the numbers they are given, as in ``array_softmax``, so that first derivatives are
accurate too. Every arrangement is an identity: a traced program keeps one and stays right for other inputs, until an
exponential overflows where a difference exceeds 709.

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

__all__ = [
    "cross_entropy",
    "log_softmax",
    "logsumexp",
    "mean",
    "norm",
    "prod",
    "softmax",
    "sum",
]


def _sequence(given: Any, name: str, scalars: bool = False) -> list[Any]:
    """Return the operands of a composition as a list, or say what was expected."""
    if isinstance(given, (Node, int, float, str, dict)) or not hasattr(given, "__iter__"):
        raise OperandError(
            f"{name}() takes an array or a sequence of Values, {name}([a, b, c]), not the {type(given).__name__} "
            f"{given!r}."
        )
    values = list(given)
    if not values:
        raise ShapeError(f"{name}() of an empty sequence has no value. Give it at least one Value.")
    for x in values:
        if isinstance(x, Node):
            if scalars and not isinstance(kept(x), float):
                raise OperandError(f"{name}() takes a sequence of numbers and Values; stack([...]) joins Tensors.")
        elif not isinstance(x, (int, float, np.number, np.bool_)) and (scalars or not isinstance(x, np.ndarray)):
            raise OperandError(
                f"{name}() takes a sequence of numbers and Values, which holds no {type(x).__name__}: {x!r:.80}. "
                f"For nested lists make an array first, {name}(np.array(...)) or {name}(stack(...))."
            )
    return values


def sum(values: Sequence[Any]) -> Any:  # the field's word, inside this module's namespace
    """Return the sum, added from left to right.

    >>> sum([1.0, 2.0, 3.0])
    6.0
    """
    total, *rest = _sequence(values, "sum")
    for x in rest:
        total = total + x
    return total


def mean(values: Sequence[Any]) -> Any:
    """Return the arithmetic mean.

    >>> mean([1.0, 2.0, 6.0])
    3.0
    """
    values = _sequence(values, "mean")
    return sum(values) / float(len(values))


def prod(values: Sequence[Any]) -> Any:
    """Return the product; its gradient is right when factors are zero, since no factor is divided out.

    >>> from autograd_core import Value
    >>> x = [Value(0.0), Value(2.0), Value(3.0)]
    >>> prod(x).backward()
    >>> [v.grad for v in x]
    [6.0, 0.0, 0.0]
    """
    product, *rest = _sequence(values, "prod")
    for x in rest:
        product = product * x
    return product


def norm(values: Sequence[Any]) -> Any:
    """Return the Euclidean norm, scaled so that squares neither overflow nor vanish; its gradient at 0 is 0.

    >>> norm([3e200, 4e200])
    5e+200
    """
    values = _sequence(values, "norm", scalars=True)
    if len(values) == 1:
        return m.abs(values[0])
    length, *rest = values
    for x in rest:
        length = m.hypot(length, x)
    return length


def _number(x: Any) -> float:
    return float(kept(x))


class Anchored(NamedTuple):
    """Values beside the anchor of their exponential sum, chosen as in ``array_softmax``."""

    differences: list[Any]  # x - anchor; 0.0 for the anchor itself
    anchor: Any
    pivot: int | None  # the position of a value that is its own anchor, since it is over half of the sum


def _anchored(values: list[Any]) -> Anchored:
    numbers = [_number(x) for x in values]
    top = _largest(numbers)
    largest = numbers[top]
    constant = largest if math.isfinite(largest) else 0.0
    total = math.fsum(exp(x - constant) for x in numbers) if math.isfinite(largest) else math.inf
    if numbers.count(largest) == 1 and (total < 2.0 or largest == math.inf):
        anchor = values[top]
        return Anchored([_less(x, anchor) if i != top else 0.0 for i, x in enumerate(values)], anchor, top)
    return Anchored([_less(x, constant) for x in values], constant, None)


def _less(x: Any, y: Any) -> Any:
    return x if type(y) is float and y == 0.0 else x - y


def _largest(numbers: list[float]) -> int:
    """Return the position of the first maximum; a nan is larger than all, so that it is not lost."""
    best = 0
    for i, x in enumerate(numbers):
        if x > numbers[best] or x != x:
            best = i
    return best


def _log_sum(of: Anchored) -> Any:
    """Return log Σ exp of the differences."""
    terms = [m.exp(d) for i, d in enumerate(of.differences) if i != of.pivot]
    if of.pivot is None:
        return m.log(sum(terms))
    return m.log1p(sum(terms)) if terms else 0.0


def logsumexp(values: Sequence[Any]) -> Any:
    """Return log Σ exp(xᵢ), which neither overflows nor loses the small terms.

    >>> round(logsumexp([1000.0, 1000.0]), 10)
    1000.6931471806
    """
    values = _sequence(values, "logsumexp", scalars=True)
    of = _anchored(values)
    if len(values) == 1:
        return values[0]
    log_sum = _log_sum(of)
    return log_sum if type(of.anchor) is float and of.anchor == 0.0 else of.anchor + log_sum


def softmax(values: Sequence[Any]) -> list[Any]:
    """Return exp(xᵢ) / Σ exp(xⱼ), without overflow.

    >>> softmax([1000.0, 0.0, -1000.0])
    [1.0, 0.0, 0.0]
    """
    values = _sequence(values, "softmax", scalars=True)
    of = _anchored(values)
    if of.pivot is not None and len(values) == 1:
        return [m.exp(m.flat(values[0]))]  # 1, whatever the value is, and still a node of the graph
    terms = [1.0 if i == of.pivot else m.exp(d) for i, d in enumerate(of.differences)]
    total = sum(terms)
    return [m.div(term, total) for term in terms]


def log_softmax(values: Sequence[Any]) -> list[Any]:
    """Return xᵢ - logsumexp(x), each without cancellation.

    >>> log_softmax([0.0, 40.0])
    [-40.0, -4.248354255291589e-18]
    """
    values = _sequence(values, "log_softmax", scalars=True)
    of = _anchored(values)
    if of.pivot is not None and len(values) == 1:
        return [m.flat(values[0])]
    log_sum = _log_sum(of)
    return [-log_sum if i == of.pivot else d - log_sum for i, d in enumerate(of.differences)]


def cross_entropy(logits: Sequence[Any], target: int) -> Any:
    """Return -log softmax(logits)[target], accurate also where the target is almost certain.

    It is log Σ exp(xᵢ - x_target), whose own term is the constant 1. So neither the loss nor its derivative by the
    logit of the target is the difference of two numbers near one another.

    Parameters
    ----------
    logits : sequence of Value or float
        The unnormalised log-probabilities.
    target : int
        The index of the true class.

    >>> from autograd_core import Value
    >>> z = [Value(0.0), Value(40.0)]
    >>> loss = cross_entropy(z, 1)
    >>> loss.backward()
    >>> loss.data, z[1].grad
    (4.248354255291589e-18, -4.248354255291589e-18)
    """
    logits = _sequence(logits, "cross_entropy", scalars=True)
    if not is_integer(target) or not 0 <= target < len(logits):
        raise OperandError(
            f"The target is the index of the true class, an integer from 0 to {len(logits) - 1}, not {target!r}."
        )
    if len(logits) == 1:
        return m.flat(logits[0])
    return logsumexp([z - logits[target] if i != target else 0.0 for i, z in enumerate(logits)])
