"""Find the task of a data set, a sign, a class or a number, and reject unsuitable data.

>>> X, y, task = read_data([[0.0], [1.0], [2.0]], [0, 1, 1])
>>> task.kind, y.tolist(), task.losses[0]
('signs', [-1.0, 1.0, 1.0], 'hinge')
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nn.errors import DataError
from nn.training.evaluation import finite_numbers

from ..style.errors import OptionError

Floats = NDArray[np.float64]

#: limits: samples that can be moved, features that can be displayed, classes with a mark of their own
MOST_POINTS, MOST_FEATURES, MOST_CLASSES = 400, 64, 6
LOSSES: dict[str, tuple[str, ...]] = {
    "signs": ("hinge", "mse", "perceptron", "binary_cross_entropy_with_logits"),
    "classes": ("cross_entropy",),
    "numbers": ("mse", "l1", "huber"),
}


@dataclass(frozen=True)
class Task:
    """A learning task.

    Attributes
    ----------
    kind : {"signs", "classes", "numbers"}
        Two classes, separated by the sign of one output; classes with one output each; or one number for each sample.
    outputs : int
        The output size of the network.
    """

    kind: Literal["signs", "classes", "numbers"]
    outputs: int = 1

    @property
    def losses(self) -> tuple[str, ...]:
        """The losses that fit, the default first."""
        return LOSSES[self.kind]

    @property
    def classes(self) -> int:
        """The number of classes; 0 for numbers."""
        return {"signs": 2, "classes": self.outputs, "numbers": 0}[self.kind]

    def target(self, given: Any) -> float | int:
        """Return the target of a sample from the class or number in a page's message.

        Raises
        ------
        OptionError
            For an unknown class, or a number that is not finite.
        """
        if self.kind == "numbers":
            number = float(given)
            if not np.isfinite(number) or abs(number) > 1e6:
                raise OptionError(f"{given!r} is no target between -1e6 and 1e6.")
            return number
        kind = int(given)
        if not 0 <= kind < self.classes:
            raise OptionError(f"There is no class {given!r} here; there are {self.classes}, counted from 0.")
        return 2.0 * kind - 1.0 if self.kind == "signs" else kind

    def class_of(self, target: Any) -> int:
        """Return the class of a target, from 0; 0 for a number."""
        return int(target > 0) if self.kind == "signs" else int(target) if self.kind == "classes" else 0

    def for_loss(self, y: NDArray[Any], loss: str) -> NDArray[Any]:
        """Return targets in the form of a loss: signs become 0 and 1 if it takes probabilities."""
        return (y + 1.0) / 2.0 if loss.startswith("binary") else y

    def score(self, outputs: Floats, y: NDArray[Any]) -> tuple[str, str]:
        """Return the quality of outputs of shape (samples, outputs): its name, and its value."""
        if self.kind == "numbers":
            with np.errstate(over="ignore"):
                return "typical error", f"{float(np.sqrt(np.mean((outputs[:, 0] - y) ** 2))):.4g}"
        found = outputs.argmax(axis=1) if self.kind == "classes" else outputs[:, 0] > 0.0
        right = int((found == (y if self.kind == "classes" else y > 0.0)).sum())
        return "accuracy", f"{right}/{len(y)}"


def read_data(X: ArrayLike, y: ArrayLike, outputs: int | None = None) -> tuple[Floats, NDArray[Any], Task]:
    """Return samples, targets and the task; raise an error for unsuitable data.

    Targets 0 and 1, or -1 and +1, are two classes. Other whole numbers from 0 are classes if they have an integer type.
    All other targets are numbers for a regression.

    Parameters
    ----------
    X : array_like, shape (samples, features)
    y : array_like, shape (samples,)
    outputs : int, optional
        The number of outputs of the network; with one output, classes are learned as numbers.

    Raises
    ------
    OptionError
        If samples and targets have different lengths, are not finite, or are too many to show.
    """
    rows, targets = _numbers(X, "X"), _numbers(y, "y")
    if not rows.size or not targets.size:
        raise OptionError(f"There are no samples to play with: X has shape {rows.shape}, y has shape {targets.shape}.")
    if rows.ndim == 1:
        rows = rows.reshape(-1, 1)
    if targets.ndim == 2 and targets.shape[1] == 1:
        targets = targets[:, 0]
    if rows.ndim != 2 or targets.ndim != 1 or len(rows) != len(targets):
        raise OptionError(
            "A playground takes samples X of shape (samples, features) and one target for each, y of shape (samples,); "
            f"not X of shape {rows.shape} and y of shape {targets.shape}."
        )
    if len(rows) > MOST_POINTS or rows.shape[1] > MOST_FEATURES:
        raise OptionError(
            f"{len(rows)} samples of {rows.shape[1]} features are more than can be shown and moved by hand: the limits "
            f"are {MOST_POINTS} and {MOST_FEATURES}. Give some of them: (X[:{MOST_POINTS}], y[:{MOST_POINTS}])."
        )
    kinds = set(np.unique(targets).tolist())
    if (kinds <= {0, 1} or kinds <= {-1, 1}) and outputs in (None, 1):
        return rows.astype(np.float64), np.where(targets > 0, 1.0, -1.0), Task("signs")
    most = int(targets.max()) + 1
    if targets.dtype.kind in "iub" and min(kinds) >= 0 and most <= (outputs or MOST_CLASSES) and outputs != 1:
        return rows.astype(np.float64), targets.astype(np.int64), Task("classes", outputs or most)
    if outputs not in (None, 1):
        raise OptionError(
            f"A network of {outputs} outputs learns classes, whole numbers from 0 to {outputs - 1}, one for each "
            f"sample; y has {', '.join(f'{t:g}' for t in sorted(kinds)[:4])}, … of type {targets.dtype}."
        )
    return rows.astype(np.float64), targets.astype(np.float64), Task("numbers")


def _numbers(given: ArrayLike, name: str) -> NDArray[Any]:
    try:
        return finite_numbers(given, name)
    except DataError as error:
        raise OptionError(str(error)) from None
