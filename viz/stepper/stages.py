"""Sort the steps of backpropagation into the stages of a lecture: output, sum, weights, then the layer before.

>>> from nn import MLP, SGD, binary_cross_entropy
>>> weights = [[[0.1, 0.3, -0.5], [-0.2, 0.4, 0.6]], [[0.7, -0.8]]]
>>> model = MLP(3, [2, 1], activation=["sigmoid", "sigmoid"], init=weights, bias=False)
>>> E = binary_cross_entropy([model([1.0, 2.0, 3.0])], [1.0])
>>> stepper = stages(E, after=SGD(model.parameters(), lr=0.1))
>>> [stage.name for stage in stepper.stages]
['∂E/∂ŷ', '∂E/∂z_ŷ', '∂E/∂w2', '∂E/∂h', '∂E/∂z_h', '∂E/∂w1', 'update']
>>> print(stepper.stages[2])
layer1.neuron0.w0 −0.1942, layer1.neuron0.w1 −0.5742

References
----------
*Neural networks*, lecture 003 of MMAI 5500: backpropagation in seven steps.
M. Rossi, *Feed Forward Neural Networks (FFNN)*, after C. Bishop, *Pattern Recognition and Machine Learning*, 5.3: the
errors δ of a network of any topology, in descending index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..scene.graph_view import Reading
from ..steps.steps import Step
from ..style import labels
from .network_layers import OUTPUTS, SUMS, WEIGHTS, Layering
from .position import MAX_NODES
from .stepper import Stepper, graph_of

#: the largest number of results listed in a line
SHOWN = 4


@dataclass(frozen=True, slots=True)
class Stage:
    """A range of steps that finds one kind of derivative.

    Attributes
    ----------
    number : int
        From 1.
    name : str
        The derivative, such as ``"∂E/∂w2"``; E is the output that is differentiated.
    start, stop : int
        The number of steps before it, and at its end.
    found : tuple of (str, float or array)
        The nodes whose gradients are complete, with these gradients; for the update, the new parameters.
    """

    number: int
    name: str
    start: int
    stop: int
    found: tuple[tuple[str, Any], ...]

    @property
    def places(self) -> str:
        """Return the numbers of its first and last step, from 1."""
        return f"{self.start + 1}-{self.stop}" if self.stop - self.start > 1 else f"{self.stop}"

    def __str__(self) -> str:
        more = f", … {len(self.found) - SHOWN} more" if len(self.found) > SHOWN else ""
        return ", ".join(f"{name} {labels.number(x)}" for name, x in self.found[:SHOWN]) + more


class StagedStepper(Stepper):
    """The steps of a network's graph, sorted into stages.

    Attributes
    ----------
    stages : tuple of Stage
        In order; ``next("phase")`` takes one at a time.
    """

    stages: tuple[Stage, ...]

    def _arranged(self, reading: Reading, steps: Iterable[Step]) -> tuple[Step, ...]:
        taken, layering = tuple(steps), Layering(reading)
        nodes = {identity: node for node, identity in reading.ids.items()}
        turns = _turns(taken, layering, nodes)
        names = _names(layering, sorted({*turns} - {0}))
        titles = {turn: f"{number} of {len(names)}: {name}" for number, (turn, name) in enumerate(names.items(), 1)}
        found: dict[int, dict[str, tuple[str, Any]]] = {turn: {} for turn in names}
        arranged: list[Step] = []
        # the sort is stable: within a turn, the order is that of the sweep
        for i in sorted(range(len(taken)), key=turns.__getitem__):
            step, turn = taken[i], turns[i]
            arranged.append(replace(step, index=len(arranged), stage=titles.get(turn, "")))
            if step.kind == "update":
                found[turn][step.node] = step.name, step.after
            elif step.contribution is not None and layering.is_found(turn, nodes[step.node], nodes[step.target]):
                found[turn][step.target] = step.target_name, step.after
        counts = Counter(turns)
        stop = counts[0]
        stages = []
        for number, (turn, name) in enumerate(names.items(), 1):
            # in the order in which the nodes were created
            results = sorted(found[turn].items(), key=lambda item: int(item[0][1:]))
            stages.append(Stage(number, name, stop, stop + counts[turn], tuple(result for _, result in results)))
            stop += counts[turn]
        self.stages = tuple(stages)
        return tuple(arranged)

    def summary(self) -> str:
        """Return the stages as a table: the range of steps, and the results."""
        rows = [(f"{s.number}", s.name, s.places, str(s)) for s in self.stages]
        rows.insert(0, ("", "stage", "steps", "found"))
        widths = [max(labels.width(row[i]) for row in rows) for i in range(3)]
        return "\n".join(
            "  ".join([*(labels.pad(text, w) for text, w in zip(row, widths, strict=False)), row[3]]) for row in rows
        )

    def _guide(self) -> dict[str, Any]:
        return super()._guide() | {"stages": [[stage.name, stage.start, stage.stop] for stage in self.stages]}

    def __repr__(self) -> str:
        return f"{super().__repr__()}\n\n{self.summary()}" if self.current is None else super().__repr__()


def stages(
    root: Any, *inputs: Any, sample: int | None = None, max_nodes: int | None = MAX_NODES, after: Any = None
) -> StagedStepper:
    """Return the steps of backpropagation through a network, sorted into the stages of a lecture.

    First comes ∂E/∂ŷ, the derivative by the outputs. Then, for each layer from the last to the first, come its weighted
    sums z, its weights and its inputs h. With an optimizer, the update follows. A network with one hidden layer has
    seven stages. In a ``DAGNetwork`` every unit is a layer: the errors δ are found in descending index.

    The steps are those of ``step`` in another order. Every gradient is added up in the same order, so the numbers are
    the same, bit for bit.

    Parameters
    ----------
    root : Value, Tensor or Program
        The loss E of the output of a network of ``nn``, or the output itself.
    *inputs, sample
        The inputs of a program, as for ``step``.
    max_nodes : int or None
        The largest graph to step through; None for no limit.
    after : optimizer, optional
        An optimizer; the last stage is its update of each parameter. No parameter changes.

    Returns
    -------
    StagedStepper
        As from ``step``; ``.next("phase")`` takes a stage, ``.stages`` lists the stages.

    Raises
    ------
    OptionError
        If no network of ``nn`` computed a node of the graph.

    Examples
    --------
    >>> from nn import MLP
    >>> model = MLP(1, [1, 1], activation="tanh", rng=0)
    >>> print(stages((model([0.5]) - 1.0) ** 2).summary())  # the output is linear: its sum is the output
       stage            steps  found
    1  ∂E/∂ŷ = ∂E/∂z_ŷ  9-10   v5 −1.6580
    2  ∂E/∂w2           11-13  layer1.neuron0.w0 −0.5495, layer1.neuron0.b −1.6580
    3  ∂E/∂h            14     v3 −0.8554
    4  ∂E/∂z_h          15     v2 −0.7614
    5  ∂E/∂w1           16-18  layer0.neuron0.w0 −0.3807, layer0.neuron0.b −0.7614
    """
    return StagedStepper(graph_of(root, inputs, sample), max_nodes=max_nodes, after=after)


def _turns(steps: Iterable[Step], layering: Layering, nodes: Mapping[str, Any]) -> list[int]:
    """Return the turn of each step as a sort key; 0 for the forward steps.

    A node sends after it has received everything, and a node receives in the order of the sweep.
    """
    ready: dict[str, int] = {}
    turns = []
    for step in steps:
        if step.kind == "backward":
            own = 1 if step.contribution is None else layering.turn(nodes[step.node], nodes[step.target])
            ready[step.target] = max(own, ready.get(step.node, 0), ready.get(step.target, 0))
        turns.append({"backward": ready.get(step.target, 0), "update": layering.update}.get(step.kind, 0))
    return turns


def _names(layering: Layering, turns: Sequence[int]) -> dict[int, str]:
    """Return the names of the turns; the name for outputs includes the sums if both are the same nodes."""
    there = {layering.layer(turn) for turn in turns}
    linear = [n for n, kind in there if kind == WEIGHTS and (n, SUMS) not in there]
    names = {}
    for turn in turns:
        number, kind = layering.layer(turn)
        names[turn] = layering.name(turn)
        if kind == OUTPUTS and number:
            same = [n for n in linear if n == number or (turn == 1 and (n, OUTPUTS) not in there)]
            sums = ", ".join(layering.name_of(n, SUMS) for n in sorted(same, reverse=True))
            names[turn] += f" = {sums}" if sums else ""
    return names
