"""Exponential sums over an axis of an array: accurate where a term dominates and where none does.

Every sum is taken of exp(x - anchor). Where one term is more than half of a sum, the anchor is that term itself and the
sum is left to the others, so that neither the value nor a derivative is the small difference of two large numbers.
Elsewhere the anchor is the maximum as a plain number, since no difference is small then and nothing has to cancel.
``compositions`` does the same with Values.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..errors import OperandError, ShapeError
from ..graph.quiet import quietly
from ..readings.algebra import nodes as m
from .arguments import Axis, array, axes_of, axis_of, named, raw
from .reductions import paired, root, sum

__all__ = ["cross_entropy", "log_softmax", "logsumexp", "norm", "softmax"]


#: Up to where neither an exponential nor the square of a sum of them overflows.
SAFE = {np.dtype(kind): 0.4 * float(np.log(np.finfo(kind).max)) for kind in (np.float32, np.float64)}


class Anchored(NamedTuple):
    """An array x beside its anchors."""

    differences: Any  # x - anchor
    anchor: Any  # one for every sum, an axis of length 1 in the place of each summed one
    pivot: Any = None  # 1 where an element is its own anchor, otherwise 0; None where no term dominates
    dominated: Any = None  # 1 for every sum with such an element


def _anchored(x: Any, axes: tuple[int, ...]) -> Anchored:
    numbers = raw(x)
    if not all(numbers.shape[i] for i in axes):
        raise ShapeError(f"There is nothing to sum over in the {named(x)}.")
    constant, pivot = quietly(_pivots, numbers, axes)
    if not pivot.any():
        return Anchored(m.sub(x, constant), constant)
    dominated = pivot.sum(axis=axes, keepdims=True)
    anchor = m.add(sum(m.where(pivot, x, 0.0), axes, keepdims=True), constant * (1.0 - dominated))
    return Anchored(m.sub(x, anchor), anchor, pivot, dominated)


def _pivots(numbers: Any, axes: tuple[int, ...]) -> tuple[Any, Any]:
    """Return the maximum of every sum, 0 if it is not finite, and 1 for each element that is over half of its sum."""
    top = np.max(numbers, axis=axes, keepdims=True)
    constant = np.where(np.isfinite(top), top, numbers.dtype.type(0.0))
    total = np.exp(numbers - constant).sum(axis=axes, keepdims=True)
    largest = numbers == top
    alone = largest.sum(axis=axes, keepdims=True) == 1
    dominated = ((total < 2.0) & np.isfinite(top) | (top == np.inf)) & alone
    return constant, (largest & dominated).astype(numbers.dtype)


def softmax(x: Any, axis: int = -1) -> Any:
    """Return exp(x) / Σ exp(x) along an axis."""
    x = array(x)
    axes = (axis_of(x, axis),)
    differences, _, pivot, _ = _anchored(x, axes)
    terms = m.exp(differences if pivot is None else m.where(pivot, 0.0, differences))
    return m.div(terms, sum(terms, axes, keepdims=True))


def _log_sum(of: Anchored, axes: tuple[int, ...]) -> Any:
    """Return log Σ exp of the differences."""
    if of.pivot is None:
        return m.log(sum(m.exp(of.differences), axes, keepdims=True))
    rest = sum(m.exp(m.where(of.pivot, -np.inf, of.differences)), axes, keepdims=True)
    return m.log1p(m.sub(rest, 1.0 - of.dominated))


def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return log Σ exp(x) over axes."""
    x = array(x)
    axes = axes_of(x, axis)
    of = _anchored(x, axes)
    if raw(of.anchor).size == raw(x).size:  # one term each
        return sum(x, axes, keepdims)
    result = m.add(of.anchor, _log_sum(of, axes))
    return result if keepdims else _dropped(result, axes)


def _dropped(x: Any, axes: tuple[int, ...]) -> Any:
    """Return an array without axes of length 1."""
    return m.reshape(x, shape=tuple(n for i, n in enumerate(raw(x).shape) if i not in axes))


def log_softmax(x: Any, axis: int = -1) -> Any:
    """Return log softmax along an axis, each element as accurate as its own cross-entropy."""
    x = array(x)
    axes = (axis_of(x, axis),)
    of = _anchored(x, axes)
    differences = of.differences if of.pivot is None else m.where(of.pivot, 0.0, of.differences)
    return m.sub(differences, _log_sum(of, axes))


def cross_entropy(logits: Any, target: Any) -> Any:
    """Return -log softmax(logits)[target] for every sample: log Σ exp(xⱼ - x_target), whose own term is the constant 1.

    So the derivative by the logit of the target is minus the sum of the other probabilities, and never a difference.

    Parameters
    ----------
    logits : Tensor or array, shape (..., classes)
    target : integer array, shape (...)

    Raises
    ------
    OperandError
        For targets that are not class indices.
    ShapeError
        If there is not one target a sample.
    """
    logits = array(logits, "logits")
    shape = raw(logits).shape
    target = np.asarray(raw(target))
    if not shape or target.shape != shape[:-1]:
        raise ShapeError(
            f"Logits of shape {shape} are {shape[:-1]} samples of {shape[-1] if shape else 0} classes and need one "
            f"target a sample, of shape {shape[:-1]}, not {target.shape}."
        )
    is_own = np.equal(np.arange(shape[-1]), target[..., None]) if target.dtype.kind in "iu" else None
    if is_own is None or np.count_nonzero(is_own) != target.size:
        raise OperandError(f"Targets are class indices, integers from 0 to {shape[-1] - 1}, not {target!r:.100}.")
    own = is_own.astype(raw(logits).dtype)
    others = 1.0 - own
    # A sum that picks the own term of each sample is exact for finite logits; of any other it is nan.
    differences = m.less_own(logits, own=own)
    if raw(differences).max(initial=0.0) <= SAFE[raw(logits).dtype]:
        return m.log1p(m.sum_others(m.exp(differences), others=others))
    samples = [places[..., None] for places in np.indices(target.shape, sparse=True)]
    differences = m.sub(logits, m.getitem(logits, index=(*samples, target[..., None])))
    top = raw(differences).max(axis=-1, keepdims=True, initial=0.0)
    if not np.isfinite(top).all():
        return logsumexp(m.where(others, differences, 0.0), -1)
    rest = m.sum_others(m.exp(m.sub(differences, top)), others=others)
    top = top[..., 0]
    return m.add(m.log1p(m.add(rest, np.expm1(-top))), top)


def norm(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the Euclidean norm over axes, scaled by a power of 2 near the largest; its gradient at 0 is 0."""
    x = array(x)
    axes = axes_of(x, axis)
    largest = np.max(np.abs(raw(x)), axis=axes, keepdims=True, initial=0.0)
    exponent = np.frexp(largest)[1] - 1
    limits = np.finfo(largest.dtype)
    if np.isinf(raw(x)).any() or ((largest > 0.0) & (exponent < limits.minexp + 2 * limits.nmant)).any():
        return paired(m.hypot, m.abs(x), axes, keepdims)  # where a scaled square, or a derivative by it, would be lost
    scale = np.ldexp(np.ones_like(largest), exponent)
    scaled = m.div(x, np.where(largest > 0.0, scale, largest.dtype.type(1.0)))
    length = m.mul(root(sum(m.mul(scaled, scaled), axes, keepdims=True)), scale)
    return length if keepdims else _dropped(length, axes)
