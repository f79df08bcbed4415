"""Train Rosenblatt's perceptron (1957): find a hyperplane by correcting one mistake at a time.

No gradient is computed. While a sample is on the wrong side, its features are added to the weights or subtracted. This
ends if a hyperplane separates the two classes (Novikoff, 1962), and never ends otherwise. So the number of steps is
limited, and the result reports whether it converged.

>>> AND = Perceptron(2)
>>> AND.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [-1, -1, -1, 1])
Perceptron(w=[-4.0, 3.0, 2.0], converged after 18 updates in 9 passes)
>>> [AND(x) for x in ([0, 1], [1, 1])]
[-1, 1]
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data.preparation import table
from ..errors import DataError, OperandError, OptionError, ShapeError
from ..losses.targets import check_labels
from ..models.initializers import generator
from ..models.module import Module
from ..options import count, in_range

Floats = NDArray[np.float64]


class Perceptron(Module):
    """A threshold unit: +1 where w·φ(x) ≥ 0, otherwise -1.

    Parameters
    ----------
    nin : int
        The number of inputs.
    features : callable, optional
        φ takes one sample, an array of shape (nin,), and returns its features. Default: (1, x₁, …, xₙ), so that w₀ is
        the bias.
    w : array_like, optional
        The initial weights, one for each feature. Default: zeros.
    strict : bool
        Whether w·φ(x) = 0 is -1 (MMAI 5500: "> 0") instead of +1 (Rossi: "a ≥ 0").

    Attributes
    ----------
    w : array, shape (features,)
    updates : list of array
        The weights after each correction of the last ``fit``.
    passes : int
        The number of passes of the last ``fit`` through the samples, the pass without mistakes included.
    converged : bool or None
        Whether every sample is on its side; None before ``fit``.

    References
    ----------
    F. Rosenblatt, *Principles of Neurodynamics*, 1962; as in M. Rossi, *Feed Forward Neural Networks (FFNN)*.
    """

    one_sample = True

    def __init__(
        self,
        nin: int,
        features: Callable[[Floats], ArrayLike] | None = None,
        w: ArrayLike | None = None,
        strict: bool = False,
    ) -> None:
        self.nin = count(nin, "The number of inputs")
        self.features = features
        self.strict = strict
        wide = len(self._phi(np.ones(self.nin)))
        self.w = np.zeros(wide) if w is None else np.array(w, dtype=np.float64)
        if self.w.shape != (wide,):
            raise ShapeError(
                f"There are {wide} features, the constant 1 among them unless features= says otherwise, but the "
                f"weights have shape {self.w.shape}."
            )
        self.updates: list[Floats] = []
        self.passes = 0
        self.converged: bool | None = None

    def _phi(self, x: Floats) -> Floats:
        if self.features is None:
            return np.concatenate([[1.0], x])
        found = np.asarray(self.features(x), dtype=np.float64)
        if found.ndim != 1 or found.size == 0:
            raise ShapeError(f"features(x) returns one row of features, not an array of shape {found.shape}.")
        return found

    def activation(self, x: ArrayLike) -> float:
        """Return w·φ(x): positive on one side of the hyperplane, negative on the other."""
        sample = np.asarray(x, dtype=np.float64)
        if sample.shape != (self.nin,):
            raise ShapeError(f"This perceptron takes samples of {self.nin} inputs, not of shape {sample.shape}.")
        return float(self.w @ self._phi(sample))

    def forward(self, x: Any) -> int:
        """Return the class of one sample, +1 or -1."""
        a = self.activation(x)
        return 1 if a > 0.0 or (a == 0.0 and not self.strict) else -1

    def fit(
        self, X: ArrayLike, t: ArrayLike, lr: float = 1.0, max_steps: int = 10_000, order: str = "cyclic", rng: Any = 0
    ) -> Perceptron:
        """Correct mistakes until there are none, or until ``max_steps`` samples were used.

        A sample with w·φ(x) = 0 counts as a mistake for both classes, as in Rossi's algorithm: otherwise zero weights
        would never change.

        Parameters
        ----------
        X : array_like, shape (samples, nin)
        t : array_like, shape (samples,)
            Labels -1 and +1.
        lr : float
            The multiple of φ(x) that is added or subtracted. It makes no difference if the weights start at zero and
            sums are exact, so choose a power of two.
        max_steps : int
        order : {"cyclic", "random"}
            In order, or drawn at random.
        rng : int or numpy.random.Generator
            Seed of the random order.

        Returns
        -------
        Perceptron
            Itself; its attribute tells whether it converged. Data that no hyperplane separates are not an error.

        Raises
        ------
        TargetError
            For labels other than -1 and +1.
        """
        samples = table(X)
        check_labels(t, (-1.0, 1.0), "Perceptron.fit", "labels 0 and 1 become them as 2*t - 1")
        labels = np.asarray(t, dtype=np.float64)
        if labels.shape != (len(samples),):
            raise DataError(f"There are {len(samples)} samples but labels of shape {labels.shape}.")
        if samples.shape[1] != self.nin:
            raise ShapeError(f"This perceptron takes samples of {self.nin} inputs, not of {samples.shape[1]}.")
        if order not in ("cyclic", "random"):
            raise OptionError(f"The order is 'cyclic' or 'random', not {order!r}.")
        rate = in_range("lr", lr, 5e-324)
        signed = labels[:, None] * np.array([self._phi(x) for x in samples])  # on the right side: w·signed > 0
        self.updates, self.converged, self.passes = [], False, 0
        draws = generator(rng)
        right_in_a_row = 0
        for step in range(count(max_steps, "max_steps")):
            i = step % len(signed) if order == "cyclic" else int(draws.integers(len(signed)))
            if self.w @ signed[i] <= 0.0:
                self.w = self.w + rate * signed[i]
                self.updates.append(self.w.copy())
                right_in_a_row = 0
            else:
                right_in_a_row += 1
            self.passes = step // len(signed) + 1
            if right_in_a_row >= len(signed) and bool((signed @ self.w > 0.0).all()):
                self.converged = True
                break
        return self

    @property
    def plane(self) -> tuple[Floats, float]:
        """Return the hyperplane in input space: its unit normal, and its signed distance from the origin along it.

        The distance is -b/‖w‖, where ‖w‖ is over the inputs, without the bias.

        Raises
        ------
        OptionError
            With a custom φ, because the boundary is then not a hyperplane in input space.

        Examples
        --------
        >>> normal, distance = Perceptron(2, w=[-10.0, 3.0, 4.0]).plane
        >>> normal.tolist(), distance
        ([0.6, 0.8], 2.0)
        """
        if self.features is not None:
            raise OptionError(
                "With features of its own a perceptron's boundary is a hyperplane among the features only."
            )
        length = math.hypot(*self.w[1:])
        if length == 0.0:
            raise OperandError("All weights are 0, so there is no hyperplane yet: fit the perceptron first.")
        return self.w[1:] / length, -float(self.w[0]) / length

    def __repr__(self) -> str:
        updates, passes = len(self.updates), self.passes
        work = f"after {updates} update{'s' * (updates != 1)} in {passes} pass{'es' * (passes != 1)}"
        if self.converged is None:
            told = "not fitted"
        elif self.converged:
            told = f"converged {work}"
        else:
            told = f"stopped {work}: the classes were not separated"
        return f"Perceptron(w={self.w.tolist()}, {told})"
