"""Forward mode: tangents pushed through a recorded history, oldest node first, by the same records.

A pointwise operation multiplies by the same partials as in reverse; a linear one is applied to the tangent itself; a
bilinear one has one slot after the other replaced. No derivative is written for this mode.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..graph.history import history
from ..graph.node import Node
from ..graph.quiet import quietly

__all__ = ["push"]


def push(outputs: Sequence[Node], tangents: Mapping[Node, Any]) -> list[Any]:
    """Return the tangents of the outputs, given those of some nodes of their history.

    Parameters
    ----------
    outputs : sequence of nodes
    tangents : mapping of node to float, array or node
        Directions, each of the shape of its node. Nodes as tangents give recorded tangents, which can be
        differentiated again.

    Returns
    -------
    list
        One tangent an output; None for one that depends on no node given.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(2.0)
    >>> push([x * x], {x: 1.0})
    [4.0]
    """
    return quietly(_push_tangents, outputs, tangents)  # type: ignore[no-any-return]


def _push_tangents(outputs: Sequence[Any], tangents: Mapping[Any, Any]) -> list[Any]:
    found: dict[Any, Any] = dict(tangents)
    for node in reversed(history(*outputs)):
        if node.op is None or node in found:
            continue
        directions = [found.get(x) if isinstance(x, Node) else None for x in node.operands]
        if any(direction is not None for direction in directions):
            found[node] = node.push(directions)
    return [found.get(output) for output in outputs]
