"""Metrics: plain numbers, on outputs of either kind."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core import Value
from nn.errors import DataError, ShapeError, TargetError
from nn.metrics import accuracy, confusion, predicted_classes, zero_one_loss


def test_the_largest_logit_wins_and_the_first_of_equals():
    assert predicted_classes([[Value(0.0), Value(1.0)], [2.0, 2.0]]).tolist() == [1, 0]


def test_a_score_is_of_class_one_if_positive():
    assert predicted_classes([-0.5, 0.0, 0.5]).tolist() == [0, 0, 1]
    assert predicted_classes(np.array([[-0.5], [0.5]])).tolist() == [0, 1]


@pytest.mark.parametrize("target", [[0, 1, 1], [-1, 1, 1], [[1, 0], [0, 1], [0, 1]]])
def test_indices_signs_and_one_hot_rows_are_targets(target):
    assert accuracy([-1.0, 1.0, -1.0], target) == pytest.approx(2 / 3)
    assert zero_one_loss([-1.0, 1.0, -1.0], target) == pytest.approx(1 / 3)


def test_confusion_counts_true_against_predicted():
    outputs = np.eye(3)[[0, 1, 2, 2, 1]]
    table = confusion(outputs, [0, 1, 2, 1, 1])
    assert table.tolist() == [[1, 0, 0], [0, 2, 1], [0, 0, 1]]
    assert confusion([1.0], [1], classes=4).sum() == 1


@pytest.mark.parametrize(
    ("outputs", "target", "error"),
    [
        ([1.0, 2.0], [1], ShapeError),
        (np.zeros((2, 2, 2)), [0, 0], ShapeError),
        ([], [], DataError),
        ([1.0], [0.5], TargetError),
        ([1.0], [-2], TargetError),
    ],
)
def test_what_cannot_be_compared_is_refused(outputs, target, error):
    with pytest.raises(error):
        accuracy(outputs, target)


def test_more_classes_than_announced():
    with pytest.raises(TargetError):
        confusion([[0.0, 1.0]], [5], classes=2)
