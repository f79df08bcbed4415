"""Initial weights: bounds and variances as the papers give them, from either kind of generator."""

from __future__ import annotations

import random

import numpy as np
import pytest

from nn.errors import AutogradError, OperandError, OptionError, ShapeError
from nn.initializers import INITIALIZERS, constant, initializer, normal, uniform

FANS = (300, 200)
DRAWN = [name for name in INITIALIZERS if name != "zeros"]


@pytest.mark.parametrize("rng", [0, random.Random(0), np.random.default_rng(0)], ids=["seed", "random", "numpy"])
@pytest.mark.parametrize("name", DRAWN)
def test_mean_and_variance_are_what_is_promised(name, rng):
    made = initializer(name)
    sample = made(rng, (200, 300), *FANS)
    variance = made.variance(*FANS)
    assert sample.shape == (200, 300)
    assert abs(sample.mean()) < 4 * np.sqrt(variance / sample.size)
    assert sample.var() == pytest.approx(variance, rel=0.02)
    assert made.reference


@pytest.mark.parametrize(
    ("fans", "bound"), [((2, 3), 1.0954451150103321), ((3, 3), 1.0), ((784, 128), 0.08111071056538127)]
)
def test_the_range_of_glorot_in_the_lecture(fans, bound):
    made = initializer("xavier_uniform")
    assert np.sqrt(3 * made.variance(*fans)) == pytest.approx(bound, rel=1e-15)
    sample = made(1, (4000,), *fans)
    assert 0.99 * bound < np.abs(sample).max() <= bound


def test_the_same_seed_draws_the_same_and_pythons_random_is_the_default():
    random.seed(3)
    first = initializer("uniform")(None, (4,), 4, 1)
    random.seed(3)
    assert first.tolist() == [random.uniform(-1, 1) for _ in range(4)]
    assert np.array_equal(initializer("he_normal")(5, (3,), 3, 1), initializer("he_normal")(5, (3,), 3, 1))


def test_names_of_other_libraries():
    assert initializer("kaiming_normal") is initializer("he_normal")
    assert initializer("xavier_normal") is initializer("glorot_normal")


def test_distributions_of_ones_own():
    assert uniform(0.0, 2.0)(0, (1000,), 1, 1).min() >= 0.0
    assert normal(0.1, mean=5.0)(0, (1000,), 1, 1).mean() == pytest.approx(5.0, abs=0.02)
    assert constant(0.5)(None, (2, 2), 2, 2).tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert initializer([[1, 2]])(None, (1, 2), 2, 1).dtype == np.float64


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda: initializer("he"), OptionError),
        (lambda: initializer([[1.0], [2.0, 3.0]]), OperandError),
        (lambda: initializer(lambda: 3), OperandError),
        (lambda: initializer([[1.0, 2.0]])(None, (2, 2), 2, 2), ShapeError),
        (lambda: uniform(1.0, -1.0), OptionError),
        (lambda: normal(-1.0), OptionError),
        (lambda: initializer("uniform")("seed", (2,), 2, 1), OperandError),
        (lambda: initializer("uniform")(True, (2,), 2, 1), OperandError),
    ],
)
def test_what_cannot_be_drawn_from_is_refused(act, error):
    with pytest.raises(error) as caught:
        act()
    assert isinstance(caught.value, AutogradError)
