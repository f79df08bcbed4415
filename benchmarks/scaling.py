"""Measure the cost of graphs of increasing size: ``python benchmarks/scaling.py``.

Graphs have two shapes: a chain, whose depth is its length, and a balanced tree of sums. micrograd is measured on the
tree, since its recursion cannot handle long chains. JAX is measured up to sizes that compile within seconds. The
results are printed, written to results/scaling.md and results/scaling.json, and drawn as curves in results/scaling.svg.

It needs ``pip install -e ".[bench,jit,plot]"``. JAX and PyTorch come with ``[reference]`` and are left out if missing.
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

from pairing import bytes_kept
from reporting import format_seconds, heading, machine, parse_options, report, versions

from autograd_core import Value, trace

#: For the name of each curve, the seconds or bytes by number of operations.
Curves = dict[str, dict[int, float]]


def chain(x: Any, operations: int) -> Any:
    """Return the last node of a chain of operations."""
    for _ in range(operations // 3):
        x = (x * 0.999 + 0.001).relu()  # ReLU prevents folding the chain into one linear map
    return x


def tree(x: Any, operations: int) -> Any:
    """Return the root of a balanced tree of sums of products."""
    level = [x * 0.5 for _ in range(operations // 2)]
    while len(level) > 1:
        pairs = [a + b for a, b in zip(level[::2], level[1::2], strict=False)]
        level = [*pairs, level[-1]] if len(level) % 2 else pairs
    return level[0]


def shortest_time(work: Callable[[], Any], least: float = 0.05) -> float:
    """Return the shortest time of a call, out of the calls that start within ``least`` seconds."""
    best, spent = float("inf"), 0.0
    gc.collect()
    while spent < least:
        start = time.perf_counter()
        work()
        elapsed = time.perf_counter() - start
        best, spent = min(best, elapsed), spent + elapsed
    return best


def eager(value: Any, shape: Callable[[Any, int], Any], operations: int) -> float:
    """Return the time to build a graph, differentiate it and free it."""

    def work() -> None:
        shape(value(1.0), operations).backward()

    return shortest_time(work)


def sizes(last: int) -> list[int]:
    """Return the powers of ten from 100 to ``last``."""
    return [10**k for k in range(2, len(str(last)))]


def by_size(last: int, last_of_peer: int) -> Curves:
    """Measure the time to build, differentiate and free graphs of different sizes."""
    curves: Curves = {
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


def memory(last: int) -> Curves:
    """Measure the bytes per operation of a graph after ``backward()``."""

    def differentiated(n: int) -> Any:
        y = chain(Value(1.0), n)
        y.backward()
        return y

    return {"Value, chain": {n: bytes_kept(lambda n=n: differentiated(n)) / n for n in sizes(last)}}


def first_result(last: int, last_of_peer: int) -> Curves:
    """Measure the time to the first value and derivative, including tracing here and compilation in JAX."""

    def ours(n: int) -> Callable[[], Any]:
        return lambda: trace(lambda x: chain(x, n), 1.0).value_and_grad(1.0)

    ours(100)()  # compiles the kernels that all programs share
    curves: Curves = {"program": {n: shortest_time(ours(n)) for n in sizes(last)}}
    try:
        import jax

        def peer(n: int) -> Callable[[], Any]:
            def f(x: Any) -> Any:
                for _ in range(n // 3):
                    x = jax.numpy.maximum(x * 0.999 + 0.001, 0.0)
                return x

            return lambda: jax.block_until_ready(jax.jit(jax.value_and_grad(lambda x: f(x)))(1.0))

        curves["JAX jit"] = {n: shortest_time(peer(n)) for n in sizes(last_of_peer)}
    except ImportError as error:
        print(f"JAX is left out: {error}", file=sys.stderr)
    return curves


def next_result(last: int, last_of_peer: int) -> Curves:
    """Measure the time of later values and derivatives, after tracing or compilation; PyTorch runs eagerly."""

    def ours(n: int) -> Callable[[], Any]:
        program = trace(lambda x: chain(x, n), 1.0)
        program.value_and_grad(1.0)
        return lambda: program.value_and_grad(1.0)

    curves: Curves = {"program": {n: shortest_time(ours(n)) for n in sizes(last)}}
    try:
        import torch

        def peer(n: int) -> Callable[[], Any]:
            return lambda: chain(torch.tensor(1.0, dtype=torch.float64, requires_grad=True), n).backward()

        curves["PyTorch eager"] = {n: shortest_time(peer(n)) for n in sizes(last_of_peer)}
    except ImportError as error:
        print(f"PyTorch is left out: {error}", file=sys.stderr)
    return curves


TITLES = {
    "size": ("build, backward and free", "seconds"),
    "memory": ("memory per operation", "bytes"),
    "first": ("first value and derivative, tracing or compilation included", "seconds"),
    "next": ("later values and derivatives", "seconds"),
}


def measure(quick: bool) -> dict[str, Any]:
    """Measure everything."""
    last, peer, compiled = (1_000, 1_000, 100) if quick else (10_000_000, 1_000_000, 1_000)
    few = 1_000 if quick else 100_000
    return {
        "versions": versions("numpy", "numba", "micrograd", "jax", "torch"),
        "machine": machine(),
        "quick": quick,
        "curves": {
            "size": by_size(last, peer),
            "memory": memory(min(last, 1_000_000)),
            "first": first_result(few, compiled),
            "next": next_result(few, min(few, 10_000)),
        },
    }


def markdown(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the report as lines of Markdown."""
    yield from heading("Cost by the size of the graph", figures, "scaling")
    for index, (key, curves) in enumerate(figures["curves"].items()):
        title, unit = TITLES[key]
        counts = sorted({n for curve in curves.values() for n in curve})
        if index:
            yield ""
        yield f"| {title}; operations: | {' | '.join(f'{n:,}' for n in counts)} |"
        yield "|---|" + "---:|" * len(counts)
        for name, curve in curves.items():
            cells = [
                "" if n not in curve else format_seconds(curve[n]) if unit == "seconds" else f"{curve[n]:.0f}"
                for n in counts
            ]
            yield f"| {name} | {' | '.join(cells)} |"


def plot(figures: dict[str, Any], path: Path) -> None:
    """Draw the curves, one chart for each quantity."""
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
    options = parse_options(__doc__, arguments)
    figures = measure(options.quick)
    status = report("scaling", figures, markdown, options)
    plot(figures, options.out / "scaling.svg")
    return status


if __name__ == "__main__":
    sys.exit(main())
