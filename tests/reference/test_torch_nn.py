"""Compare losses, layers, optimizers and schedules with PyTorch in float64, on Values and on Tensors."""

from __future__ import annotations

import math

import numpy as np
import pytest

import nn
from autograd_core import Tensor, Value
from nn import losses, optimizers, schedules

pytestmark = pytest.mark.reference

CLOSE = 1e-12


def close(ours, theirs):
    return np.asarray(ours, dtype=float) == pytest.approx(np.asarray(theirs, dtype=float), rel=CLOSE, abs=CLOSE)


# Losses: value and gradient

Z = np.array([[0.3, -1.2, 2.0], [1.5, 0.2, -0.7], [-30.0, 30.0, 0.0], [4.0, 4.0, -4.0]])
T = np.array([[1.0, 0.5, 2.0], [-1.5, 0.2, 0.0], [0.0, 1.0, 3.0], [4.5, 2.0, -4.0]])
CLASSES = np.array([2, 0, 1, 2])
SOFT = np.array([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0], [0.25, 0.25, 0.5], [0.0, 0.6, 0.4]])
P = 1 / (1 + np.exp(-np.clip(Z, -5, 5)))
BITS = (T > 0.3).astype(float)

LOSSES = [
    ("mse_loss", Z, T),
    ("l1_loss", Z, T),
    ("huber_loss", Z, T),
    ("cross_entropy", Z, CLASSES),
    ("cross_entropy", Z, SOFT),
    ("nll_loss", Z, CLASSES),
    ("binary_cross_entropy", P, BITS),
    ("binary_cross_entropy", P, np.clip(np.abs(T) / 5, 0, 1)),
    ("binary_cross_entropy_with_logits", Z, BITS),
    ("binary_cross_entropy_with_logits", Z, np.clip(np.abs(T) / 5, 0, 1)),
]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(("name", "inputs", "targets"), LOSSES, ids=lambda x: x if isinstance(x, str) else "")
def test_losses_on_values(torch, name, inputs, targets, reduction):
    rows = [[Value(x) for x in row] for row in inputs]
    ours = getattr(losses, name)(rows, targets, reduction=reduction)
    ours.backward()
    z = torch.tensor(inputs, requires_grad=True)
    theirs = getattr(torch.nn.functional, name)(z, torch.tensor(targets), reduction=reduction)
    theirs.backward()
    assert close(ours.data, theirs.item())
    if reduction == "sum" or name not in ("cross_entropy", "nll_loss"):
        assert close([[x.grad for x in row] for row in rows], z.grad)


def test_huber_with_another_delta(torch):
    ours = losses.huber_loss([3.0, 0.1], [0.0, 0.0], delta=0.5)
    assert close(
        ours,
        torch.nn.functional.huber_loss(
            torch.tensor([3.0, 0.1], dtype=torch.float64), torch.zeros(2, dtype=torch.float64), delta=0.5
        ),
    )


# Optimizers: 20 steps on a function that is neither quadratic nor separable

OPTIMIZERS = [
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.05, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.9, "weight_decay": 0.1, "momentum": 0.5}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.9, "centered": True, "eps": 1e-6}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.05, "initial_accumulator_value": 0.5}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-5, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.1, "amsgrad": True}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.3, "amsgrad": True}),
]
START = (-1.2, 1.0, 0.5)


def bowl(x, y, z):
    return (1 - x) ** 2 + 3 * (y - x * x) ** 2 + (z * x - 0.3) ** 4


@pytest.mark.parametrize(("name", "options"), OPTIMIZERS)
def test_optimizers_over_twenty_steps(torch, name, options):
    ours, theirs = [Value(x) for x in START], [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in START]
    optimizer, reference = getattr(optimizers, name)(ours, **options), getattr(torch.optim, name)(theirs, **options)
    for _ in range(20):
        optimizer.zero_grad()
        bowl(*ours).backward()
        optimizer.step()
        reference.zero_grad()
        bowl(*theirs).backward()
        reference.step()
        assert close([p.data for p in ours], [p.item() for p in theirs])


def test_clipping_of_gradients(torch):
    ours, theirs = [Value(x) for x in START], [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in START]
    bowl(*ours).backward()
    bowl(*theirs).backward()
    assert close(nn.optimizers.clip_grad_norm_(ours, 0.7), torch.nn.utils.clip_grad_norm_(theirs, 0.7))
    assert close([p.grad for p in ours], [p.grad for p in theirs])
    nn.optimizers.clip_grad_value_(ours, 0.1)
    torch.nn.utils.clip_grad_value_(theirs, 0.1)
    assert close([p.grad for p in ours], [p.grad for p in theirs])


# Schedules

SCHEDULES = [
    (schedules.StepLR(0.3, 4, gamma=0.5), "StepLR", {"step_size": 4, "gamma": 0.5}),
    (schedules.ExponentialLR(0.3, 0.9), "ExponentialLR", {"gamma": 0.9}),
    (schedules.CosineAnnealingLR(0.3, 7, eta_min=0.01), "CosineAnnealingLR", {"T_max": 7, "eta_min": 0.01}),
    (schedules.InverseTimeLR(0.3, 0.1), "LambdaLR", {"lr_lambda": lambda t: 1 / (1 + 0.1 * t)}),
    (schedules.HarmonicLR(0.3), "LambdaLR", {"lr_lambda": lambda t: 1 / (t + 1)}),
]


@pytest.mark.parametrize(("schedule", "name", "options"), SCHEDULES)
def test_schedules_over_twenty_steps(torch, schedule, name, options):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    reference = getattr(torch.optim.lr_scheduler, name)(optimizer, **options)
    for step in range(20):
        assert close(schedule(step), reference.get_last_lr()[0])
        optimizer.step()
        reference.step()


# Initializers: the bounds and variances of the same names


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("glorot_uniform", "xavier_uniform_"),
        ("glorot_normal", "xavier_normal_"),
        ("he_uniform", "kaiming_uniform_"),
        ("he_normal", "kaiming_normal_"),
    ],
)
def test_initializers_have_the_same_distribution(torch, ours, theirs):
    torch.manual_seed(0)
    shape, options = (300, 200), {"nonlinearity": "relu"} if "kaiming" in theirs else {}
    reference = getattr(torch.nn.init, theirs)(torch.empty(*shape, dtype=torch.float64), **options).numpy()
    weights = nn.initializers.initializer(ours)(np.random.default_rng(0), shape, 200, 300)
    assert weights.std() == pytest.approx(reference.std(), rel=0.01)
    assert weights.var() == pytest.approx(nn.initializers.INITIALIZERS[ours].variance(200, 300), rel=0.02)
    if ours.endswith("uniform"):
        assert np.abs(weights).max() == pytest.approx(np.abs(reference).max(), rel=1e-3)


def test_the_default_initializer_of_linear(torch):
    reference = torch.nn.Linear(200, 300).weight.detach().numpy()
    weights = nn.initializers.initializer("fan_in_uniform")(0, (300, 200), 200, 300)
    assert np.abs(weights).max() == pytest.approx(1 / math.sqrt(200), rel=1e-3)
    assert weights.std() == pytest.approx(reference.std(), rel=0.01)


# Tensors: losses, layers, optimizers

SMALL = np.random.default_rng(1).normal(size=(8, 3))


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(("name", "inputs", "targets"), LOSSES, ids=lambda x: x if isinstance(x, str) else "")
def test_losses_on_tensors(torch, name, inputs, targets, reduction):
    ours, z = Tensor(inputs, requires_grad=True), torch.tensor(inputs, requires_grad=True)
    found = getattr(losses, name)(ours, targets, reduction=reduction)
    reference = getattr(torch.nn.functional, name)(z, torch.tensor(targets), reduction=reduction)
    found.backward(np.ones(found.shape))
    reference.backward(torch.ones_like(reference))
    assert close(found.data, reference.detach())
    assert close(ours.grad, z.grad)


def copied(torch, ours, theirs):
    """Copy our parameters into PyTorch's layer."""
    names = {"scale": "weight", "shift": "bias", "slope": "weight"}
    with torch.no_grad():
        for name, p in ours.named_parameters():
            getattr(theirs, names.get(name, name)).copy_(torch.tensor(p.numpy()))


LAYERS = [
    ("Linear", (3, 2), {}),
    ("Linear", (3, 2), {"bias": False}),
    ("PReLU", (3,), {}),
    ("PReLU", (1,), {"init": 0.1}),
    ("BatchNorm1d", (3,), {"momentum": 0.3, "eps": 1e-3}),
    ("LayerNorm", (3,), {}),
    ("LayerNorm", ([8, 3],), {"eps": 1e-3}),
    ("Flatten", (), {}),
]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("name", "sizes", "options"), LAYERS)
def test_layers_forward_and_backward(torch, name, sizes, options, training):
    ours, theirs = getattr(nn, name)(*sizes, **options), getattr(torch.nn, name)(*sizes, **options).double()
    copied(torch, ours, theirs)
    ours.train(training)
    theirs.train(training)
    upstream = np.random.default_rng(2).normal(size=ours(SMALL).shape)
    if name == "BatchNorm1d":  # the call above has moved the running statistics
        theirs(torch.tensor(SMALL))
    for _ in range(3):
        x, z = Tensor(SMALL, requires_grad=True), torch.tensor(SMALL, requires_grad=True)
        ours.zero_grad()
        theirs.zero_grad()
        found, reference = ours(x), theirs(z)
        found.backward(upstream)
        reference.backward(torch.tensor(upstream))
        assert close(found.data, reference.detach())
        assert close(x.grad, z.grad)
        for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            assert close(mine.grad, other.grad)
    if name == "BatchNorm1d":
        assert close(ours.running_mean, theirs.running_mean)
        assert close(ours.running_var, theirs.running_var)


ACTIVATIONS = {
    "relu": "ReLU", "tanh": "Tanh", "sigmoid": "Sigmoid", "leaky_relu": "LeakyReLU", "elu": "ELU", "selu": "SELU",
    "gelu": "GELU", "silu": "SiLU", "softplus": "Softplus", "softsign": "Softsign",
}  # fmt: skip


@pytest.mark.parametrize(("name", "theirs"), ACTIVATIONS.items())
def test_activations_forward_and_backward(torch, name, theirs):
    x, z = Tensor(SMALL, requires_grad=True), torch.tensor(SMALL, requires_grad=True)
    found, reference = nn.Nonlinearity(name)(x), getattr(torch.nn, theirs)()(z)
    found.sum().backward()
    reference.sum().backward()
    assert close(found.data, reference.detach())
    assert close(x.grad, z.grad)


def test_softmax_of_rows(torch):
    x, z = Tensor(SMALL, requires_grad=True), torch.tensor(SMALL, requires_grad=True)
    found, reference = nn.Nonlinearity("softmax")(x), torch.nn.Softmax(dim=-1)(z)
    (found * found).sum().backward()
    (reference * reference).sum().backward()
    assert close(found.data, reference.detach())
    assert close(x.grad, z.grad)


@pytest.mark.parametrize(("name", "options"), OPTIMIZERS)
def test_a_network_trained_for_twenty_steps(torch, name, options):
    ours = nn.Sequential(nn.Linear(3, 5, rng=0), "tanh", nn.Linear(5, 3, rng=1))
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, 3)).double()
    copied(torch, ours[0], theirs[0])
    copied(torch, ours[2], theirs[2])
    classes = np.array([0, 1, 2, 1, 0, 2, 2, 1])
    optimizer = getattr(optimizers, name)(ours.parameters(), **options)
    reference = getattr(torch.optim, name)(theirs.parameters(), **options)
    for _ in range(20):
        optimizer.zero_grad()
        losses.cross_entropy(ours(SMALL), classes).backward()
        optimizer.step()
        reference.zero_grad()
        torch.nn.functional.cross_entropy(theirs(torch.tensor(SMALL)), torch.tensor(classes)).backward()
        reference.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert close(mine.data, other.detach())


def test_reduce_on_plateau(torch):
    numbers = [1.0, 0.9, 0.9, 0.91, 0.9, 0.5, 0.5, 0.5, 0.5, 0.5, 0.49999, 0.5, 0.5, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2]
    options = {"factor": 0.5, "patience": 1, "cooldown": 2, "min_lr": 0.01}
    ours = optimizers.SGD([Value(0.0)], lr=0.3)
    theirs = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    plateau = nn.callbacks.ReduceLROnPlateau(ours, **options)
    reference = torch.optim.lr_scheduler.ReduceLROnPlateau(theirs, **options)
    for number in numbers:
        plateau.step(number)
        reference.step(number)
        assert close(ours.lr, theirs.param_groups[0]["lr"])
