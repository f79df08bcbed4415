"""Write pages that need only a browser: no network, no library, and only our own script.

Text from users is escaped, or is JSON that cannot contain ``</``. A content security policy in the page forbids all
requests. Long data are compressed, and so is a whole page in the output of a notebook.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from string import Template
from types import MappingProxyType
from typing import Any

from ..page.packing import packed, script_json
from ..page.scripts import joined, static
from ..render.mathml import mathml
from ..steps.cards import Card, Line
from ..steps.source_lines import Source, listings
from ..steps.steps import Step
from ..style import labels
from ..style.theme import DARK, LIGHT, Theme
from .trace_table import TraceTable

THEME_CHOICES = ("auto", "light", "dark")
#: characters of data, or of a picture, that a page contains uncompressed
MOST_PLAIN = 100_000
#: the same for a picture below the frame in a notebook; a longer picture could not be read there
MOST_BENEATH = 200_000
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def variables(theme: Theme) -> str:
    """Return the colors of a theme as CSS variables.

    >>> variables(LIGHT)[:22]
    '--background:#ffffff;-'
    """
    names = ("background", "text", "muted", "edge", "accent", "group_border", "negative", "neutral", "positive")
    lines = [f"--{name.replace('_', '-')}:{getattr(theme, name)}" for name in names]
    lines += [f"--group-{i}:{color}" for i, color in enumerate(theme.groups)]
    for kind, paint in theme.boxes.items():
        lines += [f"--{kind}-fill:{paint.fill}", f"--{kind}-border:{paint.border}"]
    return ";".join(lines)


def page(
    output: str,
    steps: Sequence[Step],
    cards: Sequence[Card],
    table: TraceTable,
    pictures: Mapping[str, str],
    missing: str,
    theme: str = "auto",
    start: int = 0,
    guide: Mapping[str, Any] = MappingProxyType({}),
    plain: bool = False,
) -> str:
    """Return the page that steps through a graph.

    Parameters
    ----------
    output : str
        The name of the output.
    steps, cards : sequences
        The content: one card for each step.
    table : TraceTable
        The evaluation trace: as text in the page, typeset when the page opens.
    pictures : mapping
        The graph as SVG for each level; the first level is shown when the page opens.
    missing : str
        Why there is no picture.
    theme : {"auto", "light", "dark"}
        The initial colors.
    start : int
        The initial number of steps.
    guide : mapping
        "stops": where coarser steps end. "paths": the paths to each node, in words. "stages": the name of each stage
        and the number of steps before it and at its end. "levels": what the pictures fold. "checks": derivatives and
        finite differences, a list for each step. "note": a remark about the checks.
    plain : bool
        Whether to write long data uncompressed, for a page that is compressed as a whole.
    """
    level = next(iter(pictures), "")
    graph = pictures.get(level) or f'<p class="missing">There is no picture of the graph. {escape(missing)}</p>'
    apart = not plain and len(graph) > MOST_PLAIN
    data = {
        "steps": [_entry(step, card) for step, card in zip(steps, cards, strict=True)],
        "given": [row.node for row in table.rows if not row.formula],
        "formulas": [row.typeset() for row in table.rows],
        "start": start,
        "code": _code(step.source for step in steps if step.source is not None),
        "level": level,
        "pictures": {name: picture for name, picture in pictures.items() if apart or name != level},
        **guide,
    }
    text = script_json(data)
    pack = not plain and len(text) > MOST_PLAIN
    return Template(static("stepper/stepper.html")).substitute(
        title=escape(f"Backpropagation through {output}"),
        output=escape(output),
        policy=escape(POLICY),
        theme=escape(theme),
        light=variables(LIGHT),
        dark=variables(DARK),
        style=static("stepper/stepper.css"),
        graph="" if apart else graph,
        table=table.to_html(math=False, numbers=False),
        total=str(len(steps)),
        kind="text/plain" if pack else "application/json",
        data=packed(text) if pack else text,
        script=joined("stepper/stepper.js"),
    )


def _entry(step: Step, card: Card) -> dict[str, Any]:
    """Return the data of a step for the page: texts, and the parts to highlight."""
    entry: dict[str, Any] = {
        "phase": card.phase,
        "node": step.node,
        "heading": card.heading,
        "sentence": card.sentence,
        "lines": [_line(line) for line in card.lines],
    }
    if step.kind in ("forward", "update"):
        entry["value"] = labels.number(step.value)
    else:
        entry["target"] = step.target or step.node
        entry["grad"] = labels.gradient(step.after)
    if step.edge:
        entry["edge"] = step.edge
    if step.scope:
        entry["scope"] = step.scope
    if step.stage:
        entry["stage"] = step.stage
    if step.source is not None:
        source = step.source
        entry["source"] = [source.file, source.line, source.end_line, *(source.columns or ())]
    return entry


def _code(sources: Iterable[Source]) -> dict[str, Any]:
    """Return the name of each source file and the lines to show."""
    found = list(dict.fromkeys(sources))
    shown = listings(found)
    return {source.file: {"title": source.title, "parts": shown.get(source.file, [])} for source in found}


def _line(line: Line) -> list[str]:
    return [
        line.caption,
        mathml(line.tex) if line.tex else escape(line.text),
        mathml(line.numbers_tex) if line.numbers_tex else escape(line.numbers),
        escape(line.result),
    ]


def embedded(document: str, table: TraceTable, picture: str, height: int = 720) -> str:
    """Return a page for the output of a notebook: in a frame, above the content that remains without the frame.

    A notebook that is not trusted removes the frame. The table, and a picture that is small enough, remain below.
    """
    frame = Template(static("stepper/frame.html")).substitute(
        policy=escape(POLICY), packed=packed(document), script=joined("stepper/frame.js")
    )
    fallback = "".join(_fallback(table, picture if len(picture) <= MOST_BENEATH else ""))
    return (
        f'<div style="position:relative;height:{height}px;resize:vertical;overflow:hidden">'
        f'<div style="height:100%;overflow:auto">{fallback}</div>'
        f'<iframe sandbox="allow-scripts" title="Backpropagation, step by step" srcdoc="{escape(frame)}" '
        'style="position:absolute;inset:0;width:100%;height:100%;border:1px solid #8884;border-radius:8px;'
        'background:#fff"></iframe></div>'
    )


def _fallback(table: TraceTable, picture: str) -> Iterable[str]:
    yield "<p>Trust this notebook, or run the cell again, to step through these.</p>"
    if picture:
        image = base64.b64encode(picture.encode("utf-8")).decode("ascii")
        yield '<p><img alt="computation graph" style="max-width:100%" '
        yield f'src="data:image/svg+xml;base64,{image}"></p>'
    yield table._repr_mimebundle_()["text/html"]
