"""Measure pictures of graphs of different sizes: ``python benchmarks/pictures.py``, under a minute.

For each picture it measures the time in addition to Graphviz's own time, and the size of the file. For a graph that is
too large it measures the time until the error is raised. The results are printed and written to results/pictures.md and
results/pictures.json. The exit status is 1 if a target is missed.
"""

from __future__ import annotations

import statistics
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reporting import Figures, machine, parse_options, report

from autograd_core import Value, history
from nn import MLP
from viz import draw, draw_dot, step, text
from viz.render import render
from viz.style.errors import SizeLimitError

#: The targets in seconds: a grouped picture without Graphviz's time, and a picture or an error for a million nodes.
TARGETS = {"grouped": 0.2, "million": 1.0}

MILLION = 1_000_000


@dataclass(frozen=True)
class Row:
    """One picture: the size of its graph, its boxes, the seconds of this library and of Graphviz, and the result."""

    picture: str
    nodes: int
    boxes: int
    ours: float
    graphviz: float
    result: str


def loss_of(samples: int) -> Any:
    """Return the mean squared error of micrograd's MLP 2-16-16-1 on the samples, after a backward pass."""
    model = MLP(2, [16, 16, 1], rng=0)
    losses = [(1.0 - model([Value(0.01 * i, label="x1"), Value(-1.0, label="x2")])) ** 2 for i in range(1, samples + 1)]
    total = sum(losses) * (1.0 / samples) if samples > 1 else losses[0]
    total.backward()
    return total


@contextmanager
def graphviz_times() -> Iterator[list[float]]:
    """Yield a list to which each run of Graphviz adds its seconds, including the start of the process."""
    times: list[float] = []
    run = render._run

    def timed(*arguments: Any) -> bytes:
        start = time.perf_counter()
        try:
            return run(*arguments)
        finally:
            times.append(time.perf_counter() - start)

    render._run = timed  # type: ignore[assignment]
    try:
        yield times
    finally:
        render._run = run


def measure_picture(name: str, root: Any, rounds: int, suffix: str = "svg", **options: Any) -> Row:
    """Return the median times of drawing and saving a graph."""
    ours, graphviz, result = [], [], ""
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            with graphviz_times() as times:
                start = time.process_time()  # excludes Graphviz and other processes
                drawing = draw(root, **options)
                try:
                    path = drawing.save(Path(folder, f"picture.{suffix}"))
                    result = f"{path.stat().st_size / 1000:,.0f} kB{_pixels(path)}"
                except SizeLimitError:
                    result = "SizeLimitError"
                ours.append(time.process_time() - start)
            graphviz.append(sum(times))
    boxes = sum(box.kind != "constant" for box in drawing.scene.boxes)
    return Row(name, len(history(root)), boxes, statistics.median(ours), statistics.median(graphviz), result)


def _pixels(path: Path) -> str:
    if path.suffix != ".png":
        return ""
    width, height = struct.unpack(">II", path.read_bytes()[16:24])  # the first fields of the header chunk
    return f", {width:,} × {height:,} pixels"


def chain() -> Any:
    """Return the last node of a chain of a million additions."""
    x: Any = Value(1.0)
    for _ in range(MILLION):
        x = x + 1.0
    return x


def measure_calls(root: Any, rounds: int) -> Iterator[tuple[str, float, str]]:
    """Yield each call that shows a graph, its median time, and its result or error."""
    calls: dict[str, Callable[[Any], Any]] = {
        "draw(x)": draw, "draw_dot(x)": draw_dot, "step(x)": step, "text(x)": text, "repr(x)": repr
    }  # fmt: skip
    for name, call in calls.items():
        times = []
        for _ in range(rounds):
            start = time.perf_counter()
            try:
                result = f"`{str(call(root))[:60]}`"
            except SizeLimitError:
                result = "SizeLimitError"
            times.append(time.perf_counter() - start)
        yield name, statistics.median(times), result


def measure(quick: bool) -> Figures:
    """Measure everything."""
    rounds = 1 if quick else 7
    one, many = loss_of(1), loss_of(100)
    measure_picture("to warm up", one, 1)
    pictures = [
        measure_picture("grouped, one sample", one, rounds),
        measure_picture("one box per layer", one, rounds, collapse="layer"),
        measure_picture("grouped, PNG", one, rounds, "png"),
        measure_picture("grouped, 100 samples", many, max(1, rounds // 2)),
        measure_picture("every operation", one, max(1, rounds // 2), collapse=None),
        measure_picture("every operation, PNG", one, 1, "png", collapse=None),
    ]
    return {
        "machine": machine(),
        "pictures": [asdict(row) for row in pictures],
        "million": list(measure_calls(chain(), rounds)),
    }


def markdown(figures: Figures) -> Iterator[str]:
    """Yield the report as lines of Markdown."""
    yield "| picture | nodes | boxes | autograd-core, ms | Graphviz, ms | result |"
    yield "|---|---:|---:|---:|---:|---|"
    for row in (Row(**entry) for entry in figures["pictures"]):
        yield (
            f"| {row.picture} | {row.nodes:,} | {row.boxes:,} | {1e3 * row.ours:.0f} | {1e3 * row.graphviz:.0f} "
            f"| {row.result} |"
        )
    yield ""
    yield "| call on a million nodes | seconds | result |"
    yield "|---|---:|---|"
    for name, seconds, result in figures["million"]:
        yield f"| `{name}` | {seconds:.3f} | {result} |"


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write pictures.md and pictures.json; return 1 if a target is missed."""
    options = parse_options(__doc__, arguments)
    figures = measure(options.quick)
    met = figures["pictures"][0]["ours"] < TARGETS["grouped"]
    met = met and all(seconds < TARGETS["million"] for _, seconds, _ in figures["million"])
    return report("pictures", figures, markdown, options, met)


if __name__ == "__main__":
    sys.exit(main())
