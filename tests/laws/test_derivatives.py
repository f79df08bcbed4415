"""The laws of a derivative, for every operation of the table."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from autograd_core import TABLE, Pointwise, Value, check_primitive, gradient, history
from autograd_core.readings.algebra import arrays, floats
from autograd_core.transforms.finite_differences import numerical_derivative

from .graphs import applied, points, pointwise, random_graph


def each(records):
    return pytest.mark.parametrize("record", records, ids=lambda record: record.name)


EVERY = each(pointwise())


@EVERY
def test_every_partial_is_the_central_difference_of_the_value(record):
    for x in points(record, 10):
        for i in range(record.arity):
            leaf = Value(x[i])
            applied(record, [*x[:i], leaf, *x[i + 1 :]]).backward()

            def along(t, i=i, x=x):
                return record.scalar(*x[:i], t, *x[i + 1 :])

            assert leaf.grad == pytest.approx(numerical_derivative(along, x[i]), rel=1e-7, abs=1e-7)


@EVERY
def test_every_second_partial_is_the_central_difference_of_the_first(record):
    for x in points(record, 4):
        for i in range(record.arity):
            second = second_partials(record, x, i)
            for j in range(record.arity):

                def along(t, i=i, j=j, x=x):
                    moved = [*x[:j], t, *x[j + 1 :]]
                    return record.partials[i](floats, record.scalar(*moved), *moved)

                assert second[j] == pytest.approx(numerical_derivative(along, x[j]), rel=1e-6, abs=1e-6)


def second_partials(record: Pointwise, x: list[float], i: int) -> tuple[float, ...]:
    """The derivatives of the i-th partial, found by differentiating the recorded derivative."""
    leaves = [Value(each) for each in x]
    (first,) = gradient(applied(record, leaves), leaves[i], create_graph=True)
    return gradient(first, leaves)


@EVERY
def test_the_hessian_is_symmetric(record):
    for x in points(record, 4, "symmetry"):
        hessian = np.array([second_partials(record, x, i) for i in range(record.arity)])
        np.testing.assert_allclose(hessian, hessian.T, rtol=1e-11, atol=1e-11)


@EVERY
def test_pushing_tangents_forward_is_the_transpose_of_pulling_adjoints_back(record):
    rng = random.Random(record.name)
    root, leaves = random_graph(rng.randrange(10**9), 12, [record, TABLE["mul"], TABLE["sin"], TABLE["add"]])
    direction = [rng.gauss(0.0, 1.0) for _ in leaves]
    reverse = sum(t * g for t, g in zip(direction, gradient(root, leaves), strict=True))
    assert pushed(root, leaves, direction) == pytest.approx(reverse, rel=1e-10, abs=1e-10)


def pushed(root: Value, leaves: list[Value], direction: list[float]) -> float:
    tangents = dict(zip(leaves, direction, strict=True))
    for node in reversed(history(root)):
        if node.op is not None:
            tangents[node] = sum(tangents[p] * d for p, d in zip(node.parents, node.partials, strict=True))
    return tangents[root]


@each([record for record in pointwise() if record.arity > 1])
def test_an_operand_used_in_every_place_receives_every_partial(record):
    low = max(interval.low for interval in record.domain)
    high = min(interval.high for interval in record.domain)
    x = 0.5 * (low + high) if low < high else 0.7
    leaf, apart = Value(x), [Value(x) for _ in range(record.arity)]
    together, separate = applied(record, [leaf] * record.arity), applied(record, apart)
    together.backward()
    separate.backward()
    assert together.parents == (leaf,) * record.arity
    if math.isfinite(separate.data):
        assert leaf.grad == math.fsum(p.grad for p in apart)


@EVERY
def test_a_constant_changes_nothing_for_the_other_operands(record):
    for x in points(record, 3):
        whole = applied(record, [Value(each) for each in x])
        for i in range(record.arity):
            leaf = Value(x[i])
            alone = applied(record, [*x[:i], leaf, *x[i + 1 :]])
            assert (alone.data, alone.partials) == (whole.data, (whole.partials[i],))
            assert alone.parents == (leaf,)
            assert alone.operands == (*x[:i], leaf, *x[i + 1 :])


@EVERY
def test_numbers_arrays_and_nodes_agree(record):
    for x in points(record, 5):
        y = applied(record, x)
        assert type(y) is float
        assert y == applied(record, [Value(each) for each in x]).data
        many = applied(record, [np.array([each, each]) for each in x])
        np.testing.assert_allclose(many, [y, y], rtol=1e-14, atol=1e-300)
        for rule in record.partials:
            one = rule(floats, y, *x)
            lanes = rule(arrays, np.array([y]), *(np.array([each]) for each in x))
            np.testing.assert_allclose(lanes, one, rtol=1e-14, atol=1e-300)


#: operations with an answer to nan, and why; all others hand it on
ANSWERS_NAN = {
    **dict.fromkeys(("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"), "a comparison says no"),
    "where": "only the operand that was chosen counts",
    **dict.fromkeys(
        ("leaky_relu", "prelu", "leaky_relu_slope", "elu", "elu_slope"), "the slope counts on the left alone"
    ),
    **dict.fromkeys(("pow", "power_slope", "power_log"), "nan ** 0 is 1, as in C"),
    "xlogy_slope": "it is log b, whatever a is",
}


@each([record for record in pointwise() if record.name not in ANSWERS_NAN])
def test_nan_in_any_operand_is_nan_in_the_result(record):
    (x,) = points(record, 1)
    for i in range(record.arity):
        assert math.isnan(record.scalar(*x[:i], math.nan, *x[i + 1 :]))


@EVERY
def test_no_operand_whatever_makes_an_operation_raise_or_leave_the_reals(record):
    special = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 5e-324, 1e-310, 1e300, -1e300, 1e16, math.inf, -math.inf, math.nan]
    rng = random.Random(record.name)
    for _ in range(300 if record.arity > 1 else 30):
        x = [rng.choice(special) for _ in range(record.arity)]
        y = record.scalar(*x)
        assert type(y) is float
        for rule in record.partials:
            assert type(rule(floats, y, *x) * 1.0) is float, (record.name, x)
        node = applied(record, [Value(each) for each in x])
        node.backward()
        assert all(type(p.grad) is float for p in node.parents)


@EVERY
def test_a_record_says_where_it_comes_from_and_what_it_chose(record):
    assert record.summary, "one line that says what it computes"
    assert record.source, "where the derivative is found"
    assert record.symbol, "what a picture writes in the box"
    assert len(record.domain) == record.arity
    assert all(interval.low < interval.high for interval in record.domain)


@EVERY
def test_the_laws_that_users_run_hold(record):
    assert check_primitive(record, points=3) < 1e-5


def test_the_laws_are_quantified_over_the_whole_table():
    assert len(pointwise()) >= 60
    assert {"add", "mul", "div", "pow", "tanh", "relu", "where"} <= {record.name for record in pointwise()}
