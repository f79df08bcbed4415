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

from . import twins as twins  # first, so that no machine code of another text is imported

# isort: split
from . import functions
from .checks import check_primitive
from .differences import check_grad
from .errors import AutogradError
from .history import history
from .joining import stack, unstack
from .modes import capture_source, detect_anomaly, no_grad
from .node import COMPILED
from .operation import register
from .primitive import TABLE, Bilinear, Form, Interval, Pointwise
from .primitive import Linear as Linear  # not for ``import *``, in which it would hide the layer ``nn.Linear``
from .program import Program, trace
from .scope import scope
from .sweep import sweep
from .tensor import Tensor
from .transforms import grad, gradient, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from .value import Value

__version__ = "0.1.0"
__compiled__ = COMPILED  # whether the engine runs as machine code: the same text, built by mypyc

if COMPILED:
    twins.document()

__all__ = [
    "TABLE",
    "AutogradError",
    "Bilinear",
    "Form",
    "Interval",
    "Pointwise",
    "Program",
    "Tensor",
    "Value",
    "capture_source",
    "check_grad",
    "check_primitive",
    "detect_anomaly",
    "functions",
    "grad",
    "gradient",
    "hessian",
    "history",
    "hvp",
    "jacobian",
    "jvp",
    "no_grad",
    "register",
    "scope",
    "stack",
    "sweep",
    "trace",
    "unstack",
    "value_and_grad",
    "vjp",
]
