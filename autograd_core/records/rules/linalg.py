"""Define matrix products."""

from __future__ import annotations

from ..kernels import linear as linear_kernels
from ..primitive import PRODUCT, Bilinear, Form, Linear, record

SWAP = record(
    Linear(
        name="swap",
        symbol="ᵀ",
        tex=Form(r"{0:5}^{{\top}}"),
        summary="the matrices transposed: the last two axes exchanged",
        array=linear_kernels.swap,
        transpose=lambda m, g, i, x: m.swap(g),
        stacked=lambda m, n, x: m.swap(x),
        source="G. H. Golub and C. F. Van Loan, Matrix Computations, §1.1",
    )
)

MATMUL = record(
    Bilinear(
        name="matmul",
        symbol="@",
        operator="@",
        text=Form("{0:2} @ {1:3}", PRODUCT),
        tex=Form(r"{0:2}\,{1:3}", PRODUCT),
        summary="the product of matrices, or of stacks of matrices",
        array=linear_kernels.matmul,
        transposes=(
            lambda m, g, a, b: m.matmul(g, m.swap(b)),
            lambda m, g, a, b: m.matmul(m.swap(a), g),
        ),
        source="M. B. Giles, Collected matrix derivative results, 2008, §2.2.1",
    )
)

MATMUL_TRANSPOSED = record(
    Bilinear(
        name="matmul_transposed",
        symbol="@ᵀ",
        textbook=Form("{0:2} @ swap({1:0})", PRODUCT),
        tex=Form(r"{0:2}\,{1:5}^{{\top}}", PRODUCT),
        summary="the product of a matrix with the transpose of another: the rows of one times the rows of the other",
        array=linear_kernels.matmul_transposed,
        transposes=(
            lambda m, g, a, b: m.matmul(g, b),
            lambda m, g, a, b: m.matmul(m.swap(g), a),
        ),
        source="M. B. Giles, Collected matrix derivative results, 2008, §2.2.1",
    )
)
