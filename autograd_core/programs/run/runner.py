"""Call a program: read the inputs, choose the plan and the executor, run.

For small programs this takes longer than the computation itself, so each decision is made once, on the first call of
its kind.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...errors import OperandError, ShapeError
from ..trace.arguments import Block
from ..trace.garbage_collection import uncollected
from .numpy_executor import NumpyExecutor
from .plan import Plan
from .schedule import Schedule

Array = Any
ndarray = np.ndarray
EXECUTORS = ("auto", "fast", "numpy")


class ExecutorWarning(UserWarning):
    """Warning that the fast executor cannot be used, and NumPy runs instead."""


#: Reasons already reported; each reason is reported once.
_said: set[str] = set()

#: The number of operations done by NumPy before a warning is useful.
PATIENCE = 10_000_000


def _say(reason: str) -> None:
    if reason not in _said:
        _said.add(reason)
        warnings.warn(f"Programs run with NumPy, not with the fast executor: {reason}.", ExecutorWarning, stacklevel=2)


class Fallback:
    """The NumPy executor in place of the fast one: it warns once, when there was enough work to make a difference."""

    def __init__(self, executor: NumpyExecutor, steps: int, reason: str) -> None:
        self.executor, self.steps, self.reason = executor, steps, reason
        self.work = 0

    def run(self, inputs: Sequence[Any], samples: int, divisor: float, rate: float = 0.0) -> tuple[Array, Array]:
        """Compute, as the executor does."""
        self.work += self.steps * max(samples, 1)
        if self.work > PATIENCE:
            _say(self.reason)
        return self.executor.run(inputs, samples, divisor, rate)


class Runner:
    """Runs a recording, with one plan for each kind of call, made on first use.

    Parameters
    ----------
    recording : Recording
    dtype : numpy.dtype
    executor : {"auto", "fast", "numpy"}
    threads : int
        The number of parts of a large batch that the fast executor computes at the same time.
    """

    def __init__(self, recording: Any, dtype: Any, executor: str, threads: int) -> None:
        if executor not in EXECUTORS:
            raise OperandError(f"executor={executor!r} is none of 'auto', 'fast' and 'numpy'.")
        if threads < 1:
            raise OperandError(f"threads={threads!r} computes nothing: write how many parts may go at once, 1 or more.")
        self.recording, self.dtype, self.executor, self.threads = recording, dtype, executor, threads
        self.blocks: tuple[Block, ...] = tuple(recording.blocks)
        self._plans: dict[Any, Plan] = {}

    def read(self, given: Sequence[Any]) -> tuple[list[Any], int, int]:
        """Return the inputs of each block as arrays or floats, which of them are batched, and the batch size.

        Block ``i`` is batched if bit ``i`` is set; the size is 0 without a batch.
        """
        arrays: list[Any] = []
        dtype, samples, bit, batched = self.dtype, 0, 1, 0
        for block, x in zip(self.blocks, given, strict=True):
            wanted = block.shape
            if type(x) is not ndarray or x.dtype is not dtype:
                if type(x) is float and not wanted:
                    arrays.append(x)
                    bit += bit
                    continue
                x = block.read(x, dtype)
            shape = x.shape
            if shape != wanted:
                if shape[1:] != wanted or not shape:
                    raise block.misfit(shape)
                if shape[0] != samples or not samples:
                    samples = _same(samples, shape[0], block.name)
                batched |= bit
            arrays.append(x)
            bit += bit
        return arrays, batched, samples

    def plan(self, wanted: tuple[int, ...] | None, reduced: bool, batched: int, descent: bool = False) -> Plan:
        """Return the plan for some results: the outputs, or one output and its derivatives by some blocks.

        In a descent, the results are the blocks moved against their derivatives.
        """
        key = (wanted, reduced and batched > 0, batched, descent)
        if key not in self._plans:
            flags = tuple(bool(batched >> i & 1) for i in range(len(self.blocks)))
            with uncollected():
                self._plans[key] = Plan(self.recording, flags, wanted, key[1], self._prepare, descent)
        return self._plans[key]

    def run(
        self, plan: Plan, arrays: list[Any], samples: int, divisor: float, rate: float = 0.0
    ) -> tuple[Array, Array]:
        """Compute, and return the shared results and those of each sample."""
        if plan.spread:
            arrays = [
                np.broadcast_to(np.asarray(x, self.dtype), (samples, *block.shape)) if i in plan.spread else x
                for i, (x, block) in enumerate(zip(arrays, self.blocks, strict=True))
            ]
        found = plan.run(arrays, samples, divisor, rate)
        if plan.guards:
            plan.check(*found)
        return found  # type: ignore[no-any-return]

    def _prepare(self, schedule: Schedule) -> Any:
        if self.executor == "numpy":
            return NumpyExecutor(schedule, self.dtype)
        from .fast.compiled import CannotCompileError
        from .fast.fast_executor import FastExecutor

        try:
            return FastExecutor(schedule, self.dtype, self.threads)
        except CannotCompileError as reason:
            if self.executor == "fast":
                _say(str(reason))
            return Fallback(NumpyExecutor(schedule, self.dtype), len(schedule.tape.steps), str(reason))


def _same(before: int, now: int, name: str) -> int:
    if now == 0:
        raise ShapeError(f"The argument {name} is a batch of no samples.")
    if before not in (0, now):
        raise ShapeError(
            f"The argument {name} is a batch of {now} samples, but an argument before it is one of {before}."
        )
    return now
