"""Plot a training: loss, metrics, gradient norms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..style.errors import OptionError
from .style import axes, finish, looks, marked, whole_numbers


def plot_history(
    history: Any, names: Sequence[str] | str = "loss", *, ax: Any = None, theme: str | None = None, log: bool = False
) -> Any:
    """Plot columns of a history over the epochs: solid for training data, dashed for validation data.

    Parameters
    ----------
    history : History, list of mappings, or dict of name to such
        The result of ``fit``, or its ``epochs``; for several trainings, all are plotted.
    names : str or list of str
        ``"loss"``, a metric, or ``"lr"``; ``validation_*`` is plotted too if it was recorded. ``"updates"`` is the
        objective at every update.
    ax : Axes, optional
    theme : {"light", "dark"}, optional
        Colors. Default: the colors of the axes.
    log : bool
        Whether the vertical axis is logarithmic.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_history([{"loss": 1.0, "validation_loss": 1.2}, {"loss": 0.5, "validation_loss": 0.9}])
    >>> [line.get_label() for line in ax.lines], ax.get_ylabel()
    (['training', 'validation'], 'loss')
    >>> ax = plot_history({"lr = 1": [{"loss": 1.0}, {"loss": 0.1}], "lr = 10": [{"loss": 1.0}, {"loss": 9.0}]})
    >>> [line.get_label() for line in ax.lines]
    ['lr = 1', 'lr = 10']
    """
    wanted = [names] if isinstance(names, str) else list(names)
    by_update = wanted == ["updates"]
    trainings = history if isinstance(history, Mapping) else {"": history}
    curves = {}
    for training, each in trainings.items():
        found = {"loss": each.losses} if by_update else _columns(each, wanted)
        for name, values in found.items():
            parts = [training] if training and len(found) == 1 else [training, name]
            curves[", ".join(filter(None, parts))] = values
    ax, colors = axes(ax, theme)
    lines = []
    for (label, values), look in zip(curves.items(), looks(colors), strict=False):
        marker = "o" if len(values) == 1 else ""
        lines += ax.plot(np.arange(1, len(values) + 1), values, **look, marker=marker, label=label)
    if not by_update:
        marked(lines)
        whole_numbers(ax)
    x, y = ("update", "loss before the update") if by_update else ("epoch", " and ".join(wanted))
    return _vertical(finish(ax, colors, x, y, legend=len(curves) > 1 or not by_update), log)


def _columns(history: Any, wanted: Sequence[str]) -> dict[str, list[float]]:
    """Return the training numbers and the validation numbers of each epoch."""
    epochs: Sequence[Mapping[str, float]] = history if isinstance(history, Sequence) else history.epochs
    recorded = {key for record in epochs for key in record}
    found = {}
    for name in wanted:
        if name not in recorded and f"validation_{name}" not in recorded:
            known = ", ".join(sorted(recorded)) or "none, as no epoch ended"
            raise OptionError(f"This history has no column {name!r}; it has: {known}.")
        for key, seen in ((name, "training"), (f"validation_{name}", "validation")):
            if key in recorded:
                label = seen if len(wanted) == 1 else f"{name}, {seen}"
                found[label] = [record.get(key, float("nan")) for record in epochs]
    return found


def plot_gradient_norms(history: Any, *, ax: Any = None, theme: str | None = None) -> Any:
    """Plot the Euclidean norm of each layer's gradient at every update, on a logarithmic axis.

    A layer whose curve is orders of magnitude below the others learns much more slowly: its gradients vanish.

    Parameters
    ----------
    history : History
        The result of ``fit``; its ``norms`` are plotted.
    ax : Axes, optional
    theme : {"light", "dark"}, optional

    Returns
    -------
    Axes
    """
    ax, colors = axes(ax, theme)
    lines = []
    for (name, norms), look in zip(history.norms.items(), looks(colors), strict=False):
        positive = [norm if norm > 0.0 else float("nan") for norm in norms]  # 0 has no logarithm
        marker = "o" if len(norms) == 1 else ""
        lines += ax.plot(np.arange(1, len(norms) + 1), positive, **look, marker=marker, label=name)
    marked(lines)
    return _vertical(finish(ax, colors, "update", "norm of the gradient, ‖∂L/∂w‖₂"), log=True)


def _vertical(ax: Any, log: bool) -> Any:
    if log:
        ax.set_yscale("log")
    return ax
