"""A model trained as programs: the same training, but for rounding, and the model is never lost."""

import random
from itertools import pairwise

import numpy as np
import pytest

import nn
from autograd_core import Value, functions
from autograd_core.errors import GuardError, TraceError
from nn.activations import ACTIVATIONS
from nn.data import moons
from nn.errors import DivergedError, TargetError, TrainingError
from nn.losses import mse_loss
from nn.training.events import EpochEnded, Started, Updated
from nn.training.loop import training

POINTS, CLASSES = moons(20, noise=0.1)
SIGNS = 2 * CLASSES - 1

OPTIMIZERS = {
    "SGD": lambda p: nn.SGD(p, 0.5),
    "SGD, momentum": lambda p: nn.SGD(p, 0.1, momentum=0.9, dampening=0.1, weight_decay=1e-3),
    "SGD, Nesterov": lambda p: nn.SGD(p, 0.1, momentum=0.9, nesterov=True),
    "Momentum": lambda p: nn.Momentum(p, 0.1),
    "Adam": lambda p: nn.Adam(p, 0.02, weight_decay=1e-3),
    "Adam, AMSGrad": lambda p: nn.Adam(p, 0.02, amsgrad=True),
    "AdamW": lambda p: nn.AdamW(p, 0.02),
    "Adagrad": lambda p: nn.Adagrad(p, 0.1, lr_decay=0.01, initial_accumulator_value=0.1),
    "RMSprop": lambda p: nn.RMSprop(p, 0.01, centered=True, momentum=0.5),
}


def small(rng=3):
    return nn.MLP(2, [4, 1], activation="tanh", rng=rng)


def sgd(parameters):
    return nn.SGD(parameters, 0.2)


def both(build=small, data=(POINTS, SIGNS), loss="hinge", optimizer=sgd, epochs=4, **options):
    """Train two equal models, one traced, and compare everything that a user can see."""
    found = []
    for traced in (False, True):
        model = build()
        steps = optimizer(model.parameters())
        history = nn.fit(model, data, loss, steps, epochs=epochs, traced=traced, progress=False, **options)
        found.append((model, steps, history))
    (model, steps, history), (other, other_steps, other_history) = found
    assert other_history.losses == pytest.approx(history.losses, rel=1e-9, abs=1e-12)
    assert other_history.rates == history.rates
    assert other_history.norms.keys() == history.norms.keys()
    for part, norms in history.norms.items():
        assert other_history.norms[part] == pytest.approx(norms, rel=1e-9, abs=1e-12)
    for record, other_record in zip(history.epochs, other_history.epochs, strict=True):
        assert other_record == pytest.approx(record, rel=1e-9, abs=1e-12)
    assert other_history.reason == history.reason
    for p, q in zip(model.parameters(), other.parameters(), strict=True):
        assert q.data == pytest.approx(p.data, rel=1e-9, abs=1e-12)
        assert q.grad == pytest.approx(p.grad, rel=1e-9, abs=1e-12)
        assert q.swept == p.swept
    state, other_state = steps.state_dict(), other_steps.state_dict()
    assert state.keys() == other_state.keys()
    assert all(np.allclose(other_state[name], state[name], rtol=1e-9, atol=1e-15) for name in state)
    assert len(history.losses) >= epochs
    return other, other_history


@pytest.mark.parametrize("batch_size", [None, 7, 1])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_takes_the_same_steps(name, batch_size):
    both(optimizer=OPTIMIZERS[name], batch_size=batch_size, epochs=3, metrics=["accuracy"])


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_every_activation(name):
    both(lambda: nn.MLP(2, [3, 2], activation=[name, "linear"], rng=1), (POINTS, CLASSES), "cross_entropy", epochs=2)


one_hot = np.eye(3)[np.arange(12) % 3]
features = np.random.default_rng(0).normal(size=(12, 2))
soft = np.random.default_rng(1).dirichlet([1.0, 1.0, 1.0], size=12)


def three(last="linear"):
    return lambda: nn.MLP(2, [3, 3], activation=["tanh", last], rng=1)


@pytest.mark.parametrize(
    ("build", "loss", "y"),
    [
        (small, "mse", np.linspace(-1.0, 1.0, 12)),
        (small, "l1", np.linspace(-1.0, 1.0, 12)),
        (small, "huber", np.linspace(-3.0, 3.0, 12)),
        (small, "perceptron", np.sign(features[:, 0])),
        (small, "hinge", np.sign(features[:, 0]).astype(np.int64)),
        (small, "binary_cross_entropy_with_logits", features[:, 0] > 0.0),
        (lambda: nn.MLP(2, [1], activation=["sigmoid"], rng=0), "binary_cross_entropy", features[:, 1] > 0.0),
        (three(), "mse", one_hot),
        (three(), "cross_entropy", one_hot.argmax(axis=1)),
        (three(), "cross_entropy", one_hot),
        (three(), "cross_entropy", soft),
        (three(), "nll", one_hot.argmax(axis=1)),
        (three("softmax"), "nll_of_probabilities", one_hot.argmax(axis=1)),
        (three("softmax"), "nll_clipped", one_hot.argmax(axis=1)),
        (small, lambda o, t: mse_loss(o, t, reduction="sum"), np.linspace(-1.0, 1.0, 12)),
        (small, lambda o, t: sum((a - b) ** 2 if b > 0 else abs(a) for a, b in zip(o, t, strict=True)), SIGNS[:12]),
    ],
)
def test_every_loss(build, loss, y):
    both(build, (features, y), loss, epochs=3, batch_size=5)


@pytest.mark.parametrize(
    "regularizer", [nn.L2(0.01), nn.L1(0.01), nn.L1(0.05, proximal=True), nn.Lq(0.01, q=3)], ids=repr
)
def test_regularizers(regularizer):
    both(regularizer=regularizer)


def test_what_fit_can_do_besides(tmp_path):
    both(clip_norm=0.1)
    both(schedule=lambda step: 0.5 / (1 + step), schedule_every="epoch", batch_size=8)
    both(validation=(POINTS[:7], SIGNS[:7]), metrics=["accuracy"], probe=POINTS[:5])
    both(validation=(POINTS[:7], SIGNS[:7]), epochs=2, callbacks=[nn.EarlyStopping(patience=3)])
    both(data=(POINTS[:1], SIGNS[:1]))
    both(
        lambda: nn.DAGNetwork([(1, 3), (2, 3), (1, 4), (3, 4)], rng=0), loss=lambda o, t: mse_loss([a for (a,) in o], t)
    )
    both(lambda: nn.Neuron(2, activation="tanh", rng=1))
    both(lambda: nn.Layer(2, 1, rng=1), loss="mse")


def test_parameters_that_are_not_trained_stay():
    model, _ = both(optimizer=lambda p: nn.Adam(p[:5], 0.05))
    assert [p.data for p in model.parameters()[5:]] == [p.data for p in small().parameters()[5:]]


def test_a_class_that_is_absent_from_a_batch_leaves_its_neuron_alone():
    both(lambda: nn.MLP(2, [3], rng=1), (features, one_hot.argmax(axis=1)), "nll", OPTIMIZERS["Momentum"], batch_size=1)


def test_checkpoints_go_on_either_way(tmp_path):
    whole = small()
    nn.fit(whole, (POINTS, SIGNS), "hinge", nn.Adam(whole.parameters(), 0.05), epochs=6, batch_size=6, progress=False)
    for first, then in ((True, False), (False, True), (True, True)):
        model, path = small(), tmp_path / f"{first}-{then}.npz"
        optimizer = nn.Adam(model.parameters(), 0.05)
        options = {"batch_size": 6, "progress": False}
        nn.fit(
            model,
            (POINTS, SIGNS),
            "hinge",
            optimizer,
            epochs=3,
            traced=first,
            callbacks=[nn.Checkpoint(path)],
            **options,
        )
        again = small(rng=8)
        nn.fit(
            again, (POINTS, SIGNS), "hinge", nn.Adam(again.parameters()), epochs=6, traced=then, resume=path, **options
        )
        assert [p.data for p in again.parameters()] == pytest.approx([p.data for p in whole.parameters()], rel=1e-9)


# What callbacks see and do


def test_a_callback_sees_the_model_after_each_update():
    seen = {False: [], True: []}
    for traced, numbers in seen.items():
        model = small()
        nn.fit(
            model, (POINTS, SIGNS), "hinge", sgd(model.parameters()), epochs=2, batch_size=5, traced=traced,
            progress=False, callbacks=[lambda e, n=numbers: n.append([(p.data, p.grad) for p in e.model.parameters()])],
        )  # fmt: skip
    assert np.allclose(seen[True], seen[False], rtol=1e-9, atol=1e-12)
    assert all(a != b for a, b in pairwise(seen[True][1:5]))


def test_a_training_that_is_stopped_is_stopped_at_the_same_place():
    class Enough:
        epochs_only = True

        def __call__(self, event):
            return "enough" if isinstance(event, EpochEnded) and event.epoch == 2 else None

    _, history = both(epochs=2, callbacks=[Enough()], batch_size=6)
    assert (history.reason, len(history.epochs)) == ("enough", 2)
    best = nn.EarlyStopping("loss", patience=0, mode="max")  # the best epoch is the first, and the second one worse
    _, history = both(epochs=2, callbacks=[best], optimizer=lambda p: nn.Adam(p, 0.05))
    assert best.best_epoch == 1
    assert len(history.epochs) == 2


def test_what_a_callback_changes_counts():
    class Clamp:
        def __call__(self, event):
            if isinstance(event, Updated):
                for p in event.model.parameters():
                    p.data = max(-0.3, min(0.3, p.data))

    model, _ = both(callbacks=[Clamp()], batch_size=5)
    assert max(abs(p.data) for p in model.parameters()) <= 0.3


def test_the_generator_gives_the_model_back_at_every_event():
    model, other = small(), small()
    events = training(model, (POINTS, SIGNS), "hinge", nn.Adam(model.parameters()), epochs=2, traced=True)
    kinds = []
    others = training(other, (POINTS, SIGNS), "hinge", nn.Adam(other.parameters()), epochs=2)
    for event, _ in zip(events, others, strict=True):
        assert [p.data for p in model.parameters()] == pytest.approx([p.data for p in other.parameters()], rel=1e-9)
        kinds.append(type(event))
    assert kinds == [Started] + [Updated, EpochEnded] * 2


# The model is never lost


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_exception_leaves_the_model_as_after_the_last_whole_update(error, monkeypatch):
    whole = small()
    nn.fit(whole, (POINTS, SIGNS), "hinge", nn.Adam(whole.parameters()), epochs=1, batch_size=4, progress=False)
    model = small()
    optimizer = nn.Adam(model.parameters())
    rule, left = optimizer.rule, [5]

    def interrupted(x, gradient, memory):
        if not left[0]:
            raise error
        left[0] -= 1
        return rule(x, gradient, memory)

    monkeypatch.setattr(optimizer, "rule", interrupted)
    try:
        history = nn.fit(
            model, (POINTS, SIGNS), "hinge", optimizer, epochs=9, batch_size=4, progress=False, traced=True
        )
    except RuntimeError:
        assert error is RuntimeError
    else:
        assert history.interrupted
        assert len(history.losses) == 5
    assert [p.data for p in model.parameters()] == pytest.approx([p.data for p in whole.parameters()], rel=1e-9)
    assert optimizer.steps == 5
    assert optimizer.state_dict()["0.t"] == 5


def test_a_loss_that_is_infinite_to_begin_with_is_no_fault_of_the_trace():
    model = nn.MLP(2, [4, 1], rng=0)
    before = [p.data for p in model.parameters()]
    with pytest.raises(DivergedError, match="mse_loss is infinite or nan"):
        nn.fit(model, (POINTS * 1e200, SIGNS), "mse", nn.SGD(model.parameters(), 0.1), progress=False, traced=True)
    assert [p.data for p in model.parameters()] == before


def test_a_training_that_diverges_names_the_operation_and_keeps_the_model():
    model = nn.MLP(2, [4, 1], activation="linear", rng=1)
    with pytest.raises(DivergedError, match="did not take place") as caught:
        nn.fit(model, (POINTS, SIGNS), "mse", nn.SGD(model.parameters(), 1e80), epochs=9, progress=False, traced=True)
    assert caught.value.history.reason == "diverged"
    assert all(np.isfinite(p.data) for p in model.parameters())
    assert [p.data for p in model.parameters()] != [p.data for p in nn.MLP(2, [4, 1], rng=1).parameters()]


def test_an_optimizer_that_steps_in_its_own_way_is_let():
    class Signs(nn.SGD):
        def step(self):
            for p in self.params:
                p.data -= self.lr * (1.0 if p.grad > 0.0 else -1.0)
            self.steps += 1

    both(optimizer=lambda p: Signs(p, 0.01), clip_norm=1.0)


# What cannot be traced


def refuses(model, error, match, data=(POINTS, SIGNS), loss="hinge", **options):
    before = model.state_dict()
    with pytest.raises(error, match=match):
        nn.fit(model, data, loss, nn.SGD(model.parameters(), 0.1), traced=True, progress=False, epochs=2, **options)
    after = model.state_dict()
    assert all(np.array_equal(before[name], after[name]) for name in before)


class Line(nn.Module):
    """A model to be spoilt: its ``twist`` is what it does with its sum."""

    def __init__(self, twist):
        self.w = [Value(0.5), Value(-0.25)]
        self.calls = np.zeros(1)
        self._twist = twist

    def forward(self, x):
        return self._twist(self, self.w[0] * x[0] + self.w[1] * x[1])


def test_tensors_are_refused():
    refuses(nn.Sequential(nn.Linear(2, 4), nn.Dropout(0.5), nn.Linear(4, 1)), TraceError, "fast as it is")
    with pytest.raises(TraceError, match="model of Values"):
        nn.Linear(2, 1).traced("mse")


def dropout(model, x):
    return x * float(random.random() < 0.5) + random.random()


def hidden_branch(model, x):
    return x if x.data > 0.0 else 2.0 * x


def counting(model, x):
    model.calls = model.calls + 1.0
    return x


@pytest.mark.parametrize(
    ("twist", "error", "match"),
    [
        (dropout, TraceError, "draws random numbers"),
        (hidden_branch, TraceError, "by x.data"),
        (lambda model, x: x if x > 0.0 else 2.0 * x, GuardError, "test_traced.py, line"),
        (counting, TraceError, "changes its arrays"),
        (lambda model, x: (x * 1.0, 0.0)[round(x.data) * 0 + 1], TraceError, "tracing it failed"),
    ],
)
def test_models_that_are_no_single_path_are_refused(twist, error, match):
    with pytest.raises(error, match="traced=True out"):
        Line(twist).traced("hinge")(POINTS, SIGNS)
    refuses(Line(twist), error, match)


def test_a_branch_that_comes_up_later_stops_the_training_with_the_model_whole():
    model = Line(lambda model, x: x if model.w[0] > 0.2 else 2.0 * x)
    with pytest.raises(GuardError, match=r"w0 > 0\.2 at .*test_traced\.py"):
        nn.fit(
            model,
            ([[1.0, 0.0]], [-1.0]),
            "mse",
            nn.SGD(model.parameters(), 0.05),
            epochs=99,
            traced=True,
            progress=False,
        )
    assert -0.2 < model.w[0].data <= 0.2


def test_losses_that_are_no_sum_over_samples_are_refused():
    worst = lambda o, t: functions.maximum(o[0] * t[0], o[-1] * t[-1])  # noqa: E731
    refuses(small(), TraceError, "neither the mean nor the sum", loss=worst)
    reads = lambda o, t: sum(a * (1.0 if a.data > 0.5 else 3.0) for a in o)  # noqa: E731
    refuses(small(), TraceError, "other numbers than the loss itself|neither", loss=reads)


def test_wrong_targets_are_refused_as_ever():
    refuses(small(), TargetError, "2\\*y - 1", data=(POINTS, CLASSES))
    refuses(three()(), TargetError, "counted from 0", data=(features, np.arange(12)), loss="cross_entropy")


def test_an_objective_of_other_parameters_is_refused():
    model, other = small(), small()
    with pytest.raises(TrainingError, match=r"model\.parameters"):
        nn.fit(model, (POINTS, SIGNS), "hinge", sgd(other.parameters()), traced=True, progress=False)


# The objective by itself


def test_the_objective_follows_the_model():
    model = small()
    objective = model.traced("hinge", nn.L2(0.01))
    for _ in range(2):
        outputs = [model(x) for x in POINTS.tolist()]
        wanted = nn.hinge(outputs, SIGNS.tolist()) + nn.L2(0.01)(model)
        assert objective(POINTS, SIGNS) == pytest.approx(wanted.data, rel=1e-12)
        assert objective.outputs(POINTS).tolist() == pytest.approx([o.data for o in outputs], rel=1e-12)
        for p in model.parameters():
            p.data *= -1.5
    assert len(objective.programs) == 2
    assert "hinge(x, target)" in repr(objective)


def test_the_gradient_is_added_as_backward_does():
    model, other = small(), small()
    objective = model.traced("hinge", nn.L1(0.01))
    for _ in range(2):
        value = objective.backward(POINTS, SIGNS)
        loss = nn.hinge([other(x) for x in POINTS.tolist()], SIGNS.tolist()) + nn.L1(0.01)(other)
        loss.backward()
        assert value == pytest.approx(loss.data)
    wanted = [p.grad for p in other.parameters()]
    assert [p.grad for p in model.parameters()] == pytest.approx(wanted, rel=1e-9)


def test_one_program_serves_all_batches_and_one_each_class():
    objective = small().traced("hinge")
    for count in (1, 5, 20):
        objective(POINTS[:count], SIGNS[:count])
    assert len(objective.programs) == 1
    objective = three()().traced("cross_entropy")
    objective(features, one_hot.argmax(axis=1))
    assert [program.name for program in objective.programs] == [f"cross_entropy_of_{k}" for k in range(3)]


def test_parameters_of_the_loss_are_trained_too():
    model, scale = small(), Value(2.0)
    loss = lambda o, t: mse_loss([a * scale for a in o], t)  # noqa: E731
    optimizer = nn.SGD([*model.parameters(), scale], 0.1)
    nn.fit(model, (POINTS, SIGNS), loss, optimizer, epochs=3, traced=True, progress=False)
    assert scale.data != 2.0
