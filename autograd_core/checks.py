"""Is a derivative right? Finite differences for functions, the laws of the table for records.

Central differences are a loose gate: they see errors of 1e-6 and more. The laws on a record are tighter, since they
compare readings of one rule with each other, and the tests of this project compare each with 50-digit arithmetic.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np

from .algebra import arrays, floats
from .errors import CheckError, RegistrationError
from .expression import parse
from .node import Node
from .operation import Operation
from .primitive import Pointwise, Primitive, lookup
from .symbolic import Symbol, derivative
from .transforms import grad
from .trees import flatten

__all__ = ["check_grad", "check_primitive", "numerical_derivative"]


def numerical_derivative(f: Callable[[float], float], x: float, h: float | None = None) -> float:
    """Return the five-point central difference of a function of one float; its error is about 1e-12 relative.

    >>> round(numerical_derivative(lambda x: x**3, 2.0), 9)
    12.0
    """
    if h is None:
        h = 1e-3 * max(1.0, abs(x))
    near, far = f(x + h) - f(x - h), f(x + 2 * h) - f(x - 2 * h)
    return (8.0 * near - far) / (12.0 * h)


def check_grad(f: Callable[..., Any], *args: Any, order: int = 1, tolerance: float = 1e-6) -> float:
    """Compare the derivatives of a function with central differences.

    Parameters
    ----------
    f : callable
        Takes Values (or lists, tuples, dicts of them) and returns one Value.
    *args : numbers, or lists, tuples, dicts of numbers
        The point.
    order : int
        1 checks first derivatives; 2 checks also the derivatives of those, and so on.
    tolerance : float
        The largest difference accepted, relative to max(1, |derivative|).

    Returns
    -------
    float
        The largest difference found.

    Raises
    ------
    CheckError
        If one is larger than the tolerance. The message names the argument and both numbers.

    Examples
    --------
    >>> from autograd_core import functions as F
    >>> check_grad(lambda x, y: F.sin(x) * y, 0.5, 2.0, order=2) < 1e-9
    True
    """
    worst = 0.0
    for argnum, argument in enumerate(args):
        leaves, rebuild = flatten(argument)
        derivatives, _ = flatten(grad(f, argnum)(*args))
        for i, (x, found) in enumerate(zip(leaves, derivatives, strict=True)):
            along = _along(f, args, argnum, leaves, rebuild, i)
            worst = max(worst, _compare(along, float(x), float(found), tolerance, argnum, i))
            if order > 1:
                _check_next(f, args, argnum, i, order, tolerance)
    return worst


def _along(f: Any, args: Any, argnum: int, leaves: list[Any], rebuild: Any, i: int) -> Callable[[float], float]:
    """Return f as a function of one number, the i-th of an argument."""

    def one(x: float) -> float:
        moved = list(args)
        moved[argnum] = rebuild([*leaves[:i], x, *leaves[i + 1 :]])
        y = f(*moved)
        return float(y.item() if isinstance(y, Node) else y)

    return one


def _compare(f: Callable[[float], float], x: float, derivative: float, tolerance: float, argnum: int, i: int) -> float:
    expected = numerical_derivative(f, x)
    error = abs(derivative - expected) / max(1.0, abs(expected))
    if not error <= tolerance:
        raise CheckError(
            f"The derivative by argument {argnum}, number {i}, is {derivative!r} at {x!r}, but the central difference "
            f"there is {expected!r}: they differ by {error:.1e} of max(1, |derivative|), more than {tolerance:.0e}. "
            "Either the rule is wrong, or the point is near a kink, where the difference means nothing."
        )
    return error


def _check_next(f: Any, args: Any, argnum: int, i: int, order: int, tolerance: float) -> None:
    """Check the derivatives of a first derivative."""

    def first(*moved: Any) -> Any:
        return flatten(grad(f, argnum)(*moved))[0][i]

    check_grad(first, *args, order=order - 1, tolerance=max(tolerance, 1e-5))


def check_primitive(primitive: Primitive | Operation | str, points: int = 20, order: int = 2) -> float:
    """Run the laws on an operation's record: what it declares must hold together.

    At random points of its domain: the partials agree with central differences, and so do their derivatives up to
    ``order``; the float and the array kernel agree; the printed formulas parse back to the same number.

    Parameters
    ----------
    primitive : Primitive, function or str
        The record, the function that ``register`` returned, or the name.
    points : int
        How many random points; they are the same in every run.
    order : int
        The highest derivative compared with differences.

    Returns
    -------
    float
        The largest relative difference found.

    Raises
    ------
    CheckError
        At the first law that does not hold; the message says which, where, and both numbers.

    Examples
    --------
    >>> check_primitive("tanh") < 1e-8
    True
    """
    record: Any = _record(primitive)
    rng = random.Random(record.name)
    worst = 0.0
    for _ in range(points):
        x = [rng.uniform(*interval) for interval in record.domain]
        _check_kernels(record, x)
        _check_printed(record, x)
        function = Operation(record)
        for i in range(record.arity):
            worst = max(worst, check_grad(_in_place(function, x, i), x[i], order=order, tolerance=1e-5))
    return worst


def _in_place(function: Callable[..., Any], x: list[float], i: int) -> Callable[[Any], Any]:
    """Return a function as one of its i-th operand alone."""
    return lambda value: function(*x[:i], value, *x[i + 1 :])


def _record(primitive: Primitive | Operation | str) -> Pointwise:
    if isinstance(primitive, str):
        primitive = lookup(primitive)
    if isinstance(primitive, Operation):
        primitive = primitive.primitive
    if not isinstance(primitive, Pointwise):
        raise RegistrationError(f"check_primitive() takes a pointwise record, not {type(primitive).__name__}.")
    return primitive


def _check_kernels(record: Pointwise, x: list[float]) -> None:
    y = record.scalar(*x)
    if type(y) is not float:
        raise CheckError(f"The float kernel of {record.name} gave the {type(y).__name__} {y!r} at {x}, not a float.")
    with np.errstate(all="ignore"):
        lanes = record.array(*(np.array([value, value]) for value in x))
    if np.shape(lanes) != (2,) or not np.allclose(lanes, y, rtol=1e-13, atol=0.0, equal_nan=True):
        raise CheckError(f"The kernels of {record.name} disagree at {x}: {y!r} for floats, {lanes!r} for arrays.")
    for i, rule in enumerate(record.partials):
        one = rule(floats, y, *x)
        with np.errstate(all="ignore"):
            many = rule(arrays, np.array([y]), *(np.array([value]) for value in x))
        if not np.allclose(many, one, rtol=1e-12, atol=1e-300, equal_nan=True):
            raise CheckError(
                f"The partial of {record.name} by operand {i} disagrees at {x}: "
                f"{one!r} for floats, {many!r} for arrays."
            )


def _check_printed(record: Pointwise, x: list[float]) -> None:
    names = [f"x{i}" for i in range(record.arity)]
    environment = dict(zip(names, x, strict=True))
    y = record.scalar(*x)
    for i, formula in enumerate(derivative(record, *(Symbol.variable(name) for name in names))):
        expected = record.partials[i](floats, y, *x)
        exact = parse(formula.exact).evaluate(floats, environment)
        if exact != expected and not (math.isnan(exact) and math.isnan(expected)):
            raise CheckError(
                f"The partial of {record.name} by operand {i} prints as {formula.exact}, which is {exact!r} at {x}, "
                f"but computes {expected!r}."
            )
        shown = parse(str(formula)).evaluate(floats, environment)
        if not math.isclose(shown, expected, rel_tol=1e-4, abs_tol=1e-6):  # constants are shown with six digits
            raise CheckError(
                f"The textbook form of the partial of {record.name} by operand {i} is {formula}, which is {shown!r} "
                f"at {x}, but the partial is {expected!r}: the two forms do not say the same."
            )
