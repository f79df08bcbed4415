"""Computation graphs drawn and stepped through, trainings filmed, plotted and played with.

What shows networks and trainings (``film``, ``Playground``, ``plot_...``) is imported when it is first asked for.

>>> from autograd_core import Value
>>> a = Value(3.0, label="a")
>>> draw(a * a)
<Drawing of v1: 1 given, 1 computed>
>>> len(step(a * a)), len(trace_table(a * a))
(4, 2)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .drawing import Drawing, draw
from .micrograd import draw_dot
from .overview import text
from .showing import register
from .stepper import Stepper, step
from .steps import Step
from .table import TraceTable, trace_table

if TYPE_CHECKING:
    from .films import Film, film
    from .flows import gradient_flow
    from .networks import draw_network
    from .playground import Playground
    from .plots import (
        plot_activations,
        plot_confusion,
        plot_contours,
        plot_decision_boundary,
        plot_descent_1d,
        plot_descent_contour,
        plot_fit,
        plot_functions,
        plot_gradient_norms,
        plot_histograms,
        plot_history,
        plot_learning_rates,
        plot_surface,
    )
    from .recording import Recording
    from .staged import stages

__all__ = [
    "Drawing",
    "Film",
    "Playground",
    "Recording",
    "Step",
    "Stepper",
    "TraceTable",
    "draw",
    "draw_dot",
    "draw_network",
    "film",
    "gradient_flow",
    "plot_activations",
    "plot_confusion",
    "plot_contours",
    "plot_decision_boundary",
    "plot_descent_1d",
    "plot_descent_contour",
    "plot_fit",
    "plot_functions",
    "plot_gradient_norms",
    "plot_histograms",
    "plot_history",
    "plot_learning_rates",
    "plot_surface",
    "stages",
    "step",
    "text",
    "trace_table",
]

_ROOMS = {
    "Film": "films",
    "Playground": "playground",
    "Recording": "recording",
    "draw_network": "networks",
    "film": "films",
    "gradient_flow": "flows",
    "stages": "staged",
}


def __getattr__(name: str) -> Any:
    """Import what knows networks only when it is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f".{_ROOMS.get(name, 'plots')}", __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


register()
