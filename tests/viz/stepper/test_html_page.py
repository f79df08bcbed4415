"""The page as a file: nothing from outside, nothing that a label could run, everything that it shows written by us."""

from __future__ import annotations

import html as html_escapes
import json
import re
from html.parser import HTMLParser

import pytest

from autograd_core import Value
from nn import MLP
from viz import step
from viz.page.packing import unpacked
from viz.page.scripts import joined, static
from viz.render import render
from viz.stepper.html_page import variables
from viz.style.errors import OptionError
from viz.style.theme import DARK, LIGHT


class Elements(HTMLParser):
    """Collects the elements of a page and the text of each kind."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text, self.open = [], [], {}, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attributes]
        self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        if self.open:
            self.text[self.open[-1]] = self.text.get(self.open[-1], "") + data


def data_of(page):
    kind, text = re.search(r'<script type="([a-z/]+)" id="data">(.*?)</script>', page, re.DOTALL).groups()
    return json.loads(unpacked(text) if kind == "text/plain" else text)


def test_the_page_fetches_nothing(example):
    page = step(example).to_html()
    names = [(tag, name) for tag, name, _ in Elements(page).attributes if name in {"src", "href", "action", "srcset"}]
    assert names == []
    outside = set(re.findall(r"https?://[^\s\"'<]+", page))
    assert outside <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "default-src 'none'" in html_escapes.unescape(page)
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|import)\b\s*\(|@import|url\(", page)


def test_the_pages_own_part_is_small():
    parts = (static("stepper/stepper.html"), static("stepper/stepper.css"), joined("stepper/stepper.js"))
    assert sum(len(part.encode()) for part in parts) < 80_000


@pytest.fixture(scope="module")
def network():
    """The squared error of micrograd's MLP 2-16-16-1 on one sample: 981 nodes, 1,893 steps."""
    model = MLP(2, [16, 16, 1], rng=0)
    return step((1.0 - model([Value(1.0, label="x1"), Value(-1.0, label="x2")])) ** 2)


def test_the_page_of_a_network_has_room_in_a_notebook(network):
    page, shown = network.to_html(), network._repr_mimebundle_()["text/html"]
    assert len(page.encode()) < 900_000
    assert len(shown.encode()) < 900_000
    assert page == network.to_html()  # the same bytes each time


def test_nothing_is_lost_where_data_are_packed(network):
    page, plain = network.to_html(), network.to_html(plain=True)
    assert plain.count("<math>") > page.count("<math>") == 0
    assert plain.count("<tr data-node=") == page.count("<tr data-node=") == 981
    found, expected = data_of(page), data_of(plain)
    level = found["level"]
    if level:
        assert found["pictures"].pop(level) in plain
    assert found == expected
    assert len(found["steps"]) == len(network) == 1893


def test_a_short_page_can_be_read_as_it_is(example):
    page = step(example).to_html()
    assert page == step(example).to_html(plain=True)
    assert '"heading":"Compute d"' in page


def test_the_data_are_the_steps_as_people_read_them(example):
    stepper = step(example)
    data = data_of(stepper.to_html())
    assert len(data["steps"]) == len(stepper)
    assert data["given"] == ["n0", "n1"]
    seventh = data["steps"][7]
    assert (seventh["node"], seventh["target"], seventh["edge"], seventh["grad"]) == ("n5", "n4", "e5_0", "−0.0017")
    assert [line[0] for line in seventh["lines"]] == ["upstream", "local", "contribution", "accumulate"]
    assert seventh["lines"][1][3] == "−0.3333"


def test_no_label_becomes_markup(hostile):
    quiet = Elements(step(graph_of(["plain"] * len(hostile))).to_html())
    page = step(graph_of(hostile)).to_html()
    loud = Elements(page)
    for tag in ("script", "style", "iframe", "a", "img", "b", "title", "svg"):
        assert loud.tags.count(tag) == quiet.tags.count(tag), tag
    assert not [name for _, name, _ in loud.attributes if name.startswith("on")]
    assert len(data_of(page)["steps"]) == 2 * len(hostile) + len(hostile) + 1
    page.encode("utf-8")


def graph_of(texts):
    out = Value(0.5)
    for text in texts:
        out = out * Value(1.0, label=text)
    return out


def test_a_hostile_output_names_the_page_and_nothing_else(hostile):
    for text in hostile:
        out = Value(1.0) * 2.0
        out.label = text
        page = Elements(step(out).to_html())
        assert page.tags.count("script") == 2
        assert page.tags.count("title") == 1


@pytest.mark.dot
def test_the_graph_is_in_the_page(example):
    page = step(example).to_html()
    assert page.count('class="node box') == 8
    assert 'id="n6"' in page
    assert 'id="e5_0"' in page


def test_without_graphviz_the_page_says_what_is_missing_and_shows_the_rest(example, monkeypatch):
    monkeypatch.setattr(render.shutil, "which", lambda name: None)
    monkeypatch.setattr(render, "_bundled_folder", lambda: "")
    page = step(example).to_html()
    assert 'class="missing"' in page
    assert "autograd-core[draw]" in page
    assert page.count("<tr data-node=") == 7
    assert len(data_of(page)["steps"]) == 14


def test_a_graph_too_large_to_draw_is_stepped_without_a_picture():
    x = Value(1.0)
    for _ in range(1100):
        x = x * 1.0001
    page = step(x).to_html()
    assert "too large to be drawn" in page
    assert page.count("<tr data-node=") == 1101


def test_the_trace_is_complete_without_a_script(example):
    cells = re.findall(r'<td class="adjoint">(.*?)</td>', step(example).to_html())
    assert cells == ["0.0118", "0.0023", "−0.0017", "0.0017", "−0.0017", "0.0051", "1.0000"]


def test_a_notebook_gets_a_frame_above_a_fallback(example, hostile):
    bundle = step(example)._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    outer = Elements(bundle["text/html"])
    assert outer.tags.count("iframe") == 1
    assert ("iframe", "sandbox", "allow-scripts") in outer.attributes
    assert "script" not in outer.tags
    assert outer.tags.count("table") == 1
    [frame] = [value for tag, name, value in outer.attributes if name == "srcdoc"]
    [packed] = re.findall(r'<script type="text/plain" id="packed">(.*?)</script>', frame)
    assert Elements(frame).tags.count("script") == 2
    assert unpacked(packed) == step(example).to_html()
    bundle = step(graph_of(hostile))._repr_mimebundle_()
    assert "script" not in Elements(bundle["text/html"]).tags


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_themes(example, theme):
    assert f'data-theme="{theme}"' in step(example).to_html(theme)


def test_another_theme_is_refused(example):
    with pytest.raises(OptionError, match="'auto', 'light', 'dark'"):
        step(example).to_html(theme='x"><script>')


def luminance(color):
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read(theme):
    """WCAG 2.2 AA: 4.5 to 1 for text, 3 to 1 for what tells parts apart."""
    for ground in (theme.background, *theme.groups):
        assert contrast(theme.muted, ground) >= 4.5
        assert contrast(theme.edge, ground) >= 3.0
    assert contrast(theme.accent, theme.background) >= 4.5
    for kind, paint in theme.boxes.items():
        assert contrast(theme.text, paint.fill) >= 4.5, kind
        if kind not in ("constant", "operation"):  # these two are the quiet ones, and have words
            assert contrast(paint.border, theme.background) >= 3.0, kind


def test_themes_become_variables():
    assert variables(LIGHT).count("--") == variables(DARK).count("--")
    assert "--input-fill:#e2f1fc" in variables(LIGHT)
