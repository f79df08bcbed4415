"""Build a scene, the content of a picture before its layout: boxes, edges and nested groups, all immutable.

A scene holds text, not nodes, so it does not change when the graph changes. Ids are positions in creation order, so
equal programs give equal scenes.

>>> from autograd_core import Value
>>> a = Value(3.0, label="a")
>>> scene = build(Reading(a * a))
>>> [box.name for box in scene.boxes], [(edge.tail, edge.head, edge.partial) for edge in scene.edges]
(['a', 'v1'], [('n0', 'n1', '3.0000'), ('n0', 'n1', '3.0000')])
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from typing import Any

import numpy as np

from autograd_core.graph.node import Node
from autograd_core.graph.scope import calls_of

from ..style import labels
from .boxes import Box, Edge, Group, Scene
from .folded_parts import Part, parts_of
from .folding import Folding
from .graph_view import Reading

__all__ = ["Box", "Edge", "Group", "Scene", "build", "parameters_in"]

#: operations with exchangeable operands, whose order need not be drawn
COMMUTATIVE = frozenset({"add", "mul", "maximum", "minimum", "hypot"})


def build(reading: Reading, gradients: Mapping[str, Any] | None = None, folding: Folding | None = None) -> Scene:
    """Return the scene of a graph view.

    Parameters
    ----------
    reading : Reading
        The graph.
    gradients : mapping, optional
        Id of a node to the gradient to draw. Default: the gradients of the last ``backward()``.
    folding : Folding, optional
        The parts that are drawn as one box each. Default: none.
    """
    if gradients is None:
        gradients = {identity: node.grad for node, identity in reading.ids.items() if getattr(node, "swept", True)}
    parameters = parameters_in(reading.order)
    keys = dict(zip(reading.order, folding.keys if folding else ("",) * len(reading.order), strict=True))
    parts = parts_of(reading, keys, parameters)
    folds = {key: f"f{i}" for i, key in enumerate(parts)}
    place = {node: folds[key] if key else reading.ids[node] for node, key in keys.items()}
    norms = {key: part.norm(gradients) for key, part in parts.items()}
    alone = (_number(gradients.get(reading.ids[node])) for node, key in keys.items() if not key)
    largest = max((abs(g) for g in (*alone, *norms.values()) if g is not None and isfinite(g)), default=0.0)
    boxes: list[Box] = []
    edges: dict[tuple[Any, ...], list[Edge]] = {}
    for node, key in keys.items():
        if not key:
            for constant, edge in _operands(reading, node, place):
                boxes += constant
                one = (edge.tail, edge.head, edge.slot) if edge.tail in folds.values() else (edge.id,)
                edges.setdefault(one, []).append(edge)
            boxes.append(_box(reading, node, gradients.get(reading.ids[node]), largest, parameters))
            continue
        for slot, x in enumerate(node.operands):
            if isinstance(x, Node) and place[x] != place[node]:
                edge = Edge(reading.edge(node, slot), place[x], place[node], slot)
                edges.setdefault((edge.tail, edge.head), []).append(edge)
        if key in parts:
            part = parts.pop(key)
            boxes.append(_folded(part, folds[key], part.gradient(gradients), _share(norms[key], largest)))
    computed = sum(1 for node in reading.order if node.op is not None)
    given = len(reading.order) - computed
    return Scene(
        tuple(boxes),
        tuple(_merged(found) for found in edges.values()),
        tuple(_groups(box.group for box in boxes)),
        title=f"Computation graph of {reading.name(reading.root)}: {given:,} given, {computed:,} computed",
        note=folding.note if folding else "",
    )


def _box(reading: Reading, node: Any, grad: Any, largest: float, parameters: set[Any]) -> Box:
    return Box(
        id=reading.ids[node],
        kind=_kind(node, reading.root, parameters),
        name=str(reading.name(node)),
        label=labels.clean(node.label),
        symbol="" if node.op is None else labels.clean(node.op.symbol),
        operator="" if node.op is None else labels.clean(node.op.operator or node.op.symbol),
        data=labels.number(node.data),
        grad=labels.gradient(grad),
        share=_share(grad, largest),
        group=reading.path(node),
        slots=_slots(node),
        formula=reading.formulas.value(node).text,
    )


def _folded(part: Part, identity: str, grad: str, share: float | None) -> Box:
    return Box(
        id=identity,
        kind="fold",
        name=part.name(depth=2),
        label=part.name(),
        data=part.value,
        grad=grad,
        share=share,
        group=part.outer,
        formula=part.formula,
        members=tuple(part.ids()),
        path=part.path,
    )


def _merged(found: list[Edge]) -> Edge:
    """Merge the edges that connect the same two boxes, where one of the boxes is folded."""
    first = found[0]
    if len(found) == 1:
        return first
    ids = tuple(edge.id for edge in found)
    return Edge(first.id, first.tail, first.head, first.slot, f"×{len(found):,}", members=ids)


def _operands(reading: Reading, node: Any, place: Mapping[Any, str]) -> Iterator[tuple[list[Box], Edge]]:
    """Yield an edge for every operand of a node, with the box of the operand if it is a constant."""
    position = 0
    for slot, x in enumerate(node.operands):
        identity, head = reading.edge(node, slot), reading.ids[node]
        if isinstance(x, Node):
            partial, formula = _partial(node, position), reading.formulas.partial(node, slot).text
            yield [], Edge(identity, place[x], head, slot, partial, formula)
            position += 1
        else:
            constant = Box(f"c{identity[1:]}", "constant", labels.constant(x), group=reading.path(node))
            yield [constant], Edge(identity, constant.id, head, slot)


def parameters_in(order: Iterable[Any]) -> set[Any]:
    """Return the leaves that a part of a model reports as its parameters."""
    owners = {part.owner for node in order for part in calls_of(node) if part.owner is not None}
    return {leaf for owner in owners if callable(owned := getattr(owner, "parameters", None)) for leaf in owned()}


def _kind(node: Any, root: Any, parameters: set[Any]) -> str:
    if node.op is None:
        return "parameter" if node in parameters else "input"
    return "output" if node is root else "operation"


def _slots(node: Any) -> int:
    if node.op is None or len(node.operands) < 2 or node.op.name in COMMUTATIVE:
        return 0
    return len(node.operands)


def _partial(node: Any, position: int) -> str:
    """Return the local partial by the parent at a position; arrays store none."""
    partials = getattr(node, "partials", None)
    return "" if partials is None else labels.number(partials[position])


def _number(grad: Any) -> float | None:
    """Return a gradient that is one number; an array has no single color."""
    return None if grad is None or np.ndim(grad) else float(grad)


def _share(grad: Any, largest: float) -> float | None:
    number = _number(grad)
    if number is None or number != number:
        return None
    return max(-1.0, min(1.0, number / largest)) if largest else 0.0


def _groups(paths: Iterable[str]) -> Iterator[Group]:
    """Yield the groups that contain a path, outer groups first, in the order of their first nodes."""
    seen: set[str] = set()
    for path in paths:
        parts = path.split(".") if path else []
        for depth in range(1, len(parts) + 1):
            outer = ".".join(parts[:depth])
            if outer not in seen:
                yield Group(f"g{len(seen)}", outer, parts[depth - 1])
                seen.add(outer)
