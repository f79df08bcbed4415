"""Share axes and curve styles between the plots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

from ..style.errors import MissingExtraError, OptionError
from ..style.theme import THEMES, Theme

#: Colors of Okabe and Ito, the most distinct first; all are readable on white and on a dark background
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
#: the first three are lighter on a dark background
DARK_COLOURS = ("#56b4e9", "#f28e4b", "#2cc295", "#e39ac4", "#e69f00", "#8fb8ff")
DASHES = ("-", "--", "-.", ":", (0, (7, 2, 1, 2, 1, 2)), (0, (1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P")


def axes(
    ax: Any, theme: str | None, size: tuple[float, float] = (6.4, 4.0), projection: str | None = None
) -> tuple[Any, Theme]:
    """Return the axes to draw into, in the colors of a theme, and the theme.

    Raises
    ------
    MissingExtraError
        If Matplotlib is not installed.
    """
    if theme is not None and theme not in THEMES:
        raise OptionError(f"theme={theme!r} is none of the choices: None, {', '.join(map(repr, THEMES))}.")
    if ax is None:
        try:
            from matplotlib import pyplot
        except ImportError as error:
            raise MissingExtraError(
                "Plots are drawn by Matplotlib, which is not installed: pip install 'autograd-core[plot]'. Pictures of "
                "graphs and networks, draw() and draw_network(), work without."
            ) from error
        _, ax = pyplot.subplots(figsize=size, layout="constrained", subplot_kw={"projection": projection})
    if theme is None:
        return ax, THEMES["dark" if _is_dark(ax.get_facecolor()) else "light"]
    colors = THEMES[theme]
    ax.figure.set_facecolor(colors.background)
    ax.set_facecolor(colors.background)
    ax.tick_params(colors=colors.muted, which="both")
    for spine in ax.spines.values():
        spine.set_color(colors.group_border)
    for text in (ax.title, ax.xaxis.label, ax.yaxis.label):
        text.set_color(colors.text)
    return ax, colors


def _is_dark(color: Any) -> bool:
    red, green, blue, alpha = color
    return bool(alpha > 0.5 and 0.299 * red + 0.587 * green + 0.114 * blue < 0.5)


def palette(theme: Theme) -> tuple[str, ...]:
    """Return the colors of curves for a theme's background."""
    return DARK_COLOURS if theme.name == "dark" else COLOURS


def looks(theme: Theme) -> Iterator[dict[str, Any]]:
    """Yield a color and a dash pattern for each curve; the first 36 pairs are all different."""
    colors = palette(theme)
    for i, _ in enumerate(cycle((0,))):
        shift = i // len(colors)
        yield {"color": colors[i % len(colors)], "linestyle": DASHES[(i + shift) % len(DASHES)], "linewidth": 1.8}


def marked(lines: Sequence[Any]) -> None:
    """Add markers to curves, so that each can be followed where they cross, without color."""
    for i, line in enumerate(lines if len(lines) > 1 else ()):
        apart = max(1, len(line.get_xdata()) // 8)
        line.set(marker=MARKERS[i % len(MARKERS)], markersize=5, markevery=(i * apart // 4 % apart, apart))


def look_of(i: int, theme: Theme) -> dict[str, Any]:
    """Return the color and the marker of the points of the i-th class."""
    colors = palette(theme)
    return {"color": colors[i % len(colors)], "marker": MARKERS[i % len(MARKERS)]}


def finish(ax: Any, theme: Theme, x: str, y: str, legend: bool = True, grid: bool = True) -> Any:
    """Label the axes, add a grid and a legend, and return the axes."""
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    if grid:
        ax.grid(color=theme.group_border, alpha=0.45, linewidth=0.7)
        ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    if legend and ax.get_legend_handles_labels()[1]:
        ax.legend(frameon=True, framealpha=0.85, facecolor=theme.background, edgecolor="none", labelcolor=theme.text,
                  fontsize=9)  # fmt: skip
    return ax


def whole_numbers(ax: Any) -> None:
    """Put ticks at whole numbers only, because epochs and steps are whole."""
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
