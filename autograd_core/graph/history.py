"""List the ancestors of a node, newest first.

A parent is always created before its child, so creation order is a topological order. It is computed without recursion,
in linear time and one sort, and is the same in every process.
"""

from __future__ import annotations

import operator
from typing import Any

from .node import Node

#: the sort key of every order in this engine
by_creation = operator.attrgetter("index")


def history(*roots: Node) -> list[Any]:
    """Return the roots and all their ancestors, newest first.

    Parameters
    ----------
    *roots : Value or Tensor
        The outputs.

    Returns
    -------
    list of nodes
        Each once; every node comes before its parents.

    Examples
    --------
    >>> from autograd_core import Value
    >>> a = Value(2.0, label="a")
    >>> b = a * a
    >>> c = b + a
    >>> [node.label or node.op.name for node in history(c)]
    ['add', 'mul', 'a']
    """
    seen: set[Node] = set(roots)
    order: list[Node] = list(seen)
    see, append = seen.add, order.append
    for node in order:  # the list grows while it is read
        for parent in node.parents:
            if parent not in seen:
                see(parent)
                append(parent)
    order.sort(key=by_creation, reverse=True)
    return order
