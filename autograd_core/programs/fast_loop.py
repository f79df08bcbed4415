"""The loop of the fast executor, as plain Python that Numba compiles once for all programs.

What is linear is one instruction, ``SUM``: a sum of products, of which two factors are places and one is a number.
What is summed over the batch is another, ``TOTAL``. Everything else is an operation of the table: its opcode is its
position there, and its kernel is called with a row of numbers at a time.

An instruction is a row of ``code``: opcode, result, position of its terms, and three counts. A term is a row of
``terms``, the two places, and its number in ``weights``. Samples are computed ``WIDTH`` at a time, so that their
values stay in the first-level cache; a sum of products keeps its result in registers, as eight vectors of eight.

The first numbers that all samples share are 0, 1 and a place for what nobody wants.
"""

from __future__ import annotations

from typing import Any

from .vectors import call_kernel, fma, leading, load, plus, splat, store, times, total

__all__ = ["NOWHERE", "ONE", "SUM", "TOTAL", "WIDTH", "ZERO", "run"]

SUM, TOTAL = -1, -2

#: Samples in a block.
WIDTH = 64

#: Places among the shared numbers.
ZERO, ONE, NOWHERE = 0, 1, 2


def run(
    code: Any,
    bounds: Any,
    terms: Any,
    weights: Any,
    rows: Any,
    kernels: Any,
    shared: Any,
    lanes: Any,
    inputs: Any,
    answers: Any,
    results: Any,
    divisor: float,
) -> None:
    """Run a schedule: what is shared, the samples block by block, what hangs on sums over them.

    Parameters
    ----------
    code, terms, weights : arrays
        The instructions.
    bounds : array of int
        Where each phase ends; where rows are filled with shared numbers, and how many; where results are found;
        and how many of them are divided.
    rows : array of int
        Operands of kernels, and the places of everything that ``bounds`` speaks of.
    kernels : array of int
        The address of the kernel of each opcode.
    shared, lanes : arrays of shape (places,), (rows, WIDTH)
        Space to compute in. ``shared`` holds the constants and the shared inputs.
    inputs, results : arrays of shape (rows, samples)
    answers : array
        The shared results.
    divisor : float
        What the first results are divided by.
    """
    before, batch, after = bounds[0], bounds[1], bounds[2]
    run_shared(code, 0, before, terms, weights, rows, kernels, shared)
    samples = inputs.shape[1]
    if samples:
        fill(rows, bounds[3], bounds[4], shared, lanes)
    for start in range(0, samples, WIDTH):
        count = min(WIDTH, samples - start)
        for j in range(inputs.shape[0]):
            for k in range(count):
                lanes[j, k] = inputs[j, start + k]
        for i in range(before, batch):
            op = code[i, 0]
            if op == SUM:
                sum_lanes(code, i, terms, weights, shared, lanes)
            elif op == TOTAL:
                total_lanes(code, i, terms, shared, lanes, count)
            else:
                call_kernel(kernels[op], lanes, rows, code[i, 2], WIDTH, count)
        for j in range(results.shape[0]):
            row, by = rows[bounds[5] + j], divisor if j < bounds[7] else 1.0
            for k in range(count):
                results[j, start + k] = lanes[row, k] / by
    run_shared(code, batch, after, terms, weights, rows, kernels, shared)
    for j in range(answers.shape[0]):
        answers[j] = shared[rows[bounds[6] + j]] / (divisor if j < bounds[8] else 1.0)


def fill(rows: Any, first: int, count: int, shared: Any, lanes: Any) -> None:
    """Repeat shared numbers along rows, for kernels that read them beside rows."""
    for j in range(first, first + 2 * count, 2):
        for k in range(WIDTH):
            lanes[rows[j], k] = shared[rows[j + 1]]


def run_shared(
    code: Any, first: int, last: int, terms: Any, weights: Any, rows: Any, kernels: Any, shared: Any
) -> None:
    """Run instructions whose operands are numbers."""
    for i in range(first, last):
        if code[i, 0] == SUM:
            sum_shared(code, i, terms, weights, shared)
        else:
            call_kernel(kernels[code[i, 0]], shared, rows, code[i, 2], 1, code[i, 3])


def sum_shared(code: Any, i: int, terms: Any, weights: Any, shared: Any) -> None:
    """Compute sums of equally many products of numbers; the k-th terms of all of them lie together."""
    out, first, count, members = code[i, 1], code[i, 2], code[i, 3], code[i, 4]
    whole = members - members % 4
    for m in range(0, whole, 4):  # four at a time, since an addition has to wait for the one before
        s = t = u = v = 0.0
        for j in range(first + m, first + m + count * members, members):
            s += weights[j] * shared[terms[j, 0]] * shared[terms[j, 1]]
            t += weights[j + 1] * shared[terms[j + 1, 0]] * shared[terms[j + 1, 1]]
            u += weights[j + 2] * shared[terms[j + 2, 0]] * shared[terms[j + 2, 1]]
            v += weights[j + 3] * shared[terms[j + 3, 0]] * shared[terms[j + 3, 1]]
        shared[out + m], shared[out + m + 1], shared[out + m + 2], shared[out + m + 3] = s, t, u, v
    for m in range(whole, members):
        s = t = 0.0
        even = first + m + (count - count % 2) * members
        for j in range(first + m, even, 2 * members):
            s += weights[j] * shared[terms[j, 0]] * shared[terms[j, 1]]
            t += weights[j + members] * shared[terms[j + members, 0]] * shared[terms[j + members, 1]]
        if count % 2:
            s += weights[even] * shared[terms[even, 0]] * shared[terms[even, 1]]
        shared[out + m] = s + t


def sum_lanes(code: Any, i: int, terms: Any, weights: Any, shared: Any, lanes: Any) -> None:
    """Compute a sum of products for a block: of numbers, then of numbers and rows, then of rows and rows."""
    out, first = code[i, 1], code[i, 2]
    scaled = first + code[i, 3]
    products = scaled + code[i, 4]
    base = shared[ZERO]
    for j in range(first, scaled):
        base += weights[j] * shared[terms[j, 0]]
    a = b = c = d = e = f = g = h = splat(base)
    for j in range(scaled, products):
        s, x = splat(weights[j] * shared[terms[j, 0]]), terms[j, 1]
        a, b = fma(s, load(lanes, x, 0), a), fma(s, load(lanes, x, 8), b)
        c, d = fma(s, load(lanes, x, 16), c), fma(s, load(lanes, x, 24), d)
        e, f = fma(s, load(lanes, x, 32), e), fma(s, load(lanes, x, 40), f)
        g, h = fma(s, load(lanes, x, 48), g), fma(s, load(lanes, x, 56), h)
    for j in range(products, products + code[i, 5]):
        s, x, y = splat(weights[j]), terms[j, 0], terms[j, 1]
        a = fma(times(s, load(lanes, x, 0)), load(lanes, y, 0), a)
        b = fma(times(s, load(lanes, x, 8)), load(lanes, y, 8), b)
        c = fma(times(s, load(lanes, x, 16)), load(lanes, y, 16), c)
        d = fma(times(s, load(lanes, x, 24)), load(lanes, y, 24), d)
        e = fma(times(s, load(lanes, x, 32)), load(lanes, y, 32), e)
        f = fma(times(s, load(lanes, x, 40)), load(lanes, y, 40), f)
        g = fma(times(s, load(lanes, x, 48)), load(lanes, y, 48), g)
        h = fma(times(s, load(lanes, x, 56)), load(lanes, y, 56), h)
    store(lanes, out, 0, a)
    store(lanes, out, 8, b)
    store(lanes, out, 16, c)
    store(lanes, out, 24, d)
    store(lanes, out, 32, e)
    store(lanes, out, 40, f)
    store(lanes, out, 48, g)
    store(lanes, out, 56, h)


def total_lanes(code: Any, i: int, terms: Any, shared: Any, lanes: Any, samples: int) -> None:
    """Add up the samples of a block: of one row, or of its products with other rows, four of them at a time."""
    out, first, p, count = code[i, 1], code[i, 2], code[i, 3], code[i, 4]
    zero = splat(shared[ZERO])
    if out != NOWHERE:
        s = zero
        for k in range(0, samples, 8):
            s = plus(s, leading(load(lanes, p, k), samples - k))
        shared[out] += total(s)
    for j in range(first, first + count, 4):
        a, b, c, d = terms[j, 1], terms[j + 1, 1], terms[j + 2, 1], terms[j + 3, 1]
        s = t = u = v = zero
        if samples == WIDTH:
            for k in range(0, WIDTH, 8):
                x = load(lanes, p, k)
                s, t = fma(x, load(lanes, a, k), s), fma(x, load(lanes, b, k), t)
                u, v = fma(x, load(lanes, c, k), u), fma(x, load(lanes, d, k), v)
        else:
            for k in range(0, samples, 8):  # what is behind the last sample is left from another block
                n = samples - k
                x = leading(load(lanes, p, k), n)
                s, t = fma(x, leading(load(lanes, a, k), n), s), fma(x, leading(load(lanes, b, k), n), t)
                u, v = fma(x, leading(load(lanes, c, k), n), u), fma(x, leading(load(lanes, d, k), n), v)
        shared[terms[j, 0]] += total(s)
        shared[terms[j + 1, 0]] += total(t)
        shared[terms[j + 2, 0]] += total(u)
        shared[terms[j + 3, 0]] += total(v)
