"""A program as a graph of Values again: to be drawn, stepped through, and shown as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..node import apply
from ..value import Value
from .tape import Ref
from .tracing import Recording

__all__ = ["replay"]


def replay(recording: Recording, numbers: Sequence[float]) -> list[Value]:
    """Return a Value for every place of the tape, computed eagerly from the given inputs, which are labelled."""
    labels = [label for block in recording.blocks for label in block.labels]
    nodes: list[Value] = [Value(x, label=label) for x, label in zip(numbers, labels, strict=True)]

    def node(x: Ref) -> Any:
        return nodes[x] if isinstance(x, int) else x

    for op, operands in recording.tape.steps:
        nodes.append(apply(op, *[node(x) for x in operands]))
    return nodes
