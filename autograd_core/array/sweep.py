"""What draining the sweep does for a graph of arrays alone, bit for bit, without what is made to be looked at.

The sweep serves steppers and transforms, which see every step; here nobody looks. That both give the same bits is a
law in the tests.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph.history import by_creation
from ..graph.modes import anomaly_watched
from ..graph.quiet import quietly
from ..graph.strong_zero import Lanes, added, plain
from ..graph.sweep import SWEEP_LOCK
from ..readings.algebra import arrays
from ..records.kernels.linear import sum_to
from ..records.primitive import Bilinear, Pointwise, scaled
from .contributions import fitted
from .node import ALONE, ArrayNode, holders

__all__ = ["drained"]

ndarray, multiply = np.ndarray, np.multiply
IN_TABLE = ALONE + 1  # what holders() says of what a table and one name hold


def drained(root: Any, seed: Any) -> bool:
    """Set the gradient of every ancestor of ``root``, all or nothing.

    Returns False, with nothing written, for a graph that needs the general sweep: one that holds Values as well, or
    one whose numbers are watched.
    """
    if anomaly_watched():
        return False
    computed, leaves = ([], [root]) if root.op is None else ([root], [])
    adjoints = {root: seed}
    if not entered(computed, leaves, adjoints):
        return False
    computed.sort(key=by_creation, reverse=True)
    quietly(descend, computed, adjoints)  # an exception leaves here, with nothing written
    with SWEEP_LOCK:
        for leaf in leaves:
            adjoint = adjoints[leaf]
            if type(adjoint) is not ndarray:
                adjoint = adjoints[leaf] = _numbers(leaf, adjoint)
            if holders(adjoint) == IN_TABLE and (adjoint.base is None or _its_own(adjoint)):
                if leaf._grad is not None:
                    adjoints[leaf] = leaf.accepted(adjoint)
            else:  # a leaf keeps its array: a copy, if somebody else has that of the sweep
                adjoints[leaf] = leaf.accepted(adjoint.copy("K"))
        try:
            for node, grad in adjoints.items():
                node._grad = grad
        except BaseException:  # an interrupt, too late to do nothing: so all is done
            for node, grad in adjoints.items():
                node._grad = grad
            raise
    return True


def entered(computed: list[Any], leaves: list[Any], adjoints: dict[Any, Any]) -> bool:
    """Find what leads to the root and requires a gradient, and enter it with no adjoint yet.

    Returns False if there is a Value among it.
    """
    for node in computed:  # which grows while it is read
        for x in node._more[0]:
            if type(x) is not float and x not in adjoints and x.requires_grad:
                if not isinstance(x, ArrayNode):
                    return False
                adjoints[x] = None
                (leaves if x.op is None else computed).append(x)
    return True


def _its_own(view: Any) -> bool:
    """Whether nobody else holds the memory of a view."""
    return view.flags.writeable and type(view.base) is ndarray and holders(view.base) <= 2  # the view, the argument


def _numbers(node: Any, adjoint: Any) -> Any:
    """Return the array of an adjoint; of zeros if a node was only reached through operands that were not selected."""
    if adjoint is None:
        return node.zero()
    return adjoint.values if type(adjoint) is Lanes else np.asarray(adjoint)


def _fits(partial: Any, adjoint: Any) -> bool:
    """Whether adjoint × partial can be computed in the memory of the partial, which nobody else holds.

    It has to lie there as it would elsewhere: how sums over it are rounded depends on the order in memory.
    """
    same = partial.shape == adjoint.shape and partial.strides == adjoint.strides and partial.dtype is adjoint.dtype
    return same and partial.base is None and partial.flags.writeable


def descend(computed: list[Any], adjoints: dict[Any, Any]) -> None:
    """Complete the adjoints, given computed nodes that stand before their operands.

    Memory that two of them share is made read-only: so that reading the gradient of either gives a copy.
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
                    if type(partial) is ndarray and holders(partial) <= ALONE and _fits(partial, adjoint):
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
                    contribution = fitted(arrays, contribution, x)
                before = adjoints[parent]
                adjoints[parent] = contribution if before is None else added(before, contribution)
