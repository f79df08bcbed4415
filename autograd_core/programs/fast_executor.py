"""Runs a schedule with the loop that Numba has compiled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..primitive import TABLE
from .compiled import kernel_address, loop
from .fast_loop import WIDTH
from .lowering import Lowering
from .schedule import Schedule

__all__ = ["FastExecutor", "aligned"]

Array = Any

#: Rows begin where a line of the cache begins: a vector then never lies across two.
LINE = 64


def aligned(shape: tuple[int, ...], dtype: Any) -> Array:
    """Return an array of zeros that begins at a cache line."""
    size = int(np.prod(shape)) * dtype.itemsize
    memory = np.zeros(size + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + size].view(dtype).reshape(shape)


class FastExecutor:
    """A schedule, ready to run."""

    def __init__(self, schedule: Schedule, dtype: Any, threads: int = 1) -> None:
        self.dtype = np.dtype(dtype)
        lowered = Lowering(schedule)
        names = list(TABLE)
        kernels = np.zeros(len(names), np.int64)
        for opcode in sorted(lowered.opcodes):
            kernels[opcode] = kernel_address(TABLE[names[opcode]], self.dtype)
        self._program = (
            np.array(lowered.code, np.int32).reshape(-1, 6),
            np.array(lowered.bounds, np.int64),
            np.array(lowered.terms, np.int32).reshape(-1, 2),
            np.array(lowered.weights, self.dtype),
            np.array(lowered.rows, np.int32),
            kernels,
        )
        self._shared = np.zeros(lowered.shared_size, self.dtype)
        for slot, x in lowered.constants.items():
            self._shared[slot] = x
        self._totals = np.array([lowered.slot[place] for place in lowered.totals], np.intp)
        batched = schedule.tape.batched
        self._row_count, self._lane_inputs = lowered.row_count, sum(batched[: schedule.tape.inputs])
        self._answers, self._results = len(schedule.shared), len(schedule.lanes)
        self._inputs = []
        for block in schedule.blocks:
            first = lowered.slot[block.start]
            self._inputs.append((batched[block.start], slice(first, first + block.size), len(block.shape) > 1))
        self._count = lowered.slot[schedule.tape.inputs - 1]
        self._shared[self._count] = 1.0
        self._nothing = np.empty((self._results, 0), self.dtype)
        self._loop = loop()
        self._spaces: list[Any] = []

    def run(self, inputs: Sequence[Any], samples: int, divisor: float) -> tuple[Array, Array]:
        """Compute, and return the shared results and the results of each sample, one row each.

        Parameters
        ----------
        inputs : sequence of arrays
            The blocks of inputs in order, those that are batched with one more axis.
        samples : int
            The size of the batch; 0 if nothing is batched.
        divisor : float
            What values and gradients are divided by.
        """
        try:
            shared, lanes, columns = self._spaces.pop()
        except IndexError:
            shared, lanes = self._shared.copy(), aligned((self._row_count, WIDTH), self.dtype)
            columns = np.empty((self._lane_inputs, 0), self.dtype)
        if samples:
            if columns.shape[1] != samples:
                columns = np.empty((self._lane_inputs, samples), self.dtype)
            shared[self._count] = samples
            shared[self._totals] = 0.0
            results = np.empty((self._results, samples), self.dtype)
        else:
            results = self._nothing
        for (batched, rows, deep), array in zip(self._inputs, inputs, strict=True):
            if batched:
                columns[rows] = array.reshape(samples, -1).T if deep else array.T
            elif deep:
                shared[rows] = array.reshape(-1)
            else:
                shared[rows] = array
        answers = np.empty(self._answers, self.dtype)
        self._loop(*self._program, shared, lanes, columns, answers, results, divisor)
        self._spaces.append((shared, lanes, columns))
        return answers, results
