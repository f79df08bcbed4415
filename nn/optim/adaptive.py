"""Define optimizers that adapt the learning rate of each parameter to its past gradients.

In the formulas, x is a parameter, g its gradient, t the number of the step, from 1.

>>> from autograd_core import Value
>>> w = Value(1.0)
>>> optimizer = Adam([w], lr=0.1)
>>> (w * w / 2.0).backward()
>>> optimizer.step()
>>> round(w.data, 6)
0.9
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import OperandError
from ..options import in_range
from .optimizer import Memory, Optimizer, descended, largest, root

#: The smallest allowed eps, which prevents a division by zero.
TINY = 5e-324


class Adagrad(Optimizer):
    """Divide steps by the root of the sum of all squared gradients: s ← s + g², x ← x - lr·g/(√s + eps).

    Parameters
    ----------
    params : iterable of Value or Tensor
    lr, lr_decay : float
        The rate of step t is lr/(1 + (t-1)·lr_decay).
    weight_decay : float
        Adds weight_decay·x to the gradient.
    initial_accumulator_value : float
        The initial value of s.
    eps : float

    References
    ----------
    J. Duchi, E. Hazan and Y. Singer, *Adaptive subgradient methods*, JMLR 12, 2011.
    """

    option_names = ("lr_decay", "weight_decay", "initial_accumulator_value", "eps")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 0.01,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
    ) -> None:
        super().__init__(params, lr)
        self.lr_decay = in_range("lr_decay", lr_decay, 0.0)
        self.weight_decay = in_range("weight_decay", weight_decay, 0.0)
        self.initial_accumulator_value = in_range("initial_accumulator_value", initial_accumulator_value, 0.0)
        self.eps = in_range("eps", eps, TINY)

    def rule(self, x: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
        """Return the step divided by the root of the sum of squares."""
        if self.weight_decay != 0.0:
            gradient = gradient + self.weight_decay * x
        t = memory.get("t", 0) + 1
        s = memory.get("squares", self.initial_accumulator_value) + gradient * gradient
        lr = self.lr / (1.0 + (t - 1) * self.lr_decay)
        return x - lr * gradient / (root(s) + self.eps), {"t": t, "squares": s}


class RMSprop(Optimizer):
    """Divide steps by the root of a running mean of squared gradients: s ← alpha·s + (1-alpha)·g².

    Parameters
    ----------
    params : iterable of Value or Tensor
    lr : float
    alpha : float in [0, 1)
        The share of the old mean in the new one.
    eps : float
    weight_decay : float
        Adds weight_decay·x to the gradient.
    momentum : float in [0, 1)
    centered : bool
        Subtract the square of a running mean of the gradient, so that s is a variance.

    References
    ----------
    T. Tieleman and G. Hinton, Coursera lecture 6.5, 2012.
    """

    option_names = ("alpha", "eps", "weight_decay", "momentum", "centered")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
    ) -> None:
        super().__init__(params, lr)
        self.alpha = in_range("alpha", alpha, 0.0, 1.0)
        self.eps = in_range("eps", eps, TINY)
        self.weight_decay = in_range("weight_decay", weight_decay, 0.0)
        self.momentum = in_range("momentum", momentum, 0.0, 1.0)
        self.centered = bool(centered)

    def rule(self, x: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
        """Return the step divided by the running root mean square."""
        if self.weight_decay != 0.0:
            gradient = gradient + self.weight_decay * x
        kept, new = self.alpha, 1.0 - self.alpha
        found: Memory = {"squares": kept * memory.get("squares", 0.0) + new * gradient * gradient}
        spread = found["squares"]
        if self.centered:
            found["mean"] = kept * memory.get("mean", 0.0) + new * gradient
            spread = largest(spread - found["mean"] * found["mean"], 0.0)  # rounding must not make it negative
        step = gradient / (root(spread) + self.eps)
        if self.momentum != 0.0:
            step = found["velocity"] = self.momentum * memory.get("velocity", 0.0) + step
        return descended(x, self.lr, step), found


class Adam(Optimizer):
    """Adaptive moments: running means m of g and s of g², both corrected for their start at 0.

    m ← β₁m + (1-β₁)g, s ← β₂s + (1-β₂)g², x ← x - lr·m̂/(√ŝ + eps) with m̂ = m/(1-β₁ᵗ), ŝ = s/(1-β₂ᵗ).

    Parameters
    ----------
    params : iterable of Value or Tensor
    lr : float
    betas : pair of float in [0, 1)
    eps : float
    weight_decay : float
        Adds weight_decay·x to the gradient.
    amsgrad : bool
        Divide by the largest s so far (Reddi, Kale and Kumar, ICLR 2018).

    References
    ----------
    D. Kingma and J. Ba, *Adam: a method for stochastic optimization*, ICLR 2015.
    """

    option_names = ("betas", "eps", "weight_decay", "amsgrad")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(params, lr)
        if len(betas) != 2:
            raise OperandError(f"betas is a pair such as (0.9, 0.999), not {betas!r}.")
        self.betas = (in_range("betas[0]", betas[0], 0.0, 1.0), in_range("betas[1]", betas[1], 0.0, 1.0))
        self.eps = in_range("eps", eps, TINY)
        self.weight_decay = in_range("weight_decay", weight_decay, 0.0)
        self.amsgrad = bool(amsgrad)

    def rule(self, x: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
        """Return the step of Adam; its weight decay is part of the gradient."""
        if self.weight_decay != 0.0:
            gradient = gradient + self.weight_decay * x
        return self._moments(x, gradient, memory)

    def _moments(self, x: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
        b1, b2 = self.betas
        t = memory.get("t", 0) + 1
        m = b1 * memory.get("mean", 0.0) + (1.0 - b1) * gradient
        s = b2 * memory.get("squares", 0.0) + (1.0 - b2) * gradient * gradient
        found: Memory = {"t": t, "mean": m, "squares": s}
        if self.amsgrad:
            s = found["largest"] = largest(s, memory.get("largest", 0.0))
        spread = root(s) / (1.0 - b2**t) ** 0.5 + self.eps
        return x - (self.lr / (1.0 - b1**t)) * m / spread, found


class AdamW(Adam):
    """Adam with decoupled weight decay: x ← x - lr·weight_decay·x, then Adam's step.

    Parameters
    ----------
    params, lr, betas, eps, amsgrad
        As for Adam.
    weight_decay : float

    References
    ----------
    I. Loshchilov and F. Hutter, *Decoupled weight decay regularization*, ICLR 2019.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad)

    def rule(self, x: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
        """Return the step of Adam from weights after the decay."""
        return self._moments(x * (1.0 - self.lr * self.weight_decay), gradient, memory)
