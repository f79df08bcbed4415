"""Computation graphs drawn, stepped through and written as evaluation traces.

>>> from autograd_core import Value
>>> a = Value(3.0, label="a")
>>> draw(a * a)
<Drawing of v1: 1 given, 1 computed>
>>> len(step(a * a)), len(trace_table(a * a))
(4, 2)
"""

from __future__ import annotations

from .drawing import Drawing, draw
from .micrograd import draw_dot
from .overview import text
from .showing import register
from .stepper import Stepper, step
from .steps import Step
from .table import TraceTable, trace_table

__all__ = ["Drawing", "Step", "Stepper", "TraceTable", "draw", "draw_dot", "step", "text", "trace_table"]

register()
