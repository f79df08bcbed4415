"""What samples ask of a network: a sign, a class, or a number. Data that fit no such task are refused here.

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

__all__ = ["MOST_POINTS", "Task", "read_data"]

Floats = NDArray[np.float64]

#: samples that can be moved by hand, features that can be shown, classes that have a mark of their own
MOST_POINTS, MOST_FEATURES, MOST_CLASSES = 400, 64, 6
LOSSES: dict[str, tuple[str, ...]] = {
    "signs": ("hinge", "mse", "perceptron", "binary_cross_entropy_with_logits"),
    "classes": ("cross_entropy",),
    "numbers": ("mse", "l1", "huber"),
}


@dataclass(frozen=True)
class Task:
    """What is to be learnt.

    Attributes
    ----------
    kind : {"signs", "classes", "numbers"}
        Two classes, told apart by the sign of one output; classes that have an output each; numbers, one a sample.
    outputs : int
        Of a network that can learn it.
    """

    kind: Literal["signs", "classes", "numbers"]
    outputs: int = 1

    @property
    def losses(self) -> tuple[str, ...]:
        """The losses that fit, the usual one first."""
        return LOSSES[self.kind]

    @property
    def classes(self) -> int:
        """How many classes there are; 0 for numbers."""
        return {"signs": 2, "classes": self.outputs, "numbers": 0}[self.kind]

    def target(self, given: Any) -> float | int:
        """Return the target of a sample of which a page has told the class or the number.

        Raises
        ------
        OptionError
            For no such class, or no finite number.
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
        """Return the class of a target, counted from 0; 0 for a number."""
        return int(target > 0) if self.kind == "signs" else int(target) if self.kind == "classes" else 0

    def for_loss(self, y: NDArray[Any], loss: str) -> NDArray[Any]:
        """Return targets as a loss wants them: signs as 0 and 1 if it wants probabilities."""
        return (y + 1.0) / 2.0 if loss.startswith("binary") else y

    def score(self, outputs: Floats, y: NDArray[Any]) -> tuple[str, str]:
        """Return how good outputs of shape (samples, outputs) are: what is told, and how much it is."""
        if self.kind == "numbers":
            with np.errstate(over="ignore"):
                return "typical error", f"{float(np.sqrt(np.mean((outputs[:, 0] - y) ** 2))):.4g}"
        found = outputs.argmax(axis=1) if self.kind == "classes" else outputs[:, 0] > 0.0
        right = int((found == (y if self.kind == "classes" else y > 0.0)).sum())
        return "right", f"{right} of {len(y)}"


def read_data(X: ArrayLike, y: ArrayLike, outputs: int | None = None) -> tuple[Floats, NDArray[Any], Task]:
    """Return samples, targets and the task, or say why they cannot be played with.

    Targets that are 0 and 1, or -1 and +1, are two classes. Other whole numbers from 0 on are classes too, if they are
    of an integer type. Everything else is a number to be met.

    Parameters
    ----------
    X : array_like, shape (samples, features)
    y : array_like, shape (samples,)
    outputs : int, optional
        How many outputs the network has; with one it learns numbers, where otherwise there would be classes.

    Raises
    ------
    OptionError
        For samples and targets that do not fit together, are not finite, or are too many to be shown.
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
