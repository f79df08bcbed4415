"""Define the Wengert list (R. E. Wengert, 1964): every operation once, in an order that can be computed.

Places are numbered: first the inputs, then the result of each operation. An operand is a place, an ``int``, or a
constant, a ``float``. A tape is an algebra too: a rule read over a tape appends its operations, so derivatives of tapes
are tapes.

>>> tape = Tape(2)
>>> y = tape.emit(lookup("mul"), 0, 1)
>>> tape.emit(lookup("tanh"), y), len(tape)
(3, 4)
>>> tape.emit(lookup("add"), 1.0, 2.0)  # constants are computed at once
3.0
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any

from ...readings.algebra import Algebra
from ...readings.symbolic import Symbol, derivative
from ...records.primitive import Linear, Pointwise, Primitive, lookup

#: An operand: the number of a place, an ``int``, or a constant, a ``float``; type checkers accept an int for both.
Ref = Any

#: One operation with its operands.
Step = tuple[Any, tuple[Ref, ...]]


def _of_the_batch(name: str, symbol: str, summary: str) -> Linear:
    def unknown(*_: Any) -> Any:
        raise NotImplementedError("only the executors know the batch")

    return Linear(name=name, symbol=symbol, summary=summary, array=unknown, transpose=unknown)


#: Operations outside the TABLE, which only executors know: the sum over the samples of a batch, their number, and the
#: factor of a gradient in a descent.
TOTAL = _of_the_batch("total", "Σ", "the sum over the samples of a batch")
COUNT = _of_the_batch("count", "n", "the number of samples in a batch")
RATE = _of_the_batch("rate", "−η", "the learning rate with its sign changed, divided as the values are")


class Tape:
    """Operations on numbered places.

    Attributes
    ----------
    inputs : int
        The number of places that hold inputs, which come first.
    steps : list of (Primitive, tuple of Ref)
        The operations; the result of ``steps[k]`` has the place ``inputs + k``.
    batched : list of bool
        For every place, whether its number differs between the samples of a batch.
    """

    __slots__ = ("_shared", "batched", "inputs", "steps")

    def __init__(self, inputs: int, batched: Iterable[bool] | None = None, share: bool = False) -> None:
        self.inputs = inputs
        self.steps: list[Step] = []
        self.batched = [False] * inputs if batched is None else list(batched)
        self._shared: dict[Any, Ref] | None = {} if share else None

    def __len__(self) -> int:
        return self.inputs + len(self.steps)

    def emit(self, op: Primitive, *operands: Ref) -> Ref:
        """Append an operation and return its place; an operation on constants is computed and gives a constant."""
        batched = self.batched
        varies = constant = None
        for x in operands:
            if type(x) is int:
                constant = False
                if batched[x]:
                    varies = True
                    break
        if constant is None and isinstance(op, Pointwise):
            return op.scalar(*operands)
        if self._shared is not None:
            key = (op, *[x if type(x) is int else float(x).hex() for x in operands])
            known = self._shared.get(key)
            if known is not None:
                return known
            self._shared[key] = len(batched)
        self.steps.append((op, operands))
        batched.append(varies is True and op is not TOTAL)
        return len(batched) - 1

    def pair(self, op: Pointwise, a: Ref, b: Ref) -> Ref:
        """Append an operation of two operands, twice as fast as ``emit``."""
        batched = self.batched
        if type(a) is int:
            varies = batched[a] or (type(b) is int and batched[b])
        elif type(b) is int:
            varies = batched[b]
        else:
            return op.scalar(a, b)
        if self._shared is not None:
            return self.emit(op, a, b)
        self.steps.append((op, (a, b)))
        batched.append(varies)
        return len(batched) - 1

    def splice(self, other: Tape, places: Sequence[Ref]) -> list[Ref]:
        """Append the operations of another tape on the given inputs; return the new place of each of its places."""
        table = list(places)
        emit, pair = self.emit, self.pair
        for op, operands in other.steps:
            moved = [table[x] if type(x) is int else x for x in operands]
            table.append(pair(op, *moved) if len(moved) == 2 else emit(op, *moved))
        return table

    def copy(self) -> Tape:
        """Return a tape that can be extended while this one stays unchanged."""
        twin = Tape(self.inputs, self.batched)
        twin.steps = list(self.steps)
        return twin

    def given(self, batched: Iterable[bool]) -> Tape:
        """Return such a tape for inputs of which some are batched."""
        twin = Tape(self.inputs, batched)
        twin.steps = list(self.steps)
        varies = twin.batched
        for _, operands in self.steps:
            for x in operands:
                if type(x) is int and varies[x]:
                    varies.append(True)
                    break
            else:
                varies.append(False)
        return twin

    def product(self, a: Ref, b: Ref) -> Ref:
        """Append a · b; a factor of ±1 adds at most a change of sign, which is exact."""
        if type(b) is float and abs(b) == 1.0:
            return a if b == 1.0 else self.emit(NEG, a)
        if type(a) is float and abs(a) == 1.0:
            return b if a == 1.0 else self.emit(NEG, b)
        return self.pair(MUL, a, b)

    def needed(self, roots: Iterable[Ref]) -> list[bool]:
        """Return, for every place, whether the roots depend on it."""
        needed = [False] * len(self)
        for root in roots:
            if type(root) is int:
                needed[root] = True
        for place in range(len(self) - 1, self.inputs - 1, -1):
            if needed[place]:
                for x in self.steps[place - self.inputs][1]:
                    if type(x) is int:
                        needed[x] = True
        return needed

    def algebra(self) -> Algebra:
        """Return the algebra whose operations append themselves to this tape."""
        return Algebra("tape", lambda primitive: functools.partial(self.emit, primitive))

    def pruned(self, roots: Sequence[Ref]) -> tuple[Tape, list[Ref]]:
        """Return the tape without operations that the roots do not need, and the new places of the roots."""
        needed = self.needed(roots)
        short = Tape(self.inputs, self.batched[: self.inputs])
        table: list[Ref] = list(range(self.inputs))
        for (op, operands), kept in zip(self.steps, needed[self.inputs :], strict=True):
            table.append(short.emit(op, *[table[x] if type(x) is int else x for x in operands]) if kept else 0)
        return short, [table[x] if type(x) is int else x for x in roots]


#: A local partial derivative as a tape over (y, *operands), and the place of its result.
Formula = tuple[Tape, Ref]


@functools.cache
def partials(op: Pointwise) -> tuple[Formula, ...]:
    """Return the local partial derivatives of an operation: each rule read once, over its own tape.

    >>> tape, result = partials(lookup("tanh"))[0]
    >>> [(op.name, operands) for op, operands in tape.steps], result
    ([('tanh_slope', (1,))], 2)
    """
    names = ["y", *(f"x{i}" for i in range(op.arity))]
    y, *operands = (Symbol.variable(name) for name in names)
    return tuple(_formula(symbol, names) for symbol in derivative(op, *operands, output=y))


def _formula(symbol: Symbol, names: list[str]) -> Formula:
    tape = Tape(len(names))
    environment: dict[str, Ref] = {name: place for place, name in enumerate(names)}
    return tape, symbol.evaluate(tape.algebra(), environment)


def apply_formula(tape: Tape, formula: Formula, places: Sequence[Ref]) -> Ref:
    """Append a formula to a tape, on the given places, and return the place of its result."""
    recipe, result = formula
    if type(result) is float:
        return result
    if not recipe.steps:
        return places[result]
    return tape.splice(recipe, places)[result]


ADD: Any = lookup("add")
MUL: Any = lookup("mul")
NEG: Any = lookup("neg")
WHERE: Any = lookup("where")
