"""Act on the events of a training: stop it, save it, or lower its learning rate.

A callback that watches a column of the history reads the whole column when a training is resumed.
"""

from __future__ import annotations

import math
import os
from typing import Any

from ..errors import AutogradError, ModelFileError, OptionError, unknown
from ..files import archive
from ..files.model_files import describe, fill, finite
from ..models.module import Module
from ..optim.optimizer import Optimizer
from ..options import count, in_range
from .events import EpochEnded, Finished, Started
from .history import History

__all__ = ["Checkpoint", "EarlyStopping", "ReduceLROnPlateau", "resume"]


class Judge:
    """Watches one column of the history and stores its best epoch."""

    def __init__(self, monitor: str, mode: str, threshold: float, relative: bool) -> None:
        if mode not in ("min", "max"):
            raise OptionError(f"mode is 'min' (the smaller the better) or 'max', not {mode!r}.")
        self.monitor, self.mode = monitor, mode
        self.threshold, self.relative = in_range("threshold", threshold, 0.0), relative
        self.forget()

    def forget(self) -> None:
        """Reset to the state before the first epoch."""
        self.best = math.inf if self.mode == "min" else -math.inf
        self.best_epoch = 0
        self.bad_epochs = 0

    def improves(self, record: dict[str, float], epoch: int) -> bool:
        """Record an epoch and return whether it is the best so far, by more than the threshold."""
        if self.monitor not in record:
            raise unknown("column in this history", self.monitor, record)
        value = record[self.monitor]
        sign = 1.0 if self.mode == "min" else -1.0
        margin = self.threshold * (abs(self.best) if self.relative and math.isfinite(self.best) else 1.0)
        better = sign * value < sign * self.best - (margin if math.isfinite(self.best) else 0.0)
        if better:
            self.best, self.best_epoch, self.bad_epochs = value, epoch, 0
        else:
            self.bad_epochs += 1
        return better


class EarlyStopping:
    """Stop training when a column of the history has not improved for some epochs.

    Parameters
    ----------
    monitor : str
        The column. Default: ``"validation_loss"``.
    patience : int
        The number of epochs without improvement before training stops.
    min_delta : float
        The smallest change that counts as an improvement.
    mode : {"min", "max"}
    restore_best : bool
        Whether to restore the model of the best epoch at the end.

    Attributes
    ----------
    best, best_epoch
        The best value, and its epoch (from 1).

    References
    ----------
    L. Prechelt, *Early stopping - but when?*, 1998.
    """

    #: See ``nn.training.events``.
    epochs_only = True

    def __init__(
        self,
        monitor: str = "validation_loss",
        patience: int = 10,
        min_delta: float = 0.0,
        mode: str = "min",
        restore_best: bool = True,
    ) -> None:
        self.patience = count(patience, "patience", at_least=0)
        self.restore_best = restore_best
        self._judge = Judge(monitor, mode, min_delta, relative=False)
        self._state: Any = None

    @property
    def best(self) -> float:
        """Return the best value so far."""
        return self._judge.best

    @property
    def best_epoch(self) -> int:
        """Return its epoch, counted from 1."""
        return self._judge.best_epoch

    def __call__(self, event: Any) -> str | None:
        """Judge an epoch, and return the reason if training stops."""
        if isinstance(event, Started):
            self._judge.forget()
            self._state = None
            for epoch, record in enumerate(event.history.epochs, start=1):
                self._judge.improves(record, epoch)
        elif isinstance(event, EpochEnded):
            if self._judge.improves(event.record, event.epoch):
                self._state = event.model.state_dict() if self.restore_best else None
            elif self._judge.bad_epochs > self.patience:
                name = self._judge.monitor
                return f"{name} has not improved for {self._judge.bad_epochs} epochs, since epoch {self.best_epoch}"
        elif isinstance(event, Finished) and self._state is not None and event.reason != "diverged":
            event.model.load_state_dict(self._state)
        return None


class ReduceLROnPlateau:
    """Lower the learning rate when a column of the history stops improving, with PyTorch's arguments and rule.

    The lecture *Feed forward Neural Networks* (Thang Vu) recommends it: watch the validation set, and lower the rate by
    a factor when it no longer improves.

    Parameters
    ----------
    optimizer : Optimizer
    mode : {"min", "max"}
    factor : float in [0, 1)
    patience : int
        The number of epochs without improvement before the rate is lowered.
    threshold : float
        The smallest change that counts as an improvement, relative to the best value unless ``threshold_mode`` is
        "abs".
    threshold_mode : {"rel", "abs"}
    cooldown : int
        The number of epochs after a reduction that do not count.
    min_lr, eps : float
        The rate is never below ``min_lr``, and never lowered by less than ``eps``.
    monitor : str
        The column. Default: ``"validation_loss"``.
    """

    #: See ``nn.training.events``.
    epochs_only = True

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
        monitor: str = "validation_loss",
    ) -> None:
        if threshold_mode not in ("rel", "abs"):
            raise OptionError(f"threshold_mode is 'rel' or 'abs', not {threshold_mode!r}.")
        self.optimizer = optimizer
        self.factor = in_range("factor", factor, 0.0, 1.0)
        self.patience, self.cooldown = count(patience, "patience", 0), count(cooldown, "cooldown", 0)
        self.min_lr, self.eps = in_range("min_lr", min_lr, 0.0), in_range("eps", eps, 0.0)
        self._judge = Judge(monitor, mode, threshold, threshold_mode == "rel")
        self._cooling = 0

    def step(self, value: float) -> None:
        """Judge an epoch by a number, in the user's own loop."""
        self._see({self._judge.monitor: value}, epoch=0, act=True)

    def __call__(self, event: Any) -> None:
        """Judge an epoch of ``fit``."""
        if isinstance(event, Started):
            self._judge.forget()
            self._cooling = 0
            for epoch, record in enumerate(event.history.epochs, start=1):
                self._see(record, epoch, act=False)
        elif isinstance(event, EpochEnded):
            self._see(event.record, event.epoch, act=True)

    def _see(self, record: dict[str, float], epoch: int, act: bool) -> None:
        self._judge.improves(record, epoch)
        if self._cooling > 0:
            self._cooling -= 1
            self._judge.bad_epochs = 0
        if self._judge.bad_epochs > self.patience:
            self._cooling, self._judge.bad_epochs = self.cooldown, 0
            lower = max(self.optimizer.lr * self.factor, self.min_lr)
            if act and self.optimizer.lr - lower > self.eps:
                self.optimizer.lr = lower


class Checkpoint:
    """Save model, optimizer and history after each epoch, so that ``fit(..., resume=path)`` can continue.

    Parameters
    ----------
    path : str or path
        The file. It is replaced atomically, so there is a complete checkpoint at any time.
    monitor : str, optional
        Save only epochs with the best value so far in this column of the history.
    mode : {"min", "max"}
    every : int
        Save every this many epochs.
    """

    #: See ``nn.training.events``.
    epochs_only = True

    def __init__(
        self, path: str | os.PathLike[str], monitor: str | None = None, mode: str = "min", every: int = 1
    ) -> None:
        self.path = path
        self.every = count(every, "every")
        self._judge = None if monitor is None else Judge(monitor, mode, 0.0, relative=False)
        self._history = History()

    def __call__(self, event: Any) -> None:
        """Save an epoch."""
        if isinstance(event, Started):
            self._history = event.history
            if self._judge is not None:
                self._judge.forget()
                for epoch, record in enumerate(event.history.epochs, start=1):
                    self._judge.improves(record, epoch)
        elif isinstance(event, EpochEnded):
            wanted = event.epoch % self.every == 0
            if self._judge is not None:
                wanted = self._judge.improves(event.record, event.epoch) and wanted
            if wanted:
                self._save(event)

    def _save(self, event: EpochEnded) -> None:
        arrays = {f"model.{name}": array for name, array in event.model.state_dict().items()}
        arrays |= {f"optimizer.{name}": array for name, array in event.optimizer.state_dict().items()}
        about = describe(event.model) | {
            "optimizer": type(event.optimizer).__name__,
            "epoch": event.epoch,
            "step": event.step,
            "history": self._history.to_json(),
        }
        archive.write(self.path, finite(arrays, self.path), about)


def resume(path: str | os.PathLike[str], model: Module, optimizer: Optimizer) -> tuple[History, int, int]:
    """Load a checkpoint into a model and its optimizer; return the history, and the numbers of epochs and updates.

    Raises
    ------
    ModelFileError
        If the file is not a checkpoint of this kind of model and optimizer; nothing was changed.
    """
    arrays, about = archive.read(path)
    wanted = {"kind": type(model).__name__, "optimizer": type(optimizer).__name__}
    for what, name in wanted.items():
        if about.get(what) != name:
            raise ModelFileError(f"{path} holds {what} {about.get(what)!r}, not {name!r}. Nothing was changed.")
    done = {what: n for what in ("epoch", "step") if isinstance(n := about.get(what), int) and n >= 0}
    if len(done) != 2:
        raise ModelFileError(f"{path} does not say how many epochs and updates were done. Nothing was changed.")
    try:
        history = History.from_json(about["history"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelFileError(f"{path} holds no history: {error!r}. Nothing was changed.") from error
    parts: dict[str, dict[str, Any]] = {"model": {}, "optimizer": {}}
    for entry, array in arrays.items():
        part, _, name = entry.partition(".")
        if part not in parts:
            raise ModelFileError(f"{path} holds {entry!r}, which is part of no checkpoint. Nothing was changed.")
        parts[part][name] = array
    before = optimizer.state_dict()
    try:
        optimizer.load_state_dict(finite(parts["optimizer"], path))
    except ModelFileError:
        raise
    except AutogradError as error:
        raise ModelFileError(f"{path} does not fit this optimizer. {error}") from error
    try:
        fill(model, parts["model"], path)
    except BaseException:
        optimizer.load_state_dict(before)
        raise
    return history, done["epoch"], done["step"]
