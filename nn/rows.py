"""Losses of classes on a Tensor of logits or probabilities, one row a sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_core import functions

from .errors import DataError, ShapeError
from .pairing import reduced
from .targets import weights_of_classes

__all__ = ["cross_entropy_of_tensor", "picked_from_tensor", "shares"]


def shares(target: Any, shape: tuple[int, ...], name: str) -> NDArray[np.float64]:
    """Return the share of every class in every target, shape (samples, classes): one-hot rows for indices."""
    if len(shape) not in (1, 2) or 0 in shape:
        raise (DataError if 0 in shape else ShapeError)(
            f"{name} takes outputs of shape (classes,) or (samples, classes), none of them empty, not {shape}."
        )
    targets = [target] if len(shape) == 1 else target
    rows = 1 if len(shape) == 1 else shape[0]
    if np.ndim(targets) == 0 or len(targets) != rows:
        raise ShapeError(
            f"{name} got {rows} rows of outputs but targets of shape {np.shape(target)}: one for each row."
        )
    table = np.zeros((rows, shape[-1]))
    for i, t in enumerate(targets):
        for k, p in weights_of_classes(t, shape[-1], name):
            table[i, k] = p
    return table


def _rows(x: Any) -> Any:
    return x if x.ndim == 2 else x.reshape((1, -1))


def cross_entropy_of_tensor(logits: Any, target: Any, reduction: str) -> Any:
    """Return the cross-entropy of each row: with indices the engine's, with shares of the classes this one.

    It is Σₖ tₖ·(logsumexp(z) - zₖ). With m the largest logit of a row, that is ln(1 + Σ of the others' exp(z - m)) +
    Σₖ tₖ·(m - zₖ): where all of the share is the largest logit's, the second part is exactly 0 and so is its gradient,
    however small the first one is.
    """
    table = shares(target, logits.shape, "cross_entropy")
    if np.ndim(target) < logits.ndim:
        return _finish(functions.cross_entropy(logits, np.asarray(target)), logits, reduction)
    z = _rows(logits)
    at = np.arange(len(table))
    top = z.data.argmax(axis=1)
    others = np.ones(table.shape)
    others[at, top] = 0.0
    largest = z[at, top].reshape((-1, 1))
    below = table * others  # where the target is the largest logit there is no distance to it, not even m - m
    distance = functions.where(below, below * (largest - z), 0.0).sum(axis=1)
    rest = functions.where(others, functions.exp(z - largest), 0.0).sum(axis=1)
    losses = table.sum(axis=1) * functions.log1p(rest) + distance
    return _finish(losses, logits, reduction)


def picked_from_tensor(formula: Callable[[Any], Any], outputs: Any, target: Any, reduction: str, name: str) -> Any:
    """Return Σₖ tₖ·formula(outputₖ) for each row; outputs with a share of 0 are not looked at."""
    table = shares(target, outputs.shape, name)
    terms = functions.where(table, table * formula(_rows(outputs)), 0.0)
    return _finish(terms.sum(axis=1), outputs, reduction)


def _finish(losses: Any, outputs: Any, reduction: str) -> Any:
    if outputs.ndim == 1 and losses.ndim:
        losses = losses.reshape(())
    return reduced([losses], reduction, losses.shape)
