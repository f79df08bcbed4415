"""Computation graphs drawn, stepped through and written as evaluation traces.

>>> from autograd_core import Value
>>> a = Value(3.0, label="a")
>>> draw(a * a)
<Drawing of v1: 1 given, 1 computed>
"""

from __future__ import annotations

from .drawing import Drawing, draw, draw_dot

__all__ = ["Drawing", "draw", "draw_dot"]
