"""Every kernel and every derivative against 50-digit arithmetic, and scalar kernels against array kernels.

The reference knows no derivative: ``TRUTH`` holds the functions alone, and their derivatives of every order are
differences in as many digits as they need. So a wrong rule and a wrong kernel are both found, to the last bits.
"""

from __future__ import annotations

import itertools
import math
import random
from math import inf, nan

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

from autograd_core.readings.algebra import arrays, floats
from autograd_core.records.primitive import TABLE, Pointwise

RECORDS = {name: p for name, p in TABLE.items() if isinstance(p, Pointwise)}
SLOPE_ULPS = 4.0
VALUE_ULPS = {"gelu": 5.0, "tanh": 3.0}  # the others 2.5


def logistic(x):
    return 1 / (1 + mp.exp(-x))


def selu(x):
    scale, alpha = mpf("1.0507009873554804934193349852946"), mpf("1.6732632423543772848170429916717")
    return scale * x if x > 0 else scale * alpha * mp.expm1(x)


def selu_slope(x):
    scale, alpha = mpf("1.0507009873554804934193349852946"), mpf("1.6732632423543772848170429916717")
    return scale if x > 0 else scale * alpha * mp.exp(x)


TRUTH = {
    "identity": lambda x: x,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda x: -x,
    "pow": lambda a, b: a**b,
    "power_slope": lambda a, b: b * a**b / a,
    "power_log": lambda a, b, n: a**b * mp.log(a) ** n,
    "abs": abs,
    "sign": mp.sign,
    "floor": mp.floor,
    "ceil": mp.ceil,
    "round": mp.nint,
    "trunc": lambda x: mp.floor(x) if x > 0 else mp.ceil(x),
    "flat": lambda x: mpf(0),
    "exp": mp.exp,
    "exp2": lambda x: mpf(2) ** x,
    "exp2_slope": lambda x: mp.log(2) * mpf(2) ** x,
    "expm1": mp.expm1,
    "log": mp.log,
    "log_slope": lambda x: mp.log(x) * 0 + 1 / x,  # complex, that is nowhere, for x < 0
    "log2": lambda x: mp.log(x, 2),
    "log2_slope": lambda x: mp.log(x) * 0 + 1 / (x * mp.log(2)),
    "log10": mp.log10,
    "log10_slope": lambda x: mp.log(x) * 0 + 1 / (x * mp.log(10)),
    "log1p": mp.log1p,
    "sqrt": mp.sqrt,
    "sqrt_slope": lambda x: 1 / (2 * mp.sqrt(x)),
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "cbrt_slope": lambda x: 1 / (3 * mp.cbrt(abs(x)) ** 2),
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "tan_slope": lambda x: mp.sec(x) ** 2,
    "asin": mp.asin,
    "asin_slope": lambda x: 1 / mp.sqrt(1 - x * x),
    "acos": mp.acos,
    "atan": mp.atan,
    "atan_slope": lambda x: 1 / (1 + x * x),
    "sin_atan": lambda x: x / mp.sqrt(1 + x * x),
    "atan2": mp.atan2,
    "atan2_slope": lambda a, b: b / (a * a + b * b),
    "hypot": lambda a, b: mp.sqrt(a * a + b * b),
    "hypot_slope": lambda a, b: a / mp.sqrt(a * a + b * b),
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": mp.tanh,
    "tanh_slope": lambda x: mp.sech(x) ** 2,
    "asinh": mp.asinh,
    "asinh_slope": lambda x: 1 / mp.sqrt(1 + x * x),
    "acosh": mp.acosh,
    "acosh_slope": lambda x: 1 / (mp.sqrt(x - 1) * mp.sqrt(x + 1)) if x > -1 else mpmath.mpc(0, 1),
    "coth_acosh": lambda x: x / (mp.sqrt(x - 1) * mp.sqrt(x + 1)) if x > -1 else mpmath.mpc(0, 1),
    "atanh": mp.atanh,
    "atanh_slope": lambda x: mp.atanh(x) * 0 + 1 / (1 - x * x),
    "less": lambda a, b: mpf(a < b),
    "less_equal": lambda a, b: mpf(a <= b),
    "greater": lambda a, b: mpf(a > b),
    "greater_equal": lambda a, b: mpf(a >= b),
    "equal": lambda a, b: mpf(a == b),
    "not_equal": lambda a, b: mpf(a != b),
    "where": lambda condition, a, b: a if condition else b,
    "step": lambda x: mpf(x > 0),
    "maximum": max,
    "minimum": min,
    "larger": lambda a, b: (1 + mp.sign(a - b)) / 2,
    "above": lambda a, b: mpf(a > b),
    "clip": lambda x, low, high: min(max(x, low), high),
    "clip_slope": lambda x, low, high: mpf(low <= x <= high),
    "erf": mp.erf,
    "erfc": mp.erfc,
    "erf_slope": lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
    "normal_pdf": lambda x: mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi),
    "xlogy": lambda a, b: a * mp.log(b),
    "xlogy_slope": lambda a, b: mp.log(b),
    "xlogy_ratio": lambda a, b: mp.log(b) * 0 + a / b,
    "sigmoid": logistic,
    "sigmoid_slope": lambda x: logistic(x) * logistic(-x),
    "log_sigmoid": lambda x: -mp.log1p(mp.exp(-x)),
    "softplus": lambda x: mp.log1p(mp.exp(x)),
    "relu": lambda x: max(x, mpf(0)),
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
    "prelu": lambda x, slope: x if x > 0 else slope * x,
    "leaky_relu_slope": lambda x, slope: mpf(1) if x > 0 else slope,
    "elu": lambda x, alpha: x if x > 0 else alpha * mp.expm1(x),
    "elu_slope": lambda x, alpha: mpf(1) if x > 0 else alpha * mp.exp(x),
    "selu": selu,
    "selu_slope": selu_slope,
    "silu": lambda x: x * logistic(x),
    "silu_slope": lambda x: logistic(x) * (1 + x * logistic(-x)),
    "gelu": lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2,
    "gelu_slope": lambda x: mp.erfc(-x / mp.sqrt(2)) / 2 + x * mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi),
    "softsign": lambda x: x / (1 + abs(x)),
    "softsign_slope": lambda x: 1 / (1 + abs(x)) ** 2,
}

#: Where operands are drawn from, where the whole line of floats would be pointless or slow.
STEPS = (-1e15, 1e15)
SMALLEST_NORMAL = 2.2250738585072014e-308
EXPONENTIAL = (-760.0, 760.0)
GAUSSIAN = (-45.0, 45.0)
RANGES = {
    **dict.fromkeys(("floor", "ceil", "round", "trunc"), (STEPS,)),
    **dict.fromkeys(("exp", "expm1", "sinh", "cosh", "tanh", "tanh_slope", "selu", "selu_slope"), (EXPONENTIAL,)),
    **dict.fromkeys(("sigmoid", "sigmoid_slope", "log_sigmoid", "softplus", "silu", "silu_slope"), (EXPONENTIAL,)),
    **dict.fromkeys(("elu", "elu_slope"), (EXPONENTIAL, (-1e300, 1e300))),
    **dict.fromkeys(("exp2", "exp2_slope"), ((-1080.0, 1030.0),)),
    **dict.fromkeys(("erf_slope", "normal_pdf", "gelu", "gelu_slope"), (GAUSSIAN,)),
    "erf": ((-8.0, 8.0),),
    "erfc": ((-8.0, 28.0),),
    **dict.fromkeys(("pow", "power_slope"), ((-1e300, 1e300), (-50.0, 50.0))),
    "power_log": ((0.0, 1e300), (-50.0, 50.0), (1.0, 3.0)),
}
#: The number of derivatives by an exponent is an integer.
COUNTS = {("power_log", 2)}


def derived(record):
    """Whether it is a derivative with a name of its own."""
    return record.text != record.textbook


def settled(value):
    """The value that ``value(digits)`` takes with more and more digits, to 25 of them at least."""
    before = None
    for digits in (50, 100, 400, 1600):
        with mp.workdps(digits):
            now = value(digits)
            real = not isinstance(now, mpmath.mpc)
            if real and now != 0 and before is not None and abs(now - before) <= abs(now) * mpf(10) ** -25:
                break
        before = now
    return now


def truth(name, point):
    x = [mpf(v) for v in point]
    return settled(lambda digits: TRUTH[name](*x))


def true_derivative(name, point, direction, order=1):
    """The directional derivative of some order, by central differences."""
    x = [mpf(v) for v in point]
    scale = max([abs(v) for v, d in zip(x, direction, strict=True) if d] + [mpf(0)]) or mpf(1)

    def difference(digits):
        h = scale * mpf(10) ** (-(digits // (order + 2)))
        total = mpf(0)
        for k in range(order + 1):
            t = (mpf(order) / 2 - k) * h
            moved = TRUTH[name](*(v + t * d for v, d in zip(x, direction, strict=True)))
            total += (-1) ** k * mp.binomial(order, k) * moved
        return total / h**order

    return settled(difference)


def ulps(got, exact):
    """The error in units in the last place of the correct answer; inf for a wrong infinity or a nan."""
    nearest = float(exact)
    if got == nearest:
        return 0.0
    if math.isinf(nearest) or not math.isfinite(got):
        return inf
    with mp.workdps(60):
        return float(abs(mpf(got) - exact) / mpf(math.ulp(nearest)))


def draw(rng, low, high, domain):
    """A float: within the domain, of any size, near 1, or a plain one."""
    while True:
        kind = rng.randrange(5)
        if kind == 0:
            x = rng.uniform(*domain)
        elif kind == 1:
            x = rng.choice((1.0, -1.0)) * 10.0 ** rng.uniform(-323.0, 308.0)
        elif kind == 2:
            x = rng.choice((1.0, -1.0)) * 10.0 ** rng.uniform(-8.0, 4.0)
        elif kind == 3:
            x = rng.choice((1.0, -1.0)) * (1.0 + rng.choice((1.0, -1.0)) * 10.0 ** rng.uniform(-16.0, -1.0))
        else:
            x = rng.uniform(max(low, -800.0), min(high, 800.0))
        if low <= x <= high:
            return x


def points(name, count, seed=1):
    """Points over the whole range of floats; a third have operands of similar size."""
    rng = random.Random(f"{name} {seed}")
    record = RECORDS[name]
    ranges = RANGES.get(name, ((-1.7e308, 1.7e308),) * record.arity)
    for _ in range(count):
        point = [draw(rng, *ranges[i], record.domain[i]) for i in range(record.arity)]
        if record.arity > 1 and name not in RANGES and rng.random() < 0.3:
            size = 10.0 ** rng.uniform(-300.0, 300.0)
            point = [size * rng.uniform(-3.0, 3.0) for _ in point]
        for i in range(record.arity):
            if (name, i) in COUNTS:
                point[i] = float(round(point[i]))
        if RANGES.get(name) == (STEPS,) and point[0].is_integer():
            continue  # a jump
        if name == "div" and 0.0 < abs(record.scalar(*point)) < SMALLEST_NORMAL:
            continue  # -(a/b)/b inherits what a/b has lost
        yield tuple(point)


def test_every_record_has_a_reference():
    assert set(TRUTH) == set(RECORDS)


MANY = pytest.param(2000, marks=pytest.mark.nightly)


@pytest.mark.parametrize("count", [60, MANY])
@pytest.mark.parametrize("name", RECORDS)
def test_values(name, count):
    for point in points(name, count):
        exact, got = truth(name, point), RECORDS[name].scalar(*point)
        if isinstance(exact, mpmath.mpc):
            assert math.isnan(got), point
        else:
            bound = SLOPE_ULPS if derived(RECORDS[name]) else VALUE_ULPS.get(name, 2.5)
            assert ulps(got, exact) <= bound, (point, got, mp.nstr(exact, 20))


@pytest.mark.parametrize("count", [40, MANY])
@pytest.mark.parametrize("name", [name for name, record in RECORDS.items() if not derived(record)])
def test_first_derivatives(name, count):
    record = RECORDS[name]
    for point in points(name, count, seed=2):
        y = record.scalar(*point)
        for i, rule in enumerate(record.partials):
            if math.isnan(y):
                continue
            exact = true_derivative(name, point, [float(i == j) for j in range(record.arity)])
            if not isinstance(exact, mpmath.mpc):  # where the domain ends: test_records
                got = rule(floats, y, *point)
                assert ulps(got, exact) <= SLOPE_ULPS, (i, point, got, mp.nstr(exact, 20))


class Dual:
    """A number and its derivative in one direction; the numbers of order n are duals of order n - 1.

    One more reading of the rules, the simplest: what is tested here is the records and not the engine.
    """

    def __init__(self, value, tangent, algebra):
        self.value, self.tangent, self.algebra = value, tangent, algebra

    def __add__(self, other):
        return self.algebra.add(self, other)

    def __radd__(self, other):
        return self.algebra.add(other, self)

    def __sub__(self, other):
        return self.algebra.sub(self, other)

    def __rsub__(self, other):
        return self.algebra.sub(other, self)

    def __mul__(self, other):
        return self.algebra.mul(self, other)

    def __rmul__(self, other):
        return self.algebra.mul(other, self)

    def __neg__(self):
        return self.algebra.neg(self)


class Duals:
    """The algebra of duals over another algebra."""

    def __init__(self, below):
        self.below = below

    def __getattr__(self, name):
        record = RECORDS[name]

        def operation(*operands):
            mine = [isinstance(x, Dual) and x.algebra is self for x in operands]
            values = [x.value if is_mine else x for x, is_mine in zip(operands, mine, strict=True)]
            y = getattr(self.below, name)(*values)
            tangent = 0.0
            for rule, x, is_mine in zip(record.partials, operands, mine, strict=True):
                partial = rule(self.below, y, *values) if is_mine else 0.0
                if not (type(partial) is float and partial == 0.0 and (record.selects or not is_mine)):
                    tangent = tangent + partial * x.tangent
            return Dual(y, tangent, self)

        return operation


def derivative(name, point, direction, order):
    """The directional derivative of some order, by the rules alone."""
    algebra, operands = floats, point
    for _ in range(order):
        algebra = Duals(algebra)
        operands = [Dual(x, d, algebra) for x, d in zip(operands, direction, strict=True)]
    y = getattr(algebra, name)(*operands)
    for _ in range(order):
        y = y.tangent if isinstance(y, Dual) else 0.0
    return y


def directions(name):
    arity = RECORDS[name].arity
    axes = [[float(i == j) for j in range(arity)] for i in range(arity) if (name, i) not in COUNTS]
    both = [[float((name, i) not in COUNTS) for i in range(arity)]] if len(axes) > 1 else []
    return axes + both


def conditioned(name, point, direction, order):
    """The true derivative, and how many times the rounding of an operand is multiplied in it."""
    exact = true_derivative(name, point, direction, order)
    change = mpf(0)
    for i, x in enumerate(point):
        moved = [*point[:i], x * (1.0 + 2.0**-20), *point[i + 1 :]]
        change += abs(true_derivative(name, moved, direction, order) - exact) * 2**20
    return exact, float(change / abs(exact)) if exact else inf


#: order, ulps at points where it is well conditioned, points
ORDERS = ((2, 16.0, 4), (3, 64.0, 2), (4, 256.0, 1))


@pytest.mark.parametrize("name", RECORDS)
def test_higher_orders(name):
    rng = random.Random(name)
    for order, bound, count in ORDERS:
        for direction in directions(name):
            for _ in range(count):
                point = [rng.uniform(*interval) for interval in RECORDS[name].domain]
                exact, condition = conditioned(name, point, direction, order)
                got = derivative(name, point, direction, order)
                if not exact:
                    assert got == 0.0
                else:  # near a root of it the terms cancel, and so do the digits
                    assert ulps(got, exact) <= bound * max(1.0, condition / 4.0), (order, direction, point, got)


FIVE_ORDERS = {
    ("sigmoid", 0.7): (0.22171287329310904, -0.07457878844034181, -0.07322671581020833, 0.12384214122158327,
                       0.054853002736231234),
    ("tanh", 0.3): (0.9151369618266292, -0.5331818782014544, -1.3643061061011237, 3.72248581661372, 6.113703931953153),
}  # fmt: skip


@pytest.mark.parametrize(("name", "x"), FIVE_ORDERS)
def test_five_orders(name, x):
    for order, exact in enumerate(FIVE_ORDERS[name, x], start=1):
        assert abs(derivative(name, [x], [1.0], order) - exact) <= 64 * math.ulp(exact)


SPECIAL = (
    0.0, -0.0, 1.0, -1.0, inf, -inf, nan, 5e-324, -5e-324, 2.2e-308, 1e-200, -1e-200, 1e200, -1e200, 1.7e308, -1.7e308,
    1000.0, -1000.0, 37.0, -37.0, 709.8, -709.8, -745.1, 2.0, -2.0, 0.5, -0.5, 3.0, 2.5, 1e-10, 1e22, -0.7, -1.3,
)  # fmt: skip


def kind(x):
    return "nan" if math.isnan(x) else "inf" if x == inf else "-inf" if x == -inf else "finite"


def apart(a, b):
    """How many ulps two floats are apart; inf if they are not of one kind."""
    if kind(a) != kind(b):
        return inf
    return 0.0 if a == b or math.isnan(a) else abs(a - b) / math.ulp(max(abs(a), abs(b)))


@pytest.mark.parametrize("name", RECORDS)
def test_scalars_and_arrays_agree(name):
    """Same nan and inf everywhere, values within 2 ulp, derivatives within 4; no exception and no other type."""
    record = RECORDS[name]
    grid = list(itertools.product(SPECIAL if record.arity < 3 else SPECIAL[:12], repeat=record.arity))
    columns = [np.array(column) for column in zip(*grid, strict=True)]
    with np.errstate(all="ignore"):
        y = record.array(*columns)
        results = [y, *(rule(arrays, y, *columns) for rule in record.partials)]
    for j, point in enumerate(grid):
        y = record.scalar(*point)
        for i, got in enumerate([y, *(rule(floats, y, *point) for rule in record.partials)]):
            assert type(got) is float, (i, point, got)
            other = results[i] if isinstance(results[i], float) else float(results[i][j])
            assert apart(got, other) <= (4.0 if i else 2.0), (i, point, got, other)


@pytest.mark.parametrize("name", RECORDS)
def test_arrays_keep_their_dtype_and_shape(name):
    record = RECORDS[name]
    for dtype, shape in itertools.product((np.float32, np.float64), ((), (0,), (2, 3))):
        rng = np.random.default_rng(0)
        columns = [rng.uniform(*interval, size=shape).astype(dtype) for interval in record.domain]
        constants = [columns[0], *(interval.low for interval in record.domain[1:])]  # Python floats
        with np.errstate(all="ignore"):
            y = record.array(*columns)
            results = [y, record.array(*constants), *(rule(arrays, y, *columns) for rule in record.partials)]
        for result in results:
            if type(result) is not float:
                assert (result.dtype, result.shape) == (dtype, shape)


@pytest.mark.parametrize("name", sorted(set(RECORDS) - {"power_log"}))
def test_scalars_and_arrays_agree_on_any_point(name):
    """Libraries differ by an ulp or two in an elementary function, and 3 in a tanh."""
    record = RECORDS[name]
    grid = list(points(name, 200, seed=3))
    columns = [np.array(column) for column in zip(*grid, strict=True)]
    with np.errstate(all="ignore"):
        y = record.array(*columns)
    for point, other in zip(grid, y.tolist(), strict=True):
        assert apart(record.scalar(*point), other) <= 4.0, point
