"""Pictures as files, to be read in a review; ``python -m tests.viz.render.test_golden`` writes them anew.

They hold no layout, so they are the same with every Graphviz; nor times, addresses or the order of a hash.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from autograd_core import Value
from nn import MLP, DAGNetwork
from viz import draw, draw_dot, text
from viz.drawing.drawing import Drawing
from viz.network.gradient_flow import gradient_flow
from viz.scene.graph_view import Reading
from viz.steps.frames import Frames

FOLDER = Path(__file__).parent / "golden"


def expression() -> Value:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    out = (a / b - a**2).tanh()
    out.label = "y"
    out.backward()
    return out


def network() -> MLP:
    return MLP(2, [2, 1], activation="tanh", init=[[[0.5, -1.0], [0.25, 0.75]], [[1.0, -0.5]]])


def samples(count: int) -> Value:
    model = network()
    losses = [(model([Value(0.1 * i, label="x1"), Value(-0.5, label="x2")]) - 1.0) ** 2 for i in range(count)]
    out = sum(losses[1:], losses[0])
    out.label = "loss"
    out.backward()
    return out


def flow() -> MLP:
    model = network()
    model([Value(1.0), Value(-1.0)]).backward()
    return model


def dag() -> Value:
    net = DAGNetwork(
        [(1, 3), (2, 3), (3, 4), (1, 4)],
        activations={3: "tanh", 4: "linear"},
        weights={(1, 3): 0.5, (2, 3): -1.0, (3, 4): 2.0, (1, 4): 0.25},
    )
    (y,) = net([1.0, 2.0])
    return y


def scene(drawing: Drawing) -> str:
    """A scene as JSON, without what is empty."""
    kept = asdict(drawing.scene, dict_factory=lambda items: {k: v for k, v in items if v not in ("", (), None)})
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


def frames() -> str:
    found = Frames(Reading(expression()))
    return "".join(f"{found[k].scene.note}\n  {found[k].marks}\n" for k in range(len(found)))


MAKERS = {
    "expression.dot": lambda: draw(expression(), partials="both").dot,
    "expression_gradient_dark.dot": lambda: draw(expression(), theme="dark", color_by="gradient", rankdir="TB").dot,
    "expression_micrograd.dot": lambda: draw_dot(expression()).source,
    "expression.json": lambda: scene(draw(expression())),
    "expression_steps.txt": frames,
    "neurons.dot": lambda: draw(samples(1), collapse="neuron").dot,
    "neurons.json": lambda: scene(draw(samples(1), collapse="neuron")),
    "samples.txt": lambda: text(samples(30), max_nodes=20) + "\n",
    "dag.txt": lambda: text(dag(), collapse="neuron") + "\n",
    "gradient_flow.svg": lambda: gradient_flow(flow()).svg() + "\n",
}


@pytest.mark.parametrize("name", MAKERS)
def test_a_picture_is_the_file_it_was(name):
    assert MAKERS[name]() == (FOLDER / name).read_text(encoding="utf-8")


def test_every_file_has_its_maker():
    assert {path.name for path in FOLDER.iterdir()} == set(MAKERS)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for made, maker in MAKERS.items():
        (FOLDER / made).write_text(maker(), encoding="utf-8")
