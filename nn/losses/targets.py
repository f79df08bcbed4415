"""Check labels and probabilities before a loss is computed; they are never rescaled or guessed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_core.graph.node import Node

from ..errors import DataError, OperandError, ShapeError, TargetError
from .output_target_pairs import flat, is_tensor, shape_of

#: The accepted distance of a probability sum from 1, which allows rounding to two decimals.
SUM_TOLERANCE = 0.02


def class_index(target: Any, classes: int, name: str) -> int:
    """Return the index of a class, or raise an error."""
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


def probabilities(row: Any, classes: int, name: str) -> list[float]:
    """Return a row of probabilities, or raise an error."""
    try:
        p = np.asarray(row, dtype=np.float64)
    except (TypeError, ValueError):
        raise OperandError(f"{name} takes probabilities as numbers, not {row!r}.") from None
    if p.shape != (classes,):
        raise TargetError(f"{name} got probabilities of shape {p.shape} for {classes} classes.")
    if not ((p >= 0.0) & (p <= 1.0)).all() or abs(p.sum() - 1.0) > SUM_TOLERANCE:
        raise TargetError(
            f"{name} got {p.tolist()}, which are not probabilities: each must lie in [0, 1], and their sum, "
            f"{float(p.sum())!r}, must be 1 up to rounding ({SUM_TOLERANCE}). Nothing is rescaled silently; divide by "
            "their sum if meant."
        )
    return p.tolist()  # type: ignore[no-any-return]


def weights_of_classes(target: Any, classes: int, name: str) -> list[tuple[int, float]]:
    """Return the classes with a share in a target, and their shares; an index has share 1."""
    if isinstance(target, (list, tuple)) or (isinstance(target, np.ndarray) and target.ndim):
        return [(k, p) for k, p in enumerate(probabilities(target, classes, name)) if p != 0.0]
    return [(class_index(target, classes, name), 1.0)]


def rows_and_targets(output: Any, target: Any, name: str) -> tuple[list[Any], list[Any], bool]:
    """Return rows of outputs, one for each class, with their targets; and whether there was a single row."""
    shape = shape_of(output, name)
    if len(shape) not in (1, 2):
        raise OperandError(
            f"{name} takes the outputs of one sample, one for each class, or a list of such rows; not something of "
            f"shape {shape}."
        )
    if len(shape) == 1:
        return [output], [target], True
    targets = target.tolist() if isinstance(target, np.ndarray) else target
    if not isinstance(targets, (list, tuple)) or len(targets) != shape[0]:
        given = len(targets) if isinstance(targets, (list, tuple)) else 1
        raise TargetError(f"{name} got {shape[0]} rows of outputs but {given} target(s). Give one for each row.")
    return list(output), list(targets), False


def check_labels(target: Any, labels: tuple[float, ...], name: str, cure: str) -> None:
    """Raise an error unless every target is one of the labels."""
    found = _numbers(target, name)
    if found.size == 0:
        raise DataError(f"{name} of nothing has no value: there are no targets.")
    right = np.zeros(found.shape, dtype=bool)
    for label in labels:
        right |= found == label
    wrong = found[~right]
    if wrong.size:
        allowed = " or ".join(f"{x:g}" for x in labels)
        raise TargetError(f"{name} takes labels {allowed}, but there is {float(wrong[0]):g}; {cure}.")


def check_range(x: Any, name: str, what: str, cure: str = "") -> None:
    """Raise an error unless all numbers lie in [0, 1]."""
    found = _numbers(x, name)
    wrong = found[~((found >= 0.0) & (found <= 1.0))]
    if wrong.size:
        raise TargetError(f"{name} takes {what} in [0, 1], but there is {float(wrong[0])!r}.{cure}")


def _numbers(x: Any, name: str) -> NDArray[np.float64]:
    if is_tensor(x):
        return np.asarray(x.data, dtype=np.float64)
    if isinstance(x, np.ndarray) and x.dtype.kind in "iufb":
        return np.asarray(x, dtype=np.float64).ravel()
    parts: Iterable[Any] = flat(x) if isinstance(x, (list, tuple, np.ndarray)) else [x]
    try:
        return np.array([p.data if isinstance(p, Node) else p for p in parts], dtype=np.float64)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise (ShapeError if isinstance(x, (list, tuple)) else OperandError)(
            f"{name} takes numbers, but among the targets is something else: {x!r}."
        ) from None
