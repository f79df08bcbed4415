"""Pictures of networks: every weight and unit once, where the numbers say, whatever the model is made of."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from autograd_core import Value
from nn import MLP, DAGNetwork, Layer, Linear, Neuron, Perceptron, Sequential
from viz.network.network_drawing import draw_network
from viz.style import labels
from viz.style.errors import OptionError

SVG = "{http://www.w3.org/2000/svg}"
LINKS = (
    "1-4 1-5 1-6 2-4 2-5 2-6 2-7 3-5 3-6 3-7 4-8 4-9 5-8 5-9 5-10 6-9 6-10 6-11 7-10 7-11 8-12 9-12 10-12 8-13 9-13 "
    "10-14 11-14 12-13 12-14 2-9 5-12 3-13 7-14"
)


def lecture_network() -> DAGNetwork:
    links = [(int(i), int(j)) for i, j in (pair.split("-") for pair in LINKS.split())]
    weights = {(i, j): (((7 * i + 3 * j) % 11) - 4.5) / 10 for i, j in links}
    return DAGNetwork(links, dict.fromkeys(range(4, 13), "tanh"), weights=weights)


def parts(picture, kind):
    root = ElementTree.fromstring(picture.svg())
    return [e for e in root.iter() if kind in (e.get("class") or "").split()]


def test_the_14_nodes_stand_in_their_columns_and_every_link_is_drawn():
    network = lecture_network()
    picture = draw_network(network, x=[0.5, -1.0, 0.25])
    assert len(parts(picture, "link")) == 33
    columns = {unit.name: unit.column for unit in picture.diagram.units}
    assert all(columns[str(i)] < columns[str(j)] for i, j in network.links)
    assert columns["13"] == columns["14"] == max(columns.values())
    outputs = network([0.5, -1.0, 0.25])
    shown = {unit.name: unit.value for unit in picture.diagram.units}
    assert [shown["13"], shown["14"]] == pytest.approx([y.data for y in outputs], rel=1e-15)


def test_no_line_runs_through_a_unit_that_it_does_not_belong_to():
    diagram = draw_network(lecture_network()).diagram
    for link in diagram.links:
        for place in diagram.ways.get(link.id, ()):
            assert all(abs(place.y - p.y) > 24 for p in diagram.places.values() if p.x == place.x), link


def test_drawing_leaves_the_last_forward_pass_of_the_user_alone():
    network = lecture_network()
    network([1.0, 2.0, 3.0])
    before = {n: y.data for n, y in network.y.items() if isinstance(y, Value)}
    draw_network(network, x=[0.0, 0.0, 0.0])
    assert {n: y.data for n, y in network.y.items() if isinstance(y, Value)} == before


def test_values_are_those_of_the_neurons_and_are_written_into_the_circles():
    model = MLP(2, [3, 1], activation="tanh", rng=4)
    picture = draw_network(model, x=[0.3, -0.7])
    hidden = [y.data for y in model.layers[0]([0.3, -0.7])]
    expected = [0.3, -0.7, *hidden, model([0.3, -0.7]).data]
    assert [unit.value for unit in picture.diagram.units] == expected
    assert [e.text for e in parts(picture, "value")] == [labels.number(x, 3) for x in expected]


def test_the_same_network_of_tensors_has_the_same_picture():
    model = MLP(2, [3, 2], activation="relu", rng=4)
    scalar, tensor = draw_network(model, x=[0.3, -0.7]).diagram, draw_network(model.to_tensor(), x=[0.3, -0.7]).diagram
    assert [(link.id, link.weight) for link in scalar.links] == [(link.id, link.weight) for link in tensor.links]
    assert [u.value for u in scalar.units] == pytest.approx([u.value for u in tensor.units], rel=1e-14)
    assert scalar.places == tensor.places


def test_a_negative_weight_is_dashed_and_the_width_grows_with_the_magnitude():
    model = MLP(2, [1], init=[[[-2.0, 1.0]]])
    negative, positive = (
        next(e for e in parts(draw_network(model), "link") if e.get("id") == f"l0_{i}_1_0") for i in (0, 1)
    )
    assert negative.get("stroke-dasharray")
    assert not positive.get("stroke-dasharray")
    assert "neg" in negative.get("class")
    assert "pos" in positive.get("class")
    assert float(negative.get("stroke-width")) > float(positive.get("stroke-width"))


def test_gradients_are_unknown_before_the_sweep_and_the_sweeps_after_it():
    model = MLP(2, [2, 1], activation="tanh", rng=0)
    fresh = draw_network(model, color_by="gradient")
    assert {e.get("class") for e in parts(fresh, "link")} == {"link none"}
    assert "no gradient has been computed" in fresh.svg()
    model([1.0, 2.0]).backward()
    swept = draw_network(model, color_by="gradient").diagram
    grads = {f"l{c}_{i}_{c + 1}_{j}": w.grad for c, layer in enumerate(model.layers)
             for j, neuron in enumerate(layer.neurons) for i, w in enumerate(neuron.w)}  # fmt: skip
    assert {link.id: link.grad for link in swept.links} == grads


def test_dead_units_are_marked_and_those_that_only_rest_are_not():
    model = MLP(1, [2, 1], init=[[[1.0], [1.0]], [[1.0, 1.0]]])
    model.layers[0].neurons[1].b.data = -10.0
    picture = draw_network(model, x=[-1.0], data=[[1.0], [2.0], [-1.0]])
    assert [unit.state for unit in picture.diagram.units] == ["", "off", "dead", ""]
    assert [e.text for e in parts(picture, "verdict")] == ["dead"]


def test_wide_layers_show_some_units_and_count_the_others():
    picture = draw_network(Sequential(Linear(100, 30, rng=0), "relu", Linear(30, 1, rng=0)), max_units=5)
    more = [unit.name for unit in picture.diagram.units if unit.kind == "more"]
    assert more == ["95 more", "25 more"]
    assert len(picture.diagram.links) == 5 * 5 + 5
    assert "100-30-1 units" in picture.title


@pytest.mark.parametrize(
    "model", [Neuron(2), Layer(2, 3, activation="softmax"), Perceptron(2, w=[-3, 1, 2]), Linear(2, 2, rng=0)]
)
def test_parts_of_networks_have_pictures_too(model):
    picture = draw_network(model, x=[1.0, 0.0])
    assert len(parts(picture, "link")) == len(picture.diagram.links) > 0
    ElementTree.fromstring(draw_network(model, theme="dark").svg())


def test_files_are_deterministic(tmp_path):
    network = lecture_network()
    first = draw_network(network).save(tmp_path / "a.svg").read_bytes()
    assert draw_network(network).save(tmp_path / "b.svg").read_bytes() == first
    assert draw_network(network).dot == draw_network(lecture_network()).dot


@pytest.mark.dot
def test_bitmaps_and_pdf_come_from_graphviz(tmp_path):
    picture = draw_network(lecture_network(), x=[0.5, -1.0, 0.25])
    assert picture.save(tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"
    assert picture.save(tmp_path / "a.pdf").read_bytes()[:4] == b"%PDF"


def test_what_users_name_is_escaped(hostile):
    for text in hostile:
        model = MLP(1, [1, 1], activation=[lambda x: x, "linear"])
        model.layers[0].neurons[0].activation = type("Named", (), {"name": text, "function": abs})()
        root = ElementTree.fromstring(draw_network(model).svg())
        assert not [e for e in root.iter() if e.tag.endswith("script") or any(k.startswith("on") for k in e.attrib)]


def test_refusals_say_what_to_write(tmp_path):
    with pytest.raises(OptionError, match=r"2 inputs, so a sample has 2 numbers"):
        draw_network(MLP(2, [1]), x=[1.0])
    with pytest.raises(OptionError, match=r"draw\(model\(x\)\) draws the graph"):
        draw_network("model")
    with pytest.raises(OptionError, match=r"ends in \.svg"):
        draw_network(MLP(2, [1])).save(tmp_path / "x.bmp")
    with pytest.raises(OptionError, match="color_by"):
        draw_network(MLP(2, [1]), color_by="mood")


def test_a_sample_of_a_whole_data_set_goes_through_quickly():
    X = np.random.default_rng(0).normal(size=(2000, 2))
    dead = [u.state for u in draw_network(MLP(2, [16, 16, 1], rng=0), data=X, max_units=16).diagram.units]
    assert len(dead) == 2 + 16 + 16 + 1
