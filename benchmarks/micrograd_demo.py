"""The demo of micrograd: its data, and its model, loss and training step for any class of scalars."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

import nn

__all__ = ["ALPHA", "LAYERS", "RATE", "SEED", "demo", "moons"]

#: Number of inputs, and number of neurons in each layer.
LAYERS = (2, [16, 16, 1])
SEED = 1337
#: The factor of the L2 penalty, and the learning rate.
ALPHA, RATE = 1e-4, 0.1


def moons(samples: int) -> tuple[Any, Any]:
    """Return the points of the demo, two half circles with noise of 0.1, and their labels -1 and +1."""
    X, y = nn.data.moons(max(samples, 2), noise=0.1, rng=SEED)
    return np.asarray(X, float)[:samples], 2.0 * np.asarray(y, float)[:samples] - 1.0


def demo(value: Any, mlp: Any, samples: int) -> tuple[Any, Callable[[], Any], Callable[[], None]]:
    """Return the model, a function that computes its loss on all points, and one that takes a training step.

    Apart from the classes ``value`` and ``mlp``, this is the code of micrograd's notebook.
    """
    points, labels = moons(samples)
    X, y = points.tolist(), list(map(int, labels))
    random.seed(SEED)
    model = mlp(*LAYERS)

    def loss() -> Any:
        inputs = [list(map(value, row)) for row in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = ALPHA * sum(p * p for p in model.parameters())
        return data_loss + reg_loss

    def step() -> None:
        total = loss()
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= RATE * p.grad

    return model, loss, step
