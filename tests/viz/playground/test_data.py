"""What can be played with: samples of any number of features, classes, numbers, models of one's own; what cannot."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nn import MLP, DAGNetwork, Layer, Linear, Neuron, Sequential
from nn.data import blobs, moons, sine
from viz.playground.session import Session
from viz.playground.settings import DATASETS, Settings
from viz.playground.snapshots import snapshot
from viz.playground.task import read_data
from viz.style.errors import OptionError

SKIPPING = DAGNetwork([(1, 3), (2, 3), (1, 4), (2, 4), (3, 4)], {3: "tanh"}, biases=True, rng=0)
WIDE = np.random.default_rng(0).normal(size=(20, 5))


def state(session):
    return {name: array.tolist() for name, array in session.model.state_dict().items()}


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
    session.do({"do": "set", "name": "seed", "value": 3})
    assert state(session) == {k: v.tolist() for k, v in before.items()}, "another seed leaves its start as it is"


@pytest.mark.parametrize(
    ("model", "data", "kind", "map"),
    [
        (SKIPPING, moons(12), "signs", "signed"),
        (Sequential(Linear(2, 3, rng=0), "tanh", Linear(3, 1, rng=1)), moons(12), "signs", "signed"),
        (Sequential(Linear(2, 3, rng=0), "tanh", Linear(3, 3, rng=1)), blobs(12), "classes", "winner"),
        (MLP(2, [3, 2], rng=0), moons(12), "classes", "winner"),
        (MLP(5, [3, 1], rng=0), (WIDE, WIDE[:, 0]), "numbers", "signed"),
        (MLP(5, [3, 3], rng=0), (WIDE, np.arange(20) % 3), "classes", "winner"),
        (MLP(1, [3, 1], rng=0), sine(12), "numbers", "curve"),
        (MLP(1, [3, 1], rng=0), (WIDE[:, :1], WIDE[:, 0] > 0), "signs", "curve"),
        (None, (WIDE, WIDE[:, 0] > 0), "signs", "signed"),
        (None, (WIDE[:, 0], [[t] for t in WIDE[:, 1]]), "numbers", "curve"),
        (Layer(2, 1, rng=0), moons(12), "signs", "signed"),
        (Neuron(2, rng=0), moons(12), "signs", "signed"),
    ],
    ids=lambda one: one if isinstance(one, str) else type(one).__name__,
)
def test_networks_and_samples_of_every_kind(model, data, kind, map):
    session = Session(model, data, lr=0.01)
    before = session.loss()
    for _ in range(3):
        session.do({"do": "step", "size": "epoch"})
    assert not session.notice
    assert session.loss() < before
    told = snapshot(session)
    assert (told["task"], told["map"]) == (kind, map)
    json.dumps(told, allow_nan=False)
    for id in (told["links"][0], told["biased"][0]):
        assert len(set(session.do({"do": "slice", "link": id})["loss"])) > 5
    assert "page" in session.do({"do": "steps"})
    count = len(session.X)
    session.do({"do": "add", "x": [0.5, 0.25], "target": 1})
    session.do({"do": "step", "size": "operation"})
    assert not session.notice
    assert len(session.X) == count + 1


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_data_set_gets_a_network_and_a_loss_that_fit(dataset):
    session = Session(layers=(3,), samples=20)
    session.do({"do": "set", "name": "dataset", "value": dataset})
    assert not session.notice
    session.do({"do": "step", "size": "epoch"})
    assert session.losses
    json.dumps(snapshot(session), allow_nan=False)
    session.do({"do": "set", "name": "dataset", "value": "moons"})
    assert session.settings.loss in session.task.losses


@pytest.mark.parametrize(
    ("model", "data", "said"),
    [
        (None, ([], []), "no samples to play with: X has shape (0,), y has shape (0,)"),
        (None, (np.zeros((0, 2)), []), "X has shape (0, 2)"),
        (None, ([[0.0, 1.0]], [0, 1]), "one target for each"),
        (None, ([[0.0, 1.0], [2.0]], [0, 1]), "rows of one length"),
        (None, ([["a", "b"]], [0]), "must be numbers"),
        (None, ([[0.0, np.nan]], [0]), "X is nan at index (0, 1)"),
        (None, (np.zeros((500, 2)), np.zeros(500)), r"Give some of them: (X[:400], y[:400])"),
        (None, (np.zeros((5, 2)), np.zeros((5, 2))), "one target for each"),
        (None, 7, "data is a pair (X, y)"),
        (MLP(3, [1], rng=0), None, "has 3 inputs and 1 outputs, but these samples have 2 features"),
        (MLP(2, [3], rng=0), (WIDE[:, :2], WIDE[:, 0]), "learns classes, whole numbers from 0 to 2"),
        (MLP(2, [2], rng=0), (WIDE[:, :2], np.arange(20) % 3), "learns classes, whole numbers from 0 to 1"),
    ],
)
def test_what_cannot_be_played_with_is_refused(model, data, said):
    with pytest.raises(OptionError) as refused:
        Session(model, data)
    assert said in str(refused.value)


def test_settings_that_are_none_are_refused():
    with pytest.raises(OptionError, match="no data of yours"):
        Session(dataset="yours")
    with pytest.raises(OptionError, match="no setting 'rate'"):
        Settings().but(rate=1)
    with pytest.raises(OptionError, match="no setting 'rate'"):
        Session(rate=1)
    with pytest.raises(OptionError, match=r"loss='mse' does not fit these targets\. These do: cross_entropy"):
        Session(dataset="blobs", loss="mse")
    with pytest.raises(OptionError, match=r"axes=\(0, 7\) are not among the 5 features"):
        Session(data=(WIDE, WIDE[:, 0]), axes=(0, 7))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("lr", "fast", "lr is a number from 0 to 100, such as 0.1 or 1e-3; not 'fast'"),
        ("lr", "", "not ''"),
        ("samples", 8.5, "samples is a whole number from 8 to 200"),
        ("batch", 0, "batch is a whole number"),
        ("layers", "4 x", "nothing for no hidden layer"),
        ("layers", ["", 3], "units from 1 to 10"),
        ("dataset", "yours", "no data of yours"),
        ("loss", "cross_entropy", "does not fit these targets"),
        ("options", {"momentum": 1.0}, "momentum must be at least 0 and less than 1"),
        ("options", {"momentum": "much"}, "momentum is written like 0.9, not 'much'"),
        ("options", {"betas": [0.9, 0.9]}, "Momentum has no option 'betas'. It has: momentum"),
        ("options", 3, "cannot be understood"),
        ("axes", [0, 0], "a pair of different features"),
        ("axes", [0, 5], "not among the 2 features"),
        ("optimizer", "Adagrid", "none of the choices"),
    ],
)
def test_a_setting_that_is_refused_changes_nothing_and_is_named(name, value, said):
    session = Session(layers=(2,), samples=20)
    session.do({"do": "step", "size": "batch"})
    before = dict(vars(session)), state(session)
    session.do({"do": "set", "name": name, "value": value})
    assert said in session.notice
    assert session.refused == name
    assert {k: v for k, v in vars(session).items() if k not in ("notice", "refused")} == {
        k: v for k, v in before[0].items() if k not in ("notice", "refused")
    }
    assert state(session) == before[1]
    session.do({"do": "step", "size": "batch"})
    assert (session.updates, session.notice, session.refused) == (2, "", "")


def test_a_data_set_that_does_not_fit_your_network_is_refused_and_nothing_is_lost():
    session = Session(MLP(2, [2, 1], rng=0), moons(20))
    session.do({"do": "step", "size": "batch"})
    X = session.X
    for wrong in ("sine",):
        session.do({"do": "set", "name": "dataset", "value": wrong})
        assert "has 2 inputs" in session.notice
    assert session.X is X
    assert session.updates == 1
    assert session.settings.dataset == "yours"


def test_what_is_written_into_a_box_is_read_as_a_number():
    session = Session()
    session.do({"do": "set", "name": "lr", "value": "1e-2"})
    assert session.optimizer.lr == 0.01
    session.do({"do": "set", "name": "layers", "value": "5, 2"})
    assert session.settings.layers == (5, 2)
    session.do({"do": "set", "name": "optimizer", "value": "Adam"})
    session.do({"do": "set", "name": "options", "value": {"betas": "0.5, 0.75", "amsgrad": True, "eps": "1e-6"}})
    assert session.optimizer.options() == {
        "lr": 0.01, "betas": (0.5, 0.75), "eps": 1e-6, "weight_decay": 0.0, "amsgrad": True
    }  # fmt: skip


def test_points_are_added_moved_removed_relabelled_and_all_of_it_taken_back():
    session = Session(samples=8, layers=(2,))
    X, y = session.X, session.y
    session.do({"do": "add", "x": [1.5, -2.5], "target": 0})
    assert session.X[-1].tolist() == [1.5, -2.5]
    assert session.y[-1] == -1.0
    session.do({"do": "move", "sample": 8, "x": [0.0, 1.0]})
    assert session.X[8].tolist() == [0.0, 1.0]
    session.do({"do": "relabel", "sample": 8, "target": 1})
    assert session.y[8] == 1.0
    session.do({"do": "remove", "sample": 2})
    assert len(session.X) == len(session.y) == 8
    session.do({"do": "step", "size": "epoch"})
    assert not session.notice
    for left in (3, 2, 1, 0):
        session.do({"do": "undo"})
        assert len(session.past) == left
    assert session.X.tolist() == X.tolist()
    assert session.y.tolist() == y.tolist()
    assert not session.edited
    session.do({"do": "undo"})
    assert "No sample was added" in session.notice


@pytest.mark.parametrize("target", [2, -1, "much", None])
def test_a_target_that_is_none_is_refused(target):
    session = Session(samples=8)
    session.do({"do": "add", "x": [0, 0], "target": target})
    assert session.notice
    assert len(session.X) == 8


def test_of_many_features_two_are_shown_and_moved_and_the_others_are_those_of_the_ringed_sample():
    session = Session(data=(WIDE, WIDE[:, 0] > 0), layers=(3,))
    session.do({"do": "set", "name": "axes", "value": [3, 1]})
    session.do({"do": "ring", "sample": 4})
    told = snapshot(session)
    assert told["axes"] == ["x4", "x2"]
    assert told["x"] == WIDE[:, [3, 1]].tolist()
    other = session.do({"do": "ring", "sample": 5}) or snapshot(session)
    assert other["field"] != told["field"], "another cut through the space"
    session.do({"do": "move", "sample": 5, "x": [9.0, 8.0]})
    wanted = WIDE[5].copy()
    wanted[[3, 1]] = 9.0, 8.0
    assert session.X[5].tolist() == wanted.tolist()
    session.do({"do": "add", "x": [1.0, 2.0], "target": 1})
    assert session.X[-1].tolist() == [wanted[0], 2.0, wanted[2], 1.0, wanted[4]]


def test_a_curve_is_moved_up_and_down_where_its_targets_are_numbers():
    session = Session(dataset="sine", samples=8)
    session.do({"do": "move", "sample": 2, "x": [1.0], "target": 3.5})
    assert (session.X[2].tolist(), session.y[2]) == ([1.0], 3.5)
    signs = Session(data=(WIDE[:, :1], WIDE[:, 0] > 0))
    signs.do({"do": "move", "sample": 2, "x": [1.0]})
    assert signs.X[2].tolist() == [1.0]
    assert signs.y.tolist() == [1.0 if x > 0 else -1.0 for x in WIDE[:, 0]]


def test_targets_are_read_by_their_kind():
    def kind(y, outputs=None):
        return read_data(np.zeros((len(y), 1)), y, outputs)[2]

    assert kind([0, 1, 1]).kind == kind([-1.0, 1.0]).kind == kind([True, False]).kind == "signs"
    assert (kind([0, 1, 2]).kind, kind([0, 1, 2]).outputs) == ("classes", 3)
    assert kind([0, 1, 1], outputs=2).kind == "classes"
    assert kind([0, 1, 2], outputs=5).outputs == 5
    assert kind([0.0, 1.0, 2.0]).kind == kind([0, 1, 2], outputs=1).kind == kind([0, 99]).kind == "numbers"
