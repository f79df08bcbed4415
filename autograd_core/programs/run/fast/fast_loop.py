"""Define the loop of the fast executor, as plain Python that Numba compiles once for all programs.

A linear combination is one instruction, ``SUM``: a sum of products of two places and a number. A sum over the batch is
another, ``TOTAL``. All other instructions are operations of the TABLE: the opcode is the position there, and the kernel
is called with a row of numbers at a time.

An instruction is six numbers of ``code``: opcode, result, position of its terms, and three counts. A term is two
numbers of ``terms``, the places of its factors, and one of ``weights``. ``WIDTH`` samples are computed at a time, so
that their values stay in the first-level cache. A sum of products keeps its result in registers, as eight vectors of
eight.

Compiled code gets the addresses of its tables, because unpacking an array takes as long as ten operations.
"""

from __future__ import annotations

from typing import Any

from ..vectors import at, call_kernel, fma, integers, leading, load, numbers, plus, put, splat, store, times, total

SUM, TOTAL = -1, -2

#: Position of the kernels among the tables.
KERNELS = 7

#: Samples in a block.
WIDTH = 64

#: Places among the shared numbers: 0, 1, and a place for unused results.
ZERO, ONE, NOWHERE = 0, 1, 2

# The bounds, also in a table: the end of each phase of the code; the rows that are filled with shared numbers, and
# their number; the positions of the samples' results and of the shared results; and the number of results that are
# divided.
BEFORE, BATCH, AFTER, FILLED, FILLS, RESULTS, ANSWERS, DIVIDED_RESULTS, DIVIDED_ANSWERS = range(9)


def run(tables: Any, inputs: Any, answers: Any, results: Any, divisor: float) -> None:
    """Run a schedule: shared numbers, the samples block by block, and numbers that depend on sums over them.

    Parameters
    ----------
    tables : sequence
        Code, bounds, terms, weights, rows; the memory: shared numbers, which already contain constants and inputs, and
        rows of ``WIDTH`` samples; and the kernel of each opcode.
    inputs, results : arrays of shape (rows, samples)
    answers : array
        The shared results.
    divisor : float
        The divisor of the first results.
    """
    run_samples(tables, inputs, answers, results, divisor, 0, inputs.shape[1])
    finish(tables, answers, divisor)


def run_alone(tables: Any, answers: Any, divisor: float) -> None:
    """Run a schedule without a batch."""
    run_shared(tables, answers, 0, at(integers(tables[1]), BEFORE))
    finish(tables, answers, divisor)


def run_descent(tables: Any, answers: Any, first: int) -> Any:
    """Run a descent without a batch: its results replace the inputs; return the value."""
    run_alone(tables, answers, 1.0)
    shared = numbers(tables[5], answers)
    for j in range(1, answers.shape[0]):
        put(shared, first + j - 1, answers[j])
    return answers[0]


def run_samples(tables: Any, inputs: Any, answers: Any, results: Any, divisor: float, first: int, last: int) -> None:
    """Run the shared part, and some of the samples."""
    code, bounds, terms, weights = (
        integers(tables[0]),
        integers(tables[1]),
        integers(tables[2]),
        numbers(tables[3], answers),
    )
    rows, shared, lanes = integers(tables[4]), numbers(tables[5], answers), numbers(tables[6], answers)
    before, batch = at(bounds, BEFORE), at(bounds, BATCH)
    run_shared(tables, answers, 0, before)
    if last == first:
        return
    filled = at(bounds, FILLED)
    for j in range(filled, filled + 2 * at(bounds, FILLS), 2):  # shared numbers that kernels read beside rows
        for k in range(WIDTH):
            put(lanes, at(rows, j) * WIDTH + k, at(shared, at(rows, j + 1)))
    for start in range(first, last, WIDTH):
        count = min(WIDTH, last - start)
        for j in range(inputs.shape[0]):
            for k in range(count):
                put(lanes, j * WIDTH + k, inputs[j, start + k])
        for i in range(6 * before, 6 * batch, 6):
            op = at(code, i)
            if op == SUM:
                sum_lanes(code, i, terms, weights, shared, lanes)
            elif op == TOTAL:
                total_lanes(code, i, terms, shared, lanes, count)
            else:
                call_kernel(tables[KERNELS + op], lanes, rows, at(code, i + 2), WIDTH, count)
        for j in range(results.shape[0]):
            row, by = at(rows, at(bounds, RESULTS) + j), divisor if j < at(bounds, DIVIDED_RESULTS) else 1.0
            for k in range(count):
                results[j, start + k] = at(lanes, row * WIDTH + k) / by


def finish(tables: Any, answers: Any, divisor: float) -> None:
    """Run the part that depends on sums over the samples, and collect the shared results."""
    bounds, rows, shared = integers(tables[1]), integers(tables[4]), numbers(tables[5], answers)
    run_shared(tables, answers, at(bounds, BATCH), at(bounds, AFTER))
    found, divided = at(bounds, ANSWERS), at(bounds, DIVIDED_ANSWERS) if divisor != 1.0 else 0
    for j in range(divided):
        answers[j] = at(shared, at(rows, found + j)) / divisor
    for j in range(divided, answers.shape[0]):
        answers[j] = at(shared, at(rows, found + j))


def run_shared(tables: Any, answers: Any, first: int, last: int) -> None:
    """Run instructions whose operands are numbers."""
    code, terms, weights = integers(tables[0]), integers(tables[2]), numbers(tables[3], answers)
    rows, shared = integers(tables[4]), numbers(tables[5], answers)
    for i in range(6 * first, 6 * last, 6):
        op = at(code, i)
        if op == SUM:
            sum_shared(code, i, terms, weights, shared)
        else:
            call_kernel(tables[KERNELS + op], shared, rows, at(code, i + 2), 1, at(code, i + 3))


def product(terms: Any, weights: Any, shared: Any, j: int) -> Any:
    """Return a term whose factors are numbers."""
    return at(weights, j) * at(shared, at(terms, 2 * j)) * at(shared, at(terms, 2 * j + 1))


def sum_shared(code: Any, i: int, terms: Any, weights: Any, shared: Any) -> None:
    """Compute sums with equally many terms; the k-th terms of all sums are adjacent."""
    out, first, count, members = at(code, i + 1), at(code, i + 2), at(code, i + 3), at(code, i + 4)
    whole = members - members % 4
    for m in range(0, whole, 4):  # four at a time, because each addition waits for the one before
        s = t = u = v = 0.0
        for j in range(first + m, first + m + count * members, members):
            s += product(terms, weights, shared, j)
            t += product(terms, weights, shared, j + 1)
            u += product(terms, weights, shared, j + 2)
            v += product(terms, weights, shared, j + 3)
        put(shared, out + m, s)
        put(shared, out + m + 1, t)
        put(shared, out + m + 2, u)
        put(shared, out + m + 3, v)
    for m in range(whole, members):
        s = t = 0.0
        even = first + m + (count - count % 2) * members
        for j in range(first + m, even, 2 * members):
            s += product(terms, weights, shared, j)
            t += product(terms, weights, shared, j + members)
        if count % 2:
            s += product(terms, weights, shared, even)
        put(shared, out + m, s + t)


def sum_lanes(code: Any, i: int, terms: Any, weights: Any, shared: Any, lanes: Any) -> None:
    """Compute a sum of products for a block: of numbers, then of numbers and rows, then of rows and rows."""
    out, first = at(code, i + 1) * WIDTH, at(code, i + 2)
    scaled = first + at(code, i + 3)
    products = scaled + at(code, i + 4)
    base = at(shared, ZERO)
    for j in range(first, scaled):
        base += at(weights, j) * at(shared, at(terms, 2 * j))
    a = b = c = d = e = f = g = h = splat(base)
    for j in range(scaled, products):
        s, x = splat(at(weights, j) * at(shared, at(terms, 2 * j))), at(terms, 2 * j + 1) * WIDTH
        a, b = fma(s, load(lanes, x), a), fma(s, load(lanes, x + 8), b)
        c, d = fma(s, load(lanes, x + 16), c), fma(s, load(lanes, x + 24), d)
        e, f = fma(s, load(lanes, x + 32), e), fma(s, load(lanes, x + 40), f)
        g, h = fma(s, load(lanes, x + 48), g), fma(s, load(lanes, x + 56), h)
    for j in range(products, products + at(code, i + 5)):
        s, x, y = splat(at(weights, j)), at(terms, 2 * j) * WIDTH, at(terms, 2 * j + 1) * WIDTH
        a = fma(times(s, load(lanes, x)), load(lanes, y), a)
        b = fma(times(s, load(lanes, x + 8)), load(lanes, y + 8), b)
        c = fma(times(s, load(lanes, x + 16)), load(lanes, y + 16), c)
        d = fma(times(s, load(lanes, x + 24)), load(lanes, y + 24), d)
        e = fma(times(s, load(lanes, x + 32)), load(lanes, y + 32), e)
        f = fma(times(s, load(lanes, x + 40)), load(lanes, y + 40), f)
        g = fma(times(s, load(lanes, x + 48)), load(lanes, y + 48), g)
        h = fma(times(s, load(lanes, x + 56)), load(lanes, y + 56), h)
    store(lanes, out, a)
    store(lanes, out + 8, b)
    store(lanes, out + 16, c)
    store(lanes, out + 24, d)
    store(lanes, out + 32, e)
    store(lanes, out + 40, f)
    store(lanes, out + 48, g)
    store(lanes, out + 56, h)


def total_lanes(code: Any, i: int, terms: Any, shared: Any, lanes: Any, samples: int) -> None:
    """Add up the samples of a block: of one row, or of its products with other rows, four at a time."""
    out, first, p, count = at(code, i + 1), at(code, i + 2), at(code, i + 3) * WIDTH, at(code, i + 4)
    zero = splat(at(shared, ZERO))
    if out != NOWHERE:
        s = zero
        for k in range(0, samples, 8):
            s = plus(s, leading(load(lanes, p + k), samples - k))
        put(shared, out, at(shared, out) + total(s))
    for j in range(first, first + count, 4):
        a, b = at(terms, 2 * j + 1) * WIDTH, at(terms, 2 * j + 3) * WIDTH
        c, d = at(terms, 2 * j + 5) * WIDTH, at(terms, 2 * j + 7) * WIDTH
        s = t = u = v = zero
        if samples == WIDTH:
            for k in range(0, WIDTH, 8):
                x = load(lanes, p + k)
                s, t = fma(x, load(lanes, a + k), s), fma(x, load(lanes, b + k), t)
                u, v = fma(x, load(lanes, c + k), u), fma(x, load(lanes, d + k), v)
        else:
            for k in range(0, samples, 8):  # elements behind the last sample remain from another block
                n = samples - k
                x = leading(load(lanes, p + k), n)
                s = fma(x, leading(load(lanes, a + k), n), s)
                t = fma(x, leading(load(lanes, b + k), n), t)
                u = fma(x, leading(load(lanes, c + k), n), u)
                v = fma(x, leading(load(lanes, d + k), n), v)
        add(shared, at(terms, 2 * j), s)
        add(shared, at(terms, 2 * j + 2), t)
        add(shared, at(terms, 2 * j + 4), u)
        add(shared, at(terms, 2 * j + 6), v)


def add(shared: Any, out: int, x: Any) -> None:
    """Add the sum of eight numbers to a number."""
    put(shared, out, at(shared, out) + total(x))
