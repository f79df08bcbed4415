"""Define comparisons, selections, and the step functions that are their derivatives.

A comparison returns 1 or 0 and has derivative 0. The steps ``larger`` and ``above`` return nan for nan.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..kernels import array as array_kernels
from ..kernels import scalar as kernels
from ..primitive import PRODUCT, Form, Interval, Pointwise, record

POSITIVE = Interval(0.1, 3.0)
NEGATIVE = Interval(-3.0, -0.1)
MIDDLE = Interval(-0.9, 0.9)
LOW = Interval(-3.0, -1.0)
HIGH = Interval(1.0, 3.0)


def comparison(
    name: str, symbol: str, relation: str, scalar: Callable[[float, float], float], array: Callable[..., Any]
) -> Any:
    """Return the record of a comparison, entered in the table."""
    return record(
        Pointwise(
            name=name,
            symbol=symbol,
            tex=Form(rf"\left[{{0:1}} {relation} {{1:1}}\right]"),
            summary=f"1 where a {symbol} b, otherwise 0",
            scalar=scalar,
            array=array,
            partials=(lambda m, y, a, b: 0.0, lambda m, y, a, b: 0.0),
            domain=(NEGATIVE, POSITIVE),
            kink="0 at the jump; a comparison with nan is false, except that nan differs from everything",
            source="K. E. Iverson, A Programming Language, 1962 (the bracket)",
        )
    )


LESS = comparison("less", "<", "<", kernels.less, array_kernels.less)
LESS_EQUAL = comparison("less_equal", "≤", r"\le", kernels.less_equal, array_kernels.less_equal)
GREATER = comparison("greater", ">", ">", kernels.greater, array_kernels.greater)
GREATER_EQUAL = comparison("greater_equal", "≥", r"\ge", kernels.greater_equal, array_kernels.greater_equal)
EQUAL = comparison("equal", "=", "=", kernels.equal, array_kernels.equal)
NOT_EQUAL = comparison("not_equal", "≠", r"\ne", kernels.not_equal, array_kernels.not_equal)

# Selects: a partial of 0 sends nothing, not 0 · inf, to the operand that was not selected.
WHERE = record(
    Pointwise(
        name="where",
        tex=Form(
            r"\begin{{cases}} {1:0} & \text{{if }} {0:0} \\ {2:0} & \text{{otherwise}} \end{{cases}}",
            PRODUCT,
        ),
        summary="a where the condition is not 0, otherwise b",
        scalar=kernels.where,
        array=array_kernels.where,
        partials=(
            lambda m, y, condition, a, b: 0.0,
            lambda m, y, condition, a, b: m.not_equal(condition, 0.0),
            lambda m, y, condition, a, b: m.equal(condition, 0.0),
        ),
        selects=True,
        domain=(POSITIVE, Interval(-3.0, 3.0), Interval(-3.0, 3.0)),
        kink="the derivative of the operand that was chosen; the condition has derivative 0",
        source="DLMF 1.4(iii)",
    )
)

STEP = record(
    Pointwise(
        name="step",
        symbol="x>0",
        tex=Form(r"\left[{0:1} > 0\right]"),
        summary="1 for x > 0, 0 for x <= 0",
        scalar=kernels.step,
        array=array_kernels.step,
        partials=(lambda m, y, x: m.flat(x),),
        domain=(POSITIVE,),
        kink="0 at the jump",
        source="DLMF 1.16(iv)",
    )
)

MAXIMUM = record(
    Pointwise(
        name="maximum",
        symbol="max",
        tex=Form(r"\max\left({0:0}, {1:0}\right)"),
        summary="the greater of two numbers",
        scalar=kernels.maximum,
        array=np.maximum,
        partials=(lambda m, y, a, b: m.larger(a, b), lambda m, y, a, b: m.larger(b, a)),
        domain=(POSITIVE, NEGATIVE),
        kink="1/2 for each of two equal operands, the subgradient of least norm",
        source="DLMF, Common Notations and Definitions",
    )
)

MINIMUM = record(
    Pointwise(
        name="minimum",
        symbol="min",
        tex=Form(r"\min\left({0:0}, {1:0}\right)"),
        summary="the smaller of two numbers",
        scalar=kernels.minimum,
        array=np.minimum,
        partials=(lambda m, y, a, b: m.larger(b, a), lambda m, y, a, b: m.larger(a, b)),
        domain=(POSITIVE, NEGATIVE),
        kink="1/2 for each of two equal operands, the supergradient of least norm",
        source="DLMF, Common Notations and Definitions",
    )
)

LARGER = record(
    Pointwise(
        name="larger",
        symbol="a>b",
        textbook=Form("(1 + sign({0:1} - {1:2})) / 2", PRODUCT),
        tex=Form(r"\left[{0:1} > {1:1}\right]"),
        summary="1 where a > b, 1/2 where they are equal, otherwise 0",
        scalar=kernels.larger,
        array=array_kernels.larger,
        partials=(lambda m, y, a, b: m.flat(y), lambda m, y, a, b: m.flat(y)),
        domain=(POSITIVE, NEGATIVE),
        kink="0 at the jump",
        source="DLMF 1.16(iv)",
    )
)

ABOVE = record(
    Pointwise(
        name="above",
        symbol="a>b",
        textbook=Form("greater({0:0}, {1:0})"),
        tex=Form(r"\left[{0:1} > {1:1}\right]"),
        summary="1 where a > b, otherwise 0",
        scalar=kernels.above,
        array=array_kernels.above,
        partials=(lambda m, y, a, b: m.flat(y), lambda m, y, a, b: m.flat(y)),
        domain=(POSITIVE, NEGATIVE),
        kink="0 at the jump",
        source="DLMF 1.16(iv)",
    )
)

CLIP = record(
    Pointwise(
        name="clip",
        tex=Form(r"\operatorname{{clip}}\left({0:0}, {1:0}, {2:0}\right)"),
        summary="the number brought between two bounds",
        scalar=kernels.clip,
        array=array_kernels.clip,
        partials=(
            lambda m, y, x, low, high: m.clip_slope(x, low, high),
            lambda m, y, x, low, high: m.above(low, x) * (1.0 - m.above(low, high)),
            lambda m, y, x, low, high: m.above(m.maximum(x, low), high),
        ),
        domain=(MIDDLE, LOW, HIGH),
        kink="1 at a bound, which counts as inside, so that a parameter at its bound still learns",
        source="DLMF 1.4(iii)",
    )
)

CLIP_SLOPE = record(
    Pointwise(
        name="clip_slope",
        symbol="a≤x≤b",
        textbook=Form("less_equal({1:0}, {0:0}) * less_equal({0:0}, {2:0})", PRODUCT),
        tex=Form(r"\left[{1:1} \le {0:1} \le {2:1}\right]"),
        summary="1 where the number is between the bounds or on one of them, otherwise 0",
        scalar=kernels.clip_slope,
        array=array_kernels.clip_slope,
        partials=(
            lambda m, y, x, low, high: m.flat(y),
            lambda m, y, x, low, high: m.flat(y),
            lambda m, y, x, low, high: m.flat(y),
        ),
        domain=(MIDDLE, LOW, HIGH),
        kink="0 at the jumps",
        source="DLMF 1.16(iv)",
    )
)
