"""The evaluation trace, checked against the one in the literature."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest

from autograd_core import Tensor, Value, functions
from nn import MLP
from viz import trace_table
from viz.style.errors import SizeLimitError


@pytest.fixture
def baydin():
    """ln x1 + x1·x2 − sin x2 at (2, 5): Baydin et al., JMLR 18 (2018), tables 2 and 3."""
    x1, x2 = Value(2.0, label="x1"), Value(5.0, label="x2")
    out = functions.log(x1) + x1 * x2 - functions.sin(x2)
    out.label = "y"
    return out


def test_the_example_of_the_literature(baydin):
    rows = {row.name: row for row in trace_table(baydin).rows}
    values = {name: float(row.value.replace("−", "-")) for name, row in rows.items()}
    assert values["y"] == pytest.approx(11.652, abs=5e-4)
    assert sorted(values.values()) == pytest.approx(sorted([2, 5, 0.693, 10, -0.959, 10.693, 11.652]), abs=1e-3)
    assert rows["x1"].adjoint == "5.5000"
    assert rows["x2"].adjoint == "1.7163"
    assert float(rows["x2"].adjoint) == pytest.approx(2.0 - math.cos(5.0), abs=5e-5)


def test_an_adjoint_is_a_sum_over_all_uses(baydin):
    row = next(row for row in trace_table(baydin).rows if row.name == "x2")
    assert row.adjoint_name == "x̄2"
    assert len(row.adjoint_formula.split(" + ")) == 2
    assert len(row.adjoint_numbers.split(" + ")) == 2


def test_what_a_linear_operation_sends_is_no_product_with_the_adjoint():
    x = Tensor([1.0, 2.0], requires_grad=True, label="x")
    row = next(row for row in trace_table((x * 2.0).sum()).rows if row.name == "v1")
    assert (row.adjoint_formula, row.adjoint_tex.count("bar{v}")) == ("spread(v̄2)", 1)


def test_long_sums_are_cut_with_a_count():
    x = Value(1.0, label="x")
    out = sum((x * float(i) for i in range(10)), Value(0.0))
    row = next(row for row in trace_table(out).rows if row.name == "x")
    assert row.adjoint_formula.endswith(" + 6 more")
    assert row.adjoint == "45.0000"


def test_no_gradient_is_touched_and_none_is_needed(baydin):
    trace_table(baydin)
    assert not baydin.swept
    assert all(row.adjoint != "—" for row in trace_table(baydin).rows)


def test_text_is_aligned(baydin):
    lines = repr(trace_table(baydin)).splitlines()
    assert len(lines) == 9
    from viz.style.labels import width

    bars = {width(line[: line.index("│")]) for line in lines if "│" in line}
    assert len(bars) == 1


def test_a_long_table_is_cut_with_a_count():
    x = Value(1.0)
    for _ in range(200):
        x = x + 1.0
    table = trace_table(x)
    assert len(table) == 201
    assert "141 rows more" in repr(table)
    assert len(table.to_text().splitlines()) == 203
    assert "141 rows more" in table._repr_mimebundle_()["text/html"]


def test_a_table_too_long_is_refused():
    x = Value(1.0)
    with pytest.raises(SizeLimitError, match="max_nodes=2"):
        trace_table(x + 1.0 + 1.0, max_nodes=2)


def test_markdown_and_html_escape(hostile):
    for text in hostile:
        table = trace_table(Value(1.0, label=text) * 2.0)
        for line in table.to_markdown().splitlines():
            assert line.replace("\\|", "").count("|") == 9
        for math_wanted in (True, False):
            page = table.to_html(math=math_wanted)
            assert "<script" not in page
            assert 'onload="' not in page
            assert page.count("<tr") == 3


def test_a_page_can_do_without_the_numbers_put_in(baydin):
    table = trace_table(baydin)
    whole, lean = (ElementTree.fromstring(table.to_html(numbers=numbers)) for numbers in (True, False))
    cells = [[cell.text for cell in row.iter("th")] for row in lean.iter("tr")]
    assert cells[0] == [None, "forward ↓", "value", "adjoint", "reverse ↑", "value"]
    shown = [[cell for cell in row if "numbers" not in cell.get("class", "")] for row in whole.find("tbody")]
    assert [[ElementTree.tostring(cell) for cell in row] for row in lean.find("tbody")] == [
        [ElementTree.tostring(cell) for cell in row] for row in shown
    ]


def test_the_page_is_told_where_names_take_room(baydin):
    assert 'class="trace"' in trace_table(baydin).to_html()
    model = MLP(2, [2, 1], rng=0)
    table = ElementTree.fromstring(trace_table(model([Value(1.0), Value(2.0)])).to_html())
    assert table.get("class") == "trace long"
    rows = {row.get("data-node"): row.get("class") for row in table.iter("tr") if row.get("data-node")}
    given = {row.node: None if row.formula else "given" for row in trace_table(model([Value(1.0), Value(2.0)])).rows}
    assert rows == given
    assert "given" in rows.values()
    assert 'class="trace long arrays"' in trace_table((Tensor([1.0, 2.0], requires_grad=True) * 2.0).sum()).to_html()
