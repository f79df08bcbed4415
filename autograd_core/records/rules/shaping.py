"""Define linear operations on arrays: sums and their transposes, reshaping, indexing, joining.

Each names its transpose, which is again one of them. So every order of derivative, forward and reverse, is defined
here. Each also says how it works on stacks of its operand, through one of them. ``sum_to`` undoes broadcasting, once,
in the sweep.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..kernels import linear as linear_kernels
from ..primitive import Form, Linear, record

TRANSPOSE = "C. Van Loan, Matrix Computations, §1.3; the adjoint of a linear map"


def shape_of(x: Any) -> tuple[int, ...]:
    """Return the shape of an operand; a number has shape ()."""
    return getattr(x, "shape", ())


def up(axes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the axes for a stack, whose first axis is new."""
    return tuple([axis + 1 for axis in axes])


SUM = record(
    Linear(
        name="sum",
        symbol="Σ",
        tex=Form(r"\sum {0:2}"),
        summary="the sum over some axes",
        array=linear_kernels.sum_over,
        transpose=lambda m, g, i, x, axes, keepdims: m.spread(g, shape=shape_of(x[0]), axes=axes, keepdims=keepdims),
        stacked=lambda m, n, x, axes, keepdims: m.sum(x, axes=up(axes), keepdims=keepdims),
        source=TRANSPOSE,
    )
)

MEAN = record(
    Linear(
        name="mean",
        symbol="mean",
        summary="the arithmetic mean over some axes",
        array=linear_kernels.mean_over,
        transpose=lambda m, g, i, x, axes, keepdims: m.spread(
            m.div(g, linear_kernels.summands(shape_of(x[0]), axes)),
            shape=shape_of(x[0]),
            axes=axes,
            keepdims=keepdims,
        ),
        stacked=lambda m, n, x, axes, keepdims: m.mean(x, axes=up(axes), keepdims=keepdims),
        source=TRANSPOSE,
    )
)

SPREAD = record(
    Linear(
        name="spread",
        symbol="⇉",
        summary="the array repeated along the axes that a sum removed",
        array=linear_kernels.spread,
        transpose=lambda m, g, i, x, shape, axes, keepdims: m.sum(g, axes=axes, keepdims=keepdims),
        stacked=lambda m, n, x, shape, axes, keepdims: m.spread(x, shape=(n, *shape), axes=up(axes), keepdims=keepdims),
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
        stacked=lambda m, n, x, shape: m.broadcast_to(
            m.reshape(x, shape=(n, *(1,) * (len(shape) - len(x.shape) + 1), *x.shape[1:])), shape=(n, *shape)
        ),
        source=TRANSPOSE,
    )
)

SUM_TO = record(
    Linear(
        name="sum_to",
        symbol="Σ",
        summary="the sum over the axes that broadcasting repeated",
        array=linear_kernels.sum_to,
        transpose=lambda m, g, i, x, shape: m.broadcast_to(g, shape=shape_of(x[0])),
        stacked=lambda m, n, x, shape: m.reshape(
            m.sum_to(x, shape=(n, *(1,) * (len(x.shape) - 1 - len(shape)), *shape)), shape=(n, *shape)
        ),
        source=TRANSPOSE,
    )
)

RESHAPE = record(
    Linear(
        name="reshape",
        summary="the same numbers in another shape",
        array=lambda x, shape: np.reshape(x, shape),
        transpose=lambda m, g, i, x, shape: m.reshape(g, shape=shape_of(x[0])),
        stacked=lambda m, n, x, shape: m.reshape(x, shape=(n, *shape)),
        source=TRANSPOSE,
    )
)

PERMUTE = record(
    Linear(
        name="permute",
        symbol="ᵀ",
        tex=Form(r"{0:5}^{{\top}}"),
        summary="the array with its axes in another order",
        array=lambda x, axes: x.transpose(axes),
        transpose=lambda m, g, i, x, axes: m.permute(g, axes=tuple(sorted(range(len(axes)), key=axes.__getitem__))),
        stacked=lambda m, n, x, axes: m.permute(x, axes=(0, *up(axes))),
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
        stacked=lambda m, n, x, dtype: m.cast(x, dtype=dtype),
        source=TRANSPOSE,
    )
)


def is_basic(index: tuple[Any, ...]) -> bool:
    """Return whether an index selects no element twice: integers, slices, None and an ellipsis."""
    return all(part is None or part is Ellipsis or type(part) in (int, slice) for part in index)


def _parts(index: Any) -> tuple[Any, ...]:
    return index if isinstance(index, tuple) else (index,)


def _positions(index: Any, shape: tuple[int, ...]) -> Any:
    """Return the positions of the selected elements in the flattened array."""
    return np.arange(math.prod(shape)).reshape(shape)[index]


def _getitem_stacked(m: Any, n: int, x: Any, index: Any) -> Any:
    if is_basic(_parts(index)):
        return m.getitem(x, index=(slice(None), *_parts(index)))
    shape = x.shape[1:]
    return m.getitem(m.reshape(x, shape=(n, math.prod(shape))), index=(slice(None), _positions(index, shape)))


def _scatter_stacked(m: Any, n: int, x: Any, index: Any, shape: tuple[int, ...]) -> Any:
    if is_basic(_parts(index)):
        return m.scatter(x, index=(slice(None), *_parts(index)), shape=(n, *shape))
    flat = m.scatter(x, index=(slice(None), _positions(index, shape)), shape=(n, math.prod(shape)))
    return m.reshape(flat, shape=(n, *shape))


GETITEM = record(
    Linear(
        name="getitem",
        symbol="[ ]",
        summary="the elements that an index selects",
        array=lambda x, index: x[index],
        transpose=lambda m, g, i, x, index: m.scatter(g, index=index, shape=shape_of(x[0])),
        stacked=_getitem_stacked,
        source=TRANSPOSE,
    )
)

SCATTER = record(
    Linear(
        name="scatter",
        symbol="[ ]ᵀ",
        summary="zeros with elements added where an index points; what is named twice accumulates",
        array=linear_kernels.scatter,
        transpose=lambda m, g, i, x, index, shape: m.getitem(g, index=index),
        stacked=_scatter_stacked,
        source=TRANSPOSE,
    )
)

CUMSUM = record(
    Linear(
        name="cumsum",
        summary="the running sum along an axis, from the end if reversed",
        array=linear_kernels.cumsum,
        transpose=lambda m, g, i, x, axis, backwards: m.cumsum(g, axis=axis, backwards=not backwards),
        stacked=lambda m, n, x, axis, backwards: m.cumsum(x, axis=axis + 1, backwards=backwards),
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
        stacked=lambda m, n, x, widths: m.pad(x, widths=((0, 0), *widths)),
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
        stacked=lambda m, n, *x, axis: m.concatenate(*x, axis=axis + 1),
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
        array=linear_kernels.choose,
        transpose=lambda m, g, i, x, weights, axes, keepdims: (
            m.spread(g, shape=shape_of(x[0]), axes=axes, keepdims=keepdims) * weights
        ),
        stacked=lambda m, n, x, weights, axes, keepdims: m.choose(
            x, weights=np.broadcast_to(weights, x.shape), axes=up(axes), keepdims=keepdims
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
        stacked=lambda m, n, *x: m.concatenate(*(m.reshape(each, shape=(n, 1)) for each in x), axis=1),
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
        stacked=lambda m, n, x, index: m.getitem(x, index=(slice(None), *index)),
        source=TRANSPOSE,
    )
)

PLACE = record(
    Linear(
        name="place",
        symbol="[ ]ᵀ",
        summary="zeros with one number put in",
        array=linear_kernels.place,
        transpose=lambda m, g, i, x, index, shape: m.pick(g, index=index),
        stacked=lambda m, n, x, index, shape: m.scatter(x, index=(slice(None), *index), shape=(n, *shape)),
        source=TRANSPOSE,
    )
)
