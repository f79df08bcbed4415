"""Programs compute what eager computing does: to the bit, to the last digits, or within the rounding of the paths."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from autograd_core import TABLE, Pointwise, Value, gradient, trace
from autograd_core.programs.show.replay import replay
from autograd_core.readings.operation import Operation

from .functions import ARITHMETIC, EXECUTORS, needs_numba, random_function, same

BATCH = 5


def points(seed, inputs=3):
    rng = random.Random(f"points {seed}")
    return [
        [rng.choice([rng.uniform(-2.0, 2.0), float(rng.randint(-2, 2))]) for _ in range(inputs)] for _ in range(BATCH)
    ]


def eager(f, x):
    leaves = [Value(number) for number in x]
    y = f(leaves)
    return y.data, [float(d) for d in gradient(y, leaves)]


@pytest.mark.parametrize("seeds", [range(k, k + 50) for k in range(0, 1000, 50)], ids=lambda seeds: f"from {seeds[0]}")
def test_numpy_gives_the_bits_of_eager_arithmetic(seeds):
    for seed in seeds:
        f = random_function(seed, ARITHMETIC)
        batch = points(seed)
        values, gradients = trace(f, batch[0], executor="numpy").value_and_grad(batch, reduce=None)
        for x, value, derivative in zip(batch, values, gradients, strict=True):
            expected, slopes = eager(f, x)
            assert same(value, expected), (seed, x)
            assert all(map(same, derivative, slopes)), (seed, x, derivative, slopes)


def rounding(outputs, nodes):
    """Return what the rounding of each output can amount to: the sum over the nodes of |d output / d node · node|."""
    bounds = []
    for output in outputs:
        if not isinstance(output, Value):
            bounds.append(0.0)
            continue
        slopes = gradient(output, nodes)
        bounds.append(math.fsum(abs(float(d) * node.data) for d, node in zip(slopes, nodes, strict=True)))
    return bounds


def check_within_rounding(f, batch, executor, tolerance):
    """Compare value and gradient of a batch with eager computing, relative to the sum over the absolute paths."""
    program = trace(f, batch[0], executor=executor)
    slopes_alone = program.gradient()
    values, gradients = program.value_and_grad(batch, reduce=None)
    for x, value, derivative in zip(batch, values, gradients, strict=True):
        nodes = replay(slopes_alone.recording, x)
        y = replay(program.recording, x)
        outputs = [nodes[k] if isinstance(k, int) else k for k in slopes_alone.recording.outputs]
        expected, slopes = eager(f, x)
        bound = rounding([y[program.recording.outputs[0]]], y)[0]
        assert abs(value - expected) <= tolerance * bound, (f.__name__, x, value, expected)
        for d, slope, bound in zip(derivative, slopes, rounding(outputs, nodes), strict=True):
            assert abs(d - slope) <= tolerance * bound + 1e-300, (f.__name__, x, d, slope, bound)


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("seeds", [range(k, k + 50) for k in range(0, 1000, 50)], ids=lambda seeds: f"from {seeds[0]}")
def test_random_functions_agree_within_rounding(executor, seeds):
    for seed in seeds:
        check_within_rounding(random_function(seed), points(seed)[:3], executor, 1e-12 if executor == "fast" else 4e-15)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_second_order_agrees_within_rounding(executor):
    from autograd_core import grad

    for seed in range(60):
        f = random_function(seed, inputs=1, operations=6)
        batch = [x[:1] for x in points(seed)]
        g = trace(lambda x, f=f: grad(f)(x)[0], batch[0], executor=executor)
        h = trace(f, batch[0], executor=executor).gradient()
        values, seconds = g.value_and_grad(batch, reduce=None)
        for x, value, second in zip(batch, values, seconds, strict=True):
            first = [Value(x[0])]
            slope = gradient(f(first), first, create_graph=True)[0]
            expected = gradient(slope, first)[0] if isinstance(slope, Value) else 0.0
            nodes = replay(g.gradient().recording, x)
            out = g.gradient().recording.outputs[0]
            bound = rounding([nodes[out] if isinstance(out, int) else out], nodes)[0]
            assert math.isclose(
                value, float(slope.data if isinstance(slope, Value) else slope), rel_tol=1e-11, abs_tol=1e-11
            )
            assert abs(second[0] - expected) <= 1e-12 * bound + 1e-300, (seed, x)
            assert math.isclose(h(x)[0], value, rel_tol=1e-11, abs_tol=1e-11)


def ulps(a, b):
    return abs(a - b) / math.ulp(b) if not same(a, b) else 0.0


@pytest.mark.parametrize("name", [name for name, op in TABLE.items() if isinstance(op, Pointwise)])
@pytest.mark.parametrize("executor", EXECUTORS)
def test_every_operation_of_the_table_runs(executor, name):
    """Each record alone, on a batch, value and gradient by every operand: within 2 ulp of eager an operation."""
    op = TABLE[name]
    f = Operation(op)
    rng = random.Random(name)
    batch = [[rng.uniform(*interval) for interval in op.domain] for _ in range(70)]
    program = trace(lambda x: f(*x), batch[0], executor=executor)
    values = program(batch)
    for x, value in zip(batch, values, strict=True):
        assert ulps(value, op.scalar(*x)) <= 2.0, (name, x)
    check_within_rounding(lambda x: f(*x), batch[:3], executor, 1e-12 if executor == "fast" else 4e-15)
    assert values[0] == program(batch[0]) or executor == "fast"


EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, math.inf, -math.inf, math.nan, 1e300, -1e300, 1e-310, 710.0, -745.5]


@pytest.mark.parametrize("name", [name for name, op in TABLE.items() if isinstance(op, Pointwise) and op.arity == 1])
@pytest.mark.parametrize("executor", EXECUTORS)
def test_edges_of_the_reals_follow_ieee(executor, name):
    op = TABLE[name]
    program = trace(Operation(op), 0.5, executor=executor)
    for x, value in zip(EDGES, program(EDGES), strict=True):
        expected = op.scalar(x)
        assert same(value, expected) or math.isclose(value, expected, rel_tol=1e-14, abs_tol=1e-320), (name, x, value)


@needs_numba
def test_float32_is_close_and_stays_float32():
    for seed in range(100):
        f = random_function(seed)
        batch = np.array(points(seed), np.float32)
        expected, slopes = trace(f, batch[0], executor="numpy").value_and_grad(batch.astype(np.float64), reduce=None)
        for executor in ("numpy", "fast"):
            values, gradients = trace(f, batch[0], dtype="float32", executor=executor).value_and_grad(
                batch, reduce=None
            )
            assert values.dtype == gradients.dtype == np.float32
            scale = 1.0 + np.abs(slopes).max() + np.abs(expected).max()
            assert np.allclose(values, expected, atol=2e-4 * scale), seed
            assert np.allclose(gradients, slopes, atol=2e-3 * scale**2), seed


def test_the_branch_that_where_did_not_choose_sends_nothing_in_any_lane():
    from autograd_core import functions

    for executor in ("numpy", "auto"):
        program = trace(
            lambda x: functions.where(
                x > 0.0 if isinstance(x, float) else functions.greater(x, 0.0), functions.sqrt(x), 0.0
            ),
            4.0,
            executor=executor,
        )
        values, slopes = program.value_and_grad([4.0, 0.0, -1.0, 0.25], reduce=None)
        assert values.tolist() == [2.0, 0.0, 0.0, 0.5]
        assert slopes == [0.25, 0.0, 0.0, 1.0]


def test_the_order_of_sums_is_that_of_backward():
    """A sum of many terms of very different sizes: any other order of adding would show."""
    rng = random.Random(3)
    weights = [rng.uniform(-1.0, 1.0) * 10.0 ** rng.randint(-12, 12) for _ in range(200)]

    def f(x):
        total = x[0]
        for w in weights:
            total = total + x[1] * w
        return total * x[1]

    program = trace(f, [0.3, 0.7], executor="numpy")
    for x in ([0.3, 0.7], [1.1, -0.2]):
        assert program.value_and_grad(x) == eager(f, x)
        values, gradients = program.value_and_grad([x] * 3, reduce=None)
        assert (values[1], list(gradients[1])) == eager(f, x)
