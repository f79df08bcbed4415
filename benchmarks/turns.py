"""Several sides of the same work, timed in turns in one process.

Every round times all sides, one after the other, in turn from another one on, each often enough to take milliseconds;
a figure is the median of the rounds, a ratio the median of the rounds' ratios. The clock is the wall's, since some
peers compute in several threads. Before anything is timed, all sides must agree. The garbage collector is as Python
sets it, but what was there before is not its business: otherwise a side that makes rubbish would pay for all the
modules that the others have imported.
"""

from __future__ import annotations

import gc
import importlib.metadata
import math
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Sides", "Work", "compared", "in_turns", "row", "shown", "times", "versions"]

Work = Callable[[], Any]

#: A side makes a pair: the work to be timed, and a function that returns the numbers the work is about.
Sides = dict[str, Callable[[], tuple[Work, Work]]]


def row(sides: Sides, rounds: int, least: float, tolerance: float = 1e-8) -> dict[str, Any]:
    """Measure one row of a table: name -> seconds, and how many times those of the first side they are."""
    found = _available(sides)
    _agree(found, tolerance)
    return compared(in_turns({name: step for name, (step, _) in found.items()}, rounds, least))


def _available(sides: Sides) -> dict[str, tuple[Work, Work]]:
    """Return the sides whose packages are installed."""
    found = {}
    for name, make in sides.items():
        try:
            found[name] = make()
        except ImportError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    return found


def _agree(sides: dict[str, tuple[Work, Work]], tolerance: float) -> None:
    """Make sure that all sides do the same work."""
    answers = {name: [np.asarray(x) for x in answer()] for name, (_, answer) in sides.items()}
    first, expected = next(iter(answers.items()))
    for name, found in answers.items():
        for mine, theirs in zip(expected, found, strict=True):
            if not np.allclose(theirs, mine, rtol=tolerance, atol=tolerance * max(1e-4, float(np.abs(mine).max()))):
                sys.exit(f"{name} does not compute the same as {first}: {theirs!r:.200} and not {mine!r:.200}.")


def in_turns(steps: dict[str, Work], rounds: int, least: float) -> dict[str, list[float]]:
    """Return the times of one call of each side, one a round."""
    calls = {}
    for name, step in steps.items():
        step(), step()
        start = time.perf_counter()
        step()
        calls[name] = max(1, int(least / (time.perf_counter() - start)))
    times: dict[str, list[float]] = {name: [] for name in steps}
    names = list(steps)
    gc.collect()
    gc.freeze()
    try:
        for i in range(rounds):
            for name in names[i % len(names) :] + names[: i % len(names)]:
                step, count = steps[name], calls[name]
                step()  # the one before has left the caches as it needs them
                start = time.perf_counter()
                for _ in range(count):
                    step()
                times[name].append((time.perf_counter() - start) / count)
    finally:
        gc.unfreeze()
    return times


def compared(times: dict[str, list[float]]) -> dict[str, Any]:
    """Return the medians, and the medians of the ratios to the first side."""
    first = next(iter(times))
    return {
        name: {
            "seconds": statistics.median(taken),
            "ratio": statistics.median(b / a for a, b in zip(times[first], taken, strict=True)),
        }
        for name, taken in times.items()
    }


def versions(*names: str) -> dict[str, str]:
    """Return the versions of those packages that are installed."""
    found = {}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def shown(seconds: float) -> str:
    """Return a time with its unit."""
    for unit, scale in (("µs", 1e6), ("ms", 1e3)):
        if seconds * scale < 1000.0:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds:.3g} s"


def times(ratio: float) -> str:
    """Return a ratio as it is read.

    >>> times(0.4412), times(3.75), times(33.7), times(48_812.0)
    ('0.44×', '3.75×', '33.7×', '48,800×')
    """
    if ratio < 1.0:
        return f"{ratio:.2f}×"
    digits = 2 - math.floor(math.log10(ratio))
    return f"{round(ratio, digits):,.{max(digits, 0)}f}×"
