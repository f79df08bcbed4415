"""Adjoints of which some lanes were never reached: the strong zero of ``where`` on arrays.

``where`` sends nothing at all to the lanes that it did not choose. For a Value that is a parent left out; an array has
lanes of both kinds, so its adjoint carries which of them were reached. Pointwise operations keep the others at exactly
zero, where 0 · ∞ would be nan; linear ones move the marks along; a product of matrices mixes all lanes and drops them.
Only graphs with a ``where`` ever see one of these.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .array_kernels import sum_to

__all__ = ["Lanes", "plain"]


class Lanes:
    """An adjoint, zero where it was not reached, and where it was."""

    __slots__ = ("reached", "values")
    __array_ufunc__ = None  # array + Lanes asks Lanes

    def __init__(self, values: Any, reached: Any) -> None:
        self.values, self.reached = values, reached

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Lanes):
            return marked(self.values + other.values, self.reached | other.reached)
        return self.values + other  # what came by another way reached every lane

    def __radd__(self, other: Any) -> Any:
        return other + self.values


def marked(values: Any, reached: Any) -> Any:
    """Return an adjoint with its marks, or alone if every lane was reached."""
    return values if reached is None or reached.all() else Lanes(values, reached)


def plain(adjoint: Any) -> Any:
    """Return the numbers of an adjoint."""
    return adjoint.values if type(adjoint) is Lanes else adjoint


def narrowed(reached: Any, shape: tuple[int, ...]) -> Any:
    """Undo broadcasting for marks: a lane was reached if one of its copies was."""
    return reached if reached.shape == shape else sum_to(reached.astype(float), shape) > 0.0


def chosen(op: Any, i: int, y: Any, data: Any, m: Any, reached: Any) -> Any:
    """Return which lanes of its result an operation passes back to operand ``i``."""
    if not op.selects:
        return reached
    with np.errstate(all="ignore"):
        lanes = np.broadcast_to(np.asarray(op.partials[i](m, y, *data)) != 0.0, y.shape)
    return lanes if reached is None else lanes & reached
