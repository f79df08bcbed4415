"""A reverse-mode automatic differentiation engine to look into: one rule an operation, read many ways.

>>> from autograd_core import Value
>>> a, b = Value(-4.0), Value(2.0)
>>> c = a + b
>>> d = a * b + b**3
>>> d.backward()
>>> d.data, a.grad, b.grad
(0.0, 2.0, 8.0)
"""

from __future__ import annotations

from . import functions
from .checks import check_grad, check_primitive
from .errors import AutogradError
from .functions import register
from .history import history
from .modes import capture_source, detect_anomaly, no_grad
from .primitive import TABLE, Form, Interval, Pointwise
from .scope import scope
from .sweep import sweep
from .transforms import grad, gradient, value_and_grad
from .value import Value

__version__ = "0.1.0"

__all__ = [
    "TABLE",
    "AutogradError",
    "Form",
    "Interval",
    "Pointwise",
    "Value",
    "capture_source",
    "check_grad",
    "check_primitive",
    "detect_anomaly",
    "functions",
    "grad",
    "gradient",
    "history",
    "no_grad",
    "register",
    "scope",
    "sweep",
    "value_and_grad",
]
