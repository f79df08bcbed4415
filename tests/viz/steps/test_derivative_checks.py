"""Central differences beside derivatives: they see a wrong rule, and say what they cannot see."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core import TABLE, Pointwise, Tensor, Value, functions, register, stack, unstack
from nn import MLP
from viz import draw, step
from viz.cli.demo import exercise
from viz.steps import derivative_checks
from viz.steps.derivative_checks import DIRECTION


def checked(root):
    stepper = step(root)
    return [check for taken in stepper for check in stepper.check(taken)]


def words_at_the_end(root):
    stepper = step(root)
    stepper.goto(len(stepper))
    return [check.words for check in stepper.check()]


@pytest.mark.parametrize("seed", range(12))
def test_every_derivative_agrees_with_a_difference(make_graph, seed):
    found = [check for check in checked(make_graph(seed)) if check.derivative is not None]
    assert len(found) >= 30
    assert all(check.relative < 1e-6 for check in found if not check.words)
    assert {check.words.partition(":")[0] for check in found} <= {"", "equal but for rounding", "a jump", "a kink"}
    assert sum(check.verdict == "agree" for check in found) >= 0.9 * len(found)


def test_a_step_is_checked_locally_and_the_gradient_once_it_is_complete():
    a = Value(3.0, label="a")
    stepper = step(a * a)
    first, last = [stepper.check(taken) for taken in stepper.steps[-2:]]
    assert [(check.name, check.derivative) for check in first] == [("∂v1/∂a", 3.0), ("ā", None)]
    assert first[1].words == "1 more contribution to come"
    assert [(check.name, check.derivative) for check in last] == [("∂v1/∂a", 3.0), ("ā", 6.0)]
    assert last[0].difference == pytest.approx(3.0)  # one place of a * a is moved, not both
    assert last[1].difference == pytest.approx(6.0)
    assert stepper.check(stepper.steps[0]) == ()
    assert repr(stepper.check()).startswith("There is nothing to check")


def test_the_worked_exercise_and_a_network_agree():
    for root in (exercise().loss, (MLP(2, [4, 1], rng=0)([1.0, -2.0]) - 1.0) ** 2):
        assert {check.verdict for check in checked(root) if check.derivative is not None} == {"agree"}


@pytest.fixture
def wrong():
    """An operation whose rule has a factor too many."""
    yield register(
        Pointwise(name="test_wrong", scalar=lambda x: x * x, array=lambda x: x * x, partials=(lambda m, y, x: 3.0 * x,))
    )
    del TABLE["test_wrong"]


@pytest.mark.parametrize("make", [lambda: Value(2.0, label="x"), lambda: Tensor([2.0, 1.0], requires_grad=True)])
def test_a_wrong_rule_is_seen(wrong, make):
    root = wrong(make())
    root = root if isinstance(root, Value) else root.sum()
    stepper = step(root)
    local, gradient = stepper.check(stepper.steps[-1])
    assert (local.verdict, gradient.verdict) == ("differ", "differ")
    assert local.derivative == pytest.approx(1.5 * local.difference)
    assert "they differ" in repr(stepper.check(stepper.steps[-1]))


def test_kinks_and_jumps_and_infinities_are_told_from_mistakes():
    assert words_at_the_end(Value(0.0).relu() * 2.0)[0].startswith(
        "a kink: the slope is 0.0000 from the left and 1.0000 from the right; chosen: 0 at 0"
    )
    assert (
        words_at_the_end(Value(0.0).relu() * 2.0)[1]
        == "a kink: the slope is 0.0000 from the left and 2.0000 from the right"
    )
    assert "a jump" in words_at_the_end(functions.sign(Value(0.0)) * 1.0)[0]
    assert words_at_the_end(functions.sqrt(Value(0.0))) == ["not finite: no difference can be taken"] * 2
    assert words_at_the_end(Value(float("nan")) * 2.0)[1] == "not finite: no difference can be taken"
    assert "border" in words_at_the_end((Value(0.0) ** 1.5) * 2.0)[0]


def test_near_a_kink_and_near_a_border_smaller_steps_are_taken():
    for root in (abs(Value(5e-4)), functions.log(Value(1e-9)), functions.log(Value(1e-4)) ** 2):
        assert words_at_the_end(root) == ["", ""]


def test_what_is_below_rounding_is_no_alarm():
    x = Value(1e-9, label="x")
    assert words_at_the_end(Value(1e6) + x**3) == ["", "equal but for rounding"]


def test_a_node_made_by_hand_cannot_be_computed_again():
    x = Value(3.0, label="x")
    square = Value(9.0, (x,), (6.0,))
    assert set(words_at_the_end(square)) == {derivative_checks.BY_HAND}
    assert [s.contribution for s in step(square * 2.0) if s.target_name == "x"] == [12.0]
    assert "6.0000" in draw(square).dot


def test_numbers_that_were_changed_before_are_not_compared_and_later_changes_do_not_matter():
    x = Value(3.0)
    root = x * x
    stepper = step(root)
    x.data = 4.0
    assert stepper.check(stepper.steps[-1])[1].difference == pytest.approx(6.0)
    assert set(words_at_the_end(root)) == {derivative_checks.CHANGED}


def test_arrays_are_moved_along_one_direction():
    rng = np.random.default_rng(0)
    W = Tensor(rng.normal(size=(2, 3)), requires_grad=True, label="W")
    b = Tensor(rng.normal(size=3), requires_grad=True, label="b")
    x = Tensor(rng.normal(size=(4, 2)), label="x")
    root = ((x @ W + b).tanh() ** 2).mean()
    found = checked(root)
    assert {check.verdict for check in found} == {"agree"}
    assert {"W̄ · d", "b̄ · d"} <= {check.name for check in found}
    assert not any(check.name.startswith(("x̄", "X")) for check in found)  # it requires none
    stepper = step(root)
    assert repr(stepper.check(stepper.steps[-1])).endswith(DIRECTION)


def test_float32_is_given_the_digits_that_it_has():
    w = Tensor(np.linspace(-1.0, 1.0, 6, dtype=np.float32), requires_grad=True)
    found = [check for check in checked((w.tanh() * w).sum()) if check.derivative is not None]
    assert {check.verdict for check in found} == {"agree"}
    assert max(check.relative for check in found) > 1e-9


def test_values_and_arrays_in_one_graph():
    values = [Value(0.5, label="a"), Value(2.0, label="b")]
    picked = unstack(functions.softmax(stack(values)))
    found = [check for check in checked(picked[0] * values[1]) if check.derivative is not None]
    assert {check.verdict for check in found} == {"agree"}


def test_graphs_side_by_side_give_what_one_at_a_time_gives(make_graph):
    stepper, alone = step(make_graph(4)), step(make_graph(4))
    alone._checks._pointwise = False
    for taken in stepper:
        for a, b in zip(stepper.check(taken), alone.check(taken), strict=True):
            assert a.name == b.name
            if a.difference is not None:
                assert a.difference == pytest.approx(b.difference, rel=1e-9, abs=1e-11)


def test_gradients_of_large_graphs_are_left_out_in_words():
    x = Value(1.0)
    for _ in range(derivative_checks.MOST_REPLAYED):
        x = x + 1.0
    stepper = step(x)
    assert stepper._checks.note.startswith("Gradients are checked in graphs of up to 2,000 nodes; this one has 2,001")
    stepper.goto(len(stepper))
    assert [check.name[0] for check in stepper.check()] == ["∂"]


def test_nothing_is_written_to_the_graph(make_graph):
    root = make_graph(2)
    before = [(node.data, node.grad, node.swept) for node in (root, *root.parents)]
    checked(root)
    assert [(node.data, node.grad, node.swept) for node in (root, *root.parents)] == before
