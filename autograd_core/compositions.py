"""Functions of sequences of Values, composed of the records: what a neuron's owner writes by hand.

>>> from autograd_core import Value
>>> [round(p.data, 4) for p in softmax([Value(1.0), Value(2.0), Value(0.0)])]
[0.2447, 0.6652, 0.09]
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .errors import OperandError, ShapeError
from .node import Node, apply
from .primitive import lookup

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


def _sequence(values: Any, name: str) -> list[Any]:
    """Return the operands of a composition as a list, or say what was expected."""
    if isinstance(values, (Node, int, float)):
        raise OperandError(f"{name} takes a sequence of Values, {name}([a, b, c]), not the single {values!r}.")
    values = list(values)
    if not values:
        raise ShapeError(f"{name} of an empty sequence has no value. Give it at least one Value.")
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
    values = _sequence(values, "norm")
    if len(values) == 1:
        return apply(lookup("abs"), values[0])
    hypot = lookup("hypot")
    length, *rest = values
    for x in rest:
        length = apply(hypot, length, x)
    return length


def _number(x: Any) -> float:
    return x.data if isinstance(x, Node) else x


def _largest(values: list[Any]) -> int:
    """Return the position of the first maximum; a nan is larger than all, so that it is not lost."""
    best = 0
    for i, x in enumerate(values):
        if _number(x) > _number(values[best]) or _number(x) != _number(x):
            best = i
    return best


def logsumexp(values: Sequence[Any]) -> Any:
    """Return log Σ exp(xᵢ) as max + log1p(Σ of the others), which neither overflows nor loses the small terms.

    >>> round(logsumexp([1000.0, 1000.0]), 10)
    1000.6931471806
    """
    values = _sequence(values, "logsumexp")
    top = _largest(values)
    largest, others = values[top], values[:top] + values[top + 1 :]
    if not others or math.isinf(_number(largest)):
        return sum(values) if len(values) == 1 else _infinite(values, largest)
    return largest + apply(lookup("log1p"), sum([apply(lookup("exp"), x - largest) for x in others]))


def _infinite(values: list[Any], largest: Any) -> Any:
    """Return logsumexp where the maximum is infinite: the plain formula has the right limit and an honest nan."""
    return apply(lookup("log"), sum([apply(lookup("exp"), x) for x in values]))


def softmax(values: Sequence[Any]) -> list[Any]:
    """Return exp(xᵢ) / Σ exp(xⱼ), shifted by the maximum.

    >>> softmax([1000.0, 0.0, -1000.0])
    [1.0, 0.0, 0.0]
    """
    values = _sequence(values, "softmax")
    shift = _number(values[_largest(values)])
    exponentials = [apply(lookup("exp"), x - shift) for x in values]
    total = sum(exponentials)
    return [e / total for e in exponentials]


def log_softmax(values: Sequence[Any]) -> list[Any]:
    """Return xᵢ - logsumexp(x), each without cancellation.

    >>> log_softmax([0.0, 40.0])
    [-40.0, -4.248354255291589e-18]
    """
    values = _sequence(values, "log_softmax")
    return [-cross_entropy(values, i) for i in range(len(values))]


def cross_entropy(logits: Sequence[Any], target: int) -> Any:
    """Return -log softmax(logits)[target], accurate also where the target is almost certain.

    Every term is a difference to the target's logit, so that neither the loss nor its gradient by that logit is the
    difference of two numbers near one another.

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
    logits = _sequence(logits, "cross_entropy")
    if isinstance(target, bool) or not isinstance(target, int) or not 0 <= target < len(logits):
        raise OperandError(
            f"The target is the index of the true class, an integer from 0 to {len(logits) - 1}, not {target!r}."
        )
    exp, log1p = lookup("exp"), lookup("log1p")
    differences = [z - logits[target] for i, z in enumerate(logits) if i != target]
    if not differences:
        return logits[0] - logits[0]
    top = _largest(differences)
    if not _number(differences[top]) > 0.0:
        return apply(log1p, sum([apply(exp, d) for d in differences]))
    largest = differences[top]
    terms = [apply(exp, -largest)]
    terms += [apply(exp, d - largest) for i, d in enumerate(differences) if i != top]
    return largest + apply(log1p, sum(terms))
