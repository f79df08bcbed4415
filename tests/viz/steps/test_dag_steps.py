"""A DAGNetwork is stepped through as its lecture does: units in ascending index, then their errors δ in descending."""

from __future__ import annotations

from itertools import groupby

from hypothesis import given, settings

from nn import DAGNetwork, mse_loss
from viz import step

from ..networks import dags


def loss_of(net):
    outputs = net([0.3 - 0.2 * k for k, _ in enumerate(net.inputs)])
    return mse_loss(outputs, [0.5] * len(outputs), reduction="half_sum")


def unit_of(taken):
    """The unit that a step is about, 0 for the loss."""
    return int(taken.scope.rpartition("node")[2] or 0)


@settings(max_examples=40)
@given(dags())
def test_units_are_visited_in_ascending_and_then_in_descending_index(net):
    steps = step(loss_of(net)).steps
    ways = {kind: [unit for unit, _ in groupby(unit_of(s) for s in steps if s.kind == kind)] for kind in
            ("forward", "backward")}  # fmt: skip
    assert ways["forward"] == [*net.computed, 0]
    assert ways["backward"] == [0, *reversed(net.computed)]


@settings(max_examples=40)
@given(dags())
def test_by_neuron_each_unit_is_one_step_that_ends_with_its_weights(net):
    stepper = step(loss_of(net))
    stepper.goto(next(s.index for s in stepper if s.kind == "backward"))
    stepper.next("neuron")
    received = {}
    for j in reversed(net.computed):
        before = stepper.position
        stepper.next("neuron")
        taken = stepper.steps[before : stepper.position]
        assert {unit_of(s) for s in taken} == {j}
        received |= {s.target_name: s.after for s in taken}
        assert {f"w{i},{j}" for i in net.sources[j]} <= set(received)
    assert stepper.next() is None


@settings(max_examples=40)
@given(dags())
def test_an_error_is_the_sum_of_those_above_it_and_a_gradient_an_error_times_an_output(net):
    """δᵢ = f'(aᵢ) Σ_{k>i} δₖ wᵢₖ, the sum in descending k; ∂E/∂wᵢⱼ = δⱼ yᵢ."""
    loss = loss_of(net)
    steps = step(loss).steps
    final = {s.target: s.after for s in steps if s.kind == "backward"}
    ids = {s.target_name: s.target for s in steps if s.kind == "backward"}
    loss.backward()
    delta = net.delta
    for j in net.computed:
        assert final[ids[f"a{j}"]] == delta[j]
        for i in net.sources[j]:
            y = net.y[i] if i in net.inputs else net.y[i].data
            assert final[ids[f"w{i},{j}"]] == delta[j] * y
        name = f"y{j}" if f"y{j}" in ids else f"a{j}"  # of a linear unit the output is the sum
        sent = [(unit_of(s), s.contribution) for s in steps if s.target_name == name and unit_of(s) != j]
        above = [k for i, k in net.links if i == j]
        assert [k for k, _ in sent if k] == sorted(above, reverse=True)
        assert all(contribution == delta[k] * net.weights[j, k].data for k, contribution in sent if k)


def test_a_unit_far_away_sends_before_one_nearby():
    net = DAGNetwork([(1, 2), (1, 3), (2, 3), (2, 4), (3, 4)], "tanh", rng=0)
    steps = step(loss_of(net)).steps
    assert [unit_of(s) for s in steps if s.target_name == "y2"] == [4, 3]
