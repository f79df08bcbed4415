"""Report the results of a command as text, with the files it wrote and those it could not write."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..stepper.trace_table import TraceTable
from ..style.errors import RendererMissingError, RenderError


class Report:
    """Prints lines and collects the files.

    Parameters
    ----------
    say : callable
        Takes a line of text. Default: ``print``.

    Attributes
    ----------
    written : list of (Path, str)
        Files with a description.
    missing : list of (str, str)
        Files that could not be made, with the reason.
    """

    def __init__(self, say: Callable[[str], None] = print) -> None:
        self.say = say
        self.written: list[tuple[Path, str]] = []
        self.missing: list[tuple[str, str]] = []

    def make(self, path: Path, what: str, save: Callable[[Path], Any]) -> bool:
        """Make a file, or record why this machine cannot; return whether it was made."""
        try:
            save(path)
        except (RendererMissingError, RenderError) as error:
            self.missing.append((path.name, str(error)))
            return False
        self.written.append((path, what))
        return True

    def lack(self, name: str, why: str) -> None:
        """Record a file that is not made, and what to install for it."""
        self.missing.append((name, why))

    def close(self) -> None:
        """Print where each file is, and what is missing, each reason once."""
        if self.written:
            wide = max(len(str(path)) for path, _ in self.written)
            self.say("Files:")
            for path, what in self.written:
                self.say(f"  {path!s:{wide}}  {what}")
        reasons: dict[str, list[str]] = {}
        for name, why in self.missing:
            reasons.setdefault(why, []).append(name)
        for why, names in reasons.items():
            self.say(f"Not made: {', '.join(names)}. {why}")


def confusion_text(table: Any, classes: Sequence[str]) -> str:
    r"""Return a confusion matrix as text; rows are true classes.

    >>> print(confusion_text([[9, 1], [0, 10]], ["no", "yes"]))
    true \ predicted  no  yes
    no                 9    1
    yes                0   10
    """
    corner = "true \\ predicted"
    first = max(len(corner), *map(len, classes))
    widths = [max(len(name), 2) for name in classes]
    lines = ["  ".join([f"{corner:{first}}", *(f"{name:>{w}}" for name, w in zip(classes, widths, strict=True))])]
    for name, row in zip(classes, table, strict=True):
        lines.append("  ".join([f"{name:{first}}", *(f"{n:>{w}}" for n, w in zip(row, widths, strict=True))]))
    return "\n".join(lines)


def fitting(table: TraceTable) -> str:
    """Return an evaluation trace as text, without the columns of substituted numbers in a narrow terminal."""
    whole = table.to_text()
    widest = max(map(len, whole.splitlines()))
    if not sys.stdout.isatty() or widest <= shutil.get_terminal_size().columns:
        return whole
    return compact(table)


def compact(table: TraceTable) -> str:
    """Return an evaluation trace with one column each for formula, value and adjoint.

    >>> from autograd_core import Value
    >>> from viz.stepper.trace_table import trace_table
    >>> a = Value(3.0, label="a")
    >>> print(compact(trace_table(a * a)))
        computed    value  d output
    a              3.0000    6.0000
    v1  a * a      9.0000    1.0000
    """
    cells = [("", "computed", "value", "d output")]
    cells += [(row.name, row.formula, row.value, row.adjoint) for row in table.rows]
    a, b, c, d = (max(len(line[i]) for line in cells) for i in range(4))
    return "\n".join(f"{name:{a}}  {formula:{b}}  {x:>{c}}  {g:>{d}}" for name, formula, x, g in cells)
