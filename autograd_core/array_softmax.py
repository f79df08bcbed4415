"""Exponential sums over an axis of an array: accurate where a term dominates and where all are far away.

The pivot of every sum is its maximum, which is left out of the sum and put back by log1p, so that what the others add
is not lost beside a 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import array_functions as af
from .errors import OperandError, ShapeError
from .node import apply
from .primitive import lookup
from .quiet import quietly

__all__ = ["cross_entropy", "log_softmax", "logsumexp", "norm", "softmax"]

EXP, LOG1P, DIV, SQRT, WHERE = (lookup(name) for name in ("exp", "log1p", "div", "sqrt", "where"))


def _finite_maximum(x: Any, axes: tuple[int, ...]) -> Any:
    """Return the maximum over axes as plain numbers, 0 where it is not finite, so that it may be subtracted."""
    numbers = af.raw(x)
    if not all(numbers.shape[i] for i in axes):
        raise ShapeError(f"There is nothing to sum over: the array has shape {numbers.shape}.")
    top = np.max(numbers, axis=axes, keepdims=True)
    return np.where(np.isfinite(top), top, numbers.dtype.type(0.0))


def softmax(x: Any, axis: int = -1) -> Any:
    """Return exp(x) / Σ exp(x) along an axis."""
    axes = af.normal_axes(x, axis)
    terms = apply(EXP, x - _finite_maximum(x, axes))
    return apply(DIV, terms, af.sum(terms, axes, keepdims=True))


def logsumexp(x: Any, axis: af.Axis = None, keepdims: bool = False) -> Any:
    """Return log Σ exp(x) over axes."""
    axes = af.normal_axes(x, axis)
    numbers = af.raw(x)
    top = _finite_maximum(x, axes)
    pivot = _first_true(numbers == top, axes)
    largest = af.sum(apply(WHERE, pivot, x, 0.0), axes, keepdims)
    terms = apply(WHERE, pivot, 0.0, apply(EXP, x - top))
    rest = af.sum(terms, axes, keepdims)
    finite = quietly(np.any, pivot, axis=axes, keepdims=keepdims)
    if finite.all():
        return largest + apply(LOG1P, rest)
    plain = apply(lookup("log"), af.sum(apply(EXP, x), axes, keepdims))  # an infinite maximum: the honest limit
    return apply(WHERE, finite.astype(numbers.dtype), largest + apply(LOG1P, rest), plain)


def _first_true(mask: Any, axes: tuple[int, ...]) -> Any:
    """Return, as 0 and 1, the first lane of a mask that is set along axes."""
    kept = [i for i in range(mask.ndim) if i not in axes]
    moved = np.transpose(mask, (*kept, *axes))
    lanes = moved.reshape(*(mask.shape[i] for i in kept), -1)
    first = lanes & (np.cumsum(lanes, -1) == 1)
    return np.transpose(first.reshape(moved.shape), np.argsort((*kept, *axes))).astype(float)


def log_softmax(x: Any, axis: int = -1) -> Any:
    """Return log softmax along an axis, each element as accurate as its own cross-entropy."""
    (axis,) = af.normal_axes(x, axis)
    lanes = af.raw(x).shape[axis]
    each = [_minus_log_probability(x, np.full(_without(x, axis), k), axis) for k in range(lanes)]
    return -af.concatenate([af.expand_dims(e, axis) for e in each], axis)


def _without(x: Any, axis: int) -> tuple[int, ...]:
    return tuple(n for i, n in enumerate(af.raw(x).shape) if i != axis)


def cross_entropy(logits: Any, target: Any) -> Any:
    """Return -log softmax(logits)[target] for every sample.

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
    shape = af.raw(logits).shape
    target = np.asarray(target)
    if not shape or target.shape != shape[:-1]:
        raise ShapeError(
            f"Logits of shape {shape} are {shape[:-1]} samples of {shape[-1] if shape else 0} classes and need one "
            f"target a sample, of shape {shape[:-1]}, not {target.shape}."
        )
    if target.dtype.kind not in "iu" or (target.size and (target.min() < 0 or target.max() >= shape[-1])):
        raise OperandError(f"Targets are class indices, integers from 0 to {shape[-1] - 1}.")
    return _minus_log_probability(logits, target, len(shape) - 1)


def _minus_log_probability(x: Any, target: Any, axis: int) -> Any:
    """Return log Σ exp(xⱼ - x_target), in which no term is the difference of two numbers near one another."""
    numbers = af.raw(x)
    at_target = np.zeros(numbers.shape, numbers.dtype)
    np.put_along_axis(at_target, np.expand_dims(target, axis), 1.0, axis)
    own = af.sum(apply(WHERE, at_target, x, 0.0), axis, keepdims=True)
    differences = x - own
    top = quietly(np.max, np.where(at_target > 0.0, 0.0, af.raw(differences)), axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), np.maximum(top, 0.0), 0.0)
    # The pivot is the largest logit; it leaves the sum, and enters as itself.
    is_pivot = np.where(top > 0.0, _first_true((af.raw(differences) == top) & (at_target == 0.0), (axis,)), at_target)
    is_pivot = is_pivot.astype(numbers.dtype)
    pivot = af.sum(apply(WHERE, is_pivot, differences, 0.0), axis, keepdims=True)
    terms = apply(WHERE, is_pivot, 0.0, apply(EXP, differences - pivot))
    return af.sum(pivot + apply(LOG1P, af.sum(terms, axis, keepdims=True)), axis)


def norm(x: Any, axis: af.Axis = None, keepdims: bool = False) -> Any:
    """Return the Euclidean norm over axes, scaled by the largest element; its gradient at 0 is 0."""
    axes = af.normal_axes(x, axis)
    numbers = af.raw(x)
    scale = np.max(np.abs(numbers), axis=axes, keepdims=True, initial=0.0)
    scale = np.where((scale == 0.0) | ~np.isfinite(scale), 1.0, scale).astype(numbers.dtype)
    scaled = apply(DIV, x, scale)
    square = af.sum(scaled * scaled, axes, keepdims=True)
    zero = (af.raw(square) == 0.0).astype(numbers.dtype)
    length = apply(WHERE, zero, 0.0, apply(SQRT, apply(WHERE, zero, 1.0, square)))
    result = length * scale
    return result if keepdims else af.sum(result, axes)
