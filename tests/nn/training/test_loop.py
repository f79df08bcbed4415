"""Training: the loop, its events, and what happens when it cannot go on."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr

import numpy as np
import pytest

from autograd_core import Value
from nn import MLP, SGD, History, Module, evaluate, fit, training
from nn.data import moons
from nn.errors import AnomalyError, DataError, DivergedError, MissingExtraError, OperandError, OptionError
from nn.regularizers import L1
from nn.training.events import EpochEnded, Finished, Started, Updated


class Line(Module):
    """y = w·x, as in the lectures' examples."""

    def __init__(self, w=0.0):
        self.w = Value(w)

    def forward(self, x):
        return self.w * x[0]


LINE = (np.array([[1.0], [2.0], [3.0]]), np.array([2.0, 4.0, 6.0]))


def squares(outputs, targets):
    return sum(((o - t) ** 2 for o, t in zip(outputs, targets, strict=True)), Value(0.0)) / float(len(outputs))


def weights_during(**options):
    model, seen = Line(), []

    def note(event):
        if isinstance(event, Updated):
            seen.append(event.model.w.data)

    fit(model, LINE, squares, SGD(model.parameters(), lr=0.05), progress=False, callbacks=[note], **options)
    return seen


def test_batch_on_line_and_mini_batch_modes_give_the_lectures_numbers():
    assert weights_during(batch_size=1, shuffle=False) == pytest.approx([0.2, 0.92, 1.892], rel=1e-14)
    assert weights_during(batch_size=2, shuffle=False) == pytest.approx([0.5, 1.85], rel=1e-14)
    assert weights_during(batch_size=None) == pytest.approx([0.9333333333333335], rel=1e-14)


def test_x01_the_update_after_an_epoch_uses_the_first_sample_again():
    seen = weights_during(batch_size=1, shuffle=False, epochs=2)
    assert seen[3] == pytest.approx(seen[2] - 0.05 * 2 * (seen[2] * 1.0 - 2.0) * 1.0, rel=1e-14)


def test_a_linear_unit_learns():
    model = Line()
    fit(model, LINE, "mse", SGD(model.parameters(), lr=0.05), epochs=50, progress=False)
    assert model.w.data == pytest.approx(2.0, abs=1e-6)


def test_events_come_in_order():
    model, seen = Line(), []
    fit(model, LINE, "mse", SGD(model.parameters(), lr=0.01), epochs=2, batch_size=2, progress=False,
        callbacks=[lambda e: seen.append(e)])  # fmt: skip
    assert [type(e) for e in seen] == [Started, *[Updated, Updated, EpochEnded] * 2, Finished]
    assert (seen[0].epochs, seen[0].updates_per_epoch) == (2, 2)
    assert [e.step for e in seen if isinstance(e, Updated)] == [1, 2, 3, 4]
    assert [e.samples for e in seen if isinstance(e, Updated)] == [2, 1, 2, 1]
    assert seen[-1].reason == "all epochs done"


def test_the_loop_can_be_driven_by_hand():
    model = Line()
    events = training(model, LINE, "mse", SGD(model.parameters(), lr=0.05), epochs=10)
    assert isinstance(next(events), Started)
    assert model.w.data == 0.0
    next(events)
    assert model.w.data > 0.0


def test_a_consumer_stops_by_saying_why():
    model = Line()
    history = fit(model, LINE, "mse", SGD(model.parameters(), lr=0.05), epochs=10, progress=False,
                  callbacks=[lambda e: "enough" if isinstance(e, EpochEnded) and e.epoch == 3 else None])  # fmt: skip
    assert (len(history.epochs), history.reason, history.interrupted) == (3, "enough", False)


def test_history_keeps_losses_rates_norms_and_metrics():
    X, y = moons(20, rng=0)
    model = MLP(2, [3, 1], rng=0)
    history = fit(model, (X, 2 * y - 1), "hinge", SGD(model.parameters(), lr=0.1), epochs=3, batch_size=10,
                  validation=(X, 2 * y - 1), metrics=["accuracy"], schedule=lambda step: 0.1 / (step + 1),
                  progress=False)  # fmt: skip
    assert len(history.losses) == len(history.rates) == 6
    assert history.rates[:3] == [0.1, 0.05, 0.1 / 3]
    assert set(history.norms) == {"layer0", "layer1"}
    assert len(history.norms["layer0"]) == 6
    assert set(history.epochs[0]) == {"loss", "lr", "accuracy", "validation_loss", "validation_accuracy"}
    assert history["loss"][0] == pytest.approx(np.mean(history.losses[:2]))
    assert evaluate(model, (X, 2 * y - 1), "hinge", ["accuracy"])["loss"] == history["validation_loss"][-1]
    again = History.from_json(json.loads(json.dumps(history.to_json())))
    assert again == history
    with pytest.raises(OptionError, match="Did you mean 'validation_loss'"):
        history["validaton_loss"]


def test_the_same_seed_trains_the_same_bits():
    def run(seed):
        X, y = moons(20, noise=0.1, rng=0)
        model = MLP(2, [3, 1], rng=0)
        fit(model, (X, 2 * y - 1), "hinge", SGD(model.parameters(), lr=0.1, momentum=0.5), epochs=2, batch_size=3,
            seed=seed, progress=False)  # fmt: skip
        return [p.data for p in model.parameters()]

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_a_regulariser_is_added_to_the_loss():
    model = Line(2.0)
    history = fit(model, LINE, "mse", SGD(model.parameters(), lr=0.1), regularizer=lambda m: m.w * m.w, progress=False)
    assert history.losses == [4.0]
    assert model.w.data == pytest.approx(2.0 - 0.1 * 4.0)


def interrupt_at(place, step):
    """A model at which Ctrl-C is pressed in its forward pass, or a consumer that presses it after an update."""

    class Interrupted(Line):
        calls = 0

        def forward(self, x):
            self.calls += 1
            if place == "forward" and self.calls == 3 * step + 2:
                raise KeyboardInterrupt
            return super().forward(x)

    def press(event):
        if place == "consumer" and isinstance(event, Updated) and event.step == step:
            raise KeyboardInterrupt

    return Interrupted(), press


@pytest.mark.parametrize("place", ["forward", "consumer"])
def test_an_interrupt_keeps_the_model_of_the_last_whole_update(place):
    plain = Line()
    fit(plain, LINE, "mse", SGD(plain.parameters(), lr=0.01), epochs=4, progress=False)
    model, press = interrupt_at(place, 4)
    finished = []
    history = fit(model, LINE, "mse", SGD(model.parameters(), lr=0.01), epochs=100, progress=False,
                  callbacks=[press, lambda e: finished.append(e) if isinstance(e, Finished) else None])  # fmt: skip
    assert history.interrupted
    assert history.reason == "interrupted"
    assert len(history.losses) == 4
    assert model.w.data == plain.w.data
    assert len(finished) == 1


def test_running_statistics_of_an_update_that_did_not_take_place_are_put_back():
    class Counting(Line):
        def __init__(self):
            super().__init__()
            self.count = np.zeros(1)

        def forward(self, x):
            self.count = self.count + 1.0
            if self.count == 5:
                raise KeyboardInterrupt
            return super().forward(x)

    model = Counting()
    history = fit(model, LINE, "mse", SGD(model.parameters(), lr=0.01), epochs=9, progress=False)
    assert history.interrupted
    assert model.count == 3.0


def test_divergence_names_the_operation_and_leaves_the_model():
    class Log(Line):
        def forward(self, x):
            return (self.w * x[0] - 1.0).log()

    model = Log(1.5)
    before = model.w.data
    with pytest.raises(DivergedError, match=r"Update 1 did not take place.*log\(") as caught:
        fit(
            model,
            (np.array([[0.5], [1.0]]), np.array([0.0, 0.0])),
            "mse",
            SGD(model.parameters(), lr=0.1),
            progress=False,
        )
    assert model.w.data == before
    assert isinstance(caught.value, AnomalyError)
    assert isinstance(caught.value.history, History)
    assert caught.value.history.reason == "diverged"


def test_an_infinite_gradient_is_found_too():
    class Root(Line):
        def forward(self, x):
            return (self.w * x[0]).sqrt()

    model = Root(0.0)
    with pytest.raises(DivergedError, match="sqrt"):
        fit(model, (np.array([[1.0]]), np.array([1.0])), "mse", SGD(model.parameters(), lr=0.1), progress=False)
    assert model.w.data == 0.0


def test_evaluate_records_and_changes_nothing():
    model = MLP(1, [2, 1], rng=0).train()
    model.layers[0].training = False
    first = evaluate(model, LINE, "mse")
    assert first == evaluate(model, LINE, "mse")
    assert (model.training, model.layers[0].training) == (True, False)


def test_a_progress_bar_on_standard_error():
    text = io.StringIO()
    with redirect_stderr(text):
        model = Line()
        fit(model, LINE, "mse", SGD(model.parameters(), lr=0.01), epochs=5, progress=True, validation=LINE)
    assert "epoch 5/5" in text.getvalue()
    assert "5/5" in text.getvalue()


def test_without_tqdm_training_goes_on_unless_a_bar_is_demanded(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    model = Line()
    assert fit(model, LINE, "mse", SGD(model.parameters(), lr=0.01)).reason == "all epochs done"
    with pytest.raises(MissingExtraError, match=r"autograd-core\[progress\]"):
        fit(model, LINE, "mse", SGD(model.parameters(), lr=0.01), progress=True)


REFUSED = [
    ({"data": (np.zeros((0, 1)), np.zeros(0))}, DataError, "no samples"),
    ({"data": (np.zeros((2, 1)), np.zeros(3))}, DataError, "its target"),
    ({"data": (np.array([[np.nan], [1.0]]), np.zeros(2))}, DataError, r"nan at index \(0, 0\)"),
    ({"data": (np.array([["a"], ["b"]]), np.zeros(2))}, DataError, "must be numbers"),
    ({"data": np.zeros((2, 1))}, OperandError, "pair"),
    ({"epochs": 0}, OptionError, "epochs"),
    ({"epochs": 1.5}, OperandError, "epochs"),
    ({"batch_size": 0}, OptionError, "batch_size"),
    ({"loss": "msee"}, OptionError, "mse"),
    ({"metrics": ["acuracy"]}, OptionError, "accuracy"),
    ({"validation": (np.zeros((2, 1)), np.zeros(3))}, DataError, "its target"),
    ({"schedule": 0.1}, OperandError, "schedule=lambda step"),
    ({"regularizer": "l2"}, OperandError, r"regularizer=L2\(1e-4\)"),
    ({"callbacks": print}, OperandError, r"callbacks=\["),
    ({"callbacks": [3]}, OperandError, r"EarlyStopping\(\)"),
    ({"loss": lambda outputs, targets: 3.0}, OperandError, "float 3.0, which does not say how it was computed"),
    ({"loss": lambda outputs, targets: outputs}, OperandError, "Return one Value or Tensor"),
]


@pytest.mark.parametrize(("change", "error", "message"), REFUSED)
def test_what_cannot_be_trained_is_refused_before_the_first_update(change, error, message):
    model = Line(0.5)
    options = {"data": LINE, "loss": "mse", "epochs": 1, "progress": False} | change
    with pytest.raises(error, match=message):
        fit(model, optimizer=SGD(model.parameters(), lr=0.1), **options)
    assert model.w.data == 0.5


def test_an_optimiser_is_an_optimiser():
    with pytest.raises(OperandError, match="SGD"):
        fit(Line(), LINE, "mse", "sgd", progress=False)


def test_an_interrupt_right_after_a_step_still_shrinks_the_weights():
    model = Line(0.5)
    optimizer = SGD(model.parameters(), lr=0.1)
    step = optimizer.step

    def pressed():
        step()
        raise KeyboardInterrupt

    optimizer.step = pressed
    history = fit(model, ([[0.0]], [0.0]), "mse", optimizer, regularizer=L1(1.0, proximal=True), progress=False)
    assert history.interrupted
    assert model.w.data == pytest.approx(0.4)


def test_a_sensible_history_in_one_line():
    model = Line()
    history = fit(model, LINE, "mse", SGD(model.parameters(), lr=0.01), epochs=2, progress=False)
    assert repr(history).startswith("History(2 epochs, 2 updates, all epochs done; loss=")


def test_the_norm_of_what_is_not_trained_is_that_of_the_last_gradient():
    model = MLP(1, [1, 1], activation="linear", rng=1)
    first, last = model.layers
    history = fit(model, ([[1.0]], [0.0]), "mse", SGD(last.parameters(), lr=0.0), epochs=3, progress=False)
    assert history.norms["layer0"] == [history.norms["layer0"][0]] * 3
    assert history.norms["layer0"][0] > 0.0
    assert first.parameters()[0].data == MLP(1, [1, 1], activation="linear", rng=1).parameters()[0].data
