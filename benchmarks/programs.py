"""Traced programs against their peers, in one process: ``python benchmarks/programs.py``.

Needs ``pip install -e ".[bench,jit,reference]"``: micrograd, Numba, JAX and PyTorch. A peer that is missing is left
out. The figures go to the screen, and to results/programs.md and results/programs.json.

How they take turns is in ``turns``.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import numpy as np
from pairing import machine
from reporting import kept_in_turns, options_of, report
from turns import Work, compared, in_turns, row, shown, times, versions

import autograd_core
import nn
from autograd_core import Program, trace

#: What is promised: at least so many times the speed of the peer.
BARS: dict[str, dict[str, float]] = {
    "step": {"micrograd": 30_000, "JAX jit": 3, "PyTorch eager": 10, "NumPy by hand": 2},
    "step, NumPy executor": {"micrograd": 1_000},
    "one sample": {"JAX jit": 10, "PyTorch eager": 40},
    "1,000 samples": {"JAX jit": 0.7, "PyTorch eager": 2},
    "first result": {"JAX jit": 20},
}

PEERS = ("numba", "numpy", "jax", "torch", "micrograd", "autograd")

SIZES = (2, 16, 16, 1)
ALPHA, RATE = 1e-4, 0.1


def points(samples: int) -> tuple[Any, Any]:
    """Return the points of micrograd's demo and their labels, -1 and +1."""
    X, y = nn.data.moons(max(samples, 2), noise=0.1, rng=1337)
    return np.asarray(X, float)[:samples], 2.0 * np.asarray(y, float)[:samples] - 1.0


def network() -> Any:
    """Return the model of micrograd's demo."""
    random.seed(1337)
    return nn.MLP(2, [16, 16, 1])


def loss(model: Any, x: Any, y: Any) -> Any:
    """Return the demo's loss of one sample: hinge and L2, as its notebook writes them."""
    return (1 + -y * model(x)).relu() + ALPHA * sum(p * p for p in model.parameters())


def hinge(model: Any, x: Any, y: Any) -> Any:
    """Return the hinge loss alone."""
    return (1 + -y * model(x)).relu()


def traced(function: Any, executor: str) -> Program:
    """Return the loss as a program."""
    return trace(function, network(), [0.5, -0.5], 1.0, executor=executor)


def parameters() -> Any:
    """Return the parameters the demo starts with, as one vector."""
    return np.array([p.data for p in network().parameters()])


def descend(theta: Any, gradient: Any) -> None:
    """Move parameters in NumPy, in their own memory, which is what PyTorch's optimiser does."""
    gradient *= RATE
    theta -= gradient


def layers(theta: Any) -> list[tuple[Any, Any]]:
    """Return a vector of parameters as weights and biases, in the order of ``parameters()``."""
    start, found = 0, []
    for n_in, n_out in itertools.pairwise(SIZES):
        block = theta[start : start + n_out * (n_in + 1)].reshape(n_out, n_in + 1)
        start += n_out * (n_in + 1)
        found.append((block[:, :n_in], block[:, n_in]))
    return found


def by_hand(theta: Any, X: Any, y: Any) -> tuple[float, Any]:
    """Return loss and gradient in NumPy, the backward pass written out."""
    h, kept = X, []
    for k, (W, b) in enumerate(layers(theta)):
        z = h @ W.T + b
        kept.append((W, h, z))
        h = np.maximum(z, 0.0) if k < 2 else z
    margin = 1.0 - y * h[:, 0]
    d = (-y * (margin > 0.0) / len(X))[:, None]
    gradients = []
    for k in (2, 1, 0):
        W, h, z = kept[k]
        if k < 2:
            d = d * (z > 0.0)
        gradients.insert(0, np.column_stack([d.T @ h, d.sum(0)]).ravel())
        d = d @ W
    value = np.maximum(margin, 0.0).mean() + ALPHA * theta @ theta
    return float(value), np.concatenate(gradients) + 2.0 * ALPHA * theta


class Sides:
    """The same training step by every side: ``step()`` moves its parameters, ``answer()`` gives loss and gradient."""

    def __init__(self, samples: int, alpha: float = ALPHA) -> None:
        self.X, self.y = points(samples)
        self.one = samples == 1
        self.alpha = alpha

    def ours(self, executor: str) -> tuple[Work, Work]:
        """Return the program's step and answer."""
        program = traced(loss if self.alpha else hinge, executor)
        descent = program.descent(parameters(), RATE)
        X, y = (self.X[0], float(self.y[0])) if self.one else (self.X, self.y)
        return lambda: descent(X, y), lambda: program.value_and_grad(parameters(), X, y)

    def numpy(self) -> tuple[Work, Work]:
        """Return NumPy's."""
        theta = parameters()

        def step() -> None:
            _, gradient = by_hand(theta, self.X, self.y)
            descend(theta, gradient)

        return step, lambda: by_hand(parameters(), self.X, self.y)

    def jax(self) -> tuple[Work, Work]:
        """Return JAX's: value, gradient and update compiled together; nothing leaves the device."""
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        value_and_grad = jax.value_and_grad(self.jax_loss(jnp))

        @jax.jit
        def update(theta: Any, X: Any, y: Any) -> Any:
            value, gradient = value_and_grad(theta, X, y)
            return value, theta - RATE * gradient

        X, y = (self.X[0], self.y[0]) if self.one else (self.X, self.y)
        X, y, theta = jnp.asarray(X), jnp.asarray(y), jnp.asarray(parameters())

        def step() -> None:
            nonlocal theta
            _, theta = update(theta, X, y)
            theta.block_until_ready()

        return step, lambda: [np.asarray(x) for x in jax.jit(value_and_grad)(jnp.asarray(parameters()), X, y)]

    def jax_loss(self, jnp: Any) -> Any:
        """Return the loss as a JAX user writes it, for a batch or for one sample."""

        def value(theta: Any, X: Any, y: Any) -> Any:
            h = X
            for k, (W, b) in enumerate(layers(theta)):
                z = h @ W.T + b
                h = jnp.maximum(z, 0.0) if k < 2 else z
            return jnp.maximum(1.0 - y * h[..., 0], 0.0).mean() + self.alpha * theta @ theta

        return value

    def autograd(self) -> tuple[Work, Work]:
        """Return that of HIPS autograd, which differentiates NumPy."""
        import autograd
        import autograd.numpy as anp

        value_and_grad = autograd.value_and_grad(self.jax_loss(anp))
        theta = parameters()

        def step() -> None:
            _, gradient = value_and_grad(theta, self.X, self.y)
            descend(theta, gradient)

        return step, lambda: value_and_grad(parameters(), self.X, self.y)

    def c(self) -> tuple[Work, Work]:
        """Return the limit of this machine: limit.c, compiled for it alone."""
        function = compiled_limit()
        columns, y, n = np.ascontiguousarray(self.X.T), self.y, len(self.X)
        theta = parameters()

        def value_and_grad(p: Any) -> tuple[float, Any]:
            gradient = np.empty_like(p)
            return function(p.ctypes, columns.ctypes, y.ctypes, n, self.alpha, gradient.ctypes), gradient

        given = columns.ctypes.data, y.ctypes.data, n, self.alpha
        gradient = np.empty_like(theta)
        addresses = theta.ctypes.data, gradient.ctypes.data

        def step() -> None:
            function(addresses[0], *given, addresses[1])
            descend(theta, gradient)

        return step, lambda: value_and_grad(parameters())

    def torch(self) -> tuple[Work, Work]:
        """Return PyTorch's, eager, with a parameter for each layer."""
        import torch

        X, y = torch.tensor(self.X), torch.tensor(self.y)

        def fresh() -> list[Any]:
            return [torch.tensor(part.copy(), requires_grad=True) for pair in layers(parameters()) for part in pair]

        def forward(p: list[Any]) -> Any:
            h = torch.relu(torch.nn.functional.linear(X, p[0], p[1]))
            h = torch.relu(torch.nn.functional.linear(h, p[2], p[3]))
            scores = torch.nn.functional.linear(h, p[4], p[5])[:, 0]
            value = torch.relu(1.0 - y * scores).mean()
            return value + self.alpha * sum((part * part).sum() for part in p) if self.alpha else value

        mine = fresh()
        optimizer = torch.optim.SGD(mine, lr=RATE)

        def step() -> None:
            optimizer.zero_grad()
            forward(mine).backward()
            optimizer.step()

        def answer() -> tuple[float, Any]:
            p = fresh()
            value = forward(p)
            value.backward()
            g = [part.grad.numpy() for part in p]
            columns = [np.column_stack([g[k], g[k + 1]]).ravel() for k in (0, 2, 4)]
            return float(value.detach()), np.concatenate(columns)

        return step, answer

    def micrograd(self) -> tuple[Work, Work]:
        """Return micrograd's, the text of its notebook."""
        from micrograd.engine import Value
        from micrograd.nn import MLP

        X, y = self.X.tolist(), self.y.tolist()

        def made() -> Any:
            random.seed(1337)
            return MLP(2, [16, 16, 1])

        def total(model: Any) -> Any:
            scores = [model(list(map(Value, row))) for row in X]
            losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores, strict=True)]
            return sum(losses) * (1.0 / len(losses)) + ALPHA * sum(p * p for p in model.parameters())

        mine = made()

        def step() -> None:
            value = total(mine)
            mine.zero_grad()
            value.backward()
            for p in mine.parameters():
                p.data -= RATE * p.grad

        def answer() -> tuple[float, Any]:
            model = made()
            value = total(model)
            value.backward()
            return value.data, np.array([p.grad for p in model.parameters()])

        return step, answer


def compiled_limit() -> Any:
    """Return the function of limit.c, if there is a C compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise ImportError("no C compiler was found")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "limit.so"
        source = Path(__file__).parent / "limit.c"
        options = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
        subprocess.run([compiler, *options, str(source), "-o", str(library)], check=True)
        function = ctypes.CDLL(str(library)).step
    function.restype = ctypes.c_double
    pointer = ctypes.c_void_p
    function.argtypes = [pointer, pointer, pointer, ctypes.c_int, ctypes.c_double, pointer]
    return function


def first_result(rounds: int) -> dict[str, Any]:
    """Measure the time from a function to its first value and gradient, with all kernels compiled already."""
    sides = Sides(100)
    theta = parameters()
    model = network()

    def ours() -> Any:
        return trace(loss, model, [0.5, -0.5], 1.0).value_and_grad(theta, sides.X, sides.y)

    work = {"autograd-core": ours}
    try:
        import jax
        import jax.numpy as jnp

        X, y, start = jnp.asarray(sides.X), jnp.asarray(sides.y), jnp.asarray(theta)

        def peer() -> Any:
            function = sides.jax_loss(jnp)  # another one, so that nothing is compiled already
            return jax.block_until_ready(jax.jit(jax.value_and_grad(function))(start, X, y))

        work["JAX jit"] = peer
    except ImportError as error:
        print(f"JAX is left out: {error}", file=sys.stderr)
    return compared(in_turns(work, rounds, 0.0))


def scaling(quick: bool) -> dict[str, list[dict[str, float]]]:
    """Measure the cost of a step against the size of the batch, and against the number of operations."""
    program, theta = traced(loss, "auto"), parameters()
    batches = []
    for samples in (1, 10, 100, 1_000) if quick else (1, 10, 100, 1_000, 10_000, 100_000):
        X, y = points(samples)
        times = in_turns({"": lambda X=X, y=y: program.value_and_grad(theta, X, y)}, 3 if quick else 9, 0.005)
        batches.append({"samples": samples, "seconds": statistics.median(times[""])})
    sizes = []
    for operations in (100, 1_000) if quick else (100, 1_000, 10_000, 100_000):

        def f(x: Any, n: int = operations // 2) -> Any:
            for k in range(n):
                x = x * 0.999 + 0.001 * (k % 3)
            return x.tanh()

        start = time.perf_counter()
        chain = trace(f, 0.5)
        chain.value_and_grad(0.5)
        first = time.perf_counter() - start
        times = in_turns({"": lambda chain=chain: chain.value_and_grad(0.5)}, 3 if quick else 9, 0.002)
        sizes.append({"operations": operations, "first": first, "seconds": statistics.median(times[""])})
    return {"batch": batches, "operations": sizes}


def measure(quick: bool) -> dict[str, Any]:
    """Measure everything."""
    rounds, least = (3, 0.001) if quick else (25, 0.004)
    first = first_result(3 if quick else 9)  # before all others, as in a process that has only just begun
    demo, one, many = Sides(20 if quick else 100), Sides(1, 0.0), Sides(1_000)
    figures: dict[str, Any] = {}
    figures["step"] = row(
        {
            "autograd-core": lambda: demo.ours("auto"),
            "JAX jit": demo.jax,
            "PyTorch eager": demo.torch,
            "NumPy by hand": demo.numpy,
            "HIPS autograd": demo.autograd,
            "C, -O3 -march=native": demo.c,
        },
        rounds,
        least,
    )
    few = {"micrograd": demo.micrograd}
    slow = row({"autograd-core": lambda: demo.ours("auto"), **few}, 2 if quick else 7, least)
    figures["step"]["micrograd"] = slow.get("micrograd", {})
    figures["step, NumPy executor"] = row(
        {"autograd-core": lambda: demo.ours("numpy"), **few}, 2 if quick else 7, least
    )
    figures["one sample"] = row(
        {"autograd-core": lambda: one.ours("auto"), "JAX jit": one.jax, "PyTorch eager": one.torch}, rounds, least
    )
    figures["1,000 samples"] = row(
        {"autograd-core": lambda: many.ours("auto"), "JAX jit": many.jax, "PyTorch eager": many.torch}, rounds, least
    )
    figures["first result"] = first
    return {
        "versions": {
            "autograd-core": autograd_core.__version__,
            **versions("numba", "numpy", "jax", "torch", "micrograd"),
        },
        "machine": machine(),
        "quick": quick,
        "samples": len(demo.X),
        "rows": figures,
        "scaling": scaling(quick),
        "bars": BARS,
    }


def markdown(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the figures as lines of Markdown."""
    names = {
        "step": f"a step of micrograd's demo, {figures['samples']} points, MLP 2-16-16-1, hinge and L2",
        "step, NumPy executor": "the same without Numba",
        "one sample": "one sample through that network, hinge alone",
        "1,000 samples": "1,000 samples",
        "first result": "from the function to its first value and gradient",
    }
    yield "# Traced programs against their peers"
    yield ""
    told = ", ".join(f"{name} {version}" for name, version in figures["versions"].items())
    yield f"{told}. {'; '.join(f'{name}: {value}' for name, value in figures['machine'].items())}."
    yield "Made by `python benchmarks/programs.py" + (" --quick`: for a look only." if figures["quick"] else "`.")
    yield ""
    yield "| work | as a program | peer | takes | ratio | promised |"
    yield "|---|---|---|---|---|---|"
    for key, name in names.items():
        sides = figures["rows"][key]
        bars = figures["bars"][key]
        for peer, taken in sides.items():
            if peer != "autograd-core" and taken:
                promised = f"≥ {bars[peer]:,g}×" if peer in bars else ""
                yield (
                    f"| {name} | {shown(sides['autograd-core']['seconds'])} | {peer} | {shown(taken['seconds'])} "
                    f"| {times(taken['ratio'])} | {promised} |"
                )
    yield ""
    yield "| samples in the batch | a value and gradient | a sample |"
    yield "|---|---|---|"
    for entry in figures["scaling"]["batch"]:
        yield f"| {entry['samples']:,} | {shown(entry['seconds'])} | {shown(entry['seconds'] / entry['samples'])} |"
    yield ""
    yield "| operations in a chain | tracing and first result | a value and gradient |"
    yield "|---|---|---|"
    for entry in figures["scaling"]["operations"]:
        yield f"| {entry['operations']:,} | {shown(entry['first'])} | {shown(entry['seconds'])} |"


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write programs.md and programs.json; exit 1 if a promise is not kept."""
    options = options_of(__doc__, arguments)
    figures = measure(options.quick)
    return report("programs", figures, markdown, options, kept_in_turns(figures))


if __name__ == "__main__":
    sys.exit(main())
