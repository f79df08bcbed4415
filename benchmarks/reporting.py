"""What every benchmark does around its measuring: options, the figures on the screen and in files, promises kept."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

__all__ = ["kept_in_turns", "options_of", "report"]

Figures = dict[str, Any]


def options_of(text: str | None, arguments: list[str] | None, **flags: str) -> argparse.Namespace:
    """Return the options of a benchmark: ``--quick``, ``--out``, and flags with their help."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few seconds, figures for a look only")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results", help="where the figures go")
    for name, told in flags.items():
        parser.add_argument(f"--{name}", action="store_true", help=told)
    return parser.parse_args(arguments)


def report(
    name: str,
    figures: Figures,
    markdown: Callable[[Figures], Iterable[str]],
    options: argparse.Namespace,
    kept: bool = True,
) -> int:
    """Print the figures, write them as ``name.md`` and ``name.json``, and return 1 if a promise is not kept."""
    text = "\n".join(markdown(figures)) + "\n"
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / f"{name}.md").write_text(text, encoding="utf-8")
    (options.out / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if kept or options.quick else 1


def kept_in_turns(figures: Figures) -> bool:
    """Whether rows of sides that took turns keep the promises to those peers that are installed."""
    return all(
        figures["rows"][key][peer]["ratio"] >= bar
        for key, bars in figures["bars"].items()
        for peer, bar in bars.items()
        if figures["rows"][key].get(peer)
    )
