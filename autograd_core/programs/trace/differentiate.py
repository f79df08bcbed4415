"""Append derivatives to a tape: the rules of the records, read over places.

The reverse sweep visits operations newest first and adds contributions in that order, as ``sweep`` does; so an executor
computes the same bits as ``backward()``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from .tape import ADD, TOTAL, WHERE, Ref, Tape, apply_formula, partials

#: The initial adjoint: -0.0 + c is c to the last bit.
NOTHING = -0.0


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
        It is extended. Where a shared place feeds a batched one, the contributions are summed over the batch.
    output : Ref
        The output to differentiate; for a batch, the sum over its samples.
    inputs : collection of int
        The places to differentiate by.
    count : Ref
        The number of samples, for contributions that are equal for all of them.
    adjoints : dict, optional
        Called with the adjoint of every place on the way.
    seed : Ref
        The initial adjoint of the output.
    """
    wanted = _leading_to(tape, inputs)
    if type(output) is not int or not wanted[output]:
        return [0.0] * len(inputs)
    steps, batched, first, emit, product = tape.steps, tape.batched, tape.inputs, tape.emit, tape.product
    found: dict[int, Ref] = {output: seed if batched[output] else product(seed, count)}
    # For places reached only through operands that ``where`` may not have selected: the place of a condition. Samples
    # where it is 0 send nothing, as in ``sweep``.
    reached: dict[int, Ref] = {}
    for place in range(output, first - 1, -1):
        adjoint = found.pop(place, None) if wanted[place] else None
        if adjoint is None:
            continue
        if adjoints is not None:
            adjoints[place] = adjoint
        op, operands = steps[place - first]
        places, varies, condition = (place, *operands), batched[place], reached.get(place)
        for x, formula in zip(operands, partials(op), strict=True):
            if type(x) is not int or not wanted[x]:
                continue
            partial = apply_formula(tape, formula, places)
            chosen = condition
            if op.selects:
                if type(partial) is not float:
                    chosen = partial if condition is None else emit(WHERE, condition, partial, 0.0)
                elif partial == 0.0:
                    continue
            contribution = product(adjoint, partial)
            if chosen is not None:
                contribution = emit(WHERE, chosen, contribution, NOTHING)
            if varies and not batched[x]:  # shared by all samples: their contributions are summed
                differs = type(contribution) is int and batched[contribution]
                contribution = emit(TOTAL, contribution) if differs else product(contribution, count)
                chosen = None  # a sum over samples already contains which of them sent nothing
            before = found.get(x)
            if before is None:
                found[x] = contribution
                if chosen is not None:
                    reached[x] = chosen
            else:
                found[x] = tape.pair(ADD, before, contribution)
                if x in reached:
                    known = reached.pop(x)
                    if chosen is not None:
                        reached[x] = emit(WHERE, known, 1.0, chosen)
    if adjoints is not None:
        adjoints.update(found)
    return [found.get(x, 0.0) for x in inputs]


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
    """Append the tangents of the outputs, given those of inputs: tangent × partial, as in reverse."""
    known: dict[int, Ref] = dict(given)
    for place, (op, operands) in list(enumerate(tape.steps, tape.inputs)):
        moving = [(i, known[x]) for i, x in enumerate(operands) if type(x) is int and x in known]
        if not moving:
            continue
        total: Ref | None = None
        for i, tangent in moving:
            partial = apply_formula(tape, partials(op)[i], (place, *operands))
            if op.selects:  # an operand that was not selected has no influence, whatever its tangent is
                if type(partial) is float and partial == 0.0:
                    continue
                term = tape.emit(WHERE, partial, tape.product(tangent, partial), NOTHING)
            else:
                term = tape.product(tangent, partial)
            total = term if total is None else tape.emit(ADD, total, term)
        if total is not None:
            known[place] = total
    return [known.get(x, 0.0) if type(x) is int else 0.0 for x in outputs]
