"""Define trigonometric functions and their inverses, and the length and angle of a vector."""

from __future__ import annotations

import math

import numpy as np

from ..kernels import array as array_kernels
from ..kernels import scalar as kernels
from ..primitive import NEGATION, PRODUCT, SUM, Form, Interval, Pointwise, record

INSIDE = Interval(-0.9, 0.9)
POSITIVE = Interval(0.1, 3.0)

SIN = record(
    Pointwise(
        name="sin",
        tex=Form(r"\sin {0:5}", NEGATION),
        summary="the sine",
        scalar=kernels.sin,
        array=np.sin,
        partials=(lambda m, y, x: m.cos(x),),
        source="DLMF 4.20.1",
    )
)

COS = record(
    Pointwise(
        name="cos",
        tex=Form(r"\cos {0:5}", NEGATION),
        summary="the cosine",
        scalar=kernels.cos,
        array=np.cos,
        partials=(lambda m, y, x: -m.sin(x),),
        source="DLMF 4.20.2",
    )
)

TAN = record(
    Pointwise(
        name="tan",
        tex=Form(r"\tan {0:5}", NEGATION),
        summary="the tangent",
        scalar=kernels.tan,
        array=np.tan,
        partials=(lambda m, y, x: m.tan_slope(x),),
        domain=(Interval(-1.2, 1.2),),
        source="DLMF 4.20.3",
    )
)

TAN_SLOPE = record(
    Pointwise(
        name="tan_slope",
        symbol="1+tan²",
        textbook=Form("1 + tan({0:0}) ** 2", SUM),
        tex=Form(r"1 + \tan^2 {0:5}", SUM),
        summary="the derivative of the tangent",
        scalar=kernels.tan_slope,
        array=array_kernels.tan_slope,
        partials=(lambda m, y, x: 2.0 * m.tan(x) * y,),
        domain=(Interval(-1.2, 1.2),),
        source="DLMF 4.20.3",
    )
)

ASIN = record(
    Pointwise(
        name="asin",
        tex=Form(r"\arcsin {0:5}", NEGATION),
        summary="the arc sine",
        scalar=kernels.asin,
        array=np.arcsin,
        partials=(lambda m, y, x: m.asin_slope(x),),
        domain=(INSIDE,),
        kink="inf at ±1, the limit from inside the domain; nan outside, where there is no value",
        source="DLMF 4.24.7",
    )
)

ASIN_SLOPE = record(
    Pointwise(
        name="asin_slope",
        symbol="1/√(1−x²)",
        textbook=Form("1 / sqrt(1 - {0:5} ** 2)", PRODUCT),
        tex=Form(r"\frac{{1}}{{\sqrt{{1 - {0:5}^2}}}}"),
        summary="the derivative of the arc sine",
        scalar=kernels.asin_slope,
        array=array_kernels.asin_slope,
        partials=(lambda m, y, x: x * y * y * y,),
        domain=(INSIDE,),
        kink="inf at ±1; nan outside",
        source="DLMF 4.24.7",
    )
)

ACOS = record(
    Pointwise(
        name="acos",
        tex=Form(r"\arccos {0:5}", NEGATION),
        summary="the arc cosine",
        scalar=kernels.acos,
        array=np.arccos,
        partials=(lambda m, y, x: -m.asin_slope(x),),
        domain=(INSIDE,),
        kink="-inf at ±1, the limit from inside the domain; nan outside, where there is no value",
        source="DLMF 4.24.8",
    )
)

ATAN = record(
    Pointwise(
        name="atan",
        tex=Form(r"\arctan {0:5}", NEGATION),
        summary="the arc tangent",
        scalar=math.atan,
        array=np.arctan,
        partials=(lambda m, y, x: m.atan_slope(x),),
        source="DLMF 4.24.9",
    )
)

# With the sine and cosine of the angle, 0 · inf does not arise in any derivative at infinity.
ATAN_SLOPE = record(
    Pointwise(
        name="atan_slope",
        symbol="1/(1+x²)",
        textbook=Form("1 / (1 + {0:5} ** 2)", PRODUCT),
        tex=Form(r"\frac{{1}}{{1 + {0:5}^2}}"),
        summary="the derivative of the arc tangent",
        scalar=kernels.atan_slope,
        array=array_kernels.atan_slope,
        partials=(lambda m, y, x: -2.0 * m.sin_atan(x) * m.asinh_slope(x) * y,),
        source="DLMF 4.24.9",
    )
)

SIN_ATAN = record(
    Pointwise(
        name="sin_atan",
        symbol="x/√(1+x²)",
        textbook=Form("{0:2} / sqrt(1 + {0:5} ** 2)", PRODUCT),
        tex=Form(r"\frac{{{0:0}}}{{\sqrt{{1 + {0:5}^2}}}}"),
        summary="the sine of the angle whose tangent is given",
        scalar=kernels.sin_atan,
        array=array_kernels.sin_atan,
        partials=(lambda m, y, x: m.atan_slope(x) * m.asinh_slope(x),),
        source="DLMF 4.20(i)",
    )
)

ATAN2 = record(
    Pointwise(
        name="atan2",
        tex=Form(r"\operatorname{{atan2}}\left({0:0}, {1:0}\right)"),
        summary="the angle of the point (b, a), in all four quadrants",
        scalar=math.atan2,
        array=np.arctan2,
        partials=(
            lambda m, y, a, b: m.atan2_slope(a, b),
            lambda m, y, a, b: -m.atan2_slope(b, a),
        ),
        domain=(POSITIVE, Interval(-3.0, 3.0)),
        kink="nan at (0, 0), where the angle takes every value nearby; the jump on the negative half-axis is not seen",
        source="DLMF 4.24.9",
    )
)

ATAN2_SLOPE = record(
    Pointwise(
        name="atan2_slope",
        symbol="b/(a²+b²)",
        textbook=Form("{1:2} / ({0:5} ** 2 + {1:5} ** 2)", PRODUCT),
        tex=Form(r"\frac{{{1:0}}}{{{0:5}^2 + {1:5}^2}}"),
        summary="the derivative of the angle of the point (b, a) by a",
        scalar=kernels.atan2_slope,
        array=array_kernels.atan2_slope,
        partials=(
            lambda m, y, a, b: -2.0 * y * m.atan2_slope(b, a),
            lambda m, y, a, b: (m.atan2_slope(b, a) - y) * (m.atan2_slope(b, a) + y),
        ),
        domain=(POSITIVE, POSITIVE),
        kink="nan at (0, 0)",
        source="DLMF 4.24.9",
    )
)

HYPOT = record(
    Pointwise(
        name="hypot",
        tex=Form(r"\sqrt{{{0:5}^2 + {1:5}^2}}"),
        summary="the length of the vector (a, b), without overflow of the squares",
        scalar=math.hypot,
        array=np.hypot,
        partials=(
            lambda m, y, a, b: m.hypot_slope(a, b),
            lambda m, y, a, b: m.hypot_slope(b, a),
        ),
        domain=(POSITIVE, Interval(-3.0, 3.0)),
        kink="0 at (0, 0), the subgradient of least norm",
        source="DLMF 1.5(i)",
    )
)

HYPOT_SLOPE = record(
    Pointwise(
        name="hypot_slope",
        symbol="a/√(a²+b²)",
        textbook=Form("{0:2} / sqrt({0:5} ** 2 + {1:5} ** 2)", PRODUCT),
        tex=Form(r"\frac{{{0:0}}}{{\sqrt{{{0:5}^2 + {1:5}^2}}}}"),
        summary="the derivative of the length of the vector (a, b) by a",
        scalar=kernels.hypot_slope,
        array=array_kernels.hypot_slope,
        partials=(
            lambda m, y, a, b: m.div(m.hypot_slope(b, a) * m.hypot_slope(b, a), m.hypot(a, b)),
            lambda m, y, a, b: -y * m.div(m.hypot_slope(b, a), m.hypot(a, b)),
        ),
        domain=(POSITIVE, POSITIVE),
        kink="0 at (0, 0), where it has no derivative of its own: nan",
        source="DLMF 1.5(i)",
    )
)
