"""Loss functions, on lists of Values and on Tensors.

Names and argument order are PyTorch's where it has the loss: ``loss(input, target, reduction="mean")``. Outputs and
targets must be of one shape; nothing is broadcast. Logarithms are natural. From logits means: the numbers before the
sigmoid or softmax, which is the accurate way (the loss of a certain answer does not round to 0 or infinity).

>>> from autograd_core import Value
>>> mse_loss([Value(23.5)], [22.9]).data
0.36
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_core import functions

from .errors import DataError, OperandError, TargetError, unknown
from .pairing import check_reduction, elementwise, reduced, shape_of

__all__ = ["LOSSES", "cross_entropy", "hinge", "loss_function", "mse_loss"]


def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Return the squared error.

    Parameters
    ----------
    input, target : of one shape
        Outputs and what they should be.
    reduction : {"mean", "sum", "half_sum", "none"}
        The lectures call all of these "MSE": the mean (gradient 2d/m), the sum (2d), or half the sum (d).

    Examples
    --------
    >>> mse_loss([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], reduction="sum")
    2.0
    """
    check_reduction(reduction, "mse_loss", half=True)
    return elementwise("mse_loss", _square_of_difference, input, target, reduction)


def _square_of_difference(output: Any, target: Any) -> Any:
    difference = output - target
    return difference * difference


def hinge(input: Any, target: Any, margin: float = 1.0, reduction: str = "mean") -> Any:
    """Return max(0, margin - t·s): the loss of a support vector machine.

    Parameters
    ----------
    input : outputs, the scores s
    target : of the same shape
        The labels t, -1 or +1.
    margin : float
        How far on the right side a score must be for no loss at all. At exactly the margin the derivative is 0.

    Raises
    ------
    TargetError
        For labels other than -1 and +1; labels 0 and 1 become them as ``2*y - 1``.

    Examples
    --------
    >>> hinge([0.5, -3.0], [1, -1])
    0.25
    """
    check_reduction(reduction, "hinge")
    _check_labels(target, (-1.0, 1.0), "hinge", "labels 0 and 1 become them as 2*y - 1")
    return elementwise("hinge", lambda s, t: functions.relu(margin - t * s), input, target, reduction)


def cross_entropy(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Return -log softmax(logits)[target], from logits.

    Parameters
    ----------
    input : list of K Values; list of rows of K; Tensor, shape (K,) or (batch, K)
        The logits: numbers before the softmax.
    target : int; list of int, one a row; or probabilities of the shape of the logits
        The index of the true class; a one-hot row; or soft labels, which must sum to 1.

    Raises
    ------
    TargetError
        For an index outside 0 … K-1, or a row of probabilities that is none.

    Examples
    --------
    The exercise of the lecture *Neural Networks - II* (Thang Vu, 2025):

    >>> cross_entropy([1.0, 2.0, 0.0], 1)
    0.4076059644443803
    """
    check_reduction(reduction, "cross_entropy")
    rows, targets, single = _rows(input, target, "cross_entropy")
    losses = [_cross_entropy_of_row(row, t) for row, t in zip(rows, targets, strict=True)]
    return reduced(losses, reduction, () if single else (len(losses),))


def _rows(input: Any, target: Any, name: str) -> tuple[list[Any], list[Any], bool]:
    """Return rows of outputs beside their targets, and whether it was a single row."""
    shape = shape_of(input, name)
    if len(shape) not in (1, 2):
        raise OperandError(
            f"{name} takes the outputs of one sample, one for each class, or a list of such rows; not something of "
            f"shape {shape}."
        )
    if len(shape) == 1:
        return [input], [target], True
    targets = target.tolist() if isinstance(target, np.ndarray) else list(target)
    if len(targets) != shape[0]:
        raise TargetError(f"{name} got {shape[0]} rows of outputs but {len(targets)} targets. Give one a row.")
    return list(input), targets, False


def _cross_entropy_of_row(logits: Sequence[Any], target: Any) -> Any:
    if isinstance(target, (list, tuple, np.ndarray)):
        weights = probabilities(target, len(logits), "cross_entropy")
        terms = [p * functions.cross_entropy(logits, k) for k, p in enumerate(weights) if p != 0.0]
        return functions.sum(terms)
    return functions.cross_entropy(logits, class_index(target, len(logits), "cross_entropy"))


def class_index(target: Any, classes: int, name: str) -> int:
    """Return the index of a class, or say why it is none."""
    if isinstance(target, (bool, np.bool_)) or not isinstance(target, (int, np.integer)):
        raise TargetError(
            f"{name} takes the index of the true class as an integer, not {type(target).__name__} {target!r}. "
            "Class names become indices with numpy.unique(names, return_inverse=True)."
        )
    if not 0 <= target < classes:
        raise TargetError(
            f"{name} got the class {target}, but there are {classes} outputs: classes are counted from 0 to "
            f"{classes - 1}."
        )
    return int(target)


#: How far probabilities may be from a sum of 1: as far as rounding them to two places takes them.
SUM_TOLERANCE = 0.02


def probabilities(row: Any, classes: int, name: str) -> list[float]:
    """Return a row of probabilities, or say why it is none; it is never scaled to sum to 1."""
    p = [float(x) for x in row]
    if len(p) != classes:
        raise TargetError(f"{name} got {len(p)} probabilities for {classes} classes.")
    if not all(0.0 <= x <= 1.0 for x in p) or abs(sum(p) - 1.0) > SUM_TOLERANCE:
        raise TargetError(
            f"{name} got {p}, which are not probabilities: each must lie in [0, 1], and their sum, {sum(p)!r}, must "
            f"be 1 up to rounding ({SUM_TOLERANCE}). Nothing is rescaled silently; divide by their sum if meant."
        )
    return p


def _check_labels(target: Any, labels: tuple[float, ...], name: str, cure: str) -> None:
    found = np.unique(np.asarray(target, dtype=np.float64))
    wrong = [float(x) for x in found if x not in labels]
    if found.size == 0:
        raise DataError(f"{name} of nothing has no value: there are no targets.")
    if wrong:
        allowed = " or ".join(f"{x:g}" for x in labels)
        raise TargetError(f"{name} takes labels {allowed}, but there is {wrong[0]:g}; {cure}.")


#: Losses by the names that ``fit`` and the command line accept.
LOSSES: dict[str, Callable[..., Any]] = {
    "mse": mse_loss,
    "hinge": hinge,
    "cross_entropy": cross_entropy,
}


def loss_function(spec: str | Callable[..., Any]) -> Callable[..., Any]:
    """Return the loss that a name stands for; a function of (outputs, targets) is handed back as it is.

    >>> loss_function("mse") is mse_loss
    True
    """
    if callable(spec):
        return spec
    if not isinstance(spec, str):
        raise OperandError(
            f"A loss is a name or a function loss(outputs, targets), not {type(spec).__name__} {spec!r}."
        )
    if spec not in LOSSES:
        raise unknown("loss", spec, LOSSES)
    return LOSSES[spec]
