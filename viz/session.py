"""What a playground does, without a screen: a model, data and a training that goes on by steps of any size.

>>> session = Session(seed=1)
>>> session.do({"do": "step", "size": "epoch"})
>>> session.epoch, session.updates
(1, 10)
>>> session.do({"do": "rewind"})
>>> session.updates
0
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_core import Value, no_grad
from autograd_core.errors import AutogradError
from nn import MLP, DAGNetwork, Module, optimizers, regularizers
from nn.data import batches, circles, moons, spirals, xor
from nn.errors import DivergedError
from nn.losses import loss_function
from nn.metrics import numbers
from nn.updates import Updater

from .asking import MOST_POINTS, answer
from .errors import OptionError
from .models import read
from .settings import Settings
from .stepper import Stepper

__all__ = ["Session"]

#: root mean square of a layer's gradient: below, it hardly learns; above, a step leaps
VANISHING, EXPLODING = 1e-6, 1e3
MAKERS: dict[str, Callable[..., Any]] = {"moons": moons, "circles": circles, "spirals": spirals, "xor": xor}


class Session:
    """A training that somebody plays with.

    Parameters
    ----------
    model : Module, optional
        A network with two inputs and one output, trained in place; one of the settings' shape if left out.
    data : (X, y), optional
        Samples of two features, and their classes, 0 and 1 or -1 and +1; a data set of the settings if left out.
    **settings
        As in ``Settings``.

    Attributes
    ----------
    model, X, y
        y is -1 or +1.
    updates, epoch : int
        Done since the start.
    losses : list of float
        The objective of each update, before it.
    revision : int
        Grows when the network has another shape, so that its picture must be drawn anew.
    notice : str
        What went wrong last, or "".
    """

    def __init__(
        self, model: Module | None = None, data: tuple[ArrayLike, ArrayLike] | None = None, **settings: Any
    ) -> None:
        self.settings = Settings(**settings).checked()
        self.own_model = model
        self._own_data = None if data is None else _two_classes(*data)
        self.edited = False
        self.revision = 0
        self.ringed = 0
        self.playing = False
        self.load_data()
        self.build()

    # The start, and back to it

    def load_data(self) -> None:
        """Take the samples that the settings say."""
        s = self.settings
        if s.dataset == "yours" and self._own_data is None:
            raise OptionError("There are no data of yours here: Playground(model, (X, y)).")
        if self._own_data is not None and s.dataset in ("yours", ""):
            self.X, self.y = (array.copy() for array in self._own_data)
            self.settings = s.but(dataset="yours")
        else:
            self.settings = s = s.but(dataset=s.dataset or "moons")
            count = s.samples // 4 if s.dataset == "xor" else s.samples
            self.X, y = MAKERS[s.dataset](count, noise=s.noise, rng=s.seed)
            self.y = 2.0 * y - 1.0
        self.edited = False
        self.ringed = 0

    def build(self) -> None:
        """Take or make the network, and remember where it begins."""
        s = self.settings
        if self.own_model is not None:
            self.model: Any = self.own_model
        else:
            self.model = MLP(2, [*s.layers, 1], activation=s.activation, rng=s.seed)
        net = read(self.model)
        if len(net.columns[0].units) != 2 or len(net.final) != 1:
            raise OptionError("A playground shows networks with two inputs and one output, whose sign is the class.")
        self.start = self.model.state_dict()
        self.revision += 1
        self.restart()

    def restart(self) -> None:
        """Begin anew from the weights as they are."""
        s = self.settings
        self.optimizer = getattr(optimizers, s.optimizer)(self.model.parameters(), lr=s.lr)
        penalty = None if s.regularizer == "none" else getattr(regularizers, s.regularizer)(s.strength)
        self._updater = Updater(self.model, self._loss_function(), self.optimizer, penalty)
        self.updates = self.epoch = 0
        self.losses: list[float] = []
        self.notice = ""
        self.waiting: list[int] = []
        self.stepper: Stepper | None = None

    def _loss_function(self) -> Callable[..., Any]:
        """Return the loss; a DAG gives each sample a list of outputs, of which there is one here."""
        loss = loss_function(self.settings.loss)
        if not isinstance(self.model, DAGNetwork):
            return loss
        return lambda outputs, targets: loss([first for (first,) in outputs], targets)

    def do(self, message: Mapping[str, Any]) -> dict[str, Any] | None:
        """Do what a page asks for, ``{"do": name, ...}``; return an answer, if it is a question."""
        return answer(self, message)

    # How it goes on

    def advance(self, seconds: float) -> None:
        """Train for about so long, in whole updates; an error ends the playing and becomes a notice."""
        end = time.monotonic() + seconds
        try:
            while self.playing:
                self.update(self.settings.batch)
                if time.monotonic() >= end:
                    break
        except AutogradError as error:
            self.playing = False
            self.notice = str(error)

    def update(self, size: int) -> None:
        """Update the weights once, with the next samples."""
        self.stepper = None
        rows = self._next(size)
        try:
            loss, _ = self._updater.update(self.X[rows], self._targets()[rows])
        except DivergedError:
            self.waiting = []
            raise
        self.losses.append(loss)
        self.updates += 1
        del self.waiting[: len(rows)]
        if not self.waiting:
            self.epoch += 1

    def _next(self, size: int) -> list[int]:
        """Return the samples that are next, in the order in which ``fit`` would take them."""
        if not self.waiting:
            order = batches(len(self.X), len(self.X), epoch=self.epoch, seed=0, shuffle=True)
            self.waiting = [int(i) for rows in order for i in rows]
        return self.waiting[:size]

    def _targets(self) -> NDArray[np.float64]:
        return self.y if self.model.one_sample else self.y.reshape(-1, 1)

    def operation(self) -> None:
        """Take one more step of the next sample's sweep; after the last, update the weights with its gradient."""
        if self.stepper is None:
            self.ringed = self._next(1)[0]
            self.stepper = Stepper(self.sample_loss(self.ringed))
        if self.stepper.next() is None:
            self.update(1)

    @property
    def card(self) -> dict[str, Any] | None:
        """The operation that was stepped last, in words."""
        if self.stepper is None or self.stepper.current is None:
            return None
        shown = self.stepper.card(self.stepper.current)
        lines = [[line.caption, line.text, line.numbers, line.result] for line in shown.lines]
        done = f"{self.stepper.position} of {len(self.stepper)}"
        return {"phase": shown.phase, "heading": shown.heading, "lines": lines, "position": done}

    # What it measures

    def sample_loss(self, i: int) -> Any:
        """Return the loss of one sample, recorded."""
        if self.model.one_sample:
            x: Any = [Value(float(e), label=f"x{k}") for k, e in enumerate(self.X[i], 1)]
            outputs: Any = [self.model(x)]
        else:
            outputs = self.model(self.X[i : i + 1])
        loss = self._updater.loss(outputs, self._targets()[i : i + 1])
        loss.label = loss.label or "loss"
        return loss

    def loss(self) -> float:
        """Return the loss on all samples, without the penalty."""
        model = self.model.to_tensor() if hasattr(self.model, "to_tensor") else self.model
        with no_grad():
            if model.one_sample:
                outputs: Any = [model(row) for row in self.X.tolist()]
                return float(numbers(self._updater.loss(outputs, self.y.tolist())))
            return float(numbers(self._updater.loss(model(self.X), self.y.reshape(-1, 1))))

    def parameter(self, link: str) -> tuple[Any, tuple[int, int] | None]:
        """Return what holds the weight of a link, and the index in it."""
        a, i, b, j = map(int, link.removeprefix("l").split("_"))
        p, index = read(self.model).parameter(a, i, b, j)
        if p is None:
            raise OptionError(f"The weight {link!r} cannot be set.")
        return p, index


def _two_classes(X: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return samples and targets -1 and +1, or say why they cannot be played with."""
    rows, targets = np.array(X, dtype=np.float64), np.asarray(y).ravel()
    kinds = set(np.unique(targets).tolist())
    if rows.ndim != 2 or rows.shape[1] != 2 or len(rows) != len(targets) or not np.isfinite(rows).all():
        raise OptionError(f"A playground shows samples of two features, X of shape (samples, 2), not {rows.shape}.")
    if not (kinds <= {0, 1} or kinds <= {-1, 1}):
        raise OptionError("A playground shows two classes: y is 0 or 1, or -1 or +1.")
    if len(rows) > MOST_POINTS:
        raise OptionError(f"{len(rows)} samples are more than can be moved by hand; the limit is {MOST_POINTS}.")
    return rows, np.where(targets > 0, 1.0, -1.0)
