"""What an optimizer says that it would do is what it does, number by number, and its formulas say the same."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core import Tensor, Value
from autograd_core.readings.algebra import floats
from nn import SGD, Adagrad, Adam, AdamW, Momentum, RMSprop

OPTIMIZERS = {
    "plain": lambda p: SGD(p, 0.1),
    "decayed": lambda p: SGD(p, 0.1, weight_decay=0.02),
    "momentum": lambda p: SGD(p, 0.1, momentum=0.9, dampening=0.25),
    "nesterov": lambda p: SGD(p, 0.1, momentum=0.9, nesterov=True),
    "classic": lambda p: Momentum(p, 0.1),
    "rmsprop": lambda p: RMSprop(p, 0.1, centered=True, momentum=0.5),
    "adagrad": lambda p: Adagrad(p, 0.1, lr_decay=0.5),
    "adam": lambda p: Adam(p, 0.1, amsgrad=True),
    "adamw": lambda p: AdamW(p, 0.1),
}


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_plans_are_kept_and_their_formulas_come_to_their_values(make):
    w = Value(0.75)
    optimizer = make([w])
    for _ in range(4):
        w.zero_grad()
        (w * w * 0.5 + w).backward()
        before, steps, memory = w.data, optimizer.steps, [dict(m) for m in optimizer.memory]
        (update,) = optimizer.planned()
        assert (w.data, optimizer.steps, optimizer.memory) == (before, steps, memory)
        assert (update.parameter, update.before, update.gradient) == (w, before, w.grad)
        for term in update.terms:
            assert term.formula.evaluate(floats, term.numbers) == pytest.approx(term.value, rel=1e-12)
        optimizer.step()
        assert w.data == update.after == update.terms[-1].value
        assert all(optimizer.memory[0][term.name] == term.value for term in update.terms[:-1])


def test_arrays_and_gradients_that_are_given():
    W, b = Tensor([[1.0, 2.0]], requires_grad=True), Tensor([3.0], requires_grad=True)
    updates = SGD([W, b], lr=0.5).planned({W: np.array([[2.0, 4.0]])})
    assert [(u.parameter, u.after.tolist()) for u in updates] == [(W, [[0.0, 0.0]])]
    assert W.data.tolist() == [[1.0, 2.0]]
