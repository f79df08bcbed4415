"""Plot what a model computes on data: decision boundary, confusion, histograms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_core import no_grad

from ..style.errors import OptionError
from .style import DASHES, axes, finish, look_of, palette

#: hatches distinguish classes without color
HATCHES = ("", "...", "///", "xxx", "---", "+++")
#: strength of the tint of regions; without color, each is darker than the one before
SHADES = (0.38, 0.14, 0.26, 0.45, 0.2, 0.32)


def plot_decision_boundary(
    model: Callable[[Any], Any],
    X: ArrayLike,
    y: ArrayLike,
    *,
    classes: Sequence[str] | None = None,
    resolution: int = 120,
    ax: Any = None,
    theme: str | None = None,
) -> Any:
    """Plot the predicted class at every point of the plane, and the samples with their true classes.

    Parameters
    ----------
    model : callable
        A model of Values, called with one sample at a time, or of Tensors, called with rows. With one output, a
        positive output is class 1; with several, the largest output wins. A model with ``to_tensor()`` is converted.
    X : array_like, shape (samples, 2)
    y : array_like, shape (samples,)
        Classes 0, 1, … or -1 and +1.
    classes : list of str, optional
        Their names, in ascending order of the classes.
    resolution : int
        The number of grid points along each side.
    ax : Axes, optional
    theme : {"light", "dark"}, optional

    Returns
    -------
    Axes
    """
    X, y = np.asarray(X, dtype=float), np.asarray(y).ravel()
    if X.ndim != 2 or X.shape[1] != 2 or len(X) != len(y):
        raise OptionError(
            f"A decision boundary lies in a plane: X has shape (samples, 2) and y (samples,), not {X.shape} and "
            f"{y.shape}. Choose two features, X[:, [0, 1]]."
        )
    ax, colors = axes(ax, theme, (5.4, 4.6))
    low, high = X.min(axis=0), X.max(axis=0)
    reach = 0.12 * np.maximum(high - low, 1e-9)
    x1, x2 = (np.linspace(low[i] - reach[i], high[i] + reach[i], resolution) for i in (0, 1))
    grid = np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)
    scores = outputs(model, grid)
    from matplotlib.colors import BoundaryNorm, ListedColormap, to_rgba

    kinds = np.unique(y)
    count = max(len(kinds), scores.shape[1], 2)
    winner = (scores[:, 0] > 0.0).astype(int) if scores.shape[1] == 1 else scores.argmax(axis=1)
    tints = [to_rgba(palette(colors)[i % 6], SHADES[i % 6]) for i in range(count)]
    edges = np.arange(count + 1) - 0.5
    shade = winner.reshape(resolution, resolution)
    ax.pcolormesh(x1, x2, shade, cmap=ListedColormap(tints), norm=BoundaryNorm(edges, count), shading="nearest")
    for lead in _leads(scores):  # where this is 0, two classes are equal
        if lead.min() < 0.0 < lead.max():
            z = lead.reshape(resolution, resolution)
            ax.contour(x1, x2, z, levels=[0.0], colors=[colors.text], linewidths=1.2)
    for i, kind in enumerate(kinds):
        number = kinds.dtype.kind in "biuf"
        name = classes[i] if classes is not None else f"class {kind:g}" if number else str(kind)
        here = X[y == kind]
        look = look_of(i, colors)
        ax.scatter(here[:, 0], here[:, 1], s=30, edgecolors=colors.background, linewidths=0.6, label=name, **look)
    ax.set_xlim(x1[0], x1[-1])
    ax.set_ylim(x2[0], x2[-1])
    return finish(ax, colors, "x₁", "x₂", grid=False)


def _leads(scores: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return by how much each class leads all others at every point; for two classes, the second."""
    if scores.shape[1] == 1:
        return [scores[:, 0]]
    if scores.shape[1] == 2:
        return [scores[:, 1] - scores[:, 0]]
    return [scores[:, c] - np.delete(scores, c, axis=1).max(axis=1) for c in range(scores.shape[1])]


def outputs(model: Any, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the outputs of a model for rows, one column for each output."""
    if hasattr(model, "to_tensor"):
        model = model.to_tensor()
    with no_grad():
        if getattr(model, "one_sample", False):
            made: Any = [_plain(model(row)) for row in rows.tolist()]
        else:
            made = _plain(model(rows))
    scores = np.asarray(made, dtype=float)
    if scores.ndim == 0 or len(scores) != len(rows):
        raise OptionError(
            f"The model was given {len(rows)} samples, one a row, and returned numbers of shape {scores.shape}: a row "
            "of outputs a sample is needed. Only a network of Values, such as MLP, is called on one sample at a time."
        )
    return scores.reshape(len(rows), -1)


def _plain(x: Any) -> Any:
    return [_plain(e) for e in x] if isinstance(x, (list, tuple)) else getattr(x, "data", x)


def plot_confusion(
    table: ArrayLike, classes: Sequence[str] | None = None, *, ax: Any = None, theme: str | None = None
) -> Any:
    """Plot a confusion matrix: the darker a cell, the larger its share of the true class.

    Parameters
    ----------
    table : array_like of int, shape (classes, classes)
        Rows are true classes, columns predicted classes, as in ``nn.metrics.confusion``.
    classes : list of str, optional
        Their names.
    ax : Axes, optional
    theme : {"light", "dark"}, optional

    Returns
    -------
    Axes
    """
    counts = np.asarray(table)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise OptionError(f"A confusion matrix is square, one row and one column a class, not of shape {counts.shape}.")
    names = [str(i) for i in range(len(counts))] if classes is None else list(classes)
    side = 2.4 + 0.75 * len(counts)
    ax, colors = axes(ax, theme, (side + 0.6, side))
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    from matplotlib.colors import LinearSegmentedColormap

    ramp = LinearSegmentedColormap.from_list("share", [colors.background, palette(colors)[0]])
    ax.imshow(share, cmap=ramp, vmin=0.0, vmax=1.0)
    places = range(len(counts))
    ax.set_xticks(places, names)
    ax.set_yticks(places, names)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    for row, column in np.ndindex(*counts.shape):
        dark = share[row, column] > 0.5
        ink = ("#ffffff" if colors.name == "light" else "#0b1220") if dark else colors.text
        ax.text(column, row, f"{counts[row, column]}", ha="center", va="center", color=ink, fontsize=12)
    return finish(ax, colors, "predicted class", "true class", legend=False, grid=False)


def plot_histograms(
    model: Any,
    what: Literal["weights", "gradients"] = "weights",
    *,
    bins: int = 30,
    ax: Any = None,
    theme: str | None = None,
) -> Any:
    """Plot histograms of the parameters of each part of a model, or of their gradients.

    Parameters
    ----------
    model : Module
    what : {"weights", "gradients"}
        Gradients are those of the last ``backward()``.
    bins : int
    ax : Axes, optional
    theme : {"light", "dark"}, optional

    Returns
    -------
    Axes
    """
    if what not in ("weights", "gradients"):
        raise OptionError(f"what={what!r} is none of the choices: 'weights', 'gradients'.")
    parts: dict[str, list[Any]] = {}
    for path, parameter in model.named_parameters():
        if what == "weights" or parameter.swept:
            numbers = parameter.data if what == "weights" else parameter.grad
            parts.setdefault(path.split(".")[0], []).append(np.ravel(numbers))
    if not parts:
        raise OptionError(
            "No parameter has a gradient. Call backward() on a loss computed from this model first."
            if what == "gradients"
            else "This model has no parameters."
        )
    ax, colors = axes(ax, theme)
    from matplotlib.colors import to_rgba

    every = np.concatenate([numbers for arrays in parts.values() for numbers in arrays])
    edges = np.histogram_bin_edges(every[np.isfinite(every)], bins=bins)
    for i, (name, arrays) in enumerate(parts.items()):
        numbers = np.concatenate(arrays)
        color = palette(colors)[i % 6]
        ax.hist(numbers, bins=edges, histtype="stepfilled", facecolor=to_rgba(color, 0.22), edgecolor=color,
                hatch=HATCHES[i % 6], linestyle=DASHES[i % 6], linewidth=1.6,
                label=f"{name} ({len(numbers)})")  # fmt: skip
    return finish(ax, colors, "weight w" if what == "weights" else "gradient ∂L/∂w", "number of parameters")
