"""Replay a program as a graph of Values, to be drawn, stepped through or tabulated.

An instruction of the tape becomes one node, computed by the operation's own float kernel, with eager bits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...graph.modes import recording as recorded
from ...graph.node import apply, tick
from ...graph.scope import Scope
from ...scalar.value import Value
from ..trace.tape import Ref
from ..trace.tracing import Recording


def replay(recording: Recording, numbers: Sequence[float], owners: Mapping[int, Value] | None = None) -> list[Value]:
    """Return a Value for every place of the tape, computed eagerly from the given inputs, with their labels.

    If an owner is given for the place of an input, the owner itself is used.

    Raises
    ------
    GuardError
        If the traced function would take another branch for these inputs.
    """
    labels = recording.labels
    nodes: list[Value] = [Value(x, label=label) for x, label in zip(numbers, labels, strict=True)]
    for place, owner in (owners or {}).items():
        nodes[place] = owner

    def node(x: Ref) -> Any:
        return nodes[x] if isinstance(x, int) else x

    marks, begun = recording.marks, dict[Scope, Scope]()
    with recorded():
        for op, operands in recording.tape.steps:
            for call in marks.starts.get(len(nodes), ()):
                outer = None if call.outer is None else begun[call.outer]
                begun[call] = Scope(call.name, outer, tick(), call.owner)
            nodes.append(apply(op, *[node(x) for x in operands]))
    marks.put(nodes, begun)
    for guard in recording.guards:
        a, b = (nodes[x].data if isinstance(x, int) else x for x in (guard.a, guard.b))
        if bool(guard.op.scalar(a, b)) is not guard.outcome:
            raise guard.fail(a, b, labels, None)
    return nodes
