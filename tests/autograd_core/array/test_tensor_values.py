"""Test that the values, shapes and types of the array functions equal NumPy's."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, basic_indices, integer_array_indices, mutually_broadcastable_shapes

from autograd_core import Tensor
from autograd_core import functions as F  # noqa: N812 - the name the field gives it

SHAPES = [(), (1,), (0,), (3,), (2, 3), (0, 3), (3, 0), (2, 1, 3), (2, 3, 4)]
DTYPES = [np.float64, np.float32]


def randoms(*shapes, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def same(result, expected, exact=True):
    """Compare shape, dtype and numbers with NumPy's result; the numbers exactly or up to rounding."""
    numbers = result.data if isinstance(result, Tensor) else np.asarray(result)
    expected = np.asarray(expected)
    assert numbers.shape == expected.shape
    assert numbers.dtype == expected.dtype
    if exact:
        np.testing.assert_array_equal(numbers, expected)
    else:
        within = 1e-14 if expected.dtype == np.float64 else 2e-6
        np.testing.assert_allclose(numbers, expected, rtol=within, atol=within)


def axes_of(shape):
    n = len(shape)
    return [None, (), *range(-n, n), *([(0, 1), (-1, 0)] if n > 1 else [])]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["sum", "mean", "prod", "var", "std", "max", "min"])
def test_reductions(name, shape, dtype):
    (x,) = randoms(shape, dtype=dtype)
    for axis, keepdims in itertools.product(axes_of(shape), (False, True)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)
                expected = getattr(np, name)(x, axis=axis, keepdims=keepdims)
        except ValueError:
            with pytest.raises(ValueError, match="no elements"):
                getattr(F, name)(Tensor(x), axis, keepdims)
            continue
        exact = name in ("sum", "max", "min")
        same(getattr(F, name)(Tensor(x), axis, keepdims), expected, exact)
        same(getattr(Tensor(x), name)(axis=axis, keepdims=keepdims), expected, exact)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [s for s in SHAPES if s])
def test_functions_along_an_axis(shape, dtype):
    (x,) = randoms(shape, dtype=dtype)
    t = Tensor(x)
    for axis in range(-len(shape), len(shape)):
        same(F.cumsum(t, axis), np.cumsum(x, axis))
        same(F.flip(t, axis), np.flip(x, axis))
        same(F.expand_dims(t, axis), np.expand_dims(x, axis))
        same(F.swapaxes(t, 0, axis), np.swapaxes(x, 0, axis))
        same(F.concatenate([t, t, t], axis), np.concatenate([x, x, x], axis))
        same(F.stack([t, t], axis), np.stack([x, x], axis))
        same(F.repeat(t, 2, axis), np.repeat(x, 2, axis))
        counts = np.arange(shape[axis])
        same(F.repeat(t, counts, axis), np.repeat(x, counts, axis))
        for cut in ([1], [0, 2, 2], [-1], [7], []):
            for mine, theirs in zip(F.split(t, cut, axis), np.split(x, cut, axis), strict=True):
                same(mine, theirs)
        if shape[axis]:
            same(t.argmax(axis), np.argmax(x, axis))
            same(t.argmin(axis, keepdims=True), np.argmin(x, axis, keepdims=True))
            for mine, theirs in zip(F.split(t, shape[axis], axis), np.split(x, shape[axis], axis), strict=True):
                same(mine, theirs)
    same(F.cumsum(t), np.cumsum(x))
    same(F.flip(t), np.flip(x))
    same(F.concatenate([t, t], None), np.concatenate([x, x], None))
    same(F.repeat(t, 3), np.repeat(x, 3))
    same(t.T, x.T)
    same(t.flatten(), x.flatten())
    same(t.ravel(), x.ravel())
    assert t.tolist() == x.tolist()
    same(F.squeeze(t), np.squeeze(x))
    same(F.expand_dims(t, (0, -1)), np.expand_dims(x, (0, -1)))


def test_functions_that_change_the_shape():
    (x,) = randoms((2, 3, 4))
    t = Tensor(x)
    for shape in (24, -1, (6, 4), (2, -1), (-1, 1, 12), (4, 3, 2)):
        same(t.reshape(shape), x.reshape(shape))
    same(t.reshape(4, -1), x.reshape(4, -1))
    for axes in ((2, 0, 1), (-1, 1, 0)):
        same(t.transpose(axes), x.transpose(axes))
        same(t.transpose(*axes), x.transpose(axes))
    (x,) = randoms((1, 3, 1))
    same(Tensor(x).squeeze(0), x.squeeze(0))
    same(Tensor(x).squeeze((0, -1)), x.squeeze((0, -1)))
    same(Tensor(x).broadcast_to((2, 5, 3, 4)), np.broadcast_to(x, (2, 5, 3, 4)))
    for widths in (1, (1, 2), ((1, 2),), ((0, 1), (2, 0), (1, 1)), 0):
        same(F.pad(Tensor(x), widths), np.pad(x, widths))
    same(F.reshape(Tensor(np.zeros((0, 3))), (0, 7)), np.zeros((0, 7)))


@given(shapes=mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_side=0, max_side=3), pair=st.data())
@settings(max_examples=80)
def test_arithmetic_in_any_shapes_and_types(shapes, pair):
    one, other = (pair.draw(st.sampled_from(DTYPES)) for _ in range(2))
    (x,), (y,) = randoms(shapes.input_shapes[0], dtype=one), randoms(shapes.input_shapes[1], dtype=other, seed=1)
    a, b = Tensor(x), Tensor(y)
    with np.errstate(all="ignore"):
        for mine, theirs in [
            (a + b, x + y), (a - b, x - y), (a * b, x * y), (a / b, x / y), (abs(a), abs(x)), (-a, -x),
            (a + 2, x + 2), (2.5 - a, 2.5 - x), (a**2, x**2), (2.0 / b, 2.0 / y), (a**b, x**y), (2.0**a, 2.0**x),
            (x + b, x + y), (a * y, x * y),
            (F.maximum(a, b), np.maximum(x, y)), (F.minimum(a, b), np.minimum(x, y)),
            (F.where(a > b, a, b), np.where(x > y, x, y)), (a.clip(-0.5, 0.5), np.clip(x, -0.5, 0.5)),
            (F.exp(a), np.exp(x)), (a.tanh(), np.tanh(x)),
        ]:  # fmt: skip
            same(mine, theirs, exact=False)
        for mine, theirs in [(a > b, x > y), (a <= b, x <= y), (a >= y, x >= y), (a < 0.0, x < 0.0)]:
            same(mine, theirs)


RANKS = [(0,), (3,), (1,), (2, 3), (3, 2), (3, 0), (0, 3), (2, 3, 3), (2, 1, 3), (1, 3, 2), (4, 2, 3, 3), (5, 1, 3, 4)]


@pytest.mark.parametrize("dtype", DTYPES)
def test_products_of_all_ranks(dtype):
    multiplied = 0
    for one, other in itertools.product(RANKS, RANKS):
        (x,), (y,) = randoms(one, dtype=dtype), randoms(other, dtype=dtype, seed=1)
        a, b = Tensor(x, requires_grad=True), Tensor(y)
        try:
            expected = x @ y
        except ValueError:
            with pytest.raises(ValueError, match="@ cannot multiply the"):
                a @ b
        else:
            multiplied += 1
            same(a @ b, expected, exact=False)
            same(x @ b, expected, exact=False)
        try:
            expected = np.dot(x, y)
        except ValueError:
            with pytest.raises(ValueError, match=r"cannot multiply|dot\(\) sums"):
                F.dot(a, b)
        else:
            same(F.dot(a, b), expected, exact=False)
        same(F.outer(a, b), np.outer(x, y))
    assert multiplied > 40
    same(F.dot(2.0, Tensor(np.ones((2, 2), dtype))), np.dot(2.0, np.ones((2, 2), dtype)))


EINSUMS = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk", (2, 1), (3, 2)),
    ("ij,jk->", (2, 0), (0, 3)),
    ("...i,...i", (2, 3), (1, 3)),
    ("...ij,jk", (4, 2, 3), (3, 5)),
    ("...a,...b->...ab", (5, 1, 3), (2, 4)),
    ("i...,i", (2, 5), (2,)),
    ("i...->...", (2, 3, 4)),
    ("ijk->i...k", (2, 3, 4)),
    ("...,...", (2, 3), (3,)),
    ("ii", (3, 3)),
    ("ii->i", (3, 3)),
    ("iii->i", (2, 2, 2)),
    ("iijj->ij", (2, 2, 3, 3)),
    ("...ii->...i", (2, 3, 3)),
    ("ba", (2, 3)),
    ("i j -> j i", (2, 3)),
    ("IJ,jI", (2, 3), (4, 2)),
    ("i,i->", (3,), (1,)),
    ("i,j->ij", (2,), (3,)),
    ("ij,ij->ij", (2, 3), (2, 3)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)),
    ("a,ab,abc->abc", (2,), (2, 3), (2, 3, 4)),
    ("ij,j,i", (2, 3), (3,), (2,)),
    ("->", ()),
    (",", (), ()),
]


@pytest.mark.parametrize("case", EINSUMS, ids=[case[0] for case in EINSUMS])
def test_einsum(case):
    subscripts, *shapes = case
    arrays = randoms(*shapes)
    same(F.einsum(subscripts, *map(Tensor, arrays)), np.einsum(subscripts, *arrays), exact=False)


@given(shape=array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4), data=st.data())
@settings(max_examples=150)
def test_any_basic_index(shape, data):
    (x,) = randoms(shape)
    index = data.draw(basic_indices(shape, allow_newaxis=True, allow_ellipsis=True))
    t = Tensor(x, requires_grad=True)
    y = t[index]
    same(y, x[index])
    y.backward(np.ones(y.shape))
    expected = np.zeros(shape)
    expected[index] = 1.0
    same(t.grad, expected)


@given(shape=array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4), data=st.data())
@settings(max_examples=100)
def test_gradients_of_repeated_integer_indices_accumulate(shape, data):
    (x,) = randoms(shape)
    index = data.draw(integer_array_indices(shape))
    t = Tensor(x, requires_grad=True)
    y = t[index]
    same(y, x[index])
    y.backward(np.ones(y.shape))
    expected = np.zeros(shape)
    np.add.at(expected, index, 1.0)
    same(t.grad, expected)


INDICES = [
    np.array([[True, False, True], [False, True, True]]),
    (slice(None), np.array([True, False, True])),
    (0, [True, False, True]),
    (Ellipsis, [2, 0, 0]),
    ([0, 1, 1], None, [2, 0, 0]),
    (None, [[0], [1]], [[0, 1]]),
    np.array([], dtype=int),
    [],
    True,
    np.int64(1),
    (np.int32(1), np.uint8(2)),
    np.array(1),
    (slice(1, None), slice(None, None, -2)),
]


@pytest.mark.parametrize("index", INDICES, ids=repr)
def test_other_indices(index):
    (x,) = randoms((2, 3))
    t = Tensor(x, requires_grad=True)
    y = t[index]
    same(y, x[index])
    y.backward(np.ones(y.shape))
    expected = np.zeros((2, 3))
    np.add.at(expected, index, 1.0)
    same(t.grad, expected)


def test_duplicates_accumulate():
    x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    x[[0, 0, 1]].sum().backward()
    assert x.grad.tolist() == [2.0, 1.0, 0.0]


def test_one_hot():
    same(F.one_hot([2, 0]), np.eye(3)[[2, 0]])
    same(F.one_hot(np.array([[1], [0]]), 3), np.eye(3)[[[1], [0]]])
    same(F.one_hot([]), np.zeros((0, 0)))


def test_exact_softmax_values():
    same(F.softmax(Tensor([1000.0, 0.0, -1000.0])), np.array([1.0, 0.0, 0.0]))
    same(F.logsumexp(Tensor([1000.0, 1000.0])), np.array(1000.6931471805599))
    z = np.array([0.25, -1.5, 3.0])
    same(F.softmax(Tensor(z + 2.0**40)), F.softmax(z))
    same(F.norm(Tensor([3e200, 4e200])), np.array(np.hypot(3e200, 4e200)))
