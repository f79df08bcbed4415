"""Find repeated blocks of a graph, such as a hundred samples in one loss, so that each is drawn once.

Two nodes are alike if they apply the same operation, in the same part, to operands that are alike. A sum of a hundred
terms that are alike is one block, for every order of additions. The numbers may differ.

>>> from autograd_core import Value, history
>>> losses = [(Value(0.5 * i) - 1.0) ** 2 for i in range(100)]
>>> order = history(sum(losses) * 0.01)[::-1]
>>> keys = merged(order, [""] * len(order), [""] * len(order))
>>> len(order), len(set(keys) - {""}), keys.count("")
(401, 4, 1)
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import Any

from autograd_core.graph.node import Node

from .folding import BLOCK, path_of

#: a sum of more kinds of terms than this is not one block
MOST_KINDS = 4

_DIGITS = re.compile(r"\d+")


def merged(order: Sequence[Any], paths: Sequence[str], keys: Sequence[str]) -> list[str]:
    """Return keys in which nodes that are alike share one key.

    Parameters
    ----------
    order : sequence of nodes
        Oldest first; the last one is the output, which is never merged.
    paths, keys : sequences of str
        The scope of every node, and the key of the box that hides it; "" for a visible node.
    """
    kind = _kinds(order, paths, keys)
    members: dict[int, int] = {}
    for k, key in zip(kind, keys, strict=True):
        if not key:
            members[k] = members.get(k, 0) + 1
    number = {k: i for i, k in enumerate(k for k, n in members.items() if n > 1)}
    return [
        key or (f"{path}{BLOCK}{number[k]}" if k in number else "")
        for k, path, key in zip(kind, paths, keys, strict=True)
    ]


def _kinds(order: Sequence[Any], paths: Sequence[str], keys: Sequence[str]) -> list[int]:
    """Return a number for every node; nodes that are alike have equal numbers."""
    numbers: dict[Hashable, int] = {}
    kind: dict[Any, int] = {}
    terms: dict[int, frozenset[Hashable]] = {}
    uses = _uses(order, keys)
    alike = _alike(order, keys)
    for node, path, key in zip(order, paths, keys, strict=True):
        what: Hashable
        added: frozenset[Hashable] | None = None
        if key:
            what = alike[key]
        elif node is order[-1]:
            what = None
        elif node.op is None:
            what = ("leaf", path, _DIGITS.sub("", str(node.label)[:80]), uses.get(node))
        else:
            operands = [kind[x] if isinstance(x, Node) else _constant(node.op.name, x) for x in node.operands]
            if node.op.name == "add":
                added = frozenset(part for x in operands for part in terms.get(x, (x,)))  # type: ignore[call-overload]
                what = ("sum", path, added if len(added) <= MOST_KINDS else node)
            else:
                what = (node.op.name, path, *operands)
        number = kind[node] = numbers.setdefault(what, len(numbers))
        if added is not None and len(added) <= MOST_KINDS:
            terms[number] = added
    return [kind[node] for node in order]


def _alike(order: Sequence[Any], keys: Sequence[str]) -> dict[str, Hashable]:
    """Return a key that folded parts share if they lie side by side, as the neurons of a layer do."""
    key_of = dict(zip(order, keys, strict=True))
    operands: dict[str, set[Hashable]] = {}
    for node, key in key_of.items():
        if key:
            found = operands.setdefault(key, set())
            found.update(key_of[x] or x for x in node.operands if isinstance(x, Node) and key_of[x] != key)
    return {key: (key.rpartition(".")[0], frozenset(found) or key) for key, found in operands.items()}


def _uses(order: Sequence[Any], keys: Sequence[str]) -> dict[Any, frozenset[Hashable]]:
    """Return the uses of each leaf: the operations or folded parts, and the operand positions."""
    found: dict[Any, set[Hashable]] = {}
    for node, key in zip(order, keys, strict=True):
        for slot, x in enumerate(node.operands):
            if isinstance(x, Node) and x.op is None:
                found.setdefault(x, set()).add(path_of(key) if key else (node.op.name, slot))
    return {leaf: frozenset(ways) for leaf, ways in found.items()}


def _constant(operation: str, x: Any) -> Hashable:
    """Return what two constants must share to be alike: nothing in sums and products, but x² differs from x³."""
    return ("constant", "" if operation in ("add", "sub", "mul", "div") else repr(x)[:80])
