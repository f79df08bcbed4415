"""View a graph for drawing and stepping: its history, ids, names and scopes.

The scene, the steps and the table share one view, so they use the same id for the same node.
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


class Reading:
    """The history of a node, named and numbered.

    Parameters
    ----------
    root : Value, Tensor or Program
        The output node, or a program; of a program its graph at the traced inputs is used.
    limit : int or None
        The largest number of nodes in the history.
    what, remedy, limit_name : str
        The caller, the remedy and the name of the limit, for the error message.

    Attributes
    ----------
    order : list of nodes
        Oldest first.
    ids : dict
        Node to ``n0, n1, …``, in creation order.
    scopes, paths : list of str
        The cleaned scope path of every node, in the order of ``order``.
    formulas : Formulas
        Names and formulas.

    Raises
    ------
    OperandError
        If ``root`` is not a recorded node.
    SizeLimitError
        If the history holds more than ``limit`` nodes. The check stops at the limit.

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
        """Return the name of a node in formulas."""
        return self.formulas.names[node]

    def seed(self) -> Any:
        """Return the adjoint of the output: 1, as an array for an array of one element."""
        seed = getattr(self.root, "seed", None)
        return 1.0 if seed is None else seed()

    def path(self, node: Any) -> str:
        """Return the cleaned scope path of the part that computed a node; "" for none."""
        return self.paths[int(self.ids[node][1:])]

    @cached_property
    def calls(self) -> dict[str, int]:
        """Return how often each part of the model was called while the graph was recorded."""
        parts: dict[str, set[int]] = {}
        for node in self.order:
            for part in calls_of(node):
                parts.setdefault(_cleaned(part.path), set()).add(part.first)
        return {path: len(found) for path, found in parts.items()}

    def edge(self, node: Any, slot: int) -> str:
        """Return the id of an edge: ``e3_0`` is the edge from the operand at position 0 to ``n3``."""
        return f"e{self.ids[node][1:]}_{slot}"


def _cleaned(path: str) -> str:
    return ".".join(labels.clean(part, 40) or "part" for part in path.split(".")) if path else ""


def _instead(root: Any) -> str:
    """Return what to pass instead of an object that is not a node."""
    if callable(root):
        return "Call it, and give what it returns, model(x); viz.draw_network(model) shows the units of a model."
    if isinstance(root, (list, tuple)) and any(isinstance(each, Node) for each in root):
        return "Give one of them, or what they are computed to, such as their sum."
    return "Compute the output from Values and give it that one node."


def _exceeds(root: Any, limit: int) -> bool:
    """Return whether more than ``limit`` nodes lead to the root; stop counting there."""
    seen, stack = {root}, [root]
    while stack and len(seen) <= limit:
        for parent in stack.pop().parents:
            if parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return len(seen) > limit
