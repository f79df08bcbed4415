"""Define learning rates as pure functions of a step, counted from 0.

The caller chooses whether a step is an update or an epoch: ``fit(schedule=..., schedule_every="epoch")``. The lectures
use both. Names and arguments are PyTorch's where it has the schedule, with the first learning rate in the place of the
optimizer.

>>> schedule = InverseTimeLR(1.0, decay=0.1)
>>> [schedule(step) for step in (0, 10, 19)]
[1.0, 0.5, 0.3448275862068965]
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import OperandError
from ..options import count, in_range
from .optimizer import Optimizer

__all__ = [
    "ConstantLR",
    "CosineAnnealingLR",
    "ExponentialLR",
    "HarmonicLR",
    "InverseTimeLR",
    "Schedule",
    "StepLR",
    "Warmup",
]

Schedule = Callable[[int], float]


def first_rate(lr: Any) -> float:
    """Return the initial rate of a schedule, or raise an error."""
    if isinstance(lr, Optimizer):
        raise OperandError(
            "A schedule takes the first learning rate in the place of the optimizer, StepLR(0.1, step_size=30). "
            "fit(..., schedule=schedule) applies it; in a loop of your own write optimizer.lr = schedule(step)."
        )
    return in_range("lr", lr, 0.0)


@dataclass(frozen=True)
class ConstantLR:
    """A constant rate.

    >>> ConstantLR(0.1)(1000)
    0.1
    """

    lr: float

    def __post_init__(self) -> None:
        first_rate(self.lr)

    def __call__(self, step: int) -> float:
        """Return the rate at a step."""
        return self.lr


@dataclass(frozen=True)
class HarmonicLR:
    """lr/(t+1): 1, 1/2, 1/3, … (Thang Vu, *Feed forward Neural Networks*; t counts epochs).

    The sum of the rates is infinite and the sum of their squares is finite, as convergence with noise requires (Robbins
    and Monro, 1951).

    >>> [HarmonicLR(1.0)(t) for t in range(4)]
    [1.0, 0.5, 0.3333333333333333, 0.25]
    """

    lr: float

    def __post_init__(self) -> None:
        first_rate(self.lr)

    def __call__(self, step: int) -> float:
        """Return the rate at a step."""
        return self.lr / (step + 1)


@dataclass(frozen=True)
class InverseTimeLR:
    """lr·1/(1 + decay·step) (MMAI 5500, *Feedforward neural networks*; step counts updates)."""

    lr: float
    decay: float

    def __post_init__(self) -> None:
        first_rate(self.lr)
        in_range("decay", self.decay, 0.0)

    def __call__(self, step: int) -> float:
        """Return the rate at a step."""
        return self.lr * (1.0 / (1.0 + self.decay * step))


@dataclass(frozen=True)
class StepLR:
    """lr·gamma^⌊step/step_size⌋: a drop after every ``step_size`` steps.

    >>> [StepLR(1.0, 2, gamma=0.5)(t) for t in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    lr: float
    step_size: int
    gamma: float = 0.1

    def __post_init__(self) -> None:
        first_rate(self.lr)
        in_range("gamma", self.gamma, 0.0)
        count(self.step_size, "step_size")

    def __call__(self, step: int) -> float:
        """Return the rate at a step."""
        return self.lr * self.gamma ** (step // self.step_size)


@dataclass(frozen=True)
class ExponentialLR:
    """lr·gamma^step.

    >>> ExponentialLR(1.0, 0.5)(3)
    0.125
    """

    lr: float
    gamma: float

    def __post_init__(self) -> None:
        first_rate(self.lr)
        in_range("gamma", self.gamma, 0.0)

    def __call__(self, step: int) -> float:
        """Return the rate at a step."""
        return self.lr * self.gamma**step


@dataclass(frozen=True)
class CosineAnnealingLR:
    """Half a cosine from lr down to eta_min over T_max steps, and up again (Loshchilov and Hutter, ICLR 2017).

    >>> [round(CosineAnnealingLR(1.0, 4)(t), 4) for t in range(5)]
    [1.0, 0.8536, 0.5, 0.1464, 0.0]
    """

    lr: float
    T_max: int
    eta_min: float = 0.0

    def __post_init__(self) -> None:
        first_rate(self.lr)
        in_range("eta_min", self.eta_min, 0.0)
        count(self.T_max, "T_max")

    def __call__(self, step: int) -> float:
        """Return the rate at a step."""
        return self.eta_min + (self.lr - self.eta_min) * (1.0 + math.cos(math.pi * step / self.T_max)) / 2.0


@dataclass(frozen=True)
class Warmup:
    """A linear rise over the first steps to the initial rate of another schedule, then that schedule.

    >>> [Warmup(ConstantLR(1.0), 4)(t) for t in range(5)]
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """

    then: Schedule
    steps: int

    def __post_init__(self) -> None:
        count(self.steps, "steps")

    def __call__(self, step: int) -> float:
        """Return the rate at a step."""
        if step < self.steps:
            return self.then(0) * (step + 1) / self.steps
        return self.then(step - self.steps)
