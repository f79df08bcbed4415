"""Run gradient descent inside a program, so that the moving numbers stay in its memory."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...errors import OperandError, ShapeError
from .runner import Runner

Array = Any


class Descent:
    """Numbers that move against the derivative of a program, one step for each call; made by ``Program.descent``.

    Value, derivative and step are one program without copies, which takes half of the time for small networks with one
    sample.

    Attributes
    ----------
    numbers : numpy.ndarray
        A copy of the present numbers; settable.
    rate : float
        The learning rate; it can be set at any time.

    Examples
    --------
    >>> from autograd_core import trace
    >>> program = trace(lambda w, x, t: (w[0] * x + w[1] - t) ** 2, [0.0, 0.0], 1.0, 1.0)
    >>> descent = program.descent([0.0, 0.0], rate=0.1)
    >>> round(descent(1.0, 3.0), 3), round(descent(2.0, 5.0), 3)
    (9.0, 10.24)
    >>> for _ in range(500):
    ...     loss = descent([1.0, 2.0], [3.0, 5.0])  # a batch: the mean of its losses
    >>> descent.numbers.round(3).tolist()
    [2.0, 1.0]
    """

    def __init__(self, runner: Runner, which: int, start: Any, rate: float, reduce: str) -> None:
        self._runner, self._which, self._reduce = runner, which, reduce
        self._block = runner.blocks[which]
        self._home = self._read(start)
        self._minus_rate = np.zeros(1, runner.dtype)
        self._step: Any = None
        self.rate = rate

    @property
    def rate(self) -> float:
        """The learning rate."""
        return self._rate

    @rate.setter
    def rate(self, rate: Any) -> None:
        if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0.0 <= rate < math.inf:
            raise OperandError(f"The rate of a descent is a number from 0 on, not {rate!r}.")
        self._rate = float(rate)
        self._minus_rate[0] = -self._rate

    @property
    def numbers(self) -> Array:
        """A copy of the present numbers, in the shape of their argument."""
        return self._home.reshape(self._block.shape).copy()

    @numbers.setter
    def numbers(self, numbers: Any) -> None:
        self._home[...] = self._read(numbers)

    def __call__(self, *inputs: Any) -> float:
        """Take a step; return the value before it; for a batch, the mean or sum of the values.

        Parameters
        ----------
        *inputs
            The arguments of the program without the one that moves.
        """
        if self._step is not None:
            value = self._step(inputs)
            if value is not None:
                return value  # type: ignore[no-any-return]
        return self._general(inputs)

    def _general(self, inputs: tuple[Any, ...]) -> float:
        runner, which = self._runner, self._which
        if len(inputs) != len(runner.blocks) - 1:
            names = ", ".join(block.name for i, block in enumerate(runner.blocks) if i != which)
            raise ShapeError(
                f"A step takes {len(runner.blocks) - 1} arguments ({names}), not {len(inputs)}: the numbers of "
                f"{self._block.name} are inside."
            )
        home = self._home.reshape(self._block.shape)
        arrays, batched, samples = runner.read([*inputs[:which], home, *inputs[which:]])
        plan = runner.plan((which,), True, batched, descent=True)
        divisor = float(samples) if samples and self._reduce == "mean" else 1.0
        shared, lanes = runner.run(plan, arrays, samples, divisor, self._rate)
        self._home[...] = plan.gradients[which].read(shared, lanes).reshape(-1)
        if plan.alone is not None and self._step is None:
            self._step, self._home, self._minus_rate = plan.executor.descent(which, self._home)
            self.rate = self._rate
        return float(shared[0])

    def _read(self, numbers: Any) -> Array:
        array = self._block.read(numbers, self._runner.dtype)
        if array.shape != self._block.shape:
            raise self._block.misfit(array.shape)
        return np.array(array).reshape(-1)

    def __repr__(self) -> str:
        return f"<Descent of {self._runner.recording.name} by {self._block.name}, rate {self._rate:g}>"
