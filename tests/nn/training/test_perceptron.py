"""Rosenblatt's algorithm: the lectures' sequences of updates, geometry, and the tie at exactly 0."""

from __future__ import annotations

import numpy as np
import pytest

from nn import Perceptron
from nn.errors import AutogradError, DataError, OptionError, ShapeError, TargetError

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
AND, OR, XOR = [-1, -1, -1, 1], [-1, 1, 1, 1], [-1, 1, 1, -1]

UPDATES_AND = [
    (-1, 0, 0), (0, 1, 1), (-1, 1, 1), (-2, 1, 0), (-1, 2, 1), (-2, 2, 0), (-3, 1, 0), (-2, 2, 1), (-3, 1, 1),
    (-2, 2, 2), (-3, 2, 1), (-2, 3, 2), (-3, 3, 1), (-4, 2, 1), (-3, 3, 2), (-4, 2, 2), (-3, 3, 3), (-4, 3, 2),
]  # fmt: skip
UPDATES_OR = [(-1, 0, 0), (0, 0, 1), (1, 1, 1), (0, 1, 1), (-1, 1, 1), (0, 1, 2), (-1, 1, 2), (0, 2, 2), (-1, 2, 2)]


@pytest.mark.parametrize(("labels", "updates", "passes"), [(AND, UPDATES_AND, 9), (OR, UPDATES_OR, 6)])
def test_the_updates_of_and_and_or(labels, updates, passes):
    p = Perceptron(2).fit(CORNERS, labels)
    assert [tuple(w) for w in p.updates] == updates
    assert (p.converged, p.passes) == (True, passes)
    assert [p(x) for x in CORNERS] == labels


def test_xor_goes_round_in_a_circle_and_is_stopped():
    p = Perceptron(2).fit(CORNERS, XOR, max_steps=100)
    assert p.converged is False
    assert [tuple(w) for w in p.updates[:8]] == [(-1, 0, 0), (0, 0, 1), (1, 1, 1), (0, 0, 0)] * 2
    assert p.passes == 25
    assert "not separated" in repr(p)


def test_xor_is_separable_among_other_features():
    p = Perceptron(2, features=lambda x: [1.0, x[0], x[1], x[0] * x[1]]).fit(CORNERS, XOR)
    assert p.converged
    assert [p(x) for x in CORNERS] == XOR


def test_a_random_order_converges_too_and_by_seed():
    a, b = (Perceptron(2).fit(CORNERS, AND, order="random", rng=3) for _ in range(2))
    assert a.converged
    assert [p.tolist() for p in a.updates] == [p.tolist() for p in b.updates]
    assert [a(x) for x in CORNERS] == AND


def test_x08_a_sample_on_the_plane_is_a_mistake_for_both_classes():
    assert len(Perceptron(1).fit([[1.0]], [1]).updates) == 1
    assert len(Perceptron(1).fit([[1.0]], [-1]).updates) == 1
    assert Perceptron(1)([1.0]) == 1
    assert Perceptron(1, strict=True)([1.0]) == -1


def test_x09_the_rate_matters_once_weights_do_not_begin_at_zero_or_sums_are_rounded():
    def updates(lr, w=None):
        return len(Perceptron(2, w=w).fit(CORNERS, AND, lr=lr).updates)

    assert [updates(1.0), updates(0.125), updates(0.1)] == [18, 18, 8]
    assert [updates(1.0, (0.5, -0.5, 0.3)), updates(0.1, (0.5, -0.5, 0.3))] == [11, 28]


def test_x10_the_distance_of_the_plane_leaves_the_bias_out_of_the_norm():
    normal, distance = Perceptron(2, w=[-10.0, 3.0, 4.0]).plane
    assert distance == 2.0
    assert (distance * normal).tolist() == pytest.approx([1.2, 1.6], rel=1e-15)
    assert normal.tolist() == pytest.approx([0.6, 0.8], rel=1e-15)


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda: Perceptron(0), OptionError),
        (lambda: Perceptron(2, w=[1.0]), ShapeError),
        (lambda: Perceptron(2, features=lambda x: 3.0), ShapeError),
        (lambda: Perceptron(2)([1.0]), ShapeError),
        (lambda: Perceptron(2).fit(CORNERS, [0, 0, 0, 1]), TargetError),
        (lambda: Perceptron(2).fit(CORNERS, [1, 1]), DataError),
        (lambda: Perceptron(3).fit(CORNERS, AND), ShapeError),
        (lambda: Perceptron(2).fit(CORNERS, AND, order="reverse"), OptionError),
        (lambda: Perceptron(2).fit(CORNERS, AND, lr=0.0), OptionError),
        (lambda: Perceptron(2).fit(CORNERS, AND, max_steps=0), OptionError),
        (lambda: Perceptron(2).fit([], []), AutogradError),
        (lambda: Perceptron(2).plane, AutogradError),
        (lambda: Perceptron(2, features=lambda x: [1.0, x[0]]).plane, OptionError),
    ],
)
def test_what_no_perceptron_can_learn_from_is_refused(act, error):
    with pytest.raises(error):
        act()


def test_one_update_is_told_as_one():
    assert "after 1 update in 2 passes" in repr(Perceptron(2).fit([[1, 1]], [1]))
