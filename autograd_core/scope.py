"""Which part of a model made a node: ``mlp.layer0.neuron2``.

A module tags only what it returns, with the creation index at which its call began. Every node of the history
created between that index and the tagged node belongs to the call, so the nodes in between carry nothing and cost
nothing; the tags are read when somebody draws.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from .node import Node, tick

__all__ = ["Scope", "scope", "scopes_of"]


class _Local(threading.local):
    """The path of the innermost open scope of a thread."""

    path = ""


_local = _Local()


class Scope:
    """One call of a part of a model.

    Attributes
    ----------
    path : str
        Dotted names from the outermost part inwards, ``"mlp.layer0.neuron2"``.
    first : int
        The creation index at which the call began.
    owner : object or None
        The part itself; if it has ``parameters()``, those leaves are drawn with it.
    """

    __slots__ = ("first", "outer", "owner", "path")

    def __init__(self, name: str, owner: Any) -> None:
        self.outer = outer = _local.path
        self.path = f"{outer}.{name}" if outer else name
        self.first = tick()
        self.owner = owner

    def __enter__(self) -> Scope:
        _local.path = self.path
        return self

    def __exit__(self, *error: object) -> None:
        _local.path = self.outer

    def owned_by(self, owner: Any) -> Scope:
        """Return the same call of another owner: that of a copied model."""
        call = object.__new__(Scope)
        call.path, call.outer, call.first, call.owner = self.path, self.outer, self.first, owner
        return call

    def tag(self, outputs: Any) -> None:
        """Mark what the call returned: a node, or a list, tuple or dict of nodes."""
        if isinstance(outputs, Node):
            if outputs.index >= self.first:
                notes = outputs.notes
                outputs.note("scopes", (self,) if notes is None else (*notes.get("scopes", ()), self))
        elif isinstance(outputs, (list, tuple)):
            for output in outputs:
                self.tag(output)
        elif isinstance(outputs, dict):
            for output in outputs.values():
                self.tag(output)


def scope(name: str, owner: Any = None) -> Scope:
    """Open a named scope inside the one that is open; tag what it returns with ``.tag(outputs)``.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(2.0)
    >>> with scope("square") as part:
    ...     part.tag(y := x * x)
    >>> scopes_of([y + 1.0, y, x])
    ['', 'square', '']
    """
    return Scope(name, owner)


def scopes_of(order: Iterable[Any]) -> list[str]:
    """Return the path of the innermost scope of every node of a history, "" for none.

    Parameters
    ----------
    order : list of nodes
        A history, newest first.

    Returns
    -------
    list of str
        Aligned with ``order``. A parameter belongs to the innermost scope whose owner lists it.
    """
    order = list(order)
    last: dict[Scope, int] = {}
    for node in order:
        for part in (node.notes or {}).get("scopes", ()):
            last[part] = max(last.get(part, 0), node.index)
    waiting = sorted(last, key=lambda part: part.first, reverse=True)
    owned = {leaf: part.path for part in reversed(waiting) for leaf in _parameters(part.owner)}
    paths = []
    open_calls: list[Scope] = []
    for node in reversed(order):
        while waiting and waiting[-1].first <= node.index:
            open_calls.append(waiting.pop())
        while open_calls and last[open_calls[-1]] < node.index:
            open_calls.pop()
        inside = open_calls[-1].path if open_calls else ""
        paths.append(owned.get(node, inside) if node.op is None else inside)
    return paths[::-1]


def _parameters(owner: Any) -> Iterable[Any]:
    parameters = getattr(owner, "parameters", None)
    return parameters() if callable(parameters) else ()
