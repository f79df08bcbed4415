"""Move through the steps of a graph: forward, back, to a node, by node, neuron, layer or phase.

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
from ..steps.derivative_checks import Checked, Checks
from ..steps.frames import Frames
from ..steps.granularity import SIZES, stops
from ..steps.paths import MOST_LISTED, Paths
from ..steps.steps import Step
from ..style.errors import OptionError
from . import transcript
from .trace_table import TraceTable, rows

#: writing and typesetting the steps of a longer list takes seconds, and nobody reads them all
MAX_NODES = 5000


class Walk:
    """The steps of a graph and the current position.

    Parameters
    ----------
    root : Value or Tensor
        The output.
    seed : float or array, optional
        The adjoint to start from. Default: 1.
    max_nodes : int or None
        The largest graph to step through; None for no limit.
    after : optimizer, optional
        An optimizer, whose updates become steps too.

    Attributes
    ----------
    steps : tuple of Step
        All steps as plain data: forward, seed, backward, update.
    position : int
        The number of steps taken.
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
        """Return the steps in the order of the sweep."""
        return tuple(steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    @property
    def current(self) -> Step | None:
        """Return the last step; None at the start."""
        return self.steps[self.position - 1] if self.position else None

    def next(self, by: str = "step") -> Step | None:
        """Take a step and return it; at the end, return None.

        ``by`` is "step", or the distance to go: to the end of a "node", a "neuron", a "layer" or a "phase".
        """
        if self.position == len(self.steps):
            return None
        self.position = next(k for k in self._stops(by) if k > self.position)
        return self.current

    def back(self, by: str = "step") -> Step | None:
        """Go back by the distance that ``next`` goes forward, and return the step before; None at the start."""
        self.position = max((k for k in self._stops(by) if k < self.position), default=0)
        return self.current

    def _stops(self, by: str) -> Sequence[int]:
        if by == "step":
            return range(1, len(self.steps) + 1)
        if by not in SIZES:
            raise OptionError(f"by={by!r} is none of these: 'step', {', '.join(map(repr, SIZES))}.")
        finer = [size for size in SIZES[: SIZES.index(by) + 1] if size in self._coarse]
        return self._coarse[finer[-1]]  # without parts of a model, a node is the next larger unit

    @cached_property
    def _coarse(self) -> dict[str, list[int]]:
        return stops(self.steps)

    def paths(self, node: Any, most: int = MOST_LISTED) -> Paths:
        """Return the paths from the output to a node, given as a node or a name, and the sum of their products."""
        wanted = self._id(node)
        found = next(x for x, identity in self._ids.items() if identity == wanted)
        return Paths(self._reading, found, most)

    def goto(self, position: int) -> Step | None:
        """Go to the position after this many steps, and return the last step.

        Raises
        ------
        OptionError
            If there are fewer steps.
        """
        if position not in range(len(self.steps) + 1):
            raise OptionError(
                f"There is no position {position!r}: say how many steps are to have been taken, 0 to {len(self.steps)}."
            )
        self.position = position
        return self.current

    def run_to(self, *nodes: Any) -> Step | None:
        """Go to the next step in which one of the nodes is computed, sends or receives, and return it.

        Parameters
        ----------
        *nodes : Value, Tensor or str
            Nodes of the graph, or their names; several are breakpoints, and the first one stops.

        Returns
        -------
        Step or None
            None if there is no such step; the position then does not change.

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
        """Return the node that is computed, sends or is updated in a step, and then its operands."""
        node = next(x for x, identity in self._ids.items() if identity == step.node)
        return [node, *node.parents]

    def gradients(self) -> dict[Any, Any]:
        """Return the gradient of each node that received a contribution, after the steps taken."""
        known = _steps.adjoints_after(self.steps[: self.position])
        return {node: known[identity] for node, identity in self._ids.items() if identity in known}

    def check(self, step: Step | None = None) -> Checked:
        """Return the derivatives of a step beside central differences. Default: the current step.

        The operation or the graph is computed again with one number changed slightly; the graph itself does not change.

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
        """Return a step as text."""
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
