"""Draw computation graphs, step through them, and film, plot and play with training.

Functions for networks and training (``film``, ``Playground``, ``plot_...``) are imported when they are first used.

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

from .drawing.drawing import Drawing, draw
from .drawing.micrograd import draw_dot
from .notebook.display import register
from .scene.overview import text
from .stepper.stepper import Stepper, step
from .stepper.trace_table import TraceTable, trace_table
from .steps.steps import Step

if TYPE_CHECKING:
    from .film.film import Film, film
    from .film.recording import Recording
    from .network.gradient_flow import gradient_flow
    from .network.network_drawing import draw_network
    from .playground.playground import Playground
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
    from .stepper.stages import stages

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

_MODULES = {
    "Film": "film.film",
    "Playground": "playground.playground",
    "Recording": "film.recording",
    "draw_network": "network.network_drawing",
    "film": "film.film",
    "gradient_flow": "network.gradient_flow",
    "stages": "stepper.stages",
}

# Python binds a package to its name when it is first imported. Import the package first, then free its name for the
# function ``viz.film``.
import_module(".film", __name__)
del globals()["film"]


def __getattr__(name: str) -> Any:
    """Import a name of the network wings when it is first used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f".{_MODULES.get(name, 'plots')}", __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


register()
