"""What is folded: by level, by depth, by a function, or just enough; and that nothing is lost by it."""

from __future__ import annotations

import math
import re

import pytest

from autograd_core import Value, history, scope
from nn import MLP, DAGNetwork
from viz import draw, text
from viz.scene.folding import EARLIER, fold, levels
from viz.scene.graph_view import Reading
from viz.scene.overview import folded
from viz.scene.scene import build
from viz.style.errors import OptionError

PATHS = ["", "net.layer0.neuron0", "net.layer0.neuron0", "net.layer0.neuron1", "net.layer1.neuron0", "net", ""]


@pytest.fixture(scope="module")
def network():
    return MLP(2, [16, 16, 1], activation="tanh", rng=0)


def loss_of(network, x):
    score = network([Value(x[0], label="x1"), Value(x[1], label="x2")])
    loss = (1.0 - score) ** 2
    loss.label = "loss"
    return loss


@pytest.fixture(scope="module")
def loss(network):
    root = loss_of(network, [0.5, -1.0])
    root.backward()
    return root


@pytest.fixture(scope="module")
def batch(network):
    terms = [loss_of(network, [0.1 * i - 1.0, 0.3]) for i in range(20)]
    root = sum(terms, Value(0.0)) * 0.05 + 1e-4 * sum(p * p for p in network.parameters())
    root.backward()
    return root


# Levels


def test_levels_from_fine_to_coarse():
    found = levels(PATHS)
    assert list(found) == ["op", "neuron", "layer", "model"]
    assert found["layer"]["net.layer0.neuron1"] == "net.layer0"
    assert "net" not in found["layer"]
    assert set(found["model"].values()) == {"net"}


@pytest.mark.parametrize(("collapse", "boxes"), [("neuron", 6), ("layer", 5), ("model", 3), (1, 3), (2, 5), (3, 6)])
def test_a_level_or_a_depth_folds_its_parts(collapse, boxes):
    found = fold(PATHS, collapse)
    assert found.boxes == boxes
    assert f"7 nodes shown as {boxes} boxes" in found.note
    assert "collapse=None" in found.note


@pytest.mark.parametrize("collapse", [None, "op"])
def test_nothing_is_folded_where_nothing_shall_be(collapse):
    found = fold(PATHS, collapse, most=2)
    assert found.boxes == 7
    assert found.note == ""


def test_a_function_decides_outer_parts_first():
    asked = []

    def wanted(path):
        asked.append(path)
        return path.endswith("layer0")

    assert fold(PATHS, wanted).keys == ("", "net.layer0", "net.layer0", "net.layer0", "", "", "")
    assert asked == ["net", "net.layer0", "net.layer1", "net.layer1.neuron0"]


@pytest.mark.parametrize("collapse", ["neurons", "", 0, -1, True, False, 2.0])
def test_another_level_is_refused_with_those_there_are(collapse):
    with pytest.raises(OptionError, match="'neuron', 'layer', 'model'"):
        draw(Value(1.0) * 2.0, collapse=collapse)


@pytest.mark.parametrize("most", [1, 0, -3])
def test_a_limit_that_leaves_no_room_is_refused(most):
    with pytest.raises(OptionError, match=f"max_nodes={most}"):
        draw(Value(1.0) * 2.0, max_nodes=most)


# Just enough


def test_automatic_folding_takes_the_finest_level_that_fits(loss):
    size = len(history(loss))
    for most, left in ((size, size), (size - 1, 37), (36, 36), (35, 7), (6, 6), (5, 5)):
        scene = draw(loss, max_nodes=most).scene
        assert len([box for box in scene.boxes if box.kind != "constant"]) == left
        assert bool(scene.note) == (left < size)
    assert "each neuron is one" in draw(loss).scene.note
    assert "max_nodes=None" in draw(loss).scene.note
    assert draw(loss, max_nodes=None).scene == draw(loss, collapse=None).scene


@pytest.mark.parametrize("most", [2, 5, 40])
def test_there_are_never_more_boxes_than_asked_for(batch, loss, most):
    for root in (batch, loss):
        reading = Reading(root)
        found = folded(reading, "auto", most)
        assert sum(box.kind != "constant" for box in found.boxes) <= most


def test_of_a_long_graph_without_parts_the_newest_are_shown():
    x = Value(0.3, label="x")
    for i in range(500):
        x = (x * 1.01).tanh() if i % 2 else x.exp() - 1.0
    scene = draw(x, max_nodes=50).scene
    assert scene.boxes[0].name == "952 earlier nodes"
    assert scene.boxes[0].members[-1] == "n951"
    assert scene.boxes[-1].kind == "output"
    assert "the newest" in scene.note
    assert EARLIER not in draw(x, max_nodes=50).dot


# Repeated blocks


def test_samples_through_one_neuron_are_that_neuron_times_their_number(batch):
    boxes = {box.title: box for box in draw(batch, max_nodes=60).scene.boxes}
    assert boxes["neuron3 ×20"].formula == "tanh(w·x + b)"
    assert boxes["sub ×20"].formula == "−"
    assert boxes["x ×40"].kind == "fold"
    assert "what is repeated n times is ×n" in draw(batch, max_nodes=60).scene.note


def test_samples_through_operations_of_ones_own_are_folded_too():
    w, b = Value(0.5, label="w"), Value(0.1, label="b")
    root = sum(((w * Value(float(i), label=f"x{i}") + b).tanh() - 0.01 * i) ** 2 for i in range(100))
    boxes = {box.title: box for box in draw(root).scene.boxes}
    assert {"w", "b", "x ×100", "mul ×100", "tanh ×100", "sub ×100", "pow ×100"} <= set(boxes)
    assert boxes["x ×100"].data == "0.0000 … 99.0000"


def test_what_differs_is_not_called_repeated():
    x = Value(2.0, label="x")
    root = sum((x**2, x**3, x**4, x.exp(), x.tanh()), Value(0.0))
    folded_scene = draw(root, max_nodes=11).scene
    assert not any(box.kind == "fold" and "pow" in box.title for box in folded_scene.boxes)


# Nothing is lost


@pytest.mark.parametrize("collapse", ["neuron", "layer", "model", 2, lambda path: path.endswith("layer1"), "auto"])
def test_every_node_and_every_edge_is_shown_or_hidden_once(loss, collapse):
    whole, scene = draw(loss, collapse=None).scene, draw(loss, collapse=collapse).scene
    hidden = [member for box in scene.boxes for member in box.members]
    shown = [box.id for box in scene.boxes if box.id.startswith("n")]
    assert sorted(hidden + shown) == sorted(box.id for box in whole.boxes if box.id.startswith("n"))
    place = {member: box.id for box in scene.boxes for member in (*box.members, box.id)}
    drawn = {
        member: (edge.tail, edge.head)
        for edge in scene.edges
        for member in (edge.members or (edge.id,))
        if not edge.tail.startswith("c")
    }
    assert drawn == {
        edge.id: (place[edge.tail], place[edge.head])
        for edge in whole.edges
        if not edge.tail.startswith("c") and place[edge.tail] != place[edge.head]
    }


def test_a_folded_neuron_shows_its_formula_its_value_and_the_norm_of_its_gradient(network, loss):
    box = next(box for box in draw(loss, collapse="neuron").scene.boxes if box.path == "mlp.layer2.neuron0")
    neuron = network.layers[2].neurons[0]
    score = next(node for node in history(loss) if node.op is not None and node.op.name == "sub").parents[0]
    assert (box.title, box.formula, box.kind) == ("neuron0", "w·x + b", "fold")
    assert box.data == f"{score.data:.4f}".replace("-", "−")
    assert box.grad == f"{math.sqrt(sum(p.grad**2 for p in neuron.parameters())):.4f}"


def test_a_gradient_that_no_sweep_has_computed_stays_a_dash():
    network = MLP(2, [3, 1], rng=0)
    assert {
        box.grad for box in draw(loss_of(network, [1.0, 2.0]), collapse="neuron").scene.boxes if box.kind == "fold"
    } == {"—"}


def test_nodes_of_a_dag_are_its_neurons():
    net = DAGNetwork([(1, 3), (2, 3), (3, 4), (1, 4)], activations={3: "tanh", 4: "linear"})
    (y,) = net([1.0, 2.0])
    scene = draw(y, collapse="neuron").scene
    assert [box.title for box in scene.boxes if box.kind == "fold"] == ["node3", "node4"]
    assert [(e.tail, e.head) for e in scene.edges if e.tail == "f0"] == [("f0", "f1")]


def test_a_folded_operand_that_is_used_twice_keeps_both_places():
    x = Value(2.0, label="x")
    with scope("part") as part:
        part.tag(y := (x + 1.0).tanh())
    into = [edge for edge in draw(y / y, collapse="neuron").scene.edges if edge.tail == "f0"]
    assert [(edge.head, edge.slot) for edge in into] == [("n3", 0), ("n3", 1)]


# How it looks


def test_a_line_beneath_the_picture_says_what_was_folded(loss):
    note = draw(loss).scene.note
    assert note == ("981 nodes shown as 37 boxes: each neuron is one. Pass collapse=None or max_nodes=None to see all.")
    assert f'label="{note}"' in draw(loss).dot
    assert draw(loss).text().endswith(note)
    assert text(loss) == draw(loss).text()


def test_the_tree_of_a_terminal_is_indented_by_parts(loss):
    lines = text(loss, collapse="layer").splitlines()
    assert lines[1] == "mlp"
    assert lines[2].startswith("  layer0 = 16 · tanh(w·x + b) = ")
    assert "‖∇‖" in lines[2]


@pytest.mark.dot
def test_neurons_of_a_layer_stand_in_their_order(loss):
    svg = draw(loss, collapse="neuron").svg()
    found = re.findall(r'<g id="(f\d+)" class="node box fold">.*?points="([-\d.]+),([-\d.]+)', svg, re.DOTALL)
    columns: dict[str, list[float]] = {}
    scene = draw(loss, collapse="neuron").scene
    place = {part: (float(x), float(y)) for part, x, y in found}
    for box in scene.boxes:
        if box.kind == "fold":
            columns.setdefault(box.group, []).append(place[box.id][1])
    assert len(columns) == 3
    for heights in columns.values():
        assert heights in (sorted(heights), sorted(heights, reverse=True))


def test_a_folding_may_be_built_by_hand(loss):
    reading = Reading(loss)
    scene = build(reading, folding=fold(reading.paths, "model"))
    assert [box.title for box in scene.boxes if box.kind == "fold"] == ["mlp"]
