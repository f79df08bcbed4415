"""Eager Tensors against PyTorch, and against NumPy by hand, in one process: ``python benchmarks/tensors.py``.

Needs ``pip install -e ".[reference]"``; without PyTorch its column is left out. Everything computes in one thread. Both
sides of a row run the same text: a batch through a network made of matrices, ``backward()``, and a step of the
library's own optimiser; or the same with each library's own layers. The figures go to the screen, and to
results/tensors.md and results/tensors.json.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator
from typing import Any

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy is imported

import numpy as np
from pairing import machine
from reporting import kept_in_turns, options_of, report
from turns import Work, row, shown, times, versions

import autograd_core
import nn
from autograd_core import Tensor, functions

#: What is promised: at least so many times the speed of the peer.
BARS: dict[str, dict[str, float]] = {
    "small": {"PyTorch eager": 2.0, "NumPy by hand": 0.4},
    "large": {"PyTorch eager": 0.9},
}
NAMES = {
    "small": "MLP 2-16-16-1, batch 100, hinge loss, float64",
    "small, layers": "the same with each library's layers",
    "large": "MLP 784-256-128-10, batch 128, cross-entropy, float32",
    "large, layers": "the same with each library's layers",
}

LR = 0.01


class Task:
    """Numbers for a network, and a training step by every side: sizes, samples, classes or a margin."""

    def __init__(self, sizes: tuple[int, ...], samples: int, dtype: Any, classes: bool) -> None:
        rng = np.random.default_rng(0)
        self.sizes, self.classes = sizes, classes
        self.X = rng.normal(size=(samples, sizes[0])).astype(dtype)
        if classes:
            self.y = rng.integers(0, sizes[-1], samples)
        else:
            self.y = np.where(self.X[:, :1] > self.X[:, 1:] ** 2, 1.0, -1.0).astype(dtype)
        pairs = list(itertools.pairwise(sizes))
        self.weights = [(rng.normal(size=pair) / np.sqrt(pair[0])).astype(dtype) for pair in pairs]
        self.biases = [np.zeros(n, dtype) for n in sizes[1:]]

    def forward(self, h: Any, weights: list[Any], biases: list[Any]) -> Any:
        """Return the outputs of the network, of either library's arrays."""
        for W, b in zip(weights[:-1], biases[:-1], strict=True):
            h = (h @ W + b).relu()
        return h @ weights[-1] + biases[-1]

    def stepped(self, output: Any, loss: Any, optimizer: Any) -> tuple[Work, Work]:
        """Return a training step of either library, and the losses of three of them."""

        def step() -> Any:
            value = loss(output())
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            return value

        return step, lambda: [step().item() for _ in range(3)]

    def ours(self) -> tuple[Work, Work]:
        """Return the step with Tensors."""
        weights, biases = ([Tensor(p, requires_grad=True) for p in part] for part in (self.weights, self.biases))
        X = Tensor(self.X)
        return self.stepped(lambda: self.forward(X, weights, biases), self.our_loss(), nn.SGD(weights + biases, LR))

    def our_layers(self) -> tuple[Work, Work]:
        """Return the step with ``nn``."""
        model = nn.Sequential(*[part for W in self.weights for part in (self._linear(W), "relu")][:-1])
        X = Tensor(self.X)
        return self.stepped(lambda: model(X), self.our_loss(), nn.SGD(model.parameters(), LR))

    def _linear(self, W: Any) -> Any:
        return nn.Linear(*W.shape, init=W.T, dtype=W.dtype)

    def our_loss(self) -> Any:
        """Return the loss as a function of the outputs."""
        if self.classes:
            return lambda h: functions.cross_entropy(h, self.y).mean()
        y = Tensor(self.y)
        return lambda h: (1.0 - y * h).relu().mean()

    def torch(self) -> tuple[Work, Work]:
        """Return the step with PyTorch's tensors."""
        import torch

        torch.set_num_threads(1)
        weights, biases = ([torch.tensor(p, requires_grad=True) for p in part] for part in (self.weights, self.biases))
        X = torch.tensor(self.X)
        optimizer = torch.optim.SGD(weights + biases, LR)
        return self.stepped(lambda: self.forward(X, weights, biases), self.torch_loss(torch), optimizer)

    def torch_layers(self) -> tuple[Work, Work]:
        """Return the step with PyTorch's layers."""
        import torch

        torch.set_num_threads(1)
        layers = [torch.nn.Linear(*W.shape, dtype=torch.tensor(W).dtype) for W in self.weights]
        for layer, W in zip(layers, self.weights, strict=True):
            layer.weight.data = torch.tensor(W.T.copy())
            layer.bias.data.zero_()
        model = torch.nn.Sequential(*[part for layer in layers for part in (layer, torch.nn.ReLU())][:-1])
        X = torch.tensor(self.X)
        return self.stepped(lambda: model(X), self.torch_loss(torch), torch.optim.SGD(model.parameters(), LR))

    def torch_loss(self, torch: Any) -> Any:
        """Return the loss as a function of the outputs."""
        y = torch.tensor(self.y)
        if self.classes:
            return lambda h: torch.nn.functional.cross_entropy(h, y)
        return lambda h: (1.0 - y * h).relu().mean()

    def by_hand(self) -> tuple[Work, Work]:
        """Return the step in NumPy, the backward pass written out, the parameters updated in place."""
        weights, biases = ([p.copy() for p in part] for part in (self.weights, self.biases))
        last, rows = len(weights) - 1, np.arange(len(self.X))
        lr = self.X.dtype.type(LR)

        def loss(h: Any) -> tuple[Any, Any]:
            if not self.classes:
                margin = 1.0 - self.y * h
                return np.maximum(margin, 0.0).mean(), -self.y * (margin > 0.0) / len(h)
            shifted = h - h.max(axis=1, keepdims=True)
            terms = np.exp(shifted)
            total = terms.sum(axis=1, keepdims=True)
            gradient = terms / total
            gradient[rows, self.y] -= 1.0
            return (np.log(total[:, 0]) - shifted[rows, self.y]).mean(), gradient / h.dtype.type(len(h))

        def step() -> Any:
            h, kept = self.X, []
            for k, (W, b) in enumerate(zip(weights, biases, strict=True)):
                z = h @ W + b
                kept.append((h, z))
                h = np.maximum(z, 0.0) if k < last else z
            value, d = loss(h)
            for k in range(last, -1, -1):
                h, z = kept[k]
                if k < last:
                    d = d * (z > 0.0)
                slope, offset = h.T @ d, d.sum(axis=0)
                if k:
                    d = d @ weights[k].T
                weights[k] -= lr * slope
                biases[k] -= lr * offset
            return value

        return step, lambda: [step().item() for _ in range(3)]


def measure(quick: bool) -> dict[str, Any]:
    """Measure everything."""
    rounds, least = (3, 0.001) if quick else (31, 0.02)  # a training loop stays in its caches
    small = Task((2, 16, 16, 1), 100, np.float64, classes=False)
    large = Task((784, 256, 128, 10), 128, np.float32, classes=True)
    rows = {}
    for name, task, tolerance in (("small", small, 1e-10), ("large", large, 1e-4)):
        sides = {"autograd-core": task.ours, "PyTorch eager": task.torch, "NumPy by hand": task.by_hand}
        rows[name] = row(sides, rounds, least, tolerance)
        layers = {"autograd-core": task.our_layers, "PyTorch eager": task.torch_layers}
        rows[f"{name}, layers"] = row(layers, rounds, least, tolerance)
    return {
        "versions": {"autograd-core": autograd_core.__version__, **versions("numpy", "torch")},
        "machine": machine(),
        "quick": quick,
        "rows": rows,
        "bars": BARS,
    }


def markdown(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the figures as lines of Markdown."""
    yield "# Eager Tensors against PyTorch and NumPy by hand"
    yield ""
    told = ", ".join(f"{name} {version}" for name, version in figures["versions"].items())
    yield f"{told}, one thread. {'; '.join(f'{name}: {value}' for name, value in figures['machine'].items())}."
    yield "Made by `python benchmarks/tensors.py" + (" --quick`: for a look only." if figures["quick"] else "`.")
    yield ""
    yield "| one step of training | autograd-core | peer | takes | ratio | promised |"
    yield "|---|---|---|---|---|---|"
    for key, sides in figures["rows"].items():
        name = NAMES[key]
        for peer, taken in list(sides.items())[1:]:
            bar = figures["bars"].get(key, {}).get(peer)
            promised = "" if bar is None else f"≥ {bar:g}×"
            mine = shown(sides["autograd-core"]["seconds"])
            yield f"| {name} | {mine} | {peer} | {shown(taken['seconds'])} | {times(taken['ratio'])} | {promised} |"


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write tensors.md and tensors.json; exit 1 if a promise is not kept."""
    options = options_of(__doc__, arguments)
    figures = measure(options.quick)
    return report("tensors", figures, markdown, options, kept_in_turns(figures))


if __name__ == "__main__":
    sys.exit(main())
