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

from numpy.typing import ArrayLike

from ..plots import plot_confusion, plot_history
from ..style import files
from ..style.theme import LIGHT

__all__ = ["INSTALL", "available", "confusion_figure", "curves_figure"]

INSTALL = "pip install 'autograd-core[plot]'"


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
    from matplotlib.ticker import PercentFormatter

    measures = [name for name in ("loss", "accuracy") if name in epochs[0]]
    figure = Figure(figsize=(6.4, 2.6 * len(measures) + 0.6), layout="constrained")
    figure.suptitle(title, fontsize=11, color=LIGHT.text)
    panels = figure.subplots(len(measures), 1, squeeze=False)[:, 0]
    for panel, measure in zip(panels, measures, strict=True):
        plot_history(epochs, measure, ax=panel, theme="light")
        if measure == "loss":
            panel.set_ylim(bottom=0.0)
        else:
            panel.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
            panel.set_ylim(top=1.02)
    return _saved(figure, path)


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

    side = 2.4 + 0.75 * len(classes)
    figure = Figure(figsize=(side + 0.6, side), layout="constrained")
    figure.suptitle(title, fontsize=11, color=LIGHT.text)
    plot_confusion(table, classes, ax=figure.subplots(), theme="light")
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
