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

_local = threading.local()


def quietly(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function with NumPy's floating-point warnings switched off.

    >>> quietly(np.divide, np.array([1.0]), np.array([0.0])).tolist()
    [inf]
    """
    try:
        run = _local.run
    except AttributeError:
        context = copy_context()  # one for each thread: a context can be entered only once at a time
        context.run(np.seterr, all="ignore")
        run = _local.run = context.run
    try:
        return run(f, *args, **kwargs)
    except RuntimeError as error:
        if "cannot enter context" not in str(error):
            raise
        return f(*args, **kwargs)  # this thread is inside already
