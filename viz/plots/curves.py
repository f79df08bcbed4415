"""Plot curves over a line: functions of one number, and the outputs of a network with one input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..style.errors import OptionError
from .functions import number
from .models import outputs
from .style import axes, finish, looks

#: number of points of a curve
POINTS = 401


def plot_functions(
    functions: Mapping[str, Callable[[Any], Any]] | Sequence[Callable[[Any], Any]] | Callable[[Any], Any],
    low: float = -5.0,
    high: float = 5.0,
    *,
    x: str = "x",
    y: str = "y",
    ax: Any = None,
    theme: str | None = None,
) -> Any:
    """Plot functions of one number, such as losses and gradients.

    Parameters
    ----------
    functions : callable, list of callables, or dict of name to callable
        Each takes a number and returns a number or a node.
    low, high : float
        The interval, both ends included.
    x, y : str
        The labels of the axes.
    ax : Axes, optional
    theme : {"light", "dark"}, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> from autograd_core import grad
    >>> ax = plot_functions({"x²": lambda x: x * x, "its derivative": grad(lambda x: x * x)}, 0.0, 1.0)
    >>> [(line.get_label(), float(line.get_ydata()[-1])) for line in ax.lines]
    [('x²', 1.0), ('its derivative', 2.0)]
    """
    if callable(functions):
        functions = [functions]
    named = functions if isinstance(functions, Mapping) else {getattr(f, "__name__", "f"): f for f in functions}
    if not low < high:
        raise OptionError(f"Functions are plotted from low to high, and low={low!r} is not below high={high!r}.")
    ax, colors = axes(ax, theme)
    at = np.linspace(low, high, POINTS)
    for (name, f), look in zip(named.items(), looks(colors), strict=False):
        ax.plot(at, [number(f, point) for point in at], **look, label=name)
    return finish(ax, colors, x, y, legend=len(named) > 1)


def plot_fit(
    model: Any,
    X: ArrayLike,
    y: ArrayLike,
    *,
    truth: Callable[[float], float] | None = None,
    units: bool = False,
    ax: Any = None,
    theme: str | None = None,
) -> Any:
    """Plot samples of one feature and the curve of a model.

    Parameters
    ----------
    model : callable, or dict of name to callable
        A model of one input and one output, of Values or of Tensors, or several models.
    X : array_like, shape (samples, 1)
    y : array_like, shape (samples,)
    truth : callable, optional
        The true function behind the samples.
    units : bool
        Whether to plot the outputs of the last hidden layer too, with thin dashed lines: the curve is their weighted
        sum.
    ax : Axes, optional
    theme : {"light", "dark"}, optional

    Returns
    -------
    Axes

    Raises
    ------
    OptionError
        For samples of several features, or ``units=True`` with a model without layers.

    Examples
    --------
    >>> from nn import MLP
    >>> bend = MLP(1, [2, 1], init=[[[1.0], [-1.0]], [[1.0, 1.0]]])
    >>> ax = plot_fit(bend, [[-1.0], [1.0]], [1.0, 1.0], units=True)
    >>> [line.get_label() for line in ax.lines]
    ['hidden units', '_unit 2', 'model']
    """
    samples, targets = np.asarray(X, dtype=float), np.asarray(y, dtype=float).ravel()
    if samples.ndim != 2 or samples.shape[1] != 1 or len(samples) != len(targets):
        raise OptionError(
            f"A fit is plotted over one feature: X has shape (samples, 1) and y (samples,), not {samples.shape} and "
            f"{targets.shape}. One feature alone is a column, x.reshape(-1, 1)."
        )
    named = model if isinstance(model, Mapping) else {"model": model}
    ax, colors = axes(ax, theme)
    reach = 0.04 * max(float(np.ptp(samples)), 1e-9)
    grid = np.linspace(samples.min() - reach, samples.max() + reach, POINTS)
    rows = grid.reshape(-1, 1)
    if truth is not None:
        y_true = [number(truth, point) for point in grid]
        ax.plot(grid, y_true, color=colors.muted, linewidth=1.4, linestyle=(0, (1, 1.2)), label="truth")
    if units:
        for each in named.values():
            for i, unit in enumerate(_hidden(each, rows).T):
                label = "hidden units" if not i else f"_unit {i + 1}"  # one legend entry for all units
                ax.plot(grid, unit, color=colors.muted, linewidth=1.0, linestyle=(0, (4, 3)), label=label)
    for (name, each), look in zip(named.items(), looks(colors), strict=False):
        ax.plot(grid, outputs(each, rows)[:, 0], **look, label=name)
    ax.scatter(samples[:, 0], targets, s=16, color=colors.text, alpha=0.55, linewidths=0.0, label="samples", zorder=3)
    return finish(ax, colors, "x", "y")


def _hidden(model: Any, rows: Any) -> Any:
    """Return the inputs of the last layer, one column for each unit."""
    layers = getattr(model, "layers", None)
    if not isinstance(layers, list) or len(layers) < 2:
        raise OptionError(f"A {type(model).__name__} has no hidden layer whose units could be plotted: units=False.")
    for layer in layers[:-1]:
        rows = outputs(layer, rows)
    return rows
