"""Record which part of a model made a node: ``mlp.layer0.neuron2``.

A call of a part tags only the nodes that it returns, with the creation index at its start. Every node of the history
created between that index and the tagged node belongs to the call, so other nodes store nothing. A node stores the
innermost call that returned it, and a call stores the call around it. Everything else is computed when the graph is
drawn.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from ..native.mypyc_attr import mypyc_attr
from .node import Node, tick

#: thread id to the innermost open scope of that thread
_open: Final[dict[int, Scope]] = {}
_thread: Final = threading.get_ident


@mypyc_attr(acyclic=True)
class Scope:
    """One call of a part of a model.

    Attributes
    ----------
    name : str
        ``"neuron2"``.
    outer : Scope or None
        The enclosing call.
    first : int
        The creation index at the start of the call.
    owner : object or None
        The part itself; if it has ``parameters()``, those leaves are drawn with it.
    """

    __slots__ = ("first", "name", "outer", "owner")

    def __init__(self, name: str, outer: Scope | None, first: int, owner: Any) -> None:
        self.name = name
        self.outer = outer
        self.first = first
        self.owner = owner

    def __enter__(self) -> Scope:
        _open[_thread()] = self
        return self

    def __exit__(self, *error: object) -> None:
        _reopen(_thread(), self.outer)

    @property
    def path(self) -> str:
        """Return dotted names from the outermost part inward, ``"mlp.layer0.neuron2"``."""
        return f"{self.outer.path}.{self.name}" if self.outer is not None else self.name

    def tag(self, outputs: Any) -> None:
        """Tag the results of the call: a node, or a list, tuple or dict of nodes."""
        if isinstance(outputs, Node):
            if outputs.index >= self.first and outputs.scope is None:
                outputs.note("scope", self)
        elif isinstance(outputs, (list, tuple)):
            for output in outputs:
                self.tag(output)
        elif isinstance(outputs, dict):
            for output in outputs.values():
                self.tag(output)


def _reopen(thread: int, outer: Scope | None) -> None:
    if outer is None:
        del _open[thread]
    else:
        _open[thread] = outer


def called(name: str, owner: Any, function: Callable[..., Any], inputs: tuple[Any, ...]) -> Any:
    """Call a function in its own scope inside the open one, and tag its results."""
    thread = _thread()
    outer = _open.get(thread)
    part = Scope(name, outer, tick(), owner)
    _open[thread] = part
    try:
        outputs = function(*inputs)
    finally:
        _reopen(thread, outer)
    part.tag(outputs)
    return outputs


def scope(name: str, owner: Any = None) -> Scope:
    """Open a named scope inside the open one; tag its results with ``.tag(outputs)``.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(2.0)
    >>> with scope("square") as part:
    ...     part.tag(y := x * x)
    >>> scopes_of([y + 1.0, y, x])
    ['', 'square', '']
    """
    return Scope(name, _open.get(_thread()), tick(), owner)


def calls_of(node: Node) -> Iterator[Scope]:
    """Yield the calls that returned a node, and the calls around them, innermost first."""
    part = node.scope
    while part is not None:
        yield part
        part = part.outer


def scopes_of(order: Iterable[Any]) -> list[str]:
    """Return the path of the innermost scope of every node of a history; "" for none.

    Parameters
    ----------
    order : list of nodes
        A history, newest first.

    Returns
    -------
    list of str
        Aligned with ``order``. A parameter belongs to the innermost scope whose owner lists it.
    """
    newest_first = list(order)
    last = _last_nodes(newest_first)
    oldest_first = sorted(last, key=lambda part: part.first)
    owned = {leaf: part.path for part in oldest_first for leaf in _parameters(part.owner)}
    paths = []
    for node, call in zip(newest_first, _innermost(newest_first, last), strict=True):
        inside = call.path if call is not None else ""
        paths.append(owned.get(node, inside) if node.op is None else inside)
    return paths


def calls_around(order: Iterable[Any]) -> list[Scope | None]:
    """Return the innermost call in which each node of a history was made; None for none.

    Parameters
    ----------
    order : list of nodes
        A history, newest first.
    """
    newest_first = list(order)
    return _innermost(newest_first, _last_nodes(newest_first))


def _last_nodes(newest_first: list[Any]) -> dict[Scope, int]:
    """Return the creation index of the last node that each call, or a call inside it, returned."""
    last: dict[Scope, int] = {}
    for node in newest_first:
        for part in calls_of(node):
            last[part] = max(last.get(part, 0), node.index)
    return last


def _innermost(newest_first: list[Any], last: dict[Scope, int]) -> list[Scope | None]:
    waiting = sorted(last, key=lambda part: part.first, reverse=True)
    open_calls: list[Scope] = []
    found: list[Scope | None] = []
    for node in newest_first[::-1]:
        while waiting and waiting[-1].first <= node.index:
            open_calls.append(waiting.pop())
        while open_calls and last[open_calls[-1]] < node.index:
            open_calls.pop()
        found.append(open_calls[-1] if open_calls else None)
    return found[::-1]


def _parameters(owner: Any) -> Iterable[Any]:
    parameters = getattr(owner, "parameters", None)
    return parameters() if callable(parameters) else ()
