"""A graph as everything in this package reads it: its history, an id and a name for each node, and the scopes.

Read once, shared by the scene, the steps and the table; so a picture, a step and a row speak of the same ``n3``.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from autograd_core import Program, history
from autograd_core.errors import OperandError
from autograd_core.graph.node import Node
from autograd_core.graph.scope import calls_of, scopes_of

from ..style import labels
from ..style.errors import SizeLimitError
from .formulas import Formulas

__all__ = ["Reading"]


class Reading:
    """The history of a node, named and numbered.

    Parameters
    ----------
    root : Value, Tensor or Program
        The output; of a program that of its graph at the inputs it was traced with.
    limit : int or None
        How many nodes the history may have.
    what, remedy, limit_name : str
        Who asks, what to do about a longer one, and what the limit is called, for the error.

    Attributes
    ----------
    order : list of nodes
        Oldest first.
    ids : dict
        Node to ``n0, n1, …``, in creation order.
    scopes, paths : list of str
        The scope of every node, aligned with ``order``; paths are fit to be shown.
    formulas : Formulas
        Names and formulas.

    Raises
    ------
    OperandError
        If ``root`` is not a recorded node.
    SizeLimitError
        If the history holds more than ``limit`` nodes; soon, however long it is.

    Examples
    --------
    >>> from autograd_core import Value
    >>> a = Value(3.0, label="a")
    >>> reading = Reading(a * a)
    >>> [(identity, str(reading.name(node))) for node, identity in reading.ids.items()]
    [('n0', 'a'), ('n1', 'v1')]
    """

    def __init__(
        self,
        root: Any,
        limit: int | None = None,
        what: str = "A picture",
        remedy: str = "",
        limit_name: str = "max_nodes",
    ) -> None:
        if isinstance(root, Program):
            root = root.graph()
        if not isinstance(root, Node):
            raise OperandError(
                f"{what} shows how a Value or Tensor was computed, but this is a {type(root).__name__}: "
                f"{labels.clean(repr(root))}. {_instead(root)}"
            )
        if limit is not None and _exceeds(root, limit):
            most = f"{limit_name}={limit:,}" if limit_name else f"{limit:,}"
            raise SizeLimitError(f"{what} was asked of a graph with more than {most} nodes. {remedy}")
        newest_first = history(root)
        scopes = scopes_of(newest_first)
        cleaned = {path: _cleaned(path) for path in set(scopes)}
        self.root = root
        self.order: list[Any] = newest_first[::-1]
        self.scopes = scopes[::-1]
        self.paths = [cleaned[path] for path in self.scopes]
        self.ids: dict[Any, str] = {node: f"n{i}" for i, node in enumerate(self.order)}
        self.formulas = Formulas(newest_first, scopes)

    def name(self, node: Any) -> labels.Name:
        """Return what a node is called in formulas."""
        return self.formulas.names[node]

    def seed(self) -> Any:
        """Return the adjoint of the output by itself: 1, of its shape if it is an array of one element."""
        seed = getattr(self.root, "seed", None)
        return 1.0 if seed is None else seed()

    def path(self, node: Any) -> str:
        """Return the path of the part of a model that made a node, fit to be shown; "" for none."""
        return self.paths[int(self.ids[node][1:])]

    @cached_property
    def calls(self) -> dict[str, int]:
        """How often each part of the model was called while the graph was recorded."""
        parts: dict[str, set[int]] = {}
        for node in self.order:
            for part in calls_of(node):
                parts.setdefault(_cleaned(part.path), set()).add(part.first)
        return {path: len(found) for path, found in parts.items()}

    def edge(self, node: Any, slot: int) -> str:
        """Return the id of the edge into a place of a node: the operand in place 0 of ``n3`` comes by ``e3_0``."""
        return f"e{self.ids[node][1:]}_{slot}"


def _cleaned(path: str) -> str:
    return ".".join(labels.clean(part, 40) or "part" for part in path.split(".")) if path else ""


def _instead(root: Any) -> str:
    """Say what to give in the place of something that is no node."""
    if callable(root):
        return "Call it, and give what it returns, model(x); viz.draw_network(model) shows the units of a model."
    if isinstance(root, (list, tuple)) and any(isinstance(each, Node) for each in root):
        return "Give one of them, or what they are computed to, such as their sum."
    return "Compute the output from Values and give it that one node."


def _exceeds(root: Any, limit: int) -> bool:
    """Whether more than ``limit`` nodes lead to the root; stops counting there."""
    seen, stack = {root}, [root]
    while stack and len(seen) <= limit:
        for parent in stack.pop().parents:
            if parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return len(seen) > limit
