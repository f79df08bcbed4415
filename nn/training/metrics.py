"""Measure how well a model does; metrics are not differentiated.

>>> accuracy([[2.0, 1.0], [0.3, 0.9]], [0, 0])
0.5
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_core.graph.node import Node

from ..errors import DataError, ShapeError, TargetError

__all__ = ["accuracy", "confusion", "numbers", "predicted_classes", "zero_one_loss"]


def numbers(x: Any) -> NDArray[np.float64]:
    """Return the numbers of Values, Tensors, arrays, or nested sequences of them, as an array.

    >>> from autograd_core import Value
    >>> numbers([[Value(1.0), 2.0]])
    array([[1., 2.]])
    """
    return np.asarray(_data(x), dtype=np.float64)


def _data(x: Any) -> Any:
    if isinstance(x, Node):
        return x.data  # type: ignore[attr-defined]
    return [_data(e) for e in x] if isinstance(x, (list, tuple)) else x


def predicted_classes(outputs: Any) -> NDArray[np.int64]:
    """Return the predicted class of each output.

    Parameters
    ----------
    outputs : shape (samples, K) or (samples,)
        Logits or probabilities, of which the largest wins (the first in a tie); or one score for each sample, positive
        for class 1. A probability is not a score: subtract 0.5.

    Examples
    --------
    >>> predicted_classes([[0.1, 0.7, 0.2]]).tolist(), predicted_classes([-2.0, 3.0]).tolist()
    ([1], [0, 1])
    """
    scores = numbers(outputs)
    if scores.ndim == 2 and scores.shape[1] == 1:
        scores = scores[:, 0]
    if scores.ndim == 1:
        return (scores > 0.0).astype(np.int64)
    if scores.ndim != 2:
        raise ShapeError(f"Outputs have shape (samples, classes), or (samples,) for scores, not {scores.shape}.")
    return np.asarray(scores.argmax(axis=1), dtype=np.int64)


def _classes(target: ArrayLike, n: int) -> NDArray[np.int64]:
    y = np.asarray(target)
    if y.ndim == 2 and y.shape[1] > 1:  # one-hot
        y = y.argmax(axis=1)
    y = y.ravel()
    if len(y) != n:
        raise ShapeError(f"There are {n} outputs but {len(y)} targets.")
    if n == 0:
        raise DataError("There are no samples to measure on.")
    if set(np.unique(y).tolist()) <= {-1, 1} and -1 in y:
        y = (y > 0).astype(np.int64)
    if not np.equal(y, np.floor(y)).all() or y.min() < 0:
        raise TargetError("Classes are integers from 0 (or labels -1 and +1, or one-hot rows).")
    return y.astype(np.int64)


def accuracy(outputs: Any, target: ArrayLike) -> float:
    """Return the share of samples whose predicted class is the true one.

    Parameters
    ----------
    outputs : as for ``predicted_classes``
    target : array_like
        Class indices, labels -1 and +1, or one-hot rows.
    """
    found = predicted_classes(outputs)
    return float(np.mean(found == _classes(target, len(found))))


def zero_one_loss(outputs: Any, target: ArrayLike) -> float:
    """Return the share of misclassified samples; its gradient would be 0 almost everywhere.

    >>> zero_one_loss([1.0, -1.0], [1, 1])
    0.5
    """
    return 1.0 - accuracy(outputs, target)


def confusion(outputs: Any, target: ArrayLike, classes: int | None = None) -> NDArray[np.int64]:
    """Return the confusion matrix: rows are true classes, columns predicted ones.

    Examples
    --------
    >>> confusion([[2.0, 1.0], [0.3, 0.9], [0.1, 0.2]], [0, 0, 1])
    array([[1, 1],
           [0, 1]])
    """
    found = predicted_classes(outputs)
    true = _classes(target, len(found))
    k = max(int(found.max()), int(true.max())) + 1 if classes is None else classes
    if max(found.max(), true.max()) >= k:
        raise TargetError(f"There is a class {max(found.max(), true.max())}, but {k} classes are counted from 0.")
    table = np.zeros((k, k), dtype=np.int64)
    np.add.at(table, (true, found), 1)
    return table


#: Metrics by the names that ``fit`` accepts.
METRICS = {"accuracy": accuracy, "zero_one_loss": zero_one_loss}
