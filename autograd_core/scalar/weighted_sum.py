"""Compute w₁x₁ + … + wₙxₙ + b, the pre-activation of a neuron, operation by operation."""

from __future__ import annotations

from operator import mul
from typing import Any

from ..graph.node import COMPILED

if COMPILED:  # a compiled loop is faster than Python's iterators

    def weighted_sum(weights: Any, inputs: Any, start: Any) -> Any:
        """Return start + w₁x₁ + … + wₙxₙ, added from left to right."""
        ws: list[Any] = weights if isinstance(weights, list) else [*weights]
        xs: list[Any] = inputs if isinstance(inputs, list) else [*inputs]
        total = start
        for weight, x in zip(ws, xs):  # noqa: B905 - without strict, mypyc compiles it to one loop
            total = total + weight * x
        return total

else:

    def weighted_sum(weights: Any, inputs: Any, start: Any) -> Any:
        """Return start + w₁x₁ + … + wₙxₙ, added from left to right."""
        return sum(map(mul, weights, inputs), start)
