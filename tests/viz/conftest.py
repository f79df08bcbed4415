"""Graphs that the tests of pictures and pages share."""

from __future__ import annotations

import random

import pytest

from autograd_core import Value, functions, scope

#: labels that break what does not escape: records, DOT, XML, HTML, JSON, TeX, terminals
HOSTILE = [
    "a|b",
    "{x}",
    "<b>bold</b>",
    "<port>",
    '"quoted"',
    "back\\slash",
    "ends in \\",
    "\\N \\G \\L",
    "two\nlines\r\n",
    "tab\there",
    "nul\x00byte",
    "bell\x07escape\x1b[31m",
    "&amp; &#x41; &lt;",
    "]]>",
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!-- comment --> -->",
    '" onload="alert(1)',
    "' onclick='alert(1)",
    "javascript:alert(1)",
    "\u202eright to left\u202c",
    "\ufeff\ufffe\uffff",
    "\ud800 lone surrogate",
    "$title ${title}",
    "%s {0} {name}",
    "x" * 500,
    "n0:s1",
    "]; evil [label=x",
    "a -> b; //",
    "∂L/∂w é 日本語 😀",
    "",
    "   ",
    "=",
    "\\begin{cases} \\frac{",
]


@pytest.fixture
def hostile():
    return list(HOSTILE)


@pytest.fixture
def example():
    """L = tanh((a·b − a²) / b): every kind of edge in a few nodes."""
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    d = a * b - a**2
    d.label = "d"
    out = (d / b).tanh()
    out.label = "L"
    return out


@pytest.fixture
def neuron():
    """tanh(w·x + b) made inside nested scopes, by an owner of parameters."""

    class Owner:
        def __init__(self):
            self.w, self.b = [Value(-3.0, label="w"), Value(1.0, label="w")], Value(6.8814, label="b")

        def parameters(self):
            return [*self.w, self.b]

    xs = [Value(2.0, label="x1"), Value(0.0, label="x2")]
    owner = Owner()
    with scope("net"), scope("neuron0", owner) as part:
        out = (xs[0] * owner.w[0] + xs[1] * owner.w[1] + owner.b).tanh()
        part.tag(out)
    return out


def random_graph(seed: int, size: int = 25) -> Value:
    """A graph of random operations on random nodes, repeats, constants and fan-outs included."""
    draw = random.Random(seed)
    nodes = [Value(draw.uniform(0.3, 2.0), label=f"x{i}") for i in range(3)]
    for _ in range(size):
        a, b = draw.choice(nodes), draw.choice(nodes[-6:])
        operation = draw.randrange(9)
        if operation == 0:
            made = a + b
        elif operation == 1:
            made = a * b
        elif operation == 2:
            made = a - b * draw.uniform(-1.0, 1.0)
        elif operation == 3:
            made = a / (b * b + 1.0)
        elif operation == 4:
            made = (a * 0.5).tanh()
        elif operation == 5:
            made = a.relu() + 0.1
        elif operation == 6:
            made = functions.maximum(a, b)
        elif operation == 7:
            made = functions.where(a - b, a * 0.7, b)
        else:
            made = functions.sin(a) ** 2
        nodes.append(made)
    return sum(nodes[-3:], Value(0.0))


@pytest.fixture
def make_graph():
    return random_graph
