"""Compute with inf and nan as results, without warnings.

Entering ``np.errstate`` takes over a microsecond, as long as a small operation itself. NumPy stores its error state in
a context variable, so a context in which it was set once can be entered again for a tenth of the time. The user's own
error state is in another context and never changes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import Any

import numpy as np

_inside = ContextVar("_inside", default=False)

#: ``inside()`` returns whether the caller is already in a quiet context, which cannot be entered a second time.
inside = _inside.get


class _Quiet(threading.local):
    """The quiet context of a thread: ``quiet.run(f, *args)`` calls a function in it."""

    def __init__(self) -> None:
        context = copy_context()
        context.run(np.seterr, all="ignore")
        context.run(_inside.set, True)
        self.run = context.run


quiet = _Quiet()


def quietly(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function without NumPy's floating-point warnings.

    >>> quietly(np.divide, np.array([1.0]), np.array([0.0])).tolist()
    [inf]
    """
    return f(*args, **kwargs) if inside() else quiet.run(f, *args, **kwargs)
