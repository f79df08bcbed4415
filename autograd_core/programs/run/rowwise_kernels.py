"""Apply the kernel of an operation to rows of numbers, by its number of operands.

These functions are plain Python that Numba compiles once for each operation of a program. ``kernel`` is replaced by the
record's own function.
"""

from __future__ import annotations

from typing import Any

#: More rows than any table has.
ROWS = 1 << 24


def carray(memory: Any, shape: Any) -> Any:
    """Stand for Numba's function of this name: memory as an array of a shape."""
    raise NotImplementedError


def kernel(*operands: float) -> float:
    """Stand for the function of a record."""
    raise NotImplementedError


def unary(table: Any, places: Any, stride: int, count: int) -> None:
    """Apply a kernel to a row."""
    rows, place = carray(table, (ROWS, stride)), carray(places, 2)
    out, a = place[0], place[1]
    for k in range(count):
        rows[out, k] = kernel(rows[a, k])


def binary(table: Any, places: Any, stride: int, count: int) -> None:
    """Apply a kernel to two rows."""
    rows, place = carray(table, (ROWS, stride)), carray(places, 3)
    out, a, b = place[0], place[1], place[2]
    for k in range(count):
        rows[out, k] = kernel(rows[a, k], rows[b, k])


def ternary(table: Any, places: Any, stride: int, count: int) -> None:
    """Apply a kernel to three rows."""
    rows, place = carray(table, (ROWS, stride)), carray(places, 4)
    out, a, b, c = place[0], place[1], place[2], place[3]
    for k in range(count):
        rows[out, k] = kernel(rows[a, k], rows[b, k], rows[c, k])


def quaternary(table: Any, places: Any, stride: int, count: int) -> None:
    """Apply a kernel to four rows."""
    rows, place = carray(table, (ROWS, stride)), carray(places, 5)
    out, a, b, c, d = place[0], place[1], place[2], place[3], place[4]
    for k in range(count):
        rows[out, k] = kernel(rows[a, k], rows[b, k], rows[c, k], rows[d, k])


BY_ARITY = {1: unary, 2: binary, 3: ternary, 4: quaternary}
