"""Training: one plain loop that yields events; whatever watches it only consumes them.

>>> from nn import MLP, SGD
>>> from nn.data import xor
>>> X, y = xor()
>>> model = MLP(2, [4, 1], activation="tanh", rng=1)
>>> history = fit(model, (X, 2 * y - 1), "hinge", SGD(model.parameters(), lr=0.2), epochs=100, progress=False)
>>> history.losses[-1] < 0.01
True
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_core import detect_anomaly, no_grad

from .data import batches, same_length
from .errors import AnomalyError, DataError, DivergedError, OperandError, unknown
from .events import Consumer, EpochEnded, Finished, Started, Updated
from .history import History
from .losses import loss_function
from .metrics import METRICS, numbers
from .module import Module
from .optimizer import Optimizer, has_gradient
from .options import count
from .progress import progress_bar

__all__ = ["evaluate", "fit", "outputs_of", "training"]

Metrics = Mapping[str, Callable[[Any, Any], float]]


def fit(
    model: Module,
    data: tuple[Any, Any],
    loss: str | Callable[..., Any],
    optimizer: Optimizer,
    *,
    epochs: int = 1,
    batch_size: int | None = None,
    validation: tuple[Any, Any] | None = None,
    metrics: Sequence[str] | Metrics = (),
    schedule: Callable[[int], float] | None = None,
    regularizer: Callable[[Module], Any] | None = None,
    shuffle: bool = True,
    seed: int = 0,
    progress: bool | None = None,
    callbacks: Sequence[Consumer] = (),
) -> History:
    """Train a model and return what happened.

    Parameters
    ----------
    model : Module
        Changed in place.
    data : (X, y)
        Samples, one a row, and their targets.
    loss : str or callable
        A name of ``nn.losses.LOSSES`` or ``loss(outputs, targets)``, which returns one node.
    optimizer : Optimizer
        Over the parameters of the model.
    epochs : int
        How often every sample is used.
    batch_size : int, optional
        1 learns on-line, None takes all samples at once, anything between is a mini-batch; the last may be short.
    validation : (X, y), optional
        Measured after each epoch and never trained on.
    metrics : list of str, or dict of name to function
        ``metric(outputs, targets)``; names are those of ``nn.metrics.METRICS``.
    schedule : callable, optional
        ``schedule(step)``, the learning rate of an update counted from 0.
    regularizer : callable, optional
        ``regularizer(model)``, added to the loss.
    shuffle : bool
        Whether each epoch has an order of its own, a function of ``seed`` and the epoch.
    seed : int
    progress : bool, optional
        Whether to show a bar; None shows one if tqdm is installed.
    callbacks : sequence of callables
        Consumers of the events of ``nn.events``; one that returns text stops the training.

    Returns
    -------
    History
        After Ctrl-C the history so far, with ``interrupted`` set; the model stands as after the last whole update.

    Raises
    ------
    DivergedError
        If the loss or a gradient is no longer finite; it names the first operation to blame, and the model is as it
        was before that update. The history so far is its attribute ``history``.
    DataError
        For data that are empty, not finite, or do not fit together.
    """
    history = History()
    bar = progress_bar(progress)
    consumers: list[Consumer] = [history, *callbacks, *([bar] if bar else [])]
    reason = "all epochs done"
    try:
        for event in training(
            model, data, loss, optimizer, epochs=epochs, batch_size=batch_size, validation=validation,
            metrics=metrics, schedule=schedule, regularizer=regularizer, shuffle=shuffle, seed=seed,
        ):  # fmt: skip
            said = [answer for answer in [consume(event) for consume in consumers] if isinstance(answer, str)]
            if said:
                reason = said[0]
                break
    except KeyboardInterrupt:
        reason = "interrupted"
    except DivergedError as error:
        reason = "diverged"
        error.history = history  # type: ignore[attr-defined]
        raise
    finally:
        for consume in consumers:
            consume(Finished(model, reason))
    return history


def training(
    model: Module,
    data: tuple[Any, Any],
    loss: str | Callable[..., Any],
    optimizer: Optimizer,
    *,
    epochs: int = 1,
    batch_size: int | None = None,
    validation: tuple[Any, Any] | None = None,
    metrics: Sequence[str] | Metrics = (),
    schedule: Callable[[int], float] | None = None,
    regularizer: Callable[[Module], Any] | None = None,
    shuffle: bool = True,
    seed: int = 0,
) -> Iterator[Started | Updated | EpochEnded]:
    """Train a model and yield what happens: the loop inside ``fit``, which documents the arguments."""
    if not isinstance(optimizer, Optimizer):
        raise OperandError(
            f"The optimiser is an Optimizer such as SGD(model.parameters(), lr=0.1), not {type(optimizer).__name__}."
        )
    X, y = checked(data, "data")
    held_out = None if validation is None else checked(validation, "validation")
    loss, measures = loss_function(loss), _measures(metrics)
    samples = len(X)
    size = samples if batch_size is None else count(batch_size, "batch_size")
    step = 0
    yield Started(model, optimizer, count(epochs, "epochs"), math.ceil(samples / size))
    for epoch in range(epochs):
        model.train()
        total, seen = 0.0, []
        for rows in batches(samples, size, epoch=epoch, seed=seed, shuffle=shuffle):
            if schedule is not None:
                optimizer.lr = schedule(step)
            value, outputs = _update(model, X[rows], y[rows], loss, optimizer, regularizer)
            step += 1
            total += value * len(rows)
            seen.append((numbers(outputs), y[rows]))
            yield Updated(model, epoch, step, value, optimizer.lr, len(rows), gradient_norms(model))
        record = {"loss": total / samples, "lr": optimizer.lr}
        if measures:
            whole, true = np.concatenate([o for o, _ in seen]), np.concatenate([t for _, t in seen])
            record |= {name: float(metric(whole, true)) for name, metric in measures.items()}
        if held_out is not None:
            found = evaluate(model, held_out, loss, measures)
            record |= {f"validation_{name}": value for name, value in found.items()}
        yield EpochEnded(model, optimizer, epoch + 1, step, record)


def _update(
    model: Module,
    X: NDArray[Any],
    y: NDArray[Any],
    loss: Callable[..., Any],
    optimizer: Optimizer,
    regularizer: Callable[[Module], Any] | None,
) -> tuple[float, Any]:
    """Do one forward pass, one sweep and one step; return the objective before it, and the outputs."""

    def objective() -> tuple[Any, Any]:
        outputs = outputs_of(model, X)
        value = loss(outputs, _targets(model, y))
        return (value if regularizer is None else value + regularizer(model)), outputs

    before, arrays = optimizer.steps, _arrays(model)
    try:
        value, outputs = objective()
        optimizer.zero_grad()
        value.backward()
        if not (math.isfinite(value.item()) and all(_finite(p) for p in optimizer.params)):
            raise _diverged(objective, value.item(), before)
        optimizer.step()
    except BaseException:
        if optimizer.steps == before:  # running statistics belong to an update that did not take place
            for owner, name, array in arrays:
                setattr(owner, name, array)
        raise
    return float(value.item()), outputs


def outputs_of(model: Module, X: NDArray[Any]) -> Any:
    """Return the outputs for rows of samples: a list for a model of Values, one Tensor for a model of Tensors."""
    return [model(row) for row in X.tolist()] if model.one_sample else model(X)


def _targets(model: Module, y: NDArray[Any]) -> Any:
    return y.tolist() if model.one_sample else y


def evaluate(
    model: Module, data: tuple[Any, Any], loss: str | Callable[..., Any], metrics: Sequence[str] | Metrics = ()
) -> dict[str, float]:
    """Return the loss and the metrics of a model on data, without recording or changing anything.

    Parameters
    ----------
    model : Module
        Put into prediction mode for the time.
    data : (X, y)
    loss : str or callable
    metrics : list of str, or dict of name to function

    Examples
    --------
    >>> from nn import MLP
    >>> evaluate(MLP(1, [1], init="zeros"), ([[1.0], [2.0]], [1.0, 0.0]), "mse")
    {'loss': 0.5}
    """
    X, y = checked(data, "data")
    modes = [(module, module.training) for module in model.modules()]
    try:
        model.eval()
        with no_grad():
            outputs = outputs_of(model, X)
            value = loss_function(loss)(outputs, _targets(model, y))
        plain = numbers(outputs)
        return {"loss": float(numbers(value)), **{n: float(m(plain, y)) for n, m in _measures(metrics).items()}}
    finally:
        for module, mode in modes:
            module.training = mode


def checked(data: Any, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return samples and targets as arrays, or say why they cannot be trained on."""
    if not isinstance(data, (tuple, list)) or len(data) < 2:
        raise OperandError(f"{name} is a pair (X, y) of samples and targets, not {type(data).__name__}.")
    X, y = np.asarray(data[0]), np.asarray(data[1])
    same_length(X, y)
    for array, what in ((X, "X"), (y, "y")):
        if array.dtype.kind not in "iufb":
            raise DataError(f"The {what} of {name} must be numbers, but they are {array.dtype}.")
        if not np.isfinite(array).all():
            where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            raise DataError(f"The {what} of {name} is {array[where]} at index {where}: repair or leave out the sample.")
    return (X.reshape(-1, 1) if X.ndim == 1 else X).astype(np.float64), y


def _measures(metrics: Sequence[str] | Metrics) -> Metrics:
    if isinstance(metrics, Mapping):
        return metrics
    names = [metrics] if isinstance(metrics, str) else list(metrics)
    for name in names:
        if name not in METRICS:
            raise unknown("metric", name, METRICS)
    return {name: METRICS[name] for name in names}


def gradient_norms(model: Module) -> dict[str, float]:
    """Return the Euclidean norm of the gradient of each part of a model, under the part's name."""
    parts: list[tuple[str, Any]] = list(model.named_children()) or [(model._name, model)]
    return {
        name: math.sqrt(sum(float(np.sum(np.square(p.grad))) for p in part.parameters() if has_gradient(p)))
        for name, part in parts
    }


def _finite(p: Any) -> bool:
    return not has_gradient(p) or bool(np.isfinite(p.grad).all())


def _arrays(model: Module) -> list[tuple[Module, str, Any]]:
    """Return the arrays that a forward pass may replace, so that they can be put back."""
    return [(m, n, v.copy()) for m in model.modules() for n, v in vars(m).items() if isinstance(v, np.ndarray)]


def _diverged(objective: Callable[[], tuple[Any, Any]], value: float, step: int) -> DivergedError:
    """Run the objective once more, watched, and return the error that names the first operation to blame."""
    found = ""
    try:
        with detect_anomaly():
            objective()[0].backward()
    except AnomalyError as error:
        found = f" {error}"
    return DivergedError(
        f"Update {step + 1} did not take place: the loss is {value}, or a gradient is not finite.{found} The model is "
        "as it was before. A smaller learning rate, clipped gradients or standardised data are the usual cures."
    )
