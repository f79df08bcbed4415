"""Optimizers: the lectures' sequences, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core import Tensor, Value
from nn import MLP, SGD, Adagrad, Adam, AdamW, Momentum, RMSprop
from nn.errors import OperandError, OptionError, ShapeError, TrainingError
from nn.optimizers import Optimizer, clip_grad_norm_, clip_grad_value_


def descend(optimizer_of, objective, start, steps):
    """The numbers a parameter goes through."""
    w = Value(start)
    optimizer = optimizer_of([w])
    seen = []
    for _ in range(steps):
        optimizer.zero_grad()
        objective(w).backward()
        optimizer.step()
        seen.append(w.data)
    return seen


def test_gradient_descent_on_a_parabola():
    found = descend(lambda p: SGD(p, lr=0.1), lambda w: (w - 3.0) ** 2, 0.0, 5)
    assert found == pytest.approx([0.6, 1.08, 1.464, 1.7712, 2.01696], rel=1e-15)


def test_plain_descent_is_a_geometric_sequence():
    found = descend(lambda p: SGD(p, lr=0.1), lambda w: w * w / 2.0, 1.0, 10)
    assert found == pytest.approx([0.9**n for n in range(1, 11)], rel=1e-14)


def test_momentum_of_the_lectures_at_a_constant_rate():
    found = descend(lambda p: SGD(p, lr=0.1, momentum=0.9), lambda w: w * w / 2.0, 1.0, 10)
    expected = [0.9, 0.72, 0.486, 0.2268, -0.02916, -0.256608, -0.4356504, -0.55322352, -0.603716976, -0.5887893888]
    assert found == pytest.approx(expected, rel=1e-13)


def test_the_first_velocity_is_the_gradient_whatever_the_dampening():
    found = descend(lambda p: SGD(p, lr=0.1, momentum=0.9, dampening=0.5), lambda w: w * 1.0, 1.0, 2)
    assert found == pytest.approx([0.9, 0.9 - 0.1 * (0.9 + 0.5)], rel=1e-15)


def test_nesterov_looks_ahead():
    found = descend(lambda p: SGD(p, lr=0.1, momentum=0.9, nesterov=True), lambda w: w * 1.0, 1.0, 2)
    assert found == pytest.approx([1.0 - 0.19, 0.81 - 0.1 * (1.0 + 0.9 * 1.9)], rel=1e-15)


def test_weight_decay_pulls_towards_zero():
    assert descend(lambda p: SGD(p, lr=0.1, weight_decay=0.5), lambda w: w * 0.0, 2.0, 1) == [1.9]


def test_a_parameter_without_gradient_stays():
    a, b = Value(1.0), Value(5.0)
    optimizer = SGD([a, b], lr=0.1, momentum=0.9, weight_decay=1.0)
    (a * a).backward()
    optimizer.step()
    assert (a.data, b.data) == (pytest.approx(0.7), 5.0)


def test_the_rate_may_change_between_steps():
    w = Value(1.0)
    optimizer = SGD([w], lr=0.1)
    (w * 1.0).backward()
    optimizer.lr = 0.5
    optimizer.step()
    assert w.data == 0.5
    with pytest.raises(OptionError):
        optimizer.lr = -1.0


class Sticky(Value):
    """A parameter at which Ctrl-C is pressed, once, while it is being set."""

    pressed = False

    def assign(self, x):
        if not self.pressed:
            self.pressed = True
            raise KeyboardInterrupt
        super().assign(x)


def test_an_interrupt_in_the_middle_of_a_step_leaves_a_whole_step():
    a, b, c = Value(1.0), Sticky(1.0), Value(1.0)
    optimizer = SGD([a, b, c], lr=0.1, momentum=0.5)
    for p in (a, b, c):
        p.grad = 1.0
    with pytest.raises(KeyboardInterrupt):
        optimizer.step()
    assert [p.data for p in (a, b, c)] == [0.9, 0.9, 0.9]
    assert optimizer.steps == 1


REFUSED = [
    (lambda w: SGD([], lr=0.1), OptionError),
    (lambda w: SGD(MLP(1, [1]), lr=0.1), OperandError),
    (lambda w: SGD(w, lr=0.1), OperandError),
    (lambda w: SGD(3, lr=0.1), OperandError),
    (lambda w: SGD([w, 2.0], lr=0.1), OperandError),
    (lambda w: SGD([w, w], lr=0.1), OptionError),
    (lambda w: SGD([w * 2.0], lr=0.1), OptionError),
    (lambda w: SGD([w], lr=-0.1), OptionError),
    (lambda w: SGD([w], lr=float("nan")), OptionError),
    (lambda w: SGD([w], lr=float("inf")), OptionError),
    (lambda w: SGD([w], lr="0.1"), OperandError),
    (lambda w: SGD([w], lr=None), OperandError),
    (lambda w: SGD([w], lr=True), OperandError),
    (lambda w: SGD([w], lr=0.1, momentum=-0.1), OptionError),
    (lambda w: SGD([w], lr=0.1, nesterov=True), OptionError),
    (lambda w: SGD([w], lr=0.1, momentum=0.9, dampening=0.1, nesterov=True), OptionError),
    (lambda w: SGD([w], lr=0.1, weight_decay=-1), OptionError),
    (lambda w: SGD([w], lr=0.1).step(), TrainingError),
    (lambda w: SGD([Tensor([1.0])], lr=0.1), OptionError),
    (lambda w: Optimizer([w], lr=0.1).rule(1.0, 1.0, {}), NotImplementedError),
]


@pytest.mark.parametrize(("act", "error"), REFUSED)
def test_what_cannot_be_optimised_is_refused(act, error):
    with pytest.raises(error):
        act(Value(1.0))


def test_x17_momentum_of_one_never_damps():
    with pytest.raises(OptionError, match="less than 1"):
        SGD([Value(1.0)], lr=0.1, momentum=1.0)


KINDS = [
    (SGD, {"lr": 0.1, "momentum": 0.9}),
    (Momentum, {"lr": 0.1}),
    (Adagrad, {"lr_decay": 0.1}),
    (RMSprop, {"centered": True, "momentum": 0.5}),
    (Adam, {"amsgrad": True}),
    (AdamW, {}),
]


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_the_state_goes_out_and_in(kind, options):
    def step(p, optimizer):
        optimizer.zero_grad()
        ((p[0] - 3.0) ** 2 + p[1] ** 4).backward()
        optimizer.step()

    first = [Value(1.0), Value(2.0)]
    one = kind(first, **options)
    for _ in range(3):
        step(first, one)
    second = [Value(p.data) for p in first]
    two = kind(second, **options)
    two.load_state_dict(one.state_dict())
    for _ in range(3):
        step(first, one)
        step(second, two)
    assert [p.data for p in second] == [p.data for p in first]
    assert two.steps == 6


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.pop("lr"),
        lambda s: s.update({"5.velocity": 1.0}),
        lambda s: s.update({"x.velocity": 1.0}),
        lambda s: s.update({"0.velocity": [1.0, 2.0]}),
        lambda s: s.update({"velocity": 1.0}),
    ],
)
def test_a_state_of_another_optimiser_changes_nothing(change):
    w = Value(1.0)
    optimizer = SGD([w], lr=0.1, momentum=0.9)
    (w * w).backward()
    optimizer.step()
    state = optimizer.state_dict()
    before = {name: array.tolist() for name, array in state.items()}
    state["0.velocity"] = state["0.velocity"] + 1.0
    change(state)
    with pytest.raises(ShapeError, match="othing was changed"):
        optimizer.load_state_dict(state)
    assert {name: array.tolist() for name, array in optimizer.state_dict().items()} == before


@pytest.mark.parametrize("kind", [kind for kind, _ in KINDS])
def test_options_are_shown(kind):
    text = repr(kind([Value(1.0)], lr=0.25))
    assert text.startswith(f"{kind.__name__}(1 parameters, lr=0.25")


@pytest.mark.parametrize(
    "act",
    [
        lambda p: Adam(p, betas=(0.9, 1.0)),
        lambda p: Adam(p, betas=(-0.1, 0.9)),
        lambda p: Adam(p, eps=0.0),
        lambda p: RMSprop(p, alpha=1.0),
        lambda p: Adagrad(p, initial_accumulator_value=-1.0),
        lambda p: Momentum(p, lr=0.1, momentum=1.0),
        lambda p: clip_grad_norm_(p, -1.0),
    ],
)
def test_options_outside_their_range(act):
    with pytest.raises(OptionError):
        act([Value(1.0)])


def test_clipping_leaves_a_short_gradient_alone():
    w = Value(0.25)
    (w * w).backward()
    assert clip_grad_norm_([w, Value(1.0)], 1.0) == 0.5
    assert w.grad == 0.5


def test_a_clipped_gradient_of_zero_is_still_a_gradient():
    a, b = Value(1.0), Value(2.0)
    optimizer = Momentum([a, b], lr=0.1)
    for loss in (3.0 * a + b, 3.0 * a + b * 0.0):
        optimizer.zero_grad()
        loss.backward()
        clip_grad_norm_([a, b], 0.5)
        clip_grad_value_([a, b], 0.5)
        before = b.data
        optimizer.step()
        assert b.data < before  # in the second step it moves by its momentum alone


OPTIMIZERS = [
    lambda p: SGD(p, 0.1, momentum=0.9),
    lambda p: SGD(p, 0.1, momentum=0.9, nesterov=True),
    lambda p: Momentum(p, 0.1),
    lambda p: Adam(p, 0.1),
    lambda p: Adagrad(p, 0.1),
    lambda p: RMSprop(p, 0.1, momentum=0.9),
]


@pytest.mark.parametrize("optimizer_of", OPTIMIZERS)
def test_what_is_remembered_is_not_the_array_of_a_gradient(optimizer_of):
    """Gradients may be set to zero in place: ``p.grad[...] = 0`` is no less than ``zero_grad()``."""
    ways = {"forgotten": lambda w: w.zero_grad(), "in place": lambda w: w.grad.fill(0.0)}
    found = {}
    for name, zero in ways.items():
        w = Tensor([1.0, -2.0], requires_grad=True)
        optimizer = optimizer_of([w])
        for _ in range(3):
            (w * w).sum().backward()
            optimizer.step()
            zero(w)
        found[name] = w.data
    np.testing.assert_array_equal(found["in place"], found["forgotten"])
