"""Write scenes as DOT, the language of Graphviz, with the ``graphviz`` package. Nothing is laid out here.

Boxes are records, the only labels that every Graphviz version reads alike. All text passes ``escape``. Ids are the
scene's own, and no attribute that could contain a link is written.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import graphviz

from ..scene import layout_constraints
from ..scene.boxes import Box, Edge, Group, Scene
from ..steps import marks
from ..style import labels
from ..style.errors import OptionError
from ..style.theme import EDGE_SIZE, FONT, GROUP_SIZE, NODE_SIZE, Theme

#: id of a box, an edge or a group ("" for the picture) to the attributes that fix its position
Places = Mapping[str, Mapping[str, str]]

RANKDIRS = ("LR", "TB", "RL", "BT")

#: from this many boxes on, Graphviz stops polishing its layout early and groups have no frames, which is eight times
#: faster
MANY = 300
#: largest length of the line below a picture
NOTE = 240

#: number of segments in the bar of a gradient
CELLS = 8

#: text beside the name of a leaf, so that kinds differ without color
KINDS = {"input": "in", "parameter": "param"}


def escape(text: str, limit: int = labels.LONGEST) -> str:
    r"""Return text with DOT's special characters escaped, for records and plain labels.

    >>> print(escape(r'a|b {c} <d> "e" \N &amp;'))
    a\|b \{c\} \<d\> "e" \\N &amp;amp;
    """
    return "".join(f"\\{c}" if c in "\\{}|<>" else c for c in labels.clean(text, limit)).replace("&", "&amp;")


def checked(rankdir: str) -> str:
    """Return the direction of a layout; raise an error that lists the directions."""
    if rankdir not in RANKDIRS:
        raise OptionError(
            f"rankdir={rankdir!r} is not a direction. Write 'LR' (left to right), 'TB' (top to bottom), 'RL' or 'BT'."
        )
    return rankdir


def fields(box: Box, rankdir: str = "LR", color_by: str = "kind") -> list[tuple[str, str]]:
    """Return the texts of a box in Graphviz's order, each with its role."""
    if box.kind == "constant":
        return [("name", box.name)]
    length = [("bar", bar(box.share))] if color_by == "gradient" else []
    if box.kind == "fold":
        formula = [("formula", box.formula)] if box.formula else []
        return [("name", box.title), *formula, ("data", box.data), ("grad", f"‖∇‖ {box.grad}"), *length]
    places = [("slot", str(i + 1)) for i in range(box.slots)]
    mark = box.symbol or KINDS.get(box.kind, "")
    head = [("symbol", mark)] if mark else []
    rows = [*head, ("name", box.title), ("data", box.data), ("grad", f"∇ {box.grad}"), *length]
    return [*places, *rows] if rankdir in ("LR", "TB") else [*rows, *places]


def bar(share: float | None) -> str:
    """Return a bar for a gradient relative to the largest, readable without color; "" without a gradient.

    >>> bar(0.5), bar(-1.0), bar(0.001), bar(0.0)
    ('▰▰▰▰▱▱▱▱', '▰▰▰▰▰▰▰▰', '▰▱▱▱▱▱▱▱', '▱▱▱▱▱▱▱▱')
    """
    if share is None:
        return ""
    filled = min(CELLS, math.ceil(CELLS * abs(share)))
    return "▰" * filled + "▱" * (CELLS - filled)


def digraph(
    scene: Scene,
    theme: Theme,
    rankdir: str = "LR",
    partials: str = "numbers",
    color_by: str = "kind",
    places: Places | None = None,
    marked: Mapping[str, str] = MappingProxyType({}),
) -> graphviz.Digraph:
    """Return a scene as a DOT graph.

    Parameters
    ----------
    scene : Scene
        The scene.
    theme : Theme
        The colors.
    rankdir : str
        The direction of results: "LR", "TB", "RL" or "BT".
    partials : {"numbers", "formulas", "both", "none"}
        The label of each edge.
    color_by : {"kind", "gradient"}
        What the color of a box shows.
    places : mapping, optional
        Id of a part to its position, if the layout is known; Graphviz then only paints.
    marked : mapping
        Id of a box or an edge to its mark; see ``marks``.
    """
    graph = graphviz.Digraph("computation", graph_attr=_graph_attributes(theme, checked(rankdir)))
    font = {"fontname": FONT, "fontcolor": theme.text}
    graph.attr(
        "node", shape="record", style="filled", fontsize=str(NODE_SIZE), height="0.3", margin="0.09,0.04", **font
    )
    graph.attr("edge", color=theme.edge, arrowsize="0.7", fontsize=str(EDGE_SIZE), fontname=FONT, fontcolor=theme.muted)
    crowded = len(scene.boxes) > MANY
    if crowded:
        graph.attr(nslimit="1", nslimit1="1")
    if scene.note:
        graph.attr(label=escape(scene.note, NOTE), labelloc="b", labeljust="l", fontsize=str(EDGE_SIZE))
    members: dict[str, list[Box]] = {}
    for box in scene.boxes:
        members.setdefault("" if crowded else box.group, []).append(box)
    inside: dict[str, list[Group]] = {}
    for group in () if crowded else scene.groups:
        inside.setdefault(group.parent, []).append(group)

    side_by_side = {} if crowded else layout_constraints.among(scene)
    if side_by_side:  # straight lines with space for them; a short search for crossings keeps the order of the parts
        graph.attr(ranksep="1.4", splines="line", mclimit="0.01")

    def placed(attributes: dict[str, str], identity: str) -> dict[str, str]:
        return {**attributes, **places.get(identity, {})} if places else attributes

    if places:
        graph.attr(layout="nop2", **places.get("", {}))

    def fill(parent: graphviz.Digraph, path: str, depth: int) -> None:
        for box in sorted(members.get(path, ()), key=lambda box: side_by_side.get(box.id, 0)):
            look = _box_attributes(box, theme, rankdir, color_by)
            mark = marks.on_box(marked.get(box.id, ""), theme)
            parent.node(box.id, **placed({**look, **mark, "class": look["class"] + mark.get("class", "")}, box.id))
        for group in inside.get(path, ()):
            with parent.subgraph(name=f"cluster_{group.id}") as cluster:
                cluster.attr(**placed(_group_attributes(group, theme, depth), group.id))
                fill(cluster, group.path, depth + 1)

    fill(graph, "", 0)
    ports = {box.id for box in scene.boxes if box.slots}
    for edge in scene.edges:
        head = f"{edge.head}:s{edge.slot}" if edge.head in ports else edge.head
        look = _edge_attributes(edge, partials)
        if edge.tail in side_by_side or edge.head in side_by_side:
            look |= _thread(theme, rankdir)
        mark = marks.on_edge(marked.get(edge.id, ""), theme)
        graph.edge(edge.tail, head, **placed({**look, **mark, "class": look["class"] + mark.get("class", "")}, edge.id))
    for earlier, leaf in () if crowded or places else layout_constraints.behind(scene):
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
        "labelloc": "t",
        "labeljust": "l",
        "fontsize": str(GROUP_SIZE),
        "margin": "10",
    }


def _box_attributes(box: Box, theme: Theme, rankdir: str, color_by: str) -> dict[str, str]:
    paint = theme.boxes[box.kind]
    fill = shade(theme, box.share) if color_by == "gradient" and box.share is not None else paint.fill
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
    if box.kind == "fold":
        return {**attributes, "penwidth": "2", "label": _record(box, rankdir, color_by), "margin": "0.14,0.07"}
    if box.kind == "output":
        attributes["penwidth"] = "2.5"
    if box.kind == "parameter":
        attributes["penwidth"] = "1.8"
    return {**attributes, "label": _record(box, rankdir, color_by)}


def _record(box: Box, rankdir: str, color_by: str) -> str:
    """Return a record label: rows below each other, and operand positions on the side where edges enter.

    Braces change the direction of the fields of a record.
    """
    places: list[str] = []
    head: list[str] = []
    rows: list[str] = []
    for role, text in fields(box, rankdir, color_by):
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


def _thread(theme: Theme, rankdir: str) -> dict[str, str]:
    """Return the attributes of one of many edges between parts side by side: thin, from side to side."""
    out, into = {"LR": ("e", "w"), "RL": ("w", "e"), "TB": ("s", "n"), "BT": ("n", "s")}[rankdir]
    look = {"color": f"{theme.edge}a0", "penwidth": "0.6", "arrowsize": "0.45", "label": ""}
    return {**look, "tailport": out, "headport": into}


def _edge_attributes(edge: Edge, partials: str) -> dict[str, str]:
    folded = edge.tail.startswith("f") or edge.head.startswith("f")
    attributes = {"id": edge.id, "class": "edge" if folded or edge.partial or edge.symbolic else "edge constant"}
    if not (folded or edge.partial or edge.symbolic):
        return {**attributes, "style": "dashed", "arrowhead": "none"}
    formula = "" if edge.symbolic in ("1", "-1", "0") else edge.symbolic  # repeats the number only
    shown = {
        "none": "",
        "numbers": edge.partial,
        "formulas": edge.symbolic,
        "both": " = ".join(text for text in (formula, edge.partial) if text),
    }[partials]
    return {**attributes, "label": f" {escape(shown)} "} if shown else attributes


def shade(theme: Theme, share: float) -> str:
    """Return the color of a gradient with a share of the largest, from −1 to 1.

    >>> from viz.style.theme import LIGHT
    >>> shade(LIGHT, 0.0) == LIGHT.neutral, shade(LIGHT, -1.0) == LIGHT.negative
    (True, True)
    """
    end = theme.positive if share > 0.0 else theme.negative
    mixed = (round(a + abs(share) * (b - a)) for a, b in zip(_rgb(theme.neutral), _rgb(end), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def readable_on(fill: str) -> str:
    """Return black or white, whichever is more readable on a color (WCAG 2.2, relative luminance)."""
    red, green, blue = ((c / 255.0) ** 2.2 for c in _rgb(fill))
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 else "#ffffff"


def _rgb(color: str) -> Iterator[int]:
    return (int(color[i : i + 2], 16) for i in (1, 3, 5))
