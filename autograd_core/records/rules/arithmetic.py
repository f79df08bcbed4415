"""Define sums, products, quotients and powers."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..kernels import array as array_kernels
from ..kernels import scalar as kernels
from ..primitive import NEGATION, POWER, PRODUCT, SUM, Form, Interval, Pointwise, record

POSITIVE = Interval(0.1, 3.0)
REAL = Interval(-3.0, 3.0)


def exponent_form(general: str, square: str, power: str) -> Any:
    """Return a template for b·a^(b-1) that writes 2x, not 2x^(2-1), when the exponent is a number."""

    def fill(a: Any, b: Any) -> str:
        n = b.constant
        if n is None:
            return general.format(a, b)
        return square.format(a) if n == 2.0 else power.format(a, f"{n:g}", f"{n - 1.0:g}")

    return fill


IDENTITY = record(
    Pointwise(
        name="identity",
        symbol="=",
        textbook=Form("{0:0}", SUM),
        tex=Form("{0:0}", SUM),
        summary="the number itself, as a node of its own",
        scalar=operator.pos,
        array=np.positive,
        partials=(lambda m, y, x: 1.0,),
        source="DLMF 1.4(iii)",
    )
)

ADD = record(
    Pointwise(
        name="add",
        operator="+",
        text=Form("{0:1} + {1:2}", SUM),
        tex=Form("{0:1} + {1:2}", SUM),
        summary="the sum of two numbers",
        scalar=operator.add,
        array=np.add,
        partials=(lambda m, y, a, b: 1.0, lambda m, y, a, b: 1.0),
        native="True",
        source="DLMF 1.4(iii)",
    )
)

SUB = record(
    Pointwise(
        name="sub",
        symbol="−",
        operator="-",
        text=Form("{0:1} - {1:2}", SUM),
        tex=Form("{0:1} - {1:2}", SUM),
        summary="the difference of two numbers",
        scalar=operator.sub,
        array=np.subtract,
        partials=(lambda m, y, a, b: 1.0, lambda m, y, a, b: -1.0),
        native="True",
        source="DLMF 1.4(iii)",
    )
)

MUL = record(
    Pointwise(
        name="mul",
        symbol="×",
        operator="*",
        text=Form("{0:2} * {1:3}", PRODUCT),
        tex=Form(r"{0:2} \cdot {1:3}", PRODUCT),
        summary="the product of two numbers",
        scalar=operator.mul,
        array=np.multiply,
        partials=(lambda m, y, a, b: b, lambda m, y, a, b: a),
        native="True",
        source="DLMF 1.4(iii)",
    )
)

# d(a/b)/db is -(a/b)/b: the textbook's -a/b² overflows or underflows at one point in eight of the wide range.
DIV = record(
    Pointwise(
        name="div",
        symbol="÷",
        operator="/",
        text=Form("{0:2} / {1:3}", PRODUCT),
        tex=Form(r"\frac{{{0:0}}}{{{1:0}}}", POWER),
        summary="the quotient of two numbers",
        scalar=kernels.div,
        array=array_kernels.div,
        partials=(lambda m, y, a, b: m.div(1.0, b), lambda m, y, a, b: m.div(-y, b)),
        native="b != 0.0",
        domain=(REAL, Interval(0.3, 3.0)),
        source="DLMF 1.4(iii)",
    )
)

NEG = record(
    Pointwise(
        name="neg",
        symbol="−",
        text=Form("-{0:3}", NEGATION),
        tex=Form("-{0:3}", NEGATION),
        summary="the number with its sign changed",
        scalar=operator.neg,
        array=np.negative,
        partials=(lambda m, y, x: -1.0,),
        native="True",
        source="DLMF 1.4(iii)",
    )
)

POW = record(
    Pointwise(
        name="pow",
        symbol="xʸ",
        operator="**",
        text=Form("{0:5} ** {1:5}", POWER),
        tex=Form("{{{0:5}}}^{{{1:0}}}", POWER),
        summary="a number raised to a power",
        scalar=kernels.power,
        array=array_kernels.power,
        partials=(
            lambda m, y, a, b: m.power_slope(a, b),
            lambda m, y, a, b: m.power_log(a, b, 1.0),
        ),
        native_constant="type(b) is int and b > 0",
        domain=(POSITIVE, REAL),
        kink="x ** 0 has derivative 0 everywhere; 0 ** y has derivative 0 by y for y >= 0, -inf for y < 0; "
        "a negative base has no derivative by its exponent: nan",
        source="DLMF 4.4(iii)",
    )
)

# The derivatives of a power have special cases (b = 0, a = 0) in which the textbook's product is 0 · inf.
POWER_SLOPE = record(
    Pointwise(
        name="power_slope",
        symbol="b·aᵇ⁻¹",
        textbook=Form(exponent_form("{1:2} * {0:5} ** ({1:1} - 1)", "2 * {0:2}", "{1} * {0:5} ** {2}"), PRODUCT),
        tex=Form(exponent_form(r"{1:2}\,{{{0:5}}}^{{{1:1}-1}}", r"2\,{0:2}", r"{1}\,{{{0:5}}}^{{{2}}}"), PRODUCT),
        summary="the derivative of a power by its base",
        scalar=kernels.power_slope,
        array=array_kernels.power_slope,
        partials=(
            lambda m, y, a, b: b * m.power_slope(a, b - 1.0),
            lambda m, y, a, b: m.pow(a, b - 1.0) + b * m.power_log(a, b - 1.0, 1.0),
        ),
        domain=(POSITIVE, REAL),
        kink="0 for b = 0, also at a = 0",
        source="DLMF 4.4(iii)",
    )
)


def power_log_slope(m: Any, y: Any, a: Any, b: Any, n: Any) -> Any:
    """Return d/da of a ** b · (ln a) ** n by the product rule; the second term is absent for n = 0."""
    return b * m.power_log(a, b - 1.0, n) + n * m.power_log(a, b - 1.0, n - 1.0)


POWER_LOG = record(
    Pointwise(
        name="power_log",
        symbol="aᵇ·lnⁿa",
        textbook=Form("{0:5} ** {1:5} * log({0:0}) ** {2:5}", PRODUCT),
        tex=Form(
            lambda a, b, n: rf"{{{a:5}}}^{{{b:0}}}\,\ln" + ("" if n.constant == 1.0 else f"^{{{n:0}}}") + f" {a:5}",
            PRODUCT,
        ),
        summary="the n-th derivative of a power by its exponent",
        scalar=kernels.power_log,
        array=array_kernels.power_log,
        partials=(
            power_log_slope,
            lambda m, y, a, b, n: m.power_log(a, b, n + 1.0),
            lambda m, y, a, b, n: m.xlogy(y, m.log(a)),
        ),
        domain=(Interval(1.2, 3.0), REAL, POSITIVE),
        kink="0 at a = 0 for b >= 0, infinite for b < 0; nan for a < 0",
        source="DLMF 4.4(iii)",
    )
)
