"""Test that weighted_sum records the same operations in the same order as a plain loop."""

from __future__ import annotations

import pytest

from autograd_core import Value, history
from autograd_core.scalar.weighted_sum import weighted_sum


def example():
    return [Value(0.1 * i - 0.3) for i in range(5)], [Value(1.7 - i) for i in range(5)], Value(0.25)


@pytest.mark.parametrize("kind", [list, tuple], ids=["lists", "tuples"])
def test_it_equals_the_sum_from_left_to_right_bit_for_bit(kind):
    w, x, b = example()
    z = weighted_sum(kind(w), kind(x), b)
    z.backward()
    v, y, c = example()
    expected = c
    for left, right in zip(v, y, strict=True):
        expected = expected + left * right
    expected.backward()
    assert z.data.hex() == expected.data.hex()
    assert [p.grad.hex() for p in (*w, *x, b)] == [p.grad.hex() for p in (*v, *y, c)]
    assert [n.op and n.op.name for n in history(z)] == [n.op and n.op.name for n in history(expected)]


def test_numbers_are_summed_too():
    assert weighted_sum([1.0, 2.0], [3.0, 4.0], 5.0) == 16.0
    assert weighted_sum([], [], 5.0) == 5.0
