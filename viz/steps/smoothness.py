"""Judge a central difference: whether it can confirm a derivative, near kinks, at infinity, at the rounding error.

>>> compared(lambda t: max(0.0, t), 0.0, 0.0, 0.0, "0 at 0")[1]
'a kink: the slope is 0.0000 from the left and 1.0000 from the right; chosen: 0 at 0'
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_core.transforms.finite_differences import numerical_derivative

from ..style import labels

#: accepted difference between derivative and finite difference, relative to the larger one
TOLERANCE = 1e-6
#: the text for numbers that do not agree
DIFFER = "they differ"
#: the text for numbers that would agree with more digits
ROUNDING = "equal but for rounding"
#: units in the last place that a computation may lose
LOST = 64.0
#: steps of differences, relative to the number that is changed, or to 1
STEPS = (1e-3, 1e-4, 1e-5, 1e-6)

Difference = tuple[float | None, str]


def compared(
    f: Callable[[float], float],
    y: float,
    x: Any,
    derivative: float,
    kink: str = "",
    difference: float | None = None,
    tolerance: float = TOLERANCE,
) -> Difference:
    """Return the central difference of a function at 0, and the reason if it cannot be compared with the derivative.

    Parameters
    ----------
    f : callable
        The function of the change.
    y : float
        Its value without a change.
    x : float or array
        The number that is changed; it sets the scale of the change.
    derivative : float
        The derivative to compare with.
    kink : str
        The convention at a kink, in words.
    difference : float, optional
        The difference with the usual step, if known.
    tolerance : float
        The accepted difference, relative to the larger number.
    """
    size = max(1.0, float(np.max(np.abs(x), initial=0.0)))
    if not math.isfinite(derivative) or not math.isfinite(y):
        return None, "not finite: no difference can be taken"
    first = numerical_derivative(f, 0.0, STEPS[0] * size) if difference is None else difference
    verdict = _agreed(derivative, first, _rounding(y, STEPS[0] * size), tolerance)
    return (
        (first, verdict) if verdict is not None else _examined(f, y, np.asarray(x), size, derivative, kink, tolerance)
    )


def _examined(
    f: Callable[[float], float], y: float, x: Any, size: float, derivative: float, kink: str, tolerance: float
) -> Difference:
    """Refine: take the steps for which two differences agree best, because one may cross a kink."""
    smallest = float(np.min(np.abs(x), initial=math.inf, where=x != 0.0))
    steps = sorted({share * scale for share in STEPS for scale in (size, min(size, smallest))}, reverse=True)
    differences = [numerical_derivative(f, 0.0, h) for h in steps]
    apart = [
        abs(a - b) if math.isfinite(a) and math.isfinite(b) else math.inf for a, b in itertools.pairwise(differences)
    ]
    best = min(range(len(apart)), key=apart.__getitem__)
    if not math.isfinite(apart[best]):
        return None, "on the border of where it is defined: no difference can be taken"
    difference = differences[best + 1]
    verdict = _agreed(derivative, difference, _rounding(y, steps[best + 1]), tolerance)
    return difference, _kink(f, y, steps[-1], derivative, kink) or DIFFER if verdict is None else verdict


def _kink(f: Callable[[float], float], y: float, h: float, derivative: float, kink: str) -> str:
    """Return the text for a jump or a kink; "" if there is none.

    Near a jump, differences grow without bound; at a kink, the one-sided slopes stay different.
    """
    (left, right), (left_far, right_far) = (((y - f(-step)) / step, (f(step) - y) / step) for step in (h, 10.0 * h))
    chosen = f"; chosen: {kink}" if kink else ""
    if max(abs(left), abs(right)) > 5.0 * max(abs(left_far), abs(right_far)):
        return f"a jump: no difference can be taken across it{chosen}"
    gap, gap_far = abs(right - left), abs(right_far - left_far)
    if gap <= 1e-3 * max(abs(left), abs(right)) or gap < 0.5 * gap_far:
        return ""
    low, high = sorted((left, right))
    room = 1e-4 * max(abs(low), abs(high))
    if not low - room <= derivative <= high + room:
        return ""
    slopes = f"{labels.number(left)} from the left and {labels.number(right)} from the right"
    return f"a kink: the slope is {slopes}{chosen}"


def _agreed(derivative: float, difference: float, rounding: float, tolerance: float) -> str | None:
    """Return the text for numbers that agree, "" if no text is needed; None if they do not agree."""
    apart = abs(derivative - difference)
    if apart <= tolerance * max(abs(derivative), abs(difference)):
        return ""
    return ROUNDING if apart <= rounding else None


def _rounding(y: float, h: float) -> float:
    """Return the part of a difference that may be rounding error."""
    return LOST * float(np.finfo(np.float64).eps) * abs(y) / h
