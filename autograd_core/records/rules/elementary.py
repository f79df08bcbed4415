"""Define absolute value, rounding, exponentials, logarithms and roots.

A record whose name ends in ``_slope`` is a first derivative whose accurate formula differs from the textbook's. It
prints the textbook form and computes the accurate one.
"""

from __future__ import annotations

import numpy as np

from ..kernels import array as array_kernels
from ..kernels import scalar as kernels
from ..kernels.scalar import LN2
from ..primitive import NEGATION, POWER, PRODUCT, Form, Interval, Pointwise, record

POSITIVE = Interval(0.1, 3.0)
NEGATIVE = Interval(-3.0, -0.1)
BETWEEN_INTEGERS = Interval(0.6, 0.9)

ABS = record(
    Pointwise(
        name="abs",
        symbol="|x|",
        tex=Form(r"\left|{0:0}\right|"),
        summary="the absolute value",
        scalar=abs,
        array=np.abs,
        partials=(lambda m, y, x: m.sign(x),),
        domain=(NEGATIVE,),
        kink="0 at 0, the subgradient of least norm",
        source="DLMF 1.9.7",
    )
)

SIGN = record(
    Pointwise(
        name="sign",
        symbol="sgn",
        tex=Form(r"\operatorname{{sgn}} {0:5}", NEGATION),
        summary="1, -1 or 0 as the number is positive, negative or zero",
        scalar=kernels.sign,
        array=np.sign,
        partials=(lambda m, y, x: m.flat(x),),
        domain=(NEGATIVE,),
        kink="0 at the jump",
        source="DLMF 1.16(iv)",
    )
)

FLOOR = record(
    Pointwise(
        name="floor",
        symbol="⌊x⌋",
        tex=Form(r"\left\lfloor {0:0} \right\rfloor"),
        summary="the greatest integer that is not above the number",
        scalar=kernels.floor,
        array=np.floor,
        partials=(lambda m, y, x: m.flat(x),),
        domain=(BETWEEN_INTEGERS,),
        kink="0 at the jumps",
        source="DLMF, Common Notations and Definitions",
    )
)

CEIL = record(
    Pointwise(
        name="ceil",
        symbol="⌈x⌉",
        tex=Form(r"\left\lceil {0:0} \right\rceil"),
        summary="the least integer that is not below the number",
        scalar=kernels.ceil,
        array=np.ceil,
        partials=(lambda m, y, x: m.flat(x),),
        domain=(BETWEEN_INTEGERS,),
        kink="0 at the jumps",
        source="DLMF, Common Notations and Definitions",
    )
)

ROUND = record(
    Pointwise(
        name="round",
        tex=Form(r"\operatorname{{round}}\left({0:0}\right)"),
        summary="the nearest integer, the even one of two equally near",
        scalar=kernels.rounded,
        array=np.rint,
        partials=(lambda m, y, x: m.flat(x),),
        domain=(BETWEEN_INTEGERS,),
        kink="0 at the jumps",
        source="IEEE 754-2019, roundToIntegralTiesToEven",
    )
)

TRUNC = record(
    Pointwise(
        name="trunc",
        tex=Form(r"\operatorname{{trunc}}\left({0:0}\right)"),
        summary="the number without its fraction",
        scalar=kernels.trunc,
        array=np.trunc,
        partials=(lambda m, y, x: m.flat(x),),
        domain=(BETWEEN_INTEGERS,),
        kink="0 at the jumps",
        source="IEEE 754-2019, roundToIntegralTowardZero",
    )
)

# A derivative that is 0 where the function has a value, and nan where it has none.
FLAT = record(
    Pointwise(
        name="flat",
        symbol="0",
        textbook=Form("0"),
        tex=Form("0"),
        summary="zero, the derivative of a function that is constant piece by piece",
        scalar=kernels.flat,
        array=array_kernels.flat,
        partials=(lambda m, y, x: m.flat(x),),
        source="DLMF 1.4(iii)",
    )
)

EXP = record(
    Pointwise(
        name="exp",
        tex=Form(r"e^{{{0:0}}}", POWER),
        summary="the exponential function",
        scalar=kernels.exp,
        array=np.exp,
        partials=(lambda m, y, x: y,),
        source="DLMF 4.7.2",
    )
)

EXP2 = record(
    Pointwise(
        name="exp2",
        symbol="2ˣ",
        tex=Form(r"2^{{{0:0}}}", POWER),
        summary="two raised to a power",
        scalar=kernels.exp2,
        array=np.exp2,
        partials=(lambda m, y, x: m.exp2_slope(x),),
        source="DLMF 4.7(ii)",
    )
)

EXP2_SLOPE = record(
    Pointwise(
        name="exp2_slope",
        symbol="2ˣ·ln2",
        textbook=Form("log(2) * 2 ** {0:5}", PRODUCT),
        tex=Form(r"2^{{{0:0}}} \ln 2", PRODUCT),
        summary="the derivative of two raised to a power",
        scalar=kernels.exp2_slope,
        array=array_kernels.exp2_slope,
        partials=(lambda m, y, x: LN2 * y,),
        source="DLMF 4.7(ii)",
    )
)

EXPM1 = record(
    Pointwise(
        name="expm1",
        symbol="eˣ−1",
        tex=Form(r"\operatorname{{expm1}}\left({0:0}\right)"),
        summary="exp(x) - 1, accurate near 0",
        scalar=kernels.expm1,
        array=np.expm1,
        partials=(lambda m, y, x: m.exp(x),),
        source="DLMF 4.7.2",
    )
)

LOG = record(
    Pointwise(
        name="log",
        tex=Form(r"\ln {0:5}", NEGATION),
        summary="the natural logarithm",
        scalar=kernels.log,
        array=np.log,
        partials=(lambda m, y, x: m.log_slope(x),),
        domain=(POSITIVE,),
        kink="inf at 0 and at -0, the limit from inside the domain; nan below, where there is no value",
        source="DLMF 4.7.1",
    )
)

LOG_SLOPE = record(
    Pointwise(
        name="log_slope",
        symbol="1/x",
        textbook=Form("1 / {0:3}", PRODUCT),
        tex=Form(r"\frac{{1}}{{{0:0}}}"),
        summary="the derivative of the natural logarithm",
        scalar=kernels.log_slope,
        array=array_kernels.log_slope,
        partials=(lambda m, y, x: -(y * y),),
        domain=(POSITIVE,),
        kink="inf at 0 and at -0; nan below",
        source="DLMF 4.7.1",
    )
)

LOG2 = record(
    Pointwise(
        name="log2",
        tex=Form(r"\log_2 {0:5}", NEGATION),
        summary="the logarithm to base 2",
        scalar=kernels.log2,
        array=np.log2,
        partials=(lambda m, y, x: m.log2_slope(x),),
        domain=(POSITIVE,),
        kink="inf at 0 and at -0; nan below",
        source="DLMF 4.7.1",
    )
)

LOG2_SLOPE = record(
    Pointwise(
        name="log2_slope",
        symbol="1/(x·ln2)",
        textbook=Form("1 / ({0:2} * log(2))", PRODUCT),
        tex=Form(r"\frac{{1}}{{{0:2} \ln 2}}"),
        summary="the derivative of the logarithm to base 2",
        scalar=kernels.log2_slope,
        array=array_kernels.log2_slope,
        partials=(lambda m, y, x: -(y * m.log_slope(x)),),
        domain=(POSITIVE,),
        kink="inf at 0 and at -0; nan below",
        source="DLMF 4.7.1",
    )
)

LOG10 = record(
    Pointwise(
        name="log10",
        tex=Form(r"\log_{{10}} {0:5}", NEGATION),
        summary="the logarithm to base 10",
        scalar=kernels.log10,
        array=np.log10,
        partials=(lambda m, y, x: m.log10_slope(x),),
        domain=(POSITIVE,),
        kink="inf at 0 and at -0; nan below",
        source="DLMF 4.7.1",
    )
)

LOG10_SLOPE = record(
    Pointwise(
        name="log10_slope",
        symbol="1/(x·ln10)",
        textbook=Form("1 / ({0:2} * log(10))", PRODUCT),
        tex=Form(r"\frac{{1}}{{{0:2} \ln 10}}"),
        summary="the derivative of the logarithm to base 10",
        scalar=kernels.log10_slope,
        array=array_kernels.log10_slope,
        partials=(lambda m, y, x: -(y * m.log_slope(x)),),
        domain=(POSITIVE,),
        kink="inf at 0 and at -0; nan below",
        source="DLMF 4.7.1",
    )
)

LOG1P = record(
    Pointwise(
        name="log1p",
        symbol="ln(1+x)",
        tex=Form(r"\ln\left(1 + {0:1}\right)", NEGATION),
        summary="log(1 + x), accurate near 0",
        scalar=kernels.log1p,
        array=np.log1p,
        partials=(lambda m, y, x: m.log_slope(1.0 + x),),
        domain=(Interval(-0.8, 3.0),),
        kink="inf at -1; nan below",
        source="DLMF 4.7.1",
    )
)

SQRT = record(
    Pointwise(
        name="sqrt",
        symbol="√",
        tex=Form(r"\sqrt{{{0:0}}}"),
        summary="the square root",
        scalar=kernels.sqrt,
        array=np.sqrt,
        partials=(lambda m, y, x: m.sqrt_slope(x),),
        domain=(POSITIVE,),
        kink="inf at 0 and at -0, the limit from inside the domain; nan below, where there is no value",
        source="DLMF 4.4(iii)",
    )
)

SQRT_SLOPE = record(
    Pointwise(
        name="sqrt_slope",
        symbol="1/(2√x)",
        textbook=Form("1 / (2 * sqrt({0:0}))", PRODUCT),
        tex=Form(r"\frac{{1}}{{2 \sqrt{{{0:0}}}}}"),
        summary="the derivative of the square root",
        scalar=kernels.sqrt_slope,
        array=array_kernels.sqrt_slope,
        partials=(lambda m, y, x: -0.5 * y * m.log_slope(x),),
        domain=(POSITIVE,),
        kink="inf at 0 and at -0; nan below",
        source="DLMF 4.4(iii)",
    )
)

CBRT = record(
    Pointwise(
        name="cbrt",
        symbol="∛",
        tex=Form(r"\sqrt[3]{{{0:0}}}"),
        summary="the cube root, also of negative numbers",
        scalar=kernels.cbrt,
        array=np.cbrt,
        partials=(lambda m, y, x: m.cbrt_slope(x),),
        domain=(POSITIVE,),
        kink="inf at 0, the limit from both sides",
        source="DLMF 4.4(iii)",
    )
)

CBRT_SLOPE = record(
    Pointwise(
        name="cbrt_slope",
        symbol="1/(3∛x²)",
        textbook=Form("1 / (3 * cbrt({0:0}) ** 2)", PRODUCT),
        tex=Form(r"\frac{{1}}{{3 \sqrt[3]{{{0:0}}}^2}}"),
        summary="the derivative of the cube root",
        scalar=kernels.cbrt_slope,
        array=array_kernels.cbrt_slope,
        partials=(lambda m, y, x: m.div(-2.0 * m.div(y, x), 3.0),),
        domain=(POSITIVE,),
        kink="inf at 0",
        source="DLMF 4.4(iii)",
    )
)
