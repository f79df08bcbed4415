"""Prepare a program for one kind of call: which inputs are batched, and which results are needed.

Plans are made on first use and stored. Making one takes a few passes over the tape: milliseconds for a thousand
operations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..trace.arguments import Block
from ..trace.differentiate import reverse
from ..trace.tape import ADD, COUNT, RATE, TOTAL, Ref
from ..trace.tracing import Recording
from .schedule import Schedule

Array = Any
#: The position of a result: among the shared results or those of each sample, and its number there.
Where = tuple[bool, int]


class Plan:
    """The computation of a program for one kind of call.

    Parameters
    ----------
    recording : Recording
        The tape, with its inputs, outputs and guards.
    given : tuple of bool
        For each block, whether it has one value for each sample.
    wanted : tuple of int, optional
        The blocks to differentiate by; then there is one output.
    reduced : bool
        Whether values and gradients are summed over the batch. If not, there is one gradient for each sample, also by
        shared inputs, which are repeated over the batch.
    prepare : callable
        Makes a schedule ready to run.
    descent : bool
        Whether each block to differentiate by is moved against its derivative, with the rate passed to ``run``, instead
        of returning the derivative. The plan must then be reduced, and the block not batched.

    Attributes
    ----------
    run : callable
        ``run(arrays, samples, divisor, rate)`` returns the shared results, and those of each sample.
    alone : callable or None
        ``alone(part)`` returns a function of inputs that returns the value and a part of the shared results, or None
        for inputs that must be converted first. For plans without a batch and without work after the run.
    plain : bool
        Whether ``run`` is all there is to do: nothing to repeat for every sample, and nothing to check.
    spread : set of int
        The blocks to repeat for every sample.
    gradients : dict
        For each block to differentiate by, the position of its derivative.
    guards : list
        The comparisons that ``check`` checks.
    """

    def __init__(
        self,
        recording: Recording,
        given: tuple[bool, ...],
        wanted: tuple[int, ...] | None,
        reduced: bool,
        prepare: Callable[[Schedule], Any],
        descent: bool = False,
    ) -> None:
        blocks, guards = recording.blocks, recording.guards
        batched = given
        if wanted is not None and any(given) and not reduced:
            batched = tuple(flag or i in wanted for i, flag in enumerate(given))
        self.spread = {i for i, (now, before) in enumerate(zip(batched, given, strict=True)) if now and not before}
        whole = recording.tape.given(
            flag for flag, block in zip(batched, blocks, strict=True) for _ in range(block.size)
        )
        roots = list(recording.outputs)
        if wanted is not None:
            (y,) = roots
            count = whole.emit(COUNT) if reduced else 1.0
            targets = [x for i in wanted for x in range(blocks[i].start, blocks[i].start + blocks[i].size)]
            roots += reverse(whole, y, targets, count, seed=whole.emit(RATE) if descent else 1.0)
            if descent:
                roots[1:] = [whole.pair(ADD, x, change) for x, change in zip(targets, roots[1:], strict=True)]
            if reduced:
                varies = isinstance(y, int) and whole.batched[y]
                roots[0] = whole.emit(TOTAL, y) if varies else whole.product(y, count)
        answers = [whole.emit(g.op, g.a, g.b) for g in guards]
        shared: list[Ref] = []
        lanes: list[int] = []

        def root(x: Ref) -> Where:
            if isinstance(x, int) and whole.batched[x]:
                lanes.append(x)
                return True, len(lanes) - 1
            shared.append(x)
            return False, len(shared) - 1

        places = [root(x) for x in roots]
        divided = (1, 0) if descent else (len(shared), len(lanes)) if reduced else (0, 0)
        self._outputs = places if wanted is None else places[:1]
        self.gradients: dict[int, Gradient] = {}
        start = 1
        for i in wanted or ():
            block = blocks[i]
            self.gradients[i] = Gradient(places[start : start + block.size], block, batched[i])
            start += block.size
        self.guards = [
            (guard, root(answer), root(guard.a), root(guard.b)) for guard, answer in zip(guards, answers, strict=True)
        ]
        self.plain = not self.spread and not self.guards
        self._batched = any(batched)
        executor = prepare(Schedule(whole, blocks, shared, lanes, *divided))
        self.run = executor.run
        self.executor = executor
        flat = all(len(block.shape) < 2 for block in blocks)
        self.alone = getattr(executor, "alone", None) if self.plain and flat and not self._batched else None
        self._labels = recording.labels

    def check(self, shared: Array, lanes: Array) -> None:
        """Raise an error if a comparison has another outcome than while tracing."""
        for guard, (lane, k), *operands in self.guards:
            if not lane:
                if bool(shared[k]) is not guard.outcome:
                    raise self._failure(guard, operands, shared, lanes, None)
            elif (wrong := (lanes[k] != 0.0) != guard.outcome).any():
                raise self._failure(guard, operands, shared, lanes, int(wrong.argmax()))

    def _failure(self, guard: Any, operands: Any, shared: Array, lanes: Array, sample: int | None) -> Exception:
        a, b = (float(lanes[k][sample] if lane else shared[k]) for lane, k in operands)
        failure: Exception = guard.fail(a, b, self._labels, sample)
        return failure

    def output(self, k: int, shared: Array, lanes: Array) -> Any:
        """Return an output: a float, or an array with one number for each sample."""
        lane, row = self._outputs[k]
        if lane:
            return lanes[row].copy()
        value = float(shared[row])
        return np.full(lanes.shape[1], value, shared.dtype) if self._batched else value


class Gradient:
    """The position of the derivative by a block."""

    __slots__ = ("batched", "entries", "lanes", "part", "shape", "shared")

    def __init__(self, places: list[Where], block: Block, batched: bool) -> None:
        self.shape, self.batched = block.shape, batched
        self.entries = places
        first, last = places[0][1], places[-1][1] + 1
        kinds = {lane for lane, _ in places}
        self.shared = slice(first, last) if kinds == {False} and not batched else None
        self.part = self.shared if self.shape else first
        self.lanes = slice(first, last) if kinds == {True} else None

    def read(self, shared: Array, lanes: Array) -> Array:
        """Return the derivative."""
        if self.shared is not None:
            part = shared[self.shared]  # of an array without other references
            return part if len(self.shape) == 1 else part.reshape(self.shape)
        samples = lanes.shape[1]
        if self.lanes is not None:
            rows = lanes[self.lanes]
        else:
            rows = np.stack([lanes[k] if lane else np.full(samples, shared[k]) for lane, k in self.entries])
        return np.ascontiguousarray(rows.T).reshape(samples, *self.shape)
