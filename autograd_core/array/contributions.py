"""What an array node sends to one operand, in the operand's shape and dtype, and to which of its lanes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph.strong_zero import Lanes
from ..readings.algebra import arrays
from ..records.kernels.linear import sum_to
from ..records.primitive import Bilinear, Linear

__all__ = ["fitted", "sent"]


def fitted(m: Any, contribution: Any, data: Any) -> Any:
    """Return a contribution in the shape and dtype of an array: broadcasting and promotion undone, for every rule."""
    if contribution.shape != data.shape:
        contribution = m.sum_to(contribution, shape=data.shape)
    if contribution.dtype is not data.dtype and contribution.dtype != data.dtype:
        contribution = m.cast(contribution, dtype=data.dtype)
    return contribution


def sent(node: Any, i: int, m: Any, adjoint: Any, reached: Any, y: Any, operands: Any) -> Any:
    """Return what an array node sends to its operand ``i``, where ``where`` leaves lanes out.

    Parameters
    ----------
    node : Tensor
    i : int
    m : algebra
    adjoint : array, Tensor or Rows
    reached : array of bool, or None
        The lanes of the adjoint that something was sent to; None for all.
    y, operands
        The output and the operands over the algebra.

    Returns
    -------
    what the algebra computes with, Lanes, or None
        None if nothing is sent to any lane.
    """
    op: Any = node.op
    numbers, (kept, data) = node._data, node._more
    into = kept[i]._data
    if isinstance(op, Bilinear):
        reached = np.True_
    elif isinstance(op, Linear):  # whatever a nan gets into is reached
        marks = np.where(reached, np.nan, 0.0)
        reached = np.isnan(op.contribution(arrays, i, marks, numbers, data, node.params))
    else:
        if op.selects:
            chosen = np.not_equal(op.partials[i](arrays, numbers, *data), 0.0)
            reached = chosen if reached is None else chosen & reached
        if reached.shape != numbers.shape:
            reached = np.broadcast_to(reached, numbers.shape)
    count = np.count_nonzero(reached)
    if not count:
        return None
    contribution = op.contribution(m, i, adjoint, y, operands, node.params)
    if not isinstance(into, np.ndarray):  # a Value
        return contribution
    if count == reached.size:
        return fitted(m, contribution, into)
    if not isinstance(op, Linear):
        contribution = m.where(reached, contribution, 0.0)
    if reached.shape != into.shape:
        reached = np.not_equal(sum_to(reached, into.shape), 0)
        count = np.count_nonzero(reached)
    contribution = fitted(m, contribution, into)
    return contribution if count == reached.size else Lanes(contribution, reached)
