"""Define two linear maps of rows for cross-entropy: one separates the element of each sample's class from the others.

``own`` has a 1 at that element and zeros elsewhere; ``others`` is the reverse.
"""

from __future__ import annotations

from ..kernels import linear as linear_kernels
from ..primitive import Linear, record
from .shaping import shape_of

__all__: list[str] = []

SOURCE = "R. A. Dunne and N. A. Campbell, On the pairing of the softmax activation and cross-entropy, 1997"

LESS_OWN = record(
    Linear(
        name="less_own",
        symbol="− own",
        summary="the array less the element of each row that is its own",
        array=lambda x, own: x - linear_kernels.sum_over(x * own, (x.ndim - 1,), True),
        transpose=lambda m, g, i, x, own: m.sub(
            g, m.mul(m.sum(g, axes=(len(shape_of(x[0])) - 1,), keepdims=True), own)
        ),
        stacked=lambda m, n, x, own: m.less_own(x, own=linear_kernels.stacked(own, n)),
        source=SOURCE,
    )
)

SUM_OTHERS = record(
    Linear(
        name="sum_others",
        symbol="Σ others",
        summary="the sum of each row without the element that is its own",
        array=lambda x, others: linear_kernels.sum_over(x * others, (x.ndim - 1,), False),
        transpose=lambda m, g, i, x, others: m.mul(m.reshape(g, shape=(*shape_of(x[0])[:-1], 1)), others),
        stacked=lambda m, n, x, others: m.sum_others(x, others=linear_kernels.stacked(others, n)),
        source=SOURCE,
    )
)
