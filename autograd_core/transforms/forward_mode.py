"""Push tangents through a recorded history in forward mode, oldest node first.

A pointwise operation multiplies by the same partials as in reverse mode. A linear one is applied to the tangent. A
bilinear one is applied with one operand at a time replaced by its tangent. So this mode needs no rules of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..graph.history import history
from ..graph.node import Node
from ..graph.numpy_warnings import quietly


def push(outputs: Sequence[Node], tangents: Mapping[Node, Any]) -> list[Any]:
    """Return the tangents of the outputs, given those of some nodes of their history.

    Parameters
    ----------
    outputs : sequence of nodes
    tangents : mapping of node to float, array or node
        Directions, each of the shape of its node. If they are nodes, so are the results, which can be differentiated
        again.

    Returns
    -------
    list
        One tangent per output; None if an output depends on no node in ``tangents``.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(2.0)
    >>> push([x * x], {x: 1.0})
    [4.0]
    """
    return quietly(_push_tangents, outputs, tangents)  # type: ignore[no-any-return]


def _push_tangents(outputs: Sequence[Any], tangents: Mapping[Any, Any]) -> list[Any]:
    known: dict[Any, Any] = dict(tangents)
    for node in reversed(history(*outputs)):
        if node.op is None or node in known:
            continue
        directions = [known.get(x) if isinstance(x, Node) else None for x in node.operands]
        if any(direction is not None for direction in directions):
            known[node] = node.push(directions)
    return [known.get(output) for output in outputs]
