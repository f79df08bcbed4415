"""What is written on the box of a folded part: its formula, its value, the size of its gradient.

>>> from autograd_core import Value
>>> from viz.scene.graph_view import Reading
>>> w, x, b = Value(2.0), Value(3.0), Value(1.0)
>>> y = (w * x + b).tanh()
>>> reading = Reading(y)
>>> part = Part("neuron0", reading.order, reading, outputs=[y], parameters={w, b})
>>> part.formula, part.value, part.gradient({})
('tanh(w·x + b)', '1.0000', '—')
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograd_core.graph.history import by_creation
from autograd_core.graph.node import Node

from ..style import labels
from .folding import EARLIER, path_of
from .graph_view import Reading

__all__ = ["Part", "parts_of"]

_NUMBER = re.compile(r"[_\[]?\d+\]?")
_SUMS = ("add", "sum")
#: The products that weigh an input, and how a formula writes them; numbers are told apart by how many there are.
_PRODUCTS = {"mul": "", "matmul": "x·W", "matmul_transposed": "x·Wᵀ"}
_PLAIN = ("add", "sub", "mul", "div", "pow", "neg", "identity")


class Part:
    """A folded part of a graph.

    Parameters
    ----------
    key : str
        Of the box that hides it, as a ``Folding`` has it.
    members : list of nodes
        What it hides, oldest first.
    reading : Reading
        The graph.
    outputs : list of nodes
        Those that something outside uses.
    parameters : set of nodes
        All parameters of the graph.
    """

    def __init__(
        self, key: str, members: list[Any], reading: Reading, outputs: list[Any], parameters: set[Any]
    ) -> None:
        self.key, self.path, self.members, self.outputs = key, path_of(key), members, outputs
        self._reading = reading
        self.parameters = [node for node in members if node in parameters]
        self._owned = set(self.parameters)
        self._repeated = key not in (self.path, EARLIER)

    @property
    def outer(self) -> str:
        """The path of the group that it stands in."""
        return self.path if self._repeated else self.path.rpartition(".")[0]

    def ids(self) -> Iterable[str]:
        """Yield the ids of the nodes that it hides."""
        return (self._reading.ids[node] for node in self.members)

    def name(self, depth: int = 1) -> str:
        """Return its last names, "layer0.neuron2", or what is repeated, with ×n for n of them."""
        if self.key == EARLIER:
            return f"{len(self.members):,} earlier nodes"
        if self._repeated:
            return f"{self._block()} ×{len(self.members):,}"
        short = ".".join(self.path.split(".")[-depth:])
        calls = self._reading.calls.get(self.path, 1)
        return f"{short} ×{calls:,}" if calls > 1 else short

    def _block(self) -> str:
        """Return what each of the repeated nodes is called."""
        first = self.members[0]
        if first.op is not None:
            return labels.clean(first.op.name, 20)
        common = labels.clean(_NUMBER.sub("", str(first.label)), 24)
        return common or ("parameter" if self.parameters else "input")

    @property
    def value(self) -> str:
        """The number that it gives, or between which its numbers lie."""
        numbers = [node.data for node in self.outputs]
        if len(numbers) == 1:
            return labels.number(numbers[0])
        if any(map(np.ndim, numbers)) or not numbers:
            return f"{len(numbers):,} arrays"
        return f"{labels.number(min(numbers))} … {labels.number(max(numbers))}"

    @property
    def weighed(self) -> list[Any]:
        """Whose gradients its own is the norm of: its parameters, or its outputs if it has none."""
        return self.parameters or self.outputs

    def norm(self, gradients: Mapping[str, Any]) -> float | None:
        """Return the Euclidean norm of its gradient; None while part of that is not known."""
        found = [gradients.get(self._reading.ids[node]) for node in self.weighed]
        if not found or any(g is None for g in found):
            return None
        return math.hypot(*(float(x) for g in found for x in np.ravel(np.asarray(g))))  # which no square can overflow

    def gradient(self, gradients: Mapping[str, Any]) -> str:
        """Return the norm as it is written."""
        return labels.gradient(self.norm(gradients))

    @property
    def formula(self) -> str:
        """What it computes in a few signs: ``relu(w·x + b)``, ``16 · relu(w·x + b)``, or how many operations."""
        computed = [node for node in self.members if node.op is not None]
        if self._repeated:
            return labels.clean(computed[0].op.symbol) if computed else ""
        if not computed:
            return f"{len(self.members):,} numbers"
        if self.key == EARLIER:
            return f"{len(computed):,} operations"
        children = self._children()
        if len(children) > 1:
            formulas = {_neuron(nodes, self._owned) for nodes in children.values()}
            one = formulas.pop() if len(formulas) == 1 else ""
            return f"{len(children)} · {one}" if one else f"{len(children):,} parts, {len(computed):,} operations"
        calls = self._reading.calls.get(self.path, 1)
        found = _neuron(computed[: len(computed) // calls], self._owned)
        return found or (f"{len(computed):,} operations" if len(computed) > 1 else labels.clean(computed[0].op.symbol))

    def _children(self) -> dict[str, list[Any]]:
        """Return the computed members by the innermost part that made them, of one call each."""
        found: dict[str, list[Any]] = {}
        for node in self.members:
            path = self._reading.path(node)
            if node.op is not None and path != self.path:
                found.setdefault(path, []).append(node)
        return {path: nodes[: len(nodes) // self._reading.calls.get(path, 1)] for path, nodes in found.items()}


def parts_of(reading: Reading, keys: Mapping[Any, str], parameters: set[Any]) -> dict[str, Part]:
    """Return the folded parts by their keys, in the order in which they are met.

    Parameters
    ----------
    reading : Reading
        The graph.
    keys : mapping
        Node to the key of the box that hides it, "" where it is shown; oldest first.
    parameters : set of nodes
        All parameters of the graph.
    """
    members: dict[str, list[Any]] = {}
    outputs: dict[str, dict[Any, None]] = {}
    for node, key in keys.items():
        if key:
            members.setdefault(key, []).append(node)
        for x in node.parents:
            if keys[x] and keys[x] != key and x not in parameters:
                outputs.setdefault(keys[x], {})[x] = None
    if keys[reading.root]:
        outputs.setdefault(keys[reading.root], {})[reading.root] = None
    return {
        key: Part(key, found, reading, sorted(outputs.get(key, ()), key=by_creation), parameters)
        for key, found in members.items()
    }


def _neuron(computed: list[Any], owned: set[Any]) -> str:
    """Return the formula of a neuron, "" if these nodes are none: a weighted sum, and what is applied to it."""
    if not computed:
        return ""
    output, inside = computed[-1], set(computed)
    function = ""
    parents = output.parents
    if output.op.name not in _PLAIN and len([p for p in parents if p not in owned]) == 1:
        function, output = labels.clean(output.op.name, 20), next(p for p in parents if p not in owned)
    if output not in inside:
        return ""
    terms = list(_terms(output, inside))
    weights = [t for t in terms if t.op is not None and t.op.name in _PRODUCTS and owned & set(t.parents)]
    biases = [t for t in terms if t in owned]
    if not weights or len(weights) + len(biases) != len(terms) or len(biases) > 1:
        return ""
    product = _PRODUCTS[weights[0].op.name] or ("w·x" if len(weights) > 1 or biases else "w x")
    total = f"{product} + b" if biases else product
    return f"{function}({total})" if function else total


def _terms(node: Any, inside: set[Any]) -> Iterable[Any]:
    """Yield the terms of a sum; without recursion, as a sum may have thousands."""
    waiting = [node]
    while waiting:
        term = waiting.pop()
        if term in inside and term.op.name in _SUMS:
            waiting += [x for x in term.operands if isinstance(x, Node)]
        else:
            yield term
