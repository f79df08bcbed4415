"""Derive programs from programs: the gradient, and values with their tangents.

They are ordinary recordings, so they run on batches, print themselves, and can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .arguments import Argument, Block, numbers_in
from .differentiate import reverse, tangents
from .notes import Marks
from .tape import Tape
from .tracing import Recording


def gradient_of(recording: Recording, structure: Any) -> Recording:
    """Return the derivative of the one output by the blocks of a structure, in their shapes."""
    tape, blocks = recording.tape.copy(), recording.blocks
    shaped, _ = _with_shapes(structure, blocks, 0)
    wanted = [blocks[i] for i in numbers_in(structure)]
    outputs = reverse(tape, recording.outputs[0], [x for b in wanted for x in range(b.start, b.start + b.size)])
    return replace(
        recording,
        name=f"gradient of {recording.name}",
        tape=tape,
        outputs=outputs,
        output_structure=shaped,
    )


def _with_shapes(structure: Any, blocks: Sequence[Block], first: int) -> tuple[Any, int]:
    """Return a structure whose leaves are output numbers, counted from ``first``, and the next number."""
    if isinstance(structure, int):
        return _nested(blocks[structure].shape, first), first + blocks[structure].size
    kind, keys, children = structure
    parts = []
    for child in children:
        part, first = _with_shapes(child, blocks, first)
        parts.append(part)
    return (kind, keys, tuple(parts)), first


def _nested(shape: tuple[int, ...], first: int) -> Any:
    if not shape:
        return first
    size = 1
    for n in shape[1:]:
        size *= n
    parts = tuple(_nested(shape[1:], first + k * size) for k in range(shape[0]))
    return ("list", tuple(range(shape[0])), parts)


def tangent_of(recording: Recording, moving: Sequence[int]) -> Recording:
    """Return outputs and their tangents, as a tuple; the tangents of the moving blocks are additional arguments."""
    count = recording.tape.inputs
    blocks = list(recording.blocks)
    given: dict[int, int] = {}
    total = count
    for i in moving:
        block = recording.blocks[i]
        labels = tuple(f"d {label}" for label in block.labels)
        blocks.append(replace(block, name=f"tangent of {block.name}", start=total, labels=labels))
        for k in range(block.size):
            given[block.start + k] = total + k
        total += block.size
    tape = Tape(total)
    table = tape.splice(recording.tape, range(count))

    def place(x: Any) -> Any:
        return table[x] if isinstance(x, int) else x

    outputs = [place(x) for x in recording.outputs]
    moved = tangents(tape, outputs, given)
    guards = [replace(guard, a=place(guard.a), b=place(guard.b)) for guard in recording.guards]
    arguments = [Argument(block.name, i) for i, block in enumerate(blocks)]
    both = (recording.output_structure, _shifted(recording.output_structure, len(outputs)))
    return replace(
        recording,
        name=f"tangent of {recording.name}",
        tape=tape,
        blocks=blocks,
        arguments=arguments,
        outputs=[*outputs, *moved],
        output_structure=("tuple", (0, 1), both),
        guards=guards,
        parameters=[],
        examples=[*recording.examples, *[0.0] * (total - count)],
        marks=Marks(),
    )


def _shifted(structure: Any, by: int) -> Any:
    if isinstance(structure, int):
        return structure + by
    kind, keys, children = structure
    return (kind, keys, tuple(_shifted(child, by) for child in children))
