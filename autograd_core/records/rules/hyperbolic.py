"""Define hyperbolic functions and their inverses."""

from __future__ import annotations

import math

import numpy as np

from ..kernels import array as array_kernels
from ..kernels import scalar as kernels
from ..primitive import NEGATION, PRODUCT, SUM, Form, Interval, Pointwise, record

INSIDE = Interval(-0.9, 0.9)
ABOVE_ONE = Interval(1.2, 4.0)

SINH = record(
    Pointwise(
        name="sinh",
        tex=Form(r"\sinh {0:5}", NEGATION),
        summary="the hyperbolic sine",
        scalar=kernels.sinh,
        array=np.sinh,
        partials=(lambda m, y, x: m.cosh(x),),
        source="DLMF 4.34.1",
    )
)

COSH = record(
    Pointwise(
        name="cosh",
        tex=Form(r"\cosh {0:5}", NEGATION),
        summary="the hyperbolic cosine",
        scalar=kernels.cosh,
        array=np.cosh,
        partials=(lambda m, y, x: m.sinh(x),),
        source="DLMF 4.34.2",
    )
)

TANH = record(
    Pointwise(
        name="tanh",
        tex=Form(r"\tanh {0:5}", NEGATION),
        summary="the hyperbolic tangent",
        scalar=math.tanh,
        array=np.tanh,
        partials=(lambda m, y, x: m.tanh_slope(x),),
        source="DLMF 4.34.3",
    )
)

TANH_SLOPE = record(
    Pointwise(
        name="tanh_slope",
        symbol="1−tanh²",
        textbook=Form("1 - tanh({0:0}) ** 2", SUM),
        tex=Form(r"1 - \tanh^2 {0:5}", SUM),
        summary="the derivative of the hyperbolic tangent",
        scalar=kernels.tanh_slope,
        array=array_kernels.tanh_slope,
        partials=(lambda m, y, x: -2.0 * m.tanh(x) * y,),
        source="DLMF 4.34.3",
    )
)

ASINH = record(
    Pointwise(
        name="asinh",
        tex=Form(r"\operatorname{{arsinh}} {0:5}", NEGATION),
        summary="the inverse hyperbolic sine",
        scalar=math.asinh,
        array=np.arcsinh,
        partials=(lambda m, y, x: m.asinh_slope(x),),
        source="DLMF 4.38(ii)",
    )
)

ASINH_SLOPE = record(
    Pointwise(
        name="asinh_slope",
        symbol="1/√(1+x²)",
        textbook=Form("1 / sqrt(1 + {0:5} ** 2)", PRODUCT),
        tex=Form(r"\frac{{1}}{{\sqrt{{1 + {0:5}^2}}}}"),
        summary="the derivative of the inverse hyperbolic sine",
        scalar=kernels.asinh_slope,
        array=array_kernels.asinh_slope,
        partials=(lambda m, y, x: -(m.sin_atan(x) * m.atan_slope(x)),),
        source="DLMF 4.38(ii)",
    )
)

ACOSH = record(
    Pointwise(
        name="acosh",
        tex=Form(r"\operatorname{{arcosh}} {0:5}", NEGATION),
        summary="the inverse hyperbolic cosine",
        scalar=kernels.acosh,
        array=np.arccosh,
        partials=(lambda m, y, x: m.acosh_slope(x),),
        domain=(ABOVE_ONE,),
        kink="inf at 1, the limit from inside the domain; nan below, where there is no value",
        source="DLMF 4.38(ii)",
    )
)

ACOSH_SLOPE = record(
    Pointwise(
        name="acosh_slope",
        symbol="1/√(x²−1)",
        textbook=Form("1 / sqrt({0:5} ** 2 - 1)", PRODUCT),
        tex=Form(r"\frac{{1}}{{\sqrt{{{0:5}^2 - 1}}}}"),
        summary="the derivative of the inverse hyperbolic cosine",
        scalar=kernels.acosh_slope,
        array=array_kernels.acosh_slope,
        partials=(lambda m, y, x: -(m.coth_acosh(x) * y * y),),
        domain=(ABOVE_ONE,),
        kink="inf at 1; nan below",
        source="DLMF 4.38(ii)",
    )
)

COTH_ACOSH = record(
    Pointwise(
        name="coth_acosh",
        symbol="x/√(x²−1)",
        textbook=Form("{0:2} / sqrt({0:5} ** 2 - 1)", PRODUCT),
        tex=Form(r"\frac{{{0:0}}}{{\sqrt{{{0:5}^2 - 1}}}}"),
        summary="the hyperbolic cotangent of the number whose hyperbolic cosine is given",
        scalar=kernels.coth_acosh,
        array=array_kernels.coth_acosh,
        partials=(lambda m, y, x: -(m.acosh_slope(x) * m.acosh_slope(x) * m.acosh_slope(x)),),
        domain=(ABOVE_ONE,),
        kink="inf at 1; nan below",
        source="DLMF 4.28(i)",
    )
)

ATANH = record(
    Pointwise(
        name="atanh",
        tex=Form(r"\operatorname{{artanh}} {0:5}", NEGATION),
        summary="the inverse hyperbolic tangent",
        scalar=kernels.atanh,
        array=np.arctanh,
        partials=(lambda m, y, x: m.atanh_slope(x),),
        domain=(INSIDE,),
        kink="inf at ±1, the limit from inside the domain; nan outside, where there is no value",
        source="DLMF 4.38(ii)",
    )
)

ATANH_SLOPE = record(
    Pointwise(
        name="atanh_slope",
        symbol="1/(1−x²)",
        textbook=Form("1 / (1 - {0:5} ** 2)", PRODUCT),
        tex=Form(r"\frac{{1}}{{1 - {0:5}^2}}"),
        summary="the derivative of the inverse hyperbolic tangent",
        scalar=kernels.atanh_slope,
        array=array_kernels.atanh_slope,
        partials=(lambda m, y, x: 2.0 * x * y * y,),
        domain=(INSIDE,),
        kink="inf at ±1; nan outside",
        source="DLMF 4.38(ii)",
    )
)
