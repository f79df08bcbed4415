"""Store programs as JSON: a file contains data, and loading it executes nothing.

Numbers are written in hexadecimal, so that no bit is lost, and operations by name. A file is checked before a program
is made of it: its size, its names, and that every operand is computed before its use.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...errors import ProgramFileError
from ...graph.detached import DETACHED
from ...records.primitive import TABLE, Pointwise, lookup
from ...scalar.value import Value
from ..trace.arguments import Argument, Block, numbers_in
from ..trace.guards import SIGNS, Guard
from ..trace.tape import Tape
from ..trace.tracing import Recording

FORMAT, VERSION = "autograd-core program", 1

#: Limits, far above any traced program; a larger file is refused.
BYTES, STEPS, NAME, NESTING = 1 << 28, 5_000_000, 200, 20


def dump(recording: Recording, dtype: str) -> str:
    """Return a recording as JSON text."""
    used = sorted({op.name for op, _ in recording.tape.steps}, key=[*TABLE, DETACHED.name].index)
    number = {name: k for k, name in enumerate(used)}

    def ref(x: Any) -> Any:
        return x if isinstance(x, int) else float(x).hex()

    document = {
        "format": FORMAT,
        "version": VERSION,
        "name": recording.name[:NAME],
        "dtype": dtype,
        "operations": used,
        "blocks": [
            {"name": b.name, "shape": list(b.shape), "labels": list(b.labels), "kind": b.kind} for b in recording.blocks
        ],
        "arguments": [{"name": a.name, "structure": _written(a.structure)} for a in recording.arguments],
        "steps": [[number[op.name], *map(ref, operands)] for op, operands in recording.tape.steps],
        "outputs": [ref(x) for x in recording.outputs],
        "output_structure": _written(recording.output_structure),
        "guards": [[g.relation, ref(g.a), ref(g.b), g.outcome, g.file, g.line] for g in recording.guards],
        "parameters": [{"label": p.label, "data": p.data.hex()} for p in recording.parameters],
        "examples": [float(x).hex() for x in recording.examples],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), check_circular=False)


def _written(structure: Any) -> Any:
    if isinstance(structure, int):
        return structure
    kind, keys, children = structure
    if kind == "dict" and not all(isinstance(key, str) for key in keys):
        raise ProgramFileError(f"A dict whose keys are not text cannot be saved; its keys are {list(keys)[:5]}.")
    return {"kind": kind, "keys": list(keys), "children": [_written(child) for child in children]}


def read(path: Any) -> tuple[Recording, str]:
    """Return the recording in a file, and its dtype.

    Raises
    ------
    ProgramFileError
        If the file contains something else.
    """
    file = Path(path)
    if file.stat().st_size > BYTES:
        raise ProgramFileError(f"{file} has {file.stat().st_size} bytes; a program has at most {BYTES}.")
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ProgramFileError(f"{file} is not text, and a program is: JSON, as Program.save() writes it.") from None
    return parse(text, str(file))


def parse(text: str, file: str = "The text") -> tuple[Recording, str]:
    """Return the recording in JSON text, and its dtype."""
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ProgramFileError(f"{file} is not JSON as Program.save() writes it: {error}.") from None
    try:
        return _Reader(document).recording()
    except _Wrong as wrong:
        raise ProgramFileError(
            f"{file} does not hold a program: {wrong}. Save the program again with program.save(path)."
        ) from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


class _Wrong(Exception):  # noqa: N818 - it never leaves this module
    """An error in a document."""


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise _Wrong(what)


class _Reader:
    """Checks a document piece by piece, in the order in which pieces depend on one another."""

    def __init__(self, document: Any) -> None:
        _check(isinstance(document, dict), "it is not an object")
        self.document = document
        _check(document.get("format") == FORMAT, "it does not say that it is one")
        _check(document.get("version") == VERSION, f"its version is {document.get('version')!r}, and {VERSION} is read")

    def recording(self) -> tuple[Recording, str]:
        dtype = self.document.get("dtype")
        _check(dtype in ("float64", "float32"), f"its dtype is {dtype!r}")
        blocks = self._blocks()
        parameters = [
            Value(_number(self._get(entry, "data", str)), label=self._text(entry, "label"))
            for entry in self._list("parameters")
        ]
        arguments = [
            Argument(self._text(entry, "name"), _structure(entry.get("structure"), len(blocks)))
            for entry in self._list("arguments")
        ]
        used = [i for argument in arguments for i in numbers_in(argument.structure)]
        rest = [len(blocks) - 1] if parameters else []
        _check(used + rest == list(range(len(blocks))), "its arguments and its blocks do not match")
        _check(not parameters or blocks[-1].size == len(parameters), "its parameters and their block do not match")
        tape = self._tape(sum(block.size for block in blocks))
        ref = self._ref(len(tape))
        outputs = [ref(x) for x in self._list("outputs")]
        _check(bool(outputs), "it has no output")
        examples = [_number(x) for x in self._list("examples")]
        _check(len(examples) == tape.inputs, "the number of its examples is another than that of its inputs")
        recording = Recording(
            name=self._text(self.document, "name"),
            tape=tape,
            blocks=blocks,
            arguments=arguments,
            outputs=outputs,
            output_structure=_structure(self.document.get("output_structure"), len(outputs)),
            guards=[self._guard(entry, ref) for entry in self._list("guards")],
            parameters=parameters,
            examples=examples,
        )
        return recording, dtype

    def _blocks(self) -> list[Block]:
        blocks: list[Block] = []
        start = 0
        for entry in self._list("blocks"):
            shape = self._get(entry, "shape", list)
            _check(len(shape) <= NESTING and all(type(n) is int and 0 < n <= STEPS for n in shape), "a shape is wrong")
            size = math.prod(shape)
            labels = self._get(entry, "labels", list)
            _check(
                len(labels) == size and all(isinstance(x, str) and len(x) <= NAME for x in labels), "labels are wrong"
            )
            kind = self._text(entry, "kind")
            _check(kind in ("number", "array", "model"), f"a block is of the kind {kind!r}")
            blocks.append(Block(self._text(entry, "name"), start, size, tuple(shape), tuple(labels), kind))
            start += size
        return blocks

    def _tape(self, inputs: int) -> Tape:
        names = self._list("operations")
        operations: list[Any] = []
        for name in names:
            if name == DETACHED.name:
                operations.append(DETACHED)
                continue
            known = isinstance(name, str) and isinstance(TABLE.get(name), Pointwise)
            _check(
                known, f"there is no operation {str(name)[:NAME]!r} on numbers in the table; register it before loading"
            )
            operations.append(lookup(name))
        tape = Tape(inputs)
        steps = self._list("steps")
        _check(len(steps) <= STEPS, f"it has {len(steps)} operations; {STEPS} are read")
        for k, step in enumerate(steps):
            _check(isinstance(step, list) and bool(step), f"operation {k} is no list")
            opcode, *operands = step
            _check(type(opcode) is int and 0 <= opcode < len(operations), f"operation {k} is none of those it names")
            op = operations[opcode]
            _check(len(operands) == op.arity, f"operation {k}, {op.name}, has {len(operands)} operands")
            ref = self._ref(inputs + k)
            tape.steps.append((op, tuple(ref(x) for x in operands)))
            tape.batched.append(False)
        return tape

    @staticmethod
    def _ref(places: int) -> Callable[[Any], Any]:
        def ref(x: Any) -> Any:
            if isinstance(x, str):
                return _number(x)
            _check(type(x) is int and 0 <= x < places, f"an operand is {str(x)[:40]}, which is not computed before")
            return x

        return ref

    def _guard(self, entry: Any, ref: Callable[[Any], Any]) -> Guard:
        _check(isinstance(entry, list) and len(entry) == 6, "a guard is incomplete")
        relation, a, b, outcome, file, line = entry
        _check(relation in SIGNS and type(outcome) is bool, "a guard is no comparison")
        _check(
            isinstance(file, str) and len(file) <= 4096 and type(line) is int, "a guard does not say where it was asked"
        )
        return Guard(relation, ref(a), ref(b), outcome, file, line)

    def _list(self, key: str) -> list[Any]:
        return self._get(self.document, key, list)  # type: ignore[no-any-return]

    @staticmethod
    def _get(entry: Any, key: str, kind: type) -> Any:
        _check(
            isinstance(entry, dict) and isinstance(entry.get(key), kind), f"{key!r} is missing or no {kind.__name__}"
        )
        return entry[key]

    def _text(self, entry: Any, key: str) -> str:
        text: str = self._get(entry, key, str)
        _check(len(text) <= NAME, f"{key!r} is longer than {NAME} characters")
        return text


def _number(x: Any) -> float:
    _check(isinstance(x, str) and len(x) <= 40, f"{str(x)[:40]!r} is no number in hexadecimal")
    try:
        return float.fromhex(x)
    except (ValueError, OverflowError):
        raise _Wrong(f"{x!r} is no number in hexadecimal") from None


def _structure(entry: Any, leaves: int, depth: int = 0) -> Any:
    """Return a structure whose leaves are numbers below ``leaves``."""
    if type(entry) is int:
        _check(0 <= entry < leaves, f"a structure speaks of number {entry}, and there are {leaves}")
        return entry
    _check(depth < NESTING, f"a structure is nested more than {NESTING} deep")
    _check(
        isinstance(entry, dict) and entry.get("kind") in ("list", "tuple", "dict"), "a structure is of no known kind"
    )
    keys, children = entry.get("keys"), entry.get("children")
    _check(isinstance(keys, list) and isinstance(children, list) and len(keys) == len(children), "a structure is wrong")
    kind = str if entry["kind"] == "dict" else int
    _check(all(type(key) is kind for key in keys) and len(set(keys)) == len(keys), "a structure's keys are wrong")
    return (entry["kind"], tuple(keys), tuple(_structure(child, leaves, depth + 1) for child in children))
