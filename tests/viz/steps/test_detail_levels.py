"""One graph at several levels: whichever is looked at, it tells the same as the picture of the step."""

from __future__ import annotations

import bisect

import pytest

from autograd_core import Value, scope
from nn import MLP, SGD
from viz import draw, step
from viz.scene.graph_view import Reading
from viz.steps import detail_levels
from viz.steps.detail_levels import levels_of, opening
from viz.steps.frames import Frames
from viz.steps.granularity import stops
from viz.steps.steps import steps

from ..stepper.test_html_page import data_of


@pytest.fixture
def loss():
    model = MLP(2, [3, 2, 1], rng=0)
    return (model([Value(1.0, label="x1"), Value(-2.0, label="x2")]) - 1.0) ** 2


def levels_in(root):
    reading = Reading(root)
    return {level.name: level for level in levels_of(reading, tuple(steps(reading)))}


def test_there_are_the_levels_of_the_scopes(loss, example):
    assert list(levels_in(loss)) == ["op", "neuron", "layer", "model"]
    assert list(levels_in(example)) == ["op"]
    counts = [level.boxes for level in levels_in(loss).values()]
    assert counts == sorted(counts, reverse=True)
    assert counts[1:] == [6 + 4, 3 + 4, 1 + 4]  # the inputs, the error, and its square


@pytest.mark.parametrize("name", ["op", "neuron", "layer", "model"])
def test_after_each_step_a_folded_part_tells_what_the_picture_of_the_step_tells(loss, name):
    level, reading = levels_in(loss)[name], Reading(loss)
    frames = Frames(reading, collapse=name)
    for k in range(len(frames)):
        for box in frames[k].scene.boxes:
            if box.members:
                norms = level.norms[box.id]
                at = bisect.bisect_right([when for when, _ in norms], k)
                assert (norms[at - 1][1] if at else "—") == box.grad
    loss.backward()
    drawn = draw(loss, collapse=name).scene
    assert (level.scene.boxes, level.scene.edges) == (drawn.boxes, drawn.edges)


def test_it_opens_at_the_finest_level_that_can_be_read(loss, monkeypatch):
    found = list(levels_in(loss).values())
    assert opening(found).name == "op"
    monkeypatch.setattr(detail_levels, "MAX_NODES", 12)
    assert opening(found).name == "neuron"
    monkeypatch.setattr(detail_levels, "MAX_NODES", 1)
    assert opening(found).name == "model"
    assert opening([]) is None


def test_a_level_with_too_many_boxes_is_none():
    x = Value(1.0)
    for _ in range(1000):
        x = x + 1.0
    assert levels_in(x) == {}
    with scope("block") as part:
        part.tag(y := x * 2.0)
    assert y.parents
    model = MLP(2, [16, 16, 1], rng=0)
    losses = [(model([0.1 * k, 1.0]) - 1.0) ** 2 for k in range(2)]
    assert list(levels_in(losses[0] + losses[1])) == ["neuron", "layer", "model"]


@pytest.mark.dot
def test_a_page_carries_each_level_once(loss):
    page = step(loss).to_html(plain=True)
    assert page.count("<svg xmlns") == 4
    assert list(data_of(page)["pictures"]) == ["neuron", "layer", "model"]  # the first level stands in the page itself
    assert "Pass collapse=None" not in page


def test_step_sizes_are_the_levels_wherever_a_model_stands():
    model = MLP(2, [2, 1], rng=0)
    with scope("outer") as part:
        part.tag(y := model([Value(1.0), Value(2.0)]) * 1.0)
    taken = tuple(steps(Reading(y)))
    found = stops(taken)
    assert list(found) == ["node", "neuron", "layer", "phase"]
    ends = [taken[k - 1].scope.rpartition(".layer")[2][:1] for k in found["layer"]]
    assert "".join(ends).startswith("01")
    assert all(set(found[size]) <= set(found["node"]) for size in ("neuron", "layer"))


def test_where_a_layer_is_one_neuron_a_layer_is_gone_over_as_that():
    a, b = Value(1.0), Value(2.0)
    with scope("net"), scope("node3") as part:
        part.tag(y := (a * b).tanh())
    walk = step(y * 2.0)
    assert walk.next("layer").index == 1
    assert walk.next("layer").index == 2


def test_an_update_counts_as_a_step_and_changes_no_norm(loss):
    model = MLP(2, [2, 1], rng=0)
    root = model([1.0, 2.0]) ** 2
    reading = Reading(root)
    with_updates = tuple(steps(reading, after=SGD(model.parameters(), lr=0.1)))
    plain, updated = (
        [level.norms for level in levels_of(reading, taken)] for taken in (tuple(steps(reading)), with_updates)
    )
    assert plain == updated
