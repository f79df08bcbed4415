"""Compare two sides of the same task fairly, and measure memory.

The clock speed, caches and load of a shared machine change from second to second, so a single timing says little.
Therefore every round times both sides, one directly after the other, and they alternate in going first. The result is
the median of the ratios within each round.

Garbage of one side is collected before the clock of the other side starts. While a clock runs, the collector keeps
Python's default settings, since collection is part of the cost.
"""

from __future__ import annotations

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Pair", "bytes_kept", "compare_pair", "processor_time"]


@dataclass(frozen=True)
class Pair:
    """The times of two sides: their medians in seconds, and median, lowest and highest ratio of the rounds."""

    ours: float
    peer: float
    ratio: float
    lowest: float
    highest: float
    rounds: int


def processor_time(work: Callable[[], Any]) -> float:
    """Return the processor time of one call, which excludes the time of other processes."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def compare_pair(ours: Callable[[], Any], peer: Callable[[], Any], rounds: int) -> Pair:
    """Time two sides alternately, after one call of each to warm up."""
    ours(), peer()
    our_times: list[float] = []
    peer_times: list[float] = []
    for i in range(rounds):
        sides = [(ours, our_times), (peer, peer_times)]
        for work, times in sides if i % 2 == 0 else reversed(sides):
            times.append(processor_time(work))
    ratios = sorted(b / a for a, b in zip(our_times, peer_times, strict=True))
    return Pair(
        statistics.median(our_times),
        statistics.median(peer_times),
        statistics.median(ratios),
        ratios[0],
        ratios[-1],
        rounds,
    )


def bytes_kept(build: Callable[[], Any]) -> int:
    """Return the memory that the result of ``build()`` keeps, without temporary objects."""
    build()  # fills caches, which do not belong to the result
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = build()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        del kept
        return after - before
    finally:
        tracemalloc.stop()
