"""What notebooks and terminals show by themselves: soon, within a budget, and never an error."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
import types

import numpy as np
import pytest

import nn
from autograd_core import Tensor, Value, functions, trace
from autograd_core.graph import display
from viz import draw
from viz.notebook import display as showing
from viz.notebook import sparklines as sparks
from viz.render import render


def shown(thing):
    bundle = thing._repr_mimebundle_(include=None, exclude=None)
    assert bundle["text/plain"]
    assert sum(map(len, bundle.values())) < 1.1 * showing.BUDGET
    assert json.loads(json.dumps(bundle)) == bundle
    return bundle


def product():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    return a * b + a


def history(epochs=5):
    model = nn.MLP(2, [3, 1], rng=0)
    data = ([[0.0, 1.0], [1.0, 0.0]], [1.0, -1.0])
    return nn.fit(model, data, "hinge", nn.SGD(model.parameters(), 0.1), epochs=epochs, progress=False)


THINGS = {
    "value": product,
    "tensor": lambda: (Tensor(np.arange(6.0).reshape(3, 2), requires_grad=True) @ Tensor([1.0, 2.0])).tanh().sum(),
    "program": lambda: trace(lambda w, x: functions.tanh(w[0] * x + w[1]), [0.5, -1.0], 2.0),
    "long program": lambda: trace(lambda x: sum((functions.sin(x * float(k)) for k in range(99)), x), 2.0),
    "several outputs": lambda: trace(lambda x: [x * x, x + 1.0], 2.0),
    "mlp": lambda: nn.MLP(2, [3, 1], rng=0),
    "dag": lambda: nn.DAGNetwork([(1, 3), (2, 3)], rng=0),
    "sequential": lambda: nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5), nn.Linear(3, 1)),
    "history": history,
}


@pytest.mark.dot
@pytest.mark.parametrize("name", THINGS)
def test_everything_shows_itself_in_words_and_in_pictures(name):
    bundle = shown(THINGS[name]())
    assert "<img" in bundle["text/html"] or "<table" in bundle["text/html"]


@pytest.mark.parametrize("name", THINGS)
def test_without_graphviz_the_words_are_left(name, monkeypatch):
    monkeypatch.setattr(render.shutil, "which", lambda name: None)
    monkeypatch.setattr(render, "_bundled_folder", lambda: "")
    thing = THINGS[name]()
    if name not in ("mlp", "dag", "sequential"):
        assert repr(thing) in shown(thing)["text/plain"]
    assert "Graphviz" not in str(shown(thing))


@pytest.mark.parametrize("name", THINGS)
def test_a_terminal_is_given_text_and_no_picture_is_made_for_it(name, monkeypatch):
    shell = types.SimpleNamespace(display_formatter=types.SimpleNamespace(active_types=["text/plain"]))
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr(showing, "_picture", lambda picture: pytest.fail("a picture was drawn"))
    assert shown(THINGS[name]()).keys() == {"text/plain"}


def test_what_the_words_say():
    text = shown(product())["text/plain"]
    assert text.startswith("Value(data=-4.0, grad=0.0)\n")
    assert "a * b" in text
    assert shown(Value(3.0, label="x")) == {"text/plain": "Value(data=3.0, grad=0.0, label='x')"}
    program = shown(THINGS["program"]())["text/plain"]
    assert "Reverse adjoint trace" in program
    assert "100 mul" not in program
    assert (
        "98 add" in shown(THINGS["long program"]())["text/plain"]
        or "99 add" in shown(THINGS["long program"]())["text/plain"]
    )
    assert "layer0  9  Layer of [ReLUNeuron(2)" in shown(nn.MLP(2, [3, 1], rng=0))["text/plain"]
    assert "weight  6" in shown(nn.Linear(2, 3))["text/plain"]


def test_what_a_model_holds_itself_stands_beside_its_parts():
    class Scaled(nn.Module):
        def __init__(self):
            self.inner, self.scale = nn.MLP(1, [1], init="zeros"), Value(2.0)

    assert shown(Scaled())["text/plain"].splitlines() == [
        "Scaled: 3 parameters",
        "inner  2  MLP of [Layer of [LinearNeuron(1)]]",
        "scale  1  2.",
    ]


def test_what_has_nothing_to_train_tells_its_own_words_instead_of_a_zero():
    told = shown(nn.Perceptron(2).fit([[0, 0], [1, 1]], [-1, 1]))["text/plain"]
    assert re.match(r"Perceptron\(w=\[.*converged after \d+ updates", told)
    assert shown(nn.Nonlinearity("relu"))["text/plain"] == "Nonlinearity('relu')"


def test_gradients_are_shown_as_they_are_and_not_computed():
    y = product()
    assert "∇ —" in shown(y)["text/plain"]
    assert not y.swept
    y.backward()
    assert "∇ —" not in shown(y)["text/plain"]


def test_a_large_graph_is_counted_and_not_drawn(monkeypatch):
    x = Value(1.0)
    for _ in range(200_000):
        x = x + 1.0
    monkeypatch.setattr(showing, "draw", lambda *_, **__: pytest.fail("it was drawn"))
    bundle = shown(x)
    assert bundle.keys() == {"text/plain"}
    assert f"more than {showing.MOST_NODES:,} nodes" in bundle["text/plain"]
    assert showing.count_nodes(product()) == 4


def test_what_is_beyond_the_budget_is_left_out(monkeypatch):
    monkeypatch.setattr(showing, "BUDGET", 2_000)
    program = THINGS["program"]()
    assert shown(product()).keys() == {"text/plain"}
    monkeypatch.setattr(showing, "BUDGET", 12_000)
    html = shown(program)["text/html"]
    assert "<table" in html
    assert "<img" not in html


def test_text_from_outside_is_quoted():
    hostile = Value(1.0, label="<script>alert(1)</script>") * 2.0
    assert "<script>" not in shown(hostile).get("text/html", "")
    record = history(1)
    record.epochs[0]["<script>"] = 1.0
    record.epochs.append(dict(record.epochs[0]))
    assert "<script>" not in shown(record)["text/html"]


def test_an_empty_history_says_so():
    assert shown(nn.History())["text/plain"] == repr(nn.History())


def test_viz_is_what_fills_the_hooks_and_nn_is_not_imported_for_it():
    program = (
        "import sys; from autograd_core import Value, trace; x = Value(2.0) * 3.0\n"
        "print(list(x._repr_mimebundle_()), x._repr_mimebundle_()['text/plain'] == repr(x))\n"
        "import viz; print('nn' in sys.modules, len(x._repr_mimebundle_()['text/plain']) > len(repr(x)))\n"
        "print(trace(lambda x: x * x, 2.0).draw())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["['text/plain'] True", "False True", "<Drawing of v1: 1 given, 1 computed>"]


def test_a_class_of_ones_own_can_be_shown_and_its_subclasses_with_it(monkeypatch):
    monkeypatch.setattr(display, "DISPLAYS", dict(display.DISPLAYS))

    class Twin(nn.MLP):
        pass

    display.register_display(nn.MLP, lambda model: {"text/plain": "a perceptron"})
    assert shown(Twin(1, [1])) == {"text/plain": "a perceptron"}
    assert "Neuron" in shown(nn.Neuron(1))["text/plain"]


def test_a_program_draws_itself_with_the_options_of_draw():
    program = THINGS["program"]()
    drawing = program.draw([1.0, 2.0], 3.0, rankdir="TB", theme="dark")
    assert "rankdir=TB" in drawing.dot
    assert "0.9999" in drawing.text()


def test_sparks_show_what_is_finite():
    assert sparks.spark([0.0, float("nan"), 7.0]) == "▁ █"
    assert sparks.spark([2.0, 2.0]) == "▁▁"
    assert sparks.spark([float("nan")]) == " "
    assert len(sparks.spark(range(1000))) == 24
    svg = sparks.curve([1.0, float("inf"), 2.0, 3.0], "loss & more", showing.LIGHT)
    assert "loss &amp; more" in svg
    assert svg.count("M") == 2
    assert "nan" not in svg
    assert sparks.curve([float("nan")] * 2, "x", showing.LIGHT).count("<text") == 1


def printed(thing, width=120):
    console = pytest.importorskip("rich.console", reason="needs pip install rich").Console(
        width=width, record=True, file=io.StringIO(), force_terminal=True
    )
    console.print(thing)
    plain = console.export_text(clear=False)
    return plain, console.export_text(styles=True)


@pytest.mark.parametrize("name", THINGS)
def test_rich_prints_the_same_words_in_colors(name, monkeypatch):
    thing = THINGS[name]()
    words = shown(thing)["text/plain"]
    monkeypatch.setattr(render, "render", None)  # no picture is made for it
    plain, styled = printed(thing, 400)
    assert "\x1b[" in styled
    if isinstance(thing, (Value, Tensor)):
        assert all(box.name in plain and box.data in plain for box in draw(thing).scene.boxes)
    else:
        assert plain.rstrip() == "\n".join(map(str.rstrip, words.split("\n")))


def test_a_tree_has_the_parts_of_the_model_and_its_gradients_their_colors():
    model = nn.MLP(1, [2, 1], init=[[[1.0], [1.0]], [[1.0, -1.0]]])
    out = model([Value(2.0, label="[red]x[/red]")])
    assert "∇ —" in printed(out)[0]
    out.backward()
    plain, styled = printed(out)
    assert "│   ├── neuron0\n" in plain or "│   ├── layer0\n" in plain
    assert "[red]x[/red]" in plain
    negative, positive = (re.search(rf"(\x1b\[[\d;]*m)  ∇ {sign}\d", styled)[1] for sign in ("−", ""))
    assert negative != positive


def test_what_nobody_has_said_how_to_show_is_printed_as_its_text(monkeypatch):
    monkeypatch.setattr(display, "DISPLAYS", {})
    assert printed(Value(2.0, label="[bold]a"))[0].strip() == "Value(data=2.0, grad=0.0, label='[bold]a')"


def test_a_graph_of_a_million_nodes_is_answered_for_at_once():
    x = Value(1.0)
    for _ in range(1_000_000):
        x = x + 1.0
    start = time.process_time()
    assert "more than 5,000 nodes" in shown(x)["text/plain"]
    assert "more than 5,000 nodes" in printed(x)[0]
    assert time.process_time() - start < 2.0  # it takes 0.02; a walk through it all would take ten
