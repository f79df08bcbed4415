"""Store the notes of traced nodes: names, parts of models and source lines, for a replay.

A part is identified by where its call began, so each call begins again among the nodes of the replay.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...graph.scope import Scope, calls_of


@dataclass(frozen=True, slots=True)
class Marks:
    """The notes of a tape.

    Attributes
    ----------
    notes : sequence of (int, notes)
        The places with notes, and the notes.
    starts : mapping of int to list of Scope
        The places where calls began, with these calls, outer ones first.
    """

    notes: Sequence[tuple[int, Any]] = ()
    starts: Mapping[int, Sequence[Scope]] = field(default_factory=dict)

    @classmethod
    def of(cls, places: Mapping[Any, Any], inputs: int) -> Marks:
        """Return the notes of traced nodes, each with its own place on a tape."""
        noted = [(place, node) for node, place in places.items() if type(place) is int and node._notes is not None]
        noted = [(place, node) for place, node in noted if place >= inputs]
        if not noted:
            return cls()
        created = [node.index for node, place in places.items() if type(place) is int and place >= inputs]
        starts: dict[int, list[Scope]] = {}
        for call in sorted({call for _, node in noted for call in calls_of(node)}, key=lambda call: call.first):
            starts.setdefault(inputs + bisect_left(created, call.first), []).append(call)
        return cls([(place, node._notes) for place, node in noted], starts)

    def put(self, nodes: Sequence[Any], begun: Mapping[Scope, Scope]) -> None:
        """Give the nodes of a replay, one for each place, the notes of the traced nodes, with new calls."""
        for place, notes in self.notes:
            for key, note in (notes if type(notes) is dict else {"scope": notes}).items():
                nodes[place].note(key, begun[note] if key == "scope" else note)
