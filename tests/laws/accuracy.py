"""How exact are gradients of whole graphs? Random graphs, against 50-digit arithmetic at the numbers they recorded.

A relative error says nothing about a graph: where contributions cancel it is unbounded, for any engine. The yardstick
here is the error divided by 2⁻⁵³ times the sum of the absolute values of all paths, which is what rounding each
operation correctly can promise. The reference differentiates the functions numerically, in more than 100 digits: it
knows no derivative rule.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from mpmath import mp, mpf

from autograd_core import TABLE, Value, gradient, history

from ..autograd_core.records.test_kernels import TRUTH
from .graphs import pointwise, random_graph, tame

EPSILON = mpf(2) ** -53
#: What is lost where a product has left the range of normal floats; no rule could keep it.
UNDERFLOW = mpf(2) ** -1060

#: Constant piece by piece: their results sit on the kinks of other operations, where no reference exists.
STEPS = {name for name, record in TABLE.items() if "jump" in record.kink} | {"flat"}
EVERY_OPERATION = [record for record in pointwise() if record.name not in STEPS and tame(record)]
#: Without the records that are derivatives themselves: near their roots a second derivative cancels.
OPERATIONS = [record for record in EVERY_OPERATION if record.text == record.textbook]


@dataclass(frozen=True)
class Gradient:
    """One derivative of one graph: what was computed, what is true, and by how much they may differ."""

    computed: float
    exact: Any
    paths: Any

    @property
    def normalized(self) -> float:
        """The error in units of 2⁻⁵³ × the absolute-path sum."""
        return float((abs(mpf(self.computed) - self.exact)) / (EPSILON * self.paths + UNDERFLOW))

    @property
    def ulps(self) -> float:
        """The error in units in the last place of the true derivative."""
        return float(abs(mpf(self.computed) - self.exact) / mpf(math.ulp(float(self.exact))))

    @property
    def relative(self) -> float:
        """The relative error."""
        return float(abs(mpf(self.computed) - self.exact) / abs(self.exact)) if self.exact else 0.0

    @property
    def well_conditioned(self) -> bool:
        """Whether paths hardly cancel."""
        return bool(self.paths < 100 * abs(self.exact))


def measured(seed: int, size: int, operations: list[Any] = OPERATIONS) -> tuple[list[Gradient], set[str]]:
    """Return the gradients of a random graph and the names of its operations."""
    root, leaves = random_graph(seed, size, operations, keep=smooth)
    order = history(root)
    zero = mpf(0)
    with mp.workdps(50):
        exact, paths = {root: mpf(1)}, {root: mpf(1)}
        for node in order:
            if node.op is None:
                continue
            at, through = exact.pop(node, zero), paths.pop(node, zero)
            for i, parent in enumerate(node.operands):
                if isinstance(parent, Value):
                    slope = true_partial(node, i)
                    exact[parent] = exact.get(parent, zero) + at * slope
                    paths[parent] = paths.get(parent, zero) + through * abs(slope)
        found = [
            Gradient(computed, exact.get(leaf, zero), paths.get(leaf, zero))
            for leaf, computed in zip(leaves, gradient(root, leaves), strict=True)
        ]
    return found, {node.op.name for node in order if node.op is not None}


def smooth(node: Value) -> bool:
    """Whether a node lies off the kinks of its operation, where a difference would take the mean of two slopes."""
    numbers = [x.data if isinstance(x, Value) else x for x in node.operands]
    return not node.op.kink or (len(set(numbers)) == len(numbers) and not {0.0, 1.0, -1.0} & set(numbers))


def true_partial(node: Value, i: int) -> Any:
    """Return a partial derivative at the numbers a node recorded: a central difference, exact to 30 digits and more."""
    f = TRUTH[node.op.name]
    numbers = [operand.data if isinstance(operand, Value) else operand for operand in node.operands]
    size = abs(numbers[i]) or 1e-20
    with mp.workdps(120 + max(0, -int(math.log10(size)))):  # the step is relative, so as not to leave the domain
        x, h = [mpf(number) for number in numbers], mpf(size) * mpf(10) ** -40
        return (f(*x[:i], x[i] + h, *x[i + 1 :]) - f(*x[:i], x[i] - h, *x[i + 1 :])) / (2 * h)
