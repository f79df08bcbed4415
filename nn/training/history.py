"""Store the record of a training as plain numbers.

>>> h = History()
>>> h(Updated(model=None, epoch=0, step=1, loss=0.5, lr=0.1, samples=2, norms={"layer0": 1.0}))
>>> h(EpochEnded(model=None, optimizer=None, epoch=1, step=1, record={"loss": 0.5, "accuracy": 1.0}))
>>> h.losses, h["accuracy"]
([0.5], [1.0])
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any

from autograd_core.graph.display import mimebundle, renderable

from ..errors import unknown
from .events import EpochEnded, Finished, Updated


@dataclass
class History:
    """The record of a training; it is a callback.

    Attributes
    ----------
    losses : list of float
        The objective of each update, computed before it.
    rates : list of float
        The learning rate of each update.
    norms : dict of str to list of float
        For each part of the model, the Euclidean norm of its gradient at each update.
    epochs : list of dict
        For each epoch: ``loss``, ``lr``, the metrics, and the same for the validation set as ``validation_*``.
    reason : str
        Why training ended; "" while it runs.
    interrupted : bool
        Return whether Ctrl-C ended training: the model is in its state after the last complete update.
    """

    losses: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    norms: dict[str, list[float]] = field(default_factory=dict)
    epochs: list[dict[str, float]] = field(default_factory=list)
    reason: str = ""
    interrupted: bool = False

    def __call__(self, event: Any) -> None:
        """Record an event."""
        if isinstance(event, Updated):
            self.losses.append(event.loss)
            self.rates.append(event.lr)
            for part, norm in event.norms.items():
                self.norms.setdefault(part, []).append(norm)
        elif isinstance(event, EpochEnded):
            self.epochs.append(dict(event.record))
        elif isinstance(event, Finished):
            self.reason = event.reason
            self.interrupted = event.reason == "interrupted"

    def __getitem__(self, name: str) -> list[float]:
        """Return one number for each epoch, ``history["validation_loss"]``."""
        known = {key for record in self.epochs for key in record}
        if name not in known:
            raise unknown("column in this history", name, known)
        return [record.get(name, float("nan")) for record in self.epochs]

    def to_json(self) -> dict[str, Any]:
        """Return plain data for ``from_json``."""
        return {
            "losses": self.losses,
            "rates": self.rates,
            "norms": self.norms,
            "epochs": [{name: x if math.isfinite(x) else None for name, x in record.items()} for record in self.epochs],
            "reason": self.reason,
            "interrupted": self.interrupted,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> History:
        """Return the history from the data of ``to_json``.

        Raises
        ------
        TypeError, ValueError
            For invalid data.
        """
        if set(data) != {field.name for field in fields(cls)}:
            raise ValueError(f"a history has other fields than {sorted(data)}")
        return cls(
            losses=_floats(data["losses"]),
            rates=_floats(data["rates"]),
            norms={str(name): _floats(norms) for name, norms in data["norms"].items()},
            epochs=[{str(name): _float(x) for name, x in record.items()} for record in data["epochs"]],
            reason=str(data["reason"]),
            interrupted=bool(data["interrupted"]),
        )

    _repr_mimebundle_ = mimebundle
    __rich__ = renderable

    def __repr__(self) -> str:
        last = ", ".join(f"{k}={v:.4g}" for k, v in self.epochs[-1].items()) if self.epochs else ""
        return f"History({len(self.epochs)} epochs, {len(self.losses)} updates, {self.reason or 'running'}; {last})"


def _float(x: Any) -> float:
    """Return a number from JSON, where None replaces nan and infinity."""
    return math.nan if x is None else float(x)


def _floats(numbers: Any) -> list[float]:
    return [_float(x) for x in numbers]
