"""Check the kernels, partial derivatives and printed formulas of an operation against each other.

These checks are tighter than finite differences, because they compare readings of the same rule. The tests of this
project also compare each rule with 50-digit arithmetic.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import CheckError, RegistrationError
from ..readings.algebra import arrays, floats
from ..readings.expression import parse
from ..readings.operation import Operation
from ..readings.symbolic import Symbol, derivative
from ..records.primitive import Pointwise, Primitive, lookup
from .finite_differences import check_grad


def check_primitive(primitive: Primitive | Operation | str, points: int = 20, order: int = 2) -> float:
    """Check that the parts of an operation's record agree at random points of its domain.

    The partials, and their derivatives up to ``order``, agree with central differences. The float and the array kernel
    agree. The printed formulas parse back to the same number.

    Parameters
    ----------
    primitive : Primitive, function or str
        The record, the function that ``register`` returned, or the name.
    points : int
        The number of random points, the same in every run.
    order : int
        The highest derivative to compare with differences.

    Returns
    -------
    float
        The largest relative difference.

    Raises
    ------
    CheckError
        If a check fails; the message names the check, the point and both numbers.

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
            worst = max(worst, check_grad(_of_operand(function, x, i), x[i], order=order, tolerance=1e-5))
    return worst


def _of_operand(function: Callable[..., Any], x: list[float], i: int) -> Callable[[Any], Any]:
    """Return a function of the i-th operand alone, with the others fixed."""
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
        raise CheckError(
            f"The float kernel of {record.name} returned the {type(y).__name__} {y!r} at {x}, not a float."
        )
    with np.errstate(all="ignore"):
        pair = record.array(*(np.array([value, value]) for value in x))
    if np.shape(pair) != (2,) or not np.allclose(pair, y, rtol=1e-13, atol=0.0, equal_nan=True):
        raise CheckError(f"The kernels of {record.name} disagree at {x}: {y!r} for floats, {pair!r} for arrays.")
    for i, rule in enumerate(record.partials):
        scalar = rule(floats, y, *x)
        with np.errstate(all="ignore"):
            array = rule(arrays, np.array([y]), *(np.array([value]) for value in x))
        if not np.allclose(array, scalar, rtol=1e-12, atol=1e-300, equal_nan=True):
            raise CheckError(
                f"The partial of {record.name} by operand {i} disagrees at {x}: "
                f"{scalar!r} for floats, {array!r} for arrays."
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
        rounded = parse(str(formula)).evaluate(floats, environment)
        if not math.isclose(rounded, expected, rel_tol=1e-4, abs_tol=1e-6):  # constants are printed with six digits
            raise CheckError(
                f"The textbook form of the partial of {record.name} by operand {i} is {formula}, which is {rounded!r} "
                f"at {x}, but the partial is {expected!r}: the two forms differ."
            )
