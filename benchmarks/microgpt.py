"""Train a GPT of scalars in three ways, in one process: ``python benchmarks/microgpt.py``.

The model follows A. Karpathy's microgpt: it predicts the next letter of a name with embeddings, attention, RMSNorm, a
ReLU layer and Adam, and every number is a scalar with a gradient. The same model code runs with

* a class in microgpt's style, which stores children and local gradients (``Scalar``): the peer,
* this library's ``Value``, eager: a new graph for each name,
* traced programs, one for each length of a name.

Before the timing starts, all three must agree on losses and gradients, at the start and after steps of Adam. Numba
comes with the extra ``jit``.
"""

from __future__ import annotations

import itertools
import math
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from interleaving import interleave
from reporting import format_ratio, format_seconds, heading, machine, parse_options, report, versions
from scalar_gpt import GPT, LETTERS, NAMES, Scalar, dot, letters

import autograd_core
from autograd_core import Program, Value, trace

#: The targets: the least speed as a multiple of the peer's.
TARGETS = {"eager, compiled": 3.0, "traced": 50.0}

PEER = "a class in microgpt's style"


class Adam:
    """Adam on a vector of numbers, used by all three sides."""

    def __init__(self, size: int) -> None:
        self.mean, self.square, self.steps = np.zeros(size), np.zeros(size), 0

    def update(self, gradient: Any) -> Any:
        """Return the update to subtract from the parameters."""
        self.steps += 1
        self.mean += 0.1 * (gradient - self.mean)
        self.square += 0.05 * (gradient * gradient - self.square)
        mean = self.mean / (1.0 - 0.9**self.steps)
        return 0.01 * mean / (np.sqrt(self.square / (1.0 - 0.95**self.steps)) + 1e-8)


class Eager:
    """A model that builds a new graph of scalars for each name."""

    def __init__(self, scalar: Callable[[float], Any], shape: dict[str, int]) -> None:
        self.model = GPT(scalar, **shape)
        self.weights = self.model.parameters()
        self.adam = Adam(len(self.weights))

    def value_and_gradient(self, name: str) -> tuple[float, Any]:
        """Return the loss of a name, and its gradient as one vector."""
        tokens = letters(name)
        loss = self.model.loss([self.model.letter[t] for t in tokens[:-1]], lambda t, p: p[tokens[t + 1]])
        for p in self.weights:
            p.grad = 0.0
        loss.backward()
        return loss.data, np.array([p.grad for p in self.weights])

    def step(self, name: str) -> float:
        """Train on one name, and return its loss."""
        loss, gradient = self.value_and_gradient(name)
        for p, x in zip(self.weights, self.adam.update(gradient).tolist(), strict=True):
            p.data -= x
        return loss


class Traced:
    """The same model as programs, one for each length of a name; its parameters are one vector."""

    def __init__(self, shape: dict[str, int], programs: dict[int, Program] | None = None) -> None:
        self.model = GPT(Value, **shape)
        self.theta = np.array([p.data for p in self.model.parameters()])
        self.adam = Adam(len(self.theta))
        self.programs = {} if programs is None else programs

    def program(self, length: int) -> Program:
        """Return the program for a number of letters, whose inputs are one-hot vectors of the letters."""
        if length not in self.programs:
            one_hot = np.eye(len(LETTERS))[[0] * length]

            def loss(model: GPT, inputs: Any, targets: Any) -> Any:
                columns = list(zip(*model.letter, strict=True))
                embedded = [[dot(row, column) for column in columns] for row in inputs]
                return model.loss(embedded, lambda t, p: dot(targets[t], p))

            self.programs[length] = trace(loss, self.model, one_hot, one_hot)
        return self.programs[length]

    def value_and_gradient(self, name: str) -> tuple[float, Any]:
        """Return the loss of a name, and its gradient as one vector."""
        one_hot = np.eye(len(LETTERS))[letters(name)]
        return self.program(len(name) + 1).value_and_grad(self.theta, one_hot[:-1], one_hot[1:])

    def step(self, name: str) -> float:
        """Train on one name, and return its loss."""
        loss, gradient = self.value_and_gradient(name)
        self.theta -= self.adam.update(gradient)
        return loss


def check_agreement(sides: dict[str, Any], names: Sequence[str]) -> None:
    """Train all sides on the names, and exit with a message unless their losses and gradients agree."""
    for name in names:
        (loss, gradient), *others = (side.value_and_gradient(name) for side in sides.values())
        scale = float(np.abs(gradient).max())
        for value, slope in others:
            if not (math.isclose(value, loss, rel_tol=1e-9) and np.allclose(slope, gradient, 1e-8, 1e-8 * scale)):
                sys.exit(f"The sides compute different losses or gradients for {name!r}: {loss!r} and {value!r}.")
        for side in sides.values():
            side.step(name)


def measure(quick: bool) -> dict[str, Any]:
    """Measure one training step on one name, and the time of tracing."""
    shape = {"width": 8, "heads": 2, "context": 16} if quick else {"width": 16, "heads": 4, "context": 16}
    names = ["ada", "alan"] if quick else ["ada", "alan", "grace", "sofia"]
    eager = "eager, compiled" if getattr(autograd_core, "__compiled__", False) else "eager, pure Python"
    traced = Traced(shape)
    sides = {PEER: Eager(Scalar, shape), eager: Eager(Value, shape), "traced": traced}
    start = time.perf_counter()
    for name in names:
        traced.value_and_gradient(name)
    tracing = time.perf_counter() - start
    check_agreement(sides, [*names, names[0]])
    next_names = {label: itertools.cycle(names) for label in sides}

    def epoch(label: str) -> Callable[[], Any]:
        return lambda: [sides[label].step(next(next_names[label])) for _ in names]

    times = interleave({label: epoch(label) for label in sides}, rounds=2 if quick else 9, least=0.02)
    learner = Traced(shape, traced.programs)
    epochs = [statistics.fmean(learner.step(name) for name in NAMES) for _ in range(5 if quick else 60)]
    return {
        "versions": versions("numpy", "numba"),
        "machine": machine(),
        "quick": quick,
        "parameters": len(traced.theta),
        "operations": {length: len(program) for length, program in sorted(traced.programs.items())},
        "tracing": tracing,
        "loss": [epochs[0], epochs[-1]],
        "seconds": {label: statistics.median(seconds) / len(names) for label, seconds in times.items()},
        "ratio": {
            label: statistics.median(b / a for a, b in zip(seconds, times[PEER], strict=True))
            for label, seconds in times.items()
        },
        "targets": {label: TARGETS[label] for label in sides if label in TARGETS},
    }


def markdown(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the report as lines of Markdown."""
    yield from heading("A GPT of scalars", figures, "microgpt")
    operations = figures["operations"].values()
    first, last = figures["loss"]
    yield (
        f"{figures['parameters']:,} parameters; {min(operations):,} to {max(operations):,} operations, depending on "
        f"the length of the name. Training on {len(NAMES)} names reduces the loss from {first:.3g} to {last:.3g}."
    )
    yield ""
    yield "| one training step on one name | time | ratio | target |"
    yield "|---|---|---|---|"
    for side, seconds in figures["seconds"].items():
        target = f"≥ {figures['targets'][side]:g}×" if side in figures["targets"] else ""
        ratio = figures["ratio"][side]
        yield f"| {side} | {format_seconds(seconds)} | {format_ratio(ratio)} | {target} |"


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write microgpt.md and microgpt.json; return 1 if a target is missed."""
    options = parse_options(__doc__, arguments)
    figures = measure(options.quick)
    met = all(figures["ratio"][side] >= target for side, target in figures["targets"].items())
    return report("microgpt", figures, markdown, options, met)


if __name__ == "__main__":
    sys.exit(main())
