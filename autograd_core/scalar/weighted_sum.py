"""w₁x₁ + … + wₙxₙ + b, operation by operation: what a neuron computes before its activation."""

from __future__ import annotations

from operator import mul
from typing import TYPE_CHECKING, Any

from ..graph.node import COMPILED

if TYPE_CHECKING:
    pass

__all__ = ["weighted_sum"]

if COMPILED:  # a loop of machine code is quicker than two of Python's iterators

    def weighted_sum(weights: Any, inputs: Any, start: Any) -> Any:
        """Return start + w₁x₁ + … + wₙxₙ, added from left to right."""
        ws: list[Any] = weights if isinstance(weights, list) else [*weights]
        xs: list[Any] = inputs if isinstance(inputs, list) else [*inputs]
        total = start
        for weight, x in zip(ws, xs):  # noqa: B905 - mypyc makes one loop of it, if nothing else is asked
            total = total + weight * x
        return total

else:

    def weighted_sum(weights: Any, inputs: Any, start: Any) -> Any:
        """Return start + w₁x₁ + … + wₙxₙ, added from left to right."""
        return sum(map(mul, weights, inputs), start)
