"""Define the events of a training.

The training loop yields these events in this order, and does not know its callbacks::

    Started  (Updated … Updated EpochEnded)*  Finished

A callback is a function of one event: a progress bar, a history, a film, a test. If it returns text, training stops
after the event, with this text as the reason. A callback that needs the model only after an epoch can set ``epochs_only
= True``. Then a traced training (``fit(..., traced=True)``) need not update the model after each step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Started:
    """Training begins.

    Attributes
    ----------
    model : Module
    optimizer : Optimizer
    epochs : int
        The number of the last epoch, counted from the very first one.
    updates_per_epoch : int
    epoch, step : int
        The numbers of earlier epochs and updates: 0 unless training is resumed.
    history : History
        The history of this training, with earlier records.
    data : (X, y)
        Samples and targets, as arrays.
    loss : callable
        ``loss(outputs, targets)``.
    """

    model: Any
    optimizer: Any
    epochs: int
    updates_per_epoch: int
    epoch: int = 0
    step: int = 0
    history: Any = None
    data: Any = None
    loss: Any = None


@dataclass(frozen=True)
class Updated:
    """The parameters were updated once.

    Attributes
    ----------
    model : Module
    epoch, step : int
        The numbers of finished epochs and of updates, this update included.
    loss : float
        The objective on the batch before the update.
    lr : float
        The learning rate used.
    samples : int
        The batch size.
    norms : dict of str to float
        The Euclidean norm of the gradient of each part of the model.
    """

    model: Any
    epoch: int
    step: int
    loss: float
    lr: float
    samples: int
    norms: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class EpochEnded:
    """Every sample was used once more.

    Attributes
    ----------
    model : Module
    optimizer : Optimizer
    epoch, step : int
        The numbers of epochs and updates, this epoch included.
    record : dict of str to float
        ``loss`` (mean over the epoch's samples, each before its update), the metrics by name, the same with
        ``validation_`` in front, and ``lr``.
    """

    model: Any
    optimizer: Any
    epoch: int
    step: int
    record: dict[str, float]


@dataclass(frozen=True)
class Finished:
    """Training is over.

    Attributes
    ----------
    model : Module
    reason : str
        "all epochs done", "interrupted", "diverged", or the text of a callback.
    """

    model: Any
    reason: str


Event = Started | Updated | EpochEnded | Finished
Consumer = Callable[[Any], Any]
