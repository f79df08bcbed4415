"""Find the layers of a network in its graph, and the order in which lectures go back through them.

A layer is what its units compute from one set of weights: the neurons of a ``Layer``, a ``Linear``, a unit of a
``DAGNetwork``. It computes weighted sums z of its inputs, and outputs from these sums. Layer 0 is everything before the
first layer: its outputs are the inputs of the network, and its weights may be those of a normalization. The backward
order of each layer is: its outputs, then its sums, then its weights.

>>> from nn import MLP
>>> model = MLP(2, [2, 1], activation="tanh", rng=0)
>>> layering = Layering(Reading((model([0.5, -1.0]) - 1.0) ** 2))
>>> [layering.name(turn) for turn in range(1, 7)]
['∂E/∂ŷ', '∂E/∂z_ŷ', '∂E/∂w2', '∂E/∂h', '∂E/∂z_h', '∂E/∂w1']
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd_core.graph.node import Node
from autograd_core.graph.scope import Scope, calls_around
from nn import Layer, Linear, Module, Neuron
from nn.models.network import Unit

from ..scene.graph_view import Reading
from ..style.errors import OptionError

#: the turns of a layer
OUTPUTS, SUMS, WEIGHTS = 1, 2, 3


class Layering:
    """The layer of each node of a graph, and the node's role in it.

    Parameters
    ----------
    reading : Reading
        The graph.

    Attributes
    ----------
    count : int
        The number of layers; they are numbered from 1 in the order of computation.
    inside : set of nodes
        Nodes that a part of the model computed.
    sums : set of nodes
        The weighted sums z.
    number_of : dict
        Node to the number of the last layer that it depends on; for a parameter, its own layer.

    Raises
    ------
    OptionError
        If no network computed a node of the graph.
    """

    def __init__(self, reading: Reading) -> None:
        self.inside: set[Any] = set()
        self.sums: set[Any] = set()
        self.number_of: dict[Any, int] = {}
        self._linear: dict[Any, Scope] = {}  # node to the call that computed the sum it leads to, the sum included
        members: dict[Scope, list[Any]] = {}
        for node, call in zip(reading.order, calls_around(reading.order[::-1])[::-1], strict=True):
            around = list(_outwards(call))
            if node.op is None or not any(isinstance(part.owner, (Module, Unit)) for part in around):
                continue
            self.inside.add(node)
            unit = next((part for part in around if isinstance(part.owner, (Neuron, Linear, Unit))), None)
            if unit is not None:
                members.setdefault(unit, []).append(node)
        if not members:
            raise OptionError(
                f"Stages go through a network layer by layer, but nothing that {reading.name(reading.root)} was "
                "computed from was made by neurons, Linear layers or a DAGNetwork. Call the model of nn and give the "
                "loss of its outputs; for any other graph there is step()."
            )
        layers = list(dict.fromkeys(map(_layer, members)))
        self.count = len(layers)
        self._units = [layer[1] if isinstance(layer, tuple) else None for layer in layers]
        for call, made in members.items():
            total = _weighted_sum(call.owner, made)
            self.sums.add(total)
            self._linear |= dict.fromkeys(made[: made.index(total) + 1], call)
            self.number_of |= dict.fromkeys(call.owner.parameters(), layers.index(_layer(call)) + 1)
        self._entering: set[Any] = set()
        for node in reading.order:
            if node.op is not None:
                operands = [x for x in node.operands if isinstance(x, Node)]
                self.number_of[node] = max((self.number_of.get(x, 0) for x in operands), default=0)
                call = self._linear.get(node)
                self._entering.update(x for x in operands if call is not None and self._linear.get(x) is not call)

    def turn(self, sender: Any, target: Any) -> int:
        """Return the turn in which one node sends to another: a number that grows on the way back."""
        number = self.number_of.get(target, 0)
        if target.op is None and number:
            return self._turn(number, WEIGHTS)
        if sender in self._linear:
            inner = self._linear.get(target) is self._linear[sender]
            return self._turn(number, WEIGHTS if inner else OUTPUTS)
        if sender not in self.inside:
            return self._turn(self.count, OUTPUTS)
        if target.op is None:  # the parameter of an activation or a normalization
            return self._turn(self.number_of[sender], WEIGHTS)
        return self._turn(number, OUTPUTS if target in self._entering or not number else SUMS)

    @property
    def update(self) -> int:
        """The turn after all others."""
        return self._turn(0, WEIGHTS) + 1

    def _turn(self, number: int, kind: int) -> int:
        return 3 * (self.count - number) + kind

    def layer(self, turn: int) -> tuple[int, int]:
        """Return the turn: the number of the layer, and OUTPUTS, SUMS or WEIGHTS."""
        back, kind = divmod(turn - 1, 3)
        return self.count - back, kind + 1

    def is_found(self, turn: int, sender: Any, target: Any) -> bool:
        """Return whether a turn completes the gradient of a target, instead of only passing through it."""
        number, kind = self.layer(turn)
        if kind == WEIGHTS:
            return target.op is None
        if kind == SUMS:
            return target in self.sums
        return target in self._entering or (bool(number) and target in self.inside and sender not in self.inside)

    def name(self, turn: int) -> str:
        """Return the derivative that a turn finds, in the notation of lectures."""
        return "update" if turn == self.update else self.name_of(*self.layer(turn))

    def name_of(self, number: int, kind: int) -> str:
        """Return the derivative that a layer's turn at outputs, sums or weights finds."""
        unit = self._units[number - 1] if number else None
        if kind == OUTPUTS and number in (0, self.count):
            return "∂E/∂ŷ" if number else "∂E/∂x"
        if unit is not None:
            return {OUTPUTS: f"∂E/∂y{unit}", SUMS: f"δ{unit}", WEIGHTS: f"∂E/∂w·,{unit}"}[kind]
        if kind == WEIGHTS:
            return f"∂E/∂w{number if self.count > 1 or not number else ''}"
        whose = "ŷ" if number == self.count else f"h{number if self.count > 2 else ''}"
        return f"∂E/∂z_{whose}" if kind == SUMS else f"∂E/∂{whose}"


def _outwards(call: Scope | None) -> Iterator[Scope]:
    while call is not None:
        yield call
        call = call.outer


def _layer(call: Scope) -> Any:
    """Return a key that all calls of one layer share."""
    owner, outer = call.owner, call.outer
    if isinstance(owner, Unit):
        return owner.network, owner.node
    return outer.owner if isinstance(owner, Neuron) and outer and isinstance(outer.owner, Layer) else owner


def _weighted_sum(owner: Any, made: list[Any]) -> Any:
    """Return the first node that depends on all weights and the bias of a unit."""
    if isinstance(owner, Linear):
        return made[-1]
    wanted = {*owner.w, owner.b} - {None} if isinstance(owner, Neuron) else set(owner.parameters())
    reached: dict[Any, set[Any]] = {}
    for node in made:
        operands = [x for x in node.operands if isinstance(x, Node)]
        reached[node] = set().union(*(reached.get(x, {x} & wanted) for x in operands))
        if reached[node] == wanted:
            return node
    return made[-1]
