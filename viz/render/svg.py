"""Prepare Graphviz's SVG for pages and screen readers: no outside references, no tooltips, addressable parts.

It also becomes a third smaller: common text attributes are written once, and positions have one decimal.

>>> made = b'<svg xmlns="http://www.w3.org/2000/svg" width="9pt"><g><title>n0</title></g></svg>'
>>> "title" in tidy(made, {}, "a graph")
False
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence

from ..style.errors import RenderError

SVG = "http://www.w3.org/2000/svg"
ElementTree.register_namespace("", SVG)

#: the attributes that differ between the texts of a box
TEXT = {
    "name": {"font-weight": "600"},
    "symbol": {"opacity": "0.75"},
    "slot": {"opacity": "0.6"},
    "grad": {"opacity": "0.85"},
}
#: attributes that texts inherit if they are equal for all
INHERITED = ("font-family", "text-anchor", "{http://www.w3.org/XML/1998/namespace}space")
#: attributes that contain positions
PLACES = ("d", "points", "x", "y")

_FRACTION = re.compile(r"-?\d+\.\d\d+")


def tidy(made: bytes, roles: Mapping[str, Sequence[str]], description: str) -> str:
    """Return an SVG without document type, comments and titles, with the roles of texts as classes.

    Parameters
    ----------
    made : bytes
        The output of Graphviz.
    roles : mapping
        Id of a box to the roles of its texts, in order.
    description : str
        The description for screen readers.
    """
    try:
        root = ElementTree.fromstring(made)
    except ElementTree.ParseError as error:
        raise RenderError(
            f"Graphviz wrote an SVG that is not well-formed ({error}). Please report the DOT text, draw(root).dot."
        ) from error
    root.attrib.update({"role": "img", "aria-label": description, "style": "max-width:100%;height:auto"})
    for element in list(root.iter()):
        for child in list(element):
            if child.tag == f"{{{SVG}}}title":
                element.remove(child)
            elif child.tag == f"{{{SVG}}}a":
                raise RenderError("The SVG holds a link, which no picture of ours asks for. Nothing was written.")
    for group in root.iter(f"{{{SVG}}}g"):
        _mark(group, roles.get(group.get("id", ""), ()))
    _shorten(root)
    return ElementTree.tostring(root, encoding="unicode")


def size(made: str) -> tuple[float, float]:
    """Return the width and height of an SVG in points.

    >>> size('<svg width="12pt" height="8pt">')
    (12.0, 8.0)
    """
    head = made[: made.index(">")]
    width, height = (head.partition(f' {name}="')[2].partition("pt")[0] for name in ("width", "height"))
    return float(width), float(height)


def _mark(group: ElementTree.Element, roles: Sequence[str]) -> None:
    """Set the classes by which pages address the parts of a box, edge or cluster."""
    texts = group.findall(f"{{{SVG}}}text")
    kind = (group.get("class") or "").split()[:1]
    if kind == ["graph"]:
        background = group.find(f"{{{SVG}}}polygon")
        if background is not None:
            background.set("class", "background")
    elif kind == ["edge"]:
        for text in texts:
            text.set("class", "partial")
            text.set("dy", "-2")  # above the line
    elif len(texts) == len(roles):
        for text, role in zip(texts, roles, strict=True):
            text.set("class", role)
            text.attrib.update(TEXT.get(role, {}))
    for line in group.findall(f"{{{SVG}}}polyline"):
        line.set("stroke-opacity", "0.35")


def _shorten(root: ElementTree.Element) -> None:
    """Write common text attributes once, and round positions to what can be seen."""
    texts = list(root.iter(f"{{{SVG}}}text"))
    for name in INHERITED:
        found = {text.get(name) for text in texts}
        if len(found) == 1 and None not in found:
            root.set(name, texts[0].get(name, ""))
            for text in texts:
                del text.attrib[name]
    for element in root.iter():
        for name in PLACES:
            if name in element.attrib:
                element.set(name, _FRACTION.sub(_rounded, element.attrib[name]))


def _rounded(number: re.Match[str]) -> str:
    """Return a number with one decimal.

    >>> _FRACTION.sub(_rounded, "M1.25,-0.04C10.00,7.5")
    'M1.2,0C10,7.5'
    """
    return f"{round(float(number[0]), 1) + 0.0:.1f}".removesuffix(".0")
