"""Time several sides of the same task, interleaved in one process.

Every round times all sides, one after the other, and each round starts with another side. A side runs often enough to
take milliseconds. Its time is the median over the rounds; its ratio is the median of the ratios within each round. The
clock is wall time, since some peers compute in several threads.

Before the timing starts, all sides must compute the same numbers. The garbage collector keeps Python's settings, but
objects that exist before the timing are frozen. Otherwise a side that allocates much would also pay for scanning the
modules that other sides have imported.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Sides", "Work", "compare_sides", "interleave", "medians"]

Work = Callable[[], Any]

#: For each side, a function that returns two: the work to be timed, and one that returns numbers to be compared.
Sides = dict[str, Callable[[], tuple[Work, Work]]]


def compare_sides(sides: Sides, rounds: int, least: float, tolerance: float = 1e-8) -> dict[str, Any]:
    """Measure each installed side: its seconds, and their ratio to the seconds of the first side."""
    installed = _installed(sides)
    _check_agreement(installed, tolerance)
    return medians(interleave({name: step for name, (step, _) in installed.items()}, rounds, least))


def _installed(sides: Sides) -> dict[str, tuple[Work, Work]]:
    """Return the sides whose packages are installed."""
    installed = {}
    for name, make in sides.items():
        try:
            installed[name] = make()
        except ImportError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    return installed


def _check_agreement(sides: dict[str, tuple[Work, Work]], tolerance: float) -> None:
    """Exit with a message unless all sides compute the same numbers."""
    results = {name: [np.asarray(x) for x in compute()] for name, (_, compute) in sides.items()}
    first, expected = next(iter(results.items()))
    for name, computed in results.items():
        for ours, theirs in zip(expected, computed, strict=True):
            if not np.allclose(theirs, ours, rtol=tolerance, atol=tolerance * max(1e-4, float(np.abs(ours).max()))):
                sys.exit(f"{name} and {first} compute different numbers: {theirs!r:.200} and {ours!r:.200}.")


def interleave(steps: dict[str, Work], rounds: int, least: float) -> dict[str, list[float]]:
    """Return the seconds of one call of each side, one entry for each round.

    In each round a side is called until about ``least`` seconds have passed.
    """
    calls = {}
    for name, step in steps.items():
        step(), step()
        start = time.perf_counter()
        step()
        calls[name] = max(1, int(least / (time.perf_counter() - start)))
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    names = list(steps)
    gc.collect()
    gc.freeze()
    try:
        for i in range(rounds):
            for name in names[i % len(names) :] + names[: i % len(names)]:
                step, count = steps[name], calls[name]
                step()  # fills the caches again after the previous side
                start = time.perf_counter()
                for _ in range(count):
                    step()
                seconds[name].append((time.perf_counter() - start) / count)
    finally:
        gc.unfreeze()
    return seconds


def medians(seconds: dict[str, list[float]]) -> dict[str, Any]:
    """Return the median time of each side, and the median of its ratios to the first side."""
    first = next(iter(seconds))
    return {
        name: {
            "seconds": statistics.median(times),
            "ratio": statistics.median(b / a for a, b in zip(seconds[first], times, strict=True)),
        }
        for name, times in seconds.items()
    }
