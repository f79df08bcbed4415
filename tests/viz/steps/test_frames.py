"""The picture after each step: what is known then and nothing else, in one layout, in every format."""

from __future__ import annotations

import re

import pytest

from autograd_core import Value
from nn import MLP
from viz import draw, step
from viz.scene.graph_view import Reading
from viz.steps.frames import Frames
from viz.style.errors import OptionError, SizeLimitError


@pytest.fixture
def frames(example):
    return Frames(Reading(example))


def test_at_the_start_numbers_are_given_and_nothing_is_computed(frames):
    scene, marks = frames[0].scene, frames[0].marks
    assert {box.data for box in scene.boxes if box.symbol} == {"—"}
    assert {box.grad for box in scene.boxes if box.kind != "constant"} == {"—"}
    assert [box.data for box in scene.boxes if box.kind == "input"] == ["2.0000", "−3.0000"]
    assert set(marks.values()) == {"pending"}


def test_at_the_end_it_is_the_picture_after_a_backward_pass(frames, example):
    last = frames[len(frames) - 1].scene
    example.backward()
    assert [(box.data, box.grad) for box in last.boxes] == [(box.data, box.grad) for box in draw(example).scene.boxes]


def test_after_each_step_it_shows_what_the_steps_so_far_have_made(frames, example):
    computed, gradients = set(), {}
    for k, taken in enumerate(step(example), start=1):
        if taken.kind == "forward":
            computed.add(taken.node)
        else:
            gradients[taken.target or taken.node] = taken.after
        for box in frames[k].scene.boxes:
            if box.kind == "constant":
                continue
            assert (box.data == "—") == (bool(box.symbol) and box.id not in computed)
            assert (box.grad == "—") == (box.id not in gradients)
            if box.id in gradients:
                assert float(box.grad.replace("−", "-")) == pytest.approx(gradients[box.id], abs=5e-5)


def test_marks_say_where_a_contribution_goes(frames, example):
    for k, taken in enumerate(step(example), start=1):
        if taken.kind == "backward":
            marks = frames[k].marks
            assert marks[taken.node] == "current"
            assert marks[taken.target] == "target"
            assert [part for part, mark in marks.items() if mark == "active"] == [taken.edge]
            assert frames[k].scene.note.startswith(f"Step {k} of {len(frames) - 1}: {taken.name} sends")


def test_a_computed_node_is_entered_by_all_its_operands(frames):
    assert frames[1].marks == frames[1].marks | {"n2": "current", "e2_0": "active", "e2_1": "active"}


def test_no_grad_is_touched(example):
    draw(example, step=9)
    assert all(node.grad == 0.0 and not node.swept for node in (example, *example.parents))


@pytest.mark.parametrize("k", [-1, 15, 1.0, True, "3"])
def test_a_step_that_does_not_exist_is_refused(example, k):
    with pytest.raises(OptionError, match="0 to 14"):
        draw(example, step=k)


def test_a_graph_with_too_many_steps_is_refused():
    x = Value(1.0)
    for _ in range(6000):
        x = x + 1.0
    with pytest.raises(SizeLimitError, match="max_nodes=5,000"):
        draw(x, step=3)


def places_in(svg):
    """Where boxes and edges are; within a box, "—" takes less room than the number that it stands for."""
    outlines = re.findall(r'<g id="(?:n\d+|e\d+_\d+)" class=.*?(?: d| points)="M?([^"]+)"', svg, re.DOTALL)
    return [float(x) for outline in outlines for x in re.findall(r"[-\d.]+", outline)], len(outlines)


@pytest.mark.dot
def test_all_steps_have_one_layout(example):
    (first, parts), *others = [places_in(draw(example, step=k).svg()) for k in (0, 3, 9, 14)]
    assert parts == 7 + 9
    for places, _ in others:
        assert places == pytest.approx(first, abs=0.05)


@pytest.mark.dot
def test_a_step_is_marked_in_color_and_class(example):
    from viz.style.theme import LIGHT

    svg = draw(example, step=13).svg()
    assert re.search(rf'<g id="n2" class="node box operation current">.*?stroke="{LIGHT.accent}"', svg, re.DOTALL)
    assert re.search(rf'<g id="n0" class="node box input target">.*?stroke="{LIGHT.accent}"', svg, re.DOTALL)
    assert "pending" in draw(example, step=2).svg()
    assert "pending" not in svg


@pytest.mark.dot
@pytest.mark.parametrize(("name", "start"), [("x.svg", b"<?xml"), ("x.png", b"\x89PNG"), ("x.pdf", b"%PDF")])
def test_a_step_is_saved_in_every_format(example, tmp_path, name, start):
    assert draw(example, step=5, theme="dark").save(tmp_path / name).read_bytes().startswith(start)


def test_a_folded_neuron_waits_until_all_of_it_is_computed():
    y = MLP(2, [2, 1], activation="tanh", rng=0)([Value(1.0), Value(2.0)])
    frames = Frames(Reading(y), collapse="neuron")
    shown = [next(box for box in frame.scene.boxes if box.id == "f0") for frame in (frames[4], frames[5])]
    assert [box.data == "—" for box in shown] == [True, False]
    assert frames[4].marks["f0"] == "pending current"
    end = frames[len(frames) - 1].scene.boxes
    y.backward()
    assert end == draw(y, collapse="neuron").scene.boxes
