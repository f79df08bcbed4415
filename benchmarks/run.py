"""Every promise of speed, measured beside its peers: ``python benchmarks/run.py``.

Runs the benchmarks of this folder one after the other, each in a process of its own in which all of its sides take
turns, and gathers their figures: results/summary.md, results/summary.json and, as a picture, results/summary.svg. With
``--readme`` the table goes into README.md as well. A peer that is not installed is named and left out; everything
comes with ``pip install -e ".[bench,jit,plot,reference]"``. Takes about ten minutes; ``--quick`` a minute or two.
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
from typing import Any

from compiling import compiled_engine
from pairing import machine
from turns import shown, times

FOLDER = Path(__file__).parent
BEGIN, END = "<!-- speed: written by benchmarks/run.py -->", "<!-- end of speed -->"


@dataclass(frozen=True)
class Row:
    """What was measured of one piece of work beside one peer, with what is promised.

    ``ours`` and ``theirs`` are seconds, or bytes; the ratio says how many times better the first is.
    """

    work: str
    ours: float
    peer: str
    theirs: float | None
    ratio: float | None
    promised: float | None
    unit: str = "s"

    @property
    def kept(self) -> bool:
        """Whether the promise, if there is one, is kept."""
        if self.promised is None:
            return True
        if self.unit == "bytes":
            return self.ours <= self.promised
        return self.ratio is not None and self.ratio >= self.promised

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as it is read."""

        def size(x: float | None) -> str:
            return "" if x is None else shown(x) if self.unit == "s" else f"{x:.0f} bytes"

        bar = (
            ""
            if self.promised is None
            else f"≥ {self.promised:,g}×"
            if self.unit == "s"
            else f"≤ {self.promised:g} bytes"
        )
        ratio = "" if self.ratio is None else times(self.ratio)
        return self.work, size(self.ours), self.peer, size(self.theirs), ratio, bar


def eager_rows(figures: dict[str, Any]) -> Iterator[Row]:
    """Yield the rows of eager.py: for each of the engines that were measured, pure Python and the compiled one."""
    names = {
        "expression": ("`c=a+b; d=a*b+b**3; e=c-d; f=e**2; g=f/2`, build and backward", "micrograd"),
        "jit": ("the same against a call of a compiled function", "JAX jit"),
        "training": ("a step of micrograd's demo, {samples} points, MLP 2-16-16-1, eager", "micrograd"),
    }
    for engine, measured in figures["engines"].items():
        for key, (name, peer) in names.items():
            if key in measured:
                found, bar = measured[key], measured["bars"].get(key)
                work = f"{name.format(**measured)}, {engine}"
                yield Row(work, found["ours"], peer, found["peer"], found["ratio"], bar)
        kept = measured["bytes"]
        ratio = kept["peer"] / kept["ours"]
        bar = measured["bars"].get("bytes")
        yield Row(f"memory a node, {engine}", kept["ours"], "micrograd", kept["peer"], ratio, bar, "bytes")


def turn_rows(names: dict[str, str]) -> Callable[[dict[str, Any]], Iterator[Row]]:
    """Return the reading of figures that were taken in turns; the names say what was done."""

    def rows(figures: dict[str, Any]) -> Iterator[Row]:
        for key, sides in figures["rows"].items():
            ours = sides["autograd-core"]["seconds"]
            for peer, taken in sides.items():
                if peer != "autograd-core" and taken:
                    bar = figures["bars"].get(key, {}).get(peer)
                    yield Row(names[key], ours, peer, taken["seconds"], taken["ratio"], bar)

    return rows


def gpt_rows(figures: dict[str, Any]) -> Iterator[Row]:
    """Yield the rows of microgpt.py."""
    peer, *ways = figures["seconds"]
    for way in ways:
        name = f"a step of a GPT of scalars on one name, {way}"
        seconds = figures["seconds"]
        yield Row(name, seconds[way], peer, seconds[peer], figures["ratio"][way], figures["bars"].get(way))


PROGRAMS = {
    "step": "a step of micrograd's demo, traced",
    "step, NumPy executor": "the same, traced, without Numba",
    "one sample": "one sample through that network, traced",
    "1,000 samples": "1,000 samples, traced",
    "first result": "from the function to its first value and gradient, traced",
}
TENSORS = {
    "small": "Tensors: a step of an MLP 2-16-16-1, batch 100",
    "small, layers": "the same with each library's layers",
    "large": "Tensors: a step of an MLP 784-256-128-10, batch 128, float32",
    "large, layers": "the same with each library's layers, float32",
}

#: The benchmarks, by the names of their files, and how their figures become rows; scaling has curves, not rows.
BENCHMARKS: dict[str, Callable[[dict[str, Any]], Iterator[Row]] | None] = {
    "eager": eager_rows,
    "programs": turn_rows(PROGRAMS),
    "tensors": turn_rows(TENSORS),
    "microgpt": gpt_rows,
    "scaling": None,
}


def run(name: str, quick: bool, out: Path, environment: dict[str, str] | None = None) -> dict[str, Any] | None:
    """Run one benchmark and return its figures; None if it cannot run here."""
    print(f"{name} …", file=sys.stderr, flush=True)
    command = [sys.executable, str(FOLDER / f"{name}.py"), "--out", str(out), *["--quick"] * quick]
    before = out / f"{name}.json"
    before.unlink(missing_ok=True)
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment, check=False
    )
    print(done.stderr, end="", file=sys.stderr)
    if not before.exists():  # not 0 is also returned for a promise that is not kept
        print(f"{name} is left out.", file=sys.stderr)
        return None
    return json.loads(before.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def gpt_compiled(quick: bool) -> Iterator[Row]:
    """Yield the row of the GPT for the compiled engine, where one can be built."""
    with compiled_engine() as environment, tempfile.TemporaryDirectory() as folder:
        figures = environment and run("microgpt", quick, Path(folder), environment)
        if figures:
            yield from (row for row in gpt_rows(figures) if row.promised is not None and "eager" in row.work)


def markdown(rows: list[Row], versions: dict[str, str], quick: bool) -> Iterator[str]:
    """Yield the summary as lines of Markdown."""
    yield "# Every promise of speed"
    yield ""
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    yield f"{told}. {'; '.join(f'{name}: {value}' for name, value in machine().items())}."
    yield "Made by `python benchmarks/run.py" + (" --quick`: for a look only." if quick else "`.")
    yield ""
    yield from table(rows)


def table(rows: list[Row]) -> Iterator[str]:
    """Yield the rows as a table of Markdown; what was said in the row above is not said again."""
    yield "| work | autograd-core | peer | takes | ratio | promised |"
    yield "|---|---:|---|---:|---:|---:|"
    before = ""
    for row in rows:
        work, ours, *rest = row.cells
        same = work == before
        yield f"| {' | '.join([*(('', '') if same else (work, ours)), *rest])} |"
        before = work


def plot(rows: list[Row], path: Path) -> None:
    """Draw the ratios as bars, with a mark where the promise is."""
    from matplotlib.figure import Figure

    shown_rows = [row for row in rows if row.ratio is not None and row.unit == "s"][::-1]
    figure = Figure(figsize=(10.0, 1.0 + 0.32 * len(shown_rows)), layout="constrained")
    axes = figure.subplots()
    places = range(len(shown_rows))
    axes.barh(
        places, [row.ratio or 0.0 for row in shown_rows], color=["#0077b6" if r.kept else "#d55e00" for r in shown_rows]
    )
    for place, row in zip(places, shown_rows, strict=True):
        if row.promised is not None:
            axes.plot([row.promised] * 2, [place - 0.45, place + 0.45], color="black", linewidth=2)
        axes.annotate(
            times(row.ratio or 0.0), (row.ratio or 0.0, place), xytext=(4, 0), textcoords="offset points", va="center"
        )
    names = [f"{row.work.replace('`', '')} | {row.peer}" for row in shown_rows]
    axes.set_yticks(list(places), names, fontsize=8)
    axes.set(xscale="log", xlabel="times the speed of the peer; a line where it is promised to be")
    axes.axvline(1.0, color="grey", linewidth=1)
    axes.margins(x=0.12, y=0.01)
    figure.savefig(path, metadata={"Date": None})


def write_readme(rows: list[Row], path: Path) -> None:
    """Put the table between its marks in the README."""
    text = path.read_text(encoding="utf-8")
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    path.write_text(f"{text[:start]}\n\n{chr(10).join(table(rows))}\n\n{text[end:]}", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Run everything, print the summary and write it; exit 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a minute or two, figures for a look only")
    parser.add_argument("--only", nargs="+", choices=list(BENCHMARKS), default=list(BENCHMARKS), metavar="NAME",
                        help=f"some of the benchmarks: {', '.join(BENCHMARKS)}")  # fmt: skip
    parser.add_argument("--out", type=Path, default=FOLDER / "results", help="where the figures go")
    parser.add_argument("--readme", action="store_true", help="write the table into README.md too")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    versions: dict[str, str] = {}
    for name in options.only:
        figures = run(name, options.quick, options.out)
        if figures is not None:
            versions |= figures["versions"]
            rows += BENCHMARKS[name](figures) if BENCHMARKS[name] else []
        if name == "microgpt" and not options.quick:
            rows += gpt_compiled(options.quick)
    text = "\n".join(markdown(rows, versions, options.quick)) + "\n"
    print(text)
    (options.out / "summary.md").write_text(text, encoding="utf-8")
    summary = {
        "versions": versions,
        "machine": machine(),
        "quick": options.quick,
        "rows": [asdict(row) for row in rows],
    }
    (options.out / "summary.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    plot(rows, options.out / "summary.svg")
    if options.readme:
        write_readme(rows, FOLDER.parent / "README.md")
    for row in rows:
        if not row.kept:
            print(f"Not kept: {' | '.join(row.cells)}", file=sys.stderr)
    return 0 if options.quick or all(row.kept for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
