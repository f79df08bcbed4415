"""Run the reverse sweep of a graph of floats as one plain loop.

It gives the same bits as the general sweep in a third of the time, or a thirtieth if compiled. The nodes hold their
adjoints, and no step is yielded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..graph.history import by_creation
from ..graph.sweep import SWEEP_LOCK

if TYPE_CHECKING:
    from .value import Value

#: The visited nodes. Empty between sweeps, unless an interrupt stopped the cleanup.
_visited_nodes: Final[list[Any]] = []


def fast_sweep(root: Value, seed: float) -> bool:
    """Set the gradient of every ancestor of ``root``; if an error occurs, no gradient changes.

    Returns False, and changes nothing, if the graph needs the general sweep or if another thread is in a sweep.
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
    """Visit the ancestors of ``root``, and set their adjoints to zero.

    Stores earlier gradients in ``before`` and leaves in ``leaves``. Returns the smallest creation index of an
    operation, or -1 if the operands of an operation have no slots.
    """
    _visited_nodes.append(root)  # listed before it is marked, because an interrupt may come after any call
    root._marked = True
    stack: list[Any] = [root]  # depth first: operands are near their results in memory
    oldest = root.index
    while stack:
        node: Value = stack.pop()
        if node._swept:
            before[node] = node._grad
        node._grad = -0.0  # the empty sum: -0.0 + c is c to the last bit, including the sign of zero
        a, b = node._a, node._b
        if a is not None:
            if not a._marked:
                _visited_nodes.append(a)
                a._marked = True
                stack.append(a)
        elif b is None:
            if node.op is not None:
                return -1
            leaves.append(node)
            continue
        if b is not None and not b._marked:
            _visited_nodes.append(b)
            b._marked = True
            stack.append(b)
        if node.index < oldest:
            oldest = node.index
    return oldest


def _newest_first(newest: int, oldest: int) -> list[Any]:
    """Return the visited operations, newest first, with None for indices of other nodes; reset all marks.

    Placing them by index takes linear time. If the gaps are too wide, they are sorted instead.
    """
    nodes: list[Value] = _visited_nodes
    span = newest - oldest + 1
    if span > 4 * len(nodes):
        for node in nodes:
            node._marked = False
        return sorted([node for node in nodes if node.op is not None], key=by_creation, reverse=True)
    order: list[Any] = [None] * span
    for node in nodes:
        node._marked = False
        if node.op is not None:
            order[newest - node.index] = node
    return order


def _propagate(root: Value, seed: float, order: list[Any]) -> None:
    """Propagate the adjoints from the root to the leaves."""
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
    """Restore the gradients from before an unfinished sweep."""
    if all_visited:
        nodes: list[Value] = _visited_nodes
        for node in nodes:
            node._swept = node in before
    for node, gradient in before.items():
        node._grad = gradient


def _reset_marks() -> None:
    """Reset the marks of the visited nodes."""
    nodes: list[Value] = _visited_nodes
    for node in nodes:
        node._marked = False
    nodes.clear()
