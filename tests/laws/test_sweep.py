"""The laws of the reverse sweep, on random graphs: one truth for backward, the generator and every gradient."""

from __future__ import annotations

import dis
import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import autograd_core
from autograd_core import Pointwise, Value, detect_anomaly, functions, gradient, history, no_grad, register, sweep
from autograd_core.records.primitive import TABLE
from autograd_core.scalar import sweep as scalar_sweep

from .graphs import gradients, pointwise, random_graph

#: the module; the package has the function of that name
SWEEP = sys.modules[sweep.__module__]

NARROW = [record for record in pointwise() if record.arity < 3 and not record.selects]
SEEDS = pytest.mark.parametrize("seed", range(30))


def general_sweep(root: Value, seed: float = 1.0) -> list[str]:
    """What backward() says, computed from the generator alone."""
    adjoints = {node: adjoint for node, adjoint, _ in sweep(root, seed)}
    return [(0.0 + adjoints[node] if node.is_leaf else adjoints[node]).hex() for node in history(root)]


@SEEDS
@pytest.mark.parametrize("records", [None, NARROW], ids=["wide nodes too", "the plain loop"])
def test_backward_is_the_drained_sweep_bit_for_bit(seed, records):
    root, _ = random_graph(seed, 60, records)
    expected = general_sweep(root)
    root.backward()
    assert [node.grad.hex() for node in history(root)] == expected
    assert all(node.swept for node in history(root))


def test_both_ways_through_backward_are_taken():
    """The plain loop serves narrow graphs; the laws above would not notice if it never did."""
    narrow, _ = random_graph(1, 20, NARROW)
    wide = functions.where(narrow, narrow, 1.0)
    assert scalar_sweep.fast_sweep(narrow, 1.0)
    assert not scalar_sweep.fast_sweep(wide, 1.0)
    assert not wide.swept


@SEEDS
def test_contributions_add_up_to_adjoints_in_the_order_in_which_they_are_yielded(seed):
    root, _ = random_graph(seed, 40)
    sums = {root: 1.0}
    visits = list(sweep(root))
    for node, adjoint, contributions in visits:
        assert adjoint.hex() == sums.get(node, 0.0).hex()
        assert len(contributions) in (0, len(node.parents))
        for parent, contribution in zip(node.parents, contributions, strict=False):
            if contribution is not None:
                sums[parent] = sums[parent] + contribution if parent in sums else contribution
    assert [node for node, _, _ in visits] == history(root)


@SEEDS
def test_a_history_is_every_ancestor_once_and_every_node_before_its_parents(seed):
    root, leaves = random_graph(seed, 40)
    order = history(root)
    position = {node: i for i, node in enumerate(order)}
    assert len(position) == len(order)
    assert order[0] is root
    assert set(leaves) <= set(order)
    assert all(position[parent] > position[node] for node in order for parent in node.parents)


def test_a_history_of_several_roots_is_theirs_together():
    x = Value(1.0)
    y, z = x * 2.0, x * 3.0
    assert history(y, z) == [z, y, x]
    assert history(y, y) == [y, x]


@SEEDS
def test_gradient_is_backward_without_touching_any_grad(seed):
    root, leaves = random_graph(seed, 40)
    inner = random.Random(seed).sample(history(root), 5)
    found = gradient(root, [*leaves, *inner])
    assert not any(node.swept for node in history(root))
    root.backward()
    assert list(found) == [node.grad for node in (*leaves, *inner)]


@SEEDS
def test_recorded_derivatives_have_the_same_numbers(seed):
    root, leaves = random_graph(seed, 30)
    plain = gradient(root, leaves)
    recorded = gradient(root, leaves, create_graph=True)
    assert tuple(node.data for node in recorded) == plain


# Backward twice, and nodes shared


@SEEDS
def test_a_second_backward_doubles_leaves_and_repeats_intermediates(seed):
    root, _ = random_graph(seed, 40)
    root.backward()
    once = {node: node.grad for node in history(root)}
    root.backward()
    for node, grad in once.items():
        assert node.grad == (2.0 * grad if node.is_leaf else grad)


def test_a_second_backward_of_the_example_that_micrograd_gets_wrong():
    x = Value(3.0)
    z = (x * x) ** 2
    z.backward()
    assert x.grad == 108.0
    z.backward()
    assert x.grad == 216.0  # 324 if the square kept its gradient


def test_two_losses_that_share_a_node_give_what_calculus_says():
    x = Value(3.0)
    shared = x * x
    first, second = shared * 2.0, shared * 5.0
    first.backward()
    second.backward()
    assert x.grad == 42.0
    assert shared.grad == 5.0, "an intermediate holds the derivative of the root swept last"


def test_a_root_inside_another_graph():
    x = Value(2.0)
    y = x * x
    z = y * y
    y.backward()
    z.backward()
    assert (x.grad, y.grad, z.grad) == (4.0 + 32.0, 8.0, 1.0)


def test_a_leaf_is_its_own_root():
    x = Value(5.0)
    x.backward()
    x.backward(2.5)
    assert x.grad == 3.5


@pytest.mark.parametrize("order", ["a first", "b first"])
def test_the_order_in_which_losses_are_swept_does_not_matter(order):
    a, b = random_graph(7, 20)[0], random_graph(8, 20)[0]
    total = a * b
    for root in (a, b) if order == "a first" else (b, a):
        root.backward()
    before = [node.grad for node in history(total) if node.is_leaf]
    total.backward()
    added = gradient(total, [node for node in history(total) if node.is_leaf])
    assert [node.grad for node in history(total) if node.is_leaf] == [g + d for g, d in zip(before, added, strict=True)]


# A parent repeated


def test_a_parent_repeated_is_two_edges_and_two_contributions():
    a = Value(3.0)
    y = a * a
    assert y.parents == (a, a)
    assert y.partials == (3.0, 3.0)
    assert next(sweep(y)) == (y, 1.0, (3.0, 3.0))
    y.backward()
    assert a.grad == 6.0


def test_sums_of_sums_are_not_counted_twice():
    a = Value(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert (a.grad, b.grad) == (4.0, 2.0)
    x = Value(3.0)
    y = x * x
    (y * x + y).backward()
    assert x.grad == 3 * 9.0 + 6.0


# What is not chosen receives nothing


def test_where_sends_nothing_to_the_operand_that_was_not_chosen():
    for build in (
        lambda x: functions.where(x > 0.0, x.log(), 0.0),
        lambda x: functions.where(functions.greater(x, 0.0), functions.log(x), 0.0),
        lambda x: functions.where(functions.not_equal(x, 0.0), functions.sin(x) / x, 1.0),
    ):
        x = Value(0.0)
        build(x).backward()
        assert x.grad == 0.0
    x = Value(1000.0)
    functions.where(functions.less(x, 0.0), functions.exp(x), 1.0).backward()
    assert x.grad == 0.0


def test_an_operation_of_ones_own_that_selects_sends_nothing_either():
    first = register(
        Pointwise(
            name="first_of_two",
            scalar=lambda a, b: a,
            array=lambda a, b: a + 0.0 * b,
            summary="the first of two numbers",
            partials=(lambda m, y, a, b: 1.0, lambda m, y, a, b: 0.0),
            selects=True,
        )
    )
    try:
        x = Value(0.0)
        first(x, x.log()).backward()
        assert x.grad == 1.0
        x = Value(0.0)
        assert gradient(first(x, x.log()), x, create_graph=True)[0].data == 1.0
    finally:
        del TABLE["first_of_two"]


# All or nothing


class BurstError(Exception):
    """What an operation raises in these tests."""


class Interrupt(BaseException):
    """As KeyboardInterrupt, which is not an Exception."""


@pytest.fixture(params=["send", "accept"], ids=["in the sweep", "while gradients are written"])
def fuse(request, monkeypatch):
    """Put a node and an exception into the list, and the exception is raised when the sweep comes to the node."""
    lit: list[Any] = []
    original = getattr(Value, request.param)

    def burning(self, *arguments):
        if lit and self is lit[0]:
            raise lit.pop()
        return original(self, *arguments)

    monkeypatch.setattr(Value, request.param, burning)
    return lit


@pytest.mark.parametrize("kind", [BurstError, Interrupt, KeyboardInterrupt])
@pytest.mark.parametrize("seed", range(5))
def test_an_exception_at_any_node_leaves_every_gradient_as_it_was(fuse, seed, kind):
    root, _ = random_graph(seed, 25)
    root = functions.where(1.0, root, 0.0)  # a wide node: the general sweep
    root.backward()
    before = gradients(root)
    nodes = [node for node, _, contributions in sweep(root) if contributions]
    assert len(nodes) > 10
    for node in nodes:
        fuse[:] = [node, kind()]
        with pytest.raises(kind):
            root.backward()
        assert gradients(root) == before
    fuse.clear()
    after_one_more = [2.0 * node.grad if node.is_leaf else node.grad for node in history(root)]
    root.backward()
    assert [node.grad for node in history(root)] == after_one_more


def test_an_operation_whose_second_derivative_raises_leaves_every_gradient_as_it_was():
    lit = []

    def refuses(m, y, x):
        if lit:
            raise BurstError
        return m.flat(x) + 1.0

    record = Pointwise(name="risky", scalar=lambda x: x, array=lambda x: x, partials=(refuses,), summary="an identity")
    risky = register(record)
    try:
        x = Value(2.0)
        y = risky(x * x) + x
        y.backward()
        before = gradients(y)
        lit.append(True)
        with pytest.raises(BurstError):
            gradient(y, x, create_graph=True)
        with pytest.raises(BurstError):
            risky(x)
        with pytest.raises(BurstError):
            y.refresh()
        assert gradients(y) == before
        assert y.data == 6.0
    finally:
        del TABLE["risky"]


def test_a_closure_that_raises_leaves_every_gradient_as_it_was():
    x = Value(2.0)
    made = Value(4.0, (x,), "square")

    def push():
        x.grad += 123.0
        raise BurstError

    made._backward = push
    loss = made * 2.0 + x
    x.grad = 6.0
    with pytest.raises(BurstError):
        loss.backward()
    assert (x.grad, made.grad, loss.grad) == (6.0, 0.0, 0.0)
    made._backward = lambda: setattr(x, "grad", x.grad + 4.0 * made.grad)
    loss.backward()
    assert x.grad == 6.0 + 9.0


IN_PYTHON = pytest.mark.skipif(autograd_core.__compiled__, reason="machine code is not interrupted between two lines")


def misplaced(frame):
    """Whether Python looks for what handles an exception of a trace function in the wrong place, past ``with``.

    From 3.12 on it does where a loop jumps back. That of a real signal is handled there as everywhere.
    """
    return sys.version_info >= (3, 12) and "JUMP_BACKWARD" in dis.opname[frame.f_code.co_code[frame.f_lasti]]


@pytest.mark.parametrize(
    "wide", [pytest.param(False, id="the plain loop", marks=IN_PYTHON), pytest.param(True, id="the general sweep")]
)
def test_an_interrupt_at_any_line_of_the_sweep_is_all_or_nothing_and_the_next_sweep_is_right(wide):
    """Python may deliver KeyboardInterrupt at any call and any turn of a loop; so one is raised at each line, in turn.

    Left out are lines at which it looks for no signal: where a block is entered or left.
    """

    def build():
        x = Value(3.0)
        y = x * x
        return (functions.where(1.0, y, 0.0) if wide else y) * y + x

    untouched = build()
    nothing = gradients(untouched)
    untouched.backward()
    everything = gradients(untouched)
    file = SWEEP.__file__ if wide else scalar_sweep.__file__
    source = Path(file).read_text(encoding="utf-8").splitlines()
    interrupted = 0
    for line in range(1000):
        root = build()
        left = [line]

        def trace(frame, event, argument, left=left):
            if frame.f_code.co_filename != file:
                return None
            looks = not source[frame.f_lineno - 1].strip().startswith(("with ", "try:", "return True"))
            if event == "line" and looks and not misplaced(frame):
                if left[0] == 0:
                    left[0] = -1
                    raise Interrupt
                left[0] -= 1
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            root.backward()
        except Interrupt:
            interrupted += 1
        else:
            break
        finally:
            sys.settrace(before)
        outcome = gradients(root)
        assert outcome in (nothing, everything), line
        for node in history(root):
            node.zero_grad()
        root.backward()
        assert gradients(root) == everything, line
        with ThreadPoolExecutor(1) as pool:  # no lock was left behind
            pool.submit(build().backward).result(timeout=10.0)
    assert interrupted > 20


# Threads


def test_eight_threads_with_graphs_of_their_own_compute_what_one_does():
    def work(seed):
        root, _ = random_graph(seed, 60, NARROW if seed % 2 else None)
        root.backward()
        return gradients(root)

    serial = [work(seed) for seed in range(64)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(64))) == serial


def test_threads_that_share_a_leaf_lose_no_addition(monkeypatch):
    interval = sys.getswitchinterval()
    shared = Value(1.0)
    barrier = threading.Barrier(4)

    def work(k):
        barrier.wait()
        for _ in range(1500):
            (functions.where(1.0, shared, 0.0) if k % 2 else shared * 1.0).backward()

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, range(4)))
    finally:
        sys.setswitchinterval(interval)
    assert shared.grad == 6000.0


def test_no_grad_and_detect_anomaly_are_of_the_thread_that_entered_them():
    with no_grad(), detect_anomaly(), ThreadPoolExecutor(1) as pool:
        x = Value(0.0)
        assert pool.submit(lambda: (x * x).parents).result() == (x, x)
        assert pool.submit(lambda: x.log().data).result() == float("-inf")
    assert (x * x).parents == (x, x)
