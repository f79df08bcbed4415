"""Compute exponential sums over axes accurately, whether or not one term dominates.

Every sum is of exp(x - anchor). If one term is more than half of the sum, it is the anchor, and only the other terms
are summed. So no value or derivative is the small difference of two large numbers. Otherwise the anchor is the maximum
as a constant, because then nothing cancels. ``scalar.sequence_functions`` does the same for Values.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..errors import OperandError, ShapeError
from ..graph.numpy_warnings import quietly
from ..readings.algebra import nodes as m
from .arguments import Axis, as_operand, described, normalized_axes, normalized_axis, raw
from .reductions import paired, root, sum

#: The largest exponent for which the square of a sum of exponentials does not overflow.
SAFE = {np.dtype(kind): 0.4 * float(np.log(np.finfo(kind).max)) for kind in (np.float32, np.float64)}


class Anchored(NamedTuple):
    """The differences of an array and its anchors."""

    differences: Any  # x - anchor
    anchor: Any  # one for every sum; summed axes have length 1
    pivot: Any = None  # 1 if an element is its own anchor, else 0; None if no term dominates
    dominated: Any = None  # 1 for every sum that has such an element


def _anchored(x: Any, axes: tuple[int, ...]) -> Anchored:
    numbers = raw(x)
    if not all(numbers.shape[i] for i in axes):
        raise ShapeError(f"There is nothing to sum over in the {described(x)}.")
    constant, pivot = quietly(_pivots, numbers, axes)
    if not pivot.any():
        return Anchored(m.sub(x, constant), constant)
    dominated = pivot.sum(axis=axes, keepdims=True)
    anchor = m.add(sum(m.where(pivot, x, 0.0), axes, keepdims=True), constant * (1.0 - dominated))
    return Anchored(m.sub(x, anchor), anchor, pivot, dominated)


def _pivots(numbers: Any, axes: tuple[int, ...]) -> tuple[Any, Any]:
    """Return the maximum of every sum (0 if infinite), and 1 for each element above half of its sum."""
    top = np.max(numbers, axis=axes, keepdims=True)
    constant = np.where(np.isfinite(top), top, numbers.dtype.type(0.0))
    total = np.exp(numbers - constant).sum(axis=axes, keepdims=True)
    largest = numbers == top
    unique = largest.sum(axis=axes, keepdims=True) == 1
    dominated = ((total < 2.0) & np.isfinite(top) | (top == np.inf)) & unique
    return constant, (largest & dominated).astype(numbers.dtype)


def softmax(x: Any, axis: int = -1) -> Any:
    """Return exp(x) / Σ exp(x) along an axis."""
    x = as_operand(x)
    axes = (normalized_axis(x, axis),)
    differences, _, pivot, _ = _anchored(x, axes)
    terms = m.exp(differences if pivot is None else m.where(pivot, 0.0, differences))
    return m.div(terms, sum(terms, axes, keepdims=True))


def _log_sum(anchored: Anchored, axes: tuple[int, ...]) -> Any:
    """Return log Σ exp of the differences."""
    if anchored.pivot is None:
        return m.log(sum(m.exp(anchored.differences), axes, keepdims=True))
    rest = sum(m.exp(m.where(anchored.pivot, -np.inf, anchored.differences)), axes, keepdims=True)
    return m.log1p(m.sub(rest, 1.0 - anchored.dominated))


def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return log Σ exp(x) over axes."""
    x = as_operand(x)
    axes = normalized_axes(x, axis)
    anchored = _anchored(x, axes)
    if raw(anchored.anchor).size == raw(x).size:  # one term each
        return sum(x, axes, keepdims)
    result = m.add(anchored.anchor, _log_sum(anchored, axes))
    return result if keepdims else _dropped(result, axes)


def _dropped(x: Any, axes: tuple[int, ...]) -> Any:
    """Return an array without axes of length 1."""
    return m.reshape(x, shape=tuple(n for i, n in enumerate(raw(x).shape) if i not in axes))


def log_softmax(x: Any, axis: int = -1) -> Any:
    """Return log softmax along an axis, accurate for every element."""
    x = as_operand(x)
    axes = (normalized_axis(x, axis),)
    anchored = _anchored(x, axes)
    pivot, differences = anchored.pivot, anchored.differences
    differences = differences if pivot is None else m.where(pivot, 0.0, differences)
    return m.sub(differences, _log_sum(anchored, axes))


def cross_entropy(logits: Any, target: Any) -> Any:
    """Return -log softmax(logits)[target] for every sample.

    It is log Σ exp(xⱼ - x_target), where the term of the target is the constant 1. So the derivative by the target's
    logit is minus the sum of the other probabilities, and nothing cancels.

    Parameters
    ----------
    logits : Tensor or array, shape (..., classes)
    target : integer array, shape (...)

    Raises
    ------
    OperandError
        For targets that are not class indices.
    ShapeError
        If there is not one target per sample.
    """
    logits = as_operand(logits, "logits")
    shape = raw(logits).shape
    target = np.asarray(raw(target))
    if not shape or target.shape != shape[:-1]:
        raise ShapeError(
            f"Logits of shape {shape} hold {shape[-1] if shape else 0} classes for each sample and need one target per "
            f"sample, of shape {shape[:-1]}, not {target.shape}."
        )
    is_own = np.equal(np.arange(shape[-1]), target[..., None]) if target.dtype.kind in "iu" else None
    if is_own is None or np.count_nonzero(is_own) != target.size:
        raise OperandError(f"Targets are class indices, integers from 0 to {shape[-1] - 1}, not {target!r:.100}.")
    own = is_own.astype(raw(logits).dtype)
    others = 1.0 - own
    # The sum that selects the logit of the target is exact for finite logits; otherwise it is nan.
    differences = m.less_own(logits, own=own)
    if raw(differences).max(initial=0.0) <= SAFE[raw(logits).dtype]:
        return m.log1p(m.sum_others(m.exp(differences), others=others))
    samples = [positions[..., None] for positions in np.indices(target.shape, sparse=True)]
    differences = m.sub(logits, m.getitem(logits, index=(*samples, target[..., None])))
    top = raw(differences).max(axis=-1, keepdims=True, initial=0.0)
    if not np.isfinite(top).all():
        return logsumexp(m.where(others, differences, 0.0), -1)
    rest = m.sum_others(m.exp(m.sub(differences, top)), others=others)
    top = top[..., 0]
    return m.add(m.log1p(m.add(rest, np.expm1(-top))), top)


def norm(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the Euclidean norm over axes, scaled by a power of 2 near the largest; with gradient 0 at 0."""
    x = as_operand(x)
    axes = normalized_axes(x, axis)
    largest = np.max(np.abs(raw(x)), axis=axes, keepdims=True, initial=0.0)
    exponent = np.frexp(largest)[1] - 1
    limits = np.finfo(largest.dtype)
    if np.isinf(raw(x)).any() or ((largest > 0.0) & (exponent < limits.minexp + 2 * limits.nmant)).any():
        return paired(m.hypot, m.abs(x), axes, keepdims)  # here a scaled square would underflow or overflow
    scale = np.ldexp(np.ones_like(largest), exponent)
    scaled = m.div(x, np.where(largest > 0.0, scale, largest.dtype.type(1.0)))
    length = m.mul(root(sum(m.mul(scaled, scaled), axes, keepdims=True)), scale)
    return length if keepdims else _dropped(length, axes)
