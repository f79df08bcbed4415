"""Guards: comparisons that steered Python are part of a program."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from autograd_core import Value, functions, trace
from autograd_core.errors import GuardError
from autograd_core.graph.node import OBSERVERS

from .functions import EXECUTORS


def branching(x, limit):
    if x * 2.0 > limit:  # the line that a guard names
        return x * x
    return -x


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_guard_that_flips_raises_and_says_where(executor):
    program = trace(branching, 3.0, 1.0, executor=executor)
    assert program(4.0, 1.0) == 16.0
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    line = next(k for k, text in enumerate(lines, 1) if "the line that a guard names" in text)
    with pytest.raises(GuardError) as caught:
        program(0.25, 1.0)
    words = str(caught.value)
    assert re.search(rf"test_guards\.py, line {line}\b", words)
    assert "0.5 > 1.0" in words
    assert "v1 > limit" in words
    with pytest.raises(GuardError, match="sample 2"):
        program.value_and_grad([1.0, 2.0, 0.1, 0.2], 1.0)
    with pytest.raises(GuardError):
        program.jvp((0.1, 1.0), (1.0, None))
    with pytest.raises(GuardError):
        program.gradient()(0.1, 1.0)


@pytest.mark.parametrize(
    ("ask", "good", "bad"),
    [
        (lambda x: x < 1.0, 0.0, 1.0),
        (lambda x: x <= 1.0, 1.0, 1.5),
        (lambda x: x > 1.0, 2.0, 1.0),
        (lambda x: x >= 1.0, 1.0, 0.5),
        (lambda x: min(1.0, x) == 1.0, 2.0, 0.5),  # asks x < 1.0
        (lambda x: bool(x), 2.0, 0.0),
        (lambda x: not x, 0.0, 3.0),
        (lambda x: max(x, x * 0.0 + 1.0) is x, 2.0, 0.5),
        (lambda x: x > 1.0, 2.0, float("nan")),
    ],
)
def test_every_comparison_is_a_guard(ask, good, bad):
    def f(x):
        return x * (2.0 if ask(x) else 3.0)

    program = trace(f, good)
    assert program(good) == good * 2.0
    with pytest.raises(GuardError):
        program(bad)
    with pytest.raises(GuardError):
        program([good, bad])


def test_sorting_is_guarded_and_data_is_not_observed_outside():
    program = trace(lambda xs: sorted(xs)[0] * 10.0 + sorted(xs)[1], [1.0, 2.0])
    assert program([3.0, 4.0]) == 34.0
    with pytest.raises(GuardError):
        program([4.0, 3.0])
    assert not OBSERVERS
    assert Value(1.0) < Value(2.0)


def test_a_question_asked_again_is_one_guard():
    def f(x):
        total = x
        for _ in range(50):
            if x > 0.0:
                total = total + x
        return total

    assert len(trace(f, 1.0).recording.guards) == 1


def test_where_maximum_and_relu_need_no_guard():
    program = trace(
        lambda x: functions.where(functions.less(x, 0.0), -x, functions.maximum(x, 1.0)) + functions.relu(x) + abs(x),
        0.5,
    )
    assert not program.recording.guards
    assert program([-2.0, 0.5, 3.0]).tolist() == [4.0, 2.0, 9.0]


def test_constants_that_are_compared_are_no_guards():
    assert not trace(lambda x: x * (2.0 if Value(1.0) < 2.0 else 3.0), 0.5).recording.guards


def test_what_where_chose_is_guarded_when_the_gradient_is_traced():
    """Eager second order leaves out what was not chosen; so a traced gradient hangs on the choice."""
    from autograd_core import grad

    program = trace(grad(lambda x: functions.where(functions.greater(x, 0.0), x * x, x)), 2.0)
    assert program(3.0) == 6.0
    with pytest.raises(GuardError):
        program(-1.0)
    first = trace(
        lambda x: functions.where(functions.greater(x, 0.0), x * x, x), 2.0
    ).gradient()  # this one needs no guard
    assert first([3.0, -1.0]).tolist() == [6.0, 1.0]


def test_an_error_while_tracing_leaves_nothing_behind():
    def f(x):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        trace(f, 1.0)
    assert not OBSERVERS


def test_guards_in_float32_and_in_threads():
    program = trace(branching, 3.0, 1.0, dtype="float32")
    assert program(np.float32(4.0), np.float32(1.0)) == 16.0
    with pytest.raises(GuardError):
        program(np.array([4.0, 0.1], np.float32), 1.0)
