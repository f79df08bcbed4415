"""What every module can do, whoever wrote it."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from autograd_core import Value, history
from autograd_core.graph.scope import scopes_of
from nn import MLP, Module
from nn.errors import OperandError, ShapeError


class Twice(Module):
    """A module of one's own: a parameter, a dict of them, a part, an array, and things that are none of these."""

    def __init__(self):
        self.gain = Value(2.0)
        self.weights = {(1, 2): Value(0.5), (2, 3): Value(0.25)}
        self.inner = MLP(1, [2, 1], rng=0)
        self.count = np.zeros(3)
        self.title = "nothing to train"
        self._hidden = Value(7.0)

    def forward(self, x):
        self.last = self.inner(x) * self.gain
        return self.last


def test_parameters_are_found_by_what_they_are():
    names = [name for name, _ in Twice().named_parameters()]
    assert names[:3] == ["gain", "weights[1,2]", "weights[2,3]"]
    assert names[3:6] == ["inner.layer0.neuron0.w0", "inner.layer0.neuron0.b", "inner.layer0.neuron1.w0"]
    assert len(names) == 3 + 7


def test_a_result_kept_on_the_module_is_not_a_parameter():
    module = Twice()
    before = module.named_parameters()
    module(1.0)
    assert module.named_parameters() == before


def test_a_shared_part_counts_once():
    class Twins(Module):
        def __init__(self):
            self.left = MLP(1, [1], rng=0)
            self.right = self.left

    assert len(Twins().parameters()) == 2


def test_modes_reach_every_part():
    module = Twice()
    assert all(m.training for m in module.modules())
    assert module.eval() is module
    assert not any(m.training for m in module.modules())
    assert all(m.training for m in module.train().modules())


def test_zero_grad_forgets():
    model = MLP(2, [2, 1], rng=0)
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad or p.swept for p in model.parameters())


def test_state_goes_out_and_in():
    a, b = MLP(2, [3, 1], rng=0), MLP(2, [3, 1], rng=1)
    state = a.state_dict()
    assert state["layer0.neuron0.w"].shape == (2,)
    assert state["layer0.neuron0.b"].shape == ()
    b.load_state_dict(state)
    assert [p.data for p in a.parameters()] == [p.data for p in b.parameters()]
    state["layer0.neuron0.w"][0] = 99.0
    assert a.layers[0].neurons[0].w[0].data != 99.0


def test_arrays_are_state_and_dicts_of_values_too():
    a, b = Twice(), Twice()
    a.count[1] = 5.0
    a.weights[(2, 3)].data = 8.0
    b.load_state_dict(a.state_dict())
    assert b.count.tolist() == [0.0, 5.0, 0.0]
    assert b.weights[(2, 3)].data == 8.0
    b.count[0] = 1.0
    assert a.count[0] == 0.0


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda s: s.pop("layer0.neuron0.b"), ShapeError),
        (lambda s: s.update(extra=np.zeros(2)), ShapeError),
        (lambda s: s.update({"layer1.neuron0.w": np.zeros(2)}), ShapeError),
        (lambda s: s.update({"layer1.neuron0.w": ["a", "b", "c"]}), OperandError),
        (lambda s: s.update({"layer1.neuron0.w": [[1.0], [2.0, 3.0]]}), OperandError),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change, error):
    model = MLP(2, [3, 1], rng=0)
    before = [p.data for p in model.parameters()]
    state = {name: array + 1.0 for name, array in model.state_dict().items()}
    change(state)
    with pytest.raises(error, match="othing was changed"):
        model.load_state_dict(state)
    assert [p.data for p in model.parameters()] == before


def test_a_copy_is_independent():
    model = MLP(2, [3, 1], rng=0)
    twin = copy.deepcopy(model)
    out = twin([1.0, 2.0])
    assert out.data == model([1.0, 2.0]).data
    out.backward()
    assert any(p.grad for p in twin.parameters())
    assert not any(p.grad for p in model.parameters())


def test_a_module_without_forward_says_so():
    class Empty(Module):
        pass

    with pytest.raises(NotImplementedError, match="forward"):
        Empty()(1.0)


def test_a_part_that_knows_its_whole_is_no_endless_loop():
    class Part(Module):
        def __init__(self, whole):
            self.whole, self.w = whole, Value(1.0)

    class Whole(Module):
        def __init__(self):
            self.part = Part(self)

    assert [name for name, _ in Whole().named_parameters()] == ["part.w"]


def test_the_copy_of_a_graph_knows_the_parts_of_the_copied_model():
    model = MLP(2, [3, 1], rng=0)
    out = model([1.0, 2.0])
    _, twin = copy.deepcopy((model, out))
    assert scopes_of(history(twin)) == scopes_of(history(out))
