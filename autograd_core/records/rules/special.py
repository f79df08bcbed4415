"""Define the error function and its relatives, and a · ln b."""

from __future__ import annotations

from ..kernels import array as array_kernels
from ..kernels import scalar as kernels
from ..primitive import NEGATION, PRODUCT, Form, Interval, Pointwise, record

REAL = Interval(-3.0, 3.0)
POSITIVE = Interval(0.1, 3.0)

ERF = record(
    Pointwise(
        name="erf",
        tex=Form(r"\operatorname{{erf}} {0:5}", NEGATION),
        summary="the error function",
        scalar=kernels.erf,
        array=array_kernels.erf,
        partials=(lambda m, y, x: m.erf_slope(x),),
        source="DLMF 7.10.1",
    )
)

ERFC = record(
    Pointwise(
        name="erfc",
        tex=Form(r"\operatorname{{erfc}} {0:5}", NEGATION),
        summary="the complementary error function, 1 - erf(x) without cancellation",
        scalar=kernels.erfc,
        array=array_kernels.erfc,
        partials=(lambda m, y, x: -m.erf_slope(x),),
        source="DLMF 7.10.1",
    )
)

ERF_SLOPE = record(
    Pointwise(
        name="erf_slope",
        symbol="2/√π·e^−x²",
        textbook=Form("2 / sqrt(3.141592653589793) * exp(-{0:5} ** 2)", PRODUCT),
        tex=Form(r"\frac{{2}}{{\sqrt{{\pi}}}} e^{{-{0:5}^2}}", PRODUCT),
        summary="the derivative of the error function",
        scalar=kernels.erf_slope,
        array=array_kernels.erf_slope,
        partials=(lambda m, y, x: -2.0 * x * y,),
        source="DLMF 7.10.1",
    )
)

NORMAL_PDF = record(
    Pointwise(
        name="normal_pdf",
        symbol="φ",
        textbook=Form("exp(-{0:5} ** 2 / 2) / sqrt(2 * 3.141592653589793)", PRODUCT),
        tex=Form(r"\varphi\left({0:0}\right)"),
        summary="the density of the standard normal distribution",
        scalar=kernels.normal_pdf,
        array=array_kernels.normal_pdf,
        partials=(lambda m, y, x: -(x * y),),
        source="DLMF 7.20.1",
    )
)

XLOGY = record(
    Pointwise(
        name="xlogy",
        symbol="a·ln b",
        tex=Form(r"{0:2} \ln {1:5}", PRODUCT),
        summary="a · log(b), and 0 for a = 0 whatever b is",
        scalar=kernels.xlogy,
        array=array_kernels.xlogy,
        partials=(
            lambda m, y, a, b: m.xlogy_slope(a, b),
            lambda m, y, a, b: m.xlogy_ratio(a, b),
        ),
        domain=(REAL, POSITIVE),
        kink="0 at a = 0 by a where log(b) is not finite, and by b whatever b is: an absent term has no influence",
        source="DLMF 4.7.1",
    )
)

XLOGY_SLOPE = record(
    Pointwise(
        name="xlogy_slope",
        symbol="ln b",
        textbook=Form("log({1:0})"),
        tex=Form(r"\ln {1:5}", NEGATION),
        summary="the derivative of a · log(b) by a",
        scalar=kernels.xlogy_slope,
        array=array_kernels.xlogy_slope,
        partials=(lambda m, y, a, b: m.flat(y), lambda m, y, a, b: m.log_slope(b)),
        domain=(REAL, POSITIVE),
        kink="0 at a = 0 where log(b) is not finite",
        source="DLMF 4.7.1",
    )
)

XLOGY_RATIO = record(
    Pointwise(
        name="xlogy_ratio",
        symbol="a/b",
        textbook=Form("{0:2} / {1:3}", PRODUCT),
        tex=Form(r"\frac{{{0:0}}}{{{1:0}}}"),
        summary="the derivative of a · log(b) by b",
        scalar=kernels.xlogy_ratio,
        array=array_kernels.xlogy_ratio,
        partials=(lambda m, y, a, b: m.log_slope(b), lambda m, y, a, b: -m.xlogy_ratio(y, b)),
        domain=(REAL, POSITIVE),
        kink="0 at a = 0 whatever b is",
        source="DLMF 4.7.1",
    )
)
