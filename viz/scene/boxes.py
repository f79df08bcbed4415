"""The words of a picture as plain data: boxes, edges between them, groups around them. A scene is built of these."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Box", "Edge", "Group", "Scene"]


@dataclass(frozen=True, slots=True)
class Box:
    """A node, or a constant operand.

    Attributes
    ----------
    id : str
        ``n0, n1, …`` for nodes in creation order, ``c…`` for constants, ``f…`` for folded parts: never text of a
        user's.
    kind : str
        "input", "parameter", "operation", "output", "constant", or "fold" for a folded part of a model.
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
    members : tuple of str
        The ids of the nodes that a folded part hides.
    path : str
        The scope of a folded part.
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
    members: tuple[str, ...] = ()
    path: str = ""

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
    members : tuple of str
        The ids of the edges that this one stands for, where a part is folded; none if it stands for itself.
    """

    id: str
    tail: str
    head: str
    slot: int
    partial: str = ""
    symbolic: str = ""
    members: tuple[str, ...] = ()


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
    note: str = ""

    def box(self, identity: str) -> Box:
        """Return the box with an id."""
        return next(box for box in self.boxes if box.id == identity)
