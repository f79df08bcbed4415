"""Learning rates over time: the lectures' tables, and pure functions of the step."""

from __future__ import annotations

import pytest

from autograd_core import Value
from nn import SGD
from nn.errors import OperandError, OptionError
from nn.schedules import ConstantLR, CosineAnnealingLR, ExponentialLR, HarmonicLR, InverseTimeLR, StepLR, Warmup

DECAY = [
    1.0, 0.9090909090909091, 0.8333333333333334, 0.7692307692307692, 0.7142857142857143, 0.6666666666666666, 0.625,
    0.588235294117647, 0.5555555555555556, 0.5263157894736842, 0.5, 0.47619047619047616, 0.45454545454545453,
    0.4347826086956522, 0.41666666666666663, 0.4, 0.3846153846153846, 0.37037037037037035, 0.35714285714285715,
    0.3448275862068965,
]  # fmt: skip


def test_the_decay_of_the_lecture_to_the_last_digit():
    assert [InverseTimeLR(1.0, decay=0.1)(step) for step in range(20)] == DECAY


def test_the_other_decay_of_the_lectures():
    assert [HarmonicLR(1.0)(t) for t in range(4)] == [1.0, 1 / 2, 1 / 3, 1 / 4]


def test_steps_powers_and_cosines():
    assert [StepLR(0.8, 3, gamma=0.5)(t) for t in range(7)] == [0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2]
    assert [ExponentialLR(1.0, 0.5)(t) for t in range(4)] == [1.0, 0.5, 0.25, 0.125]
    cosine = CosineAnnealingLR(1.0, 10, eta_min=0.2)
    assert (cosine(0), cosine(5), cosine(10)) == (1.0, pytest.approx(0.6), pytest.approx(0.2))
    assert cosine(20) == pytest.approx(1.0)


def test_a_warm_up_rises_to_where_the_other_schedule_begins():
    schedule = Warmup(HarmonicLR(0.8), 4)
    assert [schedule(t) for t in range(6)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 0.8, 0.4])


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda: ConstantLR(-1.0), OptionError),
        (lambda: HarmonicLR(float("inf")), OptionError),
        (lambda: InverseTimeLR(1.0, -0.1), OptionError),
        (lambda: StepLR(1.0, 0), OptionError),
        (lambda: StepLR(1.0, 2.5), OperandError),
        (lambda: ExponentialLR("1", 0.5), OperandError),
        (lambda: CosineAnnealingLR(1.0, 0), OptionError),
        (lambda: Warmup(ConstantLR(1.0), 0), OptionError),
    ],
)
def test_what_is_no_schedule_is_refused(act, error):
    with pytest.raises(error):
        act()


def test_a_schedule_is_given_a_rate_and_says_so_to_whoever_gives_an_optimiser():
    optimizer = SGD([Value(1.0)], lr=0.1)
    with pytest.raises(OperandError, match=r"optimizer\.lr = schedule\(step\)"):
        StepLR(optimizer, 30)
