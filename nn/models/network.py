"""Define networks of any feed-forward topology, skip links included: numbered nodes, linked upward.

The numbering is a topological order: the forward pass goes up, the errors δ come down. So one pass each way is enough
for any links, however many paths there are.

>>> xor = DAGNetwork([(1, 3), (2, 3), (1, 4), (2, 4), (3, 4)], {3: "relu"},
...                  weights={(1, 3): 1, (2, 3): 1, (1, 4): 1, (2, 4): 1, (3, 4): -2}, biases={3: -1})
>>> [xor(x)[0].data for x in ([0, 0], [0, 1], [1, 0], [1, 1])]
[0.0, 1.0, 1.0, 0.0]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograd_core import Value
from autograd_core.graph.node import number
from autograd_core.graph.scope import scope

from ..errors import ArchitectureError, OperandError, ShapeError
from .activations import Activation, activation, named
from .initializers import initializer, source
from .module import Module
from .samples import sample

Link = tuple[int, int]


class DAGNetwork(Module):
    """A network whose links form a directed acyclic graph.

    Parameters
    ----------
    links : iterable of (i, j)
        From node i to node j, with 1 ≤ i < j. Nodes without incoming links are inputs; nodes without outgoing links are
        outputs.
    activations : dict of int to str or callable, or a single one
        The activation of each node; other nodes are linear. A single activation is for all hidden nodes.
    weights : dict of (i, j) to float, optional
        The initial weight of every link. Default: drawn by ``init``.
    biases : dict of int to float, or bool, optional
        The initial bias of nodes; True gives every node that is not an input a bias of 0. Default: no biases.
    init : str or Initializer
        The initializer of the weights; fan_in and fan_out are those of the link's target node.
    rng : int, random.Random or numpy.random.Generator, optional
        A seed or a generator. Default: Python's ``random`` module.

    Attributes
    ----------
    links : tuple of (i, j)
        Sorted by j, then i: the order of summation.
    inputs, hidden, outputs : tuple of int
        Nodes by their role, in ascending order.
    weights : dict of (i, j) to Value
    biases : dict of int to Value
    a, y : dict of int
        Pre-activation and output of every node in the last forward pass; an input has only y, its number.
    delta : dict of int to float
        ∂E/∂a of every node that is not an input, after ``backward()`` on an E computed from the last forward pass.

    Raises
    ------
    ArchitectureError
        For links that do not go upward, repeated links, or weights and activations of unknown nodes.
    ShapeError
        When called with another number of inputs.

    References
    ----------
    M. Rossi, *Feed Forward Neural Networks (FFNN)*, after C. Bishop, *Pattern Recognition and Machine Learning*, 5.3.
    """

    def __init__(
        self,
        links: Iterable[Link],
        activations: Mapping[int, Any] | Any = None,
        weights: Mapping[Link, float] | None = None,
        biases: Mapping[int, float] | bool | None = None,
        *,
        init: Any = "glorot_uniform",
        rng: Any = None,
    ) -> None:
        self.links = _links(links)
        nodes = sorted({node for link in self.links for node in link})
        entered, left = {j for _, j in self.links}, {i for i, _ in self.links}
        self.inputs = tuple(n for n in nodes if n not in entered)
        self.hidden = tuple(n for n in nodes if n in entered and n in left)
        self.outputs = tuple(n for n in nodes if n not in left)
        self.sources = {j: tuple(i for i, k in self.links if k == j) for j in (*self.hidden, *self.outputs)}
        self.activations = self._activations(activations)
        self.weights = self._weights(weights, init, rng)
        self.biases = self._biases(biases)
        self._a: dict[int, Value] = {}
        self._y: dict[int, Any] = {}

    @property
    def computed(self) -> tuple[int, ...]:
        """Return the nodes that are not inputs, in ascending order, which is the order of the forward pass."""
        return tuple(sorted(self.sources))

    def _activations(self, given: Any) -> dict[int, Activation]:
        if given is not None and not isinstance(given, Mapping):
            given = dict.fromkeys(self.hidden, given)
        chosen = {node: activation(spec) for node, spec in (given or {}).items()}
        self._must_exist(chosen, "activation")
        for node, f in chosen.items():
            if not f.elementwise or f.slope is not None:
                raise ArchitectureError(
                    f"Node {node} cannot apply {f.name}, which needs more than its own sum. Apply softmax to the "
                    "outputs, or take cross_entropy from logits; a slope of its own is for Neuron."
                )
        return {node: chosen.get(node, activation(None)) for node in self.computed}

    def _weights(self, given: Mapping[Link, float] | None, init: Any, rng: Any) -> dict[Link, Value]:
        if given is None:
            draws = source(rng)
            drawn: dict[Link, float] = {}
            for j in self.computed:
                fan_in, fan_out = len(self.sources[j]), max(1, sum(i == j for i, _ in self.links))
                row = initializer(init)(draws, (fan_in,), fan_in, fan_out)
                drawn |= {(i, j): w for i, w in zip(self.sources[j], row.tolist(), strict=True)}
            given = drawn
        unknown, missing = set(given) - set(self.links), set(self.links) - set(given)
        if unknown or missing:
            what = f"there is no link {_first(unknown)}" if unknown else f"link {_first(missing)} has none"
            raise ArchitectureError(f"Give one weight for each of the {len(self.links)} links: {what}.")
        return {(i, j): Value(number(given[i, j], "weight"), label=f"w{i},{j}") for i, j in self.links}

    def _biases(self, given: Mapping[int, float] | bool | None) -> dict[int, Value]:
        if given is None or isinstance(given, bool):
            given = dict.fromkeys(self.computed, 0.0) if given else {}
        self._must_exist(given, "bias")
        return {j: Value(number(given[j], "bias"), label=f"b{j}") for j in sorted(given)}

    def _must_exist(self, nodes: Iterable[int], what: str) -> None:
        for node in nodes:
            if node not in self.sources:
                place = "an input, which computes nothing" if node in self.inputs else "not a node of this network"
                raise ArchitectureError(f"There is an {what} for node {node!r}, but that is {place}.")

    def forward(self, x: Any) -> list[Value]:
        """Return the outputs for one sample, in ascending order of nodes.

        Parameters
        ----------
        x : sequence of numbers or Values
            One number for each input node, in ascending order.
        """
        x = sample(x)
        if len(x) != len(self.inputs):
            raise ShapeError(
                f"This network has the inputs {', '.join(map(str, self.inputs))}, so a sample has {len(self.inputs)} "
                f"numbers, not {len(x)}."
            )
        a: dict[int, Value] = {}
        y: dict[int, Any] = dict(zip(self.inputs, x, strict=True))
        for j in self.computed:
            with scope(f"node{j}", Unit(self, j)) as call:
                a[j] = self._sum(j, y)
                a[j].label = f"a{j}"
                y[j] = self.activations[j].function(a[j])
                if y[j] is not a[j]:
                    y[j].label = f"y{j}"
                call.tag(y[j])
        self._a, self._y = a, y
        return [y[j] for j in self.outputs]

    def _sum(self, j: int, y: Mapping[int, Any]) -> Value:
        terms = [self.weights[i, j] * y[i] for i in self.sources[j]]
        if j in self.biases:
            terms.append(self.biases[j])
        total: Value = terms[0]
        for term in terms[1:]:
            total = total + term
        return total

    @property
    def a(self) -> dict[int, Value]:
        """Return the pre-activations of the last forward pass."""
        return dict(self._a)

    @property
    def y(self) -> dict[int, Any]:
        """Return the outputs of all nodes in the last forward pass, with the numbers of the inputs."""
        return dict(self._y)

    @property
    def delta(self) -> dict[int, float]:
        """Return the errors ∂E/∂a after ``backward()``, in descending order, as they are computed."""
        return {j: self._a[j].grad for j in sorted(self._a, reverse=True)}

    def paths(self) -> dict[int, int]:
        """Return the number of paths from each node to the outputs, computed with one visit of each link.

        >>> DAGNetwork([(1, 2), (1, 3), (2, 3), (2, 4), (3, 4)], rng=0).paths()
        {1: 3, 2: 2, 3: 1, 4: 1}
        """
        found = dict.fromkeys(self.outputs, 1)
        for j in sorted((*self.inputs, *self.hidden), reverse=True):
            found[j] = sum(found[k] for i, k in self.links if i == j)
        return dict(sorted(found.items()))

    def to_json(self) -> dict[str, Any]:
        """Return plain data from which ``from_json`` makes a network of the same links and activations."""
        return {
            "links": [list(link) for link in self.links],
            "activations": {str(node): named(f) for node, f in self.activations.items()},
            "biases": list(self.biases),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], most: int) -> DAGNetwork:
        """Return the network from the data of ``to_json``, with at most this many parameters, all 0."""
        if len(data["links"]) + len(data["biases"]) > most:
            raise ArchitectureError(f"A network of {len(data['links'])} links has more than {most} parameters.")
        links = [(i, j) for i, j in data["links"]]
        return cls(
            links,
            {int(node): str(name) for node, name in data["activations"].items()},
            weights=dict.fromkeys(links, 0.0),
            biases=dict.fromkeys(data["biases"], 0.0),
        )

    def __repr__(self) -> str:
        return (
            f"DAGNetwork({len(self.inputs)} inputs, {len(self.hidden)} hidden, {len(self.outputs)} outputs, "
            f"{len(self.links)} links, {len(self.biases)} biases)"
        )


class Unit:
    """A node as the owner of its weights and bias, so that pictures draw them with it."""

    def __init__(self, network: DAGNetwork, node: int) -> None:
        self.network, self.node = network, node

    def parameters(self) -> list[Value]:
        """Return the weights of the links that enter the node, and its bias."""
        network, j = self.network, self.node
        bias = [network.biases[j]] if j in network.biases else []
        return [network.weights[i, j] for i in network.sources[j]] + bias


def _links(given: Iterable[Any]) -> tuple[Link, ...]:
    """Return links in the order of summation, or raise an error for an invalid one."""
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise OperandError(f"links is a list of pairs (i, j), not {given!r}.")
    found: list[Link] = []
    for link in given:
        if not isinstance(link, (tuple, list)) or len(link) != 2:
            raise OperandError(f"A link is a pair (i, j), from node i to node j, not {link!r}.")
        for node in link:
            if isinstance(node, bool) or not isinstance(node, (int, np.integer)):
                raise OperandError(f"Nodes are whole numbers, but the link {link!r} names {node!r}.")
        i, j = int(link[0]), int(link[1])
        if i < 1:
            raise ArchitectureError(f"The link {link!r} names the node {i}, but nodes are counted from 1, as on paper.")
        if i >= j:
            raise ArchitectureError(
                f"The link {link!r} does not go upwards. Number the nodes so that each is fed by smaller numbers only "
                "(i < j); a network with a cycle has no such numbering."
            )
        found.append((i, j))
    if not found:
        raise ArchitectureError("A network needs at least one link, such as (1, 2).")
    if len(set(found)) != len(found):
        twice = next(link for link in found if found.count(link) > 1)
        raise ArchitectureError(
            f"The link {twice} is listed twice. Between two nodes there is one link with one weight."
        )
    return tuple(sorted(found, key=lambda link: (link[1], link[0])))


def _first(items: Iterable[Any]) -> Any:
    return min(items, key=repr)
