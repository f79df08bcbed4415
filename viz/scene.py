"""What a picture shows, before anything is laid out: boxes, edges and nested groups, all immutable.

A scene is built from a history and holds words, not nodes: it may be drawn later, elsewhere, more than once, and
nothing in it changes when the graph does. Ids are positions in creation order, so equal programs give equal scenes.

>>> from autograd_core import Value
>>> a = Value(3.0, label="a")
>>> scene = build(Reading(a * a))
>>> [box.name for box in scene.boxes], [(edge.tail, edge.head, edge.partial) for edge in scene.edges]
(['a', 'v1'], [('n0', 'n1', '3.0000'), ('n0', 'n1', '3.0000')])
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from autograd_core.node import Node
from autograd_core.scope import Scope

from . import labels
from .reading import Reading

__all__ = ["Box", "Edge", "Group", "Scene", "build"]

#: operations whose operands may change places, so that their order need not be shown
COMMUTATIVE = frozenset({"add", "mul", "maximum", "minimum", "hypot"})


@dataclass(frozen=True, slots=True)
class Box:
    """A node, or a constant operand.

    Attributes
    ----------
    id : str
        ``n0, n1, …`` for nodes in creation order, ``c…`` for constants: never text of a user's.
    kind : str
        "input", "parameter", "operation", "output" or "constant".
    name : str
        As formulas call it: unique in the scene.
    label : str
        As the user called it, "" if they did not.
    symbol, operator : str
        Of its operation, as books and as Python write it; "" for a leaf.
    data, grad : str
        Its number and its gradient, "—" where no sweep has computed it; grad is "" for a constant.
    share : float or None
        Its gradient as a share of the largest one in the scene, with sign; None where it has none.
    group : str
        The scope path of the group it stands in, "" for none.
    slots : int
        How many numbered places its operands take, 0 where their order does not matter.
    formula : str
        What it computes, in names.
    """

    id: str
    kind: str
    name: str
    label: str = ""
    symbol: str = ""
    operator: str = ""
    data: str = ""
    grad: str = ""
    share: float | None = None
    group: str = ""
    slots: int = 0
    formula: str = ""

    @property
    def title(self) -> str:
        """What its picture is headed with."""
        return self.label or self.name


@dataclass(frozen=True, slots=True)
class Edge:
    """An operand's way into an operation; a repeated operand has an edge for each place it stands in.

    Attributes
    ----------
    id : str
        ``e3_0`` leads to place 0 of ``n3``.
    tail, head : str
        Ids of boxes: the operand and the result.
    slot : int
        The operand's place, from 0.
    partial : str
        The local partial derivative as a number; "" for a constant, to which nothing is sent.
    symbolic : str
        The same as a formula.
    """

    id: str
    tail: str
    head: str
    slot: int
    partial: str = ""
    symbolic: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A part of a model: a box around boxes and groups.

    Attributes
    ----------
    id : str
        ``g0, g1, …``
    path : str
        Its dotted scope path; the part before the last dot is the group around it.
    name : str
        The last part of the path.
    """

    id: str
    path: str
    name: str

    @property
    def parent(self) -> str:
        """The path of the group around it, "" for none."""
        return self.path.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a picture shows."""

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    groups: tuple[Group, ...]
    title: str

    def box(self, identity: str) -> Box:
        """Return the box with an id."""
        return next(box for box in self.boxes if box.id == identity)


def build(reading: Reading, gradients: Mapping[str, Any] | None = None) -> Scene:
    """Return the scene of everything that a reading holds.

    Parameters
    ----------
    reading : Reading
        The graph.
    gradients : mapping, optional
        Id of a node to the gradient to show; those of the last ``backward()`` if left out.
    """
    if gradients is None:
        gradients = {identity: node.grad for node, identity in reading.ids.items() if getattr(node, "swept", True)}
    largest = max((abs(g) for g in map(_number, gradients.values()) if g is not None and isfinite(g)), default=0.0)
    parameters = _parameters(reading.order)
    boxes: list[Box] = []
    edges: list[Edge] = []
    for node, path in zip(reading.order, map(_cleaned_path, reading.scopes), strict=True):
        for operand, edge in _operands(reading, node, path):
            boxes += operand
            edges.append(edge)
        boxes.append(
            Box(
                id=reading.ids[node],
                kind=_kind(node, reading.root, parameters),
                name=str(reading.name(node)),
                label=labels.clean(node.label),
                symbol="" if node.op is None else labels.clean(node.op.symbol),
                operator="" if node.op is None else labels.clean(node.op.operator or node.op.symbol),
                data=labels.number(node.data),
                grad=labels.gradient(gradients.get(reading.ids[node])),
                share=_share(gradients.get(reading.ids[node]), largest),
                group=path,
                slots=_slots(node),
                formula=reading.formulas.value(node).text,
            )
        )
    computed = sum(1 for node in reading.order if node.op is not None)
    given = len(reading.order) - computed
    title = f"Computation graph of {reading.name(reading.root)}: {given} given, {computed} computed"
    return Scene(tuple(boxes), tuple(edges), tuple(_groups(box.group for box in boxes)), title)


def _operands(reading: Reading, node: Any, path: str) -> Iterator[tuple[list[Box], Edge]]:
    """Yield an edge for every operand of a node, with the box of the operand if that is a constant."""
    position = 0
    for slot, x in enumerate(node.operands):
        identity, head = reading.edge(node, slot), reading.ids[node]
        if isinstance(x, Node):
            partial, formula = _partial(node, position), reading.formulas.partial(node, slot).text
            yield [], Edge(identity, reading.ids[x], head, slot, partial, formula)
            position += 1
        else:
            constant = Box(f"c{identity[1:]}", "constant", labels.constant(x), group=path)
            yield [constant], Edge(identity, constant.id, head, slot)


def _parameters(order: Iterable[Any]) -> set[Any]:
    """Return the leaves that a part of a model calls its parameters."""
    owners = {part.owner for node in order for part in _parts(node) if part.owner is not None}
    return {leaf for owner in owners if callable(owned := getattr(owner, "parameters", None)) for leaf in owned()}


def _parts(node: Any) -> Iterable[Scope]:
    parts: Iterable[Scope] = (node.notes or {}).get("scopes", ())
    return parts


def _kind(node: Any, root: Any, parameters: set[Any]) -> str:
    if node.op is None:
        return "parameter" if node in parameters else "input"
    return "output" if node is root else "operation"


def _slots(node: Any) -> int:
    if node.op is None or len(node.operands) < 2 or node.op.name in COMMUTATIVE:
        return 0
    return len(node.operands)


def _partial(node: Any, position: int) -> str:
    """Return the local partial by the operand at a position among the parents; arrays store none."""
    partials = getattr(node, "partials", None)
    return "" if partials is None else labels.number(partials[position])


def _number(grad: Any) -> float | None:
    """Return a gradient that is one number; there is no single colour for an array."""
    return None if grad is None or np.ndim(grad) else float(grad)


def _share(grad: Any, largest: float) -> float | None:
    number = _number(grad)
    if number is None or number != number:
        return None
    return max(-1.0, min(1.0, number / largest)) if largest else 0.0


def _cleaned_path(path: str) -> str:
    return ".".join(labels.clean(part, 40) or "part" for part in path.split(".")) if path else ""


def _groups(paths: Iterable[str]) -> Iterator[Group]:
    """Yield the groups on the way to every path, outer ones first, in the order in which they are met."""
    seen: set[str] = set()
    for path in paths:
        parts = path.split(".") if path else []
        for depth in range(1, len(parts) + 1):
            outer = ".".join(parts[:depth])
            if outer not in seen:
                yield Group(f"g{len(seen)}", outer, parts[depth - 1])
                seen.add(outer)
