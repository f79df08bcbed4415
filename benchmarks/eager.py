"""Eager scalars against micrograd, in one process: ``python benchmarks/eager.py``.

Needs ``pip install -e ".[bench]"``, which brings micrograd from PyPI. Both sides run the same text, with only the
import changed. Then all of it once more with the engine compiled, by mypy and a C compiler, in a folder that is thrown
away. The figures go to the screen, and to results/eager.md and results/eager.json.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import micrograd.engine
import micrograd.nn
from compiling import compiled_engine
from pairing import Pair, bytes_kept, machine, paired, seconds
from reporting import options_of, report

import autograd_core
import nn

#: What is promised, as measured by this file: at least so many times micrograd's speed, at most so many bytes.
BARS = {
    "pure Python": {"expression": 2.5, "training": 5.0, "bytes": 300},
    "compiled": {"expression": 10.0, "jit": 1.0, "training": 50.0, "bytes": 110},
}
ENGINE = "compiled" if autograd_core.__compiled__ else "pure Python"

CHAIN = 1_000_000

#: So many steps of training are timed together.
STEPS = 5


def expression(value: Any, repeats: int) -> Callable[[], None]:
    """Return the building and sweeping of a small expression, many times over."""

    def work() -> None:
        for _ in range(repeats):
            a = value(-4.0)
            b = value(2.0)
            c = a + b
            d = a * b + b**3
            e = c - d
            f = e**2
            g = f / 2
            g.backward()

    return work


def compiled_by_jax(repeats: int) -> Callable[[], None]:
    """Return the same expression and its derivatives as a function that JAX has compiled, called as often."""
    import jax

    jax.config.update("jax_enable_x64", True)

    @jax.jit
    def work(a: Any, b: Any) -> Any:
        def g(a: Any, b: Any) -> Any:
            c = a + b
            d = a * b + b**3
            return (c - d) ** 2 / 2

        return jax.value_and_grad(g, argnums=(0, 1))(a, b)

    def calls() -> None:
        for _ in range(repeats):
            jax.block_until_ready(work(-4.0, 2.0))

    return calls


def moons(samples: int) -> tuple[list[list[float]], list[int]]:
    """Return the points of micrograd's demo and their labels, -1 and +1: two half circles, with noise of 0.1."""
    X, y = nn.data.moons(samples, noise=0.1, rng=1337)
    return [list(map(float, row)) for row in X], [2 * int(t) - 1 for t in y]


def demo(value: Any, mlp: Any, samples: int) -> tuple[Any, Callable[[], Any], Callable[[], None]]:
    """Return the model of micrograd's demo, its loss on all points, and one training step: its notebook's text."""
    X, y = moons(samples)
    random.seed(1337)
    model = mlp(2, [16, 16, 1])

    def loss() -> Any:
        inputs = [list(map(value, row)) for row in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        return data_loss + reg_loss

    def step() -> None:
        total = loss()
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad

    return model, loss, step


def several(step: Callable[[], None]) -> Callable[[], None]:
    """Return steps as training takes them, one after the other: what one leaves behind is collected in the next."""

    def steps() -> None:
        for _ in range(STEPS):
            step()

    return steps


def graph(root: Any) -> int:
    """Return how many nodes lead to a node, itself included."""
    seen, stack = {root}, [root]
    while stack:
        new = [parent for parent in stack.pop()._prev if parent not in seen]
        seen.update(new)
        stack.extend(new)
    return len(seen)


def bytes_a_node(value: Any, mlp: Any, samples: int) -> float:
    """Return the memory of the demo's loss and its history after ``backward()``, by the number of their nodes."""
    model, loss, _ = demo(value, mlp, samples)

    def swept() -> Any:
        total = loss()
        total.backward()
        return total

    nodes = graph(loss()) - len(model.parameters())  # which stay from step to step
    return bytes_kept(swept) / nodes


def chain(length: int) -> dict[str, float]:
    """Return the time to build, sweep and free a chain of additions, which is as deep as it is long."""
    nodes: list[Any] = [autograd_core.Value(1.0)]

    def build() -> None:
        x = nodes[0]
        for _ in range(length):
            x = x + 1.0
        nodes.append(x)

    took = {"build": seconds(build), "backward": seconds(nodes[-1].backward)}
    assert nodes[0].grad == 1.0
    return {**took, "free": seconds(nodes.clear)}


def recursion_limit_of_the_peer() -> str:
    """Return what micrograd says to a chain of a thousand additions."""
    x = micrograd.engine.Value(1.0)
    for _ in range(sys.getrecursionlimit()):
        x = x + 1.0
    try:
        x.backward()
    except RecursionError:
        return "RecursionError"
    return "works"


def same_numbers(samples: int) -> None:
    """Make sure that both sides do the same work: the same loss and gradients, before and after a step."""
    ours = demo(autograd_core.Value, nn.MLP, samples)
    peer = demo(micrograd.engine.Value, micrograd.nn.MLP, samples)
    for _ in range(2):
        a, b = ours[1]().data, peer[1]().data
        if abs(a - b) > 1e-12 * abs(b):
            sys.exit(f"The two sides do not compute the same: the loss is {a!r} here and {b!r} there.")
        ours[2](), peer[2]()


def measure(quick: bool) -> dict[str, Any]:
    """Measure everything with the engine that runs; quick is for a look, and for tests that this file runs at all."""
    rounds, repeats, samples, length = (3, 500, 20, 20_000) if quick else (21, 5_000, 100, CHAIN)
    ours, peer = autograd_core.Value, micrograd.engine.Value
    same_numbers(samples)
    ten = paired(expression(ours, repeats), expression(peer, repeats), rounds)
    steps = demo(ours, nn.MLP, samples)[2], demo(peer, micrograd.nn.MLP, samples)[2]
    training = paired(*map(several, steps), max(3, rounds // 3))
    figures = {
        "samples": samples,
        "expression": per_call(ten, repeats),
        "training": per_call(training, STEPS),
        "bytes": {
            "ours": bytes_a_node(ours, nn.MLP, samples),
            "peer": bytes_a_node(peer, micrograd.nn.MLP, samples),
        },
        "chain": {"length": length, **chain(length), "peer": recursion_limit_of_the_peer()},
        "bars": BARS[ENGINE],
    }
    if importlib.util.find_spec("jax"):
        figures["jit"] = per_call(paired(expression(ours, repeats), compiled_by_jax(repeats), rounds), repeats)
    return figures


def per_call(pair: Pair, repeats: int) -> dict[str, float]:
    """Return what was measured of many calls, for one."""
    return {**vars(pair), "ours": pair.ours / repeats, "peer": pair.peer / repeats}


def of_the_compiled_engine(quick: bool) -> dict[str, Any]:
    """Return the figures of the same text, compiled, in a process of its own; none if there is no compiler."""
    with compiled_engine() as environment, tempfile.TemporaryDirectory() as folder:
        if environment is None:
            return {}
        command = [sys.executable, __file__, "--only", "--out", folder] + ["--quick"] * quick
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
        engines: dict[str, Any] = json.loads(Path(folder, "eager.json").read_text(encoding="utf-8"))["engines"]
        return engines


def kept(figures: dict[str, Any]) -> bool:
    """Whether the promises are kept by the figures of an engine."""
    return all(
        figures[name]["ours"] <= bar if name == "bytes" else figures[name]["ratio"] >= bar
        for name, bar in figures["bars"].items()
        if name in figures
    )


def markdown(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the figures as lines of Markdown."""
    versions = ", ".join(f"{name} {version}" for name, version in figures["versions"].items())
    yield "# Eager scalars against micrograd"
    yield ""
    yield f"{versions}. {'; '.join(f'{name}: {value}' for name, value in figures['machine'].items())}."
    yield "Made by `python benchmarks/eager.py" + (" --quick`: for a look only." if figures["quick"] else "`.")
    yield ""
    yield "| work | engine | autograd-core | micrograd | ratio (lowest to highest round) | promised |"
    yield "|---|---|---|---|---|---|"
    for rows in zip(*(list(table(engine, each)) for engine, each in figures["engines"].items()), strict=False):
        yield from rows


def table(engine: str, figures: dict[str, Any]) -> Iterator[str]:
    """Yield what was measured of an engine, one row a work."""
    names = {
        "expression": ("`c=a+b; d=a*b+b**3; e=c-d; f=e**2; g=f/2`, build and backward", 1e6, "µs", ""),
        "training": (f"one step of micrograd's demo, {figures['samples']} points, MLP 2-16-16-1", 1e3, "ms", ""),
        "jit": ("the expression against a call of `jax.jit(value_and_grad)`", 1e6, "µs", "JAX "),
    }
    yield from (_row(engine, figures, key, *names[key]) for key in ("expression", "training"))
    held, bar = figures["bytes"], figures["bars"]["bytes"]
    yield (
        f"| memory a node, after backward | {engine} | {held['ours']:.0f} bytes | {held['peer']:.0f} bytes "
        f"| {held['peer'] / held['ours']:.2f}× | ≤ {bar:g} bytes |"
    )
    line = figures["chain"]
    times = ", ".join(f"{name} {line[name]:.2f} s" for name in ("build", "backward", "free"))
    yield f"| a chain of {line['length']:,} additions | {engine} | {times} | {line['peer']} at 1,000 | | works |"
    if "jit" in figures:
        yield _row(engine, figures, "jit", *names["jit"])


def _row(engine: str, figures: dict[str, Any], key: str, name: str, scale: float, unit: str, peer: str) -> str:
    row, bar = Pair(**figures[key]), figures["bars"].get(key)
    return (
        f"| {name} | {engine} | {row.ours * scale:.1f} {unit} | {peer}{row.peer * scale:.1f} {unit} "
        f"| {row.ratio:.2f}× ({row.lowest:.2f} to {row.highest:.2f}) | {f'≥ {bar:g}×' if bar else ''} |"
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write eager.md and eager.json; exit 1 if a promise is not kept."""
    options = options_of(__doc__, arguments, only="only the engine that is installed")
    figures: dict[str, Any] = {
        "versions": {
            "autograd-core": autograd_core.__version__,
            "micrograd": importlib.metadata.version("micrograd"),
        },
        "machine": machine(),
        "quick": options.quick,
        "engines": {ENGINE: measure(options.quick)},
    }
    if not (options.only or options.quick) and ENGINE != "compiled":
        figures["engines"] |= of_the_compiled_engine(options.quick)
    return report("eager", figures, markdown, options, all(map(kept, figures["engines"].values())))


if __name__ == "__main__":
    sys.exit(main())
