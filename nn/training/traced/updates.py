"""Update a model with programs: all numbers are in vectors, and are written to the model when it is read."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...models.module import Module
from ...optim.optimizer import Optimizer
from ...optim.regularizers import Regularizer
from ..evaluation import Metrics, quiet
from ..updates import Updater
from .objective import TracedObjective
from .parameter_vector import ParameterVector

Array = NDArray[Any]


class TracedUpdater(Updater):
    """The same as ``Updater``, with programs: same arguments, same results up to rounding.

    From ``update`` to ``settle``, the model's numbers are in a vector; ``settle`` writes them to the model.

    Raises
    ------
    TraceError, GuardError
        If the model or the loss cannot be traced.
    """

    def __init__(
        self,
        model: Module,
        loss: Callable[..., Any],
        optimizer: Optimizer,
        regularizer: Callable[[Module], Any] | None = None,
        clip_norm: float | None = None,
    ) -> None:
        super().__init__(model, loss, optimizer, regularizer, clip_norm)
        self._objective = TracedObjective(model, loss, regularizer)
        self._held_out: Any = None
        self._vector: Any = None
        self._is_stale = self._is_settled = True
        self._places: dict[str, Any] = {}
        #: a step that is not one rule for all parameters is done by the optimizer itself
        self._has_own_step = type(optimizer).step is not Optimizer.step
        self._shrinks = getattr(type(regularizer), "proximal", None) not in (None, Regularizer.proximal)

    def prepare(self, data: tuple[Array, Array], held_out: tuple[Array, Array] | None) -> None:
        """Record the programs for all data, so that errors appear before the first update."""
        self._objective.batch(*data)
        if held_out is not None:
            with quiet(self.model):
                self._held_out = self._objective.batch(*held_out, penalized=False)

    def update(self, X: Array, y: Array, outputs: bool = True) -> tuple[float, Any]:
        """Update the numbers once; return the objective before it, and the outputs if requested."""
        batch = self._objective.batch(X, y)
        vector = self._current()
        numbers = vector.standing.numbers
        found = batch.outputs(numbers) if outputs else None
        value, gradient, reached = batch.value_and_gradient(numbers)
        if not (math.isfinite(value) and vector.finite(gradient)):
            self.settle()
            raise self.diverged(X, y, value)
        if self.clip_norm is not None:
            gradient = vector.clipped(gradient, reached, self.clip_norm)
        self._is_settled = False
        if self._has_own_step:
            vector.use(gradient, reached)
            self.settle(changeable=True)
            self.optimizer.step()
        else:
            vector.step(gradient, reached)
        if self._shrinks:
            self.settle(changeable=True)
            self.shrink()
        return value, found

    def settle(self, changeable: bool = False) -> None:
        """Write the numbers to model and optimizer; ``changeable`` if callbacks may change them."""
        if not self._is_settled:
            self._vector.scatter()
            self._is_settled = True
        self._is_stale = self._is_stale or changeable

    def norms(self) -> dict[str, float]:
        """Return the norm of the last gradient of each part of the model."""
        return self._vector.norms(self._places)  # type: ignore[no-any-return]

    def evaluate(self, data: tuple[Array, Array], metrics: Metrics) -> dict[str, float]:
        """Return the loss and the metrics on the held-out data."""
        numbers = self._current().standing.numbers
        outputs = self._held_out.outputs(numbers) if metrics else None
        found = {name: float(metric(outputs, data[1])) for name, metric in metrics.items()}
        return {"loss": self._held_out.value(numbers), **found}

    def _current(self) -> ParameterVector:
        """Return the vector with the present numbers."""
        parameters = self._objective.parameters
        if self._vector is None or len(self._vector.parameters) != len(parameters):
            self.settle()
            self._vector = ParameterVector(parameters, self.optimizer)
            place = {p: i for i, p in enumerate(parameters)}
            self._places = {name: _places([place[p] for p in part]) for name, part in self._parts.items()}
        elif self._is_stale:
            self._vector.gather()
        self._is_stale = False
        return self._vector  # type: ignore[no-any-return]


def _places(found: list[int]) -> Any:
    """Return positions as a slice if they are adjacent; a slice needs no copy."""
    if found and found == [*range(found[0], found[0] + len(found))]:
        return slice(found[0], found[0] + len(found))
    return np.array(found, dtype=np.intp)
