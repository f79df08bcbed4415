"""What draining the sweep does for a graph of arrays alone, bit for bit, without what is made to be looked at.

The sweep serves steppers and transforms, which see every step; here nobody looks. That both give the same bits is a
law in the tests.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .algebra import arrays
from .array_kernels import sum_to
from .array_node import ArrayNode, holders
from .contributions import fitted
from .history import by_creation
from .lanes import Lanes, added
from .modes import anomaly_watched
from .primitive import Pointwise, scaled
from .quiet import quietly
from .scalar_sweep import one_at_a_time

__all__ = ["drained"]

ndarray, multiply = np.ndarray, np.multiply


def drained(root: Any, seed: Any) -> bool:
    """Set the gradient of every ancestor of ``root``, all or nothing.

    Returns False, with nothing written, for a graph that needs the general sweep: one that holds Values as well, or
    one whose numbers are watched.
    """
    if anomaly_watched():
        return False
    adjoints = {root: seed}
    order = entered(adjoints)
    if order is None:
        return False
    quietly(descend, order, adjoints)  # an exception leaves here, with nothing written
    with one_at_a_time:
        for node in order:
            adjoint = adjoints[node]
            if node.op is not None:
                adjoint.setflags(False)
            elif holders(adjoint) == 3 and _its_own(adjoint):  # the table, this name and the argument
                if node._grad is not None:
                    adjoints[node] = node.accepted(adjoint)
            else:  # a leaf keeps its array: a copy, if somebody else has that of the sweep
                adjoints[node] = node.accepted(adjoint.copy("K"))
        try:
            for node, grad in adjoints.items():
                node._grad = grad
        except BaseException:  # an interrupt, too late to do nothing: so all is done
            for node, grad in adjoints.items():
                node._grad = grad
            raise
    return True


def entered(adjoints: dict[Any, Any]) -> list[Any] | None:
    """Return what leads to the root and requires a gradient, newest first, and enter it with no adjoint yet.

    None if there is a Value among it.
    """
    order = list(adjoints)
    append = order.append
    for node in order:  # which grows while it is read
        if node.op is not None:
            for x in node._more[0]:
                if type(x) is not float and x not in adjoints and x.requires_grad:
                    if not isinstance(x, ArrayNode):
                        return None
                    adjoints[x] = None
                    append(x)
    order.sort(key=by_creation, reverse=True)
    return order


def _its_own(array: Any) -> bool:
    """Whether nobody else holds the memory of an array."""
    base = array.base
    return base is None or (array.flags.writeable and type(base) is ndarray and holders(base) == 3)


def _fits(partial: Any, adjoint: Any) -> bool:
    """Whether adjoint × partial can be computed in the memory of the partial."""
    same = partial.shape == adjoint.shape and partial.dtype is adjoint.dtype
    return same and partial.base is None and partial.flags.writeable


def descend(order: list[Any], adjoints: dict[Any, Any]) -> None:
    """Complete the adjoints of nodes that stand before their parents."""
    for node in order:
        adjoint = adjoints[node]
        if type(adjoint) is not ndarray:
            if adjoint is None:  # only reached through operands that were not selected
                adjoints[node] = node.zero()
                continue
            adjoints[node] = adjoint.values if type(adjoint) is Lanes else np.asarray(adjoint)
        op = node.op
        if op is None:
            continue
        operands, data = node._more
        if op.selects or type(adjoint) is Lanes:
            for parent, contribution in zip(operands, node.contributions(adjoint), strict=True):
                if contribution is not None:
                    before = adjoints[parent]
                    adjoints[parent] = contribution if before is None else added(before, contribution)
            continue
        y, rules = node._data, op.partials if type(op) is Pointwise else None
        for i, parent in enumerate(operands):
            if type(parent) is not float and parent.requires_grad:
                if rules is None:
                    contribution = op.contribution(arrays, i, adjoint, y, data, node.params)
                else:
                    partial = rules[i](arrays, y, *data)
                    if type(partial) is float and partial == 1.0:
                        contribution = adjoint
                    elif type(partial) is ndarray and holders(partial) <= 2 and _fits(partial, adjoint):
                        contribution = multiply(adjoint, partial, partial)
                    else:
                        contribution = scaled(adjoint, partial)
                x = data[i]
                if contribution.shape != x.shape:
                    contribution = sum_to(contribution, x.shape)
                if contribution.dtype is not x.dtype:
                    contribution = fitted(arrays, contribution, x)
                before = adjoints[parent]
                adjoints[parent] = contribution if before is None else added(before, contribution)
