"""Losses on Values: numbers from the lectures, gradients by finite differences, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograd_core import Value, functions
from nn import cross_entropy, hinge, mse_loss
from nn.errors import AutogradError, DataError, OperandError, OptionError, ShapeError, TargetError
from nn.losses import loss_function


def values(numbers):
    return [Value(x) for x in numbers]


def gradient_by_differences(f, numbers, h=1e-6):
    found = []
    for i in range(len(numbers)):
        up, down = list(numbers), list(numbers)
        up[i], down[i] = up[i] + h, down[i] - h
        found.append((f(values(up)).data - f(values(down)).data) / (2 * h))
    return found


@pytest.mark.parametrize(
    ("loss", "numbers"),
    [
        (lambda v: mse_loss(v, [1.0, -2.0, 0.5]), [0.3, 0.1, -4.0]),
        (lambda v: mse_loss(v, [1.0, -2.0, 0.5], reduction="half_sum"), [0.3, 0.1, -4.0]),
        (lambda v: hinge(v, [1, -1, 1]), [0.3, 0.2, 4.0]),
        (lambda v: cross_entropy(v, 2), [1.0, 2.0, -1.0]),
        (lambda v: cross_entropy(v, [0.2, 0.5, 0.3]), [1.0, 2.0, -1.0]),
        (lambda v: cross_entropy([v, v], [0, 1]), [1.0, 2.0, -1.0]),
    ],
)
def test_gradients_agree_with_finite_differences(loss, numbers):
    v = values(numbers)
    loss(v).backward()
    assert [x.grad for x in v] == pytest.approx(gradient_by_differences(loss, numbers), abs=1e-8)


def test_squared_error_of_the_lectures():
    assert mse_loss([23.5], [22.9]) == 0.3600000000000017
    blue = ([1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0])
    assert mse_loss(*blue, reduction="sum") == 2.0
    assert mse_loss(*blue) == 0.5
    assert mse_loss([3.0], [1.0], reduction="none") == [4.0]
    y = functions.softmax([1.0, 2.0, 0.0])
    assert mse_loss(y, [0, 1, 0], reduction="sum") == pytest.approx(0.18006114634076098, rel=1e-15)
    assert mse_loss(y, [0, 1, 0], reduction="half_sum") == pytest.approx(0.09003057317038049, rel=1e-15)
    assert mse_loss(y, [0, 1, 0]) == pytest.approx(0.06002038211358699, rel=1e-15)


@pytest.mark.parametrize(("reduction", "factor"), [("mean", 2 / 3), ("sum", 2.0), ("half_sum", 1.0)])
def test_the_gradient_of_the_squared_error_scales_with_its_reduction(reduction, factor):
    v = values([1.0, 2.0, 4.0])
    mse_loss(v, [0.0, 0.0, 0.0], reduction=reduction).backward()
    assert [x.grad for x in v] == pytest.approx([factor, 2 * factor, 4 * factor], rel=1e-15)


def test_rows_of_outputs():
    rows = [values([1.0, 2.0]), values([3.0, 4.0])]
    assert mse_loss(rows, np.zeros((2, 2))).data == 7.5
    none = mse_loss(rows, np.zeros((2, 2)), reduction="none")
    assert [[e.data for e in row] for row in none] == [[1.0, 4.0], [9.0, 16.0]]


def test_hinge_at_the_margin_has_derivative_zero():
    v = values([1.0, -2.0])
    loss = hinge(v, [1, 1], reduction="sum")
    loss.backward()
    assert (loss.data, v[0].grad, v[1].grad) == (3.0, 0.0, -1.0)


def test_cross_entropy_of_a_certain_answer_is_not_rounded_away():
    z = values([0.0, 40.0])
    loss = cross_entropy(z, 1)
    loss.backward()
    assert loss.data == 4.248354255291589e-18
    assert [x.grad for x in z] == [4.248354255291589e-18, -4.248354255291589e-18]


def test_index_one_hot_and_soft_labels_agree():
    logits = [0.3, -1.0, 2.0]
    assert cross_entropy(logits, 2) == cross_entropy(logits, [0, 0, 1])
    soft = cross_entropy(logits, [0.1, 0.2, 0.7])
    parts = [cross_entropy(logits, k) for k in range(3)]
    assert soft == pytest.approx(0.1 * parts[0] + 0.2 * parts[1] + 0.7 * parts[2], rel=1e-15)
    rows = cross_entropy([logits, logits], [2, 0], reduction="none")
    assert rows == [parts[2], parts[0]]


def test_labels_rounded_to_two_places_are_taken_as_they_are():
    p = [0.33, 0.33, 0.33]
    parts = [cross_entropy([0.0, 1.0, 2.0], k) for k in range(3)]
    assert cross_entropy([0.0, 1.0, 2.0], p) == pytest.approx(0.33 * sum(parts), rel=1e-15)


def test_natural_logarithm():
    assert cross_entropy([math.log(0.3), math.log(0.7)], 0) == pytest.approx(1.2039728043259361, rel=1e-15)


REFUSED = [
    (lambda: mse_loss([1.0, 2.0], [1.0]), ShapeError, "shape"),
    (lambda: mse_loss([1.0, 2.0], [[1.0], [2.0]]), ShapeError, "reshape"),
    (lambda: mse_loss([[1.0], [2.0, 3.0]], [1.0, 2.0]), ShapeError, "one length"),
    (lambda: mse_loss([], []), DataError, "empty"),
    (lambda: mse_loss([1.0], ["1"]), OperandError, "text"),
    (lambda: mse_loss([1.0], [None]), OperandError, "None"),
    (lambda: mse_loss([1.0], [1.0], reduction="average"), OptionError, "half_sum"),
    (lambda: hinge([1.0], [0]), TargetError, "2\\*y - 1"),
    (lambda: hinge([1.0], [1], reduction="half_sum"), OptionError, "mean"),
    (lambda: cross_entropy([1.0, 2.0], 2), TargetError, "from 0 to 1"),
    (lambda: cross_entropy([1.0, 2.0], -1), TargetError, "from 0 to 1"),
    (lambda: cross_entropy([1.0, 2.0], 1.0), TargetError, "integer"),
    (lambda: cross_entropy([1.0, 2.0], True), TargetError, "integer"),
    (lambda: cross_entropy([1.0, 2.0], [0.5, 0.1]), TargetError, "sum"),
    (lambda: cross_entropy([1.0, 2.0], [-0.5, 1.5]), TargetError, r"\[0, 1\]"),
    (lambda: cross_entropy([1.0, 2.0], [math.nan, 1.0]), TargetError, "probabilities"),
    (lambda: cross_entropy([1.0, 2.0], [1.0]), TargetError, "2 classes"),
    (lambda: cross_entropy([[1.0, 2.0]], [0, 1]), TargetError, "1 rows|2 targets"),
    (lambda: cross_entropy(3.0, 0), OperandError, "one sample"),
    (lambda: loss_function("huberr"), OptionError, "no loss called"),
    (lambda: loss_function(3), OperandError, "name or a function"),
]


@pytest.mark.parametrize(("act", "error", "message"), REFUSED)
def test_targets_that_are_none_are_refused(act, error, message):
    with pytest.raises(error, match=message) as caught:
        act()
    assert isinstance(caught.value, AutogradError)
