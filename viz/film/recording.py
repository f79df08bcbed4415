"""Record the parameters of a training as it runs, for a film.

>>> from nn import MLP, SGD, fit
>>> from nn.data import xor
>>> model = MLP(2, [4, 1], activation="tanh", rng=1)
>>> recording = Recording(frames=5)
>>> history = fit(model, xor(), "mse", SGD(model.parameters(), 0.2), epochs=20, progress=False, callbacks=[recording])
>>> [frame.step for frame in recording.frames]
[0, 3, 8, 13, 20]
>>> recording.frames[2].loss == history.losses[7]
True
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_core import Value
from nn.training.events import Finished, Started, Updated

from ..style.errors import OptionError


@dataclass(frozen=True)
class Frame:
    """The parameters after an update.

    Attributes
    ----------
    step, epoch : int
        The number of updates done, and the epoch of the last one, both from 1; 0 before the first.
    loss, lr : float or None
        The objective on the batch before the update, as recorded by ``fit``, and the learning rate; None before the
        first update.
    state : dict of str to array
        The ``state_dict()`` of the model.
    """

    step: int
    epoch: int
    loss: float | None
    lr: float | None
    state: dict[str, NDArray[Any]]


class Recording:
    """A callback that records the model's parameters at some of the updates.

    Pass it to ``fit(..., callbacks=[Recording()])``; then ``film(history)`` shows the training. It records the start,
    the end, and moments between. The moments are closer at the beginning, where a network changes most.

    Parameters
    ----------
    frames : int
        The number of moments to record, at least 2.

    Attributes
    ----------
    frames : list of Frame
    model : Module
        A copy of the model, whose parameters may be set to those of a frame.
    data : (X, y)
    loss : callable
    history : History
    """

    def __init__(self, frames: int = 90) -> None:
        if frames < 2:
            raise OptionError(f"A recording has at least 2 frames, the start and the end, not {frames!r}.")
        self._most = frames
        self._wanted: frozenset[int] = frozenset()
        self._latest: tuple[int, int, float, float] | None = None
        self.frames: list[Frame] = []
        self.model: Any = None
        self.data: Any = None
        self.loss: Any = None
        self.history: Any = None

    def __call__(self, event: Any) -> None:
        """Record the parameters, if this is one of the moments."""
        if isinstance(event, Started):
            self.model, self.data, self.loss = copy.deepcopy(event.model), event.data, event.loss
            self.history = event.history
            event.history.recording = self
            last = max(event.step, event.epochs * event.updates_per_epoch)
            along = np.linspace(0.0, 1.0, self._most) ** 1.4
            self._wanted = frozenset((event.step + np.rint(along * (last - event.step))).astype(int).tolist())
            self.frames = [Frame(event.step, event.epoch, None, None, event.model.state_dict())]
            self._latest = None
        elif isinstance(event, Updated):
            self._latest = (event.step, event.epoch + 1, event.loss, event.lr)
            if event.step in self._wanted:
                self.frames.append(Frame(*self._latest, event.model.state_dict()))
        elif isinstance(event, Finished) and self._latest is not None:
            if self.frames[-1].step == self._latest[0]:
                self.frames.pop()  # another callback may have restored the best epoch's parameters
            self.frames.append(Frame(*self._latest, event.model.state_dict()))

    def loss_of(self, sample: int, update: int) -> Any:
        """Return the loss of one sample with the parameters after an update, as a graph to draw and step through.

        Parameters
        ----------
        sample : int
            The sample's row in the data.
        update : int
            The number of updates at one of the recorded moments; 0 for the start.

        Raises
        ------
        OptionError
            If the sample does not exist, or that moment was not recorded.

        Examples
        --------
        >>> from nn import MLP, SGD, fit
        >>> from nn.data import xor
        >>> from viz import step
        >>> model, kept = MLP(2, [2, 1], activation="tanh", rng=1), Recording(5)
        >>> losses = fit(model, xor(), "mse", SGD(model.parameters(), 0.2), epochs=4, progress=False, callbacks=[kept])
        >>> loss = kept.loss_of(3, update=2)
        >>> len(step(loss))
        48
        """
        X, y = (np.asarray(part) for part in self.data)
        if sample not in range(len(X)):
            raise OptionError(f"There is no sample {sample!r}: it is given by its row in the data, 0 to {len(X) - 1}.")
        frame = next((frame for frame in self.frames if frame.step == update), None)
        if frame is None:
            near = sorted(sorted(frame.step for frame in self.frames), key=lambda kept: abs(kept - update))[:2]
            raise OptionError(
                f"The parameters after update {update!r} were not kept; those nearest to it are after "
                f"{' and '.join(map(str, sorted(near)))}. Recording(frames=...) says how many moments are."
            )
        model = copy.deepcopy(self.model)  # later calls must not change this graph
        model.load_state_dict(frame.state)
        if model.one_sample:
            outputs: Any = [model([Value(float(e), label=f"x{i}") for i, e in enumerate(np.ravel(X[sample]), 1)])]
            target: Any = y[sample : sample + 1].tolist()
        else:
            outputs, target = model(X[sample : sample + 1]), y[sample : sample + 1]
        loss = self.loss(outputs, target)
        loss.label = loss.label or "loss"
        return loss

    def __repr__(self) -> str:
        last = f", up to update {self.frames[-1].step}" if self.frames else ""
        return f"<Recording of {len(self.frames)} frames{last}>"
