"""Where the slides are wrong or loose, each by its number; those of one module's own are beside its other tests."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core import Value, functions, history, sweep
from nn import MLP, SGD, Adam, Layer, Linear, Neuron, Sequential, fit
from nn.data import one_hot
from nn.losses import binary_cross_entropy, mse_loss, nll_clipped, nll_of_probabilities
from nn.optimizers import Momentum
from nn.regularizers import L1, soft_threshold

LINE = [(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)]


def descend(w, gradient_of, lr, batches):
    """Plain descent on c = (wx - y)², with the gradient of each batch in turn."""
    for batch in batches:
        w = w - lr * gradient_of(w, batch)
    return w


def test_x11_a_linear_unit_learns():
    neuron = Neuron(1, nonlin=False, init=[0.0])
    history = fit(neuron, ([[x] for x, _ in LINE], [y for _, y in LINE]), "mse",
                  SGD(neuron.parameters(), lr=0.1), epochs=200, progress=False)  # fmt: skip
    assert history.losses[-1] < 1e-4
    assert neuron.w[0].data == pytest.approx(2.0, abs=0.02)


def test_x14_elu_tends_to_minus_alpha_and_is_not_sparse():
    assert functions.elu(-10.0) == pytest.approx(-0.9999546000702375, rel=1e-15)
    assert functions.relu(-10.0) == 0.0


def test_x15_a_tanh_output_with_half_the_squared_error_keeps_its_derivative():
    a = Value(0.7)
    mse_loss([a.tanh()], [0.2], reduction="half_sum").backward()
    assert a.grad == pytest.approx(0.25666823704946656, rel=1e-15)
    assert a.grad != pytest.approx(0.4043677771171636, rel=1e-3)


def test_x16_updates_of_an_epoch_add_up_to_the_true_gradient_only_with_frozen_weights():
    half = lambda w, batch: sum((w * x - y) * x for x, y in batch)  # noqa: E731
    on_line = descend(0.0, half, 0.05, [[s] for s in LINE])
    in_one = descend(0.0, half, 0.05, [LINE])
    frozen = descend(0.0, lambda _, batch: sum(half(0.0, [s]) for s in batch), 0.05, [LINE])
    assert (on_line, in_one) == (pytest.approx(1.164, rel=1e-12), pytest.approx(1.4, rel=1e-12))
    assert frozen == pytest.approx(in_one, rel=1e-15)


def test_x19_the_step_of_a_sum_grows_with_the_number_of_samples():
    def one_step(reduction):
        w = Value(0.0)
        mse_loss([w * x for x, _ in LINE], [y for _, y in LINE], reduction=reduction).backward()
        SGD([w], lr=0.05).step()
        return w.data

    assert one_step("mean") == pytest.approx(0.9333333333333335, rel=1e-15)
    assert one_step("sum") == pytest.approx(2.8000000000000003, rel=1e-15)


@pytest.mark.parametrize("width", [2, 8, 20])
def test_one_sweep_costs_what_the_forward_pass_read_however_many_parameters_there_are(width):
    model = MLP(3, [width, width, 1], activation="tanh", rng=0)
    out = model([0.5, -1.0, 2.0])
    read = sum(len(node.parents) for node in history(out))
    assert sum(len(sent) for _, _, sent in sweep(out)) == read
    assert read < 5 * len(model.parameters())
    out.backward()
    assert all(p.swept for p in model.parameters())


def test_x24_linear_hidden_layers_collapse_to_8_and_20():
    """Paths x1: 1·2·3 (the slide forgets the 3) and 1·2·1; paths x2: 2·3·3 and 2·1·1."""
    weights = [[[1.0, 0.0], [0.0, 2.0]], [[2.0, 3.0], [2.0, 1.0]], [[3.0, 1.0]]]
    model = MLP(2, [2, 2, 1], activation="linear", init=weights, bias=False)
    for x1, x2 in ((1.0, 0.0), (0.0, 1.0), (-3.0, 0.5)):
        assert model([x1, x2]).data == 8.0 * x1 + 20.0 * x2


@pytest.mark.parametrize(("p", "y"), [(0.9, 0.0), (0.1, 1.0), (0.5, 0.5), (1.0, 1.0), (0.0, 0.0), (0.3, 0.0)])
def test_x26_binary_cross_entropy_is_never_negative(p, y):
    assert binary_cross_entropy([p], [y]) >= 0.0


def test_x26_the_number_on_the_slide_has_the_wrong_sign():
    assert binary_cross_entropy([0.9], [0.0]) == pytest.approx(2.302585092994046, rel=1e-15)


def test_x30_the_update_of_momentum_is_applied():
    w = Value(1.0)
    optimizer = Momentum([w], lr=0.1, momentum=0.9)
    seen = []
    for _ in range(10):
        optimizer.zero_grad()
        (w * w / 2.0).backward()
        optimizer.step()
        seen.append(w.data)
    expected = [0.9, 0.72, 0.486, 0.2268, -0.02916, -0.256608, -0.4356504, -0.55322352, -0.603716976, -0.5887893888]
    assert seen == pytest.approx(expected, rel=1e-13)
    assert seen[2] == 0.48599999999999993


def test_classic_momentum_differs_from_pytorchs_when_the_rate_changes():
    def run(kind):
        w = Value(1.0)
        optimizer = kind([w], lr=0.1, momentum=0.9)
        for lr in (0.1, 0.01):
            optimizer.zero_grad()
            (w * 1.0).backward()
            optimizer.lr = lr
            optimizer.step()
        return w.data

    assert run(SGD) == pytest.approx(0.9 - 0.01 * 1.9)
    assert run(Momentum) == pytest.approx(0.9 - 0.09 - 0.01)


def test_x31_clipping_caps_the_loss_and_stops_learning():
    assert nll_clipped([0.0, 1.0], 0) == 16.11809565095832
    assert nll_clipped([1.0, 0.0], 0) == pytest.approx(1.0000000494736474e-07, rel=1e-12)
    p = Value(0.0)
    nll_clipped([p, Value(1.0)], 0).backward()
    assert p.grad == 0.0


def test_x33_printed_probabilities_need_not_sum_to_one_and_are_not_rescaled():
    blue, yellow = [0.232, 0.301, 0.233, 0.233], [0.059, 0.789, 0.065, 0.087]
    assert nll_of_probabilities(blue, 1) == pytest.approx(1.2006450142332614, rel=1e-15)
    assert nll_of_probabilities(yellow, 1) == pytest.approx(0.23698895813626278, rel=1e-15)
    assert nll_of_probabilities([0.23, 0.30, 0.23, 0.23], 1) == pytest.approx(1.2039728043259361, rel=1e-15)
    assert nll_of_probabilities([0.06, 0.79, 0.07, 0.09], 1) == pytest.approx(0.23572233352106983, rel=1e-15)


def test_x34_the_squared_error_of_one_hot_vectors_by_its_reduction():
    dog, pear = one_hot([0, 1], classes=4).tolist()
    assert mse_loss(dog, pear, reduction="sum") == 2.0
    assert mse_loss(dog, pear) == 0.5


def test_x40_subgradient_steps_of_l1_oscillate_and_proximal_ones_reach_zero():
    def run(regularizer):
        layer = Layer(1, 1, activation="linear", init=[[0.05]], bias=False)
        [w] = layer.parameters()
        seen = []

        def note(event):
            if hasattr(event, "samples"):
                seen.append(w.data)

        fit(layer, ([[0.0]], [0.0]), "mse", SGD([w], lr=0.1), epochs=4, regularizer=regularizer, progress=False,
            callbacks=[note])  # fmt: skip
        return seen

    assert run(L1(0.3)) == pytest.approx([0.02, -0.01, 0.02, -0.01], abs=1e-15)
    assert run(L1(0.3, proximal=True)) == pytest.approx([0.02, 0.0, 0.0, 0.0], abs=1e-15)
    assert soft_threshold(np.array([0.05, -0.02]), 0.03).tolist() == pytest.approx([0.02, 0.0])


def test_the_exercise_with_sigmoids_of_the_third_lecture():
    """3-2-1, sigmoid everywhere, no bias, binary cross-entropy, target 1 (numbers ours)."""
    model = MLP(3, [2, 1], activation=["sigmoid", "sigmoid"], bias=False,
                init=[[[0.1, 0.3, -0.5], [-0.2, 0.4, 0.6]], [[0.7, -0.8]]])  # fmt: skip
    y = model([1.0, 2.0, 3.0])
    loss = binary_cross_entropy([y], [1.0])
    loss.backward()
    assert y.data == pytest.approx(0.37368412544559726, rel=1e-15)
    assert loss.data == pytest.approx(0.9843444227999927, rel=1e-15)
    first, second = model.layers
    assert [w.grad for w in second.neurons[0].w] == pytest.approx([-0.1941739039867419, -0.5742234944107638], rel=1e-14)
    assert [[n.w[i].grad for n in first.neurons] for i in range(3)] == pytest.approx(
        np.array([
            [-0.09378252705624256, 0.03820777313624477],
            [-0.1875650541124851, 0.07641554627248955],
            [-0.28134758116872766, 0.11462331940873433],
        ]), rel=1e-13)  # fmt: skip


@pytest.mark.parametrize(
    ("x", "y", "slope"),
    [(-1.0, -0.7, 0.0), (0.0, -0.7, 0.0), (0.05, -0.3999999999999999, 6.0), (0.1, -0.09999999999999987, 6.0),
     (0.12, 0.0, 0.0), (1.0, 0.0, 0.0)],
)  # fmt: skip
def test_the_sine_expression_is_a_network_of_three_units(x, y, slope):
    parts = [Neuron(1, init=[6.0]), Neuron(1, init=[-1.0], bias=0.7), Neuron(1, False, init=[-1.0], bias=False)]
    point = Value(x)
    out = point
    for part in parts:
        out = part(out)
    out.backward()
    assert (out.data, point.grad) == (y, slope)


def test_xor_by_hand_with_two_relus():
    model = MLP(2, [2, 1], init=[[[1.0, 1.0], [1.0, 1.0]], [[1.0, -2.0]]])
    model.layers[0].neurons[1].b.data = -1.0
    assert [model(x).data for x in ([0, 0], [0, 1], [1, 0], [1, 1])] == [0.0, 1.0, 1.0, 0.0]


@pytest.mark.slow
@pytest.mark.parametrize(("target", "most"), [(np.square, 0.01), (np.sin, 0.01), (np.abs, 0.05)])
def test_three_tanh_units_approximate(target, most):
    """The panels of the lecture on universal approximation; 50 points on (-1, 1), a first-order optimizer."""
    X = np.linspace(-1.0, 1.0, 50).reshape(-1, 1)
    y = target(X)
    best = np.inf
    for seed in range(3):
        model = Sequential(Linear(1, 3, init="uniform", rng=seed), "tanh", Linear(3, 1, init="uniform", rng=seed + 10))
        optimizer = Adam(model.parameters(), lr=0.03)
        for _ in range(1200):
            optimizer.zero_grad()
            loss = mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
        best = min(best, float(np.sqrt(loss.item())))
    assert best <= most
