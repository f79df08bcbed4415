"""Arithmetic in which inf and nan are answers, not warnings.

Entering ``np.errstate`` costs over a microsecond, as much as a small operation itself. NumPy keeps its error state in
a context variable, so a context in which it was set once can be entered again and again for a tenth of that. The
user's own error state is another context's, and is never touched.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import Any

import numpy as np

__all__ = ["inside", "quiet", "quietly"]

_inside = ContextVar("_inside", default=False)

#: ``inside()`` tells whether the caller is in a quiet context already, which cannot be entered a second time.
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
    """Call a function with NumPy's floating-point warnings switched off.

    >>> quietly(np.divide, np.array([1.0]), np.array([0.0])).tolist()
    [inf]
    """
    return f(*args, **kwargs) if inside() else quiet.run(f, *args, **kwargs)
