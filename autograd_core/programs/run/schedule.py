"""What is to be computed, in which phase: the common ground of the executors.

A schedule is a tape with the places that are wanted of it. Places that do not differ between the samples of a batch
are *shared*: they are computed once, before the batch; sums over the batch, and what depends on them, after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..trace.arguments import Block
from ..trace.tape import ADD, TOTAL, Ref, Tape

__all__ = ["AFTER", "BATCH", "BEFORE", "Schedule", "chains", "uses"]

#: The phases: shared places, places of each sample, shared places that hang on a sum over the samples.
BEFORE, BATCH, AFTER = range(3)


@dataclass(slots=True)
class Schedule:
    """A tape, and what is wanted of it.

    Attributes
    ----------
    tape : Tape
        Its inputs say which of them are batched.
    blocks : sequence of Block
        How the inputs are given.
    shared : list of Ref
        Wanted, one number each.
    lanes : list of int
        Wanted, one number a sample each; batched places.
    shared_divided, lanes_divided : int
        How many of the first of these are divided by the number of samples, where a mean is asked for.
    """

    tape: Tape
    blocks: Sequence[Block]
    shared: list[Ref]
    lanes: list[int]
    shared_divided: int = 0
    lanes_divided: int = 0

    @property
    def roots(self) -> list[Ref]:
        """Everything wanted."""
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
    """Return how often the result of each place is read, by operations that the roots need and as a root."""
    count = [0] * len(tape)
    for x in roots:
        if type(x) is int:
            count[x] += 2  # a root has to be stored, however few read it
    steps, first = tape.steps, tape.inputs
    for place in range(len(tape) - 1, first - 1, -1):
        if count[place]:
            for x in steps[place - first][1]:
                if type(x) is int:
                    count[x] += 1
    return count


def chains(tape: Tape, needed: Sequence[bool], count: Sequence[int]) -> tuple[dict[int, list[Ref]], set[int]]:
    """Find the sums ((a + b) + c) + ... of three terms and more, which are computed in one go, in this order.

    Returns
    -------
    sums : dict
        The place of each whole sum, and its terms.
    inner : set of int
        The places of the sums inside, which nothing else reads.
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
