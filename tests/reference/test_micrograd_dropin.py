"""Test that code for micrograd runs after a change of the import, with the same numbers."""

from __future__ import annotations

import math
import random
from types import SimpleNamespace

import micrograd.engine
import micrograd.nn
import pytest

import autograd_core
import nn
from nn.data import moons

THEIRS = SimpleNamespace(Value=micrograd.engine.Value, MLP=micrograd.nn.MLP, Layer=micrograd.nn.Layer,
                         Neuron=micrograd.nn.Neuron, Module=micrograd.nn.Module)  # fmt: skip
OURS = SimpleNamespace(Value=autograd_core.Value, MLP=nn.MLP, Layer=nn.Layer, Neuron=nn.Neuron, Module=nn.Module)
CLOSE = 1e-9


def both(program):
    """Run a program on micrograd and on this project, from the same random state, and return the two results."""
    results = []
    for library in (THEIRS, OURS):
        random.seed(1337)
        results.append(program(library))
    return results


def assert_same(program):
    theirs, ours = both(program)
    assert ours == pytest.approx(theirs, rel=CLOSE, abs=CLOSE)


# Programs like micrograd's engine tests: every operator, on either side, with repeated nodes


def test_a_node_that_feeds_several_others():
    def program(library):
        x = library.Value(-4.0)
        z = 2 * x + 2 + x
        q = z.relu() + z * x
        h = (z * z).relu()
        y = h + q + q * x
        y.backward()
        return [y.data, x.grad, z.grad, q.grad, h.grad]

    assert_same(program)
    assert program(OURS)[:2] == [-20.0, 46.0]


def test_every_operator_with_numbers_on_either_side():
    def program(library):
        a, b = library.Value(-4.0), library.Value(2.0)
        c = a + b
        d = a * b + b**3
        c += c + 1
        c += 1 + c + (-a)
        d += d * 2 + (b + a).relu()
        d += 3 * d + (b - a).relu()
        e = c - d
        f = e**2
        g = f / 2.0
        g += 10.0 / f
        g += 1 - f
        g.backward()
        return [g.data, a.grad, b.grad, c.grad, d.grad, e.grad, f.grad]

    assert_same(program)


def test_the_expression_of_micrograds_readme():
    a, b = autograd_core.Value(-4.0), autograd_core.Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert [f"{x:.4f}" for x in (g.data, a.grad, b.grad)] == ["24.7041", "138.8338", "645.5773"]


def test_sum_of_a_list_and_gradients_set_by_hand():
    def program(library):
        xs = [library.Value(x) for x in (1, -2, 0.5)]
        total = sum(x**2 for x in xs) * (1.0 / len(xs))
        for x in xs:
            x.grad = 0
        total.backward()
        for x in xs:
            x.data -= 0.1 * x.grad
        return [total.data, *(x.data for x in xs), *(x.grad for x in xs)]

    assert_same(program)


@pytest.mark.parametrize("attribute", ["data", "grad", "_prev", "_op", "backward"])
def test_a_node_has_the_attributes_of_micrograd(attribute):
    assert hasattr(autograd_core.Value(1.0), attribute)


# The network


@pytest.mark.parametrize(
    "build",
    [
        lambda lib: lib.Neuron(2),
        lambda lib: lib.Neuron(3, nonlin=False),
        lambda lib: lib.Neuron(3, False),
        lambda lib: lib.Layer(2, 3),
        lambda lib: lib.Layer(2, 1, nonlin=False),
        lambda lib: lib.MLP(2, [4, 1]),
        lambda lib: lib.MLP(3, [4, 4, 1]),
    ],
)
def test_the_same_random_draws_in_the_same_order_and_the_same_repr(build):
    theirs, ours = both(lambda library: (repr(build(library)), [p.data for p in build(library).parameters()]))
    assert ours == theirs


def test_the_state_of_random_after_building_is_the_same():
    def program(library):
        library.MLP(2, [16, 16, 1])
        return random.random()

    theirs, ours = both(program)
    assert ours == theirs


def test_a_network_has_the_attributes_of_micrograd():
    model = nn.MLP(2, [3, 1])
    neuron = model.layers[0].neurons[0]
    assert len(neuron.w) == 2
    assert neuron.b.data == 0
    assert [n.nonlin for layer in model.layers for n in layer.neurons] == [True, True, True, False]
    assert isinstance(model, nn.Module)
    assert nn.Module().parameters() == []


def test_a_module_that_defines_parameters_as_in_micrograd():
    def program(library):
        class Line(library.Module):
            def __init__(self):
                self.a, self.b = library.Value(2.0), library.Value(-1.0)

            def __call__(self, x):
                return self.a * x + self.b

            def parameters(self):
                return [self.a, self.b]

        line = Line()
        loss = (line(3.0) - 1.0) ** 2
        line.zero_grad()
        loss.backward()
        return [p.grad for p in line.parameters()]

    assert_same(program)


def demo(library, X, y, steps):
    """Train as in micrograd's demo: SVM max-margin loss, L2, a decreasing learning rate."""
    model = library.MLP(2, [16, 16, 1])
    trace = []
    for k in range(steps):
        inputs = [list(map(library.Value, row)) for row in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        total_loss = data_loss + reg_loss
        accuracy = [(yi > 0) == (score.data > 0) for yi, score in zip(y, scores, strict=True)]
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        trace += [total_loss.data, sum(accuracy) / len(accuracy)]
    return trace + [p.data for p in model.parameters()] + [p.grad for p in model.parameters()]


def test_micrograds_demo_gives_micrograds_numbers():
    X, y = moons(100, noise=0.1, rng=1337)
    theirs, ours = both(lambda library: demo(library, X.tolist(), (2 * y - 1).tolist(), steps=2))
    assert max(abs(a - b) for a, b in zip(theirs, ours, strict=True)) <= CLOSE


@pytest.mark.slow
def test_micrograds_demo_learns_the_moons():
    X, y = moons(100, noise=0.1, rng=1)
    random.seed(1337)
    trace = demo(OURS, X.tolist(), (2 * y - 1).tolist(), steps=60)
    losses, accuracies = trace[:120:2], trace[1:120:2]
    assert accuracies[-1] == 1.0
    assert losses[-1] < 0.02
    assert all(math.isfinite(x) for x in trace)
