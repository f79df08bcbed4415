"""A program as a graph of Values again: to be drawn, stepped through, and shown as a table.

An instruction of the tape is one node, computed by the operation's own float kernel: eager's bits, and the numbers
that the program computes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..modes import recording as recorded
from ..node import apply
from ..value import Value
from .tape import Ref
from .tracing import Recording

__all__ = ["replay"]


def replay(recording: Recording, numbers: Sequence[float]) -> list[Value]:
    """Return a Value for every place of the tape, computed eagerly from the given inputs, which are labelled.

    Raises
    ------
    GuardError
        If the traced function would have taken another branch for these inputs.
    """
    labels = recording.labels
    nodes: list[Value] = [Value(x, label=label) for x, label in zip(numbers, labels, strict=True)]

    def node(x: Ref) -> Any:
        return nodes[x] if isinstance(x, int) else x

    with recorded():
        for op, operands in recording.tape.steps:
            nodes.append(apply(op, *[node(x) for x in operands]))
    for guard in recording.guards:
        a, b = (nodes[x].data if isinstance(x, int) else x for x in (guard.a, guard.b))
        if bool(guard.op.scalar(a, b)) is not guard.outcome:
            raise guard.fail(a, b, labels, None)
    return nodes
