"""Train a model: one plain loop yields events, and callbacks use them.

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
import os
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from typing import Any

import numpy as np

from ..data.preparation import batches
from ..errors import DivergedError, OperandError, OptionError
from ..losses.losses import loss_function
from ..models.module import Module
from ..optim.optimizer import Optimizer
from ..options import called, count, in_range
from .callbacks import resume as resume_from
from .evaluation import Metrics, checked, evaluate, measures, outputs_of
from .events import Consumer, EpochEnded, Finished, Started, Updated
from .history import History
from .metrics import numbers
from .monitors import inside
from .progress import progress_bar
from .traced.updates import TracedUpdater
from .updates import Updater

__all__ = ["evaluate", "fit", "outputs_of", "training"]


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
    schedule_every: str = "update",
    regularizer: Callable[[Module], Any] | None = None,
    clip_norm: float | None = None,
    shuffle: bool = True,
    seed: int = 0,
    probe: Any = None,
    resume: str | os.PathLike[str] | None = None,
    traced: bool = False,
    progress: bool | None = None,
    callbacks: Sequence[Consumer] = (),
) -> History:
    """Train a model and return its history.

    Parameters
    ----------
    model : Module
        Changed in place.
    data : (X, y)
        Samples, one for each row, and their targets.
    loss : str or callable
        A name of ``nn.losses.LOSSES`` or ``loss(outputs, targets)``, which returns one node.
    optimizer : Optimizer
        The optimizer of the model's parameters.
    epochs : int
        The number of passes over the samples; a resumed training includes the earlier ones.
    batch_size : int, optional
        1 is on-line learning, None uses all samples at once, anything between is a mini-batch. The last batch may be
        smaller.
    validation : (X, y), optional
        Evaluated after each epoch and never used for training.
    metrics : list of str, or dict of name to function
        ``metric(outputs, targets)``; names are those of ``nn.metrics.METRICS``.
    schedule : callable, optional
        ``schedule(step)`` returns the learning rate; one of ``nn.schedules`` or a function.
    schedule_every : {"update", "epoch"}
        The unit that the schedule counts, from 0.
    regularizer : callable, optional
        ``regularizer(model)``, added to the loss; one of ``nn.regularizers``.
    clip_norm : float, optional
        The largest Euclidean norm of the gradient; larger gradients are scaled down.
    shuffle : bool
        Whether each epoch has its own order, a function of ``seed`` and the epoch.
    seed : int
    probe : array_like, shape (samples, features), optional
        Samples for which dead units and sparsity of each layer are recorded after each epoch.
    resume : str or path, optional
        A file of ``Checkpoint`` to continue from.
    traced : bool
        Whether to train a model of Values as a program: the same training up to rounding, many times faster. Its loss
        is recorded once for a sample and then computed for whole batches. Other numbers that the model, the loss and
        the regularizer read are read once, before the first update.
    progress : bool, optional
        Whether to show a progress bar; None shows one if tqdm is installed.
    callbacks : sequence of callables
        Functions of the events in ``nn.training.events``; one that returns text stops the training.

    Returns
    -------
    History
        After Ctrl-C the history so far, with ``interrupted`` set; the model is in its state after the last complete
        update.

    Raises
    ------
    DivergedError
        If the loss or a gradient is no longer finite. It names the first operation with such a number. The model is in
        its state before that update, and the attribute ``history`` holds the history so far.
    DataError
        For data that are empty, not finite, or of different lengths.
    ModelFileError
        For a checkpoint that is damaged or of another model.
    TraceError, GuardError
        With ``traced=True``, if no program can be recorded: a model of Tensors, random numbers in ``forward``, a branch
        that depends on the sample. It is raised before the first update if possible.

    Examples
    --------
    The network that one steps through is the network that trains:

    >>> from nn import MLP, SGD, L2
    >>> from nn.data import moons
    >>> X, y = moons(100, noise=0.1)
    >>> model = MLP(2, [16, 16, 1], rng=1)
    >>> optimizer = SGD(model.parameters(), lr=1.0)
    >>> history = fit(model, (X, 2 * y - 1), "hinge", optimizer, epochs=100, regularizer=L2(1e-4),
    ...               schedule=lambda step: 1.0 - 0.009 * step, metrics=["accuracy"], traced=True, progress=False)
    >>> history["accuracy"][-1]
    1.0
    """
    if callable(callbacks):
        raise OperandError(f"callbacks is a list: write callbacks=[{type(callbacks).__name__}(...)].")
    for consume in callbacks:
        called(consume, "A callback", "an object such as EarlyStopping(), or a function of an event")
    history, epoch, step = History(), 0, 0
    if resume is not None:
        history, epoch, step = resume_from(resume, model, optimizer)
    bar = progress_bar(progress)
    consumers: list[Consumer] = [history, *callbacks, *([bar] if bar else [])]
    watched = not all(getattr(consume, "epochs_only", False) for consume in callbacks)
    reason = "all epochs done"
    try:
        with closing(
            training(
                model, data, loss, optimizer, epochs=epochs, batch_size=batch_size, validation=validation,
                metrics=metrics, schedule=schedule, schedule_every=schedule_every, regularizer=regularizer,
                clip_norm=clip_norm, shuffle=shuffle, seed=seed, probe=probe, history=history, done=(epoch, step),
                traced=traced, watched=watched,
            )
        ) as events:  # fmt: skip
            for event in events:
                said = [answer for answer in [consume(event) for consume in consumers] if isinstance(answer, str)]
                if said:
                    reason = said[0]
                    break
    except KeyboardInterrupt:
        reason = "interrupted"
    except DivergedError as error:
        reason = "diverged"
        error.history = history
        raise
    except BaseException:
        reason = "failed"
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
    schedule_every: str = "update",
    regularizer: Callable[[Module], Any] | None = None,
    clip_norm: float | None = None,
    shuffle: bool = True,
    seed: int = 0,
    probe: Any = None,
    history: History | None = None,
    done: tuple[int, int] = (0, 0),
    traced: bool = False,
    watched: bool = True,
) -> Generator[Started | Updated | EpochEnded]:
    """Train a model and yield events: the loop inside ``fit``, which documents the arguments.

    Three more arguments: ``history`` is an earlier record, ``done`` the numbers of earlier epochs and updates of a
    resumed training, and ``watched`` whether a traced model must be current after each update, not only after each
    epoch.
    """
    if not isinstance(optimizer, Optimizer):
        raise OperandError(
            f"The optimizer is an Optimizer such as SGD(model.parameters(), lr=0.1), not {type(optimizer).__name__}."
        )
    called(schedule, "schedule", "one of nn.schedules, or schedule=lambda step: 0.1")
    called(regularizer, "regularizer", "regularizer=L2(1e-4), or a function of the model")
    if schedule_every not in ("update", "epoch"):
        raise OptionError(f"schedule_every is 'update' or 'epoch', not {schedule_every!r}.")
    clip = None if clip_norm is None else in_range("clip_norm", clip_norm, 0.0)
    X, y = checked(data, "data")
    held_out = None if validation is None else checked(validation, "validation")
    updater = (TracedUpdater if traced else Updater)(model, loss_function(loss), optimizer, regularizer, clip)
    metric_functions = measures(metrics)
    samples, last = len(X), count(epochs, "epochs")
    size = samples if batch_size is None else count(batch_size, "batch_size")
    first, step = done
    record_of = history or History()
    updater.prepare((X, y), held_out)
    yield Started(model, optimizer, last, math.ceil(samples / size), first, step, record_of, (X, y), updater.loss)
    try:
        for epoch in range(first, last):
            if watched or epoch == first:  # nothing else can have changed the mode
                model.train()
            total, seen = 0.0, []
            for rows in batches(samples, size, epoch=epoch, seed=seed, shuffle=shuffle):
                if schedule is not None:
                    optimizer.lr = schedule(step if schedule_every == "update" else epoch)
                value, outputs = updater.update(X[rows], y[rows], outputs=bool(metric_functions))
                step += 1
                total += value * len(rows)
                seen.append((numbers(outputs) if metric_functions else None, y[rows]))
                if watched:
                    updater.settle(changeable=True)
                yield Updated(model, epoch, step, value, optimizer.lr, len(rows), updater.norms())
            record = {"loss": total / samples, "lr": optimizer.lr}
            if metric_functions:
                whole, true = np.concatenate([o for o, _ in seen]), np.concatenate([t for _, t in seen])
                record |= {name: float(metric(whole, true)) for name, metric in metric_functions.items()}
            if held_out is not None:
                found = updater.evaluate(held_out, metric_functions)
                record |= {f"validation_{name}": value for name, value in found.items()}
            updater.settle(changeable=watched)
            if probe is not None:
                record |= inside(model, probe)
            yield EpochEnded(model, optimizer, epoch + 1, step, record)
    finally:
        updater.settle()
