"""Plot training, functions and models (Matplotlib, extra ``plot``).

Each function takes ``ax=``, draws there and returns it; without ``ax`` it makes a figure. Curves differ by dashes and
markers as well as by color, so they can be distinguished in print and with every kind of color vision.

>>> ax = plot_activations(["tanh", "relu"])
>>> ax.get_xlabel()
'pre-activation z'
"""

from __future__ import annotations

from .curves import plot_fit, plot_functions
from .functions import plot_activations, plot_descent_1d, plot_descent_contour, plot_learning_rates
from .models import plot_confusion, plot_decision_boundary, plot_histograms
from .surfaces import plot_contours, plot_surface
from .training import plot_gradient_norms, plot_history

__all__ = [
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
]
