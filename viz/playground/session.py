"""Run a playground without a screen: a model, data, and training in steps of any size.

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

from autograd_core import Value
from autograd_core.errors import AutogradError, GuardError, TraceError
from nn import MLP, DAGNetwork, Module, optimizers, regularizers
from nn.data.preparation import batches, blobs, circles, moons, sine, spirals, xor
from nn.losses.losses import loss_function
from nn.training.evaluation import evaluate
from nn.training.traced.updates import TracedUpdater
from nn.training.updates import Updater

from ..network.model_view import read
from ..stepper.stepper import Stepper
from ..style.errors import OptionError
from .journal import Journal
from .requests import answer
from .settings import Settings
from .task import read_data
from .update_rules import checked_options

MAKERS: dict[str, Callable[..., Any]] = {
    "moons": moons, "circles": circles, "spirals": spirals, "xor": xor, "blobs": blobs, "sine": sine,
}  # fmt: skip


class Session:
    """An interactive training.

    Parameters
    ----------
    model : Module, optional
        A network, trained in place. Default: a network with the settings' shape that fits the data.
    data : (X, y), optional
        Samples, and the class or the number of each; see ``viz.playground.task``. Default: the settings' data set.
    **settings
        As in ``Settings``.

    Attributes
    ----------
    model, X, y
        y is -1 or +1 for two classes.
    task : Task
    updates, epoch : int
        Done since the start.
    losses : list of float
        The objective of each update, computed before it.
    changes : dict
        Parameter to its last change.
    journal : Journal
        The actions since the start.
    revision : int
        Increases when the shape of the network changes, so that its picture is drawn again.
    notice, refused : str
        The last problem, and the setting that caused it; or "".
    """

    def __init__(
        self, model: Module | None = None, data: tuple[ArrayLike, ArrayLike] | None = None, **settings: Any
    ) -> None:
        self.settings = Settings().but(**settings)
        self.own_model = model
        self._own_data = None if data is None else _pair(data)
        self.notice = self.refused = ""
        self.revision = 0
        self.playing = False
        self.load_data()
        self.build()

    # Start and reset

    def load_data(self) -> None:
        """Load the samples of the settings."""
        s = self.settings
        outputs = None if self.own_model is None else len(read(self.own_model).final)
        if s.dataset == "yours" and self._own_data is None:
            raise OptionError("There are no data of yours here: Playground(model, (X, y)).")
        if self._own_data is not None and s.dataset in ("yours", ""):
            self.settings = s.but(dataset="yours")
            found = self._own_data
        else:
            self.settings = s = s.but(dataset=s.dataset or "moons")
            found = MAKERS[s.dataset](made_of(s), noise=s.noise, rng=s.seed)
        self.X, self.y, self.task = read_data(*found, outputs=outputs)
        self.edited = False
        self.ringed = 0
        self.past: list[tuple[Any, Any, bool, int]] = []

    def build(self) -> None:
        """Use or make the network, and store its initial parameters."""
        s, features = self.settings, self.X.shape[1]
        self.model: Any = self.own_model
        if self.model is None:
            self.model = MLP(features, [*s.layers, self.task.outputs], activation=s.activation, rng=s.seed)
        self.check_fit()
        self.start = self.model.state_dict()
        self.revision += 1
        self.restart()

    def check_fit(self) -> None:
        """Raise an error unless the network accepts these samples and its outputs match the targets."""
        net = read(self.model)
        inputs, features = len(net.columns[0].units), self.X.shape[1]
        if inputs != features or len(net.final) != self.task.outputs:
            raise OptionError(
                f"This {type(self.model).__name__} has {inputs} inputs and {len(net.final)} outputs, but these samples "
                f"have {features} features and ask for {self.task.outputs} outputs. Numbers and two classes need one "
                "output, more classes one each."
            )
        if features > 1 and max(self.settings.axes) >= features:
            raise OptionError(f"axes={self.settings.axes} are not among the {features} features, counted from 0.")

    def restart(self) -> None:
        """Start a new training from the present weights."""
        s = self.settings
        if (s.loss or self.task.losses[0]) not in self.task.losses:
            raise OptionError(f"loss={s.loss!r} does not fit these targets. These do: {', '.join(self.task.losses)}.")
        options = checked_options(s.optimizer, s.lr, s.options)
        self.settings = s = s.but(loss=s.loss or self.task.losses[0], options=options)
        self.optimizer = getattr(optimizers, s.optimizer)(self.model.parameters(), lr=s.lr, **options)
        self.penalty = None if s.regularizer == "none" else getattr(regularizers, s.regularizer)(s.strength)
        self.loss_of = loss_function(s.loss)
        self._updater: Updater | None = None
        self.updates = self.epoch = 0
        self.losses: list[float] = []
        self.changes: dict[Any, Any] = {}
        self.journal = Journal()
        self.begun = (self.X, self.y, self.edited, s.lr)
        self.waiting: list[int] = []
        self.stepper: Stepper | None = None

    def do(self, message: Mapping[str, Any]) -> dict[str, Any] | None:
        """Handle a request, ``{"do": name, ...}``; return an answer if it is a question."""
        return answer(self, message)

    # Training

    @property
    def is_traced(self) -> bool:
        """Return whether training runs as a program: always, unless the model cannot be traced."""
        return isinstance(self._updater_now(), TracedUpdater)

    def advance(self, seconds: float) -> None:
        """Train for about this long, in whole updates; an error stops training and becomes a notice."""
        end = time.monotonic() + seconds
        try:
            while self.playing and time.monotonic() < end:
                self._train(self.settings.batch)
            self._settle()
            if self.playing:
                self.update(self.settings.batch)
        except AutogradError as error:
            self._settle()
            self.playing = False
            self.notice = str(error)

    def update(self, size: int) -> None:
        """Update the weights once with the next samples, and measure the change of each."""
        before = {p: np.array(p.data) for p in self.optimizer.params}
        try:
            self._train(size)
        finally:
            self._settle()
        with np.errstate(over="ignore", invalid="ignore"):
            self.changes = {p: np.array(p.data) - old for p, old in before.items()}

    def _train(self, size: int) -> None:
        self.stepper = None
        rows = self._next(size)
        X, y = self.X[rows], self.targets()[rows]
        try:
            loss, _ = self._updater_now().update(X, y, outputs=False)
        except (TraceError, GuardError):  # samples that take different branches of the model
            self._settle()
            self._updater = self._eager()
            loss, _ = self._updater.update(X, y, outputs=False)
        self.losses.append(loss)
        self.updates += 1
        self.journal.train(size)
        del self.waiting[: len(rows)]
        if not self.waiting:
            self.epoch += 1

    def _updater_now(self) -> Updater:
        if self._updater is None:
            try:
                self._updater = TracedUpdater(self.model, self.loss_of, self.optimizer, self.penalty)
                self._updater.prepare((self.X, self.targets()), None)
            except (TraceError, GuardError):
                self._updater = self._eager()
        return self._updater

    def _eager(self) -> Updater:
        return Updater(self.model, self.loss_of, self.optimizer, self.penalty)

    def _settle(self) -> None:
        """Write the numbers back to the model, so that they can be read and changed."""
        if self._updater is not None:
            self._updater.settle(changeable=True)

    def _next(self, size: int) -> list[int]:
        """Return the next samples, in the order of ``fit``."""
        if not self.waiting:
            self.waiting = [int(i) for rows in batches(len(self.X), epoch=self.epoch) for i in rows]
        return self.waiting[:size]

    def operation(self) -> None:
        """Take one more step of the next sample's sweep; after the last one, update the weights with its gradient."""
        if self.stepper is None:
            self.ringed = self._next(1)[0]
            self.stepper = Stepper(self.sample_loss(self.ringed))
        if self.stepper.next() is None:
            self.update(1)

    @property
    def card(self) -> dict[str, Any] | None:
        """Return the last step in words."""
        if self.stepper is None or self.stepper.current is None:
            return None
        shown = self.stepper.card(self.stepper.current)
        lines = [[line.caption, line.text, line.numbers, line.result] for line in shown.lines]
        done = f"{self.stepper.position} of {len(self.stepper)}"
        return {"phase": shown.phase, "heading": shown.heading, "lines": lines, "position": done}

    # Measurements

    @property
    def in_columns(self) -> bool:
        """Return whether an output is a row of one number, so that targets must be a column."""
        return self.task.outputs == 1 and (isinstance(self.model, DAGNetwork) or not self.model.one_sample)

    def targets(self) -> NDArray[Any]:
        """Return the targets in the form that the loss takes."""
        y = self.task.for_loss(self.y, self.settings.loss)
        return y.reshape(-1, 1) if self.in_columns else y

    def sample_loss(self, i: int) -> Any:
        """Return the loss of one sample, recorded."""
        target = self.targets()[i : i + 1]
        if self.model.one_sample:
            x: Any = [Value(float(e), label=f"x{k}") for k, e in enumerate(self.X[i], 1)]
            loss = self.loss_of([self.model(x)], target.tolist())
        else:
            loss = self.loss_of(self.model(self.X[i : i + 1]), target)
        loss.label = loss.label or "loss"
        return loss

    def loss(self) -> float:
        """Return the loss on all samples, without the penalty."""
        fast = hasattr(self.model, "to_tensor")
        y = self.targets().reshape(-1, 1) if fast and self.task.outputs == 1 else self.targets()
        model = self.model.to_tensor() if fast else self.model
        return evaluate(model, (self.X, y), self.loss_of)["loss"]


def made_of(s: Settings) -> int:
    """Return the argument of a data set's function that gives this many samples; xor has four corners."""
    return s.samples // 4 if s.dataset == "xor" else s.samples


def _pair(data: Any) -> tuple[ArrayLike, ArrayLike]:
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        raise OptionError(f"data is a pair (X, y) of samples and targets, not {type(data).__name__}.")
    return data[0], data[1]
