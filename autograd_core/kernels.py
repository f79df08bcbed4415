"""Scalar kernels that follow IEEE 754: no exception where NumPy gives inf or nan, and never a complex number.

Python's ``math`` raises where the standard has an answer: ``math.exp(1000)``, ``1.0 / 0.0``, ``math.log(0.0)``,
and ``(-8.0) ** (1 / 3)`` leaves the reals. Every kernel here takes floats and returns a float, whatever they are.
The formulas of derivatives are the accurate ones, not the textbook ones: each says what it avoids.
"""

from __future__ import annotations

import math

__all__ = ["div", "power", "power_log", "power_slope"]

INF = math.inf
NAN = math.nan


def div(a: float, b: float) -> float:
    """Return a / b; a zero divisor gives ±inf, or nan for 0 / 0."""
    try:
        return a / b
    except ZeroDivisionError:
        if a != a or a == 0.0:
            return NAN
        return math.copysign(INF, a) * math.copysign(1.0, b)


def power(a: float, b: float) -> float:
    """Return a ** b over the reals, as C's pow: nan for a negative base with a fractional exponent."""
    try:
        return math.pow(a, b)
    except OverflowError:
        odd = math.fmod(b, 2.0) in (1.0, -1.0)
        return -INF if a < 0.0 and odd else INF
    except ValueError:
        if a == 0.0:  # a negative power of zero; the sign of zero survives only odd exponents
            return math.copysign(INF, a) if math.fmod(b, 2.0) in (1.0, -1.0) else INF
        return NAN


def power_slope(a: float, b: float) -> float:
    """Return d/da of a ** b, which is b · a ** (b - 1), and 0 for b = 0 even where a ** -1 is infinite."""
    return 0.0 if b == 0.0 and a == a else b * power(a, b - 1.0)


def power_log(a: float, b: float, n: float) -> float:
    """Return a ** b · (ln a) ** n, the n-th derivative of a ** b by its exponent, with its limits at a = 0.

    At a = 0 the derivative is 0 for b >= 0 (at b = 0 by convention) and infinite for b < 0. For a < 0 the power
    is real only at isolated exponents, so it has no derivative: nan.
    """
    if n == 0.0:
        return power(a, b)
    if a > 0.0:
        y = power(a, b)
        return y * math.log(a) ** n if a != INF else (0.0 if y == 0.0 else y)
    if a == 0.0:
        if b >= 0.0:
            return 0.0
        return INF if math.fmod(n, 2.0) == 0.0 else -INF
    return NAN
