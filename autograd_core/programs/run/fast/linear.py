"""Find linear operations that can be merged into sums of products.

A sum, difference or product that only one sum reads becomes a term of that sum; equal terms are merged. So a neuron is
one sum, and so is the adjoint that flows back to it.
"""

from __future__ import annotations

from typing import Any

from ....graph.detached import DETACHED
from ....records.primitive import lookup
from ...trace.tape import ADD, MUL, NEG, TOTAL, Ref
from ..schedule import Schedule, uses

SUB, IDENTITY, POW, POWER_SLOPE = lookup("sub"), lookup("identity"), lookup("pow"), lookup("power_slope")
LINEAR = {ADD, SUB, NEG, MUL, IDENTITY, DETACHED}

#: The factors of a term: two places, a place and None, or None and None for a number alone.
Factors = tuple[Any, Any]


class Sums:
    """The linear operations of a schedule.

    Attributes
    ----------
    count : list of int
        For every place, the number of its uses; 0 if it is not needed.
    sums : dict
        The place of each sum to its terms: factors to number.
    totals : dict
        The place of each sum over the batch to its summand: a place and None, or the two factors of a product.
    folded : set of int
        The places that were merged.
    """

    def __init__(self, schedule: Schedule) -> None:
        self.tape, self.phases = schedule.tape, schedule.phases()
        self.count = uses(self.tape, schedule.roots)
        self.folded: set[int] = set()
        self.sums: dict[int, dict[Factors, float]] = {}
        self.totals: dict[int, Factors] = {}
        steps, first, count, folded = self.tape.steps, self.tape.inputs, self.count, self.folded
        self._linear = [False] * first
        self._linear += [op in LINEAR or _is_square(op, operands) for op, operands in steps]
        for place in range(len(self.tape) - 1, first - 1, -1):
            if not count[place] or place in folded:
                continue
            op, operands = steps[place - first]
            if op is MUL and type(operands[0]) is int and type(operands[1]) is int:  # most of them, in a sweep
                a, b = operands
                self.sums[place] = {(a, b) if a < b else (b, a): 1.0}
            elif self._linear[place]:
                self.sums[place] = self._expand(place)
            elif op is TOTAL:
                self.totals[place] = self._total(operands[0])

    def _expand(self, place: int) -> dict[Factors, float]:
        """Return a linear place as a sum of terms.

        A linear place is merged if only this sum reads it.
        """
        steps, first, linear = self.tape.steps, self.tape.inputs, self._linear
        count, phases, phase = self.count, self.phases, self.phases[place]
        found: dict[Factors, float] = {}
        stack: list[tuple[float, Ref]] = [(1.0, place)]
        push, fold = stack.append, self.folded.add
        while stack:
            weight, x = stack.pop()
            a: Any = None
            b: Any = None
            if type(x) is not int:
                weight *= x
            elif x != place and not (linear[x] and count[x] == 1 and phases[x] == phase):
                a = x
            else:
                op, operands = steps[x - first]
                a, b = operands if len(operands) == 2 else (operands[0], None)
                if op is MUL and (type(a) is not int or type(b) is not int):
                    number, factor = (a, b) if type(a) is not int else (b, a)
                    scaled = weight * number
                    if x == place or 1e-100 < abs(scaled) < 1e100:
                        push((scaled, factor))
                        fold(x)
                        continue
                    # the product of the numbers might overflow where the separate products do not
                    a, b = x, None
                else:
                    fold(x)
                    if op is ADD:
                        push((weight, a))
                        push((weight, b))
                        continue
                    if op is SUB:
                        push((weight, a))
                        push((-weight, b))
                        continue
                    if op is MUL:
                        if a > b:
                            a, b = b, a
                    elif op is POW:
                        b = a
                    elif op is POWER_SLOPE:
                        weight, b = 2.0 * weight, None
                    else:
                        push((-weight if op is NEG else weight, a))
                        continue
            found[a, b] = found.get((a, b), 0.0) + weight
        self.folded.discard(place)
        return found

    def _total(self, x: int) -> Factors:
        """Return the summand of a sum over the batch: a place, or a product without other uses."""
        if x >= self.tape.inputs and self.count[x] == 1:
            op, operands = self.tape.steps[x - self.tape.inputs]
            if op is MUL and all(type(y) is int and self.tape.batched[y] for y in operands):
                self.folded.add(x)
                return (max(operands), min(operands))  # the later one is the adjoint, which many products share
        return (x, None)


def _is_square(op: Any, operands: Any) -> bool:
    """Return whether an operation is x ** 2 or its derivative, which are products."""
    return (op is POW or op is POWER_SLOPE) and type(operands[1]) is float and bool(operands[1] == 2.0)
