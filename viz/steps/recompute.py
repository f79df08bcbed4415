"""Compute a graph again with some of its numbers changed. Nothing is recorded, and no node changes.

>>> from autograd_core import Value, history
>>> a = Value(3.0)
>>> replay = Replay(history(a * a)[::-1])
>>> a.data = 100.0
>>> replay.output({a: 0.5})
12.25
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd_core.graph.node import kept
from autograd_core.graph.numpy_warnings import quietly
from autograd_core.records.primitive import Pointwise

from ..scene.formulas import settings


class Replay:
    """A graph with a copy of its present numbers.

    Parameters
    ----------
    order : sequence of nodes
        The graph, oldest first; the last node is the output.
    """

    def __init__(self, order: Sequence[Any]) -> None:
        self.order = order
        self._numbers = {node: kept(node) for node in order}  # a recorded array is never written to

    def number(self, x: Any) -> Any:
        """Return the number or array of an operand; float32 becomes float64, because a difference needs the digits."""
        data = self._numbers.get(x, x)
        return data.astype(np.float64) if isinstance(data, np.ndarray) and data.dtype == np.float32 else data

    def again(self, node: Any, operands: Sequence[Any] | None = None) -> Any:
        """Return the result of a node's operation on its own operands, or on others.

        Operands are numbers, arrays, or arrays in place of numbers, which are many numbers side by side.
        """
        x = list(map(self.number, node.operands)) if operands is None else operands
        if isinstance(node.op, Pointwise) and not any(isinstance(each, np.ndarray) for each in x):
            return node.op.scalar(*x)
        y = quietly(node.op.array, *x, **settings(node))
        return np.asarray(y) if isinstance(self._numbers[node], np.ndarray) else y

    def output(self, moved: Mapping[Any, Any], since: int = 0) -> Any:
        """Return the output of the graph with some nodes changed; all nodes that depend on them are computed again.

        Parameters
        ----------
        moved : mapping
            Node to the change: a number, or an array. An array added to the number of a Value computes that many graphs
            side by side; all operations must then be pointwise.
        since : int
            The position of the oldest of these nodes, if known; older nodes depend on none of them.
        """
        found: dict[Any, Any] = {}
        for node in self.order[since:]:
            if not found.keys().isdisjoint(node.parents):
                found[node] = self.again(node, [found[x] if x in found else self.number(x) for x in node.operands])
            if node in moved:
                found[node] = (found[node] if node in found else self.number(node)) + moved[node]
        output = self.order[-1]
        return found[output] if output in found else self.number(output)
