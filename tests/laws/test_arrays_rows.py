"""Many adjoints in one sweep, many tangents in one push: each row is what it would be alone, for every record."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core import TABLE, Linear, Pointwise, Tensor, Value, jacobian, jvp, register, stack, unstack, vjp
from autograd_core import functions as F  # noqa: N812 - the name the field gives it
from autograd_core.graph.node import apply
from autograd_core.transforms import jacobians
from autograd_core.transforms.trees import flatten

from .test_arrays import CASES, operands

POINTWISE = [p for p in TABLE.values() if isinstance(p, Pointwise)]


def one_by_one(f, x):
    """Rows of every output by every input, each from a sweep of its own."""
    value, pull = vjp(f, *x)
    outputs, rebuild = flatten(value)
    rows = []
    for k, y in enumerate(outputs):
        for place in np.ndindex(np.shape(y)):
            seeds = [np.zeros(np.shape(each)) if np.ndim(each) else 0.0 for each in outputs]
            if np.ndim(y):
                seeds[k][place] = 1.0
            else:
                seeds[k] = 1.0
            rows.append(np.concatenate([np.ravel(g) for g in flatten(pull(rebuild(seeds)))[0]]))
    return np.array(rows)


def assembled(blocks, outputs, inputs):
    """The matrix that a Jacobian given in blocks is."""
    rows, blocks = [], iter(flatten(blocks)[0])
    for y in outputs:
        parts = [(next(blocks), x) for x in inputs]
        parts = [(b.data if isinstance(b, (Tensor, Value)) else b, x) for b, x in parts]
        rows.append(np.hstack([np.reshape(b, (int(np.size(y)), int(np.size(x)))) for b, x in parts]))
    return np.vstack(rows)


def check(f, x, monkeypatch, within=1e-14):
    expected = one_by_one(f, x)
    outputs, inputs = flatten(f(*x))[0], flatten(list(x))[0]
    outputs = [y.data if isinstance(y, (Tensor, Value)) else y for y in outputs]
    argnums = tuple(range(len(x)))
    scale = 1.0 + np.abs(expected).max(initial=0.0)

    def same(arguments):
        found = assembled(jacobian(f, argnums)(*arguments), outputs, inputs)
        np.testing.assert_allclose(found, expected, rtol=0.0, atol=within * scale)

    monkeypatch.setattr(jacobians, "FEW", 0)
    same(x)
    same([recorded(a) for a in x])  # the rows are nodes
    monkeypatch.setattr(jacobians, "AT_ONCE", 5)
    same(x)  # in parts
    same([recorded(a) for a in x])


def recorded(x):
    leaves, rebuild = flatten(x)
    return rebuild([Tensor(a, requires_grad=True) if isinstance(a, np.ndarray) else Value(a) for a in leaves])


@pytest.mark.parametrize(("name", "shapes", "settings"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
@pytest.mark.parametrize("direction", ["reverse", "forward"])
def test_every_linear_and_bilinear_record(name, shapes, settings, direction, monkeypatch):
    x = operands(shapes, np.random.default_rng(0))

    def f(*xs):
        y = apply(TABLE[name], *map(F.tanh, xs), **settings)
        flat = F.reshape(F.sin(y), -1)
        return flat if direction == "reverse" else F.outer(flat, np.arange(1.0, 12.0))

    check(f, x, monkeypatch)


@pytest.mark.parametrize("record", POINTWISE, ids=lambda record: record.name)
def test_every_pointwise_record_with_operands_of_different_rank(record, monkeypatch):
    rng = np.random.default_rng(1)
    shapes = [(2, 1), (3,), ()][: record.arity]
    x = [rng.uniform(*interval, size=shape) for interval, shape in zip(record.domain, shapes, strict=True)]

    def f(*xs):
        return F.reshape(apply(record, *xs) * 1.5, -1)

    check(f, x, monkeypatch)


def test_numbers_and_arrays_in_one_graph(monkeypatch):
    def f(numbers, array):
        s = stack([numbers[0] * numbers[1], F.sin(numbers[1])])
        a, b = unstack(array * s + numbers[0])
        return [a * numbers[1], {"b": b, "constant": 3.0}, array.sum(), stack([a, b]) ** 2.0]

    check(f, ([0.3, 1.7], np.array([0.5, -2.0])), monkeypatch)


def test_a_choice_sends_no_row_to_what_was_not_chosen(monkeypatch):
    x = np.array([0.0, 2.0, 0.0, 3.0])

    def f(a):
        return F.where(a > 0.0, F.log(a), a * a)

    np.testing.assert_array_equal(jacobian(f)(x), np.diag([0.0, 0.5, 0.0, 1.0 / 3.0]))
    np.testing.assert_array_equal(jvp(f, (x,), (np.ones(4),))[1], [0.0, 0.5, 0.0, 1.0 / 3.0])
    check(f, (x,), monkeypatch)


def test_the_third_derivative_of_a_vector_function():
    x = np.array([0.5, -1.0, 2.0])

    def f(a):
        return F.sin(a) * F.sum(a**3.0)

    def entry(i, j, k, n):  # by the product rule
        s, c, total = np.sin(x), np.cos(x), np.sum(x**3)
        sines = [s[i], c[i], -s[i], -c[i]]

        def of_sine(by):
            return sines[len(by)] if all(b == i for b in by) else 0.0

        def of_sum(by):
            powers = [total, 3 * x[by[0]] ** 2, 6 * x[by[0]], 6.0] if by else [total]
            return powers[len(by)] if len(set(by)) <= 1 else 0.0

        by = (j, k, n)
        return sum(
            of_sine([b for b, chosen in zip(by, mask, strict=True) if chosen])
            * of_sum([b for b, chosen in zip(by, mask, strict=True) if not chosen])
            for mask in np.ndindex(2, 2, 2)
        )

    found = jacobian(jacobian(jacobian(f)))(x)
    expected = [[[[entry(i, j, k, n) for n in range(3)] for k in range(3)] for j in range(3)] for i in range(3)]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_a_linear_record_that_says_nothing_about_stacks(monkeypatch):
    """A user's own record may leave that out; then its rows are taken one by one."""
    name = "test_reversed"
    register(
        Linear(name=name, array=lambda x: x[::-1], transpose=lambda m, g, i, x: getattr(m, name)(g), summary="reversed")
    )
    try:
        x = np.array([1.0, 2.0, 3.0])

        def f(a):
            return apply(TABLE[name], a * a)

        check(f, (x,), monkeypatch)
        np.testing.assert_array_equal(jacobian(f)(x), 2.0 * np.diag(x)[::-1])
    finally:
        del TABLE[name]


def test_rows_are_taken_one_by_one_through_nodes_made_by_hand():
    def f(values):
        made = []
        for v in values:
            node = Value(v.data**2, (v,), "square")

            def push(v=v, node=node):
                v.grad += 2.0 * v.data * node.grad

            node._backward = push
            made.append(node)
        return made

    x = [float(i) for i in range(20)]
    np.testing.assert_array_equal(jacobian(f)(x), 2.0 * np.diag(x))


def test_per_sample_gradients_need_no_loop_over_samples(monkeypatch):
    rng = np.random.default_rng(2)
    X, W = rng.normal(size=(50, 3)), rng.normal(size=(3, 2))
    swept = []
    original = jacobians.sweep
    monkeypatch.setattr(jacobians, "sweep", lambda *a, **k: swept.append(1) or original(*a, **k))

    def losses(weights):
        return F.sum(F.tanh(X @ weights) ** 2.0, 1)

    found = jacobian(losses)(W)
    assert len(swept) <= 1
    for i in range(50):
        t = np.tanh(X[i] @ W)
        np.testing.assert_allclose(found[i], np.outer(X[i], 2 * t * (1 - t * t)), rtol=1e-12)
