"""Draw columns of numbers as small curves: block characters in text, or SVG.

>>> spark([3.0, 2.0, 1.0, 0.0])
'█▆▃▁'
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from ..style import labels
from ..style.theme import FONT, Theme

BLOCKS = "▁▂▃▄▅▆▇█"


def _thinned(numbers: Sequence[float], most: int) -> list[float]:
    """Return at most this many of the numbers, evenly spaced, the first and the last included."""
    if len(numbers) <= most:
        return [float(x) for x in numbers]
    return [float(numbers[round(i * (len(numbers) - 1) / (most - 1))]) for i in range(most)]


def _heights(numbers: Sequence[float]) -> list[float | None]:
    """Return numbers scaled to [0, 1], None for a number that is not finite; a constant becomes 0."""
    finite = [x for x in numbers if math.isfinite(x)]
    if not finite:
        return [None] * len(numbers)
    low, high = min(finite), max(finite)
    span = (high - low) or 1.0
    return [(x - low) / span if math.isfinite(x) else None for x in numbers]


def spark(numbers: Sequence[float], width: int = 24) -> str:
    """Return numbers as a line of blocks; a number that is not finite becomes a space."""
    heights = _heights(_thinned(numbers, width))
    return "".join(" " if h is None else BLOCKS[min(int(h * len(BLOCKS)), len(BLOCKS) - 1)] for h in heights)


def curve(numbers: Sequence[float], title: str, theme: Theme, width: int = 260, height: int = 90) -> str:
    """Return numbers as an SVG curve, with the largest and the smallest number beside it.

    Parameters
    ----------
    numbers : sequence of float
        One for each point, from left to right; a number that is not finite breaks the line.
    title : str
        What the numbers are, for screen readers.
    theme : Theme
    width, height : int
    """
    left, top, bottom = 52.0, 22.0, 8.0
    shown = _thinned(numbers, 200)
    step = (width - left - 8.0) / max(len(shown) - 1, 1)
    path, broken = "", True
    for i, h in enumerate(_heights(shown)):
        if h is not None:
            path += f"{'M' if broken else 'L'}{left + i * step:.1f},{height - bottom - h * (height - top - bottom):.1f}"
        broken = h is None
    finite = [x for x in shown if math.isfinite(x)]
    ends = [(max(finite), top), (min(finite), height - bottom)] if finite else []
    marks = "".join(
        f'<text x="{left - 6:g}" y="{y + 3:g}" text-anchor="end" fill="{theme.muted}">{labels.number(x)}</text>'
        for x, y in ends
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" font-family="{FONT}" font-size="9"><title>{escape(title)}</title>'
        f'<rect width="{width}" height="{height}" fill="{theme.background}"/>'
        f'<text x="{left:g}" y="12" font-size="11" fill="{theme.text}">{escape(title)}</text>{marks}'
        f'<path d="{path}" fill="none" stroke="{theme.accent}" stroke-width="1.5" stroke-linejoin="round"/></svg>'
    )
