"""Show one graph at several levels of detail: operations, neurons, layers, model; only existing levels.

Each level is laid out once; the texts of its boxes after each step are stored beside it.

>>> from autograd_core import Value, scope
>>> from viz.steps.steps import steps
>>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
>>> with scope("net"), scope("neuron0") as part:
...     part.tag(y := (w * x).tanh())
>>> reading = Reading(y)
>>> [(level.name, level.boxes) for level in levels_of(reading, tuple(steps(reading)))]
[('op', 4), ('neuron', 3), ('model', 3)]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..scene.boxes import Scene
from ..scene.folded_parts import Part, parts_of
from ..scene.folding import Folding, levels
from ..scene.graph_view import Reading
from ..scene.overview import MAX_NODES, MOST_DRAWN, folding_of
from ..scene.scene import build, parameters_in
from .steps import Step, adjoints_after


@dataclass(frozen=True)
class Level:
    """A graph with parts of one kind folded.

    Attributes
    ----------
    name : str
        "op", "neuron", "layer" or "model".
    boxes : int
        The number of boxes, without constants.
    scene : Scene
        The scene after the last step.
    norms : mapping
        Id of a folded part to its gradient norm over time: (number of steps, text).
    """

    name: str
    boxes: int
    scene: Scene
    norms: Mapping[str, Sequence[tuple[int, str]]]

    def data(self) -> dict[str, Any]:
        """Return the data that a page needs beyond the picture."""
        folds = {box.id: [int(i[1:]) for i in box.members] for box in self.scene.boxes if box.members}
        edges = {edge.id: edge.members for edge in self.scene.edges if edge.members}
        return {"name": self.name, "boxes": self.boxes, "folds": folds, "edges": edges, "norms": self.norms}


def levels_of(reading: Reading, taken: Sequence[Step]) -> Iterator[Level]:
    """Yield the levels of a graph from fine to coarse, without levels that have too many boxes."""
    final = adjoints_after(taken)
    for name in levels(reading.paths):
        folding = folding_of(reading, name, None if name == "op" else MAX_NODES)
        if folding.boxes <= MOST_DRAWN:
            yield _level(reading, taken, name, folding, final)


def opening(found: Sequence[Level]) -> Level | None:
    """Return the initial level: the finest readable one, else the coarsest; None if there are none."""
    return next((level for level in found if level.boxes <= MAX_NODES), found[-1] if found else None)


def _level(reading: Reading, taken: Sequence[Step], name: str, folding: Folding, final: Mapping[str, Any]) -> Level:
    keys = dict(zip(reading.order, folding.keys, strict=True))
    parts = parts_of(reading, keys, parameters_in(reading.order))
    norms = _norms(reading, {f"f{i}": part for i, part in enumerate(parts.values())}, taken)
    return Level(name, folding.boxes, build(reading, final, folding), norms)


def _norms(reading: Reading, parts: Mapping[str, Part], taken: Sequence[Step]) -> dict[str, list[tuple[int, str]]]:
    """Return the gradient norm of each part whenever it changes, once it is complete."""
    owner = {reading.ids[node]: identity for identity, part in parts.items() for node in part.weighed}
    awaited = Counter(owner.values())
    known: dict[str, dict[str, Any]] = {identity: {} for identity in parts}
    found: dict[str, list[tuple[int, str]]] = {identity: [] for identity in parts}
    for k, step in enumerate(taken, 1):
        target = step.target or step.node
        if not step.accumulates or target not in owner:
            continue
        identity = owner[target]
        known[identity][target] = step.after
        if len(known[identity]) == awaited[identity]:
            found[identity].append((k, parts[identity].gradient(known[identity])))
    return found
