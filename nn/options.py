"""Check options; an error names the valid range."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .errors import OperandError, OptionError


def in_range(name: str, x: Any, low: float, below: float = math.inf) -> float:
    """Return a number in [low, below), or raise an error.

    >>> in_range("momentum", 1.0, 0.0, 1.0)
    Traceback (most recent call last):
        ...
    nn.errors.OptionError: momentum must be at least 0 and less than 1; it is 1.0.
    """
    if isinstance(x, (bool, str, bytes)) or not isinstance(x, (int, float, np.integer, np.floating)):
        raise OperandError(f"{name} is a number, not {type(x).__name__} {x!r}.")
    if not low <= float(x) < below:
        upper = " and finite" if below == math.inf else f" and less than {below:g}"
        raise OptionError(f"{name} must be at least {low:g}{upper}; it is {x!r}.")
    return float(x)


def count(n: Any, what: str, at_least: int = 1, error: type[ValueError] = OptionError) -> int:
    """Return n as a whole number that is large enough, or raise an error.

    >>> count(np.int64(3), "the number of epochs")
    3
    """
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)):
        raise OperandError(f"{what} is a whole number, not {type(n).__name__} {n!r}.")
    if n < at_least:
        raise error(f"{what} must be at least {at_least}; it is {n}.")
    return int(n)


def called(f: Any, what: str, instead: str) -> Any:
    """Return a function or None; raise an error with the correct call for an object that cannot be called.

    >>> called(0.1, "schedule", "schedule=lambda step: 0.1")
    Traceback (most recent call last):
        ...
    autograd_core.errors.OperandError: schedule is a function, not float 0.1: write schedule=lambda step: 0.1.
    """
    if f is not None and not callable(f):
        raise OperandError(f"{what} is a function, not {type(f).__name__} {f!r}: write {instead}.")
    return f
