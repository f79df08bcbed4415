"""Define boxes, edges and groups: the parts of a scene, as plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A node or a constant operand.

    Attributes
    ----------
    id : str
        ``n0, n1, …`` for nodes in creation order, ``c…`` for constants, ``f…`` for folded parts. Never the user's text.
    kind : str
        "input", "parameter", "operation", "output", "constant", or "fold" for a folded part of a model.
    name : str
        The name in formulas; unique in the scene.
    label : str
        The user's label; "" without one.
    symbol, operator : str
        The symbol of the operation, as in books and as in Python; "" for a leaf.
    data, grad : str
        The formatted number and gradient. grad is "—" before a sweep and "" for a constant.
    share : float or None
        The gradient divided by the largest one in the scene, with its sign; None without a gradient.
    group : str
        The scope path of the enclosing group; "" without one.
    slots : int
        The number of operand positions; 0 where the order of operands does not matter.
    formula : str
        The formula, in names.
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
        """Return the heading of the box."""
        return self.label or self.name


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge from an operand to an operation; a repeated operand has an edge for each position.

    Attributes
    ----------
    id : str
        ``e3_0`` leads to position 0 of ``n3``.
    tail, head : str
        Ids of the boxes of the operand and of the result.
    slot : int
        The operand's position, from 0.
    partial : str
        The local partial derivative as a number; "" for a constant, which receives no contribution.
    symbolic : str
        The local partial derivative as a formula.
    members : tuple of str
        The ids of the edges that this edge replaces, where a part is folded; otherwise empty.
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
    """A part of a model: a frame around boxes and groups.

    Attributes
    ----------
    id : str
        ``g0, g1, …``
    path : str
        Its dotted scope path; the part before the last dot is the enclosing group.
    name : str
        The last part of the path.
    """

    id: str
    path: str
    name: str

    @property
    def parent(self) -> str:
        """The path of the enclosing group; "" without one."""
        return self.path.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Scene:
    """The content of a picture: boxes, edges, groups."""

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    groups: tuple[Group, ...]
    title: str
    note: str = ""

    def box(self, identity: str) -> Box:
        """Return the box with the given id."""
        return next(box for box in self.boxes if box.id == identity)
