"""Copy as Python: what it gives, run by itself, ends with the bits that the playground has."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from nn import MLP, DAGNetwork, Dropout, Linear, Sequential
from nn.data import blobs, moons, sine
from viz.playground.session import Session
from viz.playground.settings import CHOICES, DATASETS
from viz.playground.update_rules import OPTIMIZERS

OPTIONS = {
    "SGD": [{}, {"momentum": 0.5, "nesterov": True}, {"momentum": 0.8, "dampening": 0.1, "weight_decay": 0.01}],
    "Momentum": [{}, {"momentum": 0.3}],
    "Adagrad": [{}, {"lr_decay": 0.01, "initial_accumulator_value": 0.1}],
    "RMSprop": [{}, {"alpha": 0.8, "momentum": 0.4, "centered": True}],
    "Adam": [{}, {"betas": [0.7, 0.95], "eps": 1e-6, "amsgrad": True}],
    "AdamW": [{}, {"weight_decay": 0.1}],
}
RUN = "import runpy, sys\nfor path in sys.argv[1:]:\n    runpy.run_path(path)\n"


def state(model):
    return {name: np.asarray(array).tolist() for name, array in model.state_dict().items()}


def run_copied(session, **names):
    exec(session.do({"do": "code"})["code"], names)  # what the button gives is to be run
    return names


def drawn(draw):
    """A session with settings drawn by a generator, and the steps of a play."""
    optimizer = str(draw.choice(OPTIMIZERS))
    session = Session(
        dataset=str(draw.choice(DATASETS)), noise=float(draw.uniform(0, 0.3)), samples=int(draw.integers(8, 41)),
        seed=int(draw.integers(0, 100)), layers=tuple(draw.integers(1, 5, draw.integers(0, 3)).tolist()),
        activation=str(draw.choice(CHOICES["activation"])), optimizer=optimizer,
        options=OPTIONS[optimizer][draw.integers(len(OPTIONS[optimizer]))], lr=float(draw.choice([0.001, 0.01, 0.05])),
        regularizer=str(draw.choice(CHOICES["regularizer"])), strength=0.01, batch=int(draw.integers(1, 20)),
    )  # fmt: skip
    session.do({"do": "set", "name": "loss", "value": str(draw.choice(session.task.losses))})
    return session


def by_hand(session, draw):
    """Do a few things that no call of ``fit`` does."""
    link = session.do({"do": "table"})["rows"][0][0]
    for message in draw.permutation([
        {"do": "step", "size": "sample"},
        {"do": "weight", "link": link, "value": 0.25},
        {"do": "set", "name": "lr", "value": 0.02},
        {"do": "set", "name": "batch", "value": 3},
        {"do": "move", "sample": 1, "x": [0.5, 0.25]},
        {"do": "remove", "sample": 0},
        {"do": "undo"},
    ]):  # fmt: skip
        session.do(message)
        session.do({"do": "step", "size": "batch"})


def test_drawn_plays_run_again_in_a_fresh_process_give_the_same_loss(tmp_path):
    draw, wanted, paths = np.random.default_rng(5), [], []
    for i in range(36):
        session = drawn(draw)
        for size, most in (("epoch", 3), ("batch", 4)):
            for _ in range(draw.integers(0, most)):
                session.do({"do": "step", "size": size})
        if i % 3 == 0:
            by_hand(session, draw)
        if not session.updates:
            session.do({"do": "step", "size": "batch"})
        assert "did not" not in session.notice, session.settings
        paths.append(tmp_path / f"{i}.py")
        paths[-1].write_text(session.do({"do": "code"})["code"], encoding="utf-8")
        wanted.append(repr(session.losses[-1]))
    done = subprocess.run(
        [sys.executable, "-c", RUN, *map(str, paths)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == wanted


@pytest.mark.parametrize("steps", [["epoch", "epoch"], ["batch"] * 5, ["epoch", "sample", "batch"]], ids="-".join)
def test_every_number_of_the_model_is_the_same(steps, capsys):
    session = Session(optimizer="Adam", samples=40)
    for size in steps:
        session.do({"do": "step", "size": size})
    names = run_copied(session)
    assert state(names["model"]) == state(session.model)
    found = names["history"].losses if "history" in names else names["losses"]
    assert found == session.losses
    assert capsys.readouterr().out == f"{session.losses[-1]!r}\n"


def test_training_by_batches_is_one_call_of_fit_and_nothing_is_said_that_is_so_anyway():
    session = Session(optimizer="Adam", samples=40)
    for _ in range(2):
        session.do({"do": "step", "size": "epoch"})
    code = session.do({"do": "code"})["code"]
    assert "def " not in code
    assert "optimizer = Adam(model.parameters(), lr=0.1)\n" in code
    assert 'fit(model, (X, y), "hinge", optimizer, epochs=2, batch_size=10, traced=True)' in code


@pytest.mark.parametrize(
    ("make", "data", "traced"),
    [
        (lambda: MLP(2, [2, 1], activation="tanh", rng=5), moons(20, rng=0), True),
        (lambda: MLP(2, [3, 3], activation="tanh", rng=5), blobs(20, rng=0), True),
        (lambda: DAGNetwork([(1, 2), (1, 3), (2, 3)], {2: "tanh"}, biases=True, rng=0), sine(12), True),
        (lambda: Sequential(Linear(2, 3, rng=0), "tanh", Linear(3, 1, rng=1)), moons(20, rng=0), False),
    ],
    ids=["MLP", "MLP of classes", "DAG", "Tensors"],
)
@pytest.mark.parametrize("others", [False, True])
def test_your_own_model_is_given_its_start_and_trained_alike(make, data, traced, others):
    session = Session(make(), data, optimizer="Adam")
    session.do({"do": "step", "size": "epoch"})
    if others:
        by_hand(session, np.random.default_rng(1))
    assert session.is_traced is traced
    other = make()
    for p in other.parameters():
        p.data = 0.0 * p.data
    names = run_copied(session, model=other)
    assert state(names["model"]) == state(session.model)


def test_a_model_that_cannot_be_traced_is_copied_without():
    session = Session(Sequential(Linear(2, 3, rng=0), "tanh", Dropout(0.0), Linear(3, 1, rng=1)), moons(12, rng=0))
    session.do({"do": "step", "size": "batch"})
    assert "traced" not in session.do({"do": "code"})["code"].lower()


def test_samples_that_were_edited_are_brought_along():
    session = Session(layers=(2,), samples=8)
    session.do({"do": "add", "x": [0.25, -3.0], "target": 1})
    session.do({"do": "rewind"})
    session.do({"do": "step", "size": "epoch"})
    names = run_copied(session)
    assert names["X"].tolist() == session.X.tolist()
    assert state(names["model"]) == state(session.model)
    for _ in range(2):
        session.do({"do": "undo"})
    assert session.notice.startswith("No sample was added")
    session.do({"do": "rewind"})
    assert "moons(8" in session.do({"do": "code"})["code"]


def test_a_play_without_a_step_is_code_that_trains_an_epoch():
    session = Session(layers=(2,), samples=8)
    assert len(run_copied(session)["history"].losses) == 1
