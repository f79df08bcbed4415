"""Printed formulas: the exact form is read back to the same bits, the textbook form says the same, TeX is balanced."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_core import TABLE, Pointwise
from autograd_core.readings.algebra import floats
from autograd_core.readings.expression import names, parse
from autograd_core.readings.symbolic import Symbol, derivative, symbols

from .graphs import points, pointwise

EVERY = pytest.mark.parametrize("record", pointwise(), ids=lambda record: record.name)
LETTERS = ("x", "y", "z", "w")
GREEK = (r"\xi", r"\eta", r"\zeta", r"\omega")


def variables(record: Pointwise) -> list[Symbol]:
    return [Symbol.variable(letter) for letter in LETTERS[: record.arity]]


def same_bits(x: float, y: float) -> bool:
    return x.hex() == y.hex()


@EVERY
def test_the_exact_form_of_value_and_partials_evaluates_to_the_same_bits(record):
    operands = variables(record)
    formulas = [getattr(symbols, record.name)(*operands), *derivative(record, *operands)]
    for point in points(record, 5):
        at = dict(zip(LETTERS, point, strict=False))
        y = record.scalar(*point)
        expected = [y, *(rule(floats, y, *point) * 1.0 for rule in record.partials)]
        for formula, number in zip(formulas, expected, strict=True):
            assert same_bits(parse(formula.exact).evaluate(floats, at), number), formula.exact


@EVERY
def test_the_textbook_form_says_the_same(record):
    operands = variables(record)
    formulas = [getattr(symbols, record.name)(*operands), *derivative(record, *operands)]
    for point in points(record, 5):
        at = dict(zip(LETTERS, point, strict=False))
        for formula in formulas:
            assert parse(str(formula)).evaluate(floats, at) == pytest.approx(
                formula.evaluate(floats, at), rel=1e-4, abs=1e-6
            ), str(formula)


@EVERY
def test_tex_is_well_formed_and_names_operands(record):
    operands = [Symbol.variable(letter, tex) for letter, tex in zip(LETTERS, GREEK, strict=True)][: record.arity]
    for formula in (getattr(symbols, record.name)(*operands), *derivative(record, *operands)):
        tex = formula.tex
        assert tex.strip()
        assert tex.count("{") == tex.count("}"), tex
        assert tex.count(r"\left") == tex.count(r"\right"), tex
        assert tex.count(r"\begin") == tex.count(r"\end"), tex
        assert "None" not in tex
        assert "{0" not in tex
        assert any(operand.tex in tex for operand in operands) == any(
            letter in str(formula) for letter in names(formula)
        )


@EVERY
def test_forms_hold_together_inside_one_another(record):
    """An operand of every other form is put in the parentheses it needs, and in no others that change the meaning."""
    a, b = Symbol.variable("a"), Symbol.variable("b")
    loose = [a + b, a - b, a * b, a / b, -a, a**b, Symbol.number(-2.5), symbols.tanh(a)]
    at = {"a": 0.3, "b": 0.7}
    for operand in loose:
        for place in range(record.arity):
            operands = [operand if i == place else b for i in range(record.arity)]
            formula = getattr(symbols, record.name)(*operands)
            for outer in (formula, -formula, formula + a, a - formula, a / formula, formula**a, a**formula):
                assert same_or_both_nan(parse(outer.exact).evaluate(floats, at), outer.evaluate(floats, at)), (
                    outer.exact
                )


def same_or_both_nan(x: float, y: float) -> bool:
    return same_bits(x, y) or (math.isnan(x) and math.isnan(y))


@st.composite
def formulas(draw: st.DrawFn) -> Symbol:
    """Nested formulas over the whole table."""
    pool = [Symbol.variable("a"), Symbol.variable("b")]
    for _ in range(draw(st.integers(1, 12))):
        if draw(st.integers(0, 4)) == 0:
            pool.append(Symbol.number(draw(st.floats(allow_nan=True, allow_infinity=True))))
            continue
        record = draw(st.sampled_from(pointwise()))
        pool.append(getattr(symbols, record.name)(*(draw(st.sampled_from(pool)) for _ in range(record.arity))))
    return pool[-1]


@given(formulas())
def test_any_formula_is_read_back(formula):
    at = {"a": 0.75, "b": -1.25}
    text = formula.exact
    if len(text) < 10_000 and text.count("(") < 60:
        read = parse(text)
        assert same_or_both_nan(read.evaluate(floats, at), formula.evaluate(floats, at))
        assert read.exact == text
        assert set(names(read)) <= {"a", "b"}


def test_a_formula_may_be_as_deep_as_a_graph():
    x = Symbol.variable("x")
    for _ in range(3_000):
        x = symbols.tanh(x)
    assert x.exact.startswith("tanh(tanh(")
    assert x.tex.startswith(r"\tanh")
    assert x.evaluate(floats, {"x": 0.5}) == pytest.approx(0.0223, rel=0.01)


def test_constants_print_in_full_where_exactness_is_promised():
    x = Symbol.number(1.0 / 3.0)
    assert x.exact == "0.3333333333333333"
    assert str(x) == "0.333333"


def test_the_chain_rule_is_built_of_the_printed_rules():
    rng = random.Random(1)
    x = Symbol.variable("x")
    inner = symbols.sin(x)
    (slope,) = derivative("tanh", inner)
    (inner_slope,) = derivative("sin", x)
    chain = slope * inner_slope
    assert str(chain) == "(1 - tanh(sin(x)) ** 2) * cos(x)"
    assert TABLE["tanh"].partials
    t = rng.uniform(-1.0, 1.0)
    assert chain.evaluate(floats, {"x": t}) == pytest.approx((1.0 - math.tanh(math.sin(t)) ** 2) * math.cos(t))
