"""Compute losses of several classes, from rows of Values or from Tensors whose rows are samples.

>>> cross_entropy([[1.0, 2.0, 0.0], [1.0, 2.0, 0.0]], [1, 1])
0.4076059644443803
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_core import functions

from ..errors import DataError, ShapeError
from ..options import in_range
from .output_target_pairs import check_reduction, is_tensor, reduced
from .targets import probabilities, rows_and_targets, weights_of_classes


def _over_rows(name: str, of_row: Callable[[Any, int], Any], output: Any, target: Any, reduction: str) -> Any:
    """Sum a loss of (row, class) over the classes of each target, and reduce over the rows."""
    rows, targets, single = rows_and_targets(output, target, name)
    losses = []
    for row, t in zip(rows, targets, strict=True):
        shares = weights_of_classes(t, len(row), name)
        terms = [of_row(row, k) if p == 1.0 else p * of_row(row, k) for k, p in shares]
        losses.append(functions.sum(terms) if len(terms) > 1 else terms[0])
    return reduced(losses, reduction, () if single else (len(losses),))


def cross_entropy(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Return -ln softmax(logits)[target], from logits.

    Parameters
    ----------
    input : list of K Values; list of rows of K; Tensor, shape (K,) or (batch, K)
        The logits: numbers before the softmax.
    target : int; a list of int, one a row; or probabilities of the shape of the logits
        The index of the true class; a one-hot row; or soft labels, which must sum to 1.

    Raises
    ------
    TargetError
        For an index outside 0 … K-1, or invalid probabilities.

    Examples
    --------
    The exercise of the lecture *Neural Networks - II* (Thang Vu, 2025):

    >>> cross_entropy([1.0, 2.0, 0.0], 1)
    0.4076059644443803
    """
    check_reduction(reduction, "cross_entropy")
    if is_tensor(input):
        return _cross_entropy_of_tensor(input, target, reduction)
    return _over_rows("cross_entropy", functions.cross_entropy, input, target, reduction)


def nll_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Return -input[target], from logarithms of probabilities, such as the output of ``log_softmax``.

    >>> nll_loss([-0.5, -1.5], 0)
    0.5
    """
    check_reduction(reduction, "nll_loss")
    if is_tensor(input):
        return _picked_from_tensor(lambda p: -p, input, target, reduction, "nll_loss")
    return _over_rows("nll_loss", lambda row, k: -row[k], input, target, reduction)


def nll_of_probabilities(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Return -ln p[target], from probabilities, such as the output of a softmax layer.

    The probabilities may be rounded to two decimals; they are used as they are. From logits, ``cross_entropy`` is more
    accurate.

    >>> nll_of_probabilities([0.232, 0.301, 0.233, 0.233], 1)
    1.2006450142332614
    """
    check_reduction(reduction, "nll_of_probabilities")
    return _of_probabilities("nll_of_probabilities", lambda p: -functions.log(p), input, target, reduction)


def nll_clipped(input: Any, target: Any, reduction: str = "mean", eps: float = 1e-7) -> Any:
    """Return -ln of the probability clipped to [eps, 1 - eps], as in some lectures.

    The clip avoids ln 0, but beyond eps the gradient is 0, so a badly wrong example is not learned, and a perfect one
    costs 1e-7. ``cross_entropy`` from logits has neither fault.

    >>> nll_clipped([0.0, 1.0], 0)
    16.11809565095832
    """
    check_reduction(reduction, "nll_clipped")
    low = in_range("eps", eps, 0.0, 0.5)
    clipped = lambda p: -functions.log(functions.clip(p, low, 1.0 - low))  # noqa: E731 - a formula, named
    return _of_probabilities("nll_clipped", clipped, input, target, reduction)


def _of_probabilities(name: str, formula: Callable[[Any], Any], output: Any, target: Any, reduction: str) -> Any:
    if is_tensor(output):
        for row in output.data.reshape(-1, output.shape[-1]):
            probabilities(row, len(row), name)
        return _picked_from_tensor(formula, output, target, reduction, name)
    for row in rows_and_targets(output, target, name)[0]:
        probabilities([getattr(p, "data", p) for p in row], len(row), name)
    return _over_rows(name, lambda row, k: formula(row[k]), output, target, reduction)


# On Tensors


def _checked(target: Any, outputs: Any, name: str) -> NDArray[Any]:
    """Return targets as an array: a class index for each row of outputs, or a row of class probabilities."""
    shape = outputs.shape
    if len(shape) not in (1, 2) or 0 in shape:
        raise (DataError if 0 in shape else ShapeError)(
            f"{name} takes outputs of shape (classes,) or (samples, classes), none of them empty, not {shape}."
        )
    try:
        found = np.asarray(target)
    except ValueError:
        found = np.array(None)
    classes = shape[-1]
    if found.shape == shape[:-1] and found.dtype.kind in "iu" and bool(((found >= 0) & (found < classes)).all()):
        return found
    if found.shape == shape and found.dtype.kind in "iuf":
        for row in found.reshape(-1, classes):
            probabilities(row, classes, name)
        return found.astype(outputs.dtype)
    rows = target.tolist() if isinstance(target, np.ndarray) else target
    rows = [rows] if len(shape) == 1 else rows
    if isinstance(rows, (list, tuple)) and len(rows) == outputs.size // classes:
        for t in rows:  # the number of labels is right, so one of them is wrong; its own check reports it here
            weights_of_classes(t, classes, name)
    raise ShapeError(f"{name} got outputs of shape {shape} but targets of shape {found.shape}: one for each row.")


def _shares(target: NDArray[Any], outputs: Any) -> NDArray[Any]:
    """Return the share of every class in every row: 1 for the class of an index."""
    if target.ndim == outputs.ndim:
        return target.reshape(-1, outputs.shape[-1])
    table = np.zeros((target.size, outputs.shape[-1]), outputs.dtype)
    table[np.arange(target.size), target.ravel()] = 1.0
    return table


def _rows(x: Any) -> Any:
    return x if x.ndim == 2 else x.reshape((1, -1))


def _cross_entropy_of_tensor(logits: Any, target: Any, reduction: str) -> Any:
    """Return the cross-entropy of each row: the engine's for indices, this one for class probabilities.

    It is Σₖ tₖ·(logsumexp(z) - zₖ). With m the largest logit of a row, this is ln(1 + Σ of the others' exp(z - m)) + Σₖ
    tₖ·(m - zₖ). If the whole probability belongs to the largest logit, the second part and its gradient are exactly 0,
    however small the first part is.
    """
    found = _checked(target, logits, "cross_entropy")
    if found.ndim < logits.ndim:
        return _finish(functions.cross_entropy(logits, found), logits, reduction)
    table, z = _shares(found, logits), _rows(logits)
    at = np.arange(len(table))
    top = z.data.argmax(axis=1)
    others = np.ones_like(table)
    others[at, top] = 0.0
    largest = z[at, top].reshape((-1, 1))
    below = table * others  # if the target is the largest logit, the distance is exactly 0, without computing m - m
    distance = functions.where(below, below * (largest - z), 0.0).sum(axis=1)
    rest = functions.where(others, functions.exp(z - largest), 0.0).sum(axis=1)
    losses = table.sum(axis=1) * functions.log1p(rest) + distance
    return _finish(losses, logits, reduction)


def _picked_from_tensor(formula: Callable[[Any], Any], outputs: Any, target: Any, reduction: str, name: str) -> Any:
    """Return Σₖ tₖ·formula(outputₖ) for each row; outputs with a probability of 0 are skipped."""
    table = _shares(_checked(target, outputs, name), outputs)
    terms = functions.where(table, table * formula(_rows(outputs)), 0.0)
    return _finish(terms.sum(axis=1), outputs, reduction)


def _finish(losses: Any, outputs: Any, reduction: str) -> Any:
    if outputs.ndim == 1 and losses.ndim:
        losses = losses.reshape(())
    return reduced([losses], reduction, losses.shape)
