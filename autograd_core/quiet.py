"""Arithmetic in which inf and nan are answers, not warnings.

Entering ``np.errstate`` costs over a microsecond, as much as a small operation itself. NumPy keeps its error state in
a context variable, so a context in which it was set once can be entered again and again for a tenth of that. The
user's own error state is another context's, and is never touched.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import numpy as np

__all__ = ["quietly"]

class _Quiet(threading.local):
    """The context of a thread, and whether the thread is inside: a context can be entered only once at a time."""

    def __init__(self) -> None:
        context = copy_context()
        context.run(np.seterr, all="ignore")
        self.run = context.run
        self.inside = False


_quiet = _Quiet()


def quietly(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function with NumPy's floating-point warnings switched off.

    >>> quietly(np.divide, np.array([1.0]), np.array([0.0])).tolist()
    [inf]
    """
    if _quiet.inside:
        return f(*args, **kwargs)
    _quiet.inside = True
    try:
        return _quiet.run(f, *args, **kwargs)
    finally:
        _quiet.inside = False
