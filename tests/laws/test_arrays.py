"""The laws over arrays: one rule, read for every lane, in every shape, both dtypes, forwards and backwards."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from autograd_core import TABLE, Bilinear, Linear, Pointwise, Tensor, Value, gradient, jvp, sweep, vjp
from autograd_core import functions as F  # noqa: N812 - the name the field gives it
from autograd_core.graph.node import apply

POINTWISE = [p for p in TABLE.values() if isinstance(p, Pointwise)]

#: for every record that is not pointwise: operand shapes and the settings it is applied with
SETTINGS = {
    "sum": [((3, 4), {"axes": (0,), "keepdims": False}), ((3, 4), {"axes": (0, 1), "keepdims": True})],
    "mean": [((3, 4), {"axes": (1,), "keepdims": False}), ((3, 4), {"axes": (0, 1), "keepdims": True})],
    "spread": [
        ((4,), {"shape": (3, 4), "axes": (0,), "keepdims": False}),
        ((), {"shape": (2, 2), "axes": (0, 1), "keepdims": False}),
    ],
    "broadcast_to": [((1, 4), {"shape": (3, 4)}), ((), {"shape": (2,)})],
    "sum_to": [((3, 4), {"shape": (1, 4)}), ((3, 4), {"shape": ()})],
    "reshape": [((3, 4), {"shape": (2, 6)})],
    "permute": [((2, 3, 4), {"axes": (2, 0, 1)})],
    "cast": [((3,), {"dtype": np.dtype(np.float64)})],
    "getitem": [
        ((3, 4), {"index": (slice(None, None, 2), 1)}),
        ((3, 4), {"index": ([0, 0, 2],)}),
        ((3,), {"index": np.array([True, False, True])}),
        ((3, 4), {"index": (None, Ellipsis, -1)}),
    ],
    "scatter": [((2,), {"index": ([1, 1],), "shape": (3,)}), ((4,), {"index": (0,), "shape": (3, 4)})],
    "cumsum": [((3, 4), {"axis": 1, "backwards": False}), ((3,), {"axis": 0, "backwards": True})],
    "pad": [((2, 3), {"widths": ((1, 0), (0, 2))})],
    "concatenate": [(((2, 3), (1, 3)), {"axis": 0})],
    "choose": [((2, 2), {"weights": np.array([[1.0, 0.5], [0.0, 0.5]]), "axes": (0,), "keepdims": False})],
    "swap": [((2, 3), {})],
    "less_own": [((2, 3), {"own": np.eye(3)[[2, 0]]}), ((3,), {"own": np.eye(3)[1]})],
    "sum_others": [((2, 3), {"others": 1.0 - np.eye(3)[[2, 0]]}), ((3,), {"others": 1.0 - np.eye(3)[1]})],
    "matmul_transposed": [(((2, 3), (4, 3)), {}), (((5, 2, 3), (4, 3)), {}), (((2, 1, 2, 3), (4, 1, 3)), {})],
    "matmul": [(((2, 3), (3, 4)), {}), (((5, 2, 3), (3, 4)), {}), (((2, 1, 2, 3), (4, 3, 1)), {})],
}  # fmt: skip
#: operations between numbers and arrays, tested by what they are for in test_scalars_and_arrays_in_one_graph
CROSSING = {"join", "pick", "place"}
CASES = [(name, shapes, settings) for name, cases in SETTINGS.items() for shapes, settings in cases]


def test_every_record_is_here():
    others = {name for name, p in TABLE.items() if isinstance(p, (Linear, Bilinear))}
    assert others == set(SETTINGS) | CROSSING


def operands(shapes, rng):
    several = shapes and isinstance(shapes[0], tuple)
    return [rng.normal(size=shape) for shape in (shapes if several else (shapes,))]


def dot(a, b):
    return float(np.sum(np.asarray(a) * np.asarray(b)))


@pytest.mark.parametrize(("name", "shapes", "settings"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
def test_transposes_are_transposes(name, shapes, settings):
    """⟨u, J t⟩ = ⟨Jᵀ u, t⟩, to the last digits: forward and reverse are readings of one record."""
    rng = np.random.default_rng(1)
    x = operands(shapes, rng)

    def f(*xs):
        return apply(TABLE[name], *xs, **settings)

    directions = tuple(rng.normal(size=np.shape(a)) for a in x)
    value, tangent = jvp(f, tuple(x), directions)
    u = rng.normal(size=np.shape(value))
    cotangents = vjp(f, *x)[1](u)
    forwards, backwards = dot(u, tangent), sum(dot(c, t) for c, t in zip(cotangents, directions, strict=True))
    assert forwards == pytest.approx(backwards, rel=1e-13, abs=1e-13)
    moved = f(*(Tensor(a + 1e-6 * t) for a, t in zip(x, directions, strict=True))).data
    back = f(*(Tensor(a - 1e-6 * t) for a, t in zip(x, directions, strict=True))).data
    assert np.allclose((moved - back) / 2e-6, tangent, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("primitive", POINTWISE, ids=lambda p: p.name)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_forward_is_reverse_lane_by_lane(primitive, dtype):
    rng = np.random.default_rng(2)
    x = tuple(rng.uniform(*interval, size=(2, 3)).astype(dtype) for interval in primitive.domain)
    t = tuple(rng.normal(size=(2, 3)).astype(dtype) for _ in x)

    def f(*xs):
        return apply(primitive, *xs)

    value, tangent = jvp(f, x, t)
    u = rng.normal(size=(2, 3)).astype(dtype)
    cotangents = vjp(f, *x)[1](u)
    assert value.dtype == tangent.dtype == dtype
    assert all(c.dtype == dtype and c.shape == (2, 3) for c in cotangents)
    terms = [dot(c.astype(float), each) for c, each in zip(cotangents, t, strict=True)]
    scale = max(1.0, *map(abs, terms), dot(np.abs(u), np.abs(tangent)))
    assert abs(dot(u, tangent) - sum(terms)) <= (1e-13 if dtype == np.float64 else 1e-5) * scale


ONCE = [(p.name, (shape,) * max(p.arity, 1), {}) for p in POINTWISE for shape in ((2, 3), ())] + CASES


@pytest.mark.parametrize("factor", [1.0, 3.0], ids=["handing its adjoint on", "sending a new one"])
@pytest.mark.parametrize(("name", "shapes", "settings"), ONCE, ids=[f"{c[0]}-{i}" for i, c in enumerate(ONCE)])
def test_whoever_changes_a_gradient_changes_that_of_no_other_node(name, shapes, settings, factor):
    leaves = [Tensor(np.abs(x), requires_grad=True) for x in operands(shapes, np.random.default_rng(3))]
    between = [x * factor for x in leaves]
    y = apply(TABLE[name], *between, **settings)
    given = np.ones(y.shape)
    after = y * factor
    root = after.reshape(*y.shape, 1)
    root.backward(given[..., None])
    nodes = [*leaves, *between, y, after, root]
    for node in nodes:
        before = [other.grad.copy() for other in nodes]
        node.grad[...] = 7.0
        for other, grad in zip(nodes, before, strict=True):
            expected = np.full(node.shape, 7.0) if other is node else grad
            np.testing.assert_array_equal(other.grad, expected, err_msg=f"{node!r} and {other!r}")
    assert (given == 1.0).all()


LAYOUTS = {
    "as rows": lambda x, w: F.tanh(x) * w.T,
    "a transpose before": lambda x, w: F.tanh(x.T) * w,
    "a transpose after": lambda x, w: F.tanh(x).T * w,
    "both layouts meet": lambda x, w: F.tanh(x.T) * F.exp(-x * x).T * w,
    "softmax of columns": lambda x, w: F.softmax(x.T, axis=0) * w,
}


@pytest.mark.parametrize("f", LAYOUTS.values(), ids=LAYOUTS)
def test_backward_is_the_drained_sweep_bit_for_bit_however_arrays_lie_in_memory(f):
    rng = np.random.default_rng(4)
    b = Tensor(rng.normal(size=40), requires_grad=True)
    y = f(b + rng.normal(size=(50, 40)), Tensor(rng.normal(size=(40, 50)))).sum()
    y.backward()
    (expected,) = (adjoint for node, adjoint, _ in sweep(y, np.ones(())) if node is b)
    np.testing.assert_array_equal(b.grad, expected)


@given(shapes=mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=0, max_side=3), seed=st.integers(0, 99))
def test_broadcasting_is_undone(shapes, seed):
    rng = np.random.default_rng(seed)
    a, b = (Tensor(rng.normal(size=shape), requires_grad=True) for shape in shapes.input_shapes)
    y = a * b + a / (b * b + 1.0)
    assert y.shape == shapes.result_shape
    u = rng.normal(size=y.shape)
    y.backward(u)
    assert a.grad.shape == a.shape
    assert b.grad.shape == b.shape
    wide = [np.broadcast_to(x.data, y.shape) for x in (a, b)]
    denominator = wide[1] ** 2 + 1.0
    da = u * (wide[1] + 1.0 / denominator)
    db = u * (wide[0] - 2.0 * wide[0] * wide[1] / denominator**2)
    for x, d in ((a, da), (b, db)):
        extra = y.ndim - x.ndim
        axes = (*range(extra), *(i + extra for i, n in enumerate(x.shape) if n == 1 and y.shape[i + extra] != 1))
        assert np.allclose(x.grad, d.sum(axis=axes).reshape(x.shape), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("primitive", POINTWISE, ids=lambda p: p.name)
def test_second_derivatives_lane_by_lane(primitive):
    rng = np.random.default_rng(3)
    x = [rng.uniform(*interval, size=3) for interval in primitive.domain]
    for i in range(primitive.arity):
        lanes = [Tensor(each, requires_grad=True) for each in x]
        (first,) = gradient(apply(primitive, *lanes).sum(), lanes[i], create_graph=True)
        (second,) = gradient(first.sum(), lanes[i])
        for lane in range(3):
            values = [Value(float(each[lane])) for each in x]
            (d,) = gradient(apply(primitive, *values), values[i], create_graph=True)
            (expected,) = gradient(d, values[i])
            assert second[lane] == pytest.approx(expected, rel=1e-12, abs=1e-14)
