"""Scenes as DOT, the language of Graphviz, by way of the ``graphviz`` package. Nothing is laid out here.

Boxes are records: the only labels that every Graphviz understands alike. All text passes ``escape``; ids are the
scene's own, and no attribute that could carry a link is ever written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import graphviz

from . import labels
from .errors import OptionError
from .scene import Box, Edge, Group, Scene
from .theme import EDGE_SIZE, FONT, GROUP_SIZE, NODE_SIZE, Theme

__all__ = ["RANKDIRS", "Picture", "digraph", "escape", "fields", "micrograd"]

RANKDIRS = ("LR", "TB", "RL", "BT")

Renderer = Callable[[str, str], bytes]

#: from so many boxes on, Graphviz is told to stop polishing its layout early, which halves its time
MANY = 300

#: what stands beside the name of a leaf, so that kinds differ in words
KINDS = {"input": "in", "parameter": "param"}


class Picture(graphviz.Digraph):  # type: ignore[misc]
    """A ``graphviz.Digraph`` that can be given a renderer, for machines without the system's ``dot``."""

    renderer: Renderer | None = None

    def pipe(self, format: str | None = None, *, encoding: str | None = None, **named: Any) -> Any:
        """Return the picture as bytes, or as text if an encoding is given."""
        if self.renderer is None:
            return super().pipe(format, encoding=encoding, **named)
        made = self.renderer(self.source, format or self.format)
        return made if encoding is None else made.decode(encoding)

    def render(
        self,
        filename: Any = None,
        directory: Any = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        *,
        outfile: Any = None,
        **named: Any,
    ) -> str:
        """Save the DOT source and the picture made from it; return the picture's path."""
        if self.renderer is None:
            named |= {"directory": directory, "view": view, "cleanup": cleanup, "format": format, "outfile": outfile}
            path: str = super().render(filename, **named)
            return path
        suffix = format or (Path(outfile).suffix[1:] if outfile else "") or self.format
        source = self.save(filename, directory=directory)
        target = Path(outfile) if outfile else Path(f"{source}.{suffix}")
        target.write_bytes(self.pipe(suffix))
        if cleanup:
            Path(source).unlink()
        if view:
            graphviz.view(str(target))
        return str(target)


def escape(text: str) -> str:
    r"""Return text that DOT shows as it is, in records and in plain labels.

    >>> print(escape(r'a|b {c} <d> "e" \N &amp;'))
    a\|b \{c\} \<d\> "e" \\N &amp;amp;
    """
    return "".join(f"\\{c}" if c in "\\{}|<>" else c for c in labels.clean(text)).replace("&", "&amp;")


def checked(rankdir: str) -> str:
    """Return the direction of a layout, or say which there are."""
    if rankdir not in RANKDIRS:
        raise OptionError(
            f"rankdir={rankdir!r} is not a direction. Write 'LR' (left to right), 'TB' (top to bottom), 'RL' or 'BT'."
        )
    return rankdir


def fields(box: Box, rankdir: str = "LR") -> list[tuple[str, str]]:
    """Return the texts of a box in the order in which Graphviz writes them, each with its role."""
    if box.kind == "constant":
        return [("name", box.name)]
    places = [("slot", str(i + 1)) for i in range(box.slots)]
    mark = box.symbol or KINDS.get(box.kind, "")
    head = [("symbol", mark)] if mark else []
    rows = [*head, ("name", box.title), ("data", box.data), ("grad", f"∇ {box.grad}")]
    return [*places, *rows] if rankdir in ("LR", "TB") else [*rows, *places]


def digraph(
    scene: Scene, theme: Theme, rankdir: str = "LR", partials: str = "numbers", colour_by: str = "kind"
) -> graphviz.Digraph:
    """Return a scene as a DOT graph.

    Parameters
    ----------
    scene : Scene
        What to show.
    theme : Theme
        Its colours.
    rankdir : str
        The direction in which results lie: "LR", "TB", "RL" or "BT".
    partials : {"numbers", "formulas", "both", "none"}
        What stands on the edges.
    colour_by : {"kind", "gradient"}
        What the colour of a box says.
    """
    graph = graphviz.Digraph("computation", graph_attr=_graph_attributes(theme, checked(rankdir)))
    font = {"fontname": FONT, "fontcolor": theme.text}
    graph.attr(
        "node", shape="record", style="filled", fontsize=str(NODE_SIZE), height="0.3", margin="0.09,0.04", **font
    )
    graph.attr("edge", color=theme.edge, arrowsize="0.7", fontsize=str(EDGE_SIZE), fontname=FONT, fontcolor=theme.muted)
    if len(scene.boxes) > MANY:
        graph.attr(nslimit="1", nslimit1="1")
    members: dict[str, list[Box]] = {}
    for box in scene.boxes:
        members.setdefault(box.group, []).append(box)
    inside: dict[str, list[Group]] = {}
    for group in scene.groups:
        inside.setdefault(group.parent, []).append(group)

    def fill(parent: graphviz.Digraph, path: str, depth: int) -> None:
        for box in members.get(path, ()):
            parent.node(box.id, **_box_attributes(box, theme, rankdir, colour_by))
        for group in inside.get(path, ()):
            with parent.subgraph(name=f"cluster_{group.id}") as cluster:
                cluster.attr(**_group_attributes(group, theme, depth))
                fill(cluster, group.path, depth + 1)

    fill(graph, "", 0)
    ports = {box.id for box in scene.boxes if box.slots}
    for edge in scene.edges:
        head = f"{edge.head}:s{edge.slot}" if edge.head in ports else edge.head
        graph.edge(edge.tail, head, **_edge_attributes(edge, partials))
    for earlier, leaf in _behind(scene):
        graph.edge(earlier, leaf, style="invis")
    return graph


def _graph_attributes(theme: Theme, rankdir: str) -> dict[str, str]:
    return {
        "rankdir": rankdir,
        "bgcolor": theme.background,
        "fontname": FONT,
        "fontcolor": theme.muted,
        "nodesep": "0.22",
        "ranksep": "0.5",
        "pad": "0.15",
        "outputorder": "edgesfirst",
    }


def _group_attributes(group: Group, theme: Theme, depth: int) -> dict[str, str]:
    return {
        "label": escape(group.name),
        "id": group.id,
        "class": "group",
        "style": "rounded,filled",
        "fillcolor": theme.groups[depth % len(theme.groups)],
        "color": theme.group_border,
        "labeljust": "l",
        "fontsize": str(GROUP_SIZE),
        "margin": "10",
    }


def _box_attributes(box: Box, theme: Theme, rankdir: str, colour_by: str) -> dict[str, str]:
    paint = theme.boxes[box.kind]
    fill = shade(theme, box.share) if colour_by == "gradient" and box.share is not None else paint.fill
    attributes = {"id": box.id, "class": f"box {box.kind}", "fillcolor": fill, "color": paint.border}
    if fill != paint.fill:
        attributes["fontcolor"] = readable_on(fill)
    if box.kind == "constant":
        return {
            **attributes,
            "label": escape(box.name),
            "shape": "box",
            "style": "filled,dashed,rounded",
            "width": "0.3",
        }
    if box.kind in ("operation", "output"):
        attributes["shape"] = "Mrecord"
    if box.kind == "output":
        attributes["penwidth"] = "2.5"
    if box.kind == "parameter":
        attributes["penwidth"] = "1.8"
    return {**attributes, "label": _record(box, rankdir)}


def _record(box: Box, rankdir: str) -> str:
    """Return a record label: rows under one another, and the places of operands on the side from which they come.

    Braces turn the direction in which a record's fields are laid.
    """
    places: list[str] = []
    head: list[str] = []
    rows: list[str] = []
    for role, text in fields(box, rankdir):
        shown = escape(text) or "\\ "
        if role == "slot":
            places.append(f"<s{len(places)}> {shown}")
        else:
            (head if role in ("symbol", "name") else rows).append(shown)
    sideways = rankdir in ("LR", "RL")
    body = " | ".join([f"{{ {' | '.join(head)} }}", *rows])
    if not places:
        return body if sideways else f"{{ {body} }}"
    column = f"{{ {' | '.join(places)} }}"
    if sideways:
        body = f"{{ {body} }}"
    return f"{{ {f'{column} | {body}' if rankdir in ('LR', 'TB') else f'{body} | {column}'} }}"


def _behind(scene: Scene) -> list[tuple[str, str]]:
    """Return which leaves of a group stand behind which boxes of others, so that layers follow one another.

    A weight has no operands, so nothing but this keeps it from the column of the inputs, under what it multiplies.
    """
    boxes = {box.id: box for box in scene.boxes}
    operands: dict[str, list[str]] = {}
    for edge in scene.edges:
        operands.setdefault(edge.head, []).append(edge.tail)
    pairs: dict[tuple[str, str], None] = {}
    for head, tails in operands.items():
        group = boxes[head].group
        own = [tail for tail in tails if boxes[tail].kind == "parameter" and boxes[tail].group == group]
        others = [tail for tail in tails if boxes[tail].group != group]
        pairs.update({(other, leaf): None for other in others for leaf in own})
    return list(pairs)


def _edge_attributes(edge: Edge, partials: str) -> dict[str, str]:
    attributes = {"id": edge.id, "class": "edge" if edge.partial or edge.symbolic else "edge constant"}
    if not (edge.partial or edge.symbolic):
        return {**attributes, "style": "dashed", "arrowhead": "none"}
    formula = "" if edge.symbolic in ("1", "-1", "0") else edge.symbolic  # says no more than the number
    shown = {
        "none": "",
        "numbers": edge.partial,
        "formulas": edge.symbolic,
        "both": " = ".join(text for text in (formula, edge.partial) if text),
    }[partials]
    return {**attributes, "label": f" {escape(shown)} "} if shown else attributes


def shade(theme: Theme, share: float) -> str:
    """Return the colour of a gradient that is this share of the largest, from −1 to 1.

    >>> from .theme import LIGHT
    >>> shade(LIGHT, 0.0) == LIGHT.neutral, shade(LIGHT, -1.0) == LIGHT.negative
    (True, True)
    """
    end = theme.positive if share > 0.0 else theme.negative
    mixed = (round(a + abs(share) * (b - a)) for a, b in zip(_rgb(theme.neutral), _rgb(end), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def readable_on(fill: str) -> str:
    """Return black or white, whichever is read more easily on a colour (WCAG 2.2, relative luminance)."""
    red, green, blue = ((c / 255.0) ** 2.2 for c in _rgb(fill))
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 else "#ffffff"


def _rgb(colour: str) -> Iterator[int]:
    return (int(colour[i : i + 2], 16) for i in (1, 3, 5))


def micrograd(scene: Scene, rankdir: str = "LR", format: str = "svg", renderer: Renderer | None = None) -> Picture:
    """Return a scene as micrograd's notebook draws it: a record for every number, an ellipse for every operation.

    Unlike there, an operand that is used twice has two edges, and a gradient that was not computed is a dash.
    """
    if format not in graphviz.FORMATS:
        raise OptionError(f"format={format!r} is not one that Graphviz writes. Write 'svg', 'png' or 'pdf'.")
    graph = Picture("micrograd", format=format, graph_attr={"rankdir": checked(rankdir)})
    graph.renderer = renderer
    powers = {edge.head: edge.tail for edge in scene.edges if edge.slot == 1 and edge.tail.startswith("c")}
    exponents = {box.id: powers.get(box.id, "") for box in scene.boxes if box.operator == "**"}
    names = {box.id: box.name for box in scene.boxes}
    in_symbol = set(exponents.values())
    for box in scene.boxes:
        if box.kind == "constant":
            if box.id not in in_symbol:
                graph.node(box.id, label=f"{{ data {_ascii(box.name)} }}", shape="record")
            continue
        label = f"{{ {escape(box.label)} | data {_ascii(box.data)} | grad {_ascii(box.grad)} }}"
        graph.node(box.id, label=label, shape="record")
        if box.operator:
            operation = f"{box.id}op"
            graph.node(operation, label=escape(box.operator + _ascii(names.get(exponents.get(box.id, ""), ""))))
            graph.edge(operation, box.id)
    for edge in scene.edges:
        if edge.tail not in in_symbol:
            graph.edge(edge.tail, f"{edge.head}op")
    return graph


def _ascii(number: str) -> str:
    """Return a number with the hyphen that micrograd writes for a minus sign."""
    return number.replace("−", "-")
