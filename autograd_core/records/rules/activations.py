"""Define activation functions of neural networks."""

from __future__ import annotations

from ..kernels import array as array_kernels
from ..kernels import scalar as kernels
from ..primitive import PRODUCT, SUM, Form, Interval, Pointwise, record

POSITIVE = Interval(0.1, 3.0)
NEGATIVE = Interval(-3.0, -0.1)
SLOPE = Interval(0.01, 0.9)

SIGMOID = record(
    Pointwise(
        name="sigmoid",
        symbol="σ",
        tex=Form(r"\sigma\left({0:0}\right)"),
        summary="the logistic function 1 / (1 + exp(-x))",
        scalar=kernels.sigmoid,
        array=array_kernels.sigmoid,
        partials=(lambda m, y, x: m.sigmoid_slope(x),),
        source="DLMF 4.34.3, by σ(x) = (1 + tanh(x/2)) / 2",
    )
)

# Its derivative is s (1 - s) (1 - 2s); the last factor, -tanh(x/2), would cancel near 0 if computed from s.
SIGMOID_SLOPE = record(
    Pointwise(
        name="sigmoid_slope",
        symbol="σ(1−σ)",
        textbook=Form("sigmoid({0:0}) * (1 - sigmoid({0:0}))", PRODUCT),
        tex=Form(r"\sigma\left({0:0}\right) \left(1 - \sigma\left({0:0}\right)\right)", PRODUCT),
        summary="the derivative of the logistic function",
        scalar=kernels.sigmoid_slope,
        array=array_kernels.sigmoid_slope,
        partials=(lambda m, y, x: -(y * m.tanh(0.5 * x)),),
        source="DLMF 4.34.3",
    )
)

LOG_SIGMOID = record(
    Pointwise(
        name="log_sigmoid",
        symbol="ln σ",
        tex=Form(r"\ln \sigma\left({0:0}\right)", PRODUCT),
        summary="log(sigmoid(x)), finite where the sigmoid is 0 in floating point",
        scalar=kernels.log_sigmoid,
        array=array_kernels.log_sigmoid,
        partials=(lambda m, y, x: m.sigmoid(-x),),
        source="DLMF 4.7.1",
    )
)

SOFTPLUS = record(
    Pointwise(
        name="softplus",
        tex=Form(r"\operatorname{{softplus}}\left({0:0}\right)"),
        summary="log(1 + exp(x)), without a threshold",
        scalar=kernels.softplus,
        array=array_kernels.softplus,
        partials=(lambda m, y, x: m.sigmoid(x),),
        source="Dugas et al., Incorporating Second-Order Functional Knowledge, NIPS 2000",
    )
)

RELU = record(
    Pointwise(
        name="relu",
        symbol="ReLU",
        tex=Form(r"\operatorname{{ReLU}}\left({0:0}\right)"),
        summary="the rectified linear unit: x where it is positive, otherwise 0",
        scalar=kernels.relu,
        array=array_kernels.relu,
        partials=(lambda m, y, x: m.step(x),),
        domain=(POSITIVE,),
        kink="0 at 0, the subgradient of least norm",
        source="Nair and Hinton, ICML 2010; for relu'(0) = 0 Bertoin et al., NeurIPS 2021",
    )
)

# By the slope: x on the left and 0 on the right; 0 belongs to the left, as in the derivative by x.
LEAKY_PARTIALS = (
    lambda m, y, x, slope: m.leaky_relu_slope(x, slope),
    lambda m, y, x, slope: m.where(m.greater(x, 0.0), 0.0, x),
)

LEAKY_RELU = record(
    Pointwise(
        name="leaky_relu",
        symbol="LeakyReLU",
        tex=Form(r"\operatorname{{LeakyReLU}}_{{{1:0}}}\left({0:0}\right)"),
        summary="the leaky rectified linear unit: x where it is positive, otherwise slope · x",
        scalar=kernels.leaky_relu,
        array=array_kernels.leaky_relu,
        partials=LEAKY_PARTIALS,
        defaults=(0.01,),
        domain=(NEGATIVE, SLOPE),
        kink="the slope at 0, the derivative from the left",
        source="Maas et al., ICML 2013",
    )
)

PRELU = record(
    Pointwise(
        name="prelu",
        symbol="PReLU",
        tex=Form(r"\operatorname{{PReLU}}_{{{1:0}}}\left({0:0}\right)"),
        summary="the parametric rectified linear unit, whose slope on the left is learned",
        scalar=kernels.leaky_relu,
        array=array_kernels.leaky_relu,
        partials=LEAKY_PARTIALS,
        domain=(NEGATIVE, SLOPE),
        kink="the slope at 0, the derivative from the left",
        source="He et al., ICCV 2015",
    )
)

LEAKY_RELU_SLOPE = record(
    Pointwise(
        name="leaky_relu_slope",
        symbol="1|s",
        textbook=Form("where(greater({0:0}, 0), 1, {1:0})"),
        tex=Form(r"\begin{{cases}} 1 & {0:1} > 0 \\ {1:0} & \text{{otherwise}} \end{{cases}}", PRODUCT),
        summary="the derivative of the leaky rectified linear unit",
        scalar=kernels.leaky_relu_slope,
        array=array_kernels.leaky_relu_slope,
        partials=(lambda m, y, x, slope: m.flat(y), lambda m, y, x, slope: 1.0 - m.step(x)),
        domain=(NEGATIVE, SLOPE),
        kink="the slope at 0; its own derivative is 0 at the jump",
        source="Maas et al., ICML 2013",
    )
)

ELU = record(
    Pointwise(
        name="elu",
        symbol="ELU",
        tex=Form(r"\operatorname{{ELU}}_{{{1:0}}}\left({0:0}\right)"),
        summary="the exponential linear unit: x where it is positive, otherwise alpha · (exp(x) - 1)",
        scalar=kernels.elu,
        array=array_kernels.elu,
        partials=(
            lambda m, y, x, alpha: m.elu_slope(x, alpha),
            lambda m, y, x, alpha: m.where(m.greater(x, 0.0), 0.0, m.expm1(x)),
        ),
        defaults=(1.0,),
        domain=(NEGATIVE, POSITIVE),
        kink="alpha at 0, the derivative from the left (1 for alpha = 1, where there is no kink)",
        source="Clevert et al., ICLR 2016",
    )
)

ELU_SLOPE = record(
    Pointwise(
        name="elu_slope",
        symbol="1|αeˣ",
        textbook=Form("where(greater({0:0}, 0), 1, {1:2} * exp({0:0}))"),
        tex=Form(r"\begin{{cases}} 1 & {0:1} > 0 \\ {1:2}\,e^{{{0:0}}} & \text{{otherwise}} \end{{cases}}", PRODUCT),
        summary="the derivative of the exponential linear unit",
        scalar=kernels.elu_slope,
        array=array_kernels.elu_slope,
        partials=(
            lambda m, y, x, alpha: m.where(m.greater(x, 0.0), 0.0, y),
            lambda m, y, x, alpha: m.where(m.greater(x, 0.0), 0.0, m.exp(x)),
        ),
        domain=(NEGATIVE, POSITIVE),
        kink="from the left at 0",
        source="Clevert et al., ICLR 2016",
    )
)

SELU = record(
    Pointwise(
        name="selu",
        symbol="SELU",
        tex=Form(r"\operatorname{{SELU}}\left({0:0}\right)"),
        summary="the scaled exponential linear unit, which keeps mean 0 and variance 1 from layer to layer",
        scalar=kernels.selu,
        array=array_kernels.selu,
        partials=(lambda m, y, x: m.selu_slope(x),),
        domain=(NEGATIVE,),
        kink="λα = 1.758… at 0, the derivative from the left",
        source="Klambauer et al., NIPS 2017",
    )
)

SELU_SLOPE = record(
    Pointwise(
        name="selu_slope",
        symbol="λ|λαeˣ",
        textbook=Form("where(greater({0:0}, 0), 1.0507009873554805, 1.7580993408473768 * exp({0:0}))"),
        tex=Form(
            r"\begin{{cases}} \lambda & {0:1} > 0 \\ \lambda \alpha\,e^{{{0:0}}} & \text{{otherwise}} \end{{cases}}",
            PRODUCT,
        ),
        summary="the derivative of the scaled exponential linear unit",
        scalar=kernels.selu_slope,
        array=array_kernels.selu_slope,
        partials=(lambda m, y, x: m.where(m.greater(x, 0.0), 0.0, y),),
        domain=(NEGATIVE,),
        kink="from the left at 0",
        source="Klambauer et al., NIPS 2017",
    )
)

SILU = record(
    Pointwise(
        name="silu",
        symbol="SiLU",
        tex=Form(r"\operatorname{{SiLU}}\left({0:0}\right)"),
        summary="the sigmoid-weighted linear unit x · sigmoid(x), also called swish",
        scalar=kernels.silu,
        array=array_kernels.silu,
        partials=(lambda m, y, x: m.silu_slope(x),),
        source="Elfwing et al., Neural Networks 107, 2018",
    )
)

SILU_SLOPE = record(
    Pointwise(
        name="silu_slope",
        symbol="SiLU′",
        textbook=Form("sigmoid({0:0}) * (1 + {0:2} * (1 - sigmoid({0:0})))", PRODUCT),
        tex=Form(r"\sigma\left({0:0}\right) \left(1 + {0:2} \left(1 - \sigma\left({0:0}\right)\right)\right)", PRODUCT),
        summary="the derivative of the sigmoid-weighted linear unit",
        scalar=kernels.silu_slope,
        array=array_kernels.silu_slope,
        partials=(lambda m, y, x: m.sigmoid_slope(x) * (2.0 - x * m.tanh(0.5 * x)),),
        source="Elfwing et al., Neural Networks 107, 2018",
    )
)

GELU = record(
    Pointwise(
        name="gelu",
        symbol="GELU",
        tex=Form(r"\operatorname{{GELU}}\left({0:0}\right)"),
        summary="the Gaussian error linear unit x · Φ(x), exact: not the approximation by tanh",
        scalar=kernels.gelu,
        array=array_kernels.gelu,
        partials=(lambda m, y, x: m.gelu_slope(x),),
        source="Hendrycks and Gimpel, arXiv 1606.08415, 2016",
    )
)

GELU_SLOPE = record(
    Pointwise(
        name="gelu_slope",
        symbol="GELU′",
        textbook=Form("erfc(-{0:3} / sqrt(2)) / 2 + {0:2} * normal_pdf({0:0})", SUM),
        tex=Form(r"\Phi\left({0:0}\right) + {0:2}\,\varphi\left({0:0}\right)", SUM),
        summary="the derivative of the Gaussian error linear unit",
        scalar=kernels.gelu_slope,
        array=array_kernels.gelu_slope,
        partials=(lambda m, y, x: m.normal_pdf(x) * (2.0 - x * x),),
        source="Hendrycks and Gimpel, arXiv 1606.08415, 2016",
    )
)

SOFTSIGN = record(
    Pointwise(
        name="softsign",
        tex=Form(r"\operatorname{{softsign}}\left({0:0}\right)"),
        summary="x / (1 + |x|)",
        scalar=kernels.softsign,
        array=array_kernels.softsign,
        partials=(lambda m, y, x: m.softsign_slope(x),),
        source="Glorot and Bengio, AISTATS 2010",
    )
)

SOFTSIGN_SLOPE = record(
    Pointwise(
        name="softsign_slope",
        symbol="1/(1+|x|)²",
        textbook=Form("1 / (1 + abs({0:0})) ** 2", PRODUCT),
        tex=Form(r"\frac{{1}}{{\left(1 + \left|{0:0}\right|\right)^2}}"),
        summary="the derivative of softsign",
        scalar=kernels.softsign_slope,
        array=array_kernels.softsign_slope,
        partials=(lambda m, y, x: -2.0 * m.sign(x) * y * m.div(1.0, 1.0 + m.abs(x)),),
        domain=(NEGATIVE,),
        kink="0 at 0, where its derivative jumps from 2 to -2",
        source="Glorot and Bengio, AISTATS 2010",
    )
)
