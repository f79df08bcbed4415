"""Implement the strong zero of ``where`` on arrays: an element that was not selected receives nothing, not a zero.

``where(x > 0, log(x), 0)`` has derivative 0 at x = 0. A zero sent to ``log`` there would give 0 · ∞ = nan. In a graph
of Values, nothing is sent into the branch. An array has selected and other elements, so the adjoint of an operand of
``where`` carries a mask of the elements that received something. Pointwise operations keep the others at zero, linear
operations move the mask along, and a matrix product mixes all elements and drops the mask. Only graphs with a ``where``
contain one.

Everywhere else 0 · ∞ is nan, as in IEEE 754.
"""

from __future__ import annotations

from typing import Any

import numpy as np


class Lanes:
    """An adjoint with a mask: elements that received nothing stay 0, whatever they are multiplied by.

    Attributes
    ----------
    values : array, Tensor or Rows
        The adjoint.
    reached : array of bool
        The mask, of the same shape.
    """

    __slots__ = ("reached", "values")

    def __init__(self, values: Any, reached: Any) -> None:
        self.values = values
        self.reached = reached

    def __add__(self, other: Any) -> Any:
        """Return the sum of two adjoints; an adjoint without a mask received all elements."""
        if type(other) is not Lanes:
            return self.values + other
        reached = self.reached | other.reached
        values = self.values + other.values
        return values if np.count_nonzero(reached) == reached.size else Lanes(values, reached)


def added(a: Any, b: Any) -> Any:
    """Return the sum of two adjoints."""
    return b + a if type(b) is Lanes else a + b


def plain(adjoint: Any) -> Any:
    """Return an adjoint without its mask, with zeros where nothing was sent."""
    return adjoint.values if type(adjoint) is Lanes else adjoint
