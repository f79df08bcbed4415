"""The exercise of the lecture *Neural Networks - II* (Thang Vu): every number of it, by hand, by Values, by Tensors."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core import Tensor, Value, functions
from nn import MLP, SGD
from nn.losses import cross_entropy, nll_of_probabilities

X, TARGET = [1.0, 2.0], 1
W1 = [[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0]]
W2 = [[0.0, 1.0, 0.0], [1.0, -1.0, 0.0], [0.0, 0.0, 1.0]]
ULP = 2.0**-52


def by_hand():
    """Forward and backward pass with plain NumPy, softmax and cross-entropy taken together."""
    x, w1, w2 = np.array(X), np.array(W1), np.array(W2)
    z1 = w1 @ x
    a1 = np.maximum(z1, 0.0)
    z2 = w2 @ a1
    e = np.exp(z2 - z2.max())
    y = e / e.sum()
    delta2 = y.copy()
    delta2[TARGET] -= 1.0
    input2 = w2.T @ delta2
    delta1 = input2 * (z1 > 0)
    return {
        "z1": z1, "a1": a1, "z2": z2, "y": y, "loss": -np.log(y[TARGET]), "delta2": delta2, "delta1": delta1,
        "W2": np.outer(delta2, a1), "W1": np.outer(delta1, x), "b2": delta2, "b1": delta1, "x": w1.T @ delta1,
        "jacobian": np.diag(y) - np.outer(y, y),
    }  # fmt: skip


def close(found, expected, ulps=4):
    assert np.asarray(found) == pytest.approx(np.asarray(expected), rel=ulps * ULP, abs=ULP)


def scalar_model(last="linear"):
    return MLP(2, [3, 3], activation=["relu", last], init=[W1, W2])


def test_the_two_answers():
    model = scalar_model()
    loss = cross_entropy(model(X), TARGET)
    loss.backward()
    assert loss.data == pytest.approx(0.4076059644443803, rel=2 * ULP)
    assert model.layers[0].neurons[1].w[0].grad == pytest.approx(0.5794875152799759, rel=2 * ULP)


def gradients(model):
    return {
        "W1": [[w.grad for w in n.w] for n in model.layers[0].neurons],
        "W2": [[w.grad for w in n.w] for n in model.layers[1].neurons],
        "b1": [n.b.grad for n in model.layers[0].neurons],
        "b2": [n.b.grad for n in model.layers[1].neurons],
    }


def test_every_number_from_the_network_of_values():
    expected = by_hand()
    model = scalar_model()
    x = [Value(v) for v in X]
    a1 = model.layers[0](x)
    z2 = model.layers[1](a1)
    loss = cross_entropy(z2, TARGET)
    loss.backward()
    close([v.data for v in a1], expected["a1"])
    close([v.data for v in z2], expected["z2"])
    close([p.data for p in functions.softmax(z2)], expected["y"])
    close(loss.data, expected["loss"])
    close([v.grad for v in z2], expected["delta2"])
    close([v.grad for v in x], expected["x"])
    for name, found in gradients(model).items():
        close(found, expected[name])


def test_the_third_unit_is_dead():
    model = scalar_model()
    cross_entropy(model(X), TARGET).backward()
    third = model.layers[0].neurons[2]
    assert [w.grad for w in third.w] == [0.0, 0.0]
    assert third.b.grad == 0.0


def test_the_loss_after_one_step_of_a_tenth():
    expected = by_hand()
    model = scalar_model()
    cross_entropy(model(X), TARGET).backward()
    SGD(model.parameters(), lr=0.1).step()
    b1, b2 = -0.1 * expected["b1"], -0.1 * expected["b2"]
    h = np.maximum((np.array(W1) - 0.1 * expected["W1"]) @ X + b1, 0.0)
    z = (np.array(W2) - 0.1 * expected["W2"]) @ h + b2
    close(cross_entropy(model(X), TARGET).data, -z[TARGET] + np.log(np.exp(z).sum()), ulps=16)


@pytest.mark.parametrize("slide", ["x03", "x04", "x05"])
def test_x03_x04_x05_softmax_then_minus_log_sums_over_all_outputs(slide):
    """Unfused, through the full Jacobian: what the slides call δ is y - t only because all outputs are summed over."""
    expected = by_hand()
    model = scalar_model(last="softmax")
    loss = nll_of_probabilities(model(X), TARGET)
    loss.backward()
    close(loss.data, expected["loss"])
    biases = [n.b.grad for n in model.layers[1].neurons]
    close(biases, expected["delta2"], ulps=8)
    upstream = np.zeros(3)
    upstream[TARGET] = -1.0 / expected["y"][TARGET]
    close(biases, expected["jacobian"] @ upstream, ulps=8)


def test_x32_the_jacobian_of_softmax_has_to_be_multiplied_by_what_comes_from_above():
    expected = by_hand()
    rows = []
    for i in range(3):
        z = [Value(v) for v in expected["z2"]]
        functions.softmax(z)[i].backward()
        rows.append([v.grad for v in z])
    close(rows, expected["jacobian"], ulps=8)
    assert np.abs(np.sum(rows, axis=0)).max() < 4 * ULP


def test_every_number_from_the_network_of_tensors():
    expected = by_hand()
    model = scalar_model().to_tensor()
    x = Tensor([X], requires_grad=True)
    z1 = model[0](x)
    a1 = model[1](z1)
    z2 = model[2](a1)
    loss = cross_entropy(z2, np.array([TARGET]))
    loss.backward()
    close(z1.data[0], expected["z1"])
    close(a1.data[0], expected["a1"])
    close(z2.data[0], expected["z2"])
    close(functions.softmax(z2).data[0], expected["y"])
    close(loss.item(), expected["loss"])
    close(z2.grad[0], expected["delta2"])
    close(z1.grad[0], expected["delta1"])
    close(x.grad[0], expected["x"])
    for name, parameter in zip(("W1", "b1", "W2", "b2"), model.parameters(), strict=True):
        close(parameter.grad, expected[name])
    assert z1.shape == (1, 3)


def test_x02_the_transpose_of_the_next_weights_times_its_errors_has_one_entry_a_unit():
    model = MLP(2, [4, 3], rng=0).to_tensor()
    z1 = model[0](np.array([X]))
    model[2](model[1](z1)).backward(np.ones((1, 3)))
    W = model[2].weight.numpy()
    delta = W.T @ np.ones(3)
    assert delta.shape == (4,)
    close(z1.grad[0], delta * (z1.data[0] > 0))
