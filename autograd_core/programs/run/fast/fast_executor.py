"""Run a schedule with the loop that Numba compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from ....records.primitive import TABLE
from ..schedule import Schedule
from .compiled import kernel_address
from .compiled import loop as loop_of
from .fast_loop import WIDTH, finish, run, run_alone, run_descent, run_samples
from .lowering import Lowering

Array = Any
empty = np.empty

#: The number of samples in a part of a large batch. It does not depend on the number of threads, because it determines
#: how sums are rounded.
PART = 4096

#: Rows start at a cache line, so that a vector never crosses two lines.
LINE = 64


def aligned(shape: tuple[int, ...], dtype: Any) -> Array:
    """Return an array of zeros that starts at a cache line."""
    size = int(np.prod(shape)) * dtype.itemsize
    memory = np.zeros(size + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + size].view(dtype).reshape(shape)


class FastExecutor:
    """A schedule with instructions and memory."""

    def __init__(self, schedule: Schedule, dtype: Any, threads: int = 1) -> None:
        self.dtype = np.dtype(dtype)
        lowered = Lowering(schedule)
        self._tables = (
            np.array(lowered.code, np.int32),
            np.array(lowered.bounds, np.int32),
            np.array(lowered.terms, np.int32),
            np.array(lowered.weights, self.dtype),
            np.array(lowered.rows, np.int32),
        )
        self._kernels = [
            kernel_address(op, self.dtype) if opcode in lowered.opcodes else 0
            for opcode, op in enumerate(TABLE.values())
        ]
        self._shared = np.zeros(lowered.shared_size, self.dtype)
        for slot, x in lowered.constants.items():
            self._shared[slot] = x
        totals = [lowered.slot[place] for place in lowered.totals]
        self._totals = slice(min(totals, default=0), max(totals, default=-1) + 1)
        batched = schedule.tape.batched
        self._row_count, self._lane_inputs = lowered.row_count, sum(batched[: schedule.tape.inputs])
        self._answers, self._results = len(schedule.shared), len(schedule.lanes)
        self._inputs: list[tuple[bool, Any, bool]] = []
        self._places: list[slice | int] = []
        for block in schedule.blocks:
            first = lowered.slot[block.start]
            rows: Any = slice(first, first + block.size) if block.shape or batched[block.start] else first
            self._inputs.append((batched[block.start], rows, len(block.shape) > 1))
            if len(block.shape) < 2 and not batched[block.start]:
                self._places.append(rows)
        self._samples, self._rate = lowered.samples, lowered.rate
        self._nothing = np.empty((self._results, 0), self.dtype)
        self._nothing_given = np.empty((self._lane_inputs, 0), self.dtype)
        self._threads = threads
        self._loop, self._alone = loop_of(run), loop_of(run_alone)
        self._spaces: list[Any] = []

    def run(self, inputs: Sequence[Any], samples: int, divisor: float, rate: float = 0.0) -> tuple[Array, Array]:
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
        try:
            space = self._spaces.pop()
        except IndexError:
            space = Space(self)
        shared, columns = space.shared, space.columns
        shared[self._rate] = -rate / divisor
        answers = np.empty(self._answers, self.dtype)
        if not samples:
            for (_, rows, deep), array in zip(self._inputs, inputs, strict=True):
                shared[rows] = array.reshape(-1) if deep else array
            self._alone(space.tables, answers, divisor)
            self._spaces.append(space)
            return answers, self._nothing
        if columns.shape[1] != samples:
            columns = space.columns = np.empty((self._lane_inputs, samples), self.dtype)
        shared[self._samples] = samples
        shared[self._totals] = 0.0
        results = np.empty((self._results, samples), self.dtype)
        for (batched, rows, deep), array in zip(self._inputs, inputs, strict=True):
            if batched:
                columns[rows] = array.reshape(samples, -1).T if deep else array.T
            else:
                shared[rows] = array.reshape(-1) if deep else array
        if samples > PART:
            self._run_parts(space, answers, results, divisor)
        else:
            self._loop(space.tables, columns, answers, results, divisor)
        self._spaces.append(space)
        return answers, results

    def alone(self, part: slice | int) -> Callable[[Sequence[Any]], tuple[float, Array] | None]:
        """Return a function of unbatched inputs that returns the first shared result, and a part of them.

        It returns None if an input is not an array or float of the right form. Everything it needs is bound here,
        because for one sample a lookup takes as long as ten operations.
        """
        spaces, loop, size, dtype = self._spaces, self._alone, self._answers, self.dtype

        def run(inputs: Sequence[Any]) -> tuple[float, Array] | None:
            try:
                space = spaces.pop()
            except IndexError:
                space = Space(self)
            try:
                for place, x in zip(space.places, inputs, strict=True):
                    if type(x) is float:
                        place[...] = x  # which accepts only the slot of a number
                    else:
                        place[:] = x  # which accepts only this many numbers of this dtype
            except (TypeError, ValueError):
                spaces.append(space)
                return None
            answers = empty(size, dtype)
            loop(space.tables, answers, 1.0)
            spaces.append(space)
            return answers.item(0), answers[part]

        return run

    def descent(self, which: int, start: Array) -> tuple[Callable[[Sequence[Any]], float | None], Array, Array]:
        """Return a function for a step of a descent in place, the moving numbers, and the rate with its sign changed.

        The step takes the unbatched inputs without the moving block. It returns the value, or None if an input is not
        an array or float of the right form.
        """
        space = Space(self)
        home = space.shared[self._inputs[which][1]]
        home[...] = start
        places: list[Any] = [place for i, place in enumerate(space.places) if i != which]
        answers, first, loop = empty(self._answers, self.dtype), self._inputs[which][1].start, loop_of(run_descent)

        def step(inputs: Sequence[Any]) -> float | None:
            try:
                for place, x in zip(places, inputs, strict=True):
                    if type(x) is float:
                        place[...] = x
                    else:
                        place[:] = x
            except (TypeError, ValueError):
                return None
            return loop(space.tables, answers, first)  # type: ignore[no-any-return]

        return step, home, space.shared[self._rate : self._rate + 1]

    def _run_parts(self, space: Space, answers: Array, results: Array, divisor: float) -> None:
        """Run a large batch in parts, several at a time; their sums are added in the order of the parts."""
        samples = results.shape[1]
        middle, end = loop_of(run_samples), loop_of(finish)
        given = space.shared.copy()

        def part(start: int) -> Any:
            own = Space(self)
            own.shared[:] = given
            middle(own.tables, space.columns, answers, results, divisor, start, min(start + PART, samples))
            return own.shared[self._totals].copy()

        with ThreadPoolExecutor(self._threads) as pool:
            for sums in pool.map(part, range(0, samples, PART)):
                space.shared[self._totals] += sums
        middle(space.tables, space.columns, answers, results, divisor, 0, 0)
        end(space.tables, answers, divisor)


class Space:
    """The memory of one call; ``places`` are the positions of unbatched inputs."""

    __slots__ = ("columns", "lanes", "places", "shared", "tables")

    def __init__(self, executor: FastExecutor) -> None:
        self.shared = executor._shared.copy()
        self.lanes = aligned((executor._row_count * WIDTH,), executor.dtype)
        self.columns = executor._nothing_given
        shared: Any = self.shared
        self.places = [memoryview(shared[rows, ...]) for rows in executor._places]
        addresses = [table.ctypes.data for table in (*executor._tables, self.shared, self.lanes)]
        self.tables = np.array(addresses + executor._kernels, np.int64)
