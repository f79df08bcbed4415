"""A network as circles and lines with their places; who draws it needs to know nothing else.

Columns are given by the network, so nothing has to be searched for: units stand in their column in the order of their
numbers, and a link that skips columns passes between the units of each, as near to the straight line as they allow.

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

__all__ = ["RADIUS", "Diagram", "Link", "Place", "Unit", "arrange", "strength"]

#: points
RADIUS = 24.0
ACROSS, UNIT, LANE, MARGIN = 150.0, 66.0, 26.0, 46.0


class Place(NamedTuple):
    """A point of the picture; y grows downwards."""

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
        "" for a unit that goes without.
    kind : {"input", "hidden", "output", "more"}
        "more" stands for units that are not shown.
    activation : str
        The name of its function; "" for an input.
    curve : tuple of float
        The function between -3 and 3, scaled to 0 … 1, for the sign inside the circle.
    value : float or None
        What it made of the sample; None without one.
    bias : float or None
    bias_grad : float or None
        None if no sweep has computed it.
    state : {"", "off", "dead"}
        "off" if it is 0 for the sample, "dead" if it is 0 for all data.
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
        Its own id and those of two units.
    weight : float
    grad : float or None
        None if no sweep has computed it.
    """

    id: str
    source: str
    target: str
    weight: float
    grad: float | None = None


@dataclass(frozen=True)
class Diagram:
    """Units and links, and where they are.

    Attributes
    ----------
    units, links : tuples
    captions : tuple of (float, str)
        What stands below each column, and where.
    places : mapping
        The centre of each unit.
    ways : mapping
        For a link that skips columns, the points it passes.
    width, height : float
        Of the whole, in points.
    """

    units: tuple[Unit, ...]
    links: tuple[Link, ...]
    captions: tuple[tuple[float, str], ...]
    places: Mapping[str, Place]
    ways: Mapping[str, tuple[Place, ...]]
    width: float
    height: float

    def largest(self, gradient: bool = False) -> float:
        """Return the largest finite magnitude of a weight, or of the gradient of one; 0 if there is none.

        Biases do not count: a large one would make all lines thin.
        """
        numbers = [link.grad if gradient else link.weight for link in self.links]
        return max((abs(x) for x in numbers if x is not None and math.isfinite(x)), default=0.0)

    @property
    def thickness(self) -> float:
        """How thick lines may be, 1 where there is room: many that enter one unit are drawn thinner."""
        entering = Counter(link.target for link in self.links)
        return float(min(1.0, (8.0 / max(entering.values(), default=1)) ** 0.75))


def strength(number: float | None, largest: float) -> float:
    """Return how strongly a weight is drawn, from 0 to 1: its share of the largest.

    >>> strength(-0.5, 2.0), strength(None, 2.0), strength(float("inf"), 2.0)
    (0.25, 0.0, 1.0)
    """
    if number is None or number != number or not largest:
        return 0.0
    return min(1.0, abs(number) / largest)


def arrange(units: Sequence[Unit], links: Sequence[Link], captions: Sequence[str]) -> Diagram:
    """Return the diagram of units, each in its column in the given order, and links that go to later columns."""
    column = {unit.id: unit.column for unit in units}
    last = max(column.values())
    stacks: list[list[tuple[float, str]]] = [[] for _ in range(last + 1)]
    for unit in units:
        stacks[unit.column].append((0.0, unit.id))
    stacks = [_stacked([(float(i), id) for i, (_, id) in enumerate(stack)], UNIT) for stack in stacks]
    height = {id: y for stack in stacks for y, id in stack}
    skipping = [link for link in links if column[link.target] - column[link.source] > 1]
    for _ in range(4):  # lanes push units apart, which moves the lines that lanes follow; it settles at once
        height = _with_lanes(stacks, skipping, column, height)
    used = list(height.values())
    top, bottom = min(used) - UNIT / 2, max(used) + UNIT / 2
    across = max(ACROSS, min(320.0, 0.3 * (bottom - top)))  # tall columns stand apart, so that lines do not bunch
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
    """Return the heights of units and lanes, each lane put between units where its straight line would pass."""
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
    """Return a column's entries one below the other, centred on 0: lanes stand closer than units do."""
    y, placed = 0.0, []
    for i, (_, id) in enumerate(wanted):
        if i:
            lanes = ("|" in id) + ("|" in wanted[i - 1][1])
            y += (pitch, (pitch + LANE) / 2 + 4.0, LANE)[lanes]
        placed.append((y, id))
    return [(at - y / 2, id) for at, id in placed]
