"""Consumers that act: early stopping, plateaus, checkpoints; and training that goes on where it stopped."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest

from nn import MLP, SGD, fit
from nn.callbacks import Checkpoint, EarlyStopping, ReduceLROnPlateau
from nn.data import moons, split
from nn.errors import ModelFileError, OptionError
from nn.files.archive import read, write
from nn.optimizers import Adam, RMSprop
from nn.schedules import HarmonicLR, Warmup
from nn.training.events import EpochEnded, Finished, Started
from nn.training.history import History


@pytest.fixture(scope="module")
def data():
    X, y = moons(40, noise=0.2, rng=0)
    return split(X, 2 * y - 1, (0.75, 0.25), rng=0)


def make(kind=SGD, **options):
    model = MLP(2, [4, 1], activation="tanh", rng=0)
    return model, kind(model.parameters(), **({"lr": 0.1} | options))


def numbers(model):
    return [p.data for p in model.parameters()]


def told(consumer, values, name="validation_loss", history=None, model=None, optimizer=None):
    """What a consumer answers to epochs with these values."""
    consumer(Started(model, optimizer, len(values), 1, history=history or History()))
    before = len((history or History()).epochs)
    return [consumer(EpochEnded(model, optimizer, before + i, i, {name: v})) for i, v in enumerate(values, start=1)]


def test_early_stopping_bears_so_many_bad_epochs():
    answers = told(EarlyStopping(patience=2, restore_best=False), [3.0, 2.0, 2.5, 2.0, 2.1, 2.2])
    assert answers[:4] == [None] * 4
    assert "since epoch 2" in answers[4]


@pytest.mark.parametrize(
    ("options", "values", "stopped"),
    [
        ({"patience": 0}, [1.0, 1.0], True),
        ({"patience": 0, "min_delta": 0.1}, [1.0, 0.95], True),
        ({"patience": 0, "min_delta": 0.1}, [1.0, 0.85], False),
        ({"patience": 0, "mode": "max"}, [0.5, 0.6], False),
        ({"patience": 0, "mode": "max"}, [0.6, 0.5], True),
        ({"patience": 0}, [1.0, float("nan")], True),
    ],
)
def test_what_counts_as_better(options, values, stopped):
    assert (told(EarlyStopping(restore_best=False, **options), values)[-1] is not None) == stopped


def test_early_stopping_gives_the_best_numbers_back(data):
    model, optimizer = make(lr=3.0)
    seen = {}
    stopper = EarlyStopping(patience=3)

    def note(event):
        if isinstance(event, EpochEnded):
            seen[event.epoch] = numbers(event.model)

    history = fit(model, data[0], "hinge", optimizer, epochs=60, validation=data[1], callbacks=[note, stopper],
                  progress=False)  # fmt: skip
    assert len(history.epochs) < 60
    assert history.reason.startswith("validation_loss has not improved")
    assert numbers(model) == seen[stopper.best_epoch]
    assert stopper.best == min(history["validation_loss"])


def test_a_column_that_is_not_there():
    model, optimizer = make()
    with pytest.raises(OptionError, match="validation_loss"):
        fit(model, ([[0.0, 0.0]], [1]), "hinge", optimizer, callbacks=[EarlyStopping()], progress=False)


def test_the_rate_falls_when_nothing_improves():
    _, optimizer = make(lr=1.0)
    plateau = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    rates = []
    for value in (1.0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.5):
        plateau.step(value)
        rates.append(optimizer.lr)
    assert rates == [1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25]


def test_the_rate_does_not_fall_below_its_bound():
    _, optimizer = make(lr=1.0)
    plateau = ReduceLROnPlateau(optimizer, factor=0.1, patience=0, min_lr=0.05)
    for value in (1.0, 1.0, 1.0, 1.0):
        plateau.step(value)
    assert optimizer.lr == 0.05


def test_schedules_count_updates_or_epochs(data):
    for every, rates in (("update", [1.0, 1 / 2, 1 / 3, 1 / 4]), ("epoch", [1.0, 1.0, 1 / 2, 1 / 2])):
        model, optimizer = make()
        history = fit(model, data[0], "hinge", optimizer, epochs=2, batch_size=15, schedule=HarmonicLR(1.0),
                      schedule_every=every, progress=False)  # fmt: skip
        assert history.rates == pytest.approx(rates)


def test_clipping_bounds_the_recorded_norm(data):
    model, optimizer = make()
    history = fit(model, data[0], "hinge", optimizer, epochs=3, clip_norm=0.01, progress=False)
    norms = np.array([history.norms["layer0"], history.norms["layer1"]])
    assert np.sqrt((norms**2).sum(axis=0)) == pytest.approx([0.01] * 3, rel=1e-3)


def test_inside_of_layers_is_recorded(data):
    model, optimizer = make()
    history = fit(model, data[0], "hinge", optimizer, epochs=2, probe=data[1][0], progress=False)
    assert history["dead_layer0"] == [0.0, 0.0]
    assert set(history.epochs[0]) >= {"sparsity_layer0", "sparsity_layer1", "dead_layer1"}


# Going on


KINDS = [
    (SGD, {"momentum": 0.9, "nesterov": True}),
    (Adam, {"lr": 0.01, "amsgrad": True}),
    (RMSprop, {"lr": 0.01, "centered": True, "momentum": 0.5}),
]


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_a_resumed_training_gives_the_same_bits(kind, options, data, tmp_path):
    arguments = {"batch_size": 8, "validation": data[1], "metrics": ["accuracy"], "seed": 3, "progress": False,
                 "schedule": Warmup(HarmonicLR(0.1), 5)}  # fmt: skip
    model, optimizer = make(kind, **options)
    whole = fit(model, data[0], "hinge", optimizer, epochs=6, **arguments)

    path = tmp_path / "training.npz"
    first, first_optimizer = make(kind, **options)
    fit(first, data[0], "hinge", first_optimizer, epochs=3, callbacks=[Checkpoint(path)], **arguments)
    second = MLP(2, [4, 1], activation="tanh", rng=99)
    history = fit(second, data[0], "hinge", kind(second.parameters(), **({"lr": 0.1} | options)), epochs=6,
                  resume=path, **arguments)  # fmt: skip
    assert numbers(second) == numbers(model)
    assert history == whole


def test_consumers_go_on_judging_where_they_were(data, tmp_path):
    path = tmp_path / "training.npz"
    model, optimizer = make(lr=2.0)
    arguments = {"validation": data[1], "progress": False}
    whole_stop, whole_plateau = EarlyStopping(patience=4, restore_best=False), ReduceLROnPlateau(optimizer, patience=1)
    whole = fit(model, data[0], "hinge", optimizer, epochs=30, callbacks=[whole_plateau, whole_stop], **arguments)

    model, optimizer = make(lr=2.0)
    plateau = ReduceLROnPlateau(optimizer, patience=1)
    fit(model, data[0], "hinge", optimizer, epochs=4, callbacks=[plateau, Checkpoint(path)], **arguments)
    model, optimizer = make(lr=2.0)
    again = fit(model, data[0], "hinge", optimizer, epochs=30, resume=path,
                callbacks=[ReduceLROnPlateau(optimizer, patience=1), EarlyStopping(patience=4, restore_best=False)],
                **arguments)  # fmt: skip
    assert again.rates == whole.rates
    assert again.reason == whole.reason


def test_a_checkpoint_of_the_best_epoch(data, tmp_path):
    path = tmp_path / "best.npz"
    model, optimizer = make(lr=3.0)
    seen = {}

    def note(event):
        if isinstance(event, EpochEnded):
            seen[event.epoch] = numbers(event.model)

    history = fit(model, data[0], "hinge", optimizer, epochs=12, validation=data[1], progress=False,
                  callbacks=[note, Checkpoint(path, monitor="validation_loss")])  # fmt: skip
    best, best_optimizer = make(lr=3.0)
    fit(best, data[0], "hinge", best_optimizer, epochs=1, resume=path, validation=data[1], progress=False)
    assert numbers(best) == seen[1 + int(np.argmin(history["validation_loss"]))]


def test_every_so_many_epochs(data, tmp_path):
    path = tmp_path / "c.npz"
    model, optimizer = make()
    fit(model, data[0], "hinge", optimizer, epochs=5, callbacks=[Checkpoint(path, every=2)], progress=False)
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("header.json"))["about"]["epoch"] == 4


def test_an_interrupted_training_can_go_on_from_its_checkpoint(data, tmp_path):
    path = tmp_path / "c.npz"
    model, optimizer = make()

    def press(event):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            raise KeyboardInterrupt

    fit(model, data[0], "hinge", optimizer, epochs=5, callbacks=[Checkpoint(path), press], progress=False)
    other, other_optimizer = make()
    history = fit(other, data[0], "hinge", other_optimizer, epochs=5, resume=path, progress=False)
    assert len(history.epochs) == 5
    assert history.reason == "all epochs done"
    assert not history.interrupted


@pytest.mark.parametrize("wrong", ["kind", "optimizer", "sizes", "damaged", "no checkpoint"])
def test_a_checkpoint_of_something_else_changes_nothing(wrong, data, tmp_path):
    path = tmp_path / "c.npz"
    model, optimizer = make(momentum=0.9)
    fit(model, data[0], "hinge", optimizer, epochs=1, callbacks=[Checkpoint(path)], progress=False)
    other, other_optimizer = make(momentum=0.9)
    if wrong == "kind":
        other = other.layers[0]
    elif wrong == "optimizer":
        other_optimizer = Adam(other.parameters())
    elif wrong == "sizes":
        other = MLP(2, [5, 1], rng=0)
        other_optimizer = SGD(other.parameters(), lr=0.7, momentum=0.9)
    elif wrong == "damaged":
        path.write_bytes(path.read_bytes()[:-100])
    else:
        model.save(path)
    before, state = numbers(other), other_optimizer.state_dict()
    with pytest.raises(ModelFileError):
        fit(other, data[0], "hinge", other_optimizer, resume=path, progress=False)
    assert numbers(other) == before
    assert {k: v.tolist() for k, v in other_optimizer.state_dict().items()} == {k: v.tolist() for k, v in state.items()}


def about(**changes):
    return lambda arrays, header: header.update(changes)


def entry(name, value):
    return lambda arrays, header: arrays.update({name: np.asarray(value)})


@pytest.mark.parametrize(
    "change",
    [
        about(epoch=-1), about(step="3"), about(history=None), about(history={"losses": []}),
        about(history={"losses": 3, "rates": [], "norms": {}, "epochs": [], "reason": "", "interrupted": False}),
        entry("extra.w", 1.0), entry("model.extra", 1.0), entry("optimizer.lr", -1.0),
        entry("optimizer.99.velocity", 1.0), entry("optimizer.0.velocity", np.nan),
        entry("model.layer0.neuron0.b", np.inf),
    ],
)  # fmt: skip
def test_a_changed_checkpoint_changes_nothing(change, data, tmp_path):
    path = tmp_path / "c.npz"
    model, optimizer = make(momentum=0.9)
    fit(model, data[0], "hinge", optimizer, epochs=2, callbacks=[Checkpoint(path)], progress=False)
    arrays, header = read(path)
    change(arrays, header)
    write(path, arrays, header)
    before = numbers(model), optimizer.lr, optimizer.steps
    with pytest.raises(ModelFileError):
        fit(model, data[0], "hinge", optimizer, epochs=3, resume=path, progress=False)
    assert (numbers(model), optimizer.lr, optimizer.steps) == before


def test_a_plateau_cools_down():
    _, optimizer = make(lr=1.0)
    plateau, rates = ReduceLROnPlateau(optimizer, factor=0.5, patience=0, cooldown=2), []
    for _ in range(6):
        plateau.step(1.0)
        rates.append(optimizer.lr)
    assert rates == [1.0, 0.5, 0.5, 0.5, 0.25, 0.25]


def test_a_schedule_counts_updates_or_epochs_and_nothing_else(data):
    model, optimizer = make()
    with pytest.raises(OptionError, match="schedule_every"):
        fit(model, data[0], "hinge", optimizer, schedule_every="batch", progress=False)


def test_a_diverged_training_does_not_restore(data):
    model, _ = make()
    stopper = EarlyStopping(monitor="loss")
    told(stopper, [1.0], name="loss", model=model)
    model.parameters()[0].data = 123.0
    stopper(Finished(model, "diverged"))
    assert model.parameters()[0].data == 123.0


@pytest.mark.parametrize(
    "act",
    [
        lambda o: EarlyStopping(patience=-1),
        lambda o: EarlyStopping(mode="smallest"),
        lambda o: ReduceLROnPlateau(o, factor=1.0),
        lambda o: ReduceLROnPlateau(o, threshold_mode="both"),
        lambda o: Checkpoint("x", every=0),
    ],
)
def test_options_outside_their_range(act):
    with pytest.raises(OptionError):
        act(make()[1])
