"""A place among the steps of a graph: on, back, to a node, by as much as a node, a neuron, a layer or a phase.

>>> from autograd_core import Value
>>> a = Value(3.0, label="a")
>>> walk = Walk(a * a)
>>> [step.kind for step in walk], walk.next("phase").kind, walk.next("phase").kind, walk.next("phase").index
(['forward', 'seed', 'backward', 'backward'], 'forward', 'seed', 3)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from ..scene import scene
from ..scene.graph_view import Reading
from ..steps import steps as _steps
from ..steps.cards import Card, card
from ..steps.checking import Checked, Checks
from ..steps.frames import Frames
from ..steps.granularity import SIZES, stops
from ..steps.paths import MOST_LISTED, Paths
from ..steps.steps import Step
from ..style.errors import OptionError
from . import transcript
from .table import TraceTable, rows

__all__ = ["MAX_NODES", "Walk"]

#: each node is worded and typeset several times, so a longer list takes seconds to make and is not looked through
MAX_NODES = 5000


class Walk:
    """The steps of a graph, and a place among them.

    Parameters
    ----------
    root : Value or Tensor
        The output.
    seed : float or array, optional
        The adjoint to start from, 1 if left out.
    max_nodes : int or None
        Refuse larger graphs; None for any size.
    after : optimiser, optional
        Whose updates are steps too.

    Attributes
    ----------
    steps : tuple of Step
        All of them, as plain facts: forward, seed, backward, update.
    position : int
        How many have been taken.
    """

    def __init__(self, root: Any, seed: Any = None, max_nodes: int | None = MAX_NODES, after: Any = None) -> None:
        remedy = (
            "Step through an intermediate node, whose graph is smaller; max_nodes=None steps through it all the same."
        )
        reading = Reading(root, max_nodes, "Stepping", remedy)
        self.steps: tuple[Step, ...] = self._arranged(reading, _steps.steps(reading, seed, after))
        self.position = 0
        self._frames = Frames(reading, self.steps)
        self._reading, self._ids = reading, reading.ids
        self._checks = Checks(reading, self.steps)
        self._output = str(reading.name(root))
        self._table = TraceTable(rows(reading, self.steps))
        self._scene = scene.build(reading, _steps.adjoints_after(self.steps))

    def _arranged(self, reading: Reading, steps: Iterator[Step]) -> tuple[Step, ...]:
        """Return the steps in the order in which they are taken, which is the sweep's."""
        return tuple(steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    @property
    def current(self) -> Step | None:
        """The step taken last; None at the start."""
        return self.steps[self.position - 1] if self.position else None

    def next(self, by: str = "step") -> Step | None:
        """Take a step and return it; at the end, return None and stay.

        ``by`` is "step", or how far to go at once: to the end of what is done for a "node", a "neuron", a "layer" or
        in a "phase".
        """
        if self.position == len(self.steps):
            return None
        self.position = next(k for k in self._stops(by) if k > self.position)
        return self.current

    def back(self, by: str = "step") -> Step | None:
        """Go back as far as ``next`` goes on, and return the step taken before; None at the start."""
        self.position = max((k for k in self._stops(by) if k < self.position), default=0)
        return self.current

    def _stops(self, by: str) -> Sequence[int]:
        if by == "step":
            return range(1, len(self.steps) + 1)
        if by not in SIZES:
            raise OptionError(f"by={by!r} is none of these: 'step', {', '.join(map(repr, SIZES))}.")
        finer = [size for size in SIZES[: SIZES.index(by) + 1] if size in self._coarse]
        return self._coarse[finer[-1]]  # without parts of a model a node is the next larger thing

    @cached_property
    def _coarse(self) -> dict[str, list[int]]:
        return stops(self.steps)

    def paths(self, node: Any, most: int = MOST_LISTED) -> Paths:
        """Return the ways from the output to a node, given as itself or by its name, and what they add up to."""
        wanted = self._id(node)
        found = next(x for x, identity in self._ids.items() if identity == wanted)
        return Paths(self._reading, found, most)

    def goto(self, position: int) -> Step | None:
        """Go to where so many steps have been taken, and return the last of them.

        Raises
        ------
        OptionError
            If there are not so many.
        """
        if position not in range(len(self.steps) + 1):
            raise OptionError(
                f"There is no position {position!r}: say how many steps are to have been taken, 0 to {len(self.steps)}."
            )
        self.position = position
        return self.current

    def run_to(self, *nodes: Any) -> Step | None:
        """Go on to the next step in which one of some nodes is computed, sends or receives, and return it.

        Parameters
        ----------
        *nodes : Value, Tensor or str
            Nodes of the graph, or their names; with several they are breakpoints, and the first one met stops.

        Returns
        -------
        Step or None
            None, and no step is taken, if there is no such step any more.

        Raises
        ------
        OptionError
            For a node or a name that is not in the graph.

        Examples
        --------
        >>> from autograd_core import Value
        >>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
        >>> walk = Walk((a + b) * a)
        >>> walk.run_to(a).contribution, walk.run_to("b").contribution, walk.run_to(a)
        (5.0, 2.0, None)
        """
        wanted = {self._id(node) for node in nodes}
        for k in range(self.position, len(self.steps)):
            if not wanted.isdisjoint((self.steps[k].node, self.steps[k].target)):
                return self.goto(k + 1)
        return None

    def _id(self, node: Any) -> str:
        if isinstance(node, str):
            named = {row.name: row.node for row in self._table.rows}
            if node in named:
                return named[node]
            some = ", ".join(list(named)[:8])
            raise OptionError(f"No node of this graph is called {node!r}. Names are {some}{', …' * (len(named) > 8)}.")
        if node not in self._ids:
            raise OptionError(f"{node!r:.80} is not in the graph that is stepped through. Name one of its nodes.")
        return self._ids[node]

    def nodes(self, step: Step) -> list[Any]:
        """Return the node that is computed in a step, or that sends or is updated, and then its operands."""
        node = next(x for x, identity in self._ids.items() if identity == step.node)
        return [node, *node.parents]

    def gradients(self) -> dict[Any, Any]:
        """Return for each node that has been sent something its gradient after the steps that have been taken."""
        known = _steps.adjoints_after(self.steps[: self.position])
        return {node: known[identity] for node, identity in self._ids.items() if identity in known}

    def check(self, step: Step | None = None) -> Checked:
        """Return derivatives of a step beside central differences: of the current step, if none is given.

        The operation, or the graph, is computed again with one number moved a little; nothing is written to it.

        Examples
        --------
        >>> from autograd_core import Value
        >>> walk = Walk(Value(0.0, label="x").relu())
        >>> walk.goto(len(walk)).target_name, walk.check()[0].words
        ('x', 'a kink: the slope is 0.0000 from the left and 1.0000 from the right; chosen: 0 at 0, ...')
        """
        chosen = self.current if step is None else step
        return Checked() if chosen is None else self._checks[chosen]

    def card(self, step: Step) -> Card:
        """Return a step in words."""
        return card(step, self._output)

    def table(self) -> TraceTable:
        """Return the evaluation trace."""
        return self._table

    def __repr__(self) -> str:
        if self.current is None:
            count = len(self.steps)
            return (
                f"{count} step{'s' * (count != 1)} to the gradient of {self._output}, none taken: next(), goto(k), or "
                'iterate. save("steps.html") writes them as a page.'
            )
        return transcript.terminal(self.card(self.current), self.current, len(self.steps))
