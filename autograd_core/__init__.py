"""Differentiate by reverse mode: one rule for each operation, read in many ways.

>>> from autograd_core import Value
>>> a, b = Value(-4.0), Value(2.0)
>>> c = a + b
>>> d = a * b + b**3
>>> d.backward()
>>> d.data, a.grad, b.grad
(0.0, 2.0, 8.0)
"""

from __future__ import annotations

from .native import compiled_copy  # first, so that no compiled copy of another source is imported

# isort: split
from . import functions
from .array.stacking import stack, unstack
from .array.tensor import Tensor
from .errors import AutogradError
from .graph import copying as copying  # gives nodes __copy__, __deepcopy__ and __reduce__
from .graph.history import history
from .graph.modes import capture_source, detect_anomaly, no_grad
from .graph.node import COMPILED
from .graph.scope import scope
from .graph.sweep import sweep
from .programs.program import Program, trace
from .readings.operation import register
from .records.primitive import TABLE, Bilinear, Form, Interval, Pointwise
from .records.primitive import Linear as Linear  # not for ``import *``, where it would hide the layer ``nn.Linear``
from .scalar.value import Value
from .transforms.derivatives import grad, gradient, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from .transforms.finite_differences import check_grad
from .transforms.rule_checks import check_primitive

__version__ = "0.1.0"
__compiled__ = COMPILED  # whether the engine runs compiled: the same source, built by mypyc

if COMPILED:
    compiled_copy.document()

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
