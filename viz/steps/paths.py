"""List the paths behind a gradient: along each path, the product of the local derivatives.

>>> from autograd_core import Value
>>> from viz.scene.graph_view import Reading
>>> a = Value(3.0, label="a")
>>> print(Paths(Reading(a * a + a), a))
3 paths from v2 to a, together its gradient 7.0000:
v2 → v1 → a    1.0000 · 3.0000    3.0000
v2 → v1 → a    1.0000 · 3.0000    3.0000
v2 → a         1.0000             1.0000

References
----------
F. L. Bauer, *Computational graphs and rounding error*, SIAM J. Numer. Anal. 11 (1974).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograd_core.graph.node import Node

from ..scene.graph_view import Reading
from ..style import labels
from ..style.errors import OptionError

#: Largest number of listed paths; a deep network has more paths than there are atoms.
MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Path:
    """One path from the output to a node: its names, its local derivatives and their product."""

    names: tuple[str, ...]
    factors: tuple[float, ...]
    product: float

    @property
    def text(self) -> str:
        """Return the path in names."""
        return " → ".join(self.names)

    @property
    def numbers(self) -> str:
        """Return its factors."""
        return " · ".join(labels.bracketed(labels.number(x)) for x in self.factors) or "1"


class Paths:
    """All paths from the output of a graph of Values to one of its nodes.

    Attributes
    ----------
    name : str
        The name of the node.
    count : int
        The exact number of paths.
    listed : tuple of Path
        The first paths, at most ``most``.
    total : float
        The sum of all products, which is the gradient; computed node by node, not path by path.

    Raises
    ------
    OptionError
        For a graph of Tensors, whose edges have no single numbers, and for a node that is not in the graph.
    """

    def __init__(self, reading: Reading, node: Any, most: int = MOST_LISTED) -> None:
        if node not in reading.ids:
            raise OptionError(f"{node!r:.80} is not in this graph, so there is no path to it.")
        if not all(isinstance(x.data, float) for x in reading.order):
            raise OptionError("Paths multiply numbers along edges; in a graph of Tensors edges carry whole matrices.")
        self.name, self.root = str(reading.name(node)), str(reading.name(reading.root))
        self._reading = reading
        ways: dict[Any, int] = {node: 1}  # number of paths from each node to the target
        slopes: dict[Any, float] = {node: 1.0}
        for x in reading.order[int(reading.ids[node][1:]) + 1 :]:  # an older node cannot depend on it
            if any(y in ways for y in x.parents):
                edges = [(y, d) for y, d in _edges(x) if y in ways]
                ways[x] = sum(ways[y] for y, _ in edges)
                slopes[x] = math.fsum(d * slopes[y] for y, d in edges)
        self.count, self.total = ways.get(reading.root, 0), slopes.get(reading.root, 0.0)
        self.listed = tuple(path for path, _ in zip(self._walk(node, ways), range(most), strict=False))

    def _walk(self, node: Any, ways: dict[Any, int]) -> Iterator[Path]:
        name = self._reading.name
        stack: list[tuple[Any, tuple[str, ...], tuple[float, ...]]] = []
        if self._reading.root in ways:
            stack.append((self._reading.root, (self.root,), ()))
        while stack:
            x, names, factors = stack.pop()
            if x is node:
                yield Path(names, factors, math.prod(factors))
                continue
            onward = [(y, (*names, str(name(y))), (*factors, d)) for y, d in _edges(x) if y in ways]
            stack += reversed(onward)

    def __repr__(self) -> str:
        if not self.count:
            return f"There is no path from {self.root} to {self.name}: its gradient is 0."
        ways = f"{self.count:,} paths" if self.count > 1 else "1 path"
        head = f"{ways} from {self.root} to {self.name}, together its gradient {labels.number(self.total)}:"
        cells = [(path.text, path.numbers, labels.number(path.product)) for path in self.listed]
        widths = [max(labels.width(row[i]) for row in cells) for i in range(3)]
        lines = ["    ".join(labels.pad(text, widths[i], right=i == 2) for i, text in enumerate(row)) for row in cells]
        more = [f"… and {self.count - len(self.listed):,} more"] if self.count > len(self.listed) else []
        return "\n".join([head, *lines, *more])


def _edges(node: Any) -> list[tuple[Any, float]]:
    """Return the operands that are nodes, with the local derivatives by them."""
    return list(zip([x for x in node.operands if isinstance(x, Node)], node.partials, strict=True))
