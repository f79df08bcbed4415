"""Pictures of graphs that grow: ``python benchmarks/pictures.py``, under a minute; ``--quick`` for a look.

How long a picture takes beyond Graphviz's own time, how large it is, and how soon a graph that is too large is
refused. The figures go to the screen, and to results/pictures.md and results/pictures.json. Exits with 1 if a promise
is not kept.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pairing import machine

from autograd_core import Value, history
from nn import MLP
from viz import draw, draw_dot, step, text
from viz.drawing.drawing import Drawing
from viz.render import render, svg
from viz.style.errors import SizeLimitError

#: What is promised, in seconds: a grouped picture beyond Graphviz's time, and an answer about a million nodes.
BARS = {"grouped": 0.2, "million": 1.0}

MILLION = 1_000_000


@dataclass(frozen=True)
class Row:
    """One picture: its graph, its boxes, our seconds, Graphviz's, and what came of it."""

    what: str
    nodes: int
    boxes: int
    ours: float
    graphviz: float
    result: str


def loss_of(samples: int) -> Any:
    """Return the squared error of micrograd's MLP 2-16-16-1 on some samples, after a backward pass."""
    model = MLP(2, [16, 16, 1], rng=0)
    losses = [(1.0 - model([Value(0.01 * i, label="x1"), Value(-1.0, label="x2")])) ** 2 for i in range(1, samples + 1)]
    total = sum(losses) * (1.0 / samples) if samples > 1 else losses[0]
    total.backward()
    return total


@contextmanager
def graphviz_clock() -> Iterator[list[float]]:
    """Measure what is spent in Graphviz's process, starting it included."""
    spent: list[float] = []
    run = render._run

    def timed(*arguments: Any) -> bytes:
        start = time.perf_counter()
        try:
            return run(*arguments)
        finally:
            spent.append(time.perf_counter() - start)

    render._run = timed  # type: ignore[assignment]
    try:
        yield spent
    finally:
        render._run = run


def picture(what: str, root: Any, rounds: int, suffix: str = "svg", **options: Any) -> Row:
    """Return the medians of drawing and saving a graph some times."""
    ours, theirs, result = [], [], ""
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            with graphviz_clock() as spent:
                start = time.process_time()  # which leaves out Graphviz, and what other programs take
                drawing = draw(root, **options)
                try:
                    path = drawing.save(Path(folder, f"picture.{suffix}"))
                    result = f"{path.stat().st_size / 1000:,.0f} kB{_pixels(drawing, suffix)}"
                except SizeLimitError as error:
                    result = f"refused: {str(error).partition(';')[0]}"
                ours.append(time.process_time() - start)
            theirs.append(sum(spent))
    boxes = sum(box.kind != "constant" for box in drawing.scene.boxes)
    return Row(what, len(history(root)), boxes, statistics.median(ours), statistics.median(theirs), result)


def _pixels(drawing: Drawing, suffix: str) -> str:
    if suffix != "png":
        return ""
    width, height = svg.size(drawing.svg())
    scale = render._resolution(width, height, None) / 72.0
    return f", {width * scale:,.0f} × {height * scale:,.0f} pixels"


def chain() -> Any:
    """Return the last of a million additions."""
    x: Any = Value(1.0)
    for _ in range(MILLION):
        x = x + 1.0
    return x


def answers(root: Any, rounds: int) -> Iterator[tuple[str, float, str]]:
    """Yield how long each way of showing a graph takes to answer, and what it says."""
    asked: dict[str, Callable[[Any], Any]] = {
        "draw(x)": draw, "draw_dot(x)": draw_dot, "step(x)": step, "text(x)": text, "repr(x)": repr
    }  # fmt: skip
    for name, ask in asked.items():
        times = []
        for _ in range(rounds):
            start = time.perf_counter()
            try:
                said = f"shown: {str(ask(root))[:60]}"
            except SizeLimitError as error:
                said = f"refused: {str(error).partition('. ')[0]}"
            times.append(time.perf_counter() - start)
        yield name, statistics.median(times), said


def main() -> int:
    """Measure, report, and say whether the promises are kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round, and nothing is written")
    options = parser.parse_args()
    rounds = 1 if options.quick else 7

    one, many = loss_of(1), loss_of(100)
    picture("to warm up", one, 1)
    rows = [
        picture("grouped, one sample", one, rounds),
        picture("a box for each layer", one, rounds, collapse="layer"),
        picture("grouped, PNG", one, rounds, "png"),
        picture("grouped, 100 samples", many, max(1, rounds // 2)),
        picture("every operation", one, max(1, rounds // 2), collapse=None),
        picture("every operation, PNG", one, 1, "png", collapse=None),
    ]
    lines = [
        "| picture | nodes | boxes | ours, ms | Graphviz, ms | result |",
        "|---|---:|---:|---:|---:|---|",
        *(
            f"| {r.what} | {r.nodes:,} | {r.boxes:,} | {1e3 * r.ours:.0f} | {1e3 * r.graphviz:.0f} | {r.result} |"
            for r in rows
        ),
    ]
    million = list(answers(chain(), rounds))
    lines += [
        "",
        "| a million nodes | seconds | answer |",
        "|---|---:|---|",
        *(f"| `{name}` | {spent:.3f} | {said} |" for name, spent, said in million),
    ]
    print("\n".join(lines))
    if not options.quick:
        results = Path(__file__).parent / "results"
        figures = {"machine": machine(), "pictures": [asdict(row) for row in rows], "million": million}
        (results / "pictures.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (results / "pictures.json").write_text(
            json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    kept = rows[0].ours < BARS["grouped"] and all(spent < BARS["million"] for _, spent, _ in million)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
