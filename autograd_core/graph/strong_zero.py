"""The strong zero of ``where`` on arrays: a lane that was not chosen is sent nothing, which is less than a zero.

``where(x > 0, log(x), 0)`` has derivative 0 at x = 0. A zero sent to ``log`` there would come back as 0 · ∞ = nan; a
graph of Values leaves the branch out, since nothing is sent into it. An array has lanes of both kinds, so the adjoint
of an operand of ``where`` carries which of them were reached. Pointwise operations keep the others at zero, linear ones
move the marks along, a product of matrices mixes all lanes and drops them. Only graphs with a ``where`` ever see one.

Everywhere else 0 · ∞ is nan, as IEEE 754 has it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["Lanes", "added", "plain"]


class Lanes:
    """An adjoint of which some lanes were reached by nothing: there it is 0, whatever it is multiplied by.

    Attributes
    ----------
    values : array, Tensor or Rows
        The adjoint.
    reached : array of bool
        Of the same shape.
    """

    __slots__ = ("reached", "values")

    def __init__(self, values: Any, reached: Any) -> None:
        self.values = values
        self.reached = reached

    def __add__(self, other: Any) -> Any:
        """Return the sum of two adjoints; one that is not of this kind reached every lane."""
        if type(other) is not Lanes:
            return self.values + other
        reached = self.reached | other.reached
        values = self.values + other.values
        return values if np.count_nonzero(reached) == reached.size else Lanes(values, reached)


def added(a: Any, b: Any) -> Any:
    """Return the sum of two adjoints."""
    return b + a if type(b) is Lanes else a + b


def plain(adjoint: Any) -> Any:
    """Return an adjoint as onlookers see it: with zeros where nothing was sent."""
    return adjoint.values if type(adjoint) is Lanes else adjoint
