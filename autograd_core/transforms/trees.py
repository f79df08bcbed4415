"""Flatten nested lists, tuples and dicts into a list of leaves, and rebuild them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..errors import ShapeError

Rebuild = Callable[[Sequence[Any]], Any]


def flatten(tree: Any) -> tuple[list[Any], Rebuild]:
    """Return the leaves of nested lists, tuples and dicts, and a function that rebuilds the tree from other leaves.

    Examples
    --------
    >>> leaves, rebuild = flatten({"a": [1.0, 2.0], "b": 3.0})
    >>> leaves, rebuild([4.0, 5.0, 6.0])
    ([1.0, 2.0, 3.0], {'a': [4.0, 5.0], 'b': 6.0})
    """
    if isinstance(tree, dict):
        keys = list(tree)
        return _join([flatten(tree[key]) for key in keys], lambda children: dict(zip(keys, children, strict=True)))
    if isinstance(tree, (list, tuple)):
        kind = type(tree)
        named = hasattr(tree, "_fields")  # a named tuple takes its fields one by one
        return _join([flatten(x) for x in tree], (lambda children: kind(*children)) if named else kind)
    return [tree], lambda leaves: leaves[0]


def _join(parts: list[tuple[list[Any], Rebuild]], make: Callable[[list[Any]], Any]) -> tuple[list[Any], Rebuild]:
    leaves = [leaf for part, _ in parts for leaf in part]

    def rebuild(replacements: Sequence[Any]) -> Any:
        children, start = [], 0
        for part, make_part in parts:
            children.append(make_part(replacements[start : start + len(part)]))
            start += len(part)
        return make(children)

    return leaves, rebuild


def leaves_like(tree: Any, pattern: Any, name: str) -> list[Any]:
    """Return the leaves of a tree in the order of those of ``pattern``, which must have the same structure.

    A list matches a tuple. Dicts match if they have the same keys in any order.

    Raises
    ------
    ShapeError
        If the structures differ; the message starts with ``name``.

    Examples
    --------
    >>> leaves_like({"b": 1.0, "a": [2.0]}, {"a": (0.0,), "b": 0.0}, "the tangent")
    [2.0, 1.0]
    """
    leaves = _leaves_like(tree, pattern)
    if leaves is None:
        raise ShapeError(f"{name} must have the structure {structure(pattern)}, not {structure(tree)}.")
    return leaves


def _leaves_like(tree: Any, pattern: Any) -> list[Any] | None:
    if isinstance(pattern, dict):
        if not isinstance(tree, dict) or set(tree) != set(pattern):
            return None
        pairs = [(tree[key], pattern[key]) for key in pattern]
    elif isinstance(pattern, (list, tuple)):
        if not isinstance(tree, (list, tuple)) or len(tree) != len(pattern):
            return None
        pairs = list(zip(tree, pattern, strict=True))
    else:
        return None if isinstance(tree, (dict, list, tuple)) else [tree]
    parts = [_leaves_like(*pair) for pair in pairs]
    return None if any(part is None for part in parts) else [leaf for part in parts for leaf in part or ()]


def structure(tree: Any) -> str:
    """Return the structure of a tree in one line, with dots for leaves.

    >>> structure({"a": [1.0, 2.0], "b": (3.0,)})
    "{'a': [·, ·], 'b': (·,)}"
    """
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key!r}: {structure(tree[key])}" for key in tree) + "}"
    if isinstance(tree, tuple):
        return "(" + ", ".join(map(structure, tree)) + ("," if len(tree) == 1 else "") + ")"
    return "[" + ", ".join(map(structure, tree)) + "]" if isinstance(tree, list) else "·"
