"""DOT text: golden for small graphs, the same bytes in every process, and no way out of a label."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograd_core import Value
from viz import draw, draw_dot
from viz.render.dot import escape
from viz.style.errors import OptionError

ROOT = Path(__file__).parents[3]

SQUARE = """\
digraph micrograd {
	graph [rankdir=LR]
	n0 [label="{ a | data 3.0000 | grad 6.0000 }" shape=record]
	n1 [label="{ L | data 9.0000 | grad 1.0000 }" shape=record]
	n1op [label="*"]
	n1op -> n1
	n0 -> n1op
	n0 -> n1op
}
"""

DRAWN = [
    'n0 [label="{ in | a } | 2.0000 | ∇ —" class="box input" color="#0072b2" fillcolor="#e2f1fc" id=n0]',
    'n1 [label="{ in | b } | −3.0000 | ∇ —" class="box input" color="#0072b2" fillcolor="#e2f1fc" id=n1]',
    'n2 [label="{ { <s0> 1 | <s1> 2 } | { { ÷ | v1 } | −0.6667 | ∇ — } }" class="box output" color="#a86500" '
    'fillcolor="#fdefd2" id=n2 penwidth=2.5 shape=Mrecord]',
    'n0 -> n2:s0 [label=" −0.3333 " class="edge" id=e2_0]',
    'n1 -> n2:s1 [label=" −0.2222 " class="edge" id=e2_1]',
]


def test_micrograds_picture_with_both_edges():
    a = Value(3.0, label="a")
    out = a * a
    out.label = "L"
    out.backward()
    assert draw_dot(out).source == SQUARE


def test_micrograds_picture_writes_operations_as_python_does():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    source = draw_dot((a - b) / (2.0 * a**3)).source
    for operation in ("-", "/", "*", "**3"):
        assert f'op [label="{operation}"]' in source
    assert '[label="{ data 2 }" shape=record]' in source
    assert "data -3.0000 | grad —" in source


def test_a_drawing_line_by_line():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    lines = draw(a / b).dot.splitlines()
    for line in DRAWN:
        assert f"\t{line}" in lines


@pytest.mark.parametrize(
    ("partials", "shown"),
    [(True, '" −0.3333 "'), ("formulas", '" 1 / b "'), ("both", '" 1 / b = −0.3333 "')],
)
def test_edges_show_numbers_or_formulas(partials, shown):
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    assert f"label={shown}" in draw(a / b, partials=partials).dot


def test_edges_can_be_left_blank(example):
    edges = [line for line in draw(example, partials=False).dot.splitlines() if " -> " in line]
    assert len(edges) == 9
    assert not any("label=" in line for line in edges)


def test_nested_scopes_are_nested_clusters(neuron):
    source = draw(neuron).dot
    outer, inner = source.index("subgraph cluster_g0"), source.index("subgraph cluster_g1")
    assert outer < inner < source.index("{ param | b }") < source.index("\t\t}")
    assert "label=net " in source
    assert "label=neuron0 " in source


@pytest.mark.parametrize("rankdir", ["LR", "TB", "RL", "BT"])
def test_every_direction_keeps_the_places_of_operands(rankdir):
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    source = draw(a - b, rankdir=rankdir).dot
    assert f"rankdir={rankdir}" in source
    assert "<s0> 1" in source
    assert "<s1> 2" in source


@pytest.mark.parametrize("call", [draw, draw_dot])
@pytest.mark.parametrize("rankdir", ["lr", "", None, 'LR"; evil [label=x]'])
def test_another_direction_is_refused(call, rankdir):
    with pytest.raises(OptionError, match="'LR'"):
        call(Value(1.0), rankdir=rankdir)


def test_other_options_are_refused_with_the_choices():
    x = Value(1.0)
    with pytest.raises(OptionError, match="'light', 'dark'"):
        draw(x, theme="pink")
    with pytest.raises(OptionError, match="'numbers', 'formulas'"):
        draw(x, partials="all")
    with pytest.raises(OptionError, match="'kind', 'gradient'"):
        draw(x, color_by="size")
    with pytest.raises(OptionError, match="'svg'"):
        draw_dot(x, format="bmp-of-some-kind")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_colors_everything(example, theme):
    from viz.style.theme import THEMES

    source = draw(example, theme=theme).dot
    assert f'bgcolor="{THEMES[theme].background}"' in source
    assert f'color="{THEMES[theme].boxes["input"].border}"' in source


def test_gradients_color_boxes_from_blue_over_grey_to_orange():
    from viz.style.theme import LIGHT

    a, b = Value(2.0, label="a"), Value(-4.0, label="b")
    out = a * b * 1.0
    out.backward()
    source = draw(out, color_by="gradient").dot
    assert f'fillcolor="{LIGHT.negative}"' in source
    kinds = {line.split("fillcolor=")[1][1:8] for line in source.splitlines() if "fillcolor" in line}
    assert len(kinds) >= 3
    bars = [line.count("▰") for line in source.splitlines() if "▱" in line or "▰" in line]
    assert bars == [8, 4, 2, 2]  # ∂/∂a = −4, ∂/∂b = 2, ∂/∂v1 = ∂/∂v2 = 1
    assert "▰" not in draw(out).dot


PROGRAM = """
import sys
from autograd_core import Value, scope
for _ in range(int(sys.argv[1])):
    Value(0.0)
x, y = Value(1.5, label="x"), Value(-0.5, label="y")
class Owner:
    def parameters(self):
        return [y]
with scope("part", Owner()) as part:
    out = (x * y + x**2).tanh() / y
    part.tag(out)
out.backward()
import viz
sys.stdout.buffer.write((viz.draw(out).dot + viz.draw_dot(out).source + viz.step(out).table().to_text()).encode())
"""


def test_the_same_program_gives_the_same_bytes_in_every_process():
    def run(hash_seed, nodes_before):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", PROGRAM, nodes_before]
        return subprocess.run(command, capture_output=True, check=True, env=environment).stdout

    assert run("1", "0") == run("2", "1234")


def test_no_label_leaves_its_quotes(hostile):
    for text in hostile:
        x = Value(1.0, label=text)
        for source in (draw(x * 2.0).dot, draw_dot(x * 2.0).source):
            for line in source.splitlines()[1:-1]:
                assert line.startswith(("\tgraph [", "\tnode [", "\tedge [", "\tn0", "\tn1", "\tc1_1", "\t}")), line


def test_escape_leaves_no_character_that_dot_acts_on():
    assert escape("a|b") == r"a\|b"
    assert escape("<b>") == r"\<b\>"
    assert escape("\\N") == r"\\N"
    assert escape("&lt;") == "&amp;lt;"
    assert escape("x\ny") == "x y"
