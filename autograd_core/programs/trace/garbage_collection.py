"""Pause the garbage collector during work that makes many small tuples and no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Pause the garbage collector, which would scan all new objects repeatedly without freeing any.

    Its state is restored afterward, also with several threads: a thread that finds it paused does not resume it.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
