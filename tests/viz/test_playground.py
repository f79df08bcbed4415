"""The playground without a screen: every button, the way back, the same as Python, and nobody kept waiting."""

from __future__ import annotations

import json
import sys
import threading
import time
import urllib.error
import urllib.request

import numpy as np
import pytest

from nn import MLP, DAGNetwork, Linear, Sequential
from nn.data import moons
from viz.errors import MissingExtraError, OptionError
from viz.playground import Playground, serve
from viz.runner import Runner
from viz.session import Session
from viz.settings import Settings
from viz.snapshots import snapshot


def state(session):
    return {name: array.tolist() for name, array in session.model.state_dict().items()}


def test_steps_of_every_size_train_and_count():
    session = Session(layers=(3,), samples=20, batch=8)
    session.do({"do": "step", "size": "sample"})
    assert (session.updates, session.epoch) == (1, 0)
    session.do({"do": "step", "size": "batch"})
    assert (session.updates, session.epoch) == (2, 0)
    session.do({"do": "step", "size": "epoch"})
    assert (session.updates, session.epoch) == (4, 1)  # 8 and 3 were left
    assert len(session.losses) == 4


def test_steps_by_operation_end_in_the_update_that_a_step_by_sample_makes():
    one, other = Session(layers=(2,)), Session(layers=(2,))
    cards = 0
    while not one.updates:
        one.do({"do": "step", "size": "operation"})
        cards += one.card is not None
    other.do({"do": "step", "size": "sample"})
    assert cards > 30
    assert state(one) == state(other)


def test_rewinding_goes_back_to_the_same_start_and_the_same_way():
    session = Session(optimizer="Adam", layers=(3,))
    start = state(session)
    session.do({"do": "step", "size": "epoch"})
    first = state(session)
    assert first != start
    session.do({"do": "rewind"})
    assert state(session) == start
    session.do({"do": "step", "size": "epoch"})
    assert state(session) == first


@pytest.mark.parametrize(
    ("settings", "epochs"),
    [
        ({}, 2),
        ({"dataset": "xor", "activation": "relu", "layers": (2,), "optimizer": "Adam", "lr": 0.01}, 3),
        ({"dataset": "circles", "regularizer": "L2", "strength": 0.01, "loss": "mse", "batch": 7, "seed": 4}, 2),
    ],
)
def test_the_copied_python_ends_with_the_same_bits(settings, epochs, capsys):
    session = Session(**settings)
    for _ in range(epochs):
        session.do({"do": "step", "size": "epoch"})
    names = run_copied(session)
    assert {name: array.tolist() for name, array in names["model"].state_dict().items()} == state(session)
    assert names["history"].losses == session.losses
    assert "History" in capsys.readouterr().out


def test_the_copied_python_brings_edited_data_along():
    session = Session(layers=(2,), samples=8)
    session.do({"do": "add", "x": [0.25, -3.0], "class": 1})
    session.do({"do": "rewind"})
    session.do({"do": "step", "size": "epoch"})
    names = run_copied(session)
    assert names["X"].tolist() == session.X.tolist()
    assert {name: array.tolist() for name, array in names["model"].state_dict().items()} == state(session)


def run_copied(session):
    names: dict = {}
    exec(session.do({"do": "code"})["code"], names)  # what the button gives is to be run
    return names


def test_your_model_and_your_data_are_trained_in_place():
    X, y = moons(20, rng=0)
    model = MLP(2, [2, 1], activation="tanh", rng=5)
    session = Session(model, (X, y))
    assert session.model is model
    assert session.settings.dataset == "yours"
    assert session.y.tolist() == [2.0 * t - 1.0 for t in y]
    before = model.state_dict()
    session.do({"do": "step", "size": "epoch"})
    assert any((model.state_dict()[k] != v).any() for k, v in before.items())


@pytest.mark.parametrize(
    "model",
    [
        DAGNetwork([(1, 3), (2, 3), (1, 4), (2, 4), (3, 4)], {3: "tanh"}, biases=True, rng=0),
        Sequential(Linear(2, 3, rng=0), "tanh", Linear(3, 1, rng=1)),
    ],
)
def test_other_networks_can_be_played_with(model):
    session = Session(model, moons(12, rng=0))
    session.do({"do": "step", "size": "epoch"})
    assert not session.notice
    told = snapshot(session)
    assert session.do({"do": "slice", "link": told["links"][0]})["loss"]
    json.dumps(told, allow_nan=False)


def test_points_are_added_moved_and_removed():
    session = Session(samples=8, layers=(2,))
    session.do({"do": "add", "x": [1.5, -2.5], "class": 0})
    assert session.X[-1].tolist() == [1.5, -2.5]
    assert session.y[-1] == -1.0
    session.do({"do": "move", "sample": 8, "x": [0.0, 1.0]})
    assert session.X[8].tolist() == [0.0, 1.0]
    session.do({"do": "remove", "sample": 8})
    assert len(session.X) == len(session.y) == 8
    session.do({"do": "step", "size": "epoch"})
    assert not session.notice


def test_nobody_sees_the_model_change_while_its_loss_is_sliced(monkeypatch):
    session = Session(layers=(2,), samples=20)
    before, seen = session.model.state_dict(), []
    loss = Session.loss

    def watched(twin):
        seen.append(session.model.state_dict())
        return loss(twin)

    monkeypatch.setattr(Session, "loss", watched)
    found = session.do({"do": "slice", "link": "l0_0_1_1"})
    assert len(seen) == len(found["w"]) > 10
    assert len(set(found["loss"])) > 10
    assert all(np.array_equal(state[name], before[name]) for state in seen for name in before)


def test_a_weight_is_set_and_its_slice_passes_through_the_loss_that_is():
    session = Session(layers=(2,))
    session.do({"do": "weight", "link": "l0_1_1_0", "value": 1.25})
    assert session.model.layers[0].neurons[0].w[1].data == 1.25
    found = session.do({"do": "slice", "link": "l0_1_1_0"})
    middle = len(found["w"]) // 2
    assert found["w"][middle] == found["now"] == 1.25
    assert found["loss"][middle] == pytest.approx(session.loss(), rel=1e-15)
    assert session.model.layers[0].neurons[0].w[1].data == 1.25
    scalar = [session._updater.loss([session.model(x) for x in session.X.tolist()], session.y.tolist()).data]
    assert found["loss"][middle] == pytest.approx(scalar[0], rel=1e-12)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"do": "set", "name": "activation", "value": "tahn"}, "none of the choices"),
        ({"do": "set", "name": "layers", "value": [99]}, "units from 1 to 10"),
        ({"do": "set", "name": "lr", "value": float("nan")}, "lr is a number"),
        ({"do": "set", "name": "lr"}, "cannot be understood"),
        ({"do": "set", "name": "__class__", "value": 1}, "no setting"),
        ({"do": "explode"}, "It can: hello"),
        ({"do": "add", "x": [float("inf"), 0], "class": 1}, "no number between"),
        ({"do": "ring", "sample": 10_000}, "cannot be understood"),
        ({"do": "weight", "link": "l9_9_9_9", "value": 0}, "cannot be understood"),
        ({"do": "weight", "link": "../..", "value": 0}, "cannot be understood"),
        ({"do": "step", "size": "leap"}, "operation"),
        ({}, "It can"),
    ],
)
def test_what_a_page_sends_wrongly_becomes_a_notice_and_changes_nothing(message, said):
    session = Session(layers=(2,), samples=8)
    before, settings = state(session), session.settings
    assert session.do(message) is None
    assert said in session.notice
    assert (state(session), session.settings) == (before, settings)


def test_badges_say_what_is_wrong():
    session = Session(layers=(2,), activation="relu")
    assert [b["name"] for b in snapshot(session)["badges"]] == []
    session.model.layers[0].neurons[0].b.data = -50.0
    assert "dead units" in [b["name"] for b in snapshot(session)["badges"]]
    wild = Session(layers=(3,), lr=100.0, loss="mse", optimizer="SGD", activation="linear")
    wild.playing = True
    for _ in range(50):
        wild.advance(0.05)
    assert not wild.playing
    assert "NaN" in [b["name"] for b in snapshot(wild)["badges"]]
    assert "did not take place" in wild.notice
    json.dumps(snapshot(wild), allow_nan=False)
    deep = Session(layers=(1,) * 5, activation="sigmoid")
    for layer in deep.model.layers[1:]:
        for neuron in layer.neurons:
            for w in neuron.w:
                w.data = 1e-3
    deep.do({"do": "step", "size": "batch"})
    assert "vanishing" in [b["name"] for b in snapshot(deep)["badges"]]
    steep = Session(layers=(2,), activation="linear", loss="mse", lr=0.0)
    for w in steep.model.layers[1].neurons[0].w:
        w.data = 1e5
    steep.do({"do": "step", "size": "batch"})
    assert "exploding" in [b["name"] for b in snapshot(steep)["badges"]]


def test_training_does_not_keep_others_waiting_and_stops_when_closed():
    shown = threading.Event()
    runner = Runner(Session(), shown.set)
    runner.do({"do": "play"})
    assert shown.wait(20)
    begun = time.monotonic()
    runner.do({"do": "ring", "sample": 3})
    assert time.monotonic() - begun < 2.0
    assert runner.session.playing
    runner.close()
    done = runner.session.updates
    time.sleep(0.15)
    assert runner.session.updates == done
    assert not [t for t in threading.enumerate() if t is runner._thread and t.is_alive()]


def test_pausing_and_playing_again_goes_on():
    runner = Runner(Session(layers=(2,)))
    try:
        for _ in range(3):
            before = runner.session.updates
            runner.do({"do": "play"})
            end = time.monotonic() + 20
            while runner.session.updates == before and time.monotonic() < end:
                time.sleep(0.01)
            assert runner.session.updates > before
            runner.do({"do": "pause"})
    finally:
        runner.close()


def test_only_who_knows_the_secret_is_served():
    with serve(layers=(2,)) as served:
        base = served.url.rsplit("/", 2)[0]
        with urllib.request.urlopen(served.url) as page:
            assert b"connect-src" in page.read()
        for url, headers in (
            (base + "/", {}),
            (base + "/guess/", {}),
            (served.url + "x", {}),
            (served.url, {"Host": "evil.example"}),
        ):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(urllib.request.Request(url, headers=headers))
            assert refused.value.code == 404
            refused.value.close()
        request = urllib.request.Request(served.url + "do", b"{not json")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        assert refused.value.code == 400
        refused.value.close()
        with urllib.request.urlopen(served.url + "do", b'{"do": "step", "size": "batch"}') as reply:
            assert json.load(reply)["snapshot"]["updates"] == 1


def test_without_anywidget_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'autograd-core\[widget\]'.*backprop playground"):
        Playground()


def test_the_widget_answers_its_page():
    pytest.importorskip("anywidget", reason="needs pip install 'autograd-core[widget]'")
    shown = Playground(layers=(2,))
    sent = []
    shown.widget.send = sent.append
    shown._hear(shown.widget, {"do": "hello", "id": 1}, [])
    assert "svg" in sent[-1]["snapshot"]
    shown._hear(shown.widget, {"do": "code", "id": 2}, [])
    assert sent[-2]["to"] == 2
    assert "from nn import MLP" in sent[-2]["answer"]["code"]
    assert "svg" not in sent[-1]["snapshot"]
    shown._hear(shown.widget, {"do": "set", "name": "layers", "value": [3, 2], "id": 3}, [])
    assert len(sent[-1]["snapshot"]["units"]) == 2 + 3 + 2 + 1
    assert shown._repr_mimebundle_() is not None
    assert "Playground after 0 epochs" in repr(shown)
    shown.close()
    assert not shown.session.playing


def test_what_cannot_be_played_with_is_refused():
    with pytest.raises(OptionError, match="two inputs and one output"):
        Session(MLP(3, [1], rng=0))
    with pytest.raises(OptionError, match="two features"):
        Session(data=(np.zeros((4, 3)), [0, 1, 0, 1]))
    with pytest.raises(OptionError, match="two classes"):
        Session(data=(np.zeros((3, 2)), [0, 1, 2]))
    with pytest.raises(OptionError, match="no data of yours"):
        Session(dataset="yours")
    with pytest.raises(OptionError, match="no setting 'rate'"):
        Settings().but(rate=1)
