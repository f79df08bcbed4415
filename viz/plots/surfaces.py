"""Plot functions of two numbers: as a surface, and by their level curves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..style.errors import OptionError
from ..style.theme import Theme, mix
from .functions import heights
from .models import outputs
from .style import axes, finish, looks, palette

Floats = NDArray[np.float64]
Levels = float | Sequence[float]


def plot_surface(
    f: Any,
    low: float = -2.0,
    high: float = 2.0,
    *,
    x: str = "x₁",
    y: str = "x₂",
    z: str = "f",
    resolution: int = 41,
    ax: Any = None,
    theme: str | None = None,
) -> Any:
    """Plot a function of two numbers as a surface, with contours on the floor; a stronger color is higher.

    Parameters
    ----------
    f : callable or model
        ``f(x1, x2)``, which returns a number or a node; or a model of two inputs and one output.
    low, high : float
        The interval of both numbers, both ends included.
    x, y, z : str
        The labels of the axes.
    resolution : int
        The number of grid points along each side.
    ax : Axes3D, optional
        Axes made with ``projection="3d"``.
    theme : {"light", "dark"}, optional

    Returns
    -------
    Axes3D

    Raises
    ------
    OptionError
        For an ``ax`` of two dimensions, an empty interval, a model of several outputs, or a function that is not finite
        anywhere.

    Examples
    --------
    >>> from nn import Neuron
    >>> ax = plot_surface(Neuron(2, activation="tanh", init=[3.0, 1.0]), z="h")
    >>> ax.get_zlabel(), ax.get_zticks().tolist()
    ('h', [-1.0, -0.5, 0.0, 0.5, 1.0])
    """
    if ax is not None and not hasattr(ax, "plot_surface"):
        raise OptionError(
            "A surface needs axes of three dimensions, and this ax has two. Make them with "
            'plt.subplots(subplot_kw={"projection": "3d"}), or leave ax out.'
        )
    at = _side(low, high, resolution)
    height = _of_model(f, at) if hasattr(f, "one_sample") else heights(f, at, at)
    height = np.where(np.isfinite(height), height, np.nan)  # a hole where the function has no finite number
    if np.isnan(height).all():
        raise OptionError("This function is infinite or no number at every point, so it has no surface.")
    bottom, top = _ends(height)
    ax, colors = axes(ax, theme, (5.6, 4.8), projection="3d")
    from matplotlib.colors import LinearSegmentedColormap

    ramp = LinearSegmentedColormap.from_list(
        "height", [mix(colors.background, palette(colors)[0], 0.12), palette(colors)[0]]
    )
    mesh = {"edgecolor": mix(colors.background, colors.text, 0.55), "linewidth": 0.25}
    x1, x2 = np.meshgrid(at, at)
    floor = bottom - 0.4 * (top - bottom)
    ax.plot_surface(x1, x2, height, rcount=41, ccount=41, cmap=ramp, vmin=bottom, vmax=top, **mesh)
    levels = [level for level in np.linspace(bottom, top, 10)[1:-1] if level < np.nanmax(height)]
    if levels:
        ax.contour(
            x1, x2, height, zdir="z", offset=floor, levels=levels, colors=[colors.muted], linestyles="-", linewidths=1
        )
    _room(ax, colors, (low, high), (floor, bottom, top))
    ax.set_zlabel(z, labelpad=7)
    return finish(ax, colors, x, y, legend=False, grid=False)


def _room(ax: Any, colors: Theme, side: tuple[float, float], storeys: tuple[float, float, float]) -> None:
    """Set limits, ticks and colors of 3-D axes; there are no ticks between the floor and the bottom."""
    from matplotlib.ticker import MaxNLocator

    floor, bottom, top = storeys
    nice = MaxNLocator(5, steps=[1, 2, 5, 10])
    rounded = 0.02 * (top - bottom)
    marks = [mark for mark in nice.tick_values(bottom, top) if bottom - rounded <= mark <= top + rounded]
    ax.set(xlim=side, ylim=side, zlim=(floor, max([top, *marks])))
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.set_pane_color(mix(colors.background, colors.text, 0.04))
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        axis.line.set_color(colors.group_border)
        axis.set_tick_params(colors=colors.muted, labelsize=8)
        axis.label.set_color(colors.text)
    ax.set_zticks(marks)
    ax.grid(False)
    ax.view_init(elev=28, azim=-58)
    ax.set_box_aspect(None, zoom=0.84)  # the labels of the axes lie outside


def plot_contours(
    functions: Mapping[str, Callable[..., Any]] | Callable[..., Any],
    levels: Levels | Mapping[str, Levels],
    low: float = -2.0,
    high: float = 2.0,
    *,
    x: str = "w₁",
    y: str = "w₂",
    resolution: int = 161,
    ax: Any = None,
    theme: str | None = None,
) -> Any:
    """Plot the level curves of functions of two numbers.

    Parameters
    ----------
    functions : callable, or dict of name to callable
        Each takes two numbers and returns a number or a node.
    levels : float, list of float, or dict of name to such
        The levels; each function has one curve for each level.
    low, high : float
        The interval of both numbers, both ends included.
    x, y : str
        The labels of the axes.
    resolution : int
        The number of grid points along each side.
    ax : Axes, optional
    theme : {"light", "dark"}, optional

    Returns
    -------
    Axes
        The axes, with equal units, so that a circle is round.

    Raises
    ------
    OptionError
        For an empty interval, or if the keys of ``levels`` do not match the functions.

    Examples
    --------
    >>> penalties = {f"q = {q}": lambda a, b, q=q: abs(a) ** q + abs(b) ** q for q in (1, 2)}
    >>> ax = plot_contours(penalties, 1.0)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['q = 1', 'q = 2']
    """
    named = functions if isinstance(functions, Mapping) else {getattr(functions, "__name__", "f"): functions}
    wanted = levels if isinstance(levels, Mapping) else dict.fromkeys(named, levels)
    if set(wanted) != set(named):
        raise OptionError(
            f"Levels are given for {', '.join(wanted)}, and the functions are {', '.join(named)}. Give each of them "
            "its levels, or one list for all."
        )
    at = _side(low, high, resolution)
    ax, colors = axes(ax, theme, (4.8, 4.6))
    for (name, f), look in zip(named.items(), looks(colors), strict=False):
        height = heights(f, at, at)
        found = [level for level in np.unique(wanted[name]) if np.nanmin(height) < level < np.nanmax(height)]
        if found:
            drawn = {"colors": [look["color"]], "linestyles": [look["linestyle"]], "linewidths": look["linewidth"]}
            ax.contour(at, at, height, levels=found, **drawn)
        ax.plot([], [], **look, label=name)
    ax.set_aspect("equal")
    return finish(ax, colors, x, y, legend=len(named) > 1)


def _side(low: float, high: float, resolution: int) -> Floats:
    if not low < high:
        raise OptionError(f"Functions are plotted from low to high, and low={low!r} is not below high={high!r}.")
    return np.linspace(low, high, resolution)


def _of_model(model: Any, at: Floats) -> Floats:
    rows = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)
    made = outputs(model, rows)
    if made.shape[1] != 1:
        raise OptionError(
            f"A surface has one height at each point, and this {type(model).__name__} has {made.shape[1]} outputs. "
            "Choose one of them: lambda x1, x2: model([x1, x2])[0]."
        )
    return made.reshape(len(at), len(at))


def _ends(height: Floats) -> tuple[float, float]:
    """Return the lowest and the highest value, with some space above a flat function."""
    bottom, top = float(np.nanmin(height)), float(np.nanmax(height))
    return bottom, top if top > bottom else bottom + 1.0
