"""Write a diagram as SVG, or as DOT with all positions, from which Graphviz makes PNG and PDF.

The sign of a weight is shown by color and dashes: negative lines are dashed. Its magnitude is shown by width and color
strength. The SVG has the same classes and custom properties, so that a page can show the numbers of another moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ..style import labels
from ..style.theme import FONT, Theme, mix
from .diagram import RADIUS, Diagram, Link, Place, Unit, strength

FOOT = 72.0
THIN, THICK = 0.6, 4.6
SAMPLES = (-1.0, -0.5, 0.0, 0.5, 1.0)  # entries of the legend, as shares of the largest weight
LONGEST_CAPTION = 24


def _ink(number: float | None, share: float, theme: Theme) -> str:
    """Return the color of a signed number: gray for 0, then more of the color of its sign."""
    if number is None:
        return theme.group_border
    end = theme.negative if number < 0.0 else theme.positive
    return mix(theme.group_border, end, min(1.0, 0.25 + 0.75 * share) if share else 0.0)


def _sign(number: float | None) -> str:
    return "none" if number is None else "neg" if number < 0.0 else "pos"


def _width(diagram: Diagram, share: float) -> float:
    return THIN + (THICK * diagram.thickness - THIN) * share


def way(diagram: Diagram, link: Link) -> list[Place]:
    """Return the points of a link with Bézier control points, from the border of one circle to another."""
    start, end = diagram.places[link.source], diagram.places[link.target]
    stops = [start, *diagram.ways.get(link.id, ()), end]
    first, last = _rim(start, stops[1]), _rim(end, stops[-2])
    if len(stops) == 2:
        return [first, _between(first, last, 1 / 3), _between(first, last, 2 / 3), last]
    stops = [first, *stops[1:-1], last]
    points = [first]
    for i in range(len(stops) - 1):
        before, a, b, after = stops[max(i - 1, 0)], stops[i], stops[i + 1], stops[min(i + 2, len(stops) - 1)]
        points.append(Place(a.x + (b.x - before.x) / 6, a.y + (b.y - before.y) / 6))
        points.append(Place(b.x - (after.x - a.x) / 6, b.y - (after.y - a.y) / 6))
        points.append(b)
    return points


def _between(a: Place, b: Place, share: float) -> Place:
    return Place(a.x + share * (b.x - a.x), a.y + share * (b.y - a.y))


def _rim(center: Place, toward: Place) -> Place:
    dx, dy = toward.x - center.x, toward.y - center.y
    share = RADIUS / ((dx * dx + dy * dy) ** 0.5)
    return Place(center.x + share * dx, center.y + share * dy)


def to_svg(
    diagram: Diagram, theme: Theme, title: str, gradient: bool = False, largest: float | None = None, maps: bool = False
) -> str:
    """Return the diagram as SVG text.

    Parameters
    ----------
    diagram : Diagram
    theme : Theme
    title : str
        The description for screen readers.
    gradient : bool
        Whether lines show gradients instead of weights.
    largest : float, optional
        The weight with the strongest line. Default: the largest one.
    maps : bool
        Whether the circles stay empty, for maps that a page puts there; values then are written below.
    """
    largest = diagram.largest(gradient) if largest is None else largest
    height = diagram.height + FOOT
    width = max(diagram.width, 420.0)
    shift = (width - diagram.width) / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="network" role="img" aria-label="{escape(title)}" '
        f'width="{width:g}pt" height="{height:g}pt" viewBox="0 0 {width:g} {height:g}" '
        f'font-family="{FONT}" style="max-width:100%;height:auto">',
        f'<rect class="background" width="{width:g}" height="{height:g}" fill="{theme.background}"/>',
        f'<g transform="translate({shift:g} 0)">',
    ]
    order = sorted(diagram.links, key=lambda link: strength(link.grad if gradient else link.weight, largest))
    parts += [_line(diagram, link, theme, largest, gradient) for link in order]
    for unit in diagram.units:
        parts += _circle(diagram, unit, theme, largest, gradient, maps)
    for at, caption in diagram.captions:
        short = escape(labels.clean(caption, LONGEST_CAPTION))
        parts.append(
            f'<text class="caption" x="{at:g}" y="{diagram.height + 12:g}" text-anchor="middle" font-size="11" '
            f'fill="{theme.muted}">{short}</text>'
        )
    parts.append("</g>")
    off = any(unit.state == "off" for unit in diagram.units)
    parts += _legend(width / 2, diagram.height + 46.0, theme, largest, gradient, off)
    return "\n".join([*parts, "</svg>"])


def _line(diagram: Diagram, link: Link, theme: Theme, largest: float, gradient: bool) -> str:
    number = link.grad if gradient else link.weight
    share = strength(number, largest)
    first, *rest = way(diagram, link)
    path = f"M{first.x:.1f} {first.y:.1f}C" + " ".join(f"{p.x:.1f} {p.y:.1f}" for p in rest)
    dashes = {"neg": ' stroke-dasharray="7 4"', "none": ' stroke-dasharray="1.5 4"'}.get(_sign(number), "")
    return (
        f'<path id="{link.id}" class="link {_sign(number)}" d="{path}" fill="none" '
        f'stroke="{_ink(number, share, theme)}" stroke-width="{_width(diagram, share):.2f}"{dashes} '
        f'style="--t:{share:.3f}"/>'
    )


def _circle(diagram: Diagram, unit: Unit, theme: Theme, largest: float, gradient: bool, maps: bool) -> Iterator[str]:
    x, y = diagram.places[unit.id]
    if unit.kind == "more":
        yield f'<g id="{unit.id}" class="unit more"><text x="{x:g}" y="{y - 2:g}" text-anchor="middle" font-size="16" '
        yield f'fill="{theme.muted}">⋮</text><text x="{x:g}" y="{y + 14:g}" text-anchor="middle" font-size="10" '
        yield f'fill="{theme.muted}">{escape(unit.name)}</text></g>'
        return
    paint = theme.boxes[{"hidden": "operation"}.get(unit.kind, unit.kind)]
    fill, border = _fill(unit, theme), paint.border
    dashes = ' stroke-dasharray="4 3"' if unit.state else ""
    yield f'<g id="{unit.id}" class="unit {unit.kind} {unit.state}">'
    yield (f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS:g}" fill="{fill}" stroke="{border}" stroke-width="1.6"{dashes}/>')
    if maps:
        yield (
            f'<text class="value" x="{x:g}" y="{y + RADIUS + 11:g}" text-anchor="middle" font-size="10" '
            f'fill="{theme.text}" stroke="{theme.background}" stroke-width="3" paint-order="stroke"></text>'
        )
    if unit.curve and unit.state != "dead" and not maps:
        lift = -9.0 if unit.value is not None else 0.0
        points = " ".join(
            f"{x - 13 + 26 * i / (len(unit.curve) - 1):.1f},{y + lift + 7 - 14 * at:.1f}"
            for i, at in enumerate(unit.curve)
        )
        yield f'<polyline class="curve" points="{points}" fill="none" stroke="{theme.muted}" stroke-width="1.3"/>'
    if unit.value is not None and unit.state != "dead" and not maps:  # its value is 0, which a cross shows
        lower = 13.0 if unit.curve else 4.0
        yield (
            f'<text class="value" x="{x:g}" y="{y + lower:g}" text-anchor="middle" font-size="11" font-weight="600" '
            f'fill="{theme.text}">{labels.number(unit.value, 3)}</text>'
        )
    if unit.name:
        # with maps, the value would touch the name of the unit below
        where = (x - 21, y - 17, "end") if maps else (x, y - RADIUS - 4, "middle")
        yield (
            f'<text class="name" x="{where[0]:g}" y="{where[1]:g}" text-anchor="{where[2]}" font-size="11" '
            f'font-weight="600" fill="{theme.text}" stroke="{theme.background}" stroke-width="3" '
            f'paint-order="stroke">{escape(labels.clean(unit.name, 16))}</text>'
        )
    if unit.bias is not None:
        yield _bias(unit, x, y, theme, largest, gradient)
    if unit.state == "dead":
        a = RADIUS * 0.5
        yield (
            f'<path class="cross" d="M{x - a:.1f} {y - a:.1f}L{x + a:.1f} {y + a:.1f}M{x - a:.1f} {y + a:.1f}'
            f'L{x + a:.1f} {y - a:.1f}" stroke="{theme.accent}" stroke-width="2.2" fill="none"/>'
            f'<text class="verdict" x="{x:g}" y="{y + RADIUS + 12:g}" text-anchor="middle" font-size="10" '
            f'font-weight="600" fill="{theme.accent}" stroke="{theme.background}" stroke-width="3" '
            'paint-order="stroke">dead</text>'
        )
    yield "</g>"


def _fill(unit: Unit, theme: Theme) -> str:
    """Return the fill of a circle: a light tint of the value's sign, so that the number on it is readable."""
    plain = theme.boxes["operation"].fill
    if unit.value is None or unit.value != unit.value:
        return theme.boxes[unit.kind].fill if unit.kind != "hidden" else plain
    share = abs(unit.value) / (1.0 + abs(unit.value)) if abs(unit.value) != float("inf") else 1.0
    return mix(plain, theme.negative if unit.value < 0.0 else theme.positive, 0.55 * share)


def _bias(unit: Unit, x: float, y: float, theme: Theme, largest: float, gradient: bool) -> str:
    """Draw a bias as a square at the lower left of the circle: filled if positive, hollow if negative."""
    number = unit.bias_grad if gradient else unit.bias
    share = strength(number, largest)
    ink = _ink(number, share, theme)
    side = 5.0 + 5.0 * share
    fill = ink if number is not None and number >= 0.0 else theme.background
    return (
        f'<rect class="bias {_sign(number)}" x="{x - 20 - side / 2:.1f}" y="{y + 20 - side / 2:.1f}" '
        f'width="{side:.1f}" height="{side:.1f}" fill="{fill}" stroke="{ink}" stroke-width="1.6" '
        f'style="--t:{share:.3f}"/>'
    )


def _legend(center: float, y: float, theme: Theme, largest: float, gradient: bool, off: bool) -> Iterator[str]:
    """Draw five lines from the most negative to the most positive weight, with their numbers."""
    what = "gradient" if gradient else "weight"
    note = f"{what}, dashed if negative; square: bias" + ("; dashed rim: 0 for this sample" if off else "")
    if gradient and not largest:
        note = "dotted: no gradient has been computed; call backward() first"
    yield f'<g class="legend" font-size="10" fill="{theme.muted}">'
    left = center - 170.0
    if largest:
        for i, share in enumerate(SAMPLES):
            number = share * largest
            x = left + 70.0 * i
            dashes = ' stroke-dasharray="7 4"' if share < 0.0 else ""
            width = THIN + (THICK - THIN) * abs(share)
            yield (
                f'<path d="M{x:g} {y:g}h60" stroke="{_ink(number, abs(share), theme)}" stroke-width="{width:.2f}"'
                f'{dashes}/><text x="{x + 30:g}" y="{y - 7:g}" text-anchor="middle">'
                f"{labels.number(number, 2)}</text>"
            )
    yield f'<text class="note" x="{center:g}" y="{y + 15:g}" text-anchor="middle">{note}</text></g>'


def to_dot(diagram: Diagram, theme: Theme, title: str, gradient: bool = False) -> str:
    """Return the diagram as DOT with all positions (``layout=nop2``), so that Graphviz only paints it."""
    largest = diagram.largest(gradient)
    foot = diagram.height + 22.0

    def at(p: Place) -> str:
        return f"{p.x:.1f},{foot - p.y:.1f}"

    lines = [
        "digraph network {",
        f'graph [layout=nop2 bb="0,0,{diagram.width:g},{foot:g}" bgcolor="{theme.background}" pad=0.1 '
        f"comment={_quoted(title)}]",
        f'node [shape=circle fixedsize=true width={RADIUS / 36:g} style=filled fontname="Helvetica" fontsize=10 '
        f'fontcolor="{theme.text}" penwidth=1.6]',
        f'edge [arrowhead=none color="{theme.edge}"]',
    ]
    for unit in diagram.units:
        lines += _dot_unit(diagram, unit, theme, at(diagram.places[unit.id]))
    for c, (x, caption) in enumerate(diagram.captions):
        lines.append(
            f'c{c} [pos="{at(Place(x, diagram.height + 6))}" shape=plain width=1.5 height=.2 '
            f'style="" fontcolor="{theme.muted}" label={_quoted(labels.clean(caption, LONGEST_CAPTION))}]'
        )
    for link in sorted(diagram.links, key=lambda link: strength(link.grad if gradient else link.weight, largest)):
        number = link.grad if gradient else link.weight
        share = strength(number, largest)
        style = {"neg": "dashed", "none": "dotted"}.get(_sign(number), "solid")
        lines.append(
            f'{link.source} -> {link.target} [pos="{" ".join(at(p) for p in way(diagram, link))}" '
            f'color="{_ink(number, share, theme)}" penwidth={_width(diagram, share):.2f} style={style}]'
        )
    return "\n".join([*lines, "}\n"])


def _dot_unit(diagram: Diagram, unit: Unit, theme: Theme, place: str) -> list[str]:
    if unit.kind == "more":
        return [f'{unit.id} [pos="{place}" shape=plain style="" label={_quoted("⋮ " + unit.name)}]']
    words = [labels.clean(unit.name, 16), "" if unit.value is None else labels.number(unit.value, 3), unit.state]
    style = '"filled,dashed"' if unit.state else "filled"
    border = (
        theme.accent if unit.state == "dead" else theme.boxes[{"hidden": "operation"}.get(unit.kind, unit.kind)].border
    )
    return [
        f'{unit.id} [pos="{place}" label={_quoted(chr(10).join(filter(None, words)))} fillcolor="{_fill(unit, theme)}" '
        f'color="{border}" style={style}]'
    ]


def _quoted(text: str) -> str:
    """Return a DOT string; a backslash is doubled, because it starts an escape sequence."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
