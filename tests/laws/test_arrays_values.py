"""A Value and a Tensor agree: same expression, same nan and inf, finite numbers within 2 ulp, gradients too."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest

from autograd_core import TABLE, Pointwise, Tensor, Value, stack
from autograd_core import functions as F  # noqa: N812 - the name the field gives it
from autograd_core.graph.node import apply

inf, nan = math.inf, math.nan
SPECIAL = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, -3.0, 0.1, 1e-10, 37.0, 710.0, -745.0, 1e16, 1e200, -1e200, -1e300,
    1e-200, 1e-310, 5e-324, inf, -inf, nan,
]  # fmt: skip
POINTWISE = [p for p in TABLE.values() if isinstance(p, Pointwise)]
#: ulp by which the second derivative of a few operations may differ: the derivative of their ``_slope`` record, where
#: the two kernels call functions of two libraries, NumPy's and the C library's, which differ in the last bit
LOOSE = {"power_slope": 16, "cbrt_slope": 4, "tan_slope": 4, "exp2_slope": 4, "hypot_slope": 4, "silu_slope": 128}


def agree(one, many, ulps):
    if one == many or (math.isnan(one) and math.isnan(many)):
        return True
    finite = math.isfinite(one) and math.isfinite(many)
    return finite and abs(one - many) <= ulps * max(math.ulp(one), math.ulp(many))


def points(arity, salt):
    rng = random.Random(salt)
    wide = [tuple(rng.gauss(0.0, 1.0) * 10.0 ** rng.uniform(-4, 4) for _ in range(arity)) for _ in range(100)]
    return wide + list(itertools.product(SPECIAL if arity < 3 else SPECIAL[::3], repeat=arity))


@pytest.mark.parametrize("record", POINTWISE, ids=lambda record: record.name)
def test_every_operation_at_all_pairs_of_special_values(record):
    at = points(record.arity, record.name)
    lanes = [Tensor(np.array(column), requires_grad=True) for column in zip(*at, strict=True)]
    y = apply(record, *lanes)
    y.backward(np.ones(len(at)))
    for i, point in enumerate(at):
        values = [Value(x) for x in point]
        z = apply(record, *values)
        z.backward()
        assert agree(z.data, y.data[i], 2), (point, z.data, y.data[i])
        for v, x in zip(values, lanes, strict=True):
            assert agree(v.grad, x.grad[i], LOOSE.get(record.name, 2)), (point, v.grad, x.grad[i])


def random_expression(rng, leaves, size):
    """Combine leaves by operations of the table, the same for numbers of either kind."""
    records = [p for p in POINTWISE if p.name not in ("power_log", "power_slope")]
    steps = []
    for n in range(size):
        record = rng.choice(records)
        steps.append((record, [rng.randrange(len(leaves) + n) for _ in range(record.arity)]))

    def build(xs):
        nodes = list(xs)
        for record, places in steps:
            nodes.append(apply(record, *(nodes[place] for place in places)))
        return nodes

    return build


@pytest.mark.parametrize("seed", range(40))
def test_random_expressions_step_by_step(seed):
    """Each step is compared on the operands that the Values had, so that what differs is this step alone."""
    rng = random.Random(seed)
    at = [[rng.choice(SPECIAL) if rng.random() < 0.5 else rng.gauss(0, 2) for _ in range(3)] for _ in range(12)]
    build = random_expression(rng, at[0], 10)
    for point in at:
        nodes = build([Value(x) for x in point])
        for node in nodes[3:]:
            lanes = [Tensor([x.data], requires_grad=True) for x in node.operands]
            y = apply(node.op, *lanes)
            y.backward(np.ones(1))
            assert agree(node.data, y.data[0], 2)
            for x, partial in zip(lanes, node.partials, strict=True):
                assert agree(partial, x.grad[0], LOOSE.get(node.op.name, 2)), (node.op, point)


@pytest.mark.parametrize("seed", range(40))
def test_random_expressions_as_a_whole_where_nothing_is_rounded(seed):
    """Over small integers arithmetic is exact, so both must give the same bits, through any graph and back."""
    rng = random.Random(seed)
    exact = [TABLE[name] for name in ("add", "sub", "mul", "neg", "abs", "relu", "maximum", "where", "minimum", "sign")]
    leaves = [[float(rng.randint(-3, 3)) for _ in range(4)] for _ in range(3)]
    steps = []
    for n in range(9):
        record = rng.choice(exact)
        steps.append((record, [rng.randrange(3 + n) for _ in range(record.arity)]))

    def run(xs):
        nodes = list(xs)
        for record, places in steps:
            nodes.append(apply(record, *(nodes[place] for place in places)))
        return sum(nodes[4:], nodes[3])

    tensors = [Tensor(x, requires_grad=True) for x in leaves]
    y = run(tensors)
    y.backward(np.ones(4))
    for lane in range(4):
        values = [Value(x[lane]) for x in leaves]
        z = run(values)
        z.backward()
        assert z.data == y.data[lane]
        for v, t in zip(values, tensors, strict=True):
            assert v.grad == (0.0 if t.grad is None else t.grad[lane])


COMPOSED = {
    "sum": F.sum,
    "mean": F.mean,
    "prod": F.prod,
    "max": F.max,
    "min": F.min,
    "norm": F.norm,
    "logsumexp": F.logsumexp,
    "softmax": F.softmax,
    "log_softmax": F.log_softmax,
    "cross_entropy": lambda x: F.cross_entropy(x, 1 if isinstance(x, list) else np.array(1)),
}


@pytest.mark.parametrize("name", COMPOSED)
@pytest.mark.parametrize("length", [2, 3])
def test_functions_of_sequences_and_of_arrays(name, length):
    f = COMPOSED[name]
    special = [0.0, -1.0, 40.0, -745.2, 1000.0, 1e300, inf, -inf, nan]
    for point in itertools.product(special, repeat=length):
        if name in ("softmax", "log_softmax") and point.count(inf) > 1:
            continue  # nan, in the terms or in their derivatives: ∞ - ∞ has no direction
        values, array = [Value(x) for x in point], Tensor(list(point), requires_grad=True)
        ones, many = f(values), f(array)
        pairs = zip(ones, many, strict=True) if isinstance(ones, list) else [(ones, many)]
        for one, other in pairs:
            for v in values:
                v.zero_grad()
            array.zero_grad()
            one.backward()
            other.backward()
            assert agree(one.data, other.item(), 4), point
            for v, g in zip(values, array.grad.tolist(), strict=True):
                assert agree(v.grad, g, 4), (point, v.grad, g)


def test_a_stack_of_values_computes_what_they_do():
    rng = random.Random(0)
    values = [Value(rng.gauss(0.0, 2.0)) for _ in range(6)]
    (F.softmax(stack(values)) * stack(values)).sum().backward()
    through = [v.grad for v in values]
    for v in values:
        v.zero_grad()
    sum(p * v for p, v in zip(F.softmax(values), values, strict=True)).backward()
    assert through == pytest.approx([v.grad for v in values], rel=1e-13)
