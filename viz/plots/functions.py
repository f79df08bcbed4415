"""Plot activations with their derivatives, paths of descent, and learning rates."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd_core import Tensor, functions
from autograd_core.graph.node import Node
from autograd_core.records.primitive import TABLE, Pointwise

from ..style.errors import OptionError
from .style import DASHES, axes, finish, look_of, looks, marked, whole_numbers


def plot_activations(
    names: Sequence[str] | str = ("sigmoid", "tanh", "relu"),
    *,
    low: float = -5.0,
    high: float = 5.0,
    derivative: bool = True,
    ax: Any = None,
    theme: str | None = None,
) -> Any:
    """Plot activation functions, and with thin lines their derivatives, both computed from the records.

    Parameters
    ----------
    names : list of str
        Operations of one operand in the TABLE, such as ``"gelu"``; also ``"elu"``, whose second operand has a default.
    low, high : float
        The interval of pre-activations.
    derivative : bool
        Whether to plot derivatives too.
    ax : Axes, optional
    theme : {"light", "dark"}, optional

    Returns
    -------
    Axes
    """
    wanted = [names] if isinstance(names, str) else list(names)
    unary = sorted(filter(_is_unary, TABLE))
    for name in wanted:
        if name not in unary:
            told = ", ".join(one for one in unary if not one.endswith("_slope"))
            raise OptionError(f"There is no function {name!r} of one operand. There are: {told}.")
    ax, colors = axes(ax, theme)
    z = np.linspace(low, high, 801)
    for name, look in zip(wanted, looks(colors), strict=False):
        x = Tensor(z, requires_grad=True)
        y = getattr(functions, name)(x)
        ax.plot(z, np.asarray(y.data), **look, label=name)
        if derivative:
            y.backward(np.ones_like(z))
            ax.plot(z, np.asarray(x.grad), color=look["color"], linestyle=look["linestyle"], linewidth=0.9, alpha=0.85,
                    marker="|", markevery=40, markersize=7, label=f"{name}′")  # fmt: skip
    return finish(ax, colors, "pre-activation z", "f(z) and f′(z)" if derivative else "f(z)")


def _is_unary(name: str) -> bool:
    """Return whether a function of the TABLE takes one operand, element by element."""
    record = TABLE[name]
    return isinstance(record, Pointwise) and record.arity - len(record.defaults) == 1 and hasattr(functions, name)


def plot_learning_rates(
    schedules: Mapping[str, Callable[[int], float]] | Sequence[Callable[[int], float]] | Callable[[int], float],
    steps: int = 100,
    *,
    ax: Any = None,
    theme: str | None = None,
    log: bool = False,
) -> Any:
    """Plot learning rates over the steps of a training.

    Parameters
    ----------
    schedules : callable, list of callables, or dict of name to callable
        ``schedule(step)``, as ``fit`` takes it.
    steps : int
        The number of steps, from 0.
    ax : Axes, optional
    theme : {"light", "dark"}, optional
    log : bool
        Whether the axis of rates is logarithmic.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_learning_rates({"halved": lambda step: 0.5 ** step}, steps=4)
    >>> ax.lines[0].get_ydata().tolist()
    [1.0, 0.5, 0.25, 0.125]
    """
    if callable(schedules):
        schedules = [schedules]
    named = schedules if isinstance(schedules, Mapping) else {repr(s): s for s in schedules}
    ax, colors = axes(ax, theme)
    at = np.arange(steps)
    lines = []
    for (name, schedule), look in zip(named.items(), looks(colors), strict=False):
        lines += ax.plot(at, np.array([schedule(int(step)) for step in at]), **look, label=name)
    marked(lines)
    if log:
        ax.set_yscale("log")
    whole_numbers(ax)
    return finish(ax, colors, "step", "learning rate")


def plot_descent_1d(
    f: Callable[[Any], Any],
    path: ArrayLike | Mapping[str, ArrayLike],
    *,
    margin: float = 0.25,
    ax: Any = None,
    theme: str | None = None,
) -> Any:
    """Plot a function of one number and the path of a descent on it.

    Parameters
    ----------
    f : callable
        A function of a number, a Value or a Tensor.
    path : array_like, shape (steps + 1,), or dict of name to such
        The points, in order.
    margin : float
        How far the curve extends beyond the points, as a share of their range.
    ax : Axes, optional
    theme : {"light", "dark"}, optional

    Returns
    -------
    Axes
    """
    paths = _paths(path, 1)
    ax, colors = axes(ax, theme)
    every = np.concatenate([points[:, 0] for points in paths.values()])
    reach = max(float(np.ptp(every)), 1e-9) * margin
    x = np.linspace(every.min() - reach, every.max() + reach, 401)
    ax.plot(x, [number(f, at) for at in x], color=colors.muted, linewidth=1.5, label=_name(f))
    for i, (name, points) in enumerate(paths.items()):
        at = points[:, 0]
        ax.plot(at, [number(f, p) for p in at], **look_of(i, colors), linestyle=DASHES[i % len(DASHES)],
                linewidth=1.0, markersize=5, label=name)  # fmt: skip
    return finish(ax, colors, "w", "loss")


def plot_descent_contour(
    f: Callable[..., Any],
    path: ArrayLike | Mapping[str, ArrayLike],
    *,
    levels: int = 16,
    margin: float = 0.2,
    ax: Any = None,
    theme: str | None = None,
) -> Any:
    """Plot the contours of a function of two numbers and the paths of descents on it.

    Parameters
    ----------
    f : callable
        ``f(w1, w2)``.
    path : array_like, shape (steps + 1, 2), or dict of name to such
        The points of each path, in order; a hollow marker shows the first point.
    levels : int
        The number of contours; they are closer where the function is steeper.
    margin : float
        How far the picture extends beyond the points, as a share of their range.
    ax : Axes, optional
    theme : {"light", "dark"}, optional

    Returns
    -------
    Axes
    """
    paths = _paths(path, 2)
    ax, colors = axes(ax, theme, (5.6, 4.6))
    every = np.concatenate(list(paths.values()))
    reach = np.maximum(np.ptp(every, axis=0), 1e-9) * margin
    low, high = every.min(axis=0) - reach, every.max(axis=0) + reach
    x, y = np.linspace(low[0], high[0], 81), np.linspace(low[1], high[1], 81)
    z = heights(f, x, y)
    lines = ax.contour(x, y, z, levels=levels, colors=[colors.muted], linewidths=0.8, alpha=0.75)
    ax.clabel(lines, inline=True, fontsize=7, colors=[colors.muted])
    ax.plot([], [], color=colors.muted, linewidth=0.8, label=_name(f))
    for i, (name, points) in enumerate(paths.items()):
        look = look_of(i, colors)
        ax.plot(points[:, 0], points[:, 1], **look, linestyle=DASHES[i % len(DASHES)], linewidth=1.2,
                markersize=4, label=name)  # fmt: skip
        ax.plot(*points[0], marker=look["marker"], markersize=9, color=look["color"], fillstyle="none")
    return finish(ax, colors, "w₁", "w₂", grid=False)


def _paths(path: Any, width: int) -> dict[str, Any]:
    named = path if isinstance(path, Mapping) else {"descent": path}
    found = {str(name): np.asarray(points, dtype=float) for name, points in named.items()}
    found = {name: points.reshape(-1, 1) if points.ndim == 1 else points for name, points in found.items()}
    for name, points in found.items():
        if points.ndim != 2 or points.shape[1] != width or not len(points):
            shape = "(steps,)" if width == 1 else "(steps, 2)"
            raise OptionError(f"The path {name!r} has shape {points.shape}, and one of shape {shape} can be plotted.")
    return found


def number(f: Callable[..., Any], *at: float) -> float:
    """Return the result of a function as a number; the function may return a node or a NumPy number."""
    made = f(*map(float, at))
    return float(made.data if isinstance(made, Node) else made)  # type: ignore[attr-defined]


def heights(f: Callable[..., Any], x: Any, y: Any) -> Any:
    """Return a function of two numbers at every point of a grid, one row for each ``y``."""
    return np.array([[number(f, a, b) for a in x] for b in y])


def _name(f: Any) -> str:
    name = getattr(f, "__name__", "f")
    return "loss" if name == "<lambda>" or not inspect.isfunction(f) else name
