"""A pause of the garbage collector, for work that makes many small tuples and no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["uncollected"]


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the garbage collector wait: it would look through everything made so far, again and again, for nothing.

    It is left as it was found, also by several threads at once: who finds it waiting does not wake it.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
