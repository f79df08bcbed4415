"""Scalar kernels that follow IEEE 754: no exception where NumPy gives inf or nan, and never a complex number.

Python's ``math`` raises where the standard has an answer: ``math.exp(1000)``, ``1.0 / 0.0``, ``math.log(0.0)``,
and ``(-8.0) ** (1 / 3)`` leaves the reals. Every kernel here takes floats and returns a float, whatever they are,
and nan among the operands gives nan. The formulas of derivatives are the accurate ones, not the textbook ones:
each says what it avoids. The order is that of the rules: arithmetic, elementary functions, comparisons, activations.
"""

from __future__ import annotations

import math

INF = math.inf
NAN = math.nan
LN2 = 0.6931471805599453
LN10 = 2.302585092994046
MINUS_TWO_THIRDS = -0.6666666666666666
MINUS_TWO_THIRDS_REST = -3.700743415417188e-17  # -2/3 less its rounding
TWO_OVER_SQRT_PI = 1.1283791670955126
INV_SQRT_2PI = 0.3989422804014327
SELU_SCALE = 1.0507009873554805  # λ of Klambauer et al. 2017
SELU_ALPHA = 1.6732632423543772  # α
SELU_BOTH = 1.7580993408473768  # λ·α
INTEGERS = 4503599627370496.0  # 2^52: from here on every float is an integer
SPLITTER = 134217729.0  # 2^27 + 1, Dekker's constant: cuts a float into two halves of 26 bits


# --- arithmetic ---------------------------------------------------------------------------------------------------


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
    """Return d/da of a ** b, which is b · a ** (b - 1), and 0 for b = 0 even where a ** -1 is infinite.

    Where b - 1 cannot be held exactly its rounding would be multiplied by ln a: there it is b · a ** b / a.
    """
    if b == 0.0:
        return 0.0 if a == a else NAN
    c = b - 1.0
    if (c + 1.0 != b or b - c != 1.0) and a != 0.0 and b - b == 0.0:
        return b * power(a, b) / a
    return b * power(a, c)


def power_log(a: float, b: float, n: float) -> float:
    """Return a ** b · (ln a) ** n, the n-th derivative of a ** b by its exponent, with its limits at a = 0.

    At a = 0 the derivative is 0 for b >= 0 (at b = 0 by convention) and infinite for b < 0. For a < 0 the power
    is real only at isolated exponents, so it has no derivative: nan. For n < 0 it is 0 where it is not finite: that
    arises only in the last term of the product rule, n · (ln a) ** (n - 1) with n = 0, which is not there.
    """
    if a != a or b != b or n != n:
        return NAN
    if n < 0.0 and (a <= 0.0 or a == 1.0):
        return 0.0
    if n == 0.0:
        return power(a, b)
    if a < 0.0:
        return NAN
    if a == 0.0:
        if b >= 0.0:
            return 0.0
        return power(-INF, n)
    y = power(a, b)
    if a == INF:
        return y
    logs = power(math.log(a), n)
    if 1e-290 < y < INF:
        return y * logs
    half = power(a, 0.5 * b)  # the power alone has left the range of doubles; with the logarithm it may be inside
    return 0.0 if half == 0.0 or logs == 0.0 else half * logs * half


# --- rounding and sign --------------------------------------------------------------------------------------------


def sign(x: float) -> float:
    """Return 1, -1 or 0 as x is positive, negative or zero."""
    if x > 0.0:
        return 1.0
    return -1.0 if x < 0.0 else 0.0 if x == 0.0 else x


def floor(x: float) -> float:
    """Return the greatest integer that is not above x."""
    return math.copysign(float(math.floor(x)), x) if -INTEGERS < x < INTEGERS else x


def ceil(x: float) -> float:
    """Return the least integer that is not below x; -0.0 between -1 and 0, as NumPy."""
    return math.copysign(float(math.ceil(x)), x) if -INTEGERS < x < INTEGERS else x


def rounded(x: float) -> float:
    """Return the nearest integer, the even one of two equally near."""
    return math.copysign(float(round(x)), x) if -INTEGERS < x < INTEGERS else x


def trunc(x: float) -> float:
    """Return x without its fraction."""
    return math.copysign(float(math.trunc(x)), x) if -INTEGERS < x < INTEGERS else x


def flat(x: float) -> float:
    """Return 0, the derivative of a function that is constant piece by piece; nan for nan."""
    return 0.0 if x == x else x


# --- exponentials, logarithms and roots ---------------------------------------------------------------------------


def exp(x: float) -> float:
    """Return e ** x; inf where it overflows."""
    try:
        return math.exp(x)
    except OverflowError:
        return INF


def exp2(x: float) -> float:
    """Return 2 ** x; inf where it overflows."""
    try:
        return math.exp2(x)
    except OverflowError:
        return INF


def exp2_slope(x: float) -> float:
    """Return ln 2 · 2 ** x, finite also where 2 ** x has just overflowed."""
    return LN2 * exp2(x) if x < 1023.0 else 2.0 * LN2 * exp2(x - 1.0)


def expm1(x: float) -> float:
    """Return e ** x - 1 without cancellation near 0; inf where it overflows."""
    try:
        return math.expm1(x)
    except OverflowError:
        return INF


def log(x: float) -> float:
    """Return the natural logarithm; -inf at 0, nan below."""
    if x > 0.0:
        return math.log(x)
    return -INF if x == 0.0 else NAN


def log2(x: float) -> float:
    """Return the logarithm to base 2; -inf at 0, nan below."""
    if x > 0.0:
        return math.log2(x)
    return -INF if x == 0.0 else NAN


def log10(x: float) -> float:
    """Return the logarithm to base 10; -inf at 0, nan below."""
    if x > 0.0:
        return math.log10(x)
    return -INF if x == 0.0 else NAN


def log1p(x: float) -> float:
    """Return log(1 + x) without cancellation near 0; -inf at -1, nan below."""
    if x > -1.0:
        return math.log1p(x)
    return -INF if x == -1.0 else NAN


def log_slope(x: float) -> float:
    """Return 1 / x where the logarithm is real: inf at 0 and at -0, nan below."""
    if x > 0.0:
        return 1.0 / x
    return INF if x == 0.0 else NAN


def log2_slope(x: float) -> float:
    """Return 1 / (x ln 2)."""
    return log_slope(x) / LN2


def log10_slope(x: float) -> float:
    """Return 1 / (x ln 10), finite also where 1 / x has just overflowed."""
    return log_slope(4.0 * x) / (0.25 * LN10) if x < 1.0 else log_slope(x) / LN10


def sqrt(x: float) -> float:
    """Return the square root; nan below 0."""
    return math.sqrt(x) if x >= 0.0 else NAN


def sqrt_slope(x: float) -> float:
    """Return 1 / (2 sqrt x): inf at 0 and at -0, nan below."""
    if x > 0.0:
        return 0.5 / math.sqrt(x)
    return INF if x == 0.0 else NAN


def cbrt(x: float) -> float:
    """Return the cube root, of which the library's is the first guess.

    The cube of its leading 17 bits is exact, and so is what that leaves of x; libraries are off by 2 ulp and more.
    """
    y = math.cbrt(x)
    if not 1e-290 < abs(x) < 1e307:
        return y
    cut = 68719476737.0 * y  # 2^36 + 1
    head = cut - (cut - y)
    rest = y - head
    return head + (x - head * head * head) / (3.0 * head * y + rest * rest)


def cbrt_slope(x: float) -> float:
    """Return 1 / (3 cbrt(x)²) as |x| ** (-2/3) / 3, since squaring would double the error of the root.

    What the rounding of -2/3 does to the power is made good.
    """
    x = abs(x)
    if 0.0 < x < INF:
        return math.pow(x, MINUS_TWO_THIRDS) * (1.0 + MINUS_TWO_THIRDS_REST * math.log(x)) / 3.0
    return 0.0 if x > 0.0 else INF if x == 0.0 else x


def hypot_slope(a: float, b: float) -> float:
    """Return a / hypot(a, b) for the whole range of doubles; 0 at (0, 0)."""
    r = math.hypot(a, b)
    if 1e-290 < r < 1e300:
        return a / r
    if r == 0.0:
        return 0.0
    if r == INF and (a - a != 0.0 or b - b != 0.0):
        if b - b == 0.0:
            return math.copysign(1.0, a)
        return 0.0 if a - a == 0.0 else NAN
    scale = -math.frexp(max(abs(a), abs(b)))[1]
    a, b = math.ldexp(a, scale), math.ldexp(b, scale)
    return a / math.hypot(a, b)


def xlogy(a: float, b: float) -> float:
    """Return a · ln b, and 0 for a = 0 whatever b is."""
    if a == 0.0:
        return 0.0 if b == b else NAN
    return a * log(b)


def xlogy_slope(a: float, b: float) -> float:
    """Return ln b, the derivative of a · ln b by a; 0 at a = 0 where the logarithm has no finite value."""
    return 0.0 if a == 0.0 and b <= 0.0 else log(b)


def xlogy_ratio(a: float, b: float) -> float:
    """Return a / b, the derivative of a · ln b by b; 0 for a = 0 whatever b is, nan for b < 0."""
    if a == 0.0:
        return 0.0 if b == b else NAN
    if b > 0.0:
        return a / b
    return a * INF if b == 0.0 else NAN


# --- trigonometry -------------------------------------------------------------------------------------------------


def sin(x: float) -> float:
    """Return the sine; nan at ±inf."""
    return math.sin(x) if x - x == 0.0 else NAN


def cos(x: float) -> float:
    """Return the cosine; nan at ±inf."""
    return math.cos(x) if x - x == 0.0 else NAN


def tan(x: float) -> float:
    """Return the tangent; nan at ±inf."""
    return math.tan(x) if x - x == 0.0 else NAN


def tan_slope(x: float) -> float:
    """Return 1 + tan²x, a sum without cancellation; nan at ±inf."""
    y = tan(x)
    return 1.0 + y * y


def asin(x: float) -> float:
    """Return the arc sine; nan outside [-1, 1]."""
    return math.asin(x) if -1.0 <= x <= 1.0 else NAN


def asin_slope(x: float) -> float:
    """Return 1 / sqrt(1 - x²) from its factors: 1 - x·x loses half of the digits near ±1."""
    if -1.0 < x < 1.0:
        return 1.0 / math.sqrt((1.0 - x) * (1.0 + x))
    return INF if x == 1.0 or x == -1.0 else NAN


def acos(x: float) -> float:
    """Return the arc cosine; nan outside [-1, 1]."""
    return math.acos(x) if -1.0 <= x <= 1.0 else NAN


def atan_slope(x: float) -> float:
    """Return 1 / (1 + x²), also where x² overflows."""
    return 1.0 / (1.0 + x * x) if -1e150 < x < 1e150 else 1.0 / x / x


def sin_atan(x: float) -> float:
    """Return x / sqrt(1 + x²), the sine of the angle whose tangent is x; ±1 at ±inf."""
    return x / math.hypot(1.0, x) if -1e150 < x < 1e150 else math.copysign(1.0, x) if x == x else x


def atan2_slope(a: float, b: float) -> float:
    """Return b / (a² + b²) for the whole range of doubles; 0 at infinity, nan at (0, 0).

    Where a square would leave the range both operands are scaled by a power of two, which costs no digit.
    """
    square = a * a + b * b
    if 1e-280 < square < 1e280:
        return b / square
    if a != a or b != b or square == 0.0 == a == b:
        return NAN
    if a - a != 0.0 or b - b != 0.0:
        return math.copysign(0.0, b)
    scale = -math.frexp(max(abs(a), abs(b)))[1]
    if scale > 0:
        scale -= 1  # keeps the square below 1/2, so that the numerator does not overflow before the quotient
    a, square = math.ldexp(a, scale), math.ldexp(b, scale)
    return _ldexp(b, 2 * scale) / (a * a + square * square)


def _ldexp(x: float, exponent: int) -> float:
    try:
        return math.ldexp(x, exponent)
    except OverflowError:
        return math.copysign(INF, x)


# --- hyperbolic functions -----------------------------------------------------------------------------------------


def sinh(x: float) -> float:
    """Return the hyperbolic sine; ±inf where it overflows."""
    try:
        return math.sinh(x)
    except OverflowError:
        return math.copysign(INF, x)


def cosh(x: float) -> float:
    """Return the hyperbolic cosine; inf where it overflows."""
    try:
        return math.cosh(x)
    except OverflowError:
        return INF


def tanh_slope(x: float) -> float:
    """Return 1 - tanh²x as 4q / (1 + q)², q = exp(-2|x|): the difference is exactly 0 from |x| = 19 on.

    The square is multiplied out, since squaring would double the rounding of 1 + q.
    """
    q = math.exp(-2.0 * abs(x))
    return 4.0 * q / (1.0 + q * (2.0 + q))


def asinh_slope(x: float) -> float:
    """Return 1 / sqrt(1 + x²), also where x² overflows."""
    return 1.0 / math.hypot(1.0, x)


def acosh(x: float) -> float:
    """Return the inverse hyperbolic cosine; nan below 1."""
    return math.acosh(x) if x >= 1.0 else NAN


def acosh_slope(x: float) -> float:
    """Return 1 / sqrt(x² - 1) from its factors, which neither cancel near 1 nor overflow; inf at 1, nan below."""
    if x > 1.0:
        return 1.0 / (math.sqrt(x - 1.0) * math.sqrt(x + 1.0))
    return INF if x == 1.0 else NAN


def coth_acosh(x: float) -> float:
    """Return x / sqrt(x² - 1), the hyperbolic cotangent of acosh x; inf at 1, nan below."""
    if x >= 1e150:
        return 1.0
    return x * acosh_slope(x)


def atanh(x: float) -> float:
    """Return the inverse hyperbolic tangent; ±inf at ±1, nan outside."""
    if -1.0 < x < 1.0:
        return math.atanh(x)
    return math.copysign(INF, x) if x == 1.0 or x == -1.0 else NAN


def atanh_slope(x: float) -> float:
    """Return 1 / (1 - x²) from its factors; inf at ±1, nan outside."""
    if -1.0 < x < 1.0:
        return 1.0 / ((1.0 - x) * (1.0 + x))
    return INF if x == 1.0 or x == -1.0 else NAN


# --- the error function -------------------------------------------------------------------------------------------


def _gaussian(x: float, factor: float) -> float:
    """Return exp(factor · x²) for |x| < 1e100 and a factor that is minus a power of two.

    The rounding of x·x would be multiplied by x². So x is cut into a head whose square is exact and a small rest.
    """
    cut = SPLITTER * x
    head = cut - (cut - x)
    main = math.exp(factor * head * head)
    return main + main * math.expm1(factor * (x - head) * (x + head))


erf = math.erf
erfc = math.erfc


def erf_slope(x: float) -> float:
    """Return 2/√π · exp(-x²)."""
    if -28.0 < x < 28.0:
        return TWO_OVER_SQRT_PI * _gaussian(x, -1.0)
    return 0.0 if x == x else x


def normal_pdf(x: float) -> float:
    """Return the density of the standard normal distribution, exp(-x²/2) / √(2π)."""
    if -39.0 < x < 39.0:
        return INV_SQRT_2PI * _gaussian(x, -0.5)
    return 0.0 if x == x else x


# --- comparisons --------------------------------------------------------------------------------------------------


def step(x: float) -> float:
    """Return 1 for x > 0 and 0 for x <= 0."""
    return 1.0 if x > 0.0 else 0.0 if x <= 0.0 else x


def maximum(a: float, b: float) -> float:
    """Return the greater; nan if either is nan (Python's max would give the first)."""
    return a if a >= b else b if a < b else NAN


def minimum(a: float, b: float) -> float:
    """Return the smaller; nan if either is nan."""
    return a if a <= b else b if a > b else NAN


def larger(a: float, b: float) -> float:
    """Return 1 if a > b, 1/2 if they are equal, 0 if a < b."""
    return 1.0 if a > b else 0.0 if a < b else 0.5 if a == b else NAN


def above(a: float, b: float) -> float:
    """Return 1 if a > b, 0 if a <= b; nan if either is nan, where a comparison would say no."""
    return 1.0 if a > b else 0.0 if a <= b else NAN


def clip(x: float, low: float, high: float) -> float:
    """Return x brought into [low, high]; high if the bounds are the wrong way round, as NumPy."""
    return minimum(maximum(x, low), high)


def clip_slope(x: float, low: float, high: float) -> float:
    """Return 1 for low <= x <= high, bounds included, and 0 outside."""
    if low <= x <= high:
        return 1.0
    return 0.0 if x == x and low == low and high == high else NAN


def where(condition: float, a: float, b: float) -> float:
    """Return a where the condition is not 0, otherwise b."""
    return a if condition != 0.0 else b


def less(a: float, b: float) -> float:
    """Return 1 if a < b, otherwise 0."""
    return 1.0 if a < b else 0.0


def less_equal(a: float, b: float) -> float:
    """Return 1 if a <= b, otherwise 0."""
    return 1.0 if a <= b else 0.0


def greater(a: float, b: float) -> float:
    """Return 1 if a > b, otherwise 0."""
    return 1.0 if a > b else 0.0


def greater_equal(a: float, b: float) -> float:
    """Return 1 if a >= b, otherwise 0."""
    return 1.0 if a >= b else 0.0


def equal(a: float, b: float) -> float:
    """Return 1 if a equals b, otherwise 0."""
    return 1.0 if a == b else 0.0


def not_equal(a: float, b: float) -> float:
    """Return 1 if a differs from b, otherwise 0."""
    return 1.0 if a != b else 0.0


# --- activations --------------------------------------------------------------------------------------------------


def sigmoid(x: float) -> float:
    """Return 1 / (1 + exp(-x)) by the branch whose exponential does not overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    q = math.exp(x)
    return q / (1.0 + q)


def sigmoid_slope(x: float) -> float:
    """Return s (1 - s) as q / (1 + q)², q = exp(-|x|): the product is exactly 0 from x = 37 on."""
    q = math.exp(-abs(x))
    return q / (1.0 + q * (2.0 + q))


def log_sigmoid(x: float) -> float:
    """Return log(sigmoid(x)) without passing through a sigmoid that has become 0 or 1."""
    return -math.log1p(math.exp(-x)) if x >= 0.0 else x - math.log1p(math.exp(x))


def softplus(x: float) -> float:
    """Return log(1 + exp(x)) without overflow and without a threshold."""
    return x + math.log1p(math.exp(-x)) if x > 0.0 else math.log1p(math.exp(x))


def relu(x: float) -> float:
    """Return x where it is positive, otherwise 0."""
    return 0.0 if x <= 0.0 else x


def leaky_relu(x: float, slope: float) -> float:
    """Return x where it is positive, otherwise slope · x."""
    return x if x > 0.0 else slope * x


def leaky_relu_slope(x: float, slope: float) -> float:
    """Return 1 for x > 0, the slope for x <= 0."""
    return 1.0 if x > 0.0 else slope if x <= 0.0 else x


def elu(x: float, alpha: float) -> float:
    """Return x where it is positive, otherwise alpha · (exp(x) - 1), without cancellation near 0."""
    return x if x > 0.0 else alpha * math.expm1(x)


def elu_slope(x: float, alpha: float) -> float:
    """Return 1 for x > 0, otherwise alpha · exp(x)."""
    if x < -700.0:
        return _times_exp(alpha, x)
    return 1.0 if x > 0.0 else alpha * math.exp(x)


def _times_exp(a: float, x: float) -> float:
    """Return a · exp(x) by two square roots: far to the left exp(x) has lost digits before a could multiply it."""
    root = math.exp(0.5 * x)
    return a * root * root


def selu(x: float) -> float:
    """Return the scaled exponential linear unit."""
    return SELU_SCALE * x if x > 0.0 else SELU_BOTH * math.expm1(x)


def selu_slope(x: float) -> float:
    """Return λ for x > 0, otherwise λα · exp(x)."""
    return SELU_SCALE if x > 0.0 else SELU_BOTH * math.exp(x)


def silu(x: float) -> float:
    """Return x · sigmoid(x)."""
    if x >= -700.0:
        return x / (1.0 + math.exp(-x))
    x = max(x, -2000.0)  # where exp(x) is 0 whatever multiplies it
    return _times_exp(x, x)


def silu_slope(x: float) -> float:
    """Return s + x s (1 - s), s = sigmoid(x), without cancellation at its root r near -1.28.

    On the left it is s (1 - s) · (exp(x) + x + 1). With d = x - r the bracket is d + exp(r) · expm1(d), two terms of
    one sign. On the right it is 1 - silu'(-x).
    """
    left = max(-abs(x), -2000.0)
    if left >= -700.0:
        q = math.exp(left)
        d = (left - SILU_ROOT) - SILU_ROOT_REST
        y = q * (d + SILU_ROOT_EXP * math.expm1(d)) / (1.0 + q * (2.0 + q))
    else:
        y = _times_exp(1.0 + left, left)
    return 1.0 - y if x > 0.0 else y


SILU_ROOT = -1.2784645427610737  # of exp(r) + r + 1
SILU_ROOT_REST = -1.0946994183093437e-16
SILU_ROOT_EXP = 0.2784645427610738

# On the negative axis, x = 4 (t + 1) / (t - 1) with t from -1 to 0.82, polynomials in t, highest power first: for
# (1 - x) Φ(x) / exp(-x²/2) and for (Φ(x) + x φ(x)) / ((x - r) exp(-x²/2)), r being the root of GELU's derivative.
# Both quotients vary slowly. Least maximum error over 45-digit values (mpmath.chebyfit): 4e-18 and 7e-19. The 4 was
# chosen among its neighbors because the coefficients happen to lose little when rounded to doubles.
GELU_POLYNOMIAL = (
    -8.021393100262695e-10, -1.576226490491662e-09, 6.268135725359487e-09, 1.776183188385037e-08,
    -1.9907797909474972e-08, -1.1116003136701888e-07, 1.42485002339593e-09, 5.521195332242644e-07,
    4.0453496074040365e-07, -2.6129632472369104e-06, -3.4322292663927294e-06, 1.3626886779207572e-05,
    2.1250059867512045e-05, -8.785318732035834e-05, -9.443025611294547e-05, 0.0006948971050647634,
    -0.0002856230976918773, -0.005002378591084706, 0.017936097479653624, -0.032197837428084124,
    0.028600364053551482, 0.013999634724425385, -0.09670347732652582, 0.47205320650984467,
)  # fmt: skip
GELU_SLOPE_POLYNOMIAL = (
    -7.339092512272825e-11, -1.510211757984069e-10, 5.617499574980276e-10, 1.7183191865712365e-09,
    -1.7671266100033702e-09, -1.14419502111834e-08, -7.678677036963215e-10, 6.337020968641337e-08,
    5.243430578045875e-08, -3.494416301805976e-07, -4.921956103063623e-07, 2.21676814518261e-06,
    3.5389110462733805e-06, -1.8034946395195356e-05, -1.747721654895285e-05, 0.00018577577568520932,
    -0.00015461331258552756, -0.0017882605413113294, 0.009504950375084177, -0.028083359953045693,
    0.06046293676785132, -0.10336589852195695, 0.4622112440495753,
)  # fmt: skip
GELU_ROOT = -0.7517915246935645
GELU_ROOT_REST = 1.4956759177009883e-17


def _times_gaussian(a: float, x: float) -> float:
    """Return a · exp(-x²/2), by two square roots where the exponential alone has left the normal range."""
    if x > -37.5:
        return a * _gaussian(x, -0.5)
    root = _gaussian(x, -0.25)
    return a * root * root


def gelu(x: float) -> float:
    """Return x · Φ(x); on the right as x + gelu(-x), so that only the left is computed, where 1 + erf cancels."""
    if not -40.0 < x < 40.0:
        return -0.0 if x < 0.0 else x
    left = -abs(x)
    t = (left + 4.0) / (left - 4.0)
    p = 0.0
    for coefficient in GELU_POLYNOMIAL:
        p = p * t + coefficient
    y = _times_gaussian(left * p / (1.0 - left), left)
    return y if x <= 0.0 else x + y


def gelu_slope(x: float) -> float:
    """Return Φ(x) + x φ(x), on the right as 1 - gelu'(-x); without cancellation at its root near -0.75."""
    if not -40.0 < x < 40.0:
        return -0.0 if x < 0.0 else 1.0 if x > 0.0 else x
    left = -abs(x)
    t = (left + 4.0) / (left - 4.0)
    p = 0.0
    for coefficient in GELU_SLOPE_POLYNOMIAL:
        p = p * t + coefficient
    y = _times_gaussian(((left - GELU_ROOT) - GELU_ROOT_REST) * p, left)
    return y if x <= 0.0 else 1.0 - y


def softsign(x: float) -> float:
    """Return x / (1 + |x|); ±1 at ±inf."""
    return x / (1.0 + abs(x)) if x - x == 0.0 else math.copysign(1.0, x) if x == x else x


def softsign_slope(x: float) -> float:
    """Return 1 / (1 + |x|)², divided twice instead of by a square that overflows."""
    p = 1.0 + abs(x)
    return 1.0 / p / p
