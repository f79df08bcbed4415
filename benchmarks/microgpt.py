"""A GPT made of scalars, three ways, in one process: ``python benchmarks/microgpt.py``; Numba comes with extra ``jit``.

The pattern is that of A. Karpathy's microgpt: letters in, probabilities of the next letter out, with embeddings,
attention, RMSNorm, a ReLU layer and Adam, and every number a scalar with a gradient. One text computes it

* with a class in microgpt's style, which keeps children and local gradients (``Scalar``): the peer,
* with this library's ``Value``, eager: a new graph for each name,
* as programs traced once for each length of a name, and kept.

Before anything is timed, all three must agree on losses and gradients, at the start and after steps of Adam.
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
from pairing import machine
from reporting import options_of, report
from scalar_gpt import GPT, LETTERS, NAMES, Scalar, dot, letters
from turns import in_turns, shown, versions

import autograd_core
from autograd_core import Program, Value, trace

#: What is promised: at least so many times the speed of the class in microgpt's style.
BARS = {"eager, compiled": 3.0, "traced": 50.0}

PEER = "a class in microgpt's style"


class Adam:
    """Adam on a vector of numbers, the same for all three."""

    def __init__(self, size: int) -> None:
        self.mean, self.square, self.steps = np.zeros(size), np.zeros(size), 0

    def change(self, gradient: Any) -> Any:
        """Return what is taken away from the parameters."""
        self.steps += 1
        self.mean += 0.1 * (gradient - self.mean)
        self.square += 0.05 * (gradient * gradient - self.square)
        mean = self.mean / (1.0 - 0.9**self.steps)
        return 0.01 * mean / (np.sqrt(self.square / (1.0 - 0.95**self.steps)) + 1e-8)


class Eager:
    """A model that trains scalar by scalar."""

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
        for p, x in zip(self.weights, self.adam.change(gradient).tolist(), strict=True):
            p.data -= x
        return loss


class Traced:
    """The same model as programs, one for each length; its parameters are one vector."""

    def __init__(self, shape: dict[str, int], programs: dict[int, Program] | None = None) -> None:
        self.model = GPT(Value, **shape)
        self.theta = np.array([p.data for p in self.model.parameters()])
        self.adam = Adam(len(self.theta))
        self.programs = {} if programs is None else programs

    def program(self, length: int) -> Program:
        """Return the program for so many letters. Which letters they are is an input: rows of zeros and a one."""
        if length not in self.programs:
            ones = np.eye(len(LETTERS))[[0] * length]

            def loss(model: GPT, given: Any, wanted: Any) -> Any:
                columns = list(zip(*model.letter, strict=True))
                embedded = [[dot(row, column) for column in columns] for row in given]
                return model.loss(embedded, lambda t, p: dot(wanted[t], p))

            self.programs[length] = trace(loss, self.model, ones, ones)
        return self.programs[length]

    def value_and_gradient(self, name: str) -> tuple[float, Any]:
        """Return the loss of a name, and its gradient as one vector."""
        ones = np.eye(len(LETTERS))[letters(name)]
        return self.program(len(name) + 1).value_and_grad(self.theta, ones[:-1], ones[1:])

    def step(self, name: str) -> float:
        """Train on one name, and return its loss."""
        loss, gradient = self.value_and_gradient(name)
        self.theta -= self.adam.change(gradient)
        return loss


def agree(sides: dict[str, Any], names: Sequence[str]) -> None:
    """Train all sides on the names, and make sure that they do the same work."""
    for name in names:
        (loss, gradient), *others = (side.value_and_gradient(name) for side in sides.values())
        scale = float(np.abs(gradient).max())
        for value, slope in others:
            if not (math.isclose(value, loss, rel_tol=1e-9) and np.allclose(slope, gradient, 1e-8, 1e-8 * scale)):
                sys.exit(f"The sides do not agree about {name!r}: losses {loss!r} and {value!r}.")
        for side in sides.values():
            side.step(name)


def measure(quick: bool) -> dict[str, Any]:
    """Measure a step of training on one name, and what tracing costs."""
    shape = {"width": 8, "heads": 2, "context": 16} if quick else {"width": 16, "heads": 4, "context": 16}
    names = ["ada", "alan"] if quick else ["ada", "alan", "grace", "sofia"]
    kind = "eager, compiled" if getattr(autograd_core, "__compiled__", False) else "eager, pure Python"
    traced = Traced(shape)
    sides = {PEER: Eager(Scalar, shape), kind: Eager(Value, shape), "traced": traced}
    start = time.perf_counter()
    for name in names:
        traced.value_and_gradient(name)
    tracing = time.perf_counter() - start
    agree(sides, [*names, names[0]])
    turn = {label: itertools.cycle(names) for label in sides}

    def epoch(label: str) -> Callable[[], Any]:
        return lambda: [sides[label].step(next(turn[label])) for _ in names]

    times = in_turns({label: epoch(label) for label in sides}, rounds=2 if quick else 9, least=0.02)
    learner = Traced(shape, traced.programs)
    epochs = [statistics.fmean(learner.step(name) for name in NAMES) for _ in range(5 if quick else 60)]
    return {
        "versions": versions("autograd-core", "numpy", "numba"),
        "machine": machine(),
        "quick": quick,
        "parameters": len(traced.theta),
        "operations": {length: len(program) for length, program in sorted(traced.programs.items())},
        "tracing": tracing,
        "loss": [epochs[0], epochs[-1]],
        "seconds": {label: statistics.median(taken) / len(names) for label, taken in times.items()},
        "ratio": {
            label: statistics.median(b / a for a, b in zip(taken, times[PEER], strict=True))
            for label, taken in times.items()
        },
        "bars": {label: BARS[label] for label in sides if label in BARS},
    }


def markdown(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the figures as lines of Markdown."""
    yield "# A GPT made of scalars"
    yield ""
    told = ", ".join(f"{name} {version}" for name, version in figures["versions"].items())
    yield f"{told}. {'; '.join(f'{name}: {value}' for name, value in figures['machine'].items())}."
    yield "Made by `python benchmarks/microgpt.py" + (" --quick`: for a look only." if figures["quick"] else "`.")
    yield (
        f"{figures['parameters']:,} parameters; {min(figures['operations'].values()):,} to "
        f"{max(figures['operations'].values()):,} operations, by the length of the name; trained on "
        f"{len(NAMES)} names, the loss falls from {figures['loss'][0]:.3g} to {figures['loss'][1]:.3g}."
    )
    yield ""
    yield "| a step of training on one name | takes | times the speed | promised |"
    yield "|---|---|---|---|"
    for side, taken in figures["seconds"].items():
        bar = f"≥ {figures['bars'][side]:g}×" if side in figures["bars"] else ""
        ratio = figures["ratio"][side]
        yield f"| {side} | {shown(taken)} | {f'{ratio:,.0f}' if ratio >= 100.0 else f'{ratio:.2g}'}× | {bar} |"


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write microgpt.md and microgpt.json; exit 1 if a promise is not kept."""
    options = options_of(__doc__, arguments)
    figures = measure(options.quick)
    kept = all(figures["ratio"][side] >= bar for side, bar in figures["bars"].items())
    return report("microgpt", figures, markdown, options, kept)


if __name__ == "__main__":
    sys.exit(main())
