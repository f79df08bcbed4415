"""Fair comparisons of two pieces of work: taken in turns, in one process, with garbage collection as Python sets it.

A single timing says little on a shared machine: its clock speed, caches and neighbours change from second to second.
So both sides are timed in every round, one right after the other, whoever began the last round comes second in the
next, and what is reported is the median of the rounds' ratios. Rubbish of one side is collected before the other
side's clock starts; while a clock runs, the collector works as Python's defaults let it, since it is part of the cost.
"""

from __future__ import annotations

import gc
import platform
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Pair", "bytes_kept", "machine", "paired", "seconds"]


@dataclass(frozen=True)
class Pair:
    """What two sides took for the same work: the medians in seconds, and the median of the ratios of the rounds."""

    ours: float
    peer: float
    ratio: float
    lowest: float
    highest: float
    rounds: int


def seconds(work: Callable[[], Any]) -> float:
    """Return the processor time of one call. It leaves out what other processes take from this one."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def paired(ours: Callable[[], Any], peer: Callable[[], Any], rounds: int) -> Pair:
    """Time two sides in turns, after one call of each to warm up."""
    ours(), peer()
    mine: list[float] = []
    theirs: list[float] = []
    for i in range(rounds):
        turn = [(ours, mine), (peer, theirs)]
        for work, times in turn if i % 2 == 0 else reversed(turn):
            times.append(seconds(work))
    ratios = sorted(b / a for a, b in zip(mine, theirs, strict=True))
    return Pair(
        statistics.median(mine), statistics.median(theirs), statistics.median(ratios), ratios[0], ratios[-1], rounds
    )


def bytes_kept(build: Callable[[], Any]) -> int:
    """Return how much memory what ``build()`` returns holds, after the rubbish of making it is gone."""
    build()  # caches are filled once, not for every graph
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


def machine() -> dict[str, str]:
    """Return what the figures depend on, without anything that says whose machine it is."""
    threshold = ", ".join(map(str, gc.get_threshold()))
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "garbage collector": f"{'on' if gc.isenabled() else 'off'}, thresholds {threshold}",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "not known"
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{models[0]}, {len(models)} logical" if models else platform.machine()
