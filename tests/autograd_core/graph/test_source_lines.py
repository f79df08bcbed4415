"""The expression that made a node: its lines, its columns, and whose line it is."""

from __future__ import annotations

import linecache
import pickle
import subprocess
import sys

import pytest

from autograd_core import Value, capture_source, functions, history
from autograd_core.graph.node import WATCHERS
from nn import MLP, Module


def expressions(code, **names):
    """Run code inside ``capture_source()``, and return the text of the expression of every node of ``root``."""
    file = f"<test {hash(code)}>"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    with capture_source():
        exec(compile(code, file, "exec"), names)
    found = []
    for node in history(names["root"])[::-1]:
        origin = (node.notes or {}).get("origin")
        if origin is None:
            continue
        assert node.notes["source"] == (file, origin.line)
        assert origin.file == file
        lines = [line.encode() for line in code.splitlines()[origin.line - 1 : origin.end_line]]
        lines[-1] = lines[-1][: origin.end_column]
        lines[0] = lines[0][origin.column :]
        found.append(b"\n".join(lines).decode())
    return found


A, B = Value(2.0), Value(3.0)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("root = a * b + a", ["a * b", "a * b + a"]),
        ("x = a * b; root = x + 1", ["a * b", "x + 1"]),
        ("root = (a * b\n        + a  # why\n        )", ["a * b", "a * b\n        + a"]),
        ("root = (lambda x: x * x)(a)", ["x * x"]),
        ("def f(x):\n    return -x\n\nroot = f(a)", ["-x"]),
        ("root = sum([x ** 2 for x in (a, b)])", ["x ** 2", "x ** 2", "sum([x ** 2 for x in (a, b)])"] * 1),
        ("é = '日本'; root = F.tanh(a).exp()", ["F.tanh(a)", "F.tanh(a).exp()"]),
        ("root = a\nfor _ in range(3):\n\troot *= b", ["root *= b"] * 3),
        ("root = 1.0 - a", ["1.0 - a"]),
    ],
)
def test_the_expression_is_known_to_the_column(code, found):
    texts = expressions(code, a=Value(2.0), b=Value(3.0), F=functions)
    assert sorted(set(texts)) == sorted(set(found))


class Scaled(Module):
    def __init__(self):
        self.model = MLP(2, [2, 1], activation="tanh", rng=0)

    def forward(self, x):
        return self.model(x) * 2.0


def test_of_what_layers_compute_it_is_the_users_line():
    texts = expressions("root = net([a, b]) + 1", net=MLP(2, [2, 1], rng=0), a=Value(1.0), b=Value(2.0))
    assert set(texts) == {"net([a, b])", "net([a, b]) + 1"}
    with capture_source():
        root = Scaled()([1.0, 2.0])
    assert {node.notes["origin"].file for node in history(root) if node.op is not None} == {__file__}
    assert len({node.notes["origin"].line for node in history(root) if node.op is not None}) == 1  # in forward


def test_off_it_costs_nothing():
    with capture_source():
        assert len(WATCHERS) == 1
    assert not WATCHERS  # the one question that every operation asks anyhow
    assert (Value(1.0) * 2.0).notes is None


def test_what_is_noted_can_be_pickled():
    with capture_source():
        root = Value(1.0) * 2.0
    assert pickle.loads(pickle.dumps(root)).notes["origin"] == root.notes["origin"]


def test_without_columns_the_line_remains():
    code = (
        "from autograd_core import Value, capture_source\n"
        "with capture_source():\n"
        "    root = (Value(1.0)\n"
        "        * 2.0)\n"
        "print(root.notes['origin'])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-X", "no_debug_ranges", "-c", code], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "Origin(file='<string>', line=3, end_line=3, column=None, end_column=None)\n"
