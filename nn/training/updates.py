"""Do one update: forward pass, sweep, step; completely or not at all."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_core import detect_anomaly
from autograd_core.graph.node import Node

from ..errors import AnomalyError, DivergedError, OperandError
from ..models.module import Module
from ..optim.optimizer import Optimizer, clip_grad_norm_, has_gradient
from .evaluation import Metrics, evaluate, outputs_of, targets_for
from .monitors import norms_of, parts_of


@dataclass
class Updater:
    """The parts of an update.

    Attributes
    ----------
    model : Module
    loss : callable
        ``loss(outputs, targets)``.
    optimizer : Optimizer
    regularizer : callable or None
        ``regularizer(model)``, added to the loss; if it has a method ``proximal(model, lr)``, that follows the step.
    clip_norm : float or None
        The largest norm of the gradient.
    """

    model: Module
    loss: Callable[..., Any]
    optimizer: Optimizer
    regularizer: Callable[[Module], Any] | None = None
    clip_norm: float | None = None

    def __post_init__(self) -> None:
        own = set(self.optimizer.params)
        self._untrained = [p for p in self.model.parameters() if p not in own]
        self._modules, self._parts = self.model.modules(), parts_of(self.model)

    def objective(self, X: NDArray[Any], y: NDArray[Any]) -> tuple[Any, Any]:
        """Return the loss with its penalty, and the outputs."""
        outputs = outputs_of(self.model, X)
        value = self.loss(outputs, targets_for(self.model, y))
        if not isinstance(value, Node):
            raise OperandError(
                f"The loss returned the {type(value).__name__} {value!r:.80}, which does not say how it was computed. "
                "Return one Value or Tensor, computed from the outputs by operators and autograd_core.functions."
            )
        return (value if self.regularizer is None else value + self.regularizer(self.model)), outputs

    def prepare(self, data: tuple[Any, Any], held_out: tuple[Any, Any] | None) -> None:
        """Prepare training on data, before the first update."""

    def update(self, X: NDArray[Any], y: NDArray[Any], outputs: bool = True) -> tuple[float, Any]:
        """Update the parameters once; return the objective before it, and the outputs (None if not requested).

        Raises
        ------
        DivergedError
            If the objective or a gradient is not finite; nothing was changed.
        """
        before, arrays = self.optimizer.steps, arrays_of(self._modules)
        try:
            value, found = self.objective(X, y)
            self.optimizer.zero_grad()
            for p in self._untrained:
                p.zero_grad()
            value.backward()
            if not (math.isfinite(value.item()) and all(_finite(p) for p in self.optimizer.params)):
                put_back(arrays)
                raise self.diverged(X, y, value.item())
            if self.clip_norm is not None:
                clip_grad_norm_(self.optimizer.params, self.clip_norm)
            self.optimizer.step()
        except BaseException:
            if self.optimizer.steps == before:
                put_back(arrays)  # running statistics belong to an update that was not done
            else:
                self.shrink()
            raise
        self.shrink()
        return float(value.item()), found if outputs else None

    def settle(self, changeable: bool = False) -> None:
        """Bring the model to its state after the last complete update; here it always is."""

    def norms(self) -> dict[str, float]:
        """Return the Euclidean norm of the last gradient of each part of the model."""
        return norms_of(self._parts)

    def evaluate(self, held_out: tuple[Any, Any], metrics: Metrics) -> dict[str, float]:
        """Return the loss and the metrics on validation data."""
        return evaluate(self.model, held_out, self.loss, metrics)

    def shrink(self) -> None:
        """Apply the regularizer's proximal step after an update."""
        proximal = getattr(self.regularizer, "proximal", None)
        if proximal is not None:
            proximal(self.model, self.optimizer.lr)

    def diverged(self, X: NDArray[Any], y: NDArray[Any], value: float) -> DivergedError:
        """Compute the objective again with anomaly detection, and return the error that names the first operation."""
        found = ""
        try:
            with detect_anomaly():
                self.objective(X, y)[0].backward()
        except AnomalyError as error:
            found = f" {error}"
        return DivergedError(
            f"Update {self.optimizer.steps + 1} did not take place: the loss is {value}, or a gradient is not finite."
            f"{found} The model is as it was before. The usual cures are a smaller learning rate, "
            "clipped gradients and standardized data."
        )


def _finite(p: Any) -> bool:
    if not has_gradient(p):
        return True
    return math.isfinite(p.grad) if type(p.grad) is float else bool(np.isfinite(p.grad).all())


def arrays_of(modules: Iterable[Module]) -> list[tuple[Module, str, Any]]:
    """Return the arrays that a forward pass may replace, so that they can be restored."""
    return [(m, n, v.copy()) for m in modules for n, v in vars(m).items() if isinstance(v, np.ndarray)]


def put_back(arrays: list[tuple[Module, str, Any]]) -> None:
    """Restore the arrays that ``arrays_of`` returned."""
    for owner, name, array in arrays:
        setattr(owner, name, array.copy())
