"""Optimisers: one update rule each, for a float and for an array alike.

A rule is a pure function of a parameter's number, its gradient and what the optimiser remembers about it. ``step()``
computes all updates first and puts them in place together, so a step is never half done, whatever interrupts it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd_core.node import Node

from .errors import OperandError, OptionError, TrainingError
from .module import Module
from .options import in_range

__all__ = ["SGD", "Optimizer"]

Memory = dict[str, Any]


class Optimizer:
    """What all optimisers do; a subclass supplies the rule.

    Parameters
    ----------
    params : iterable of Value or Tensor
        What to train, usually ``model.parameters()``.
    lr : float
        The learning rate; may be set at any time.

    Attributes
    ----------
    params : list
    lr : float
    steps : int
        How many steps were done.
    """

    def __init__(self, params: Iterable[Any], lr: float) -> None:
        self.params = _parameters(params)
        self.lr = lr
        self.steps = 0
        self._memory: list[Memory] = [{} for _ in self.params]

    @property
    def lr(self) -> float:
        """The learning rate, not negative."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        self._lr = in_range("lr", lr, 0.0)

    def zero_grad(self) -> None:
        """Forget the gradients of the parameters."""
        for p in self.params:
            p.zero_grad()

    def step(self) -> None:
        """Update every parameter that has a gradient.

        Raises
        ------
        TrainingError
            If none has: ``backward()`` was not called since the last ``zero_grad()``.
        """
        updates = [
            (i, p, *self.rule(p.data, p.grad, self._memory[i])) for i, p in enumerate(self.params) if has_gradient(p)
        ]
        if not updates:
            raise TrainingError(
                f"{type(self).__name__}.step() found no gradient on any of the {len(self.params)} parameters. Call "
                "zero_grad(), then loss.backward() on a loss computed from these parameters, then step()."
            )
        done = self.steps + 1
        try:
            self._commit(updates, done)
        except BaseException:  # Ctrl-C between two assignments: do them all, so that no update is half done
            self._commit(updates, done)
            raise

    def _commit(self, updates: list[tuple[int, Any, Any, Memory]], steps: int) -> None:
        for i, p, data, memory in updates:
            p.data = data
            self._memory[i] = memory
        self.steps = steps

    def rule(self, x: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
        """Return the new number of a parameter, and what to remember about it; nothing is changed in place."""
        raise NotImplementedError(
            f"{type(self).__name__} needs a method rule(x, gradient, memory) that says how to update."
        )

    def options(self) -> dict[str, Any]:
        """Return the options by name, for printing and for files."""
        return {"lr": self.lr}

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in self.options().items())
        return f"{type(self).__name__}({len(self.params)} parameters, {options})"


class SGD(Optimizer):
    """Gradient descent, with momentum if asked for; PyTorch's arguments, order and formula.

    Parameters
    ----------
    params : iterable of Value or Tensor
    lr : float
    momentum : float in [0, 1)
        How much of the last velocity is kept: v ← momentum·v + (1 - dampening)·g, then x ← x - lr·v. The first
        velocity is g itself.
    dampening : float
        How much of the gradient is held back.
    weight_decay : float
        Adds weight_decay·x to the gradient.
    nesterov : bool
        Step along g + momentum·v instead; needs momentum and no dampening.

    Raises
    ------
    OptionError
        For options outside their range. A momentum of 1 would never come to rest.

    Examples
    --------
    >>> from autograd_core import Value
    >>> w = Value(1.0)
    >>> optimizer = SGD([w], lr=0.1)
    >>> (w * w / 2.0).backward()
    >>> optimizer.step()
    >>> w.data
    0.9
    """

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

    def options(self) -> dict[str, Any]:
        """Return the options by name."""
        names = ("lr", "momentum", "dampening", "weight_decay", "nesterov")
        return {name: getattr(self, name) for name in names}

    def rule(self, x: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
        """Return x - lr·v and the velocity."""
        if self.weight_decay != 0.0:
            gradient = gradient + self.weight_decay * x
        if self.momentum == 0.0:
            return x - self.lr * gradient, memory
        before = memory.get("velocity")
        v = gradient if before is None else self.momentum * before + (1.0 - self.dampening) * gradient
        direction = gradient + self.momentum * v if self.nesterov else v
        return x - self.lr * direction, {"velocity": v}


def _parameters(params: Any) -> list[Any]:
    if isinstance(params, Module):
        raise OperandError(
            f"An optimiser takes the parameters of a model, not the model: write {type(params).__name__.lower()}"
            ".parameters()."
        )
    if isinstance(params, Node) or not isinstance(params, Iterable):
        raise OperandError(f"An optimiser takes a list of parameters, [{params!r}] for a single one.")
    found = list(params)
    if not found:
        raise OptionError("There is nothing to train: the list of parameters is empty.")
    for p in found:
        if not isinstance(p, Node):
            raise OperandError(f"A parameter is a Value or a Tensor, not {type(p).__name__} {p!r}.")
        if not p.is_leaf:
            raise OptionError(
                f"{p!r} was computed from others, so setting it would not change them. Train the leaves it comes from."
            )
    if len(set(found)) != len(found):
        raise OptionError("A parameter stands in the list twice, so it would be updated twice a step. List it once.")
    return found


def has_gradient(p: Any) -> bool:
    """Whether a sweep has reached the parameter since its gradient was last forgotten."""
    return bool(getattr(p, "swept", True)) and p.grad is not None
