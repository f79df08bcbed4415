"""What happens in a call of a program: reading what is given, finding the plan, running it.

For small programs this costs more than the computing itself, so it is written to be short at run time: what can be
decided when a question is asked for the first time is decided then.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import OperandError, ShapeError
from .arguments import Block
from .numpy_executor import NumpyExecutor
from .plan import Plan
from .schedule import Schedule

__all__ = ["EXECUTORS", "ExecutorWarning", "Runner"]

Array = Any
EXECUTORS = ("auto", "fast", "numpy")


class ExecutorWarning(UserWarning):
    """The fast executor cannot be used, and NumPy takes its place."""


#: What was said already: each reason is said once.
_said: set[str] = set()


def _say(reason: str) -> None:
    if reason not in _said:
        _said.add(reason)
        warnings.warn(f"Programs run with NumPy, not with the fast executor: {reason}.", ExecutorWarning, stacklevel=2)


class Runner:
    """Runs a recording: one plan for each kind of call, made when it is first needed.

    Parameters
    ----------
    recording : Recording
    dtype : numpy.dtype
    executor : {"auto", "fast", "numpy"}
    threads : int
        How many parts of a large batch are computed at the same time by the fast executor.
    """

    def __init__(self, recording: Any, dtype: Any, executor: str, threads: int) -> None:
        if executor not in EXECUTORS:
            raise OperandError(f"executor={executor!r} is none of 'auto', 'fast' and 'numpy'.")
        self.recording, self.dtype, self.executor, self.threads = recording, dtype, executor, threads
        self.blocks: tuple[Block, ...] = tuple(recording.blocks)
        self._plans: dict[Any, Plan] = {}

    def run(self, given: Sequence[Any], wanted: tuple[int, ...] | None, reduce: str | None) -> tuple[Any, ...]:
        """Compute, and return the plan, its results, and the size of the batch, 0 for none.

        Parameters
        ----------
        given : sequence
            What the caller gave for each block.
        wanted : tuple of int, optional
            The blocks to differentiate by.
        reduce : {"mean", "sum", None}
            What becomes of the samples of a batch.
        """
        arrays: list[Any] = []
        dtype, samples, bit, batched = self.dtype, 0, 1, 0
        for block, x in zip(self.blocks, given, strict=True):
            if type(x) is not np.ndarray or x.dtype is not dtype:
                if type(x) is float and not block.shape:
                    arrays.append(x)
                    bit += bit
                    continue
                x = block.read(x, dtype)
            shape = x.shape
            if shape != block.shape:
                if shape[1:] != block.shape or not shape:
                    raise block.misfit(shape)
                if shape[0] != samples:
                    samples = _same(samples, shape[0], block.name)
                batched |= bit
            arrays.append(x)
            bit += bit
        key = (batched, wanted, reduce is not None and samples > 0)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._plan(batched, wanted, key[2])
        if plan.spread:
            arrays = [
                np.broadcast_to(np.asarray(x, dtype), (samples, *block.shape)) if i in plan.spread else x
                for i, (x, block) in enumerate(zip(arrays, self.blocks, strict=True))
            ]
        shared, lanes = plan.run(arrays, samples, float(samples) if reduce == "mean" and samples else 1.0)
        if plan.guards:
            plan.check(shared, lanes)
        return plan, shared, lanes, samples

    def _plan(self, batched: int, wanted: tuple[int, ...] | None, reduced: bool) -> Plan:
        flags = tuple(bool(batched >> i & 1) for i in range(len(self.blocks)))
        return Plan(self.recording, flags, wanted, reduced, self._prepare)

    def _prepare(self, schedule: Schedule) -> Any:
        if self.executor != "numpy":
            from .compiled import CannotCompile
            from .fast_executor import FastExecutor

            try:
                return FastExecutor(schedule, self.dtype, self.threads)
            except CannotCompile as reason:
                _say(str(reason))
        return NumpyExecutor(schedule, self.dtype)


def _same(before: int, now: int, name: str) -> int:
    if now == 0:
        raise ShapeError(f"The argument {name} is a batch of no samples.")
    if before not in (0, now):
        raise ShapeError(
            f"The argument {name} is a batch of {now} samples, but an argument before it is one of {before}."
        )
    return now
