"""Labels and names of scopes are anybody's: 10,000 random ones in a nightly run, a sample of them in every run.

Whatever they are, every picture and page is well-formed, shows exactly the nodes there are, and runs nothing.
"""

from __future__ import annotations

import json
import random
import re
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from multiprocessing import get_context

import pytest

from autograd_core import Value, scope
from viz import draw, draw_dot, step
from viz.render import render

from ..conftest import HOSTILE
from ..stepper.test_html_page import Elements, data_of

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {f"{SVG}{tag}" for tag in ("svg", "g", "polygon", "polyline", "path", "text", "ellipse")}
LINKS = {"URL", "href", "target", "tooltip", "image", "shapefile", "edgeURL", "headURL", "tailURL", "labelURL"}
BATCH = 40

PIECES = [
    *'\\{}|<>"&;\'=-[]()`$%#/*~^_.,:!?\n\r\t\0\x1b\x7f\x85\u2028\u2029\u200d\ufe0f\ufeff\uffff',
    *("<script>", "</script>", "<!--", "-->", "]]>", "<![CDATA[", "<?xml", "&#x3c;", "&lt", "&amp;", "<b>x</b>"),
    *(' onload="', " onclick=", "javascript:", "data:text/html,", "->", "--", "subgraph", "n0", "cluster_g0"),
    *("\\N", "\\G", "\\l", "\\(", "$$", "{{", "%s", "</svg>", "</title>", "<style>"),
    *("\u202e", "\u2066", "\u0301\u0301\u0301", "😀", "\U000e0041", "日本", "é"),
]  # fmt: skip


def random_label(dice: random.Random) -> str:
    """Any characters at all, lone surrogates included, among pieces that mean something to somebody."""
    kinds = (
        lambda: chr(dice.randrange(0x110000)),
        lambda: chr(dice.randrange(0x3000)),
        lambda: chr(dice.randrange(0x80)),
        lambda: dice.choice(PIECES),
    )
    return "".join(dice.choice(kinds)() for _ in range(dice.choice((0, 1, 2, 5, 12, 40, 120))))


def graph_of(texts: list[str]) -> Value:
    """A leaf, an operation and a scope for each text: 2 n + 1 nodes."""
    out = Value(0.5)
    for i, text in enumerate(texts):
        with scope(text) as part:
            out = out * Value(1.0 + i, label=text)
            out.label = text[::-1]
            part.tag(out)
    return out


def wrong_with(texts: list[str]) -> list[str]:
    """What is wrong with the pictures and the page of these labels: nothing, one hopes."""
    root, nodes = graph_of(texts), 2 * len(texts) + 1
    return [
        *_wrong_with_scene(draw(root).scene, nodes),
        *_wrong_with_dot(draw(root).dot, nodes, r"n\d+|cluster_g\d+"),
        *_wrong_with_dot(draw_dot(root).source, nodes + len(texts), r"n\d+(op)?"),
        *_wrong_with_svg(draw(root).svg(), nodes),
        *_wrong_with_svg(draw(root, collapse=1).svg(), None),
        *_wrong_with_svg(draw(root, step=len(texts)).svg(), nodes),
        *_wrong_with_page(step(root).to_html(), nodes),
        *(["text: lines"] if len(draw(root).text().splitlines()) < nodes else []),
    ]


def _wrong_with_scene(scene, nodes):
    if [box.id for box in scene.boxes] != [f"n{i}" for i in range(nodes)]:
        yield "scene: boxes"
    words = [word for box in scene.boxes for word in (box.name, box.label, box.title, box.group)]
    if any(re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", w) for w in words):
        yield "scene: a character that cannot be shown"


def _wrong_with_dot(source, nodes, names):
    try:
        laid_out = json.loads(render.render(source, "json0"))
    except Exception as error:
        yield f"DOT: {error}"
        return
    objects = laid_out["objects"]
    if sum("nodes" not in part and not part["name"].startswith("cluster") for part in objects) != nodes:
        yield "DOT: number of nodes"
    if not all(re.fullmatch(names, part["name"]) for part in objects if not part["name"].startswith("%")):
        yield "DOT: a node of nobody's"
    if any(LINKS & set(part) for part in (laid_out, *objects, *laid_out.get("edges", ()))):
        yield "DOT: a link"


def _wrong_with_svg(picture, nodes):
    try:
        elements = list(ElementTree.fromstring(picture).iter())
    except ElementTree.ParseError as error:
        yield f"SVG: {error}"
        return
    if {element.tag for element in elements} - DRAWN:
        yield f"SVG: { ({element.tag for element in elements} - DRAWN) }"
    if any(name.startswith("on") or "href" in name for element in elements for name in element.attrib):
        yield "SVG: an attribute that acts"
    shown = sum((element.get("class") or "").startswith("node") for element in elements)
    if nodes is not None and shown != nodes:
        yield f"SVG: {shown} nodes instead of {nodes}"


def _wrong_with_page(page, nodes):
    page.encode("utf-8")
    found = Elements(page)
    if found.tags.count("script") != 2:
        yield "page: scripts"
    if any(name.startswith("on") or value.startswith("javascript:") for _, name, value in found.attributes):
        yield "page: an attribute that acts"
    if found.tags.count("iframe") + found.tags.count("img") + found.tags.count("a"):
        yield "page: an element of nobody's"
    data = data_of(page)
    shown = data["pictures"].get(data["level"], page)  # a long picture stands among the data
    if page.count("<tr data-node=") != nodes or shown.count('class="node box') != nodes:
        yield "page: number of nodes"
    if len(data["steps"]) != 2 * nodes - 1 - (nodes - 1) // 2:
        yield "page: number of steps"
    for level, picture in data["pictures"].items():
        yield from _wrong_with_svg(picture, nodes if level == data["level"] else None)


@pytest.mark.dot
@pytest.mark.parametrize("labels", [80, pytest.param(10_000, marks=[pytest.mark.nightly, pytest.mark.slow])])
def test_random_labels_are_text_and_nothing_else(labels):
    dice = random.Random(0)
    batches = [[random_label(dice) for _ in range(BATCH)] for _ in range(0, labels, BATCH)]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) if labels > 1000 else nullcontext() as workers:
        found = list((workers.map if workers else map)(wrong_with, batches))
    assert len(found) == labels // BATCH
    assert {i: wrong for i, wrong in enumerate(found) if wrong} == {}


@pytest.mark.dot
def test_hand_made_labels_are_text_and_nothing_else():
    assert wrong_with([*HOSTILE, *PIECES[-30:]]) == []


@pytest.mark.dot
def test_the_examination_would_notice():
    """What is asked of every picture fails on pictures that a label has broken."""
    link, stranger = 'digraph { n0 [label="a" URL="javascript:x"] }', "digraph { n0; evil }"
    assert list(_wrong_with_dot(link, 1, r"n\d+")) == ["DOT: a link"]
    assert list(_wrong_with_dot(stranger, 1, r"n\d+")) == ["DOT: number of nodes", "DOT: a node of nobody's"]
    for inside in ("<script/>", '<g onload="x"/>', '<g class="node"/>', "&nbsp;"):
        assert list(_wrong_with_svg(f'<svg xmlns="{SVG[1:-1]}">{inside}</svg>', 0)) != []
