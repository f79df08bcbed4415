"""Array kernels for the operations that are not a single NumPy function.

They follow the same formulas as the scalar kernels, so that a Value and a Tensor agree, and they are called with
floating-point warnings switched off: inf and nan are answers here, not accidents.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["power_log", "power_slope"]

Array = Any


def power_slope(a: Array, b: Array) -> Array:
    """Return b · a ** (b - 1), and 0 for b = 0."""
    slope = b * np.power(a, b - 1.0)
    return np.where((b == 0.0) & (a == a), 0.0, slope).astype(slope.dtype, copy=False)


def power_log(a: Array, b: Array, n: Array) -> Array:
    """Return a ** b · (ln a) ** n with its limits at a = 0, and nan for a < 0."""
    y = np.power(a, b)
    product = y * np.log(a) ** n
    product = np.where(np.isinf(a) & (a > 0.0), np.where(y == 0.0, 0.0, y), product)
    at_zero = np.where(b >= 0.0, 0.0, np.where(np.fmod(n, 2.0) == 0.0, np.inf, -np.inf))
    product = np.where(a == 0.0, at_zero, np.where(a < 0.0, np.nan, product))
    return np.where(n == 0.0, y, product).astype(y.dtype, copy=False)
