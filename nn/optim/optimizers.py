"""Define optimizers with one update rule each; names, arguments and formulas are PyTorch's where it has them.

In the formulas, x is a parameter, g its gradient, t the number of the step, from 1.

>>> from autograd_core import Value
>>> w = Value(1.0)
>>> optimizer = SGD([w], lr=0.1)
>>> (w * w / 2.0).backward()
>>> optimizer.step()
>>> w.data
0.9
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors import OptionError
from ..options import in_range
from .adaptive import Adagrad, Adam, AdamW, RMSprop
from .optimizer import Memory, Optimizer, clip_grad_norm_, clip_grad_value_, descended

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Momentum",
    "Optimizer",
    "RMSprop",
    "clip_grad_norm_",
    "clip_grad_value_",
]


class SGD(Optimizer):
    """Gradient descent, optionally with momentum.

    Parameters
    ----------
    params : iterable of Value or Tensor
    lr : float
    momentum : float in [0, 1)
        The share of the last velocity: v ← momentum·v + (1 - dampening)·g, then x ← x - lr·v. The first velocity is g
        itself.
    dampening : float
        The share of the gradient that is left out.
    weight_decay : float
        Adds weight_decay·x to the gradient.
    nesterov : bool
        Step along g + momentum·v instead; needs momentum and no dampening.

    Raises
    ------
    OptionError
        For options outside their range. A momentum of 1 would never slow down.

    See Also
    --------
    Momentum : the form of the lectures; the two differ when the learning rate changes.
    """

    option_names = ("momentum", "dampening", "weight_decay", "nesterov")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(params, lr)
        self.momentum = in_range("momentum", momentum, 0.0, 1.0)
        self.dampening = in_range("dampening", dampening, 0.0)
        self.weight_decay = in_range("weight_decay", weight_decay, 0.0)
        self.nesterov = bool(nesterov)
        if nesterov and (momentum == 0 or dampening != 0):
            raise OptionError(
                "Nesterov's step looks ahead along the velocity: it needs momentum > 0 and dampening = 0."
            )

    def rule(self, x: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
        """Return x - lr·v and the velocity."""
        if self.weight_decay != 0.0:
            gradient = gradient + self.weight_decay * x
        if self.momentum == 0.0:
            return descended(x, self.lr, gradient), memory
        before = memory.get("velocity")
        # The first velocity is a copy, so that clearing a gradient in place does not change it.
        v = 1.0 * gradient if before is None else self.momentum * before + (1.0 - self.dampening) * gradient
        direction = gradient + self.momentum * v if self.nesterov else v
        return descended(x, self.lr, direction), {"velocity": v}


class Momentum(Optimizer):
    """Gradient descent with momentum as in the lectures: v ← momentum·v - lr·g, then x ← x + v.

    The learning rate is inside the velocity, so a change of it takes effect gradually. At a constant rate it is the
    same as ``SGD(momentum=…)``.

    Parameters
    ----------
    params : iterable of Value or Tensor
    lr : float
    momentum : float in [0, 1)

    References
    ----------
    M. Rossi, *Feed Forward Neural Networks (FFNN)*: Δw(t) = -η∇E + αΔw(t-1). MMAI 5500, *Feedforward neural networks*:
    ``momentum * moms - lr * dweights``; the update must then be added.
    """

    option_names = ("momentum",)

    def __init__(self, params: Iterable[Any], lr: float, momentum: float = 0.9) -> None:
        super().__init__(params, lr)
        self.momentum = in_range("momentum", momentum, 0.0, 1.0)

    def rule(self, x: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
        """Return x + v and the velocity."""
        v = self.momentum * memory.get("velocity", 0.0) - self.lr * gradient
        return x + v, {"velocity": v}
