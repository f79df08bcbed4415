"""The scene says what is there: every node, every use of it, every constant, every group."""

from __future__ import annotations

import dataclasses

import pytest

from autograd_core import Value, functions
from viz.scene.graph_view import Reading
from viz.scene.scene import build


def scene_of(root):
    return build(Reading(root))


def test_a_repeated_operand_has_an_edge_for_each_use():
    a = Value(3.0, label="a")
    edges = scene_of(a * a).edges
    assert [(edge.tail, edge.head, edge.slot, edge.partial) for edge in edges] == [
        ("n0", "n1", 0, "3.0000"),
        ("n0", "n1", 1, "3.0000"),
    ]


def test_edges_carry_the_local_partial_as_number_and_as_formula(example):
    edges = {edge.id: (edge.partial, edge.symbolic) for edge in scene_of(example).edges}
    assert edges["e2_0"] == ("−3.0000", "b")
    assert edges["e5_0"] == ("−0.3333", "1 / b")
    assert edges["e5_1"] == ("1.1111", "-v3 / b")


def test_constants_are_boxes_without_a_gradient():
    x = Value(3.0, label="x")
    scene = scene_of(2.0 / x**3)
    constants = [box for box in scene.boxes if box.kind == "constant"]
    assert [(box.name, box.grad) for box in constants] == [("3", ""), ("2", "")]
    assert all(edge.partial == "" for edge in scene.edges if edge.tail.startswith("c"))


def test_operand_order_is_marked_where_it_matters(example):
    slots = {box.symbol: box.slots for box in scene_of(example).boxes if box.symbol}
    assert slots == {"×": 0, "xʸ": 2, "−": 2, "÷": 2, "tanh": 0}
    a, b = Value(1.0), Value(2.0)
    assert scene_of(functions.where(a, b, b)).boxes[-1].slots == 3


def test_kinds_tell_inputs_parameters_results_and_the_output_apart(neuron):
    kinds = {box.name: box.kind for box in scene_of(neuron).boxes}
    assert kinds["x1"] == "input"
    assert kinds["b"] == "parameter"
    assert kinds["v1"] == "operation"
    assert [name for name, kind in kinds.items() if kind == "output"] == ["v5"]


def test_groups_nest_and_hold_the_parameters_that_belong_to_them(neuron):
    scene = scene_of(neuron)
    assert [(group.path, group.parent) for group in scene.groups] == [("net", ""), ("net.neuron0", "net")]
    inside = {box.name for box in scene.boxes if box.group == "net.neuron0"}
    assert {"w", "w#2", "b", "v1", "v5"} <= inside
    assert not inside & {"x1", "x2"}


def test_a_gradient_is_a_dash_until_a_sweep_has_computed_it(example):
    assert {box.grad for box in scene_of(example).boxes if box.kind != "constant"} == {"—"}
    example.backward()
    grads = {box.name: box.grad for box in scene_of(example).boxes}
    assert grads["L"] == "1.0000"
    assert "—" not in grads.values()


def test_shares_compare_gradients_with_the_largest():
    a, b = Value(2.0, label="a"), Value(-4.0, label="b")
    (a * b).backward()
    root = a * b
    root.backward()
    shares = {box.name: box.share for box in scene_of(root).boxes}
    assert shares["a"] == -1.0
    assert 0.0 < shares["b"] <= 1.0


def test_a_scene_keeps_what_it_saw(example):
    scene = scene_of(example)
    with pytest.raises(dataclasses.FrozenInstanceError):
        scene.boxes[0].name = "other"
    before = scene
    example.backward()
    example.parents[0].label = "renamed"
    assert scene == before
    assert scene != scene_of(example)


def test_equal_programs_give_equal_scenes_whatever_was_computed_before(make_graph):
    first = scene_of(make_graph(1))
    for _ in range(100):
        Value(1.0) + 1.0
    assert scene_of(make_graph(1)) == first


def test_a_leaf_alone_is_a_scene():
    scene = scene_of(Value(1.0, label="x"))
    assert [box.kind for box in scene.boxes] == ["input"]
    assert scene.edges == ()
