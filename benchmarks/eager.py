"""Compare eager scalars with micrograd in one process: ``python benchmarks/eager.py``.

It needs ``pip install -e ".[bench]"``, which installs micrograd from PyPI. Both sides run the same code; only the
import differs. Everything is then measured again with the compiled engine, which is built in a temporary folder if mypy
and a C compiler are present. The results are printed and written to results/eager.md and results/eager.json.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import micrograd.engine
import micrograd.nn
from compiled import compiled_engine
from micrograd_demo import demo
from pairing import Pair, bytes_kept, compare_pair, processor_time
from reporting import heading, machine, parse_options, report, versions

import autograd_core
import nn

#: The targets: the least speed as a multiple of the peer's, and the most bytes per node.
TARGETS = {
    "pure Python": {"expression": 2.5, "training": 5.0, "bytes": 300},
    "compiled": {"expression": 10.0, "jit": 1.0, "training": 50.0, "bytes": 110},
}
ENGINE = "compiled" if autograd_core.__compiled__ else "pure Python"

#: The number of additions in the long chain.
CHAIN = 1_000_000

#: The number of training steps that are timed together.
STEPS = 5


def expression(value: Any, repeats: int) -> Callable[[], None]:
    """Return a function that builds a small expression and computes its gradients, repeatedly."""

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
    """Return a function that calls the same expression and its gradient, compiled by JAX, as often."""
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


def several(step: Callable[[], None]) -> Callable[[], None]:
    """Return a function that takes several steps in a row, so that the garbage of one is collected in the next."""

    def steps() -> None:
        for _ in range(STEPS):
            step()

    return steps


def count_nodes(root: Any) -> int:
    """Return the number of nodes in the history of a node, including the node."""
    seen, stack = {root}, [root]
    while stack:
        new = [parent for parent in stack.pop()._prev if parent not in seen]
        seen.update(new)
        stack.extend(new)
    return len(seen)


def bytes_per_node(value: Any, mlp: Any, samples: int) -> float:
    """Return the memory of the demo's loss and its history after ``backward()``, divided by the number of nodes."""
    model, loss, _ = demo(value, mlp, samples)

    def differentiated() -> Any:
        total = loss()
        total.backward()
        return total

    nodes = count_nodes(loss()) - len(model.parameters())  # parameters exist before the loss
    return bytes_kept(differentiated) / nodes


def chain(length: int) -> dict[str, float]:
    """Return the times to build, differentiate and free a chain of additions, whose depth is its length."""
    nodes: list[Any] = [autograd_core.Value(1.0)]

    def build() -> None:
        x = nodes[0]
        for _ in range(length):
            x = x + 1.0
        nodes.append(x)

    times = {"build": processor_time(build), "backward": processor_time(nodes[-1].backward)}
    assert nodes[0].grad == 1.0
    return {**times, "free": processor_time(nodes.clear)}


def chain_by_micrograd() -> str:
    """Return the outcome of ``backward()`` in micrograd for a chain as long as Python's recursion limit."""
    x = micrograd.engine.Value(1.0)
    for _ in range(sys.getrecursionlimit()):
        x = x + 1.0
    try:
        x.backward()
    except RecursionError:
        return "RecursionError"
    return "works"


def check_agreement(samples: int) -> None:
    """Exit with a message unless both sides compute the same loss, before and after a step."""
    _, our_loss, our_step = demo(autograd_core.Value, nn.MLP, samples)
    _, peer_loss, peer_step = demo(micrograd.engine.Value, micrograd.nn.MLP, samples)
    for _ in range(2):
        ours, peer = our_loss().data, peer_loss().data
        if abs(ours - peer) > 1e-12 * abs(peer):
            sys.exit(f"The sides compute different losses: autograd-core {ours!r}, micrograd {peer!r}.")
        our_step(), peer_step()


def measure(quick: bool) -> dict[str, Any]:
    """Measure everything with the installed engine; ``quick`` only shows that the benchmark runs."""
    rounds, repeats, samples, length = (3, 500, 20, 20_000) if quick else (21, 5_000, 100, CHAIN)
    ours, peer = autograd_core.Value, micrograd.engine.Value
    check_agreement(samples)
    expressions = compare_pair(expression(ours, repeats), expression(peer, repeats), rounds)
    our_step, peer_step = demo(ours, nn.MLP, samples)[2], demo(peer, micrograd.nn.MLP, samples)[2]
    training = compare_pair(several(our_step), several(peer_step), max(3, rounds // 3))
    figures = {
        "samples": samples,
        "expression": per_call(expressions, repeats),
        "training": per_call(training, STEPS),
        "bytes": {
            "ours": bytes_per_node(ours, nn.MLP, samples),
            "peer": bytes_per_node(peer, micrograd.nn.MLP, samples),
        },
        "chain": {"length": length, **chain(length), "peer": chain_by_micrograd()},
        "targets": TARGETS[ENGINE],
    }
    if importlib.util.find_spec("jax"):
        figures["jit"] = per_call(compare_pair(expression(ours, repeats), compiled_by_jax(repeats), rounds), repeats)
    return figures


def per_call(pair: Pair, repeats: int) -> dict[str, float]:
    """Return the figures of many calls, divided by their number."""
    return {**vars(pair), "ours": pair.ours / repeats, "peer": pair.peer / repeats}


def measure_compiled() -> dict[str, Any]:
    """Run this benchmark with the compiled engine in another process; return no figures if it cannot be built."""
    with compiled_engine() as environment, tempfile.TemporaryDirectory() as folder:
        if environment is None:
            return {}
        command = [sys.executable, __file__, "--only", "--out", folder]
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
        engines: dict[str, Any] = json.loads(Path(folder, "eager.json").read_text(encoding="utf-8"))["engines"]
        return engines


def met(figures: dict[str, Any]) -> bool:
    """Return whether the figures of an engine meet all targets."""
    return all(
        figures[name]["ours"] <= target if name == "bytes" else figures[name]["ratio"] >= target
        for name, target in figures["targets"].items()
        if name in figures
    )


def markdown(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the report as lines of Markdown."""
    yield from heading("Eager scalars against micrograd", figures, "eager")
    yield "| task | engine | autograd-core | micrograd | ratio (lowest to highest round) | target |"
    yield "|---|---|---|---|---|---|"
    for rows in zip(*(list(table(*item)) for item in figures["engines"].items()), strict=False):
        yield from rows


def table(engine: str, figures: dict[str, Any]) -> Iterator[str]:
    """Yield the rows of one engine."""
    tasks = {
        "expression": ("`c=a+b; d=a*b+b**3; e=c-d; f=e**2; g=f/2`, build and backward", 1e6, "µs", ""),
        "training": (f"one step of micrograd's demo, {figures['samples']} points, MLP 2-16-16-1", 1e3, "ms", ""),
        "jit": ("the same expression against a call of `jax.jit(value_and_grad)`", 1e6, "µs", "JAX "),
    }
    yield from (_row(engine, figures, key, *tasks[key]) for key in ("expression", "training"))
    memory, target = figures["bytes"], figures["targets"]["bytes"]
    yield (
        f"| memory per node, after backward | {engine} | {memory['ours']:.0f} bytes | {memory['peer']:.0f} bytes "
        f"| {memory['peer'] / memory['ours']:.2f}× | ≤ {target:g} bytes |"
    )
    line = figures["chain"]
    times = ", ".join(f"{name} {line[name]:.2f} s" for name in ("build", "backward", "free"))
    yield f"| a chain of {line['length']:,} additions | {engine} | {times} | {line['peer']} at 1,000 | | works |"
    if "jit" in figures:
        yield _row(engine, figures, "jit", *tasks["jit"])


def _row(engine: str, figures: dict[str, Any], key: str, task: str, scale: float, unit: str, peer: str) -> str:
    pair, target = Pair(**figures[key]), figures["targets"].get(key)
    return (
        f"| {task} | {engine} | {pair.ours * scale:.1f} {unit} | {peer}{pair.peer * scale:.1f} {unit} "
        f"| {pair.ratio:.2f}× ({pair.lowest:.2f} to {pair.highest:.2f}) | {f'≥ {target:g}×' if target else ''} |"
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write eager.md and eager.json; return 1 if a target is missed."""
    options = parse_options(__doc__, arguments, only="measure the installed engine only")
    figures: dict[str, Any] = {
        "versions": versions("micrograd"),
        "machine": machine(),
        "quick": options.quick,
        "engines": {ENGINE: measure(options.quick)},
    }
    if not (options.only or options.quick) and ENGINE != "compiled":
        figures["engines"] |= measure_compiled()
    return report("eager", figures, markdown, options, all(map(met, figures["engines"].values())))


if __name__ == "__main__":
    sys.exit(main())
