"""Define penalties on the size of weights, which keep a network simple; biases are not penalized.

A regularizer is a function of the model whose result is added to the loss. Weights are the parameters that multiply
something: all but those called ``b`` or ``bias``, the slope of a PReLU, and the scale and shift of a normalization.

>>> from nn import MLP
>>> model = MLP(2, [2], init=[[[1.0, -2.0], [0.0, 3.0]]])
>>> L2(1.0)(model).data, L1(1.0)(model).data
(14.0, 6.0)
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_core import functions

from ..errors import OptionError
from ..losses.output_target_pairs import is_tensor
from ..models.module import Module
from ..options import in_range
from .optimizer import whole

__all__ = ["L1", "L2", "Lq", "Regularizer", "soft_threshold", "weights"]

#: The last part of the path of parameters that are not weights.
NOT_WEIGHTS = ("b", "bias", "slope", "scale", "shift")


def weights(model: Module) -> list[Any]:
    """Return the weights of a model, without biases, slopes, scales and shifts.

    >>> from nn import MLP
    >>> len(weights(MLP(2, [3, 1]))), len(MLP(2, [3, 1]).parameters())
    (9, 13)
    """
    found = []
    for path, parameter in model.named_parameters():
        last = path.rpartition(".")[2].partition("[")[0]
        if last not in NOT_WEIGHTS and last not in ("biases", "slopes"):
            found.append(parameter)
    return found


class Regularizer:
    """A penalty: strength times the sum of a function of each weight.

    Parameters
    ----------
    strength : float
        The λ of the lectures, not negative.
    """

    def __init__(self, strength: float) -> None:
        self.strength = in_range("strength", strength, 0.0)

    def of_weight(self, w: Any) -> Any:
        """Return the penalty of one weight, or of each weight of a Tensor."""
        raise NotImplementedError(f"{type(self).__name__} needs a method of_weight(w).")

    def __call__(self, model: Module) -> Any:
        """Return the penalty of a model, to be added to its loss."""
        found = weights(model)
        if not found:
            raise OptionError(f"{type(self).__name__} found no weights in {type(model).__name__}.")
        terms = [self.of_weight(w) for w in found]
        return functions.sum([functions.sum(t) if is_tensor(t) else t for t in terms]) * self.strength

    def proximal(self, model: Module, lr: float) -> None:
        """Shrink the weights after a step, for penalties that are not smooth; others do nothing."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.strength!r})"


class L2(Regularizer):
    """Weight decay: λ·Σw², gradient 2λw; a Gaussian prior on the weights.

    >>> L2(0.1)
    L2(0.1)
    """

    def of_weight(self, w: Any) -> Any:
        """Return w²."""
        return w * w


class Lq(Regularizer):
    """λ·Σ|w|^q: q = 1 is L1, q = 2 is L2. A larger q concentrates the penalty on the largest weights.

    Parameters
    ----------
    strength : float
    q : float
        At least 1: below, the penalty is not convex, and its derivative at 0 is infinite.

    Examples
    --------
    >>> from nn import MLP
    >>> Lq(1.0, q=4)(MLP(1, [1], init=[[[2.0]]])).data
    16.0
    """

    def __init__(self, strength: float, q: float) -> None:
        super().__init__(strength)
        self.q = in_range("q", q, 1.0)

    def of_weight(self, w: Any) -> Any:
        """Return |w|^q."""
        return abs(w) ** self.q

    def __repr__(self) -> str:
        return f"Lq({self.strength!r}, q={self.q!r})"


class L1(Regularizer):
    """λ·Σ|w|, the Lasso: a Laplace prior, whose minimum has weights of exactly 0.

    Steps along the subgradient (sign w, 0 at 0) only oscillate around 0. With ``proximal=True`` nothing is added to the
    loss. Instead, ``fit`` shrinks the weights after each step by lr·λ, and smaller weights become 0.

    Parameters
    ----------
    strength : float
    proximal : bool

    Examples
    --------
    >>> L1(0.3, proximal=True)
    L1(0.3, proximal=True)
    """

    def __init__(self, strength: float, proximal: bool = False) -> None:
        super().__init__(strength)
        self.by_steps = not proximal

    def of_weight(self, w: Any) -> Any:
        """Return |w|."""
        return abs(w)

    def __call__(self, model: Module) -> Any:
        """Return the penalty of a model; 0 if it is applied after each step instead."""
        return super().__call__(model) if self.by_steps else 0.0

    def proximal(self, model: Module, lr: float) -> None:
        """Shrink the weights by lr·λ, if ``proximal`` is set."""
        if not self.by_steps:
            shrunk = [(w, soft_threshold(w.data, lr * self.strength)) for w in weights(model)]

            def commit() -> None:
                for w, x in shrunk:
                    w.assign(x)

            whole(commit)

    def __repr__(self) -> str:
        return f"L1({self.strength!r}{'' if self.by_steps else ', proximal=True'})"


def soft_threshold(x: Any, threshold: float) -> Any:
    """Return x moved toward 0 by the threshold, and 0 if it is nearer: the proximal step of the absolute value.

    >>> soft_threshold(0.05, 0.03), soft_threshold(-0.02, 0.03)
    (0.02, 0.0)
    """
    if isinstance(x, float):
        return math.copysign(max(abs(x) - threshold, 0.0), x) if abs(x) > threshold else 0.0
    return np.sign(x) * np.maximum(np.abs(x) - threshold, 0.0)
