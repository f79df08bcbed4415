"""Find where in the user's program a node was made: the file, the line, and the part of the line.

Python stores the source position of each instruction (PEP 657), so a node knows its own expression in a line: in ``a *
b + c``, the product is ``a * b``.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from itertools import islice
from types import CodeType
from typing import Any, NamedTuple

#: This package, and all packages whose own lines are not the user's.
_THIS = f"{__name__.partition('.')[0]}."
_hidden: tuple[str, ...] = (_THIS,)


class Origin(NamedTuple):
    """The expression that made a node.

    Attributes
    ----------
    file : str
        The file name as Python reports it, such as ``"<stdin>"``.
    line, end_line : int
        The first and the last line of the expression, from 1.
    column, end_column : int or None
        The column where it begins in the first line and ends in the last, in bytes of UTF-8; None if unknown.
    """

    file: str
    line: int
    end_line: int
    column: int | None
    end_column: int | None


def hide(package: str) -> None:
    """Treat lines of a package as library code, not as the user's."""
    global _hidden
    _hidden = (*_hidden, f"{package}.")


def caller() -> tuple[str, int]:
    """Return the file and line of the innermost frame outside this package; ("", 0) without one."""
    frame = _frame(_THIS)
    return ("", 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno)


def origin() -> Origin | None:
    """Return the expression that the user's innermost frame is computing; None without one."""
    frame = _frame(_hidden)
    if frame is None:
        return None
    code = frame.f_code
    line, end_line, column, end_column = _span(code, frame.f_lasti)
    if line is None or end_line is None:  # python -X no_debug_ranges
        line = end_line = frame.f_lineno
    return Origin(code.co_filename, line, end_line, column, end_column)


def _frame(hidden: str | tuple[str, ...]) -> Any:
    frame: Any = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__", "").startswith(hidden):
        frame = frame.f_back
    return frame


@lru_cache(maxsize=4096)
def _span(code: CodeType, instruction: int) -> tuple[int | None, int | None, int | None, int | None]:
    """Return the lines and columns of an instruction; cached, because loops repeat instructions."""
    return next(islice(code.co_positions(), instruction // 2, None), (None, None, None, None))
