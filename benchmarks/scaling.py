"""What a graph costs as it grows: ``python benchmarks/scaling.py``.

Two shapes of graph: a chain, as deep as it is long, and a tree of sums, as shallow as a graph can be. micrograd takes
part where its recursion lets it (the tree), JAX where compiling is not a matter of minutes. The figures go to the
screen, to results/scaling.md and results/scaling.json, and as curves to results/scaling.svg.

Needs ``pip install -e ".[bench,jit,plot]"``; JAX and PyTorch, from ``[reference]``, are left out if they are missing.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("JAX_PLATFORMS", "cpu")

from pairing import bytes_kept, machine
from reporting import options_of, report
from turns import shown, versions

import autograd_core
from autograd_core import Value, trace

#: A curve: name of the side, and seconds (or bytes) by number of operations.
Curve = dict[str, dict[int, float]]


def chain(x: Any, operations: int) -> Any:
    """Return the last of so many operations, each on the one before."""
    for _ in range(operations // 3):
        x = (x * 0.999 + 0.001).relu()  # so that nothing can be folded into one linear map
    return x


def tree(x: Any, operations: int) -> Any:
    """Return a sum of products by halves, in so many operations."""
    level = [x * 0.5 for _ in range(operations // 2)]
    while len(level) > 1:
        pairs = [a + b for a, b in zip(level[::2], level[1::2], strict=False)]
        level = [*pairs, level[-1]] if len(level) % 2 else pairs
    return level[0]


def seconds(work: Callable[[], Any], least: float = 0.05) -> float:
    """Return the shortest time of a call, out of as many as fit in the least time."""
    best, spent = float("inf"), 0.0
    gc.collect()
    while spent < least:
        start = time.perf_counter()
        work()
        took = time.perf_counter() - start
        best, spent = min(best, took), spent + took
    return best


def eager(value: Any, shape: Callable[[Any, int], Any], operations: int) -> float:
    """Return the time to build a graph, sweep it and free it."""

    def work() -> None:
        shape(value(1.0), operations).backward()

    return seconds(work)


def sizes(last: int) -> list[int]:
    """Return the powers of ten from 100."""
    return [10**k for k in range(2, len(str(last)))]


def by_size(last: int, last_of_peer: int) -> Curve:
    """Measure building, sweeping and freeing against the number of operations."""
    curves: Curve = {
        "Value, chain": {n: eager(Value, chain, n) for n in sizes(last)},
        "Value, tree": {n: eager(Value, tree, n) for n in sizes(last)},
    }
    try:
        import micrograd.engine

        peer = {n: eager(micrograd.engine.Value, tree, n) for n in sizes(last_of_peer)}
        curves["micrograd, tree"] = peer
    except ImportError as error:
        print(f"micrograd is left out: {error}", file=sys.stderr)
    return curves


def memory(last: int) -> Curve:
    """Measure the bytes that an operation of a swept graph holds."""

    def kept(n: int) -> Any:
        y = chain(Value(1.0), n)
        y.backward()
        return y

    return {"Value, chain": {n: bytes_kept(lambda n=n: kept(n)) / n for n in sizes(last)}}


def first_result(last: int, last_of_peer: int) -> Curve:
    """Measure the time from a function to its first value and derivative: traced here, compiled there."""

    def ours(n: int) -> Callable[[], Any]:
        return lambda: trace(lambda x: chain(x, n), 1.0).value_and_grad(1.0)

    ours(100)()  # compiles what all programs share
    curves: Curve = {"program": {n: seconds(ours(n)) for n in sizes(last)}}
    try:
        import jax

        def peer(n: int) -> Callable[[], Any]:
            def f(x: Any) -> Any:
                for _ in range(n // 3):
                    x = jax.numpy.maximum(x * 0.999 + 0.001, 0.0)
                return x

            return lambda: jax.block_until_ready(jax.jit(jax.value_and_grad(lambda x: f(x)))(1.0))

        curves["JAX jit"] = {n: seconds(peer(n)) for n in sizes(last_of_peer)}
    except ImportError as error:
        print(f"JAX is left out: {error}", file=sys.stderr)
    return curves


def again(last: int, last_of_peer: int) -> Curve:
    """Measure value and derivative once everything is traced or compiled; PyTorch runs eagerly."""

    def ours(n: int) -> Callable[[], Any]:
        program = trace(lambda x: chain(x, n), 1.0)
        program.value_and_grad(1.0)
        return lambda: program.value_and_grad(1.0)

    curves: Curve = {"program": {n: seconds(ours(n)) for n in sizes(last)}}
    try:
        import torch

        def peer(n: int) -> Callable[[], Any]:
            return lambda: chain(torch.tensor(1.0, dtype=torch.float64, requires_grad=True), n).backward()

        curves["PyTorch eager"] = {n: seconds(peer(n)) for n in sizes(last_of_peer)}
    except ImportError as error:
        print(f"PyTorch is left out: {error}", file=sys.stderr)
    return curves


TITLES = {
    "size": ("build, backward and free", "seconds"),
    "memory": ("memory of an operation", "bytes"),
    "first": ("from the function to its first derivative", "seconds"),
    "again": ("value and derivative, again", "seconds"),
}


def measure(quick: bool) -> dict[str, Any]:
    """Measure everything."""
    last, peer, compiled = (1_000, 1_000, 100) if quick else (10_000_000, 1_000_000, 1_000)
    few = 1_000 if quick else 100_000
    return {
        "versions": {
            "autograd-core": autograd_core.__version__,
            **versions("numpy", "numba", "micrograd", "jax", "torch"),
        },
        "machine": machine(),
        "quick": quick,
        "curves": {
            "size": by_size(last, peer),
            "memory": memory(min(last, 1_000_000)),
            "first": first_result(few, compiled),
            "again": again(few, min(few, 10_000)),
        },
    }


def markdown(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the figures as lines of Markdown."""
    yield "# What a graph costs as it grows"
    yield ""
    told = ", ".join(f"{name} {version}" for name, version in figures["versions"].items())
    yield f"{told}. {'; '.join(f'{name}: {value}' for name, value in figures['machine'].items())}."
    yield "Made by `python benchmarks/scaling.py" + (" --quick`: for a look only." if figures["quick"] else "`.")
    for key, curves in figures["curves"].items():
        title, unit = TITLES[key]
        counts = sorted({n for curve in curves.values() for n in curve})
        yield ""
        yield f"| {title}: operations | {' | '.join(f'{n:,}' for n in counts)} |"
        yield "|---|" + "---:|" * len(counts)
        for name, curve in curves.items():
            cells = [
                ("" if n not in curve else shown(curve[n]) if unit == "seconds" else f"{curve[n]:.0f}") for n in counts
            ]
            yield f"| {name} | {' | '.join(cells)} |"


def plot(figures: dict[str, Any], path: Path) -> None:
    """Draw the curves."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 7.0), layout="constrained")
    for axes, (key, curves) in zip(figure.subplots(2, 2).flat, figures["curves"].items(), strict=True):
        title, unit = TITLES[key]
        for (name, curve), marker in zip(curves.items(), "osD^", strict=False):
            axes.plot(list(curve), list(curve.values()), marker=marker, label=name)
        axes.set(
            title=title, xlabel="operations", ylabel=unit, xscale="log", yscale="log" if unit == "seconds" else "linear"
        )
        if unit != "seconds":
            axes.set_ylim(0.0, 1.2 * max(max(curve.values()) for curve in curves.values()))
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(path, metadata={"Date": None})


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write scaling.md, scaling.json and scaling.svg."""
    options = options_of(__doc__, arguments)
    figures = measure(options.quick)
    outcome = report("scaling", figures, markdown, options)
    plot(figures, options.out / "scaling.svg")
    return outcome


if __name__ == "__main__":
    sys.exit(main())
