"""Compare traced programs with their peers in one process: ``python benchmarks/programs.py``.

It needs ``pip install -e ".[bench,jit,reference]"``: micrograd, HIPS autograd, Numba, JAX and PyTorch. A peer that is
missing is left out. The results are printed and written to results/programs.md and results/programs.json.
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
from interleaving import Work, compare_sides, interleave, medians
from micrograd_demo import ALPHA, LAYERS, RATE, SEED, demo, moons
from reporting import format_ratio, format_seconds, heading, machine, met_by_sides, parse_options, report, versions

import nn
from autograd_core import Program, trace

#: The targets: the least speed as a multiple of the peer's.
TARGETS: dict[str, dict[str, float]] = {
    "step": {"micrograd": 30_000, "JAX jit": 3, "PyTorch eager": 10, "NumPy by hand": 2},
    "step, NumPy executor": {"micrograd": 1_000},
    "one sample": {"JAX jit": 10, "PyTorch eager": 40},
    "1,000 samples": {"JAX jit": 0.7, "PyTorch eager": 2},
    "first result": {"JAX jit": 20},
}

PACKAGES = ("numba", "numpy", "jax", "torch", "micrograd", "autograd")

SIZES = (LAYERS[0], *LAYERS[1])


def network() -> Any:
    """Return the model of micrograd's demo."""
    random.seed(SEED)
    return nn.MLP(*LAYERS)


def loss(model: Any, x: Any, y: Any) -> Any:
    """Return the demo's loss of one sample: hinge loss and L2 penalty, as in micrograd's notebook."""
    return (1 + -y * model(x)).relu() + ALPHA * sum(p * p for p in model.parameters())


def hinge(model: Any, x: Any, y: Any) -> Any:
    """Return the hinge loss without the L2 penalty."""
    return (1 + -y * model(x)).relu()


def traced(function: Any, executor: str) -> Program:
    """Return a loss of the demo as a program."""
    return trace(function, network(), [0.5, -0.5], 1.0, executor=executor)


def parameters() -> Any:
    """Return the initial parameters of the demo as one vector."""
    return np.array([p.data for p in network().parameters()])


def descend(theta: Any, gradient: Any) -> None:
    """Update parameters in place, as PyTorch's optimizer does."""
    gradient *= RATE
    theta -= gradient


def layers(theta: Any) -> list[tuple[Any, Any]]:
    """Return views of a parameter vector as weights and biases, in the order of ``parameters()``."""
    start, pairs = 0, []
    for n_in, n_out in itertools.pairwise(SIZES):
        block = theta[start : start + n_out * (n_in + 1)].reshape(n_out, n_in + 1)
        start += n_out * (n_in + 1)
        pairs.append((block[:, :n_in], block[:, n_in]))
    return pairs


def by_hand(theta: Any, X: Any, y: Any) -> tuple[float, Any]:
    """Return loss and gradient in NumPy, with a handwritten backward pass."""
    h, cache = X, []
    for k, (W, b) in enumerate(layers(theta)):
        z = h @ W.T + b
        cache.append((W, h, z))
        h = np.maximum(z, 0.0) if k < 2 else z
    margin = 1.0 - y * h[:, 0]
    d = (-y * (margin > 0.0) / len(X))[:, None]
    gradients = []
    for k in (2, 1, 0):
        W, h, z = cache[k]
        if k < 2:
            d = d * (z > 0.0)
        gradients.insert(0, np.column_stack([d.T @ h, d.sum(0)]).ravel())
        d = d @ W
    value = np.maximum(margin, 0.0).mean() + ALPHA * theta @ theta
    return float(value), np.concatenate(gradients) + 2.0 * ALPHA * theta


class Sides:
    """The same training step by every side.

    Each method returns two functions: one takes a training step, the other returns loss and gradient at the start.
    """

    def __init__(self, samples: int, alpha: float = ALPHA) -> None:
        self.X, self.y = moons(samples)
        self.one = samples == 1
        self.alpha = alpha

    def ours(self, executor: str) -> tuple[Work, Work]:
        """Return both functions for a traced program."""
        program = traced(loss if self.alpha else hinge, executor)
        descent = program.descent(parameters(), RATE)
        X, y = (self.X[0], float(self.y[0])) if self.one else (self.X, self.y)
        return lambda: descent(X, y), lambda: program.value_and_grad(parameters(), X, y)

    def numpy(self) -> tuple[Work, Work]:
        """Return both functions for handwritten NumPy."""
        theta = parameters()

        def step() -> None:
            _, gradient = by_hand(theta, self.X, self.y)
            descend(theta, gradient)

        return step, lambda: by_hand(parameters(), self.X, self.y)

    def jax(self) -> tuple[Work, Work]:
        """Return both functions for JAX, which compiles value, gradient and update together."""
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        value_and_grad = jax.value_and_grad(self.array_loss(jnp))

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

    def array_loss(self, numpy: Any) -> Any:
        """Return the loss for a batch or one sample, written with a module that has the functions of NumPy."""

        def value(theta: Any, X: Any, y: Any) -> Any:
            h = X
            for k, (W, b) in enumerate(layers(theta)):
                z = h @ W.T + b
                h = numpy.maximum(z, 0.0) if k < 2 else z
            return numpy.maximum(1.0 - y * h[..., 0], 0.0).mean() + self.alpha * theta @ theta

        return value

    def autograd(self) -> tuple[Work, Work]:
        """Return both functions for HIPS autograd, which differentiates NumPy."""
        import autograd
        import autograd.numpy as anp

        value_and_grad = autograd.value_and_grad(self.array_loss(anp))
        theta = parameters()

        def step() -> None:
            _, gradient = value_and_grad(theta, self.X, self.y)
            descend(theta, gradient)

        return step, lambda: value_and_grad(parameters(), self.X, self.y)

    def c(self) -> tuple[Work, Work]:
        """Return both functions for limit.c, compiled for this machine, as an estimate of its limit."""
        function = compiled_limit()
        columns, y, n = np.ascontiguousarray(self.X.T), self.y, len(self.X)
        theta = parameters()

        def value_and_grad(p: Any) -> tuple[float, Any]:
            gradient = np.empty_like(p)
            return function(p.ctypes, columns.ctypes, y.ctypes, n, self.alpha, gradient.ctypes), gradient

        gradient = np.empty_like(theta)
        # The addresses are looked up once, so that only the call is timed.
        arguments = theta.ctypes.data, columns.ctypes.data, y.ctypes.data, n, self.alpha, gradient.ctypes.data

        def step() -> None:
            function(*arguments)
            descend(theta, gradient)

        return step, lambda: value_and_grad(parameters())

    def torch(self) -> tuple[Work, Work]:
        """Return both functions for eager PyTorch, with two parameters for each layer."""
        import torch

        X, y = torch.tensor(self.X), torch.tensor(self.y)

        def initial() -> list[Any]:
            return [torch.tensor(part.copy(), requires_grad=True) for pair in layers(parameters()) for part in pair]

        def forward(p: list[Any]) -> Any:
            h = torch.relu(torch.nn.functional.linear(X, p[0], p[1]))
            h = torch.relu(torch.nn.functional.linear(h, p[2], p[3]))
            scores = torch.nn.functional.linear(h, p[4], p[5])[:, 0]
            value = torch.relu(1.0 - y * scores).mean()
            return value + self.alpha * sum((part * part).sum() for part in p) if self.alpha else value

        trained = initial()
        optimizer = torch.optim.SGD(trained, lr=RATE)

        def step() -> None:
            optimizer.zero_grad()
            forward(trained).backward()
            optimizer.step()

        def value_and_grad() -> tuple[float, Any]:
            p = initial()
            value = forward(p)
            value.backward()
            g = [part.grad.numpy() for part in p]
            columns = [np.column_stack([g[k], g[k + 1]]).ravel() for k in (0, 2, 4)]
            return float(value.detach()), np.concatenate(columns)

        return step, value_and_grad

    def micrograd(self) -> tuple[Work, Work]:
        """Return both functions for micrograd, with the code of its notebook."""
        from micrograd.engine import Value
        from micrograd.nn import MLP

        _, _, step = demo(Value, MLP, len(self.X))

        def value_and_grad() -> tuple[float, Any]:
            model, total, _ = demo(Value, MLP, len(self.X))
            value = total()
            value.backward()
            return value.data, np.array([p.grad for p in model.parameters()])

        return step, value_and_grad


def compiled_limit() -> Any:
    """Compile limit.c and return its function; raise ImportError if there is no C compiler."""
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
    """Measure the time to the first value and gradient, including tracing here and compilation in JAX."""
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
            function = sides.array_loss(jnp)  # a new function, so that JAX compiles it again
            return jax.block_until_ready(jax.jit(jax.value_and_grad(function))(start, X, y))

        work["JAX jit"] = peer
    except ImportError as error:
        print(f"JAX is left out: {error}", file=sys.stderr)
    return medians(interleave(work, rounds, 0.0))


def scaling(quick: bool) -> dict[str, list[dict[str, float]]]:
    """Measure the time of a value and gradient by the size of the batch and by the number of operations."""
    program, theta = traced(loss, "auto"), parameters()
    batches = []
    for samples in (1, 10, 100, 1_000) if quick else (1, 10, 100, 1_000, 10_000, 100_000):
        X, y = moons(samples)
        times = interleave({"": lambda X=X, y=y: program.value_and_grad(theta, X, y)}, 3 if quick else 9, 0.005)
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
        times = interleave({"": lambda chain=chain: chain.value_and_grad(0.5)}, 3 if quick else 9, 0.002)
        sizes.append({"operations": operations, "first": first, "seconds": statistics.median(times[""])})
    return {"batch": batches, "operations": sizes}


def measure(quick: bool) -> dict[str, Any]:
    """Measure everything."""
    rounds, least = (3, 0.001) if quick else (25, 0.004)
    slow_rounds = 2 if quick else 7
    first = first_result(3 if quick else 9)  # before all others, since a warm process would be faster
    batch, one, many = Sides(20 if quick else 100), Sides(1, 0.0), Sides(1_000)
    rows: dict[str, Any] = {}
    rows["step"] = compare_sides(
        {
            "autograd-core": lambda: batch.ours("auto"),
            "JAX jit": batch.jax,
            "PyTorch eager": batch.torch,
            "NumPy by hand": batch.numpy,
            "HIPS autograd": batch.autograd,
            "C, -O3 -march=native": batch.c,
        },
        rounds,
        least,
    )
    slow = compare_sides(
        {"autograd-core": lambda: batch.ours("auto"), "micrograd": batch.micrograd}, slow_rounds, least
    )
    rows["step"]["micrograd"] = slow.get("micrograd", {})
    rows["step, NumPy executor"] = compare_sides(
        {"autograd-core": lambda: batch.ours("numpy"), "micrograd": batch.micrograd}, slow_rounds, least
    )
    for name, sides in (("one sample", one), ("1,000 samples", many)):
        rows[name] = compare_sides(
            {
                "autograd-core": lambda sides=sides: sides.ours("auto"),
                "JAX jit": sides.jax,
                "PyTorch eager": sides.torch,
            },
            rounds,
            least,
        )
    rows["first result"] = first
    return {
        "versions": versions(*PACKAGES),
        "machine": machine(),
        "quick": quick,
        "samples": len(batch.X),
        "rows": rows,
        "scaling": scaling(quick),
        "targets": TARGETS,
    }


def markdown(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the report as lines of Markdown."""
    tasks = {
        "step": f"one step of micrograd's demo, {figures['samples']} points, MLP 2-16-16-1, hinge loss and L2",
        "step, NumPy executor": "the same step without Numba",
        "one sample": "one sample through the same network, hinge loss only",
        "1,000 samples": "1,000 samples through the same network",
        "first result": "first value and gradient, tracing or compilation included",
    }
    yield from heading("Traced programs against their peers", figures, "programs")
    yield "| task | program | peer | peer time | ratio | target |"
    yield "|---|---|---|---|---|---|"
    for key, task in tasks.items():
        sides, targets = figures["rows"][key], figures["targets"][key]
        ours = format_seconds(sides["autograd-core"]["seconds"])
        for peer, theirs in sides.items():
            if peer != "autograd-core" and theirs:
                target = f"≥ {targets[peer]:,g}×" if peer in targets else ""
                seconds, ratio = format_seconds(theirs["seconds"]), format_ratio(theirs["ratio"])
                yield f"| {task} | {ours} | {peer} | {seconds} | {ratio} | {target} |"
    yield ""
    yield "| samples in the batch | value and gradient | per sample |"
    yield "|---|---|---|"
    for entry in figures["scaling"]["batch"]:
        seconds, per_sample = format_seconds(entry["seconds"]), format_seconds(entry["seconds"] / entry["samples"])
        yield f"| {entry['samples']:,} | {seconds} | {per_sample} |"
    yield ""
    yield "| operations in a chain | tracing and first result | value and gradient |"
    yield "|---|---|---|"
    for entry in figures["scaling"]["operations"]:
        first, seconds = format_seconds(entry["first"]), format_seconds(entry["seconds"])
        yield f"| {entry['operations']:,} | {first} | {seconds} |"


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write programs.md and programs.json; return 1 if a target is missed."""
    options = parse_options(__doc__, arguments)
    figures = measure(options.quick)
    return report("programs", figures, markdown, options, met_by_sides(figures))


if __name__ == "__main__":
    sys.exit(main())
