"""Figures of a training: its loss and accuracy over the epochs, and which class was taken for which.

Drawn with Matplotlib's own bitmap backend, without ``pyplot``: nothing opens a window, and no setting of the reader's
session is touched.
"""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import files
from ..theme import LIGHT

__all__ = ["INSTALL", "available", "confusion_figure", "curves_figure"]

INSTALL = "pip install 'autograd-core[plot]'"

#: Okabe and Ito's blue and vermillion, told apart with every kind of colour vision, and by their dashes in print
TRAINING, HELD_OUT = "#0072b2", "#d55e00"


def available() -> bool:
    """Whether Matplotlib is installed, without the second that importing it takes."""
    return importlib.util.find_spec("matplotlib") is not None


def curves_figure(path: Path, epochs: Sequence[Mapping[str, float]], title: str) -> Path:
    """Save the loss, and the accuracy below it, of the training and the validation set after each epoch.

    Parameters
    ----------
    path : Path
        Ends in ``.png``, ``.svg`` or ``.pdf``.
    epochs : sequence of mappings
        ``loss`` and maybe ``accuracy``, ``validation_loss`` and ``validation_accuracy``, one mapping an epoch.
    title : str
        What was trained.

    Returns
    -------
    Path
        Where it is.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    measures = [name for name in ("loss", "accuracy") if name in epochs[0]]
    figure = Figure(figsize=(6.4, 2.6 * len(measures) + 0.6), layout="constrained")
    figure.suptitle(title, fontsize=11, color=LIGHT.text)
    panels = figure.subplots(len(measures), 1, sharex=True, squeeze=False)[:, 0]
    for panel, measure in zip(panels, measures, strict=True):
        _curves(panel, epochs, measure)
    panels[0].legend(frameon=False, fontsize=9)
    if "accuracy" in measures:
        panels[-1].yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        panels[-1].set_ylim(top=1.02)
    panels[-1].set_xlabel("epoch")
    panels[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    return _saved(figure, path)


def _curves(panel: Any, epochs: Sequence[Mapping[str, float]], measure: str) -> None:
    """Draw one measure over the epochs; its last number stands at the end of its line."""
    numbers = range(1, len(epochs) + 1)
    marker = "o" if len(epochs) == 1 else ""
    for key, name, colour, dashes in (
        (measure, "training", TRAINING, "-"),
        (f"validation_{measure}", "validation", HELD_OUT, "--"),
    ):
        values = [record.get(key) for record in epochs]
        if any(value is not None for value in values):
            panel.plot(numbers, values, dashes, color=colour, marker=marker, linewidth=1.8, label=name)
    panel.set_ylabel(measure)
    if measure == "loss":
        panel.set_ylim(bottom=0.0)
    panel.grid(color="#e2e8f0", linewidth=0.8)
    panel.spines[["top", "right"]].set_visible(False)
    panel.margins(x=0.01)


def confusion_figure(path: Path, table: ArrayLike, classes: Sequence[str], title: str) -> Path:
    """Save how often each class was taken for each, as a table whose cells are the darker the more they hold.

    Parameters
    ----------
    path : Path
        Ends in ``.png``, ``.svg`` or ``.pdf``.
    table : array_like of int, shape (classes, classes)
        Rows are true classes, columns predicted ones.
    classes : sequence of str
        Their names.
    title : str
        Of which samples.

    Returns
    -------
    Path
        Where it is.
    """
    from matplotlib.figure import Figure

    counts = np.asarray(table)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 2.4 + 0.75 * len(classes)
    figure = Figure(figsize=(side + 0.6, side), layout="constrained")
    figure.suptitle(title, fontsize=11, color=LIGHT.text)
    panel = figure.subplots()
    panel.imshow(share, cmap="Blues", vmin=0.0, vmax=1.0)
    places = range(len(classes))
    panel.set_xticks(places, classes)
    panel.set_yticks(places, classes)
    panel.set_xlabel("predicted")
    panel.set_ylabel("true")
    panel.spines[:].set_visible(False)
    panel.set_xticks(np.arange(1, len(classes)) - 0.5, minor=True)
    panel.set_yticks(np.arange(1, len(classes)) - 0.5, minor=True)
    panel.grid(which="minor", color="white", linewidth=2)
    panel.tick_params(which="both", length=0)
    for row, column in np.ndindex(*counts.shape):
        ink = "white" if share[row, column] > 0.5 else LIGHT.text
        panel.text(column, row, str(counts[row, column]), ha="center", va="center", color=ink, fontsize=12)
    return _saved(figure, path)


def _saved(figure: Any, path: Path) -> Path:
    """Write the figure whole or not at all, the same bytes for the same figure."""
    from matplotlib import rc_context

    buffer = io.BytesIO()
    kind = path.suffix[1:].lower()
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    with rc_context({"svg.hashsalt": "backprop"}):  # which names the parts of an SVG, at random by default
        figure.savefig(buffer, format=kind, dpi=144, metadata=undated)
    return files.write(path, buffer.getvalue())
