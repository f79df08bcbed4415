"""Coarser steps: where the steps of one node, one part of a model, one layer or one phase end.

>>> from autograd_core import Value
>>> from viz.reading import Reading
>>> from viz.steps import steps
>>> a = Value(3.0, label="a")
>>> stops(tuple(steps(Reading(a * a + a))))
{'node': [1, 2, 3, 5, 7], 'phase': [2, 3, 7]}
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .steps import Step

__all__ = ["SIZES", "stops"]

#: How far a coarser step goes, by its name: as long as these stay the same.
SIZES: dict[str, Callable[[Step], Any]] = {
    "node": lambda step: (step.kind, step.node),
    "neuron": lambda step: (step.kind, step.scope),
    "layer": lambda step: (step.kind, ".".join(step.scope.split(".")[:2])),
    "phase": lambda step: (step.kind, step.stage),
}


def stops(steps: Sequence[Step]) -> dict[str, list[int]]:
    """Return how many steps are taken at each stop, for every size; parts of a model only where there are some."""
    scoped = any(step.scope for step in steps)
    return {size: _ends(steps, key) for size, key in SIZES.items() if scoped or size not in ("neuron", "layer")}


def _ends(steps: Sequence[Step], key: Callable[[Step], Any]) -> list[int]:
    keys = [key(step) for step in steps]
    return [k for k in range(1, len(keys) + 1) if k == len(keys) or keys[k] != keys[k - 1]]
