"""All that a Stepper can do, for each kind of thing that is stepped through; what it makes is opened."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

from autograd_core import Tensor, Value, capture_source, trace
from nn import MLP, SGD, Adam, DAGNetwork, mse_loss
from viz import stages, step
from viz.style.errors import OptionError

VOID = {"meta", "input", "br", "img", "link"}
LATEX = shutil.which("pdflatex") or shutil.which("lualatex")


def of_values():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    with capture_source():
        return step((a * b + a).tanh() / b)


def of_tensors():
    w = Tensor(np.linspace(-1.0, 1.0, 6).reshape(2, 3), requires_grad=True, label="W")
    x = Tensor([[1.0, -2.0, 0.5]], label="x")
    return step((x @ w.T).sigmoid().sum())


def of_neurons():
    model = MLP(1, [1, 1], activation="tanh", rng=0)
    return step(mse_loss([model([-1.0])], [0.5]), after=Adam(model.parameters()))


def of_a_dag():
    net = DAGNetwork([(1, 2), (1, 3), (2, 3)], "tanh", rng=0)
    return step(mse_loss(net([0.5]), [1.0], reduction="half_sum"), after=SGD(net.parameters(), lr=0.1, momentum=0.9))


def of_a_program():
    program = trace(lambda w, x: (w[0] * x + w[1]).sigmoid() * w[0], [0.5, -1.0], 2.0)
    return step(program, [0.25, 1.0], [3.0, 4.0], sample=1)


def in_stages():
    model = MLP(1, [1, 1], activation=["relu", "sigmoid"], bias=False, rng=0)
    return stages(-model([1.0]).log(), after=SGD(model.parameters(), lr=0.1))


def of_odd_names():
    """Labels that mean something in Markdown, LaTeX, DOT or HTML."""
    product = Value(1.0)
    for name in ("a|b", "=", "{x}", "&", "back\\slash", "x^2 ~ <y>", "θ_1", "100 %", "w_", "#"):
        product = product * Value(2.0, label=name)
    return step(product)


KINDS = [of_values, of_tensors, of_neurons, of_a_dag, of_a_program, in_stages, of_odd_names]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def stepper(request):
    return request.param()


class Tags(HTMLParser):
    """Checks that every tag is closed, in order."""

    def __init__(self):
        super().__init__()
        self.open, self.ids = [], set()

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        self.ids.update(value for name, value in attrs if name == "id")

    def handle_startendtag(self, tag, attrs):
        self.ids.update(value for name, value in attrs if name == "id")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_walking(stepper):
    total = len(stepper.steps)
    assert stepper.current is None
    assert [stepper.next() for _ in range(total)] == list(stepper.steps)
    assert stepper.next() is None
    assert [stepper.back() for _ in range(total)] == [*reversed(stepper.steps[:-1]), None]
    for by in ("step", "node", "neuron", "layer", "phase"):
        stops = []
        while stepper.next(by):
            stops.append(stepper.position)
        assert stops == sorted(set(stops))
        assert stops[-1] == total
        back = []
        while stepper.back(by):
            back.append(stepper.position)
        assert back == stops[-2::-1]
    with pytest.raises(OptionError, match="by='day'"):
        stepper.next("day")
    for k in range(total + 1):
        assert stepper.goto(k) is (stepper.steps[k - 1] if k else None)
        assert repr(stepper).startswith(f"Step {k} of {total} · {stepper.steps[k - 1].kind}" if k else f"{total} steps")
    stepper.goto(0)
    last = stepper.steps[-1]
    assert stepper.run_to(last.target_name or last.name).name
    assert stepper.position <= total


def test_the_table_has_a_row_for_every_node(stepper):
    rows = stepper.table().rows
    assert [row.node for row in rows] == [f"n{i}" for i in range(len(rows))]
    assert {s.node for s in stepper} | {s.target for s in stepper if s.target} <= {row.node for row in rows}
    text = stepper.table().to_text()
    assert all(row.name in text and row.value in text for row in rows)
    ElementTree.fromstring(stepper.table().to_html())


def test_markdown_has_every_step(stepper, tmp_path):
    written = stepper.save(tmp_path / "x.md").read_text(encoding="utf-8")
    assert written == stepper.to_markdown()
    assert re.findall(r"(?m)^(\d+)\. ", written) == [str(k) for k in range(1, len(stepper) + 1)]
    tables = [line for line in written.splitlines() if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in tables}) == 1
    assert len(tables) == len(stepper.table()) + 2
    assert stepper.save(tmp_path / "x.txt").read_text(encoding="utf-8").startswith(stepper.table().to_text()[:40])


def test_latex_compiles_or_is_at_least_balanced(stepper, tmp_path):
    written = stepper.save(tmp_path / "x.tex").read_text(encoding="utf-8")
    assert written == stepper.to_latex()
    assert written.count(r"\paragraph{") == len(stepper)
    assert written.count(r"\begin{align*}") == written.count(r"\end{align*}")
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", written):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert len(re.findall(r"\\left\b", written)) == len(re.findall(r"\\right\b", written))
    assert not set(re.findall(r"[∂δŷ·×−∞←Σ…]", written))  # text in LaTeX does not have these
    if LATEX:
        document = rf"\documentclass{{article}}\usepackage{{amsmath}}\begin{{document}}{written}\end{{document}}"
        (tmp_path / "whole.tex").write_text(document, encoding="utf-8")
        subprocess.run([LATEX, "-halt-on-error", "whole.tex"], cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.dot
def test_the_page_is_whole_and_carries_every_step(stepper, tmp_path):
    stepper.goto(3)
    for options, start, theme in (({}, 3, "auto"), ({"step": 5, "theme": "dark"}, 5, "dark")):
        written = stepper.save(tmp_path / "x.html", **options).read_text(encoding="utf-8")
        tags = Tags()
        tags.feed(written)
        assert tags.open == []
        assert {row.node for row in stepper.table().rows} <= tags.ids  # boxes of the picture
        assert {s.edge for s in stepper if s.edge} <= tags.ids
        assert f'data-theme="{theme}"' in written
        data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', written)[1])
        assert [entry["heading"] for entry in data["steps"]] == [stepper.card(s).heading for s in stepper]
        assert data["start"] == start
        for formula in {part for entry in data["steps"] for line in entry["lines"] for part in line if "<math" in part}:
            ElementTree.fromstring(formula)


@pytest.mark.dot
def test_pictures_of_steps(stepper, tmp_path):
    last = len(stepper)
    for k, theme in ((0, "light"), (last // 2, "dark"), (last, "auto")):
        drawn = ElementTree.parse(stepper.save(tmp_path / "x.svg", step=k, theme=theme)).getroot()
        assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
        ids = {part.get("id") for part in drawn.iter()}
        assert {row.node for row in stepper.table().rows} <= ids
        assert any(f"Step {k} of {last}" in (part.text or "") for part in drawn.iter())
    png = stepper.save(tmp_path / "x.png", step=2).read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert png[-8:-4] == b"IEND"
    assert int.from_bytes(png[16:20]) > 200
    assert stepper.save(tmp_path / "x.pdf", step=2).read_bytes().startswith(b"%PDF-")
    with pytest.raises(OptionError, match=f"0 to {last}"):
        stepper.save(tmp_path / "x.png", step=last + 1)


@pytest.mark.dot
@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS[:-1])
def test_an_animation_has_a_picture_for_every_step(kind, tmp_path):
    image, stepper = pytest.importorskip("PIL.Image"), kind()
    with image.open(stepper.save(tmp_path / "x.gif", seconds=0.2)) as film:
        assert film.n_frames == len(stepper) + 1
        sizes = set()
        for k in range(film.n_frames):
            film.seek(k)
            sizes.add(film.size)
            assert len(film.convert("RGB").getcolors(1 << 20)) > 2
        assert len(sizes) == 1  # one layout, so nothing jumps


def test_a_name_that_does_not_say_what_to_write(stepper, tmp_path):
    with pytest.raises(OptionError, match=r"\.gif"):
        stepper.save(tmp_path / "x.doc")
