"""The reverse sweep of a graph of floats alone, as one plain loop.

It does what draining the general sweep does, bit for bit, in a third of the time, or a thirtieth compiled: the adjoints
are kept in the nodes, and nothing is made for an onlooker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..graph.history import by_creation
from ..graph.sweep import SWEEP_LOCK

if TYPE_CHECKING:
    from .value import Value

__all__ = ["fast_sweep"]

#: The nodes that were met. Not empty before a sweep only if the clean-up after the last was interrupted.
_visited_nodes: Final[list[Any]] = []


def fast_sweep(root: Value, seed: float) -> bool:
    """Set the gradient of every ancestor of ``root``, or leave all as they were if anything raises.

    Returns False, with nothing changed, for a graph that needs the general sweep, and while another thread is here.
    """
    if SWEEP_LOCK.locked():
        return False
    with SWEEP_LOCK:
        if _visited_nodes:
            _reset_marks()
        before: dict[Value, float] = {}
        leaves: list[Value] = []
        all_visited = False
        try:
            oldest = _visit_ancestors(root, before, leaves)
            if oldest >= 0:
                order = _newest_first(root.index, oldest)
                all_visited = True
                _propagate(root, seed, order)
                for leaf in leaves:
                    leaf._grad += before.get(leaf, 0.0)  # leaves accumulate
                    leaf._swept = True
                return True
        except BaseException:
            _restore(before, all_visited)
            raise
        finally:
            if all_visited:
                _visited_nodes.clear()
            else:
                _reset_marks()
        _restore(before, False)
        return False


def _visit_ancestors(root: Value, before: dict[Value, float], leaves: list[Value]) -> int:
    """Find the ancestors of ``root``, and set their adjoints to zero.

    Enters the gradients they had, and which of them are leaves. Returns the least creation index of an operation among
    them, or -1 if there is one whose operands have no slots.
    """
    _visited_nodes.append(root)  # an interrupt may come after any call: a node is listed first, then marked
    root._visited = True
    waiting: list[Any] = [root]  # last in, first out: operands are near their results in memory
    oldest = root.index
    while waiting:
        node: Value = waiting.pop()
        if node._swept:
            before[node] = node._grad
        node._grad = -0.0  # the sum of nothing: -0.0 + c is c to the last bit, sign of zero included
        a, b = node._a, node._b
        if a is not None:
            if not a._visited:
                _visited_nodes.append(a)
                a._visited = True
                waiting.append(a)
        elif b is None:
            if node.op is not None:
                return -1
            leaves.append(node)
            continue
        if b is not None and not b._visited:
            _visited_nodes.append(b)
            b._visited = True
            waiting.append(b)
        if node.index < oldest:
            oldest = node.index
    return oldest


def _newest_first(newest: int, oldest: int) -> list[Any]:
    """Return the operations that were met, newest first, with None between them where others were created; unmark all.

    They are laid out by their indices, which takes linear time; where the gaps are too wide for that, they are sorted.
    """
    nodes: list[Value] = _visited_nodes
    span = newest - oldest + 1
    if span > 4 * len(nodes):
        for node in nodes:
            node._visited = False
        return sorted([node for node in nodes if node.op is not None], key=by_creation, reverse=True)
    order: list[Any] = [None] * span
    for node in nodes:
        node._visited = False
        if node.op is not None:
            order[newest - node.index] = node
    return order


def _propagate(root: Value, seed: float, order: list[Any]) -> None:
    """Complete the adjoints, from the root down."""
    operations: list[Value | None] = order
    root._grad = seed
    for node in operations:
        if node is not None:
            adjoint = node._grad
            a, b = node._a, node._b
            if a is not None:
                a._grad += adjoint * node._da
            if b is not None:
                b._grad += adjoint * node._db
            node._swept = True


def _restore(before: dict[Value, float], all_visited: bool) -> None:
    """Undo a sweep that did not come to its end."""
    if all_visited:
        nodes: list[Value] = _visited_nodes
        for node in nodes:
            node._swept = node in before
    for node, gradient in before.items():
        node._grad = gradient


def _reset_marks() -> None:
    """Forget which nodes were met."""
    nodes: list[Value] = _visited_nodes
    for node in nodes:
        node._visited = False
    nodes.clear()
