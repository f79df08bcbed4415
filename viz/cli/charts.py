"""Draw the figures of a training: loss and accuracy over the epochs, and the confusion matrix.

Use Matplotlib's bitmap backend directly, without ``pyplot``, so that no window opens and no setting of the user
changes.
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

INSTALL = "pip install 'autograd-core[plot]'"


def available() -> bool:
    """Return whether Matplotlib is installed, without the second that importing it takes."""
    return importlib.util.find_spec("matplotlib") is not None


def curves_figure(path: Path, epochs: Sequence[Mapping[str, float]], title: str) -> Path:
    """Save the loss, and below it the accuracy, of the training and the validation set after each epoch.

    Parameters
    ----------
    path : Path
        Ends in ``.png``, ``.svg`` or ``.pdf``.
    epochs : sequence of mappings
        ``loss``, optionally ``accuracy``, ``validation_loss`` and ``validation_accuracy``: one mapping for each epoch.
    title : str
        The title: what was trained.

    Returns
    -------
    Path
        The path of the file.
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
    """Save a confusion matrix as a table with darker cells for larger counts.

    Parameters
    ----------
    path : Path
        Ends in ``.png``, ``.svg`` or ``.pdf``.
    table : array_like of int, shape (classes, classes)
        Rows are true classes, columns predicted ones.
    classes : sequence of str
        Their names.
    title : str
        The title: which samples.

    Returns
    -------
    Path
        The path of the file.
    """
    from matplotlib.figure import Figure

    side = 2.4 + 0.75 * len(classes)
    figure = Figure(figsize=(side + 0.6, side), layout="constrained")
    figure.suptitle(title, fontsize=11, color=LIGHT.text)
    plot_confusion(table, classes, ax=figure.subplots(), theme="light")
    return _saved(figure, path)


def _saved(figure: Any, path: Path) -> Path:
    """Write the figure atomically, with the same bytes for the same figure."""
    from matplotlib import rc_context

    buffer = io.BytesIO()
    kind = path.suffix[1:].lower()
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    with rc_context({"svg.hashsalt": "backprop"}):  # names the parts of an SVG, which are random by default
        figure.savefig(buffer, format=kind, dpi=144, metadata=undated)
    return files.write(path, buffer.getvalue())
