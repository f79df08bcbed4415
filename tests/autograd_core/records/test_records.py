"""The records: what each must say, what it prints, and the numbers at kinks, ends of domains and in the far range."""

from __future__ import annotations

import ast
import math
import random
import re
from math import inf, nan

import pytest

from autograd_core.readings.algebra import floats
from autograd_core.readings.symbolic import Symbol, derivative
from autograd_core.records.primitive import TABLE, Pointwise

RECORDS = {name: p for name, p in TABLE.items() if isinstance(p, Pointwise)}
LETTERS = {1: ("x",), 2: ("a", "b"), 3: ("a", "b", "c")}
PI = math.pi


def partials(name, *point):
    y = RECORDS[name].scalar(*point)
    return y, *(rule(floats, y, *point) for rule in RECORDS[name].partials)


def same(got, expected, within=0.0):
    """Whether two floats are equal, nan to nan and zeros of either sign included, or a few ulp apart."""
    if math.isnan(expected) or math.isinf(expected):
        return str(got) == str(expected)
    return abs(got - expected) <= within * math.ulp(expected)


#: operation, operands, value, derivatives; compared exactly
KINKS = [
    ("relu", (0.0,), 0.0, 0.0),
    ("relu", (-0.0,), 0.0, 0.0),
    ("abs", (0.0,), 0.0, 0.0),
    ("abs", (-0.0,), 0.0, 0.0),
    ("maximum", (2.0, 2.0), 2.0, 0.5, 0.5),
    ("minimum", (2.0, 2.0), 2.0, 0.5, 0.5),
    ("maximum", (inf, inf), inf, 0.5, 0.5),
    ("maximum", (-0.0, 0.0), 0.0, 0.5, 0.5),
    ("leaky_relu", (0.0, 0.01), 0.0, 0.01, 0.0),
    ("prelu", (0.0, 0.3), 0.0, 0.3, 0.0),
    ("elu", (0.0, 1.0), 0.0, 1.0, 0.0),
    ("elu", (0.0, 2.0), 0.0, 2.0, 0.0),
    ("selu", (0.0,), 0.0, 1.7580993408473766),
    ("clip", (0.0, 0.0, 1.0), 0.0, 1.0, 0.0, 0.0),
    ("clip", (1.0, 0.0, 1.0), 1.0, 1.0, 0.0, 0.0),
    ("clip", (-1.0, 0.0, 1.0), 0.0, 0.0, 1.0, 0.0),
    ("clip", (2.0, 0.0, 1.0), 1.0, 0.0, 0.0, 1.0),
    ("clip", (0.5, 1.0, 0.0), 0.0, 0.0, 0.0, 1.0),  # bounds the wrong way round: the upper one, as NumPy
    ("step", (0.0,), 0.0, 0.0),
    ("step", (-0.0,), 0.0, 0.0),
    ("sign", (0.0,), 0.0, 0.0),
    ("floor", (2.0,), 2.0, 0.0),
    ("round", (2.5,), 2.0, 0.0),
    ("round", (3.5,), 4.0, 0.0),
    ("round", (-0.5,), -0.0, 0.0),
    ("trunc", (-2.7,), -2.0, 0.0),
    ("ceil", (-0.5,), -0.0, 0.0),
    ("softsign", (0.0,), 0.0, 1.0),
    ("hypot", (0.0, 0.0), 0.0, 0.0, 0.0),
    ("where", (1.0, 2.0, 3.0), 2.0, 0.0, 1.0, 0.0),
    ("where", (0.0, 2.0, 3.0), 3.0, 0.0, 0.0, 1.0),
    ("where", (0.0, nan, 3.0), 3.0, 0.0, 0.0, 1.0),
]

ENDS = [
    ("sqrt", (0.0,), 0.0, inf),
    ("sqrt", (-0.0,), -0.0, inf),
    ("sqrt", (-1.0,), nan, nan),
    ("sqrt", (inf,), inf, 0.0),
    ("cbrt", (0.0,), 0.0, inf),
    ("cbrt", (-8.0,), -2.0, 1.0 / 12.0),
    ("log", (0.0,), -inf, inf),
    ("log", (-0.0,), -inf, inf),
    ("log", (-1.0,), nan, nan),
    ("log2", (0.0,), -inf, inf),
    ("log10", (-0.0,), -inf, inf),
    ("log10", (-2.0,), nan, nan),
    ("log1p", (-1.0,), -inf, inf),
    ("log1p", (-2.0,), nan, nan),
    ("asin", (1.0,), PI / 2, inf),
    ("asin", (-1.0,), -PI / 2, inf),
    ("asin", (1.5,), nan, nan),
    ("acos", (1.0,), 0.0, -inf),
    ("acosh", (1.0,), 0.0, inf),
    ("acosh", (0.5,), nan, nan),
    ("atanh", (1.0,), inf, inf),
    ("atanh", (-1.0,), -inf, inf),
    ("atanh", (2.0,), nan, nan),
    ("atan2", (0.0, 0.0), 0.0, nan, nan),
    ("div", (1.0, 0.0), inf, inf, -inf),
    ("div", (1.0, -0.0), -inf, -inf, -inf),
    ("div", (0.0, 0.0), nan, inf, nan),
    ("xlogy", (0.0, 0.0), 0.0, 0.0, 0.0),
    ("xlogy", (0.0, 2.0), 0.0, math.log(2.0), 0.0),
    ("xlogy", (1.0, 0.0), -inf, -inf, inf),
    ("xlogy", (1.0, -1.0), nan, nan, nan),
    ("exp", (710.0,), inf, inf),
    ("exp", (-inf,), 0.0, 0.0),
    ("tanh", (inf,), 1.0, 0.0),
    ("sigmoid", (1000.0,), 1.0, 0.0),
    ("sigmoid", (-1000.0,), 0.0, 0.0),
    ("softplus", (-1000.0,), 0.0, 0.0),
    ("log_sigmoid", (-1000.0,), -1000.0, 1.0),
    ("log_sigmoid", (1000.0,), 0.0, 0.0),
    ("silu", (-inf,), 0.0, 0.0),
    ("silu", (inf,), inf, 1.0),
    ("gelu", (-inf,), 0.0, 0.0),
    ("gelu", (inf,), inf, 1.0),
    ("softsign", (inf,), 1.0, 0.0),
    ("softsign", (1e200,), 1.0, 0.0),
    ("atan", (-inf,), -PI / 2, 0.0),
    ("asinh", (inf,), inf, 0.0),
    ("sin", (inf,), nan, nan),
    ("hypot", (inf, 1.0), inf, 1.0, 0.0),
    ("atan2", (inf, 1.0), PI / 2, 0.0, 0.0),
]

POWERS = [
    ((0.0, 0.0), 1.0, 0.0, 0.0),
    ((0.0, 1.0), 0.0, 1.0, 0.0),
    ((0.0, 2.0), 0.0, 0.0, 0.0),
    ((0.0, 0.5), 0.0, inf, 0.0),
    ((0.0, -1.0), inf, -inf, -inf),
    ((-2.0, 0.0), 1.0, 0.0, nan),
    ((-2.0, 1.0), -2.0, 1.0, nan),
    ((-2.0, 2.0), 4.0, -4.0, nan),
    ((-2.0, 3.0), -8.0, 12.0, nan),
    ((-2.0, 0.5), nan, nan, nan),
    ((-8.0, 1.0 / 3.0), nan, nan, nan),
    ((1.0, inf), 1.0, inf, 0.0),
    ((1.0, nan), 1.0, nan, nan),
    ((nan, 0.0), 1.0, nan, nan),
    ((2.0, 2000.0), inf, inf, inf),
]

#: operation, operands, ulps, value or None, derivatives: correctly rounded from 50 digits
FAR = [
    ("elu", (-1e-10, 1.0), 2, -9.999999999500001e-11, 0.9999999999, -9.999999999500001e-11),
    ("selu", (-1.0,), 2, -1.1113307378125625, 0.646768603034814),
    ("sqrt", (5e-324,), 2, 2.2227587494850775e-162, 2.2494568972715982e161),
    ("pow", (1e-200, 1.5), 4, 1e-300, 1.5e-100, -4.605170185988091e-298),
    ("pow", (1.0 + 1e-10, 1e10), 16, 2.7182820532347876, 27182820529.629593, 2.718282278010539e-10),
    ("sigmoid", (37.0,), 4, 0.9999999999999999, 8.533047625744065e-17),
    ("sigmoid", (-40.0,), 4, 4.248354255291589e-18, 4.248354255291589e-18),
    ("sigmoid", (700.0,), 4, 1.0, 9.85967654375977e-305),
    ("sigmoid", (36.0,), 4, None, 2.319522830243568e-16),
    ("tanh", (19.0,), 4, 0.9999999999999999, 1.2556531168192118e-16),
    ("tanh", (22.0,), 4, 1.0, 3.1124528964535186e-19),
    ("tanh", (350.0,), 4, 1.0, 3.943870617503908e-304),
    ("softplus", (20.5,), 2, 20.500000001250154, 0.9999999987498471),
    ("softplus", (33.0,), 2, 33.00000000000001, 0.9999999999999953),
    ("softplus", (-40.0,), 2, 4.248354255291589e-18, 4.248354255291589e-18),
    ("div", (3e200, 4e200), 2, 0.75, 2.5e-201, -1.875e-201),
    ("div", (1e-300, 1e-200), 2, 1e-100, 1e200, -1e100),
    ("hypot", (3e200, 4e200), 2, 4.9999999999999995e200, 0.6, 0.8),
    ("hypot", (3e-200, 4e-200), 2, None, 0.6, 0.8),
    ("hypot", (1.5e308, 1.5e308), 2, None, 0.7071067811865476, 0.7071067811865476),
    ("hypot", (5e-324, 5e-324), 2, None, 0.7071067811865476, 0.7071067811865476),
    ("atan2", (3e200, 4e200), 4, 0.6435011087932844, 1.6e-201, -1.2e-201),
    ("atan2", (3e-200, 4e-200), 4, 0.6435011087932844, 1.6e199, -1.2e199),
    ("asinh", (1e200,), 2, 461.2101657793691, 1e-200),
    ("acosh", (1e200,), 2, 461.2101657793691, 1e-200),
    ("atan", (1e155,), 2, None, 1e-310),
    ("asin", (0.9999999925178499,), 4, 1.5706739981381475, 8174.69944548338),
    ("gelu", (-10.0,), 4, -7.619853024160526e-23, -7.618400096464814e-22),
    ("sin", (1e22,), 1, -0.8522008497671888, 0.523214785395139),
    ("tan", (PI / 2,), 4, 1.633123935319537e16, 2.667093788113571e32),
    ("exp", (709.782712893384,), 1, 1.7976931348622732e308, 1.7976931348622732e308),
    ("exp", (-745.13,), 1, 5e-324, 5e-324),
]


@pytest.mark.parametrize(("name", "point", "value", "slopes"), [(n, p, v, s) for n, p, v, *s in KINKS + ENDS])
def test_kinks_and_ends_of_domains(name, point, value, slopes):
    got = partials(name, *point)
    assert all(
        same(g, e, within=2.0 if e not in (0.0, 1.0) else 0.0) for g, e in zip(got, (value, *slopes), strict=True)
    ), got


@pytest.mark.parametrize(("point", "value", "slopes"), [(p, v, s) for p, v, *s in POWERS])
def test_powers_over_the_reals(point, value, slopes):
    got = partials("pow", *point)
    assert all(same(g, e) for g, e in zip(got, (value, *slopes), strict=True)), got


@pytest.mark.parametrize(("name", "point", "ulps", "value", "slopes"), [(n, p, u, v, s) for n, p, u, v, *s in FAR])
def test_far_range_and_saturation(name, point, ulps, value, slopes):
    got, *found = partials(name, *point)
    assert value is None or same(got, value, ulps), got
    assert all(same(g, e, ulps) for g, e in zip(found, slopes, strict=True)), found


# A comparison with nan is false and where takes a branch: numbers. A sum's derivative is 1 whatever the operands.
CONSTANT = {"identity", "add", "sub", "neg"}
DECIDES = {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "where"}


@pytest.mark.parametrize("name", sorted(set(RECORDS) - DECIDES))
def test_nan_gives_nan_and_no_derivative(name):
    if RECORDS[name].arity == 1:
        y, *slopes = partials(name, nan)
        assert math.isnan(y)
        assert name in CONSTANT or all(map(math.isnan, slopes))
    for pair in ((nan, 1.0), (1.0, nan)):
        if name in ("maximum", "minimum", "larger", "above", "hypot", "atan2"):
            assert all(map(math.isnan, partials(name, *pair)))


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_is_complete(name):
    record = RECORDS[name]
    assert record.summary
    assert record.source
    assert 0 < len(record.symbol) <= 12, "a picture's box holds a short text"
    assert len(record.domain) == len(record.partials) == record.arity
    assert all(interval.low < interval.high for interval in record.domain)
    assert len(record.defaults) < max(record.arity, 1)


def reading(text, environment):
    """The number that a printed form stands for: calls of the table's names, and Python's operators on floats."""
    operators = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow"}

    def read(tree):
        match tree:
            case ast.Expression(body):
                return read(body)
            case ast.Constant(value):
                return float(value)
            case ast.Name(identifier):
                return environment[identifier]
            case ast.UnaryOp(ast.USub(), operand):
                return -read(operand)
            case ast.BinOp(left, op, right):
                return getattr(floats, operators[type(op)])(read(left), read(right))
            case ast.Call(ast.Name(function), args):
                return getattr(floats, function)(*map(read, args))
        raise AssertionError(f"{ast.dump(tree)} does not belong to the grammar of printed forms")

    return read(ast.parse(text, mode="eval"))


def inside(name, count=5):
    rng = random.Random(name)
    for _ in range(count):
        yield [rng.uniform(*interval) for interval in RECORDS[name].domain]


@pytest.mark.parametrize("name", RECORDS)
def test_the_exact_text_evaluates_to_the_same_bits(name):
    letters = LETTERS[RECORDS[name].arity]
    symbol = Symbol(RECORDS[name], tuple(map(Symbol.variable, letters)))
    for point in inside(name):
        assert reading(symbol.exact, dict(zip(letters, point, strict=True))) == RECORDS[name].scalar(*point)


@pytest.mark.parametrize("name", RECORDS)
def test_the_textbook_form_says_what_is_computed(name):
    letters = LETTERS[RECORDS[name].arity]
    variables = tuple(map(Symbol.variable, letters))
    for symbol in (Symbol(RECORDS[name], variables), *derivative(name, *variables)):
        for point in inside(name):
            environment = dict(zip(letters, point, strict=True))
            exact = symbol.evaluate(floats, environment)
            text, _ = symbol.printed("textbook", exact_numbers=True)
            assert math.isclose(reading(text, environment), exact, rel_tol=1e-9, abs_tol=1e-12), text


@pytest.mark.parametrize("name", RECORDS)
def test_a_printed_operand_keeps_its_parentheses(name):
    """Operands that hold together loosely are put in parentheses: the text still says the same."""
    record = RECORDS[name]
    letters = LETTERS[record.arity]
    variables = [Symbol.variable(letter) for letter in letters]
    for inner in (lambda x: x + 0.25, lambda x: x - 0.25, lambda x: -x, lambda x: x * 1.5):
        symbol = Symbol(record, tuple(map(inner, variables)))
        for text in (symbol.exact, str(symbol)):
            for point in inside(name, 2):
                got = reading(text, dict(zip(letters, point, strict=True)))
                exact = record.scalar(*map(inner, point))
                if not (math.isnan(exact) or math.isnan(got)):  # inside the domain of both
                    assert same(got, exact) or math.isclose(got, exact, rel_tol=1e-6, abs_tol=1e-9), text


@pytest.mark.parametrize("name", RECORDS)
def test_tex_is_well_formed(name):
    letters = LETTERS[RECORDS[name].arity]
    variables = tuple(map(Symbol.variable, letters))
    operands = tuple(x + 1.0 for x in variables)
    for symbol in (Symbol(RECORDS[name], variables), Symbol(RECORDS[name], operands), *derivative(name, *operands)):
        tex = symbol.tex
        assert tex.count("{") == tex.count("}")
        assert tex.count(r"\left") - tex.count(r"\leftarrow") == tex.count(r"\right")
        assert len(re.findall(r"\\begin{", tex)) == len(re.findall(r"\\end{", tex))
        assert "_slope" not in tex, "a derivative is shown as a book shows it"


def test_derivatives_print_as_in_a_book():
    x = Symbol.variable("x")
    shown = {name: str(derivative(name, x)[0]) for name in ("tanh", "sigmoid", "log", "sqrt", "asin", "exp", "relu")}
    assert shown == {
        "tanh": "1 - tanh(x) ** 2",
        "sigmoid": "sigmoid(x) * (1 - sigmoid(x))",
        "log": "1 / x",
        "sqrt": "1 / (2 * sqrt(x))",
        "asin": "1 / sqrt(1 - x ** 2)",
        "exp": "exp(x)",
        "relu": "step(x)",
    }
    assert derivative("tanh", x)[0].tex == r"1 - \tanh^2 x"
