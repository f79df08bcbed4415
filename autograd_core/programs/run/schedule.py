"""Define the schedule that executors run: what to compute, in which phase.

A schedule is a tape with the required places. Places that are equal for all samples of a batch are *shared*: they are
computed once, before the batch. Sums over the batch, and everything that depends on them, are computed after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..trace.arguments import Block
from ..trace.tape import ADD, TOTAL, Ref, Tape

#: The phases: shared places, places of each sample, shared places that depend on a sum over the samples.
BEFORE, BATCH, AFTER = range(3)


@dataclass(slots=True)
class Schedule:
    """A tape with the required places.

    Attributes
    ----------
    tape : Tape
        Its inputs tell which of them are batched.
    blocks : sequence of Block
        The form of the inputs.
    shared : list of Ref
        Required places with one number each.
    lanes : list of int
        Required places with one number for each sample; batched places.
    shared_divided, lanes_divided : int
        How many of the first of these are divided by the number of samples, for a mean.
    """

    tape: Tape
    blocks: Sequence[Block]
    shared: list[Ref]
    lanes: list[int]
    shared_divided: int = 0
    lanes_divided: int = 0

    @property
    def roots(self) -> list[Ref]:
        """Return all required places."""
        return [*self.shared, *self.lanes]

    def phases(self) -> list[int]:
        """Return the phase of every place."""
        tape = self.tape
        phases = [BATCH if varies else BEFORE for varies in tape.batched]
        for place, (op, operands) in enumerate(tape.steps, tape.inputs):
            if not tape.batched[place]:
                if op is TOTAL:
                    phases[place] = AFTER
                    continue
                for x in operands:
                    if type(x) is int and phases[x] == AFTER:
                        phases[place] = AFTER
                        break
        return phases


def uses(tape: Tape, roots: Sequence[Ref]) -> list[int]:
    """Return the number of uses of each place, by operations that the roots need and as a root."""
    count = [0] * len(tape)
    for x in roots:
        if type(x) is int:
            count[x] += 2  # a root must be stored, however few operations read it
    steps, first = tape.steps, tape.inputs
    for place in range(len(tape) - 1, first - 1, -1):
        if count[place]:
            for x in steps[place - first][1]:
                if type(x) is int:
                    count[x] += 1
    return count


def chains(tape: Tape, needed: Sequence[bool], count: Sequence[int]) -> tuple[dict[int, list[Ref]], set[int]]:
    """Find the sums ((a + b) + c) + ... of three or more terms, which are computed at once, in this order.

    Returns
    -------
    sums : dict
        The place of each whole sum, and its terms.
    inner : set of int
        The places of partial sums, which nothing else reads.
    """
    sums: dict[int, list[Ref]] = {}
    inner: set[int] = set()
    steps, first, batched = tape.steps, tape.inputs, tape.batched
    for place in range(len(tape) - 1, first - 1, -1):
        if not needed[place] or place in inner or steps[place - first][0] is not ADD:
            continue
        terms: list[Ref] = []
        left: Ref = place
        while type(left) is int and left >= first and steps[left - first][0] is ADD:
            if left != place and (count[left] != 1 or batched[left] != batched[place]):
                break
            if left != place:
                inner.add(left)
            left, right = steps[left - first][1]
            terms.append(right)
        if len(terms) > 1:
            terms.append(left)
            sums[place] = terms[::-1]
    return sums, inner
