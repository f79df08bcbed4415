"""Losses on Values: numbers from the lectures, gradients by finite differences, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograd_core import Tensor, Value, functions
from nn import cross_entropy, hinge, mse_loss
from nn.errors import AutogradError, DataError, OperandError, OptionError, ShapeError, TargetError
from nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    huber_loss,
    l1_loss,
    loss_function,
    nll_clipped,
    nll_loss,
    nll_of_probabilities,
    perceptron_loss,
)


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
        (lambda v: hinge(v, [1, -1, 1], margin=0.5), [0.3, 0.2, 4.0]),
        (lambda v: perceptron_loss(v, [1, -1, 1]), [0.3, 0.2, -4.0]),
        (lambda v: l1_loss(v, [1.0, -2.0, 0.5]), [0.3, 0.1, -4.0]),
        (lambda v: huber_loss(v, [1.0, -2.0, 0.5], delta=1.5), [0.3, 0.1, -4.0]),
        (lambda v: binary_cross_entropy(v, [1.0, 0.0, 0.3]), [0.3, 0.1, 0.8]),
        (lambda v: binary_cross_entropy_with_logits(v, [1.0, 0.0, 0.3]), [0.3, -5.0, 2.0]),
        (lambda v: nll_loss(v, 1), [0.3, -5.0, 2.0]),
        (lambda v: nll_of_probabilities(v, [0.5, 0.25, 0.25]), [0.2, 0.5, 0.3]),
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


REFUSED += [
    (lambda: cross_entropy([1.0, 2.0], ["a", "b"]), OperandError, "numbers"),
    (lambda: hinge([], []), DataError, "no targets"),
    (lambda: hinge([1.0], ["x"]), AutogradError, "something else"),
]
LOGITS = Tensor([[1.0, 2.0], [3.0, 4.0]])
REFUSED_TENSORS = [
    (lambda: mse_loss(LOGITS, np.zeros(2)), ShapeError, "shape"),
    (lambda: mse_loss(LOGITS, np.zeros(4)), ShapeError, "reshape"),
    (lambda: mse_loss(LOGITS, np.array([["a", "b"]] * 2)), OperandError, "numbers"),
    (lambda: mse_loss(Tensor(np.zeros((0, 2))), np.zeros((0, 2))), DataError, "empty"),
    (lambda: hinge(LOGITS, np.zeros((2, 2))), TargetError, "-1 or 1"),
    (lambda: cross_entropy(LOGITS, np.array([0, 2])), TargetError, "from 0 to 1"),
    (lambda: cross_entropy(LOGITS, np.array([0.0, 1.0])), TargetError, "integer"),
    (lambda: cross_entropy(LOGITS, np.array([0])), ShapeError, "one for each row"),
    (lambda: cross_entropy(LOGITS, 1), ShapeError, "one for each row"),
    (lambda: cross_entropy(LOGITS, [[1.0], [0.5, 0.5]]), TargetError, "shape"),
    (lambda: cross_entropy(LOGITS, np.array([[0.5, 0.4], [0.5, 0.5]])), TargetError, "sum"),
    (lambda: cross_entropy(LOGITS, np.array([[[0.5, 0.5]]] * 2)), TargetError, "shape"),
    (lambda: cross_entropy(Tensor(np.zeros((0, 2))), np.zeros(0, int)), DataError, "empty"),
    (lambda: cross_entropy(Tensor(np.zeros((1, 1, 2))), np.array([[0]])), ShapeError, "samples, classes"),
    (lambda: nll_of_probabilities(LOGITS, np.array([0, 1])), TargetError, r"\[0, 1\]"),
    (lambda: binary_cross_entropy(LOGITS, np.zeros((2, 2))), TargetError, "with_logits"),
    (lambda: binary_cross_entropy([0.5], [1.5]), TargetError, "targets"),
    (lambda: binary_cross_entropy_with_logits([0.5], [-0.1]), TargetError, "targets"),
    (lambda: huber_loss([0.5], [0.1], delta=-1.0), OptionError, "delta"),
    (lambda: nll_clipped([0.5, 0.5], 0, eps=0.5), OptionError, "eps"),
    (lambda: perceptron_loss([0.5], [2]), TargetError, "-1 or 1"),
]


@pytest.mark.parametrize(("act", "error", "message"), REFUSED + REFUSED_TENSORS)
def test_targets_that_are_none_are_refused(act, error, message):
    with pytest.raises(error, match=message) as caught:
        act()
    assert isinstance(caught.value, AutogradError)


def test_kinks_and_ends_of_losses():
    d = [Value(1.0), Value(-1.0), Value(0.0)]
    huber_loss(d, [0.0, 0.0, 0.0], reduction="sum").backward()
    assert [v.grad for v in d] == [1.0, -1.0, 0.0]
    zero = Value(0.0)
    l1_loss([zero], [0.0]).backward()
    assert zero.grad == 0.0
    assert binary_cross_entropy([0.0, 1.0], [0.0, 1.0]) == 0.0
    assert binary_cross_entropy([0.0], [1.0]) == math.inf
    assert binary_cross_entropy_with_logits([-1000.0], [1.0]) == 1000.0


def test_the_loss_of_a_batch_is_the_sum_of_its_samples():
    rows, classes = [[1.0, 2.0, 0.0], [0.5, -1.0, 3.0]], [1, 2]
    assert cross_entropy(rows, classes, reduction="sum") == sum(map(cross_entropy, rows, classes))
    whole = [[Value(x) for x in row] for row in rows]
    cross_entropy(whole, classes, reduction="sum").backward()
    for row, values, label in zip(rows, whole, classes, strict=True):
        alone = [Value(x) for x in row]
        cross_entropy(alone, label).backward()
        assert [v.grad for v in values] == [v.grad for v in alone]


def test_single_rows_numbers_and_iterators():
    row = Tensor([1.0, 2.0, 0.0], requires_grad=True)
    assert cross_entropy(row, 1).item() == pytest.approx(0.4076059644443803, rel=1e-15)
    assert nll_loss(row, 1).item() == -2.0
    assert cross_entropy(row, [0.0, 1.0, 0.0]).shape == ()
    assert mse_loss(3.0, 1.0) == mse_loss(3.0, 1.0, reduction="none") == 4.0
    assert mse_loss(map(float, (1, 2)), range(2)) == 1.0
    assert mse_loss(row, Tensor([0.0, 0.0, 0.0])).item() == pytest.approx(5 / 3)
