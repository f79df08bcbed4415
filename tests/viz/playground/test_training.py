"""What a playground's training tells: badges, gradients, updates; and that it runs as a program where it can."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest

from nn import MLP, DAGNetwork, Linear, Sequential
from nn.data import moons
from viz.playground.session import Session
from viz.playground.snapshots import snapshot


def state(session):
    return {name: array.tolist() for name, array in session.model.state_dict().items()}


def names_of_badges(session):
    told = snapshot(session)
    json.dumps(told, allow_nan=False)
    return [badge["name"] for badge in told["badges"]]


def test_badges_say_what_is_wrong():
    session = Session(layers=(2,), activation="relu")
    assert names_of_badges(session) == []
    session.model.layers[0].neurons[0].b.data = -50.0
    assert names_of_badges(session) == ["dead units"]
    wild = Session(layers=(3,), lr=100.0, loss="mse", optimizer="SGD", activation="linear")
    wild.playing = True
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(50):
            wild.advance(0.05)
        assert not wild.playing
        assert "NaN" in names_of_badges(wild)
    assert "did not take place" in wild.notice
    deep = Session(layers=(1,) * 5, activation="sigmoid")
    for layer in deep.model.layers[1:]:
        for neuron in layer.neurons:
            for w in neuron.w:
                w.data = 1e-3
    deep.do({"do": "step", "size": "batch"})
    assert names_of_badges(deep) == ["vanishing"]
    steep = Session(layers=(2,), activation="linear", loss="mse", lr=0.0)
    for w in steep.model.layers[1].neurons[0].w:
        w.data = 1e5
    steep.do({"do": "step", "size": "batch"})
    assert names_of_badges(steep) == ["exploding"]
    alone = Session(data=([[0.0, 1.0], [2.0, 3.0]], [1, 1]))
    alone.do({"do": "step", "size": "epoch"})
    assert names_of_badges(alone) == ["one class"]


def test_lines_tell_weights_gradients_and_updates():
    session = Session(layers=(2,), optimizer="SGD", lr=0.5, loss="mse")
    told = snapshot(session)["shown"]
    assert told["gradient"] == told["update"] == [None] * 9
    before = {p: p.data for p in session.model.parameters()}
    session.do({"do": "step", "size": "batch"})
    told, net = snapshot(session), session.model.layers[0].neurons
    w = net[1].w[0]
    i = told["links"].index("l0_0_1_1")
    assert told["shown"]["weight"][i] == w.data
    assert told["shown"]["gradient"][i] == w.grad
    inside = [p.data for neuron in net for p in (*neuron.w, neuron.b)]
    typical = np.sqrt(np.mean(np.square(inside)))
    assert told["shown"]["update"][i] == pytest.approx((w.data - before[w]) / typical)
    assert told["shown"]["update"][i] == pytest.approx(-0.5 * w.grad / typical)
    session.do({"do": "rewind"})
    assert snapshot(session)["shown"]["gradient"] == [None] * 9


def test_training_in_a_program_is_the_training_that_is_written_but_for_rounding():
    traced, eager = Session(optimizer="Adam"), Session(optimizer="Adam")
    eager._updater = eager._eager()
    for session in (traced, eager):
        for _ in range(3):
            session.do({"do": "step", "size": "epoch"})
    assert traced.is_traced
    assert not eager.is_traced
    assert traced.losses == pytest.approx(eager.losses, rel=1e-9)
    assert traced.losses != eager.losses or state(traced) != state(eager)


class Fickle(MLP):
    """Takes another way for some samples, which no program can follow."""

    def __call__(self, x):
        return super().__call__(x) * (2.0 if x[0] > 0.6 else 1.0)


def test_a_model_that_branches_is_trained_as_it_is_written():
    session = Session(Fickle(2, [2, 1], activation="tanh", rng=0), moons(20, rng=0))
    session.do({"do": "step", "size": "epoch"})
    assert not session.notice
    assert len(session.losses) == 2
    assert not session.is_traced


def test_a_step_is_shown_in_the_network_where_it_works_and_gradients_as_they_come():
    session = Session(layers=(2,), samples=8, loss="mse")
    session.do({"do": "step", "size": "batch"})
    known, places = [], {}
    while session.updates == 1:
        session.do({"do": "step", "size": "operation"})
        told = snapshot(session)
        if session.card:
            places[session.card["heading"]] = told["working"]
            known.append(sum(gradient is not None for gradient in told["shown"]["gradient"]))
    assert places["Compute v1"] == ["u1_0", "l0_0_1_0"]
    assert places["Compute v2"] == ["u1_0", "bias u1_0"]
    assert next(at for heading, at in places.items() if heading.endswith("layer1.neuron0.w1")) == ["u2_0", "l1_1_2_0"]
    assert known == sorted(known)
    assert (known[0], known[-1], len(set(known))) == (0, 9, 10), "one after the other, from none at all"
    assert snapshot(session)["working"] == []


@pytest.mark.parametrize(
    ("model", "first"),
    [
        (DAGNetwork([(1, 3), (2, 3), (1, 4), (3, 4)], {3: "tanh"}, biases=True, rng=0), ["l0_0_1_0"]),
        (
            Sequential(Linear(2, 2, rng=0), "tanh", Linear(2, 1, rng=1)),
            ["u1_0", "u1_1", "l0_0_1_0", "l0_1_1_0", "l0_0_1_1", "l0_1_1_1"],
        ),
    ],
    ids=["DAG", "Tensors"],
)
def test_a_step_is_shown_in_networks_of_every_kind(model, first):
    session = Session(model, moons(8))
    session.do({"do": "step", "size": "operation"})
    assert snapshot(session)["working"] == first
    while not session.updates:
        session.do({"do": "step", "size": "operation"})
        json.dumps(snapshot(session), allow_nan=False)
