"""Describe folded parts: formula, value and norm of the gradient.

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

_NUMBER = re.compile(r"[_\[]?\d+\]?")
_SUMS = ("add", "sum")
#: The products that weigh an input, and how a formula writes them. Constants are identified by their number.
_PRODUCTS = {"mul": "", "matmul": "x·W", "matmul_transposed": "x·Wᵀ"}
_PLAIN = ("add", "sub", "mul", "div", "pow", "neg", "identity")


class Part:
    """A folded part of a graph.

    Parameters
    ----------
    key : str
        The key of its box, as in ``Folding``.
    members : list of nodes
        The nodes it hides, oldest first.
    reading : Reading
        The graph.
    outputs : list of nodes
        The members that nodes outside the part use.
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
        """Return the path of the enclosing group."""
        return self.path if self._repeated else self.path.rpartition(".")[0]

    def ids(self) -> Iterable[str]:
        """Yield the ids of the hidden nodes."""
        return (self._reading.ids[node] for node in self.members)

    def name(self, depth: int = 1) -> str:
        """Return the last names, such as "layer0.neuron2", or the name of a repeated block with ×n."""
        if self.key == EARLIER:
            return f"{len(self.members):,} earlier nodes"
        if self._repeated:
            return f"{self._block()} ×{len(self.members):,}"
        short = ".".join(self.path.split(".")[-depth:])
        calls = self._reading.calls.get(self.path, 1)
        return f"{short} ×{calls:,}" if calls > 1 else short

    def _block(self) -> str:
        """Return the name of each repeated node."""
        first = self.members[0]
        if first.op is not None:
            return labels.clean(first.op.name, 20)
        common = labels.clean(_NUMBER.sub("", str(first.label)), 24)
        return common or ("parameter" if self.parameters else "input")

    @property
    def value(self) -> str:
        """Return the output value, or the range of the output values."""
        numbers = [node.data for node in self.outputs]
        if len(numbers) == 1:
            return labels.number(numbers[0])
        if any(map(np.ndim, numbers)) or not numbers:
            return f"{len(numbers):,} arrays"
        return f"{labels.number(min(numbers))} … {labels.number(max(numbers))}"

    @property
    def weighed(self) -> list[Any]:
        """Return the nodes whose gradients enter the norm: the parameters, or the outputs if there are none."""
        return self.parameters or self.outputs

    def norm(self, gradients: Mapping[str, Any]) -> float | None:
        """Return the Euclidean norm of the gradient; None while part of it is unknown."""
        found = [gradients.get(self._reading.ids[node]) for node in self.weighed]
        if not found or any(g is None for g in found):
            return None
        return math.hypot(*(float(x) for g in found for x in np.ravel(np.asarray(g))))  # hypot does not overflow

    def gradient(self, gradients: Mapping[str, Any]) -> str:
        """Return the norm as text."""
        return labels.gradient(self.norm(gradients))

    @property
    def formula(self) -> str:
        """Return a short formula: ``relu(w·x + b)``, ``16 · relu(w·x + b)``, or the number of operations."""
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
        """Return the computed members, grouped by the innermost call that computed them."""
        found: dict[str, list[Any]] = {}
        for node in self.members:
            path = self._reading.path(node)
            if node.op is not None and path != self.path:
                found.setdefault(path, []).append(node)
        return {path: nodes[: len(nodes) // self._reading.calls.get(path, 1)] for path, nodes in found.items()}


def parts_of(reading: Reading, keys: Mapping[Any, str], parameters: set[Any]) -> dict[str, Part]:
    """Return the folded parts by key, in the order of their first nodes.

    Parameters
    ----------
    reading : Reading
        The graph.
    keys : mapping
        Node to the key of the box that hides it, "" for a visible node; oldest first.
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
    """Return the formula of a neuron, a weighted sum and its activation; "" if these nodes are not a neuron."""
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
    """Yield the terms of a sum, without recursion, because a sum may have thousands of terms."""
    waiting = [node]
    while waiting:
        term = waiting.pop()
        if term in inside and term.op.name in _SUMS:
            waiting += [x for x in term.operands if isinstance(x, Node)]
        else:
            yield term
