"""Shared parts of all benchmarks: options, number formats, a description of the machine, reports, and speed targets."""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import json
import math
import platform
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import autograd_core

__all__ = [
    "RESULTS",
    "Figures",
    "format_ratio",
    "format_seconds",
    "heading",
    "machine",
    "met_by_sides",
    "parse_options",
    "report",
    "versions",
]

RESULTS = Path(__file__).parent / "results"

#: The measured figures of one benchmark, as they are written to its JSON file.
Figures = dict[str, Any]


def parse_options(description: str | None, arguments: list[str] | None, **flags: str) -> argparse.Namespace:
    """Return the options of a benchmark: ``--quick``, ``--out``, and additional flags with their help texts."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="finish in seconds; the figures are rough")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for the results")
    for name, explanation in flags.items():
        parser.add_argument(f"--{name.replace('_', '-')}", action="store_true", help=explanation)
    return parser.parse_args(arguments)


def report(
    name: str,
    figures: Figures,
    markdown: Callable[[Figures], Iterable[str]],
    options: argparse.Namespace,
    met: bool = True,
) -> int:
    """Print the figures, write them as ``name.md`` and ``name.json``, and return 1 if a target is missed."""
    text = "\n".join(markdown(figures)) + "\n"
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / f"{name}.md").write_text(text, encoding="utf-8")
    (options.out / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if met or options.quick else 1


def heading(title: str, figures: Figures, script: str, note: str = "") -> Iterator[str]:
    """Yield the first lines of a report: title, versions, machine, and the command that writes it."""
    packages = ", ".join(f"{name} {version}" for name, version in figures["versions"].items())
    details = "; ".join(f"{name}: {value}" for name, value in figures["machine"].items())
    yield f"# {title}"
    yield ""
    yield f"{packages}{note}. {details}."
    yield f"Written by `python benchmarks/{script}.py" + (" --quick`: rough figures." if figures["quick"] else "`.")
    yield ""


def met_by_sides(figures: Figures) -> bool:
    """Return whether all targets are met, except those against peers that are not installed."""
    return all(
        figures["rows"][key][peer]["ratio"] >= target
        for key, targets in figures["targets"].items()
        for peer, target in targets.items()
        if figures["rows"][key].get(peer)
    )


def versions(*names: str) -> dict[str, str]:
    """Return the versions of this library and of those packages that are installed."""
    installed = {"autograd-core": autograd_core.__version__}
    for name in names:
        try:
            installed[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return installed


def machine() -> dict[str, str]:
    """Return the properties of the machine that influence the figures, without anything that identifies it."""
    thresholds = ", ".join(map(str, gc.get_threshold()))
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "garbage collector": f"{'on' if gc.isenabled() else 'off'}, thresholds {thresholds}",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "not known"
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{models[0]}, {len(models)} logical" if models else platform.machine()


def format_seconds(seconds: float) -> str:
    """Return a time with its unit, to three digits."""
    for unit, scale in (("µs", 1e6), ("ms", 1e3)):
        if seconds * scale < 1000.0:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds:.3g} s"


def format_ratio(ratio: float) -> str:
    """Return a ratio to two or three digits.

    >>> format_ratio(0.4412), format_ratio(3.75), format_ratio(33.7), format_ratio(48_812.0)
    ('0.44×', '3.75×', '33.7×', '48,800×')
    """
    if ratio < 1.0:
        return f"{ratio:.2f}×"
    digits = 2 - math.floor(math.log10(ratio))
    return f"{round(ratio, digits):,.{max(digits, 0)}f}×"
