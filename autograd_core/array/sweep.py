"""Run the reverse sweep of a graph of arrays alone, without yielding the single steps.

The general sweep yields every step, for steppers and transforms. Both give the same bits; tests compare them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph.history import by_creation
from ..graph.modes import anomaly_watched
from ..graph.numpy_warnings import quietly
from ..graph.strong_zero import Lanes, added, plain
from ..graph.sweep import SWEEP_LOCK
from ..readings.algebra import arrays
from ..records.kernels.linear import sum_to
from ..records.primitive import Bilinear, Pointwise, scaled
from .node import SOLE_REFERENCE, ArrayNode, reference_count, unbroadcast

ndarray, multiply = np.ndarray, np.multiply
TABLE_AND_NAME = SOLE_REFERENCE + 1  # reference_count() for an entry of a dict and one name


def fast_sweep(root: Any, seed: Any) -> bool:
    """Set the gradient of every ancestor of ``root``, all or nothing.

    Returns False, and writes nothing, if the graph needs the general sweep: it contains Values, or anomaly detection
    is on.
    """
    if anomaly_watched():
        return False
    computed, leaves = ([], [root]) if root.op is None else ([root], [])
    adjoints = {root: seed}
    if not collect_nodes(computed, leaves, adjoints):
        return False
    computed.sort(key=by_creation, reverse=True)
    quietly(propagate, computed, adjoints)  # if it raises, no gradient is written
    with SWEEP_LOCK:
        for leaf in leaves:
            adjoint = adjoints[leaf]
            if type(adjoint) is not ndarray:
                adjoint = adjoints[leaf] = _numbers(leaf, adjoint)
            if reference_count(adjoint) == TABLE_AND_NAME and (adjoint.base is None or _owns_memory(adjoint)):
                if leaf._grad is not None:
                    adjoints[leaf] = leaf.accepted(adjoint)
            else:  # a leaf keeps its array, so it needs a copy of a shared one
                adjoints[leaf] = leaf.accepted(adjoint.copy("K"))
        try:
            for node, grad in adjoints.items():
                node._grad = grad
        except BaseException:  # after an interrupt, finish the writes
            for node, grad in adjoints.items():
                node._grad = grad
            raise
    return True


def collect_nodes(computed: list[Any], leaves: list[Any], adjoints: dict[Any, Any]) -> bool:
    """Collect the ancestors that require a gradient, and set their adjoints to None.

    Returns False if one of them is a Value.
    """
    for node in computed:  # the list grows during the loop
        for x in node._more[0]:
            if type(x) is not float and x not in adjoints and x.requires_grad:
                if not isinstance(x, ArrayNode):
                    return False
                adjoints[x] = None
                (leaves if x.op is None else computed).append(x)
    return True


def _owns_memory(view: Any) -> bool:
    """Return whether a view is the only user of its memory."""
    # the two references are the view and the argument of the call
    return view.flags.writeable and type(view.base) is ndarray and reference_count(view.base) <= 2


def _numbers(node: Any, adjoint: Any) -> Any:
    """Return the array of an adjoint; zeros if no selected operand led to the node."""
    if adjoint is None:
        return node.zero()
    return adjoint.values if type(adjoint) is Lanes else np.asarray(adjoint)


def _can_reuse(partial: Any, adjoint: Any) -> bool:
    """Return whether adjoint × partial can be written into the memory of the partial.

    The strides must agree, because the rounding of later sums depends on the order in memory.
    """
    same = partial.shape == adjoint.shape and partial.strides == adjoint.strides and partial.dtype is adjoint.dtype
    return same and partial.base is None and partial.flags.writeable


def propagate(computed: list[Any], adjoints: dict[Any, Any]) -> None:
    """Propagate the adjoints to the operands; ``computed`` lists every node before its operands.

    Memory that two adjoints share becomes read-only, so that ``grad`` returns a copy.
    """
    for node in computed:
        adjoint = adjoints[node]
        if type(adjoint) is not ndarray:
            adjoints[node] = numbers = _numbers(node, adjoint)
            if adjoint is None:
                continue
            if type(adjoint) is not Lanes:
                adjoint = numbers
        op = node.op
        operands, data = node._more
        if op.selects or type(adjoint) is Lanes:
            adjoints[node].setflags(False)
            for parent, contribution in zip(operands, node.contributions(adjoint), strict=True):
                if contribution is not None:
                    plain(contribution).setflags(False)
                    before = adjoints[parent]
                    adjoints[parent] = contribution if before is None else added(before, contribution)
            continue
        y, kind = node._data, type(op)
        for i, parent in enumerate(operands):
            if type(parent) is not float and parent.requires_grad:
                x = data[i]
                if kind is Pointwise:
                    partial = op.partials[i](arrays, y, *data)
                    alone = type(partial) is ndarray and reference_count(partial) <= SOLE_REFERENCE
                    if alone and _can_reuse(partial, adjoint):
                        contribution = multiply(adjoint, partial, partial)
                    else:
                        contribution = scaled(adjoint, partial)
                elif kind is Bilinear:
                    contribution = op.transposes[i](arrays, adjoint, *data, **node.params)
                else:
                    contribution = op.contribution(arrays, i, adjoint, y, data, node.params)
                if contribution.shape != x.shape:
                    contribution = sum_to(contribution, x.shape)
                elif contribution is adjoint or contribution.base is not None:
                    adjoint.setflags(False)
                    contribution.setflags(False)
                if contribution.dtype is not x.dtype:
                    contribution = unbroadcast(arrays, contribution, x)
                before = adjoints[parent]
                adjoints[parent] = contribution if before is None else added(before, contribution)
