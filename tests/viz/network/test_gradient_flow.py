"""Gradient flow: the numbers of the parameters, bars as long as they say, and what is wrong in words."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from autograd_core import Tensor, Value
from nn import MLP, DAGNetwork, Linear, Perceptron, Sequential
from viz.network.gradient_flow import gradient_flow
from viz.style.errors import OptionError

SVG = "{http://www.w3.org/2000/svg}"


def trained(widths, activation="tanh", scale=1.0):
    model = MLP(2, widths, activation=activation, rng=0)
    (model([Value(0.5), Value(-1.0)]) * scale).backward()
    return model


def bars(flow, kind):
    root = ElementTree.fromstring(flow.svg())
    return [e for e in root.iter(f"{SVG}rect") if e.get("class") == kind]


def test_sizes_are_those_of_the_parameters():
    model = trained([4, 3, 1])
    for layer, shown in zip(model.layers, gradient_flow(model).layers, strict=True):
        grads = [p.grad for p in layer.parameters()]
        assert shown.size == pytest.approx(math.sqrt(sum(g * g for g in grads) / len(grads)))
        assert shown.largest == max(map(abs, grads))
        assert shown.count == len(grads)
        weights = [p.data for p in layer.parameters()]
        assert shown.relative == pytest.approx(shown.size / math.sqrt(sum(w * w for w in weights) / len(weights)))
        for neuron, size in zip(layer.neurons, shown.unit_sizes, strict=True):
            assert size == pytest.approx(math.sqrt(np.mean([p.grad**2 for p in neuron.parameters()])))


def test_values_and_tensors_give_the_same_flow():
    model = MLP(2, [4, 1], activation="tanh", rng=1)
    other = model.to_tensor()
    model([Value(0.5), Value(-1.0)]).backward()
    other(Tensor(np.array([[0.5, -1.0]]))).backward()
    for a, b in zip(gradient_flow(model).layers, gradient_flow(other).layers, strict=True):
        assert (a.size, a.largest) == pytest.approx((b.size, b.largest))
        assert a.unit_sizes == pytest.approx(b.unit_sizes)


def test_a_bar_for_every_layer_and_every_unit_the_longer_the_larger():
    flow = gradient_flow(trained([5, 3, 1]))
    lengths = [float(bar.get("width")) for bar in bars(flow, "bar")]
    sizes = [layer.size for layer in flow.layers]
    assert np.argsort(lengths).tolist() == np.argsort(sizes).tolist()
    assert len(bars(flow, "unit")) == len(bars(flow, "foot")) == 9


def test_dead_units_have_no_bar_and_are_counted():
    model = MLP(1, [2, 1], init=[[[1.0], [-1.0]], [[1.0, 1.0]]])
    model([Value(2.0)]).backward()
    flow = gradient_flow(model)
    assert flow.layers[0].unit_sizes[1] == 0.0
    assert "1 unit at 0" in flow.text()
    assert len(bars(flow, "unit")) == 2


def test_a_vanishing_gradient_is_named():
    model = MLP(1, [1] * 8 + [1], activation="sigmoid", rng=0)
    model([Value(1.0)]).backward()
    verdicts = [layer.verdict for layer in gradient_flow(model).layers]
    assert verdicts[0] == "vanishing"
    assert verdicts[-1] == ""
    assert "vanishing" in gradient_flow(model).svg()


def test_what_is_not_computed_is_a_dash_not_zero():
    flow = gradient_flow(MLP(2, [3, 1], rng=0))
    assert {layer.size for layer in flow.layers} == {None}
    assert {layer.verdict for layer in flow.layers} == {"no gradient"}
    assert bars(flow, "bar") == []
    assert "—" in flow.svg()


def test_gradients_beyond_all_squares_and_those_that_are_no_numbers():
    assert gradient_flow(trained([2, 1], "linear", 1e300)).layers[0].size > 1e299
    for factor in (math.inf, math.nan):
        flow = gradient_flow(trained([2, 1], "linear", factor))
        assert flow.layers[-1].verdict == "not finite"
        ElementTree.fromstring(flow.svg())


@pytest.mark.parametrize(
    "model",
    [
        DAGNetwork([(1, 3), (2, 3), (3, 4), (1, 4)], activations={3: "tanh", 4: "linear"}),
        Sequential(Linear(2, 3), Linear(3, 1)),
        Perceptron(2),
        MLP(2, [100, 1]),
    ],
)
def test_every_network_that_is_drawn_has_a_flow(model):
    assert len(gradient_flow(model).layers) == len(gradient_flow(model).text().splitlines()) - 2


def test_others_are_refused():
    with pytest.raises(OptionError, match="not drawn as layers"):
        gradient_flow(3)
    with pytest.raises(OptionError, match="'light', 'dark'"):
        gradient_flow(MLP(1, [1]), theme="pink")
    with pytest.raises(OptionError, match=r"\.svg"):
        gradient_flow(MLP(1, [1])).save("x.bmp")


@pytest.mark.dot
@pytest.mark.parametrize(("name", "start"), [("x.svg", b"<?xml"), ("x.png", b"\x89PNG"), ("x.pdf", b"%PDF")])
def test_saving_in_every_format(tmp_path, name, start):
    flow = gradient_flow(trained([3, 1]), theme="dark")
    assert flow.save(tmp_path / name).read_bytes().startswith(start)
    assert set(flow._repr_mimebundle_()) == {"text/html", "text/plain"}


def test_the_same_network_gives_the_same_bytes():
    assert gradient_flow(trained([3, 1])).svg() == gradient_flow(trained([3, 1])).svg()
