"""Run a schedule with NumPy: operations of one kind and depth are one array operation.

Numbers are in two tables: one row for each shared place, and one row with a column for each sample for the others. The
results of one group of operations are adjacent rows; its operands are rows gathered from the tables. Every number has
the same roundings as in eager computation, with NumPy's elementary functions instead of Python's.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...graph.numpy_warnings import quietly
from ..trace.tape import COUNT, MUL, RATE, TOTAL, Ref
from .numpy_operations import Pointwise, Rows, Space, Sum, Total
from .schedule import AFTER, BATCH, BEFORE, Schedule, chains, uses

#: This many numbers of a block of samples stay in the second-level cache.
BLOCK = 1 << 17

Array = Any


class NumpyExecutor:
    """A schedule with its groups of operations."""

    def __init__(self, schedule: Schedule, dtype: Any) -> None:
        self.dtype = np.dtype(dtype)
        self._spaces: list[Space] = []
        tape = schedule.tape
        self.phases: tuple[list[Callable[[Space], None]], ...] = ([], [], [])
        self.row_of: dict[int, int] = {}
        self.shared_rows = self.lane_rows = 0
        for place in range(tape.inputs):
            self._row(place, tape.batched[place])
        self._inputs = [(tape.batched[b.start], self.row_of[b.start], b.size) for b in schedule.blocks]
        self._divided = schedule.shared_divided, schedule.lanes_divided
        self._totals: list[slice] = []
        self._given: list[tuple[int, Any]] = []
        self._arrange(schedule)
        self.lanes_out = np.array([self.row_of[x] for x in schedule.lanes], dtype=np.intp)
        self._answers = np.array([0.0 if isinstance(x, int) else x for x in schedule.shared], self.dtype)
        self._computed = np.array([i for i, x in enumerate(schedule.shared) if isinstance(x, int)], np.intp)
        self._computed_rows = np.array([self.row_of[x] for x in schedule.shared if isinstance(x, int)], np.intp)

    def _row(self, place: int, batched: bool) -> int:
        if batched:
            self.row_of[place] = self.lane_rows
            self.lane_rows += 1
        else:
            self.row_of[place] = self.shared_rows
            self.shared_rows += 1
        return self.row_of[place]

    def _arrange(self, schedule: Schedule) -> None:
        """Group operations of one kind and depth, and give their results adjacent rows."""
        tape = schedule.tape
        count = uses(tape, schedule.roots)
        needed = [reads > 0 for reads in count]
        sums, inner = chains(tape, needed, count)
        phases = schedule.phases()
        level = [0] * len(tape)
        groups: dict[Any, list[tuple[int, list[Ref]]]] = {}
        folded = self._products(schedule, needed, count)
        for place, (op, operands) in enumerate(tape.steps, tape.inputs):
            if not needed[place] or place in inner or place in folded:
                continue
            if op is COUNT or op is RATE:
                self._given.append((self._row(place, False), op))
                continue
            terms = sums.get(place) or [y for x in operands for y in (folded.get(x, [x]) if op is TOTAL else [x])]
            depth = level[place] = 1 + max(level[x] for x in terms if isinstance(x, int))
            phase = BATCH if op is TOTAL else phases[place]
            pattern = tuple(tape.batched[x] if isinstance(x, int) else repr(x) for x in terms)
            kind = (place in sums, op.name)
            groups.setdefault((phase, depth, kind, pattern), []).append((place, terms))
        order = _by_consumer(groups)
        for (phase, _, (is_sum, _), pattern), members in sorted(groups.items(), key=lambda item: item[0][:3]):
            members.sort(key=lambda member: order.get(member[0], (0, member[0])))
            op = tape.steps[members[0][0] - tape.inputs][0]
            rows = [self._row(place, tape.batched[place]) for place, _ in members]
            out = slice(rows[0], rows[-1] + 1)
            columns = [list(column) for column in zip(*(terms for _, terms in members), strict=True)]
            step: Callable[[Space], None]
            if op is TOTAL:
                self._totals.append(out)
                step = Total(*self._reads(columns, pattern), out=out)
            elif is_sum:
                step = Sum(self._parts(columns, pattern), out, phase == BATCH)
            else:
                step = Pointwise(op, self._reads(columns, pattern), out, phase == BATCH)
            self.phases[phase].append(step)

    def _reads(self, columns: list[list[Ref]], pattern: tuple[Any, ...]) -> list[Rows]:
        return [
            Rows(column, self.row_of, kind is True, k)
            for k, (column, kind) in enumerate(zip(columns, pattern, strict=True))
        ]

    def _parts(self, columns: list[list[Ref]], pattern: tuple[Any, ...]) -> list[tuple[int, Rows]]:
        """Return the terms of sums, those from one table together: how many terms, and their rows."""
        parts = []
        for number, (kind, run) in enumerate(itertools.groupby(zip(pattern, columns, strict=True), key=lambda x: x[0])):
            found = [column for _, column in run]
            if isinstance(kind, bool):
                rows = Rows([x for column in found for x in column], self.row_of, kind, 1 + number % 2)
                rows.repeat()
                parts.append((len(found), rows))
            else:
                parts += [(1, Rows(column, self.row_of, False, 1)) for column in found]
        return parts

    @staticmethod
    def _products(schedule: Schedule, needed: list[bool], count: list[int]) -> dict[int, list[Ref]]:
        """Return the products that only a sum over the batch reads, with their factors."""
        tape = schedule.tape
        folded: dict[int, list[Ref]] = {}
        for (op, operands), kept in zip(tape.steps, needed[tape.inputs :], strict=True):
            if kept and op is TOTAL and (x := operands[0]) >= tape.inputs and count[x] == 1:
                inside, factors = tape.steps[x - tape.inputs]
                if inside is MUL and all(isinstance(y, int) for y in factors):
                    folded[x] = list(factors)
        return folded

    def workspace(self, width: int) -> Space:
        """Return tables for blocks of a width; they are returned after use."""
        for i, space in enumerate(self._spaces):
            if space.width == width:
                try:
                    return self._spaces.pop(i)
                except IndexError:
                    break
        return Space(self.shared_rows, self.lane_rows, width, self.dtype)

    def run(self, inputs: Sequence[Array], samples: int, divisor: float, rate: float = 0.0) -> tuple[Array, Array]:
        """Compute, and return the shared results and the results of each sample, one row each.

        Parameters
        ----------
        inputs : sequence of arrays
            The blocks of inputs in order; batched blocks have one more axis.
        samples : int
            The size of the batch; 0 if nothing is batched.
        divisor : float
            The divisor of values and gradients.
        rate : float
            The factor of gradients in a descent.
        """
        answers, results = quietly(self._run, inputs, samples, -rate / divisor)
        if divisor != 1.0:
            answers[: self._divided[0]] /= divisor
            results[: self._divided[1]] /= divisor
        return answers, results

    def _run(self, inputs: Sequence[Array], samples: int, rate: float) -> tuple[Array, Array]:
        blocks = max(1, -(-samples * max(self.lane_rows, 1) // BLOCK)) if samples else 0
        width = -(-samples // blocks) if blocks else 0
        space = self.workspace(width)
        lanes = []
        for (batched, row, size), array in zip(self._inputs, inputs, strict=True):
            if batched:
                lanes.append((row, array.reshape(samples, size)))
            else:
                space.shared[row : row + size, 0] = np.reshape(array, -1)
        for row, op in self._given:
            space.shared[row] = samples if op is COUNT else rate
        for step in self.phases[BEFORE]:
            step(space)
        results = np.empty((len(self.lanes_out), samples), self.dtype)
        for out in self._totals:
            space.shared[out] = 0.0
        for start in range(0, samples, width or 1):
            stop = min(start + width, samples)
            if stop - start < width:
                narrow = self.workspace(stop - start)
                narrow.shared = space.shared
                self._block(narrow, lanes, start, stop, results)
                self._spaces.append(narrow)
            else:
                self._block(space, lanes, start, stop, results)
        for step in self.phases[AFTER]:
            step(space)
        values = self._answers.copy()
        values[self._computed] = space.shared[self._computed_rows, 0]
        self._spaces.append(space)
        return values, results

    def _block(self, space: Space, lanes: Any, start: int, stop: int, results: Array) -> None:
        for row, array in lanes:
            space.lanes[row : row + array.shape[1]] = array[start:stop].T
        for step in self.phases[BATCH]:
            step(space)
        if len(self.lanes_out):
            results[:, start:stop] = space.lanes[self.lanes_out]


def _by_consumer(groups: dict[Any, list[tuple[int, list[Ref]]]]) -> dict[int, tuple[int, int]]:
    """Return an order in which the terms of sums are adjacent as the sums read them: first terms first."""
    order: dict[int, tuple[int, int]] = {}
    for (_, _, (is_sum, _), _), members in groups.items():
        if is_sum:
            for place, terms in members:
                for k, x in enumerate(terms):
                    if isinstance(x, int):
                        order.setdefault(x, (k, place))
    return order
