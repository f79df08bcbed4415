"""Define array kernels for the operations that are not a single NumPy function.

They follow the same formulas as the scalar kernels, where the reasons are written, so that a Value and a Tensor
agree. They are called with floating-point warnings switched off: inf and nan are answers here, not accidents.
Operands are arrays of one dtype, or Python floats beside them; the result has that dtype.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import scalar as kernels
from .scalar import INV_SQRT_2PI, LN2, LN10, SELU_BOTH, SELU_SCALE, TWO_OVER_SQRT_PI

Array = Any

INF = np.inf
NAN = np.nan

#: Zero as an array of a dtype, which NumPy compares faster than a Python float.
ZERO: dict[str, Array] = {"d": np.zeros((), np.float64), "f": np.zeros((), np.float32)}


def _like(result: Array, *operands: Array) -> Array:
    """Return the result in the dtype of the operands; Python floats have no dtype of their own."""
    return np.asarray(result).astype(np.result_type(*operands), copy=False)


def _each(kernel: Callable[[float], float]) -> Callable[[Array], Array]:
    """Return an array kernel that calls the scalar kernel for every element, where NumPy has no function."""

    def lanes(x: Array) -> Array:
        x = np.asarray(x)
        return np.array([kernel(lane) for lane in x.ravel().tolist()], dtype=x.dtype).reshape(x.shape)

    lanes.__name__ = kernel.__name__
    lanes.__doc__ = kernel.__doc__
    return lanes


# --- arithmetic ---------------------------------------------------------------------------------------------------


def power(a: Array, b: Array) -> Array:
    """Return a ** b, a square as a product: ten times as fast."""
    return a * a if np.ndim(b) == 0 and b == 2.0 else np.power(a, b)


def power_slope(a: Array, b: Array) -> Array:
    """Return b · a ** (b - 1), and 0 for b = 0."""
    if np.ndim(b) == 0 and b == 2.0:
        return b * a
    c = b - 1.0
    slope = b * np.power(a, c)
    inexact = ((c + 1.0 != b) | (b - c != 1.0)) & (a != 0.0) & np.isfinite(b)
    if np.any(inexact):
        slope = np.where(inexact, b * np.power(a, b) / a, slope)
    return _like(np.where((b == 0.0) & (a == a), 0.0, slope), a, b)


def power_log(a: Array, b: Array, n: Array) -> Array:
    """Return a ** b · (ln a) ** n with its limits at a = 0, and nan for a < 0."""
    y = np.power(a, b)
    logs = np.power(np.log(a), n)
    half = np.power(a, 0.5 * b)
    product = np.where((y > 1e-290) & (y < INF), y * logs, half * logs * half)
    product = np.where((half == 0.0) | (logs == 0.0), 0.0, product)
    product = np.where(a == INF, y, product)
    at_zero = np.where(b >= 0.0, 0.0, np.power(-INF, n))
    product = np.where(a == 0.0, at_zero, np.where(a < 0.0, NAN, product))
    product = np.where(n == 0.0, y, np.where((n < 0.0) & ((a <= 0.0) | (a == 1.0)), 0.0, product))
    return _like(np.where((a != a) | (b != b) | (n != n), NAN, product), a, b, n)


# --- rounding and sign --------------------------------------------------------------------------------------------


def flat(x: Array) -> Array:
    """Return 0, and nan for nan."""
    return np.where(x == x, 0.0, x)


# --- exponentials, logarithms and roots ---------------------------------------------------------------------------


def exp2_slope(x: Array) -> Array:
    """Return ln 2 · 2 ** x."""
    return np.where(x < 1023.0, LN2 * np.exp2(x), 2.0 * LN2 * np.exp2(x - 1.0))


def log_slope(x: Array) -> Array:
    """Return 1 / x where the logarithm is real."""
    slope = np.abs(1.0 / x)
    return slope if np.min(x, initial=0.0) >= 0.0 else np.where(x >= 0.0, slope, NAN)


def log2_slope(x: Array) -> Array:
    """Return 1 / (x ln 2)."""
    return log_slope(x) / LN2


def log10_slope(x: Array) -> Array:
    """Return 1 / (x ln 10)."""
    return np.where(x < 1.0, log_slope(4.0 * x) / (0.25 * LN10), log_slope(x) / LN10)


def sqrt_slope(x: Array) -> Array:
    """Return 1 / (2 sqrt x)."""
    return np.abs(0.5 / np.sqrt(x))


def cbrt_slope(x: Array) -> Array:
    """Return 1 / (3 cbrt(x)²)."""
    x = np.abs(x)
    slope = np.power(x, kernels.MINUS_TWO_THIRDS) * (1.0 + kernels.MINUS_TWO_THIRDS_REST * np.log(x)) / 3.0
    return np.where(x == 0.0, INF, np.where(x == INF, 0.0, slope))


def hypot_slope(a: Array, b: Array) -> Array:
    """Return a / hypot(a, b) for the whole range of doubles; 0 at (0, 0)."""
    scale = -np.frexp(np.maximum(np.abs(a), np.abs(b)))[1]
    p, q = np.ldexp(a, scale), np.ldexp(b, scale)
    slope = p / np.hypot(p, q)
    slope = np.where((a == 0.0) & (b == 0.0), 0.0, slope)
    at_infinity = np.where(np.isinf(b), np.where(np.isinf(a), NAN, 0.0), np.copysign(1.0, a))
    infinite = (np.isinf(a) | np.isinf(b)) & (a == a) & (b == b)
    return _like(np.where(infinite, at_infinity, slope), a, b)


def xlogy(a: Array, b: Array) -> Array:
    """Return a · ln b, and 0 for a = 0."""
    return _like(np.where((a == 0.0) & (b == b), 0.0, a * np.log(b)), a, b)


def xlogy_slope(a: Array, b: Array) -> Array:
    """Return ln b; 0 at a = 0 where it has no finite value."""
    return _like(np.where((a == 0.0) & (b <= 0.0), 0.0, np.log(b)), a, b)


def xlogy_ratio(a: Array, b: Array) -> Array:
    """Return a / b; 0 for a = 0, nan for b < 0."""
    ratio = np.where(b > 0.0, a / b, np.where(b == 0.0, a * INF, NAN))
    return _like(np.where((a == 0.0) & (b == b), 0.0, ratio), a, b)


# --- trigonometry -------------------------------------------------------------------------------------------------


def tan_slope(x: Array) -> Array:
    """Return 1 + tan²x."""
    y = np.tan(x)
    return 1.0 + y * y


def asin_slope(x: Array) -> Array:
    """Return 1 / sqrt(1 - x²) from its factors."""
    return 1.0 / np.sqrt((1.0 - x) * (1.0 + x))


def atan_slope(x: Array) -> Array:
    """Return 1 / (1 + x²), also where x² overflows."""
    square = x * x
    return np.where(np.isinf(square), 1.0 / x / x, 1.0 / (1.0 + square))


def sin_atan(x: Array) -> Array:
    """Return x / sqrt(1 + x²); ±1 at ±inf."""
    return np.where(np.isinf(x), np.sign(x), x / np.hypot(1.0, x))


def atan2_slope(a: Array, b: Array) -> Array:
    """Return b / (a² + b²) for the whole range of doubles; 0 at infinity, nan at (0, 0)."""
    scale = -np.frexp(np.maximum(np.abs(a), np.abs(b)))[1]
    scale = np.where(np.abs(scale) < 460, 0, np.where(scale > 0, scale - 1, scale))
    p, q = np.ldexp(a, scale), np.ldexp(b, scale)
    slope = np.ldexp(b, 2 * scale) / (p * p + q * q)
    infinite = (np.isinf(a) | np.isinf(b)) & (a == a) & (b == b)
    return _like(np.where(infinite, np.copysign(0.0, b), slope), a, b)


# --- hyperbolic functions -----------------------------------------------------------------------------------------


def tanh_slope(x: Array) -> Array:
    """Return 4q / (1 + q)², q = exp(-2|x|)."""
    q = np.exp(-2.0 * np.abs(x))
    return 4.0 * q / (1.0 + q * (2.0 + q))


def asinh_slope(x: Array) -> Array:
    """Return 1 / sqrt(1 + x²), also where x² overflows."""
    return 1.0 / np.hypot(1.0, x)


def acosh_slope(x: Array) -> Array:
    """Return 1 / sqrt(x² - 1) from its factors."""
    return 1.0 / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0))


def coth_acosh(x: Array) -> Array:
    """Return x / sqrt(x² - 1); 1 at inf."""
    return np.where(x == INF, 1.0, x * acosh_slope(x))


def atanh_slope(x: Array) -> Array:
    """Return 1 / (1 - x²) from its factors; inf at ±1, nan outside."""
    return np.where(np.abs(x) <= 1.0, np.abs(1.0 / ((1.0 - x) * (1.0 + x))), NAN)


# --- the error function -------------------------------------------------------------------------------------------

erf = _each(kernels.erf)
erfc = _each(kernels.erfc)


def _gaussian(x: Array, factor: float) -> Array:
    """Return exp(factor · x²) with the scalar kernel's care, in double precision whatever the dtype; 0 far out."""
    x = np.clip(np.asarray(x, dtype=np.float64), -60.0, 60.0)
    cut = kernels.SPLITTER * x
    head = cut - (cut - x)
    main = np.exp(factor * head * head)
    return main + main * np.expm1(factor * (x - head) * (x + head))


def erf_slope(x: Array) -> Array:
    """Return 2/√π · exp(-x²)."""
    return _like(TWO_OVER_SQRT_PI * _gaussian(x, -1.0), x)


def normal_pdf(x: Array) -> Array:
    """Return the density of the standard normal distribution."""
    return _like(INV_SQRT_2PI * _gaussian(x, -0.5), x)


# --- comparisons --------------------------------------------------------------------------------------------------


def step(x: Array) -> Array:
    """Return 1 for x > 0 and 0 for x <= 0."""
    ones = np.greater(x, ZERO[x.dtype.char]).astype(x.dtype)  # in a third of the time of a sign or of heaviside
    flat = x.ravel("K")
    squares = flat.dot(flat)  # nan for a nan alone
    return ones if squares == squares else np.where(x == x, ones, x)


def larger(a: Array, b: Array) -> Array:
    """Return 1 if a > b, 1/2 if they are equal, 0 if a < b."""
    return _like(np.where(a > b, 1.0, np.where(a < b, 0.0, np.where(a == b, 0.5, NAN))), a, b)


def above(a: Array, b: Array) -> Array:
    """Return 1 if a > b, 0 if a <= b, nan if either is nan."""
    return _like(np.where(a > b, 1.0, np.where(a <= b, 0.0, NAN)), a, b)


def clip(x: Array, low: Array, high: Array) -> Array:
    """Return x brought into [low, high]."""
    return np.minimum(np.maximum(x, low), high)


def clip_slope(x: Array, low: Array, high: Array) -> Array:
    """Return 1 for low <= x <= high and 0 outside."""
    inside = np.where((low <= x) & (x <= high), 1.0, 0.0)
    return _like(np.where((x == x) & (low == low) & (high == high), inside, NAN), x, low, high)


def div(a: Array, b: Array) -> Array:
    """Return the quotient; that of two Python floats is one."""
    return kernels.div(a, b) if type(a) is float and type(b) is float else np.divide(a, b)


def where(condition: Array, a: Array, b: Array) -> Array:
    """Return a where the condition is not 0, otherwise b; between two Python floats in the condition's dtype."""
    chosen = np.where(np.not_equal(condition, 0.0), a, b)
    return _like(chosen, condition) if isinstance(a, float) and isinstance(b, float) else chosen


def _comparison(compare: Callable[..., Array]) -> Callable[[Array, Array], Array]:
    """Return a comparison whose answers are 1 and 0 in the dtype of the operands."""

    def indicator(a: Array, b: Array) -> Array:
        return _like(compare(a, b), a, b)

    indicator.__name__ = compare.__name__
    indicator.__doc__ = f"Return 1 where NumPy's {compare.__name__} says so, otherwise 0."
    return indicator


less = _comparison(np.less)
less_equal = _comparison(np.less_equal)
greater = _comparison(np.greater)
greater_equal = _comparison(np.greater_equal)
equal = _comparison(np.equal)
not_equal = _comparison(np.not_equal)


# --- activations --------------------------------------------------------------------------------------------------


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(-x)) by the branch whose exponential does not overflow."""
    return np.exp(np.minimum(x, 0.0)) / (1.0 + np.exp(-np.abs(x)))


def sigmoid_slope(x: Array) -> Array:
    """Return q / (1 + q)², q = exp(-|x|)."""
    q = np.exp(-np.abs(x))
    return q / (1.0 + q * (2.0 + q))


def log_sigmoid(x: Array) -> Array:
    """Return log(sigmoid(x))."""
    return np.minimum(x, 0.0) - np.log1p(np.exp(-np.abs(x)))


def softplus(x: Array) -> Array:
    """Return log(1 + exp(x))."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def relu(x: Array) -> Array:
    """Return x where it is positive, otherwise 0."""
    return np.maximum(x, ZERO[x.dtype.char])


def leaky_relu(x: Array, slope: Array) -> Array:
    """Return x where it is positive, otherwise slope · x."""
    return _like(np.where(x > 0.0, x, slope * x), x, slope)


def leaky_relu_slope(x: Array, slope: Array) -> Array:
    """Return 1 for x > 0, the slope for x <= 0."""
    return _like(np.where(x > 0.0, 1.0, np.where(x <= 0.0, slope, x)), x, slope)


def elu(x: Array, alpha: Array) -> Array:
    """Return x where it is positive, otherwise alpha · (exp(x) - 1)."""
    return _like(np.where(x > 0.0, x, alpha * np.expm1(x)), x, alpha)


def elu_slope(x: Array, alpha: Array) -> Array:
    """Return 1 for x > 0, otherwise alpha · exp(x)."""
    slope = alpha * np.exp(x)
    far = x < -700.0
    slope = np.where(far, _times_exp(alpha, x), slope) if np.any(far) else slope
    return _like(np.where(x > 0.0, 1.0, slope), x, alpha)


def selu(x: Array) -> Array:
    """Return the scaled exponential linear unit."""
    return np.where(x > 0.0, SELU_SCALE * x, SELU_BOTH * np.expm1(x))


def selu_slope(x: Array) -> Array:
    """Return λ for x > 0, otherwise λα · exp(x)."""
    return np.where(x > 0.0, SELU_SCALE, SELU_BOTH * np.exp(x))


def silu(x: Array) -> Array:
    """Return x · sigmoid(x)."""
    y = x / (1.0 + np.exp(-x))
    far = x < -700.0
    if not np.any(far):
        return y
    x = np.maximum(x, -2000.0)
    return np.where(far, _times_exp(x, x), y)


def silu_slope(x: Array) -> Array:
    """Return s + x s (1 - s), s = sigmoid(x), without cancellation at its root."""
    left = np.maximum(-np.abs(x), -2000.0)
    q = np.exp(left)
    d = (left - kernels.SILU_ROOT) - kernels.SILU_ROOT_REST
    y = q * (d + kernels.SILU_ROOT_EXP * np.expm1(d)) / (1.0 + q * (2.0 + q))
    far = left < -700.0
    y = np.where(far, _times_exp(1.0 + left, left), y) if np.any(far) else y
    return np.where(x > 0.0, 1.0 - y, y)


def _times_exp(a: Array, x: Array) -> Array:
    """Return a · exp(x) by two square roots."""
    root = np.exp(0.5 * x)
    return a * root * root


def _times_gaussian(a: Array, x: Array) -> Array:
    """Return a · exp(-x²/2), by two square roots where the exponential alone has left the normal range."""
    near = a * _gaussian(x, -0.5)
    far = x <= -37.5
    if not np.any(far):
        return near
    root = _gaussian(x, -0.25)
    return np.where(far, a * root * root, near)


def _horner(coefficients: tuple[float, ...], t: Array) -> Array:
    """Return a polynomial, its coefficients given from the highest power down."""
    p = np.zeros_like(t)
    for coefficient in coefficients:
        p *= t
        p += coefficient
    return p


def gelu(x: Array) -> Array:
    """Return x · Φ(x), in double precision whatever the dtype; on the right as x + gelu(-x)."""
    x64 = np.asarray(x, dtype=np.float64)
    left = np.maximum(-np.abs(x64), -40.0)
    p = _horner(kernels.GELU_POLYNOMIAL, (left + 4.0) / (left - 4.0))
    y = np.where(left > -40.0, _times_gaussian(left * p / (1.0 - left), left), 0.0)
    return _like(np.where(x64 <= 0.0, y, x64 + y), x)


def gelu_slope(x: Array) -> Array:
    """Return Φ(x) + x φ(x), in double precision whatever the dtype; on the right as 1 - gelu'(-x)."""
    x64 = np.asarray(x, dtype=np.float64)
    left = np.maximum(-np.abs(x64), -40.0)
    p = _horner(kernels.GELU_SLOPE_POLYNOMIAL, (left + 4.0) / (left - 4.0))
    y = _times_gaussian(((left - kernels.GELU_ROOT) - kernels.GELU_ROOT_REST) * p, left)
    y = np.where(left == -40.0, 0.0, y)
    return _like(np.where(x64 <= 0.0, y, 1.0 - y), x)


def softsign(x: Array) -> Array:
    """Return x / (1 + |x|); ±1 at ±inf."""
    return np.where(np.isinf(x), np.sign(x), x / (1.0 + np.abs(x)))


def softsign_slope(x: Array) -> Array:
    """Return 1 / (1 + |x|)²."""
    p = 1.0 + np.abs(x)
    return 1.0 / p / p
