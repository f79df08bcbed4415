"""Linear operations on arrays: sums and their transposes, reshaping, indexing, joining.

Each names its transpose, and the transpose is again one of them; so every order of derivative, forward and reverse,
is already here. Broadcasting is undone by ``sum_to``, once, in the sweep.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import array_kernels
from ..primitive import Form, Linear, record

TRANSPOSE = "C. Van Loan, Matrix Computations, §1.3; the adjoint of a linear map"


def shape_of(x: Any) -> tuple[int, ...]:
    """Return the shape of an operand; a number has shape ()."""
    return getattr(x, "shape", ())


SUM = record(
    Linear(
        name="sum",
        symbol="Σ",
        tex=Form(r"\sum {0:2}"),
        summary="the sum over some axes",
        array=array_kernels.sum_over,
        transpose=lambda m, g, i, x, axes, keepdims: m.spread(g, shape=shape_of(x[0]), axes=axes, keepdims=keepdims),
        source=TRANSPOSE,
    )
)

SPREAD = record(
    Linear(
        name="spread",
        symbol="⇉",
        summary="the array repeated along the axes that a sum removed",
        array=array_kernels.spread,
        transpose=lambda m, g, i, x, shape, axes, keepdims: m.sum(g, axes=axes, keepdims=keepdims),
        source=TRANSPOSE,
    )
)

BROADCAST_TO = record(
    Linear(
        name="broadcast_to",
        symbol="⇉",
        summary="the array repeated to a shape, as NumPy broadcasts",
        array=lambda x, shape: np.broadcast_to(x, shape),
        transpose=lambda m, g, i, x, shape: m.sum_to(g, shape=shape_of(x[0])),
        source=TRANSPOSE,
    )
)

SUM_TO = record(
    Linear(
        name="sum_to",
        symbol="Σ",
        summary="the sum over the axes that broadcasting repeated",
        array=array_kernels.sum_to,
        transpose=lambda m, g, i, x, shape: m.broadcast_to(g, shape=shape_of(x[0])),
        source=TRANSPOSE,
    )
)

RESHAPE = record(
    Linear(
        name="reshape",
        summary="the same numbers in another shape",
        array=lambda x, shape: np.reshape(x, shape),
        transpose=lambda m, g, i, x, shape: m.reshape(g, shape=shape_of(x[0])),
        source=TRANSPOSE,
    )
)

PERMUTE = record(
    Linear(
        name="permute",
        symbol="ᵀ",
        tex=Form(r"{0:5}^{{\top}}"),
        summary="the array with its axes in another order",
        array=lambda x, axes: np.transpose(x, axes),
        transpose=lambda m, g, i, x, axes: m.permute(g, axes=tuple(int(k) for k in np.argsort(axes))),
        source=TRANSPOSE,
    )
)

CAST = record(
    Linear(
        name="cast",
        symbol="dtype",
        summary="the same numbers in another floating-point type",
        array=lambda x, dtype: np.asarray(x, dtype),
        transpose=lambda m, g, i, x, dtype: m.cast(g, dtype=x[0].dtype),
        source=TRANSPOSE,
    )
)

GETITEM = record(
    Linear(
        name="getitem",
        symbol="[ ]",
        summary="the elements that an index selects",
        array=lambda x, index: x[index],
        transpose=lambda m, g, i, x, index: m.scatter(g, index=index, shape=shape_of(x[0])),
        source=TRANSPOSE,
    )
)

SCATTER = record(
    Linear(
        name="scatter",
        symbol="[ ]ᵀ",
        summary="zeros with elements added where an index points; what is named twice accumulates",
        array=array_kernels.scatter,
        transpose=lambda m, g, i, x, index, shape: m.getitem(g, index=index),
        source=TRANSPOSE,
    )
)

CUMSUM = record(
    Linear(
        name="cumsum",
        summary="the running sum along an axis, from the end if reversed",
        array=array_kernels.cumsum,
        transpose=lambda m, g, i, x, axis, backwards: m.cumsum(g, axis=axis, backwards=not backwards),
        source=TRANSPOSE,
    )
)

PAD = record(
    Linear(
        name="pad",
        summary="the array with zeros around it",
        array=lambda x, widths: np.pad(x, widths),
        transpose=lambda m, g, i, x, widths: m.getitem(
            g, index=tuple(slice(before, before + n) for (before, _), n in zip(widths, shape_of(x[0]), strict=True))
        ),
        source=TRANSPOSE,
    )
)


def _part(m: Any, g: Any, i: int, x: Any, axis: int) -> Any:
    """Return the part of a joined array that came from operand ``i``."""
    start = sum(shape_of(each)[axis] for each in x[:i])
    index = (slice(None),) * axis + (slice(start, start + shape_of(x[i])[axis]),)
    return m.getitem(g, index=index)


CONCATENATE = record(
    Linear(
        name="concatenate",
        symbol="⧺",
        summary="the arrays one after the other along an axis",
        array=lambda *x, axis: np.concatenate(x, axis),
        transpose=_part,
        operands=0,
        source=TRANSPOSE,
    )
)

# The maximum over an axis is linear in the elements that attain it, each with its share of 1/k.
CHOOSE = record(
    Linear(
        name="choose",
        symbol="max",
        summary="the weighted mean over some axes of elements that are equal where the weights are not 0",
        array=array_kernels.choose,
        transpose=lambda m, g, i, x, weights, axes, keepdims: (
            m.spread(g, shape=shape_of(x[0]), axes=axes, keepdims=keepdims) * weights
        ),
        source="PyTorch notes on amax: k elements that tie share 1/k",
    )
)

JOIN = record(
    Linear(
        name="join",
        symbol="stack",
        summary="a one-dimensional array of numbers",
        array=lambda *x: np.array(x, dtype=np.float64),
        transpose=lambda m, g, i, x: m.pick(g, index=(i,)),
        operands=0,
        source=TRANSPOSE,
    )
)

PICK = record(
    Linear(
        name="pick",
        symbol="[ ]",
        summary="one number of an array",
        array=lambda x, index: float(x[index]),
        transpose=lambda m, g, i, x, index: m.place(g, index=index, shape=shape_of(x[0])),
        source=TRANSPOSE,
    )
)

PLACE = record(
    Linear(
        name="place",
        symbol="[ ]ᵀ",
        summary="zeros with one number put in",
        array=array_kernels.place,
        transpose=lambda m, g, i, x, index, shape: m.pick(g, index=index),
        source=TRANSPOSE,
    )
)
