"""Functions of numbers, Values and Tensors: one for every record of the table, and the compositions of them.

``functions.tanh(x)`` gives a float for a float, an array for an array, and a recorded node for a node. Adding a
record adds its function. The compositions below take sequences of Values.

>>> from autograd_core import Value, functions as F
>>> F.exp(0.0), F.exp(Value(0.0)).data
(1.0, 1.0)
>>> [round(p.data, 4) for p in F.softmax([Value(1.0), Value(2.0), Value(0.0)])]
[0.2447, 0.6652, 0.09]
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from . import algebra as algebra  # importing the algebras fills the table
from .errors import OperandError, ShapeError
from .node import Node, apply
from .primitive import TABLE, Primitive, lookup, record

__all__ = [
    "Operation",
    "cross_entropy",
    "log_softmax",
    "logsumexp",
    "mean",
    "norm",
    "prod",
    "register",
    "softmax",
    "sum",
]


class Operation:
    """A record as a function of numbers, arrays and nodes."""

    def __init__(self, primitive: Primitive) -> None:
        self.primitive = primitive
        self.__name__ = self.__qualname__ = primitive.name
        self.__module__ = __name__
        self.__doc__ = _documentation(primitive)

    def __call__(self, *operands: Any) -> Any:
        missing = self.primitive.arity - len(operands)
        defaults = getattr(self.primitive, "defaults", ())
        if missing < 0 or missing > len(defaults):
            raise ShapeError(
                f"{self.__name__} takes {self.primitive.arity} operands, not {len(operands)}: {self.primitive.text.fill(*_names(self.primitive))}."
            )
        return apply(self.primitive, *operands, *defaults[len(defaults) - missing :])

    def __repr__(self) -> str:
        return f"<function {self.__name__}: {self.primitive.summary}>"


class _Absent:
    primitive = None


#: the functions made so far; kept beside the module's namespace, where ``abs`` and ``round`` are Python's
_operations: dict[str, Any] = {}


class _Name(str):
    constant = None

    def __format__(self, spec: str) -> str:
        return str(self)


def _names(primitive: Primitive) -> list[_Name]:
    return [_Name(name) for name in ("x", "y", "z", "w")[: primitive.arity]]


def _documentation(primitive: Any) -> str:
    """Return the docstring of an operation, which is all in its record."""
    from .symbolic import Symbol, derivative

    names = [Symbol.variable(name) for name in _names(primitive)]
    lines = [f"Return {primitive.summary}.", "", "Local partial derivatives:", ""]
    for name, partial in zip(names, derivative(primitive, *names), strict=True):
        lines.append(f"* by {name}: {partial}")
    for title, text in (("Where there is none", primitive.kink), ("Source", primitive.source)):
        if text:
            lines += ["", f"{title}: {text}"]
    return "\n".join(lines)


def register(primitive: Primitive) -> Operation:
    """Add an operation to the table and return it as a function of numbers, arrays, Values and Tensors.

    From then on it has values, gradients of every order, a place in pictures, in printed text and in TeX.

    Parameters
    ----------
    primitive : Primitive
        The record. Its name must be a Python identifier that the table does not hold yet.

    Raises
    ------
    RegistrationError
        If the name is taken or is not an identifier.

    See Also
    --------
    check_primitive : run the laws on a record before trusting it.

    Examples
    --------
    >>> from autograd_core import Pointwise, Value
    >>> cube = register(Pointwise(
    ...     name="doctest_cube", scalar=lambda x: x * x * x, array=lambda x: x * x * x,
    ...     summary="the cube of a number", partials=(lambda m, y, x: 3.0 * x * x,)))
    >>> x = Value(2.0)
    >>> cube(x).backward()
    >>> x.grad
    12.0
    >>> del TABLE["doctest_cube"]
    """
    return Operation(record(primitive))


def __getattr__(name: str) -> Any:
    if name.startswith("_") or name not in TABLE:
        raise AttributeError(str(lookup(name)) if not name.startswith("_") else name)
    primitive = TABLE[name]
    if _operations.get(name, _Absent).primitive is not primitive:
        _operations[name] = Operation(primitive)
    return _operations[name]


def __dir__() -> list[str]:
    return sorted({*__all__, *TABLE})


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
    first, *rest = _sequence(values, "sum")
    for x in rest:
        first = first + x
    return first


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
    first, *rest = _sequence(values, "prod")
    for x in rest:
        first = first * x
    return first


def norm(values: Sequence[Any]) -> Any:
    """Return the Euclidean norm, scaled so that squares neither overflow nor vanish; its gradient at 0 is 0.

    >>> norm([3e200, 4e200])
    5e+200
    """
    values = _sequence(values, "norm")
    if len(values) == 1:
        return apply(lookup("abs"), values[0])
    hypot = lookup("hypot")
    first, *rest = values
    for x in rest:
        first = apply(hypot, first, x)
    return first


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
    if not others or abs(_number(largest)) == float("inf"):
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
