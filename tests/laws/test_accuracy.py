"""Gradients of random graphs are as exact as rounding each operation once allows."""

from __future__ import annotations

import pytest

from .accuracy import EVERY_OPERATION, OPERATIONS, measured

#: "an engine whose figure is larger has a bad rule": the best formulas measured 6.5 for up to 100 operations
LIMIT = 8.0


@pytest.mark.parametrize(("size", "graphs"), [(5, 80), (20, 60), (50, 35), (100, 25)])
def test_random_graphs_are_within_the_promise_of_their_paths(size, graphs):
    worst = 0.0
    for seed in range(graphs):
        for one in measured(1000 * size + seed, size)[0]:
            worst = max(worst, one.normalized)
            assert one.normalized <= LIMIT, (seed, size, one)
    assert worst > 0.1, "floats do round: a campaign without any error has compared nothing"


def test_graphs_of_slopes_lose_a_few_more_bits_near_the_roots_of_second_derivatives():
    worst = max(one.normalized for seed in range(40) for one in measured(seed, 20, EVERY_OPERATION)[0])
    assert worst <= 128.0


def test_most_gradients_are_right_to_the_last_bits():
    found = [one for seed in range(40) for one in measured(seed, 20)[0] if one.well_conditioned]
    assert sum(one.ulps <= 4.0 for one in found) > 0.85 * len(found)


def test_the_campaign_uses_nearly_every_operation():
    used = set().union(*(measured(seed, 60)[1] for seed in range(12)))
    assert len(used) >= 0.9 * len(OPERATIONS)
    assert len(OPERATIONS) > 40
