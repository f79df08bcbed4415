"""What a program prints: its source, which runs alone, and its evaluation trace."""

from __future__ import annotations

import math
import random
import subprocess
import sys

import pytest

from autograd_core import TABLE, Pointwise, Value, functions, gradient, trace
from autograd_core.errors import GraphError, ShapeError
from autograd_core.graph import display
from autograd_core.graph.node import Node
from autograd_core.readings.operation import Operation, register

from .functions import ARITHMETIC, SMOOTH, random_function, same


def run(text):
    """Run printed source by itself, as a reader would."""
    names = {"__name__": "printed"}
    exec(compile(text, "printed", "exec"), names)
    return names


def check_bits(f, example, points, argnums=0):
    text = trace(f, *example).source(argnums)
    assert {line for line in text.splitlines() if line.startswith(("import", "from"))} == {
        "from __future__ import annotations",
        "import math",
    }
    names = run(text)
    for point in points:
        leaves = [[Value(x) for x in argument] for argument in point]
        y = f(*leaves)
        expected = gradient(y, leaves[0])
        value, slopes = names["value_and_grad"](*point)
        assert same(value, y.data)
        assert all(map(same, slopes, expected)), (slopes, expected)
        assert same(names["value"](*point), y.data)


@pytest.mark.parametrize("names", [ARITHMETIC, SMOOTH], ids=["arithmetic", "elementary"])
def test_source_gives_the_bits_of_eager(names):
    for seed in range(150):
        rng = random.Random(seed)
        points = [([rng.uniform(-2.0, 2.0) for _ in range(3)],) for _ in range(3)]
        check_bits(random_function(seed, names), points[0], points)


@pytest.mark.parametrize("name", [name for name, op in TABLE.items() if isinstance(op, Pointwise)])
def test_every_operation_prints(name):
    op = TABLE[name]
    rng = random.Random(name)
    points = [([rng.uniform(*interval) for interval in op.domain],) for _ in range(5)]
    check_bits(lambda x: Operation(op)(*x), points[0], points)


def test_source_runs_in_a_process_that_has_nothing_but_math(tmp_path):
    program = trace(lambda w, x: functions.gelu(w[0] * x[0] + w[1] * x[1]) ** 2 / x[0], [0.5, -1.0], [2.0, 1.0])
    file = tmp_path / "printed.py"
    file.write_text(program.source() + "\nprint(repr(value_and_grad([0.5, -1.0], [2.0, 3.0])))\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", "-S", str(file)], capture_output=True, text=True, check=True)
    leaves = [Value(0.5), Value(-1.0)]
    y = functions.gelu(leaves[0] * 2.0 + leaves[1] * 3.0) ** 2 / 2.0
    assert done.stdout.strip() == repr((y.data, list(gradient(y, leaves))))


def test_source_with_every_kind_of_argument():
    w = Value(3.0, label="class")  # a keyword, which cannot be a name
    program = trace(lambda o, m, math: o["a b"] * m[1][0] * w + math, {"a b": 2.0}, [[1.0], [5.0]], 4.0)
    names = run(program.source((0, 1, 2, "parameters")))
    value, slopes = names["value_and_grad"]({"a b": 2.0}, [[1.0], [5.0]], 4.0)
    assert (value, slopes) == (34.0, ({"a b": 15.0}, [[0.0], [6.0]], 1.0, [10.0]))
    assert names["value"]({"a b": 2.0}, [[1.0], [5.0]], 4.0, [0.0]) == 4.0
    assert "value_and_grad" not in program.source(None)


def test_long_lines_are_broken_where_python_allows_it():
    n = 60
    program = trace(
        lambda x: functions.sum([a * b for a in x[: n // 2] for b in x[n // 2 :]]), [float(k) for k in range(n)]
    )
    text = program.source()
    assert max(map(len, text.splitlines())) <= 110
    value, slopes = run(text)["value_and_grad"]([1.0] * n)
    assert value == n * n / 4
    assert slopes == [n / 2] * n


def test_constants_that_are_no_ordinary_numbers():
    program = trace(lambda x: functions.minimum(x, math.inf) + functions.maximum(x, -math.inf) + x * -0.0, 1.0)
    assert run(program.source())["value_and_grad"](2.0) == (4.0, 2.0)


def test_a_kernel_without_a_text_cannot_be_printed():
    op = register(
        Pointwise(
            name="test_source_twice", scalar=lambda x: x + x, array=lambda x: x + x, partials=(lambda m, y, x: 2.0,)
        )
    )
    try:
        with pytest.raises(GraphError, match="is a lambda"):
            trace(op, 1.0).source()
    finally:
        del TABLE["test_source_twice"]


def test_the_trace_of_the_survey():
    """Baydin et al. 2018, tables 2 and 3: f(x1, x2) = ln x1 + x1 x2 - sin x2 at (2, 5)."""
    table = trace(lambda x1, x2: functions.log(x1) + x1 * x2 - functions.sin(x2), 2.0, 5.0).table()
    assert [(row.tex, row.formula_tex, f"{row.value:.3f}") for row in table.primal] == [
        ("v_{-1}", "", "2.000"),
        ("v_{0}", "", "5.000"),
        ("v_{1}", r"\ln v_{-1}", "0.693"),
        ("v_{2}", r"v_{-1} \cdot v_{0}", "10.000"),
        ("v_{3}", "v_{1} + v_{2}", "10.693"),
        ("v_{4}", r"\sin v_{0}", "-0.959"),
        ("v_{5}", "v_{3} - v_{4}", "11.652"),
    ]
    final = {row.tex: row.value for row in table.adjoint}  # the last row of each is the whole adjoint
    assert math.isclose(final[r"\bar{v}_{-1}"], 5.5)
    assert math.isclose(final[r"\bar{v}_{0}"], 1.7163378145367738)
    assert table.adjoint[0].note == "seed"


def test_the_trace_in_every_form():
    table = trace(lambda x, y: functions.relu(x * y) + functions.maximum(x, -2.0), -1.5, 2.0).table()
    text, markdown, latex, html = str(table), table.markdown(), table.latex(), table.html()
    assert "= (-1.5) * 2" in text
    assert "Reverse adjoint trace" in text
    assert markdown.count("|---|---|---|---|---|") == 2
    assert latex.startswith(r"\begin{tabular}")
    assert latex.count("{") == latex.count("}")
    assert html == table._repr_html_()
    assert html.count("<tr>") == html.count("</tr>") == len(table.primal) + len(table.adjoint) + 2
    assert repr(table) == f"<EvaluationTrace of <lambda>: {len(table.primal)} + {len(table.adjoint)} rows>"
    assert "&lt;lambda&gt;" in html
    assert "<script" not in trace(lambda x: x * 1.0, {"<script>": 1.0}["<script>"]).table().html()


def test_names_mean_nothing_in_tex():
    table = trace(lambda d: d["a_1{2}\\^~"] * 2.0, {"a_1{2}\\^~": 1.0}).table()
    quoted = r"a\_1\{2\}\textbackslash{}\textbackslash{}\textasciicircum{}\textasciitilde{}"
    assert quoted in table.latex()


def test_the_trace_elsewhere_and_of_several_outputs():
    program = trace(lambda x: [x[0] * x[1], x[0] + x[1]], [1.0, 2.0])
    table = program.table([3.0, 4.0])
    assert [row.value for row in table.primal] == [3.0, 4.0, 12.0, 7.0]
    assert not table.adjoint
    with pytest.raises(ShapeError, match="One sample of"):
        program.table([[1.0, 2.0]])


def test_the_graph_and_the_drawing(monkeypatch):
    program = trace(lambda x, y: x * y + x, 2.0, 3.0)
    root = program.graph()
    assert root.data == 8.0
    root.backward()
    assert [leaf.label for leaf in root.parents[0].parents] == ["x", "y"]
    assert program.graph(5.0, 1.0).data == 10.0
    monkeypatch.setattr(display, "DISPLAYS", {})
    with pytest.raises(GraphError, match="import viz"):
        program.draw()
    display.register_display(Node, repr, lambda root, **options: (root.data, options))
    assert program.draw(1.0, 1.0, rankdir="TB") == (2.0, {"rankdir": "TB"})
    with pytest.raises(GraphError, match="2 outputs"):
        trace(lambda x: [x, x], 1.0).graph()


def test_a_program_says_what_it_is():
    assert repr(trace(random_function(1), [1.0, 2.0, 3.0])).startswith("<Program random_1(x): ")
    assert len(trace(lambda x: x * x + 1.0, 1.0)) == 2
