"""Write bars, lines and text with positions, as SVG and as DOT, without a layout and without Matplotlib.

>>> figure = Figure(60.0, 20.0, "a bar", [Bar(5.0, 5.0, 40.0, 10.0, "#0072b2"), Words(50.0, 14.0, "1 < 2", "#000000")])
>>> figure.svg("#ffffff").count("<rect"), "1 &lt; 2" in figure.svg("#ffffff")
(2, True)
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Literal

from ..style import labels
from ..style.theme import FONT


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle; x and y are its upper left corner, in points; y grows downward."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    kind: str = "bar"


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; x is its beginning, middle or end, y its baseline."""

    x: float
    y: float
    text: str
    fill: str
    anchor: Literal["start", "middle", "end"] = "start"
    size: float = 11.0
    bold: bool = False


@dataclass(frozen=True)
class Figure:
    """Shapes on a sheet with a size in points; later shapes cover earlier ones."""

    width: float
    height: float
    title: str
    shapes: list[Bar | Words]

    def svg(self, background: str) -> str:
        """Return the figure as SVG text."""
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(self.title)}" '
            f'width="{self.width:g}pt" height="{self.height:g}pt" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'font-family="{FONT}" style="max-width:100%;height:auto">',
            f'<rect class="background" width="{self.width:g}" height="{self.height:g}" fill="{background}"/>',
        ]
        return "\n".join([*parts, *map(_svg, self.shapes), "</svg>"])

    def dot(self, background: str) -> str:
        """Return the figure as DOT with all positions, from which Graphviz makes PNG and PDF."""
        lines = [
            "graph figure {",
            f'graph [layout=nop2 bb="0,0,{self.width:g},{self.height:g}" bgcolor="{background}"]',
            'node [label="" fixedsize=true penwidth=0 margin=0 fontname="Helvetica"]',
        ]
        lines += [_dot(f"s{i}", shape, self) for i, shape in enumerate(self.shapes)]
        return "\n".join([*lines, "}\n"])


def _svg(shape: Bar | Words) -> str:
    if isinstance(shape, Bar):
        return (
            f'<rect class="{shape.kind}" x="{shape.x:.2f}" y="{shape.y:.2f}" width="{shape.width:.2f}" '
            f'height="{shape.height:.2f}" fill="{shape.fill}"/>'
        )
    weight = ' font-weight="600"' if shape.bold else ""
    return (
        f'<text x="{shape.x:.2f}" y="{shape.y:.2f}" text-anchor="{shape.anchor}" font-size="{shape.size:g}"{weight} '
        f'fill="{shape.fill}">{escape(labels.clean(shape.text, 160))}</text>'
    )


def _dot(identity: str, shape: Bar | Words, sheet: Figure) -> str:
    if isinstance(shape, Bar):
        x, y = shape.x + shape.width / 2, sheet.height - shape.y - shape.height / 2
        size = f"width={shape.width / 72:.4f} height={shape.height / 72:.4f}"
        return f'{identity} [shape=box style=filled pos="{x:.2f},{y:.2f}" {size} fillcolor="{shape.fill}"]'
    # a label is centered in its node or aligned with one of its ends; the node must stay on the sheet
    room = {"start": sheet.width - shape.x, "middle": 40.0, "end": shape.x}[shape.anchor]
    x = shape.x + {"start": room / 2, "middle": 0.0, "end": -room / 2}[shape.anchor]
    end = {"start": "\\l", "middle": "", "end": "\\r"}[shape.anchor]
    text = labels.clean(shape.text, 160).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return (
        f'{identity} [shape=box style="" width={room / 72:.4f} height={shape.size / 60:.4f} fontsize={shape.size:g} '
        f'pos="{x:.2f},{sheet.height - shape.y + 0.32 * shape.size:.2f}" fontcolor="{shape.fill}" label="{text}{end}"]'
    )
