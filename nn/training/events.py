"""What a training tells those who watch it.

The loop of ``nn.training`` yields these, in this order, and knows none of its consumers::

    Started  (Updated … Updated EpochEnded)*  Finished

A consumer is a function of one event: a progress bar, a history, a film, a test. If it returns text, training stops
after the event, with this text as the reason. One that looks at the model only when an epoch has ended may say so,
``epochs_only = True``: then a traced training (``fit(..., traced=True)``) need not show the model after each update.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Consumer", "EpochEnded", "Event", "Finished", "Started", "Updated"]


@dataclass(frozen=True)
class Started:
    """Training begins.

    Attributes
    ----------
    model : Module
    optimizer : Optimizer
    epochs : int
        The epoch after which training will end, counted from the first one ever.
    updates_per_epoch : int
    epoch, step : int
        How many epochs and updates were done before: 0 unless training is resumed.
    history : History
        The history that is being written, with what was recorded before.
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
        Epochs finished and updates done, this one included.
    loss : float
        The objective on the batch before the update.
    lr : float
        The learning rate used.
    samples : int
        The size of the batch.
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
        Epochs and updates done, this one included.
    record : dict of str to float
        ``loss`` (mean over the epoch's samples, each before its update), metrics under their names, the same with
        ``validation_`` in front, ``lr``.
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
        "all epochs done", "interrupted", "diverged", or what a consumer said.
    """

    model: Any
    reason: str


Event = Started | Updated | EpochEnded | Finished
Consumer = Callable[[Any], Any]
