"""Run all benchmarks and gather their figures: ``python benchmarks/run.py``.

Each benchmark of this folder runs in a process of its own, in which its sides are timed alternately. The figures go to
results/summary.md, results/summary.json and, as bars, results/summary.svg. ``--readme`` also writes the table into
README.md. A peer that is not installed is left out with a message; ``pip install -e ".[bench,jit,plot,reference]"``
installs all of them. A run takes about fifteen minutes, with ``--quick`` one or two.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from compiled import compiled_engine
from reporting import RESULTS, Figures, format_ratio, format_seconds, heading, machine, report

FOLDER = Path(__file__).parent
BEGIN, END = "<!-- speed: written by benchmarks/run.py -->", "<!-- end of speed -->"


@dataclass(frozen=True)
class Row:
    """One task, measured on both sides, with its target.

    ``ours`` and ``theirs`` are in seconds or bytes, as ``unit`` says. The ratio is above 1 where this library is
    better. The target is the least ratio, or the greatest number of bytes.
    """

    task: str
    ours: float
    peer: str
    theirs: float | None
    ratio: float | None
    target: float | None
    unit: str = "s"

    @property
    def met(self) -> bool:
        """Return whether the target is met; a row without a target always is."""
        if self.target is None:
            return True
        if self.unit == "bytes":
            return self.ours <= self.target
        return self.ratio is not None and self.ratio >= self.target

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the cells of the row as text."""

        def quantity(x: float | None) -> str:
            return "" if x is None else format_seconds(x) if self.unit == "s" else f"{x:.0f} bytes"

        if self.target is None:
            target = ""
        else:
            target = f"≥ {self.target:,g}×" if self.unit == "s" else f"≤ {self.target:g} bytes"
        ratio = "" if self.ratio is None else format_ratio(self.ratio)
        return self.task, quantity(self.ours), self.peer, quantity(self.theirs), ratio, target


def eager_rows(figures: Figures) -> Iterator[Row]:
    """Yield the rows of eager.py for each engine that was measured."""
    tasks = {
        "expression": ("`c=a+b; d=a*b+b**3; e=c-d; f=e**2; g=f/2`, build and backward", "micrograd"),
        "jit": ("the same expression against a call of a compiled function", "JAX jit"),
        "training": ("one step of micrograd's demo, {samples} points, MLP 2-16-16-1, eager", "micrograd"),
    }
    for engine, measured in figures["engines"].items():
        for key, (task, peer) in tasks.items():
            if key in measured:
                pair, target = measured[key], measured["targets"].get(key)
                title = f"{task.format(**measured)}, {engine}"
                yield Row(title, pair["ours"], peer, pair["peer"], pair["ratio"], target)
        memory, target = measured["bytes"], measured["targets"].get("bytes")
        ratio = memory["peer"] / memory["ours"]
        yield Row(f"memory per node, {engine}", memory["ours"], "micrograd", memory["peer"], ratio, target, "bytes")


def rows_of_sides(tasks: dict[str, str]) -> Callable[[Figures], Iterator[Row]]:
    """Return a function that yields the rows of interleaved sides, titled by ``tasks``."""

    def rows(figures: Figures) -> Iterator[Row]:
        for key, sides in figures["rows"].items():
            ours = sides["autograd-core"]["seconds"]
            for peer, theirs in sides.items():
                if peer != "autograd-core" and theirs:
                    target = figures["targets"].get(key, {}).get(peer)
                    yield Row(tasks[key], ours, peer, theirs["seconds"], theirs["ratio"], target)

    return rows


def gpt_rows(figures: Figures) -> Iterator[Row]:
    """Yield the rows of microgpt.py."""
    seconds, targets = figures["seconds"], figures["targets"]
    peer, *modes = seconds
    for mode in modes:
        task = f"one step of a GPT of scalars on one name, {mode}"
        yield Row(task, seconds[mode], peer, seconds[peer], figures["ratio"][mode], targets.get(mode))


PROGRAMS = {
    "step": "one step of micrograd's demo, traced",
    "step, NumPy executor": "the same step, traced, without Numba",
    "one sample": "one sample through the same network, traced",
    "1,000 samples": "1,000 samples through the same network, traced",
    "first result": "first value and gradient, tracing or compilation included",
}
TENSORS = {
    "small": "Tensors: one step of an MLP 2-16-16-1, batch 100",
    "small, layers": "the same step with each library's layers",
    "large": "Tensors: one step of an MLP 784-256-128-10, batch 128, float32",
    "large, layers": "the same step with each library's layers, float32",
}

#: For each benchmark, the function that makes rows of its figures; scaling.py measures curves, so it has no rows.
BENCHMARKS: dict[str, Callable[[Figures], Iterator[Row]] | None] = {
    "eager": eager_rows,
    "programs": rows_of_sides(PROGRAMS),
    "tensors": rows_of_sides(TENSORS),
    "microgpt": gpt_rows,
    "scaling": None,
}


def run(name: str, quick: bool, out: Path, environment: dict[str, str] | None = None) -> Figures | None:
    """Run one benchmark and return its figures, or None if it fails."""
    print(f"{name} …", file=sys.stderr, flush=True)
    command = [sys.executable, str(FOLDER / f"{name}.py"), "--out", str(out), *["--quick"] * quick]
    path = out / f"{name}.json"
    path.unlink(missing_ok=True)
    process = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment, check=False
    )
    print(process.stderr, end="", file=sys.stderr)
    if not path.exists():  # the exit status does not tell: it is also 1 for a missed target
        print(f"{name} is left out.", file=sys.stderr)
        return None
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def compiled_gpt_rows() -> Iterator[Row]:
    """Yield the eager row of microgpt.py for the compiled engine, if that can be built."""
    with compiled_engine() as environment, tempfile.TemporaryDirectory() as folder:
        figures = environment and run("microgpt", False, Path(folder), environment)
        if figures:
            yield from (row for row in gpt_rows(figures) if row.target is not None and "eager" in row.task)


def markdown(figures: Figures) -> Iterator[str]:
    """Yield the summary as lines of Markdown."""
    yield from heading("All speed targets", figures, "run")
    yield from table([Row(**row) for row in figures["rows"]])


def table(rows: list[Row]) -> Iterator[str]:
    """Yield the rows as a Markdown table; a task is named in its first row only."""
    yield "| task | autograd-core | peer | peer result | ratio | target |"
    yield "|---|---:|---|---:|---:|---:|"
    previous = ""
    for row in rows:
        task, ours, *rest = row.cells
        first = ("", "") if task == previous else (task, ours)
        yield f"| {' | '.join([*first, *rest])} |"
        previous = task


def plot(rows: list[Row], path: Path) -> None:
    """Draw the ratios as bars, with a mark at each target."""
    from matplotlib.figure import Figure

    bars = [(row, row.ratio) for row in reversed(rows) if row.ratio is not None and row.unit == "s"]
    figure = Figure(figsize=(10.0, 1.0 + 0.32 * len(bars)), layout="constrained")
    axes = figure.subplots()
    heights = range(len(bars))
    colors = ["#0077b6" if row.met else "#d55e00" for row, _ in bars]
    axes.barh(heights, [ratio for _, ratio in bars], color=colors)
    for height, (row, ratio) in zip(heights, bars, strict=True):
        if row.target is not None:
            axes.plot([row.target] * 2, [height - 0.45, height + 0.45], color="black", linewidth=2)
        axes.annotate(format_ratio(ratio), (ratio, height), xytext=(4, 0), textcoords="offset points", va="center")
    names = [f"{row.task.replace('`', '')} | {row.peer}" for row, _ in bars]
    axes.set_yticks(list(heights), names, fontsize=8)
    axes.set(xscale="log", xlabel="speed as a multiple of the peer's; a black line marks the target")
    axes.axvline(1.0, color="gray", linewidth=1)
    axes.margins(x=0.12, y=0.01)
    figure.savefig(path, metadata={"Date": None})


def write_readme(rows: list[Row], path: Path) -> None:
    """Replace the table between the markers in the README."""
    text = path.read_text(encoding="utf-8")
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    lines = "\n".join(table(rows))
    path.write_text(f"{text[:start]}\n\n{lines}\n\n{text[end:]}", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks, then print and write the summary; return 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="finish in one or two minutes; the figures are rough")
    parser.add_argument("--only", nargs="+", choices=list(BENCHMARKS), default=list(BENCHMARKS), metavar="NAME",
                        help=f"run only some of the benchmarks: {', '.join(BENCHMARKS)}")  # fmt: skip
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for the results")
    parser.add_argument("--readme", action="store_true", help="also write the table into README.md")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    versions: dict[str, str] = {}
    for name in options.only:
        measured = run(name, options.quick, options.out)
        if measured is not None:
            versions |= measured["versions"]
            make_rows = BENCHMARKS[name]
            rows += make_rows(measured) if make_rows else []
        if name == "microgpt" and not options.quick:
            rows += compiled_gpt_rows()
    figures = {
        "versions": versions,
        "machine": machine(),
        "quick": options.quick,
        "rows": [asdict(row) for row in rows],
    }
    status = report("summary", figures, markdown, options, all(row.met for row in rows))
    plot(rows, options.out / "summary.svg")
    if options.readme:
        write_readme(rows, FOLDER.parent / "README.md")
    for row in rows:
        if not row.met:
            print(f"Target missed: {' | '.join(row.cells)}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
