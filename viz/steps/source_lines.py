"""Show the user's source lines beside the steps: the expression that made a node, marked in its lines.

Files are read when they are shown. If a line cannot be read any more, as in interactive Python before 3.13, only its
number is shown.

>>> source = Source("notes.py", 7, 7, (8, 13), ("loss = a * b  # a product",))
>>> source.code
'loss = a * b  # a product'
>>> print(source.text())
notes.py:7  loss = a * b  # a product
                   ^^^^^
"""

from __future__ import annotations

import linecache
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import PureWindowsPath
from typing import Any, NamedTuple

from autograd_core.graph.source_lines import Origin

from ..style import labels

#: lines shown around an expression; of a longer file, only ranges are shown
CONTEXT = 4
#: columns of a tab, and largest number of columns shown of a line
TAB, WIDEST = 4, 200


class Source(NamedTuple):
    """The expression that made a node.

    Attributes
    ----------
    file : str
        The file name, as Python reports it.
    line, end_line : int
        Its first and last line.
    columns : tuple of int, or None
        The column where it begins in the first line and ends in the last of ``lines``; None if unknown.
    lines : tuple of str
        Its whole lines, cleaned for display; empty if they cannot be read.
    """

    file: str
    line: int
    end_line: int
    columns: tuple[int, int] | None
    lines: tuple[str, ...]

    @property
    def title(self) -> str:
        """Return the displayed name of the file, or the number of a notebook cell."""
        return _title(self.file)

    @property
    def code(self) -> str:
        """Return its lines as one."""
        return " ".join(line.strip() for line in self.lines)

    def text(self) -> str:
        """Return its lines for a terminal; an expression on one line is underlined."""
        place = f"{self.title}:{self.line}"
        indent = min((len(line) - len(line.lstrip()) for line in self.lines if line.strip()), default=0)
        shown = [line[indent:] for line in self.lines]
        rows = [
            f"{place}  {line}" if i == 0 else f"{' ' * labels.width(place)}  {line}" for i, line in enumerate(shown)
        ]
        if len(shown) == 1 and self.columns is not None:
            start, stop = (column - indent for column in self.columns)
            before = " " * (labels.width(place) + 2 + labels.width(shown[0][:start]))
            rows.append(before + "^" * labels.width(shown[0][start:stop]))
        return "\n".join(rows or [place])


def source_of(node: Any) -> Source | None:
    """Return the expression that made a node, if it was recorded inside ``capture_source()``."""
    notes = node.notes or {}
    if "source" not in notes:
        return None
    file, line = notes["source"]
    _, _, end_line, start, stop = notes.get("origin") or Origin(file, line, line, None, None)
    raw = [linecache.getline(file, k) for k in range(line, end_line + 1)]
    if not any(raw):
        return Source(file, line, end_line, None, ())
    columns = None
    if start is not None and stop is not None:
        columns = _shown_column(raw[0], start), _shown_column(raw[-1], stop)
    return Source(file, line, end_line, columns, tuple(map(_shown, raw)))


def listings(sources: Iterable[Source]) -> dict[str, list[list[Any]]]:
    """Return the lines to show of each file: ranges of [first line number, lines]."""
    wanted: dict[str, set[int]] = {}
    for source in sources:
        if source.lines:
            around = range(max(1, source.line - CONTEXT), source.end_line + CONTEXT + 1)
            wanted.setdefault(source.file, set()).update(around)
    return {file: _stretches([*map(_shown, linecache.getlines(file))], found) for file, found in wanted.items()}


def _stretches(lines: Sequence[str], wanted: set[int]) -> list[list[Any]]:
    found: list[list[Any]] = []
    for k in sorted(k for k in wanted if k <= len(lines)):
        if found and found[-1][0] + len(found[-1][1]) == k:
            found[-1][1].append(lines[k - 1])
        else:
            found.append([k, [lines[k - 1]]])
    return found


def _shown(line: str) -> str:
    """Return a line for display; invisible characters and characters that reorder text are replaced."""
    seen = (c if c == "\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"} else "\ufffd" for c in line.rstrip())
    return "".join(seen).expandtabs(TAB)[:WIDEST]


def _shown_column(line: str, column: int) -> int:
    """Return the displayed position of a column that is counted in bytes of UTF-8."""
    before = line.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore")
    return min(len(before.expandtabs(TAB)), WIDEST)


def _title(file: str) -> str:
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    named = getattr(getattr(shell, "compile", None), "format_code_name", lambda _: None)(file)
    if named is not None:
        return " ".join(named)  # Cell In[3]
    return labels.clean(file if file.startswith("<") else PureWindowsPath(file).name, 60)
