"""Compare eager Tensors with PyTorch and handwritten NumPy in one process: ``python benchmarks/tensors.py``.

It needs ``pip install -e ".[reference]"``; without PyTorch its rows are left out. All sides use one thread. Both
libraries run the same code: a batch through weight matrices, ``backward()``, and a step of the library's own optimizer.
A second row uses each library's layers. The results are printed and written to results/tensors.md and
results/tensors.json.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator
from typing import Any

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy is imported

import numpy as np
from interleaving import Work, compare_sides
from reporting import format_ratio, format_seconds, heading, machine, met_by_sides, parse_options, report, versions

import nn
from autograd_core import Tensor, functions

#: The targets: the least speed as a multiple of the peer's.
TARGETS: dict[str, dict[str, float]] = {
    "small": {"PyTorch eager": 2.0, "NumPy by hand": 0.4},
    "large": {"PyTorch eager": 0.9},
}
TASKS = {
    "small": "MLP 2-16-16-1, batch 100, hinge loss, float64",
    "small, layers": "the same step with each library's layers",
    "large": "MLP 784-256-128-10, batch 128, cross-entropy, float32",
    "large, layers": "the same step with each library's layers",
}

LR = 0.01


class Task:
    """A network, its samples, and one training step by every side; the targets are classes or signs."""

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
        """Return the outputs of the network, for the arrays of either library."""
        for W, b in zip(weights[:-1], biases[:-1], strict=True):
            h = (h @ W + b).relu()
        return h @ weights[-1] + biases[-1]

    def step_of(self, output: Any, loss: Any, optimizer: Any) -> tuple[Work, Work]:
        """Return a training step of either library, and a function that returns the losses of three steps."""

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
        return self.step_of(lambda: self.forward(X, weights, biases), self.our_loss(), nn.SGD(weights + biases, LR))

    def our_layers(self) -> tuple[Work, Work]:
        """Return the step with ``nn``."""
        model = nn.Sequential(*[part for W in self.weights for part in (self._linear(W), "relu")][:-1])
        X = Tensor(self.X)
        return self.step_of(lambda: model(X), self.our_loss(), nn.SGD(model.parameters(), LR))

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
        return self.step_of(lambda: self.forward(X, weights, biases), self.torch_loss(torch), optimizer)

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
        return self.step_of(lambda: model(X), self.torch_loss(torch), torch.optim.SGD(model.parameters(), LR))

    def torch_loss(self, torch: Any) -> Any:
        """Return the loss as a function of the outputs."""
        y = torch.tensor(self.y)
        if self.classes:
            return lambda h: torch.nn.functional.cross_entropy(h, y)
        return lambda h: (1.0 - y * h).relu().mean()

    def by_hand(self) -> tuple[Work, Work]:
        """Return the step in NumPy, with a handwritten backward pass and updates in place."""
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
            h, cache = self.X, []
            for k, (W, b) in enumerate(zip(weights, biases, strict=True)):
                z = h @ W + b
                cache.append((h, z))
                h = np.maximum(z, 0.0) if k < last else z
            value, d = loss(h)
            for k in range(last, -1, -1):
                h, z = cache[k]
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
    rounds, least = (3, 0.001) if quick else (31, 0.02)  # long enough for warm caches, as in training
    small = Task((2, 16, 16, 1), 100, np.float64, classes=False)
    large = Task((784, 256, 128, 10), 128, np.float32, classes=True)
    rows = {}
    for name, task, tolerance in (("small", small, 1e-10), ("large", large, 1e-4)):
        sides = {"autograd-core": task.ours, "PyTorch eager": task.torch, "NumPy by hand": task.by_hand}
        rows[name] = compare_sides(sides, rounds, least, tolerance)
        layers = {"autograd-core": task.our_layers, "PyTorch eager": task.torch_layers}
        rows[f"{name}, layers"] = compare_sides(layers, rounds, least, tolerance)
    return {
        "versions": versions("numpy", "torch"),
        "machine": machine(),
        "quick": quick,
        "rows": rows,
        "targets": TARGETS,
    }


def markdown(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the report as lines of Markdown."""
    yield from heading("Eager Tensors against PyTorch and NumPy by hand", figures, "tensors", ", one thread")
    yield "| one training step | autograd-core | peer | peer time | ratio | target |"
    yield "|---|---|---|---|---|---|"
    for key, sides in figures["rows"].items():
        ours = format_seconds(sides["autograd-core"]["seconds"])
        for peer, theirs in list(sides.items())[1:]:
            minimum = figures["targets"].get(key, {}).get(peer)
            target = "" if minimum is None else f"≥ {minimum:g}×"
            seconds, ratio = format_seconds(theirs["seconds"]), format_ratio(theirs["ratio"])
            yield f"| {TASKS[key]} | {ours} | {peer} | {seconds} | {ratio} | {target} |"


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write tensors.md and tensors.json; return 1 if a target is missed."""
    options = parse_options(__doc__, arguments)
    figures = measure(options.quick)
    return report("tensors", figures, markdown, options, met_by_sides(figures))


if __name__ == "__main__":
    sys.exit(main())
