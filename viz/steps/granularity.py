"""Group steps: by node, neuron, layer or phase.

>>> from autograd_core import Value
>>> from viz.scene.graph_view import Reading
>>> from viz.steps.steps import steps
>>> a = Value(3.0, label="a")
>>> stops(tuple(steps(Reading(a * a + a))))
{'node': [1, 2, 3, 5, 7], 'phase': [2, 3, 7]}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..scene.folding import levels
from .steps import Step

#: the sizes of steps, from fine to coarse
SIZES = ("node", "neuron", "layer", "phase")


def stops(steps: Sequence[Step]) -> dict[str, list[int]]:
    """Return the numbers of steps at which each size stops; parts of a model only if there are some."""
    parts = levels([step.scope for step in steps])
    keys: dict[str, Callable[[Step], Any]] = {"node": lambda step: (step.kind, step.node)}
    for level in ("neuron", "layer"):
        if level in parts:
            keys[level] = _within(parts[level])
    keys["phase"] = lambda step: (step.kind, step.stage)
    return {size: _ends(steps, key) for size, key in keys.items()}


def _within(found: Mapping[str, str]) -> Callable[[Step], Any]:
    """Return a key that all steps of one part share, given the part that hides each path."""
    return lambda step: (step.kind, found.get(step.scope, step.scope))


def _ends(steps: Sequence[Step], key: Callable[[Step], Any]) -> list[int]:
    keys = [key(step) for step in steps]
    return [k for k in range(1, len(keys) + 1) if k == len(keys) or keys[k] != keys[k - 1]]
