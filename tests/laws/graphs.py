"""What the laws are quantified over: the records of the table, and random graphs made of them.

A new record is in all of it from the moment it is registered; nobody has to add it to a list.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd_core import TABLE, Pointwise, Value, history
from autograd_core.functions import Operation
from autograd_core.graph.node import apply

#: how far values and local partials of a random graph may grow before a node is thrown away
LARGEST = 50.0


def pointwise() -> list[Pointwise]:
    """Every operation on numbers."""
    return [record for record in TABLE.values() if isinstance(record, Pointwise)]


def points(record: Pointwise, count: int, salt: str = "") -> list[list[float]]:
    """Points of a record's domain, the same in every run."""
    rng = random.Random(record.name + salt)
    return [[rng.uniform(*interval) for interval in record.domain] for _ in range(count)]


def applied(record: Pointwise, operands: Sequence[Any]) -> Any:
    return Operation(record)(*operands)


def random_graph(
    seed: int,
    size: int,
    records: Iterable[Pointwise] | None = None,
    leaves: int = 3,
    keep: Callable[[Value], bool] = lambda node: True,
) -> tuple[Value, list[Value]]:
    """Return the root and the leaves of a graph with fan-out, skip links, repeated parents and constants.

    Every leaf and every node leads to the root. Nodes that ``keep`` declines are left out.
    """
    rng = random.Random(seed)
    choices = [record for record in (pointwise() if records is None else records) if tame(record)]
    given = [Value(rng.uniform(-2.0, 2.0), label=f"x{i}") for i in range(leaves)]
    nodes = list(given)
    while len(nodes) < size + leaves:
        record = rng.choice(choices)
        operands = [operand(rng, nodes) for _ in range(record.arity)]
        if not any(isinstance(x, Value) for x in operands):
            continue
        node = apply(record, *operands)
        if all(math.isfinite(x) and abs(x) < LARGEST for x in (node.data, *node.partials)) and keep(node):
            nodes.append(node)
    consumed = {parent for node in nodes for parent in node.parents}
    root, *others = [node for node in nodes if node not in consumed]
    for node in others:
        root = root + node
    return root, given


def tame(record: Pointwise) -> bool:
    """Whether a random graph may use it: powers of logarithms of random numbers leave every range."""
    return record.name != "power_log"


def operand(rng: random.Random, nodes: list[Value]) -> Any:
    """Choose a number, or a node: mostly a recent one, sometimes any, so that links skip."""
    if rng.random() < 0.12:
        return rng.uniform(-2.0, 2.0)
    if rng.random() < 0.5:
        return nodes[-1 - min(int(rng.expovariate(0.6)), len(nodes) - 1)]
    return rng.choice(nodes)


def gradients(root: Value) -> list[str]:
    """Every gradient of a graph, to the bit and to the sign of zero, and whether it was computed."""
    return [f"{node.grad.hex()} {node.swept}" for node in history(root)]


def ulps(x: float, exact: float) -> float:
    """The distance of x from the exact number, in units of the last place of the latter."""
    if x == exact or (x != x and exact != exact):
        return 0.0
    return abs(x - exact) / math.ulp(exact)
