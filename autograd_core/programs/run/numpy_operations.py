"""Define array operations on rows of two tables, for the NumPy executor.

One table has a row for every shared number. The other has a row for every place of the batch and a column for every
sample. Operands are rows gathered from the tables, and results are adjacent rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..trace.tape import Ref

Array = Any


class Rows:
    """Rows of one of the tables, gathered for an operation.

    Adjacent rows are a view; others are copied into scratch space.
    """

    __slots__ = ("batched", "constant", "index", "scratch", "slice")

    def __init__(self, places: list[Ref], row_of: dict[int, int], batched: bool, scratch: int) -> None:
        self.batched, self.scratch = batched, scratch
        self.constant: float | None = None
        self.slice: slice | None = None
        first = places[0]
        if not isinstance(first, int):
            self.constant = first
            return
        rows = [row_of[x] for x in places]
        self.index = np.array(rows, dtype=np.intp)
        if rows == list(range(rows[0], rows[0] + len(rows))):
            self.slice = slice(rows[0], rows[0] + len(rows))
        elif rows.count(rows[0]) == len(rows):
            self.slice = slice(rows[0], rows[0] + 1)  # one row for all: NumPy repeats it

    def repeat(self) -> None:
        """Repeat a row explicitly, where NumPy could not broadcast it."""
        if self.slice is not None and self.slice.stop - self.slice.start < len(self.index):
            self.slice = None

    def read(self, space: Space) -> Array:
        """Return the rows as an array, or the constant."""
        if self.constant is not None:
            return self.constant
        table = space.lanes if self.batched else space.shared
        if self.slice is not None:
            return table[self.slice]
        out = space.room(self.scratch, len(self.index), table.shape[1])
        return np.take(table, self.index, axis=0, out=out, mode="clip")


class Space:
    """The tables for blocks of one width, and the scratch space of gathers."""

    def __init__(self, shared_rows: int, lane_rows: int, width: int, dtype: Any) -> None:
        self.width = width
        self.shared = np.zeros((shared_rows, 1), dtype)
        self.lanes = np.zeros((lane_rows, width), dtype)
        self._scratch: dict[int, Array] = {}
        self._dtype = dtype

    def room(self, number: int, rows: int, width: int) -> Array:
        """Return scratch space with undefined content."""
        flat = self._scratch.get(number)
        if flat is None or flat.size < rows * width:
            flat = self._scratch[number] = np.empty(rows * width, self._dtype)
        return flat[: rows * width].reshape(rows, width)


class Pointwise:
    """Operations of one kind on rows."""

    def __init__(self, op: Any, operands: list[Rows], out: slice, batched: bool) -> None:
        self.function, self.operands, self.out, self.batched = op.array, operands, out, batched
        self.writes = isinstance(op.array, np.ufunc)

    def __call__(self, space: Space) -> None:
        """Compute the rows."""
        out = (space.lanes if self.batched else space.shared)[self.out]
        if self.writes:
            self.function(*[x.read(space) for x in self.operands], out=out)
        else:
            out[...] = self.function(*[x.read(space) for x in self.operands])


class Sum:
    """Sums of the same number of terms, each added from left to right.

    The k-th terms of all sums are adjacent; terms from one table are read at once.
    """

    def __init__(self, parts: list[tuple[int, Rows]], out: slice, batched: bool) -> None:
        self.parts, self.out, self.batched = parts, out, batched
        self.members = out.stop - out.start
        self.count = sum(count for count, _ in parts)

    def __call__(self, space: Space) -> None:
        """Add the terms."""
        out = (space.lanes if self.batched else space.shared)[self.out]
        if len(self.parts) == 1 and self.parts[0][1].batched == self.batched:
            terms = self.parts[0][1].read(space)
        else:
            terms = space.room(0, self.count * self.members, out.shape[1])
            start = 0
            for count, rows in self.parts:
                stop = start + count * self.members
                terms[start:stop] = rows.read(space)
                start = stop
        if out.size == 1:  # along the fast axis, reduce() would add in pairs
            out[0, 0] = np.add.accumulate(terms.reshape(self.count))[-1]
        else:
            np.add.reduce(terms.reshape(self.count, *out.shape), axis=0, out=out)


class Total:
    """Sums over the batch, of rows or of products of two rows; blocks of samples are added up."""

    def __init__(self, a: Rows, b: Rows | None = None, *, out: slice) -> None:
        self.a, self.b, self.out = a, b, out

    def __call__(self, space: Space) -> None:
        """Add the samples of the present block."""
        out = space.shared[self.out, 0]
        a = self.a.read(space)
        if self.b is None:
            out += a.sum(axis=1)
            return
        a, b = np.broadcast_arrays(a, self.b.read(space))
        out += np.einsum("ij,ij->i", a, b)
