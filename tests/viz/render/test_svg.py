"""SVG: well-formed, complete, without scripts, links or tooltips, whatever the labels say."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ElementTree

import pytest

from autograd_core import Value
from viz import draw
from viz.render.svg import tidy
from viz.style import labels
from viz.style.errors import RenderError

pytestmark = pytest.mark.dot
SVG = "{http://www.w3.org/2000/svg}"


def boxes_of(picture):
    root = ElementTree.fromstring(picture)
    return [group for group in root.iter(f"{SVG}g") if (group.get("class") or "").startswith("node")]


def graph_of(texts):
    """One chain with a leaf for every text: 2·len(texts) nodes."""
    out = Value(0.0, label="start")
    for text in texts:
        out = out + Value(1.0, label=text)
    return out


def assert_harmless(picture):
    root = ElementTree.fromstring(picture)
    for element in root.iter():
        name = element.tag.removeprefix(SVG)
        assert name in {"svg", "g", "path", "polygon", "polyline", "text", "ellipse"}, name
        for attribute in element.attrib:
            plain = attribute.rpartition("}")[2].lower()
            assert not plain.startswith("on")
            assert plain not in {"href", "src", "target"}
    assert "<!DOCTYPE" not in picture
    assert "<title" not in picture


def test_random_unicode_labels_are_shown_as_they_are():
    draw_character = random.Random(7)

    def text():
        codes = (draw_character.choice((0x80, 0x300, 0x2FFF, 0x1FFFF)) for _ in range(draw_character.randrange(1, 30)))
        return "".join(chr(draw_character.randrange(limit)) for limit in codes)

    texts = [text() for _ in range(300)]
    picture = draw(graph_of(texts), max_nodes=None).svg()
    assert_harmless(picture)
    found = boxes_of(picture)
    assert len(found) == 2 * len(texts) + 1
    names = {"".join(t.itertext()) for box in found for t in box.iter(f"{SVG}text") if t.get("class") == "name"}
    assert {labels.clean(text) for text in texts if labels.clean(text)} <= names


def test_hostile_labels_are_shown_as_they_are(hostile):
    picture = draw(graph_of(hostile)).svg()
    assert_harmless(picture)
    found = boxes_of(picture)
    assert len(found) == 2 * len(hostile) + 1
    names = {"".join(t.itertext()) for box in found for t in box.iter(f"{SVG}text") if t.get("class") == "name"}
    assert {labels.clean(text) for text in hostile if labels.clean(text)} <= names


def test_hostile_names_of_scopes_are_shown_as_they_are(hostile):
    from autograd_core import scope

    x = Value(1.0)
    for text in hostile:
        with scope(text) as part:
            x = x + 1.0
            part.tag(x)
    picture = draw(x).svg()
    assert_harmless(picture)
    assert sum(box.get("id", "").startswith("n") for box in boxes_of(picture)) == len(hostile) + 1


def test_every_box_and_edge_has_the_scenes_id_and_texts_have_roles(example):
    drawing = draw(example)
    root = ElementTree.fromstring(drawing.svg())
    groups = {group.get("id"): group for group in root.iter(f"{SVG}g")}
    for box in drawing.scene.boxes:
        texts = {t.get("class"): "".join(t.itertext()) for t in groups[box.id].iter(f"{SVG}text")}
        assert texts["name"] == box.title
        if box.kind != "constant":
            assert texts["data"] == box.data
            assert texts["grad"] == f"∇ {box.grad}"
        assert box.kind in groups[box.id].get("class").split()
    for edge in drawing.scene.edges:
        shown = [t.text.strip() for t in groups[edge.id].iter(f"{SVG}text")]
        assert shown == ([edge.partial] if edge.partial else [])


@pytest.mark.parametrize("rankdir", ["LR", "TB", "RL", "BT"])
def test_roles_are_right_in_every_direction(rankdir):
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    root = ElementTree.fromstring(draw(a / b, rankdir=rankdir).svg())
    [box] = [group for group in root.iter(f"{SVG}g") if group.get("id") == "n2"]
    texts = [(t.get("class"), "".join(t.itertext())) for t in box.iter(f"{SVG}text")]
    assert sorted(texts) == sorted(
        [("slot", "1"), ("slot", "2"), ("symbol", "÷"), ("name", "v1"), ("data", "−0.6667"), ("grad", "∇ —")]
    )


def test_two_uses_are_two_paths():
    a = Value(3.0, label="a")
    root = ElementTree.fromstring(draw(a * a).svg())
    paths = [
        group.find(f"{SVG}path").get("d") for group in root.iter(f"{SVG}g") if (group.get("class") or "")[:4] == "edge"
    ]
    assert len(paths) == len(set(paths)) == 2


def test_the_picture_fits_the_page_it_stands_in(example):
    root = ElementTree.fromstring(draw(example).svg())
    assert root.get("viewBox")
    assert "max-width:100%" in root.get("style")
    assert root.get("role") == "img"
    assert "Computation graph of L" in root.get("aria-label")


def test_an_svg_with_a_link_or_one_that_is_broken_is_refused():
    with pytest.raises(RenderError, match="link"):
        tidy(b'<svg xmlns="http://www.w3.org/2000/svg"><a/></svg>', {}, "")
    with pytest.raises(RenderError, match="well-formed"):
        tidy(b"<svg", {}, "")


def test_what_all_texts_have_in_common_is_said_once():
    a = Value(2.0, label="a")
    picture = draw((a * 3.0).tanh()).svg()
    root = ElementTree.fromstring(picture)
    texts = list(root.iter(f"{SVG}text"))
    assert len(texts) > 6
    for name in ("font-family", "text-anchor"):
        assert root.get(name)
        assert not [text for text in texts if text.get(name)]
    differing = f'<svg xmlns="{SVG[1:-1]}"><text font-family="A">a</text><text font-family="B">b</text></svg>'
    assert tidy(differing.encode(), {}, "").count("font-family") == 2


def test_places_are_exact_to_a_tenth_of_a_point():
    inside = '<path d="M123456.78,-0.04C10.00,7.5" /><text x="1.00" y="-2.26">0.1234</text>'
    picture = tidy(f'<svg xmlns="{SVG[1:-1]}">{inside}</svg>'.encode(), {}, "")
    assert 'd="M123456.8,0C10,7.5"' in picture
    assert 'x="1" y="-2.3">0.1234<' in picture
