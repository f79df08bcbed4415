"""Compare derivatives with central differences: the local one of each step, and each completed gradient.

The differences use no rule: they compute the operation, or the whole graph, again with changed numbers. They detect a
wrong rule. They mean nothing at a kink or below the rounding error, and then say so.

>>> from autograd_core import Value
>>> from viz.steps.steps import steps
>>> a = Value(3.0, label="a")
>>> reading = Reading(a * a)
>>> taken = tuple(steps(reading))
>>> [check.difference is not None and round(check.difference, 6) for check in Checks(reading, taken)[taken[-1]]]
[3.0, 6.0]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from autograd_core.errors import GraphError
from autograd_core.graph.manual_nodes import GIVEN
from autograd_core.records.primitive import Pointwise
from autograd_core.transforms.finite_differences import numerical_derivative

from ..scene.graph_view import Reading
from ..style import labels
from .recompute import Replay
from .smoothness import DIFFER, ROUNDING, TOLERANCE, compared
from .steps import Step

#: largest graph that is computed again for the gradient of each node: Values side by side, arrays one by one
MOST_REPLAYED, MOST_ONE_BY_ONE = 2000, 200
#: number of graphs that are computed side by side
SIDE_BY_SIDE = 128
#: the step of a difference, relative to the number that is changed, or to 1
STEP = 1e-3

#: the meaning of d in the names of array checks
DIRECTION = "d is an array of +1 and −1: arrays are moved along it, and both numbers are derivatives along it."

CHANGED = "numbers were changed between recording and stepping"
BY_HAND = "made by hand, without a rule to compute it again"


@dataclass(frozen=True, slots=True)
class Check:
    """A derivative and a difference.

    Attributes
    ----------
    name : str
        The two names of the derivative: of what, by what.
    derivative, difference : float or None
        The engine's derivative and the difference; None if unknown. For arrays, both are derivatives along one
        direction with elements +1 and -1.
    words : str
        Why the two cannot be compared, or that they differ; "" if they agree.
    """

    name: str
    derivative: float | None = None
    difference: float | None = None
    words: str = ""

    @property
    def relative(self) -> float | None:
        """Return the difference of both, relative to the larger one."""
        if self.derivative is None or self.difference is None:
            return None
        larger = max(abs(self.derivative), abs(self.difference))
        return abs(self.derivative - self.difference) / larger if larger else 0.0

    @property
    def verdict(self) -> str:
        """Return "agree", "differ", or "open" if the comparison is not possible."""
        return "agree" if self.words in ("", ROUNDING) else "differ" if self.words == DIFFER else "open"

    def cells(self) -> tuple[str, str, str, str]:
        """Return the text: the name, both numbers, and their difference or the reason why it means nothing."""
        apart = "0" if self.relative == 0.0 else "" if self.relative is None else labels.number(self.relative, 2)
        return self.name, _digits(self.derivative), _digits(self.difference), self.words or apart


def _digits(x: float | None) -> str:
    return labels.NOT_COMPUTED if x is None else labels.number(x, 8)


class Checked(tuple[Check, ...]):
    """The checks of a step; they print as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self:
            return "There is nothing to check: derivatives are computed in backward steps."
        lines = [("", "derivative", "central difference", "relative difference"), *(check.cells() for check in self)]
        wide = [max(labels.width(line[i]) for line in lines) for i in range(3)]
        notes = [DIRECTION] if any(check.name.endswith(" · d") for check in self) else []
        padded = ([labels.pad(line[i], wide[i], right=i > 0) for i in range(3)] + [line[3]] for line in lines)
        return "\n".join([*("  ".join(cells).rstrip() for cells in padded), *notes])


class Checks:
    """The checks of the steps of a graph: ``checks[step]``.

    Parameters
    ----------
    reading : Reading
        The graph.
    taken : sequence of Step
        Its steps.
    """

    def __init__(self, reading: Reading, taken: Sequence[Step]) -> None:
        self._reading = reading
        self._replay = Replay(reading.order)
        self._values = {step.node: step.value for step in taken if step.kind == "forward"}
        self._last: dict[str, Step] = {}
        self._awaited: Counter[str] = Counter()  # contributions by receiving node
        self._left: dict[int, int] = {}  # and the number still to come after a step
        for step in reversed(taken):
            if step.kind == "seed" or (step.kind == "backward" and step.contribution is not None):
                target = step.target or step.node
                self._last.setdefault(target, step)
                self._left[step.index] = self._awaited[target]
                self._awaited[target] += 1

    def __getitem__(self, step: Step) -> Checked:
        return Checked(self._of(step))

    def _of(self, step: Step) -> Iterator[Check]:
        if step.kind != "backward" or step.slot is None or step.contribution is None:
            return
        yield self._local(step)
        left = self._left[step.index]
        if left:
            more = f"{left} more contribution{'s' * (left > 1)} to come"
            yield Check(labels.Name(step.target_name).adjoint, words=more)
        elif not self.left_out:
            yield self._gradients[step.target]

    @cached_property
    def left_out(self) -> str:
        """Return why gradients are not checked; "" if they are."""
        most = MOST_REPLAYED if self._pointwise else MOST_ONE_BY_ONE
        if len(self._reading.order) <= most:
            return ""
        return f"Gradients are checked in graphs of up to {most:,} nodes; this one has {len(self._reading.order):,}."

    @cached_property
    def _pointwise(self) -> bool:
        """Return whether many graphs of this kind can be computed side by side, as elements of arrays."""
        ops = {node.op for node in self._reading.order if node.op is not None}
        return all(isinstance(op, Pointwise) and op is not GIVEN for op in ops) and not any(
            np.ndim(self._replay.number(node)) for node in self._reading.order
        )

    @property
    def note(self) -> str:
        """Return a remark about all checks: the meaning of d, and what was left out."""
        arrays = any(np.ndim(self._replay.number(node)) for node in self._reading.order)
        return " ".join(filter(None, [DIRECTION if arrays else "", self.left_out]))

    @cached_property
    def _tolerance(self) -> float:
        """Return the accepted difference of two numbers with this many digits."""
        single = any(getattr(node.data, "dtype", np.float64) == np.float32 for node in self._reading.order)
        return 1e-3 if single else TOLERANCE

    def _local(self, step: Step) -> Check:
        """Compare an operation's own differences with its rule."""
        node: Any = self._node(step.node)
        operands = [self._replay.number(x) for x in node.operands]
        slope = f"∂{step.name}/∂{step.target_name}"
        x, slot = operands[step.slot or 0], step.slot or 0
        if isinstance(step.local, float):
            name, derivative, weight, along = slope, step.local, 1.0, 1.0
        else:
            along = _direction(x)
            name, weight = f"{labels.Name(step.name).adjoint} · {slope}{_d(x)}", step.upstream
            derivative = _inner(step.contribution, along)

        def f(t: float) -> float:
            return _inner(weight, self._replay.again(node, [*operands[:slot], x + t * along, *operands[slot + 1 :]]))

        y = _inner(weight, self._replay.number(node))
        return self._compared(name, f, y, x, derivative, node.op.kink, self._changed([node]))

    @cached_property
    def _gradients(self) -> dict[str, Check]:
        """Check every gradient against graphs that are computed again with one node changed."""
        nodes = [
            (identity, self._node(identity), step) for identity, step in self._last.items() if step.after is not None
        ]
        nodes.sort(key=lambda entry: entry[1].index)
        changed = self._changed(self._reading.order)
        size = SIDE_BY_SIDE if self._pointwise else 1
        found: dict[str, Check] = {}
        for start in range(0, len(nodes), size):
            some = nodes[start : start + size]
            since = int(some[0][0][1:])
            differences = self._side_by_side(since, [node for _, node, _ in some]) if self._pointwise else [None]
            for (identity, node, step), difference in zip(some, differences, strict=True):
                found[identity] = self._gradient(since, node, step, difference, changed)
        return found

    def _side_by_side(self, since: int, nodes: Sequence[Any]) -> list[float]:
        """Return the central differences of the output by some Values, from graphs computed side by side."""
        lanes = np.eye(len(nodes))
        numbers = np.array([self._replay.number(node) for node in nodes])
        steps: Any = STEP * np.maximum(1.0, abs(numbers))
        seed = self._seed

        def moved(t: Any) -> dict[Any, Any]:
            return {node: t * lane for node, lane in zip(nodes, lanes, strict=True)}

        def f(t: Any) -> Any:
            return seed * self._replay.output(moved(t), since)

        with np.errstate(all="ignore"):
            differences: Any = numerical_derivative(f, np.zeros(len(nodes)), steps)  # type: ignore[arg-type]
        return [float(x) for x in np.broadcast_to(differences, len(nodes))]

    def _gradient(self, since: int, node: Any, step: Step, difference: float | None, changed: str) -> Check:
        x, seed = self._replay.number(node), self._seed
        along = _direction(x)

        def f(t: float) -> float:
            return _inner(seed, self._replay.output({node: t * along}, since))

        name = self._reading.name(node).adjoint + _d(x)
        y = _inner(seed, self._replay.number(self._reading.root))
        return self._compared(name, f, y, x, _inner(step.after, along), "", changed, difference)

    @property
    def _seed(self) -> Any:
        return self._last[self._reading.ids[self._reading.root]].after

    def _compared(
        self,
        name: str,
        f: Callable[[float], float],
        y: float,
        x: Any,
        derivative: float,
        kink: str,
        changed: str,
        difference: float | None = None,
    ) -> Check:
        if changed:
            return Check(name, derivative, words=changed)
        try:
            with np.errstate(all="ignore"):
                found = compared(f, y, x, derivative, kink, difference, self._tolerance)
        except GraphError:
            return Check(name, derivative, words=BY_HAND)
        return Check(name, derivative, *found)

    def _changed(self, nodes: Sequence[Any]) -> str:
        """Return a remark if operations no longer give the recorded results, because operands have changed since."""
        for node in nodes:
            if node.op is None or node.op is GIVEN:
                continue
            recorded = self._values[self._reading.ids[node]]
            digits = 1e-9 if getattr(recorded, "dtype", np.float64) == np.float64 else 1e-4
            now = self._replay.again(node)
            if not np.allclose(now, recorded, rtol=digits, atol=1e-300, equal_nan=True):
                return CHANGED
        return ""

    def _node(self, identity: str) -> Any:
        return self._reading.order[int(identity[1:])]


def _direction(x: Any) -> Any:
    """Return the direction in which an array is changed: +1 and -1, the same in every process."""
    if not np.ndim(x):
        return 1.0
    return np.random.default_rng(np.size(x)).choice(np.array([-1.0, 1.0]), size=np.shape(x))


def _d(x: Any) -> str:
    return " · d" if np.ndim(x) else ""


def _inner(weight: Any, y: Any) -> float:
    return float(np.sum(np.multiply(weight, y, dtype=np.float64)))
