"""Nested lists, tuples and dicts, as a list of their leaves and the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["flatten"]

Rebuild = Callable[[Sequence[Any]], Any]


def flatten(tree: Any) -> tuple[list[Any], Rebuild]:
    """Return the leaves of nested lists, tuples and dicts, and the function that puts others in their places.

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
        make = (
            (lambda children: kind(*children)) if hasattr(tree, "_fields") else kind
        )  # a named tuple takes its fields
        return _join([flatten(x) for x in tree], make)
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
