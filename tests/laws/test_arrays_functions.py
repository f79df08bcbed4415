"""The laws over every function of arrays: differences, transposes, second order, many rows at once, both dtypes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, mutually_broadcastable_shapes

from autograd_core import Tensor, functions, grad, hvp, jacobian, jvp, vjp
from autograd_core import functions as F  # noqa: N812 - the name the field gives it
from autograd_core.transforms.trees import flatten

MASK = np.array([[True, False, True], [False, True, True]])

#: name, function, shapes of the operands; applied to normal random numbers
FUNCTIONS = [
    ("sum", lambda x: F.sum(x, 1), (2, 3)),
    ("sum all", F.sum, (2, 3)),
    ("sum keepdims", lambda x: F.sum(x, (0, -1), keepdims=True), (2, 3, 2)),
    ("mean", lambda x: F.mean(x, -1), (2, 3)),
    ("var", lambda x: F.var(x, 0), (4, 3)),
    ("var ddof", lambda x: F.var(x, ddof=1), (4, 3)),
    ("std", lambda x: F.std(x, (0, 2), keepdims=True), (2, 3, 2)),
    ("max", lambda x: F.max(x, 1), (3, 4)),
    ("max all", F.max, (3, 4)),
    ("min", lambda x: F.min(x, (0, 1), keepdims=True), (3, 4)),
    ("prod", lambda x: F.prod(x, 1), (2, 5)),
    ("prod all", F.prod, (2, 3)),
    ("prod keepdims", lambda x: F.prod(x, (0, 2), keepdims=True), (2, 2, 3)),
    ("cumsum", lambda x: F.cumsum(x, 0), (3, 2)),
    ("cumsum flat", F.cumsum, (3, 2)),
    ("reshape", lambda x: F.reshape(x, (3, -1)), (2, 3)),
    ("transpose", F.transpose, (2, 3, 4)),
    ("permute", lambda x: F.permute(x, (1, -1, 0)), (2, 3, 4)),
    ("swapaxes", lambda x: F.swapaxes(x, 0, -1), (2, 3, 4)),
    ("squeeze", F.squeeze, (1, 3, 1)),
    ("expand_dims", lambda x: F.expand_dims(x, (0, -1)), (2, 3)),
    ("broadcast_to", lambda x: F.broadcast_to(x, (4, 2, 3)), (2, 1)),
    ("concatenate", lambda a, b: F.concatenate([a, b, a], -1), (2, 3), (2, 1)),
    ("concatenate flat", lambda a, b: F.concatenate([a, b], None), (2, 3), (2,)),
    ("stack", lambda a, b: F.stack([a, b], -1), (2, 3), (2, 3)),
    ("split", lambda x: F.split(x, [1, 3], 1), (2, 4)),
    ("split equal", lambda x: F.split(x, 2, -1)[1], (2, 4)),
    ("pad", lambda x: F.pad(x, ((1, 0), (0, 2))), (2, 3)),
    ("repeat", lambda x: F.repeat(x, [0, 2, 1], 1), (2, 3)),
    ("repeat flat", lambda x: F.repeat(x, 2), (2, 3)),
    ("flip", lambda x: F.flip(x, 0), (2, 3)),
    ("matmul", F.matmul, (2, 3), (3, 4)),
    ("matmul vectors", F.matmul, (3,), (3,)),
    ("matmul vector left", F.matmul, (3,), (2, 3, 4)),
    ("matmul vector right", F.matmul, (2, 5, 3), (3,)),
    ("matmul stacks", F.matmul, (4, 1, 2, 3), (5, 3, 2)),
    ("matmul empty", F.matmul, (2, 0), (0, 3)),
    ("matmul_transposed", F.matmul_transposed, (2, 3), (4, 3)),
    ("matmul_transposed stacks", F.matmul_transposed, (5, 2, 3), (4, 3)),
    ("dot", F.dot, (2, 3), (4, 3, 2)),
    ("dot number", F.dot, (), (2, 3)),
    ("outer", F.outer, (2, 2), (3,)),
    ("einsum", lambda a, b: F.einsum("bij,bjk->ik", a, b), (2, 3, 4), (2, 4, 3)),
    ("einsum diagonal", lambda a: F.einsum("...ii->...i", a), (2, 3, 3)),
    ("einsum trace", lambda a, b: F.einsum("ij,ji", a, b), (2, 3), (3, 2)),
    ("einsum broadcast", lambda a, b: F.einsum("...i,...i->...", a, b), (2, 3), (1, 3)),
    ("einsum three", lambda a, b, c: F.einsum("i,ij,j->", a, b, c), (2,), (2, 3), (3,)),
    ("softmax", F.softmax, (2, 4)),
    ("softmax axis", lambda x: F.softmax(x, 0), (2, 4)),
    ("log_softmax", F.log_softmax, (2, 4)),
    ("logsumexp", F.logsumexp, (2, 4)),
    ("logsumexp axis", lambda x: F.logsumexp(x, 0, keepdims=True), (2, 4)),
    ("softmax of a dominant term", lambda x: F.softmax(x * 10.0), (2, 3)),
    ("cross_entropy", lambda x: F.cross_entropy(x, np.array([0, 2])), (2, 3)),
    ("norm", lambda x: F.norm(x, 1), (2, 3)),
    ("norm all", F.norm, (2, 3)),
    ("where", lambda a, b: F.where(MASK, a, b), (2, 3), (3,)),
    ("where computed", lambda a: F.where(a > 0, F.exp(a), a * a), (2, 3)),
    ("maximum", F.maximum, (2, 3), (2, 1)),
    ("minimum", F.minimum, (2, 3), (1, 3)),
    ("clip", lambda x: F.clip(x, -0.5, 0.7), (2, 3)),
    ("int", lambda x: x[1], (2, 3)),
    ("slices", lambda x: x[::-1, 1:], (2, 3)),
    ("ellipsis", lambda x: x[..., -1, None], (2, 3)),
    ("boolean", lambda x: x[MASK], (2, 3)),
    ("boolean row", lambda x: x[:, [True, False, True]], (2, 3)),
    ("repeated", lambda x: x[[0, 0, 1, 0]], (2, 3)),
    ("pairs", lambda x: x[[0, 1, 1], [2, 0, 0]], (2, 3)),
    ("apart", lambda x: x[[0, 1, 1], :, [2, 0, 0]], (2, 2, 3)),
    ("grid", lambda x: x[np.array([[0], [1]]), np.array([[0, 2]])], (2, 3)),
    ("iteration", lambda x: [row * i for i, row in enumerate(x)], (2, 3)),
]
EVERY = pytest.mark.parametrize(
    ("f", "shapes"), [(f, shapes) for _, f, *shapes in FUNCTIONS], ids=[case[0] for case in FUNCTIONS]
)


def randoms(shapes, seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(size=shape).astype(dtype) for shape in shapes)


def dot(a, b):
    pairs = zip(flatten(a)[0], flatten(b)[0], strict=True)
    return sum(float(np.sum(np.asarray(x, np.float64) * np.asarray(y, np.float64))) for x, y in pairs)


def like(tree, seed):
    """Random numbers in the structure, the shapes and the types of a tree."""
    rng = np.random.default_rng(seed)
    leaves, rebuild = flatten(tree)
    return rebuild([rng.normal(size=np.shape(x)).astype(getattr(x, "dtype", np.float64)) for x in leaves])


def size(a, b):
    """The sum of the magnitudes of what an inner product adds."""
    pairs = zip(flatten(a)[0], flatten(b)[0], strict=True)
    return sum(float(np.sum(np.abs(np.asarray(x, np.float64) * np.asarray(y, np.float64)))) for x, y in pairs)


def test_every_function_of_arrays_is_here():
    listed = {name.split()[0] for name, *_ in FUNCTIONS}
    data_only = {"argmax", "argmin", "one_hot", "register", "Operation", "unstack"}
    assert set(functions.__all__) - data_only <= listed


@EVERY
def test_the_tangent_is_the_central_difference(f, shapes):
    x, t = randoms(shapes, 1), randoms(shapes, 2)
    _, tangent = jvp(f, x, t)
    h = 1e-4

    def moved(step):
        return flatten(f(*(Tensor(a + step * d) for a, d in zip(x, t, strict=True))))[0]

    points = zip(*(moved(step) for step in (2 * h, h, -h, -2 * h)), flatten(tangent)[0], strict=True)
    for far, near, back, farther_back, found in points:
        difference = (8.0 * (near.data - back.data) - (far.data - farther_back.data)) / (12.0 * h)
        np.testing.assert_allclose(found, difference, rtol=1e-8, atol=1e-9)


@EVERY
@pytest.mark.parametrize(("dtype", "within"), [(np.float64, 1e-13), (np.float32, 2e-5)])
def test_forward_and_reverse_are_transposes_and_keep_the_dtype(f, shapes, dtype, within):
    x, t = randoms(shapes, 3, dtype), randoms(shapes, 4, dtype)
    value, tangent = jvp(f, x, t)
    u = like(value, 5)
    again, pull = vjp(f, *x)
    cotangents = pull(u)
    scale = size(u, tangent) + size(cotangents, t) + 1e-30
    assert abs(dot(u, tangent) - dot(cotangents, t)) <= within * scale
    for found, a in zip(cotangents, x, strict=True):
        assert np.shape(found) == np.shape(a)
        assert np.ndim(a) == 0 or found.dtype == dtype
    for one, other, d in zip(flatten(value)[0], flatten(again)[0], flatten(tangent)[0], strict=True):
        np.testing.assert_array_equal(one, other)
        assert np.ndim(one) == 0 or one.dtype == d.dtype == dtype


@EVERY
def test_second_derivatives_agree_in_every_order_of_modes(f, shapes):
    x, v = randoms(shapes, 6), randoms(shapes, 7)
    u = like(jvp(f, x, v)[0], 8)

    def loss(*xs):
        leaves = zip(flatten(f(*(F.tanh(a) for a in xs)))[0], flatten(u)[0], strict=True)
        return sum((F.sum(F.sin(y) * w) for y, w in leaves), 0.0)

    argnums = tuple(range(len(x)))
    gradient = grad(loss, argnums)

    def along(*xs):
        return jvp(loss, tuple(xs), v)[1]

    forward_over_reverse = jvp(gradient, x, v)[1]
    reverse_over_forward = grad(along, argnums)(*x)
    reverse_over_reverse = grad(lambda *xs: sum(F.sum(g * w) for g, w in zip(gradient(*xs), v, strict=True)), argnums)(
        *x
    )
    h = 1e-4
    plus, minus = (gradient(*(a + s * d for a, d in zip(x, v, strict=True))) for s in (h, -h))
    for i in range(len(x)):
        scale = 1.0 + np.abs(forward_over_reverse[i]).max(initial=0.0)
        for other in (reverse_over_forward, reverse_over_reverse):
            np.testing.assert_allclose(other[i], forward_over_reverse[i], rtol=0.0, atol=1e-13 * scale)
        difference = (np.asarray(plus[i]) - np.asarray(minus[i])) / (2 * h)
        np.testing.assert_allclose(forward_over_reverse[i], difference, rtol=0.0, atol=2e-6 * scale)


@EVERY
def test_the_jacobian_is_that_of_its_rows(f, shapes):
    x = randoms(shapes, 9)
    argnums = tuple(range(len(x)))
    value, pull = vjp(f, *x)
    outputs, rebuild = flatten(value)
    found = jacobian(f, argnums)(*x)
    found = flatten(found)[0]
    for k, y in enumerate(outputs):
        blocks = found[k * len(x) : (k + 1) * len(x)]
        for place in np.ndindex(np.shape(y)):
            seeds = [np.zeros(np.shape(each)) for each in outputs]
            seeds[k][place] = 1.0
            for row, block in zip(pull(rebuild(seeds)), blocks, strict=True):
                np.testing.assert_allclose(np.asarray(block)[place], row, rtol=1e-14, atol=1e-15)
        assert all(np.shape(b) == (*np.shape(y), *np.shape(a)) for b, a in zip(blocks, x, strict=True))


@EVERY
def test_plain_arrays_give_the_numbers_of_tensors(f, shapes):
    x = randoms(shapes, 10)
    plain, recorded = flatten(f(*x))[0], flatten(f(*map(Tensor, x)))[0]
    for one, many in zip(plain, recorded, strict=True):
        np.testing.assert_array_equal(one, many.data)


@given(
    shapes=mutually_broadcastable_shapes(num_shapes=3, max_dims=4, min_side=0, max_side=3),
    dtype=st.sampled_from([np.float64, np.float32]),
)
@settings(max_examples=60)
def test_broadcasting_in_any_shape_has_a_transpose(shapes, dtype):
    x, t = (randoms(shapes.input_shapes, seed, dtype) for seed in (11, 12))

    def f(a, b, c):
        return F.where(a > b, F.hypot(a, b) - c, F.maximum(b, c) * a / (1.0 + c * c))

    value, tangent = jvp(f, x, t)
    assert np.shape(value) == shapes.result_shape
    u = like(value, 13)
    cotangents = vjp(f, *x)[1](u)
    assert [np.shape(c) for c in cotangents] == list(shapes.input_shapes)
    scale = size(u, tangent) + size(cotangents, t) + 1e-30
    assert abs(dot(u, tangent) - dot(cotangents, t)) <= (1e-13 if dtype == np.float64 else 2e-5) * scale


@given(shape=array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3), data=st.data())
@settings(max_examples=60)
def test_reductions_over_any_axes_have_a_transpose(shape, data):
    axes = tuple(data.draw(st.sets(st.integers(0, len(shape) - 1)))) if shape else ()
    keepdims = data.draw(st.booleans())
    name = data.draw(st.sampled_from(["sum", "mean", "var", "prod", "max", "logsumexp", "norm", "std"]))
    if 0 in [shape[i] for i in axes] and name in ("max", "logsumexp", "mean", "var", "std"):
        axes = ()
    (x,), (t,) = randoms([shape], 14), randoms([shape], 15)

    def f(a):
        return getattr(F, name)(a, axes, keepdims)

    value, tangent = jvp(f, (x,), (t,))
    u = like(value, 16)
    (c,) = vjp(f, x)[1](u)
    assert abs(dot(u, tangent) - dot(c, t)) <= 1e-13 * (size(u, tangent) + size(c, t) + 1e-30)


def test_hvp_is_the_hessian_times_the_vector():
    (x, v) = randoms([(4,), (4,)], 17)

    def f(a):
        return F.logsumexp(a) * F.prod(a) + F.norm(a)

    full = jacobian(grad(f))(x)
    np.testing.assert_allclose(hvp(f)(x, v), full @ v, rtol=1e-12)
    np.testing.assert_allclose(full, full.T, rtol=1e-12)
