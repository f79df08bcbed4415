"""Compute the content of a picture after each step: computed values, received and pending contributions.

>>> from autograd_core import Value
>>> from viz.scene.graph_view import Reading
>>> a = Value(3.0, label="a")
>>> frames = Frames(Reading(a * a))
>>> [[(box.data, box.grad) for box in frames[k].scene.boxes] for k in (0, 1, 3)]
[[('3.0000', '—'), ('—', '—')], [('3.0000', '—'), ('9.0000', '—')], [('3.0000', '3.0000'), ('9.0000', '1.0000')]]
>>> frames[3].marks
{'n0': 'target', 'n1': 'current', 'e1_0': 'active'}
>>> frames[3].scene.note
'Step 3 of 4: v1 sends 3.0000 to a, whose gradient is now 3.0000.'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ..scene.boxes import Box, Scene
from ..scene.folding import Collapse
from ..scene.graph_view import Reading
from ..scene.overview import MAX_NODES, folded
from ..style import labels
from ..style.errors import OptionError
from .cards import card
from .steps import Step, adjoints_after, steps


@dataclass(frozen=True, slots=True)
class Frame:
    """The content after a step.

    Attributes
    ----------
    scene : Scene
        The scene, with "—" for everything not yet computed; its note describes the step.
    marks : mapping
        Id of a box or an edge to "pending", "current", "target" or "active".
    """

    scene: Scene
    marks: Mapping[str, str]


class Frames:
    """The content after each step of a graph: ``frames[k]`` after k steps, from 0 to all.

    Parameters
    ----------
    reading : Reading
        The graph.
    taken : sequence of Step, optional
        Its steps. Default: those of the engine's own sweep.
    collapse, max_nodes
        What to fold, as in ``draw``.
    """

    def __init__(
        self,
        reading: Reading,
        taken: Sequence[Step] | None = None,
        collapse: Collapse = "auto",
        max_nodes: int | None = MAX_NODES,
    ) -> None:
        self.steps = tuple(steps(reading) if taken is None else taken)
        self._reading, self._collapse, self._max_nodes = reading, collapse, max_nodes

    def __len__(self) -> int:
        """Return the number of frames: one more than the number of steps."""
        return len(self.steps) + 1

    def __getitem__(self, k: int) -> Frame:
        if type(k) is not int or not 0 <= k < len(self):
            raise OptionError(
                f"step={k!r} is not one of these: say how many steps are to have been taken, 0 to {len(self.steps)}."
            )
        scene = self._scene(k)
        computed = {step.node for step in self.steps[:k] if step.kind == "forward"}
        pending = {step.node for step in self.steps if step.kind == "forward"} - computed
        updated = {step.node: labels.number(step.after) for step in self.steps[:k] if step.kind == "update"}
        boxes = tuple(self._box(box, pending, updated) for box in scene.boxes)
        note = f"{self._sentence(k)} {scene.note}".rstrip()
        return Frame(replace(scene, boxes=boxes, note=note), self._marks(scene, k, pending))

    @cached_property
    def widest(self) -> Scene:
        """Return the scene with the longest text of each box after any step; it determines the common layout."""
        final = self._scene(len(self.steps))
        longest: dict[str, str] = {box.id: max((box.grad, labels.NOT_COMPUTED), key=len) for box in final.boxes}
        for step in self.steps:
            if step.kind == "backward" and step.after is not None:
                longest[step.target] = max(longest.get(step.target, ""), labels.gradient(step.after), key=len)
        boxes = tuple(replace(box, grad=longest[box.id] if box.kind != "constant" else "") for box in final.boxes)
        notes = (f"{self._sentence(k)} {final.note}".rstrip() for k in range(len(self)))
        return replace(final, boxes=boxes, note=max(notes, key=len))

    def _scene(self, k: int) -> Scene:
        return folded(self._reading, self._collapse, self._max_nodes, adjoints_after(self.steps[:k]))

    def _box(self, box: Box, pending: set[str], updated: Mapping[str, str]) -> Box:
        if box.id in updated:
            return replace(box, data=updated[box.id])
        waits = box.id in pending or not pending.isdisjoint(box.members)
        return replace(box, data=labels.NOT_COMPUTED) if waits else box

    def _sentence(self, k: int) -> str:
        total = len(self.steps)
        if not k:
            return f"Step 0 of {total:,}: numbers are given; nothing is computed yet."
        shown = card(self.steps[k - 1], str(self._reading.name(self._reading.root)))
        stage = f", stage {shown.stage}" if shown.stage else ""
        return f"Step {k:,} of {total:,}{stage}: {shown.sentence}"

    def _marks(self, scene: Scene, k: int, pending: set[str]) -> dict[str, str]:
        step = self.steps[k - 1] if k else None
        found: dict[str, list[str]] = {}
        for box in scene.boxes:
            members = {box.id, *box.members}
            if not pending.isdisjoint(members):
                found.setdefault(box.id, []).append("pending")
            if step is not None and step.target in members and step.target != step.node:
                found.setdefault(box.id, []).append("target")
            if step is not None and step.node in members:
                found.setdefault(box.id, []).append("current")
        for edge in scene.edges:
            ways = edge.members or (edge.id,)
            if step is not None and (step.edge in ways or (step.kind == "forward" and step.node in _heads(ways))):
                found.setdefault(edge.id, []).append("active")
            elif pending & _heads(ways):
                found.setdefault(edge.id, []).append("pending")
        return {identity: " ".join(marks) for identity, marks in found.items()}


def _heads(edges: Sequence[str]) -> set[str]:
    """Return the nodes that edges lead into: ``e3_0`` leads into ``n3``."""
    return {f"n{edge[1:].partition('_')[0]}" for edge in edges}
