"""Evaluate a model on data: outputs, loss, metrics.

>>> from nn import MLP
>>> evaluate(MLP(1, [1], init="zeros"), ([[1.0], [2.0]], [1.0, 0.0]), "mse")
{'loss': 0.5}
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_core import no_grad

from ..data.preparation import same_length, table
from ..errors import DataError, OperandError, unknown
from ..losses.losses import loss_function
from ..models.module import Module
from .metrics import METRICS, numbers

Metrics = Mapping[str, Callable[[Any, Any], float]]


def outputs_of(model: Module, X: NDArray[Any]) -> Any:
    """Return the outputs for rows of samples: a list for a model of Values, one Tensor for a model of Tensors."""
    return [model(row) for row in X.tolist()] if model.one_sample else model(X)


def predict(model: Module, X: ArrayLike) -> NDArray[np.float64]:
    """Return the outputs of a model for rows of samples as plain numbers, in prediction mode, without recording.

    Parameters
    ----------
    model : Module
    X : array_like, shape (samples, features)

    Returns
    -------
    array, shape (samples, …)

    Examples
    --------
    >>> from nn import MLP
    >>> predict(MLP(1, [2], init=[[[1.0], [3.0]]]), [[2.0]]).tolist()
    [[2.0, 6.0]]
    """
    with quiet(model):
        return numbers(outputs_of(model, table(X)))


@contextmanager
def quiet(model: Module) -> Iterator[None]:
    """Put a model into prediction mode without recording, inside a ``with`` block."""
    modes = [(module, module.training) for module in model.modules()]
    try:
        model.eval()
        with no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode


def targets_for(model: Module, y: NDArray[Any]) -> Any:
    """Return targets in the form of the model's outputs."""
    return y.tolist() if model.one_sample else y


def evaluate(
    model: Module, data: tuple[Any, Any], loss: str | Callable[..., Any], metrics: Sequence[str] | Metrics = ()
) -> dict[str, float]:
    """Return the loss and the metrics of a model on data; nothing is recorded or changed.

    Parameters
    ----------
    model : Module
        The model; it is in prediction mode during the call.
    data : (X, y)
    loss : str or callable
    metrics : list of str, or dict of name to function

    Returns
    -------
    dict of str to float
        ``loss`` and one entry for each metric.
    """
    X, y = checked(data, "data")
    with quiet(model):
        outputs = outputs_of(model, X)
        value = loss_function(loss)(outputs, targets_for(model, y))
    plain = numbers(outputs)
    found = {name: float(metric(plain, y)) for name, metric in measures(metrics).items()}
    return {"loss": float(numbers(value)), **found}


def measures(metrics: Sequence[str] | Metrics) -> Metrics:
    """Return metrics by name, from names or from a mapping of functions."""
    if isinstance(metrics, Mapping):
        return metrics
    names = [metrics] if isinstance(metrics, str) else list(metrics)
    for name in names:
        if name not in METRICS:
            raise unknown("metric", name, METRICS)
    return {name: METRICS[name] for name in names}


def checked(data: Any, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return samples and targets as arrays, or raise an error."""
    if not isinstance(data, (tuple, list)) or len(data) < 2:
        raise OperandError(f"{name} is a pair (X, y) of samples and targets, not {type(data).__name__}.")
    X, y = finite_numbers(data[0], f"The X of {name}"), finite_numbers(data[1], f"The y of {name}")
    same_length(X, y)
    return (X.reshape(-1, 1) if X.ndim == 1 else X).astype(np.float64), y


def finite_numbers(x: Any, what: str) -> NDArray[Any]:
    """Return an array; raise an error that names the invalid element.

    Raises
    ------
    DataError
        For rows of different lengths, elements that are not numbers, nan and infinities.
    """
    try:
        array = np.asarray(x)
    except ValueError:  # rows of different lengths
        array = np.array(None)
    if array.dtype.kind not in "iufb":
        raise DataError(f"{what} must be numbers in rows of one length, but it is an array of {array.dtype}.")
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise DataError(f"{what} is {array[where]} at index {where}: repair or leave out the sample.")
    return array
