"""Derivatives of a tape, appended to it: the same rules as everywhere, read over places.

The reverse sweep visits operations newest first and adds contributions in that order, as ``sweep`` does; so what an
executor computes is bit for bit what ``backward()`` computes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from .tape import ADD, TOTAL, WHERE, Ref, Tape, apply_formula, partials

__all__ = ["reverse", "tangents"]

#: What a lane receives to which nothing is sent: -0.0 + c is c to the last bit.
NOTHING = -0.0


class _Sweep:
    """The adjoints of a reverse sweep that is running.

    ``reached`` holds, for places that are only reached through operands which ``where`` may not have chosen, the
    place of a condition: in lanes where it is 0, nothing at all is sent on, as in ``sweep``.
    """

    def __init__(self, tape: Tape, count: Ref) -> None:
        self.tape, self.count = tape, count
        self.adjoints: dict[int, Ref] = {}
        self.reached: dict[int, Ref] = {}

    def send(self, consumer: int, x: int, contribution: Ref, condition: Ref | None) -> None:
        """Add a contribution to the adjoint of a place."""
        tape = self.tape
        if condition is not None:
            contribution = tape.emit(WHERE, condition, contribution, NOTHING)
        if tape.batched[consumer] and not tape.batched[x]:  # shared by all samples: their contributions are summed
            varies = type(contribution) is int and tape.batched[contribution]
            contribution = tape.emit(TOTAL, contribution) if varies else tape.product(contribution, self.count)
            condition = None  # a sum over samples: which of them sent nothing is already in it
        before = self.adjoints.get(x)
        if before is None:
            self.adjoints[x] = contribution
            if condition is not None:
                self.reached[x] = condition
            return
        self.adjoints[x] = tape.pair(ADD, before, contribution)
        if x in self.reached:
            known = self.reached.pop(x)
            if condition is not None:
                self.reached[x] = tape.emit(WHERE, known, 1.0, condition)

    def visit(self, place: int, adjoint: Ref, wanted: Sequence[bool]) -> None:
        """Send what the operation at a place contributes to its operands."""
        tape = self.tape
        op, operands = tape.steps[place - tape.inputs]
        reached = self.reached.get(place) if self.reached else None
        places = (place, *operands)
        for x, formula in zip(operands, partials(op), strict=True):
            if type(x) is not int or not wanted[x]:
                continue
            partial = apply_formula(tape, formula, places)
            condition = reached
            if op.selects:
                if type(partial) is float:
                    if partial == 0.0:
                        continue
                else:
                    condition = partial if reached is None else tape.emit(WHERE, reached, partial, 0.0)
            self.send(place, x, tape.product(adjoint, partial), condition)


def reverse(
    tape: Tape,
    output: Ref,
    inputs: Collection[int],
    count: Ref = 1.0,
    adjoints: dict[int, Ref] | None = None,
    seed: Ref = 1.0,
) -> list[Ref]:
    """Append the reverse sweep of one output; return the place of its derivative by each input, 0.0 for none.

    Parameters
    ----------
    tape : Tape
        Grows. Where a place that is not batched feeds one that is, the contributions are summed over the batch.
    output : Ref
        What to differentiate; of a batch, the sum over its samples.
    inputs : collection of int
        The places to differentiate by.
    count : Ref
        The number of samples, for contributions that do not differ between them.
    adjoints : dict, optional
        Is given the adjoint of every place on the way.
    seed : Ref
        The adjoint of the output to start from.
    """
    if type(output) is not int:
        return [0.0] * len(inputs)
    wanted = _leading_to(tape, inputs)
    sweep = _Sweep(tape, count)
    sweep.adjoints[output] = seed if tape.batched[output] else tape.product(seed, count)
    if wanted[output]:
        for place in range(output, tape.inputs - 1, -1):
            adjoint = sweep.adjoints.pop(place, None) if wanted[place] else None
            if adjoint is not None:
                sweep.visit(place, adjoint, wanted)
                if adjoints is not None:
                    adjoints[place] = adjoint
        if adjoints is not None:
            adjoints.update(sweep.adjoints)
    return [sweep.adjoints.get(x, 0.0) if wanted[output] else 0.0 for x in inputs]


def _leading_to(tape: Tape, inputs: Collection[int]) -> list[bool]:
    """Return, for every place, whether it depends on the inputs."""
    wanted = [False] * len(tape)
    for x in inputs:
        wanted[x] = True
    for place, (_, operands) in enumerate(tape.steps, tape.inputs):
        for x in operands:
            if type(x) is int and wanted[x]:
                wanted[place] = True
                break
    return wanted


def tangents(tape: Tape, outputs: Sequence[Ref], given: Mapping[int, Ref]) -> list[Ref]:
    """Append the tangents of the outputs, given those of inputs: tangent × partial, the same line as in reverse."""
    known: dict[int, Ref] = dict(given)
    for place, (op, operands) in list(enumerate(tape.steps, tape.inputs)):
        moving = [(i, known[x]) for i, x in enumerate(operands) if type(x) is int and x in known]
        if not moving:
            continue
        total: Ref | None = None
        for i, tangent in moving:
            partial = apply_formula(tape, partials(op)[i], (place, *operands))
            if op.selects:  # an operand that was not chosen has no influence, whatever its tangent is
                if type(partial) is float and partial == 0.0:
                    continue
                term = tape.emit(WHERE, partial, tape.product(tangent, partial), NOTHING)
            else:
                term = tape.product(tangent, partial)
            total = term if total is None else tape.emit(ADD, total, term)
        if total is not None:
            known[place] = total
    return [known.get(x, 0.0) if type(x) is int else 0.0 for x in outputs]
