"""Lay out a network as circles and lines; this needs no other knowledge of the network.

The network gives the columns. Units lie in their column in the order of their numbers. A link that skips columns passes
between the units of each skipped column, as near to a straight line as possible.

>>> x, y = Unit("u0", 0, "x1", "input"), Unit("u1", 1, "y1", "output", value=0.5)
>>> diagram = arrange((x, y), (Link("l0", "u0", "u1", -2.0),), ("input", "linear"))
>>> diagram.places["u1"].x - diagram.places["u0"].x
150.0
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

#: points
RADIUS = 24.0
ACROSS, UNIT, LANE, MARGIN = 150.0, 66.0, 26.0, 46.0


class Place(NamedTuple):
    """A point of the picture; y grows downward."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Unit:
    """A circle.

    Attributes
    ----------
    id : str
    column : int
        From 0, the inputs.
    name : str
        "" for a unit without a name.
    kind : {"input", "hidden", "output", "more"}
        "more" for a mark that replaces hidden units.
    activation : str
        The name of its activation; "" for an input.
    curve : tuple of float
        The activation between -3 and 3, scaled to 0 … 1, for the curve inside the circle.
    value : float or None
        Its output for the sample; None without a sample.
    bias : float or None
    bias_grad : float or None
        None before a sweep.
    state : {"", "off", "dead"}
        "off" if its output is 0 for the sample, "dead" if it is 0 for all data.
    """

    id: str
    column: int
    name: str = ""
    kind: str = "hidden"
    activation: str = ""
    curve: tuple[float, ...] = ()
    value: float | None = None
    bias: float | None = None
    bias_grad: float | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A line with its weight.

    Attributes
    ----------
    id, source, target : str
        Its own id and the ids of its two units.
    weight : float
    grad : float or None
        None before a sweep.
    """

    id: str
    source: str
    target: str
    weight: float
    grad: float | None = None


@dataclass(frozen=True)
class Diagram:
    """Units and links with their positions.

    Attributes
    ----------
    units, links : tuples
    captions : tuple of (float, str)
        The caption of each column, and its position.
    places : mapping
        The center of each unit.
    ways : mapping
        The points through which a link passes that skips columns.
    width, height : float
        The size of the diagram, in points.
    """

    units: tuple[Unit, ...]
    links: tuple[Link, ...]
    captions: tuple[tuple[float, str], ...]
    places: Mapping[str, Place]
    ways: Mapping[str, tuple[Place, ...]]
    width: float
    height: float

    def largest(self, gradient: bool = False) -> float:
        """Return the largest finite magnitude of a weight, or of its gradient; 0 if there is none.

        Biases are left out: a large bias would make all lines thin.
        """
        numbers = [link.grad if gradient else link.weight for link in self.links]
        return max((abs(x) for x in numbers if x is not None and math.isfinite(x)), default=0.0)

    @property
    def thickness(self) -> float:
        """Return the width scale of lines, 1 where there is space; many lines into one unit are drawn thinner."""
        entering = Counter(link.target for link in self.links)
        return float(min(1.0, (8.0 / max(entering.values(), default=1)) ** 0.75))


def strength(number: float | None, largest: float) -> float:
    """Return the strength of a weight, from 0 to 1: its share of the largest weight.

    >>> strength(-0.5, 2.0), strength(None, 2.0), strength(float("inf"), 2.0)
    (0.25, 0.0, 1.0)
    """
    if number is None or number != number or not largest:
        return 0.0
    return min(1.0, abs(number) / largest)


def arrange(units: Sequence[Unit], links: Sequence[Link], captions: Sequence[str]) -> Diagram:
    """Return the diagram of units in columns, in the given order, with links to later columns."""
    column = {unit.id: unit.column for unit in units}
    last = max(column.values())
    stacks: list[list[tuple[float, str]]] = [[] for _ in range(last + 1)]
    for unit in units:
        stacks[unit.column].append((0.0, unit.id))
    stacks = [_stacked([(float(i), id) for i, (_, id) in enumerate(stack)], UNIT) for stack in stacks]
    height = {id: y for stack in stacks for y, id in stack}
    skipping = [link for link in links if column[link.target] - column[link.source] > 1]
    for _ in range(4):  # lanes move units, and units move the lines that lanes follow; a second pass is enough
        height = _with_lanes(stacks, skipping, column, height)
    used = list(height.values())
    top, bottom = min(used) - UNIT / 2, max(used) + UNIT / 2
    across = max(ACROSS, min(320.0, 0.3 * (bottom - top)))  # tall columns are farther apart, so that lines do not bunch
    x = {c: MARGIN + RADIUS + across * c for c in range(last + 1)}
    places = {id: Place(x[column[id]], height[id] - top + 8.0) for id in column}
    ways = {
        link.id: tuple(
            Place(x[c], height[f"{link.id}|{c}"] - top + 8.0)
            for c in range(column[link.source] + 1, column[link.target])
        )
        for link in skipping
    }
    return Diagram(
        tuple(units),
        tuple(links),
        tuple((x[c], caption) for c, caption in enumerate(captions)),
        places,
        ways,
        2.0 * (MARGIN + RADIUS) + across * last,
        bottom - top + 16.0,
    )


def _with_lanes(
    stacks: Sequence[Sequence[tuple[float, str]]],
    skipping: Sequence[Link],
    column: Mapping[str, int],
    height: Mapping[str, float],
) -> dict[str, float]:
    """Return the heights of units and lanes; each lane lies between the units where its straight line would pass."""
    found: dict[str, float] = {}
    for c, stack in enumerate(stacks):
        wanted = [(height[id], id) for _, id in stack]
        for link in skipping:
            start, end = column[link.source], column[link.target]
            if start < c < end:
                along = (c - start) / (end - start)
                a, b = height[link.source], height[link.target]
                wanted.append((a + along * (b - a), f"{link.id}|{c}"))
        found |= {id: y for y, id in _stacked(sorted(wanted, key=lambda entry: entry[0]), UNIT)}
    return found


def _stacked(wanted: Sequence[tuple[float, str]], pitch: float) -> list[tuple[float, str]]:
    """Return the entries of a column one below the other, centered on 0; lanes are closer together than units."""
    y, placed = 0.0, []
    for i, (_, id) in enumerate(wanted):
        if i:
            lanes = ("|" in id) + ("|" in wanted[i - 1][1])
            y += (pitch, (pitch + LANE) / 2 + 4.0, LANE)[lanes]
        placed.append((y, id))
    return [(at - y / 2, id) for at, id in placed]
