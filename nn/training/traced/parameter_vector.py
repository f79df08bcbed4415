"""Keep the parameters of a training as one vector, to which the optimizer's rule is applied at once.

An optimizer stores its state for each parameter. Here the numbers of all parameters are one array, and so is each part
of the state. ``gather`` reads them, and ``scatter`` writes them back before the model is read.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import TrainingError
from ...optim.optimizer import Memory, Optimizer, whole

Array = NDArray[Any]


class Standing(NamedTuple):
    """The state of a training. It is replaced as a whole, so that no step is ever half done."""

    numbers: Array
    gradient: Array
    reached: Array
    memory: Memory
    remembers: Array
    steps: int


class ParameterVector:
    """Values as one vector, trained by an optimizer.

    Parameters
    ----------
    parameters : list of Value
        The parameters in the vector, in order.
    optimizer : Optimizer
        The optimizer; it trains those parameters that are its own.

    Attributes
    ----------
    standing : Standing
        The numbers; after a step also the gradient and the optimizer state.
    """

    def __init__(self, parameters: list[Any], optimizer: Optimizer) -> None:
        self.parameters, self.optimizer = list(parameters), optimizer
        own = {p: i for i, p in enumerate(optimizer.params)}
        self._own = [own.get(p, -1) for p in self.parameters]
        self._trained = np.array([i >= 0 for i in self._own])
        self.gather()

    def gather(self) -> None:
        """Read the parameters and the optimizer state."""
        size = len(self.parameters)
        mine = [self.optimizer.memory[i] if i >= 0 else {} for i in self._own]
        names = max(mine, key=len, default={}).keys()
        memory: Memory = {name: np.array([m.get(name, 0) for m in mine]) for name in names}
        nothing = np.zeros(size, dtype=bool)
        numbers = np.array([p.data for p in self.parameters])
        remembers = np.array([bool(m) for m in mine], dtype=bool)
        self.standing = Standing(numbers, np.zeros(size), nothing, memory, remembers, self.optimizer.steps)

    def scatter(self) -> None:
        """Write numbers and gradients to the parameters, and the state to the optimizer."""
        standing, optimizer = self.standing, self.optimizer
        columns = (standing.numbers, standing.gradient, standing.reached, self._trained)
        rows = [*zip(self.parameters, *(column.tolist() for column in columns), strict=True)]
        memories = self._memories() if standing.memory else {}

        def commit() -> None:
            for p, x, slope, has_slope, trained in rows:
                if trained:
                    p.data = x
                p.grad = slope
                if slope == 0.0 and has_slope:
                    p.accept(slope)  # a gradient of zero, which differs from one that was never computed
            for i, memory in memories.items():
                optimizer.memory[i] = memory
            optimizer.steps = standing.steps

        whole(commit)

    def _memories(self) -> dict[int, Memory]:
        """Return the state of each parameter, by its number in the optimizer."""
        names = list(self.standing.memory)
        columns = [column.tolist() for column in self.standing.memory.values()]
        rows = zip(self._own, self.standing.remembers.tolist(), zip(*columns, strict=True), strict=True)
        return {i: dict(zip(names, row, strict=True)) for i, remembers, row in rows if remembers}

    def clipped(self, gradient: Array, reached: Array, limit: float) -> Array:
        """Return the gradient scaled so that its norm over the trained parameters is at most ``limit``."""
        norm = float(np.linalg.norm(gradient[reached & self._trained]))
        factor = limit / (norm + 1e-6)  # the same rule as clip_grad_norm_
        return gradient * factor if factor < 1.0 else gradient

    def use(self, gradient: Array, reached: Array) -> None:
        """Store a gradient, for a step of the optimizer itself after ``scatter``."""
        self.standing = self.standing._replace(gradient=gradient, reached=reached)

    def finite(self, gradient: Array) -> bool:
        """Return whether the gradient of all trained parameters is finite."""
        return bool(np.isfinite(gradient[self._trained]).all())

    def step(self, gradient: Array, reached: Array) -> None:
        """Update the parameters that have a gradient and are trained, by the optimizer's rule.

        Raises
        ------
        TrainingError
            If there are none.
        """
        numbers, *_, memory, remembers, steps = self.standing
        moved = reached & self._trained
        if not moved.any():
            raise TrainingError(
                f"The objective depends on none of the {len(self.optimizer.params)} parameters of the "
                f"{type(self.optimizer).__name__}. Give it those of the model that is trained: model.parameters()."
            )
        numbers, memory = numbers.copy(), dict(memory)
        for rows, known in ((moved & remembers, True), (moved & ~remembers, False)):
            if rows.any():
                before = {name: column[rows] for name, column in memory.items()} if known else {}
                with np.errstate(all="ignore"):
                    numbers[rows], after = self.optimizer.rule(numbers[rows], gradient[rows], before)
                for name, column in after.items():
                    old = memory.get(name)
                    memory[name] = new = np.zeros(len(rows), np.asarray(column).dtype) if old is None else old.copy()
                    new[rows] = column
                if after:
                    remembers = remembers | rows
        self.standing = Standing(numbers, gradient, reached, memory, remembers, steps + 1)

    def norms(self, parts: dict[str, Any]) -> dict[str, float]:
        """Return the Euclidean norm of the gradient of each part of a model that has one.

        Parameters
        ----------
        parts : dict of str to slice or array
            The positions of each part's parameters in the vector.
        """
        gradient, reached = self.standing.gradient, self.standing.reached
        if not reached.all():
            parts = {name: at for name, at in parts.items() if reached[at].any()}
        return {name: math.sqrt(gradient[at].dot(gradient[at])) for name, at in parts.items()}
