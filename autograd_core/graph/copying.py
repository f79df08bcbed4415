"""Copy and pickle nodes without recursion, however long their history is.

``copy.copy`` returns another node with the same parents. ``copy.deepcopy`` and a pickle contain the whole history, and
nodes shared by several roots stay shared. A deep copy keeps the creation indices, so its sweep adds in the same order,
with the same bits. Unpickled nodes get new indices, oldest first. Records are never copied.

>>> import copy
>>> from autograd_core import Value
>>> x = Value(3.0)
>>> y = x * x
>>> z = copy.deepcopy(y)
>>> z.backward()
>>> z.data, z.parents[0].grad, x.grad
(9.0, 6.0, 0.0)
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import GraphError
from .history import history
from .node import Node, tick
from .scope import Scope

_local = threading.local()

#: slots that each copy sets for itself
OWN = frozenset({"__weakref__", "_marked", "index"})


def shallow_copy(node: Node) -> Node:
    """Return another node with the same number, parents and gradient."""
    state = _state(node)
    if isinstance(state["_notes"], dict):
        state["_notes"] = dict(state["_notes"])
    return _made(type(node), state, tick())


def deep_copy(root: Node, memo: dict[int, Any]) -> Node:
    """Return a copy of a node with copies of everything it was computed from, each copied once per ``memo``."""
    for node in reversed(history(root)):
        if id(node) not in memo:
            state = {slot: _copied(value, memo) for slot, value in _state(node).items()}
            memo[id(node)] = _made(type(node), state, node.index)
    copy: Node = memo[id(root)]
    return copy


def reduced(node: Node) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """Return the function and arguments that pickle writes for a node.

    The history is written first, oldest first, so each node's parents are already written.
    """
    state = _state(node)
    # A scope contains creation indices, which differ after unpickling.
    state["_notes"] = {key: note for key, note in (node.notes or {}).items() if key != "scope"} or None
    covered = node.op is None or node in getattr(_local, "covered", ())
    return _read, (None if covered else _Prelude(node), type(node), state)


class _Prelude:
    """The history of a node, which is pickled before it."""

    def __init__(self, root: Node) -> None:
        self.root = root

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        before = tuple(history(self.root)[:0:-1])
        _local.covered = set(before)  # pickle visits these nodes, one after the other, until the coda
        return _nothing, (before, _Coda())


class _Coda:
    """The end of a prelude."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        _local.covered = ()
        return _nothing, ()


def _nothing(*_: Any) -> None:
    """Ignore arguments that were pickled only for their side effect."""


def _read(_: None, kind: type[Node], state: dict[str, Any]) -> Node:
    return _made(kind, state, tick())


def _state(node: Node) -> dict[str, Any]:
    """Return the contents of a node's slots."""
    if "backward" in (node.notes or {}):
        raise GraphError(
            "A node made by hand with a closure cannot be copied or pickled: the closure would go on writing into the "
            "gradients of the original's parents. Give the local partials, Value(y, (a, b), (dy_da, dy_db)), or "
            "register the operation."
        )
    slots = [slot for kind in type(node).__mro__ for slot in _slots(kind) if slot not in OWN]
    return {slot: getattr(node, slot) for slot in slots if hasattr(node, slot)} | getattr(node, "__dict__", {})


def _slots(kind: type) -> tuple[str, ...]:
    """Return the slots of a class; mypyc stores them under another name."""
    slots: tuple[str, ...] = vars(kind).get("__slots__", ()) or vars(kind).get("__mypyc_attrs__", ())
    return slots


def _made(kind: type[Node], state: dict[str, Any], index: int) -> Node:
    node: Any = kind.__new__(kind)
    node.index = index
    if hasattr(kind, "_marked"):
        node._marked = False
    for slot, value in state.items():
        setattr(node, slot, value)
    made: Node = node
    return made


def _copied(value: Any, memo: dict[int, Any]) -> Any:
    """Return the copy of a slot's content. Parents were copied before, and immutable objects are shared."""
    if isinstance(value, Node):
        return memo[id(value)]
    if isinstance(value, (tuple, list)):
        return type(value)(_copied(x, memo) for x in value)
    if isinstance(value, dict):
        return {key: _copied(x, memo) for key, x in value.items()}
    if isinstance(value, Scope):
        owner = memo.get(id(value.owner), value.owner)
        return memo.setdefault(id(value), Scope(value.name, _copied(value.outer, memo), value.first, owner))
    if isinstance(value, np.ndarray) and value.flags.writeable:
        return memo.setdefault(id(value), value.copy())
    return value


# Set here, so that ``node`` need not import this module.
for _name, _function in {"__copy__": shallow_copy, "__deepcopy__": deep_copy, "__reduce__": reduced}.items():
    setattr(Node, _name, _function)
