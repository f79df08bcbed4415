"""Write a program as readable Python: straight-line code for the value, and for the value with its gradient.

The text needs only ``math``. Operations without a Python operator or function are defined at its top, from the
functions of eager computation, so running it gives the same bits.
"""

from __future__ import annotations

import inspect
import keyword
import math
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from ...errors import GraphError
from ...records.kernels import scalar as kernels
from ...records.primitive import ATOM, NEGATION
from ..run.kernel_source import globals_of, python_function
from ..run.schedule import uses
from ..trace.arguments import numbers_in
from ..trace.differentiate import reverse
from ..trace.tape import Ref, Tape
from ..trace.tracing import Recording

WIDTH = 100


def source(recording: Recording, structure: Any) -> str:
    """Return the text: ``value(...)``, and ``value_and_grad(...)`` by the given arguments.

    Parameters
    ----------
    structure : Structure, optional
        The blocks to differentiate by; None for the value alone.
    """
    text = _Text(recording)
    bodies = [text.value()]
    if structure is not None:
        bodies.append(text.value_and_grad(structure))
    name = re.sub(r"[^\w<>. ]", "_", recording.name)
    title = f'"""{name}, as it was traced: {_operations(recording)}."""'
    helpers = _definitions(text.called)
    head = "\n".join([title, "", "from __future__ import annotations", "", "import math"])
    return "\n\n\n".join([head, *helpers, *bodies]) + "\n"


def _operations(recording: Recording) -> str:
    count = len(recording.tape.steps)
    return f"{count} operation{'s' * (count != 1)}"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A printed operand; a slot ``{0:2}`` of a record's form puts it in parentheses if its precedence is lower."""

    text: str
    level: int = ATOM

    def __format__(self, spec: str) -> str:
        return self.text if self.level >= int(spec or 0) else f"({self.text})"


class _Text:
    """Prints the functions of a recording, and collects the kernels they call."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.called: dict[str, Any] = {}
        taken = {"math", *vars(kernels), "value", "value_and_grad", "abs"}
        self.arguments = _names([a.name for a in recording.arguments], taken)
        if recording.parameters:
            self.arguments.append("parameters")
        labels = recording.labels
        whole = {a.name: name for a, name in zip(recording.arguments, self.arguments, strict=False)}
        numbers = [whole.get(label, "") for label in labels]  # an argument of one number keeps its name
        others = iter(_names([label for label, name in zip(labels, numbers, strict=True) if not name], taken))
        self.names = [name or next(others) for name in numbers]

    def value(self) -> str:
        """Return the function that computes the outputs."""
        tape, roots = self.recording.tape, self.recording.outputs
        lines, pieces = self._lines(tape, roots, {})
        result = _tree(self.recording.output_structure, [pieces(x).text for x in roots])
        return self._function("value", [*lines, f"return {result}"])

    def value_and_grad(self, structure: Any) -> str:
        """Return the function that computes the one output and its derivatives."""
        recording, blocks = self.recording, self.recording.blocks
        tape = recording.tape.copy()
        adjoints: dict[int, Ref] = {}
        wanted = [blocks[i] for i in numbers_in(structure)]
        targets = [x for b in wanted for x in range(b.start, b.start + b.size)]
        found = reverse(tape, recording.outputs[0], targets, adjoints=adjoints)
        lines, piece = self._lines(tape, [*recording.outputs, *found], adjoints)
        derivatives = iter([piece(x).text for x in found])
        arrays = {
            i: _array([next(derivatives) for _ in range(blocks[i].size)], blocks[i].shape)
            for i in numbers_in(structure)
        }
        result = f"({piece(recording.outputs[0]).text}, {_tree(structure, arrays)})"
        return self._function("value_and_grad", [*lines, f"return {result}"])

    def _function(self, name: str, lines: list[str]) -> str:
        defaults = [""] * len(self.recording.arguments)
        if self.recording.parameters:
            defaults.append("=(" + "".join(f"{p.data!r}, " for p in self.recording.parameters) + ")")
        head = ", ".join(a + d for a, d in zip(self.arguments, defaults, strict=True))
        body = [*self._unpacking(), *lines]
        wrapped = [part for line in body for part in _wrapped(line)]
        return "\n".join([*_wrapped(f"def {name}({head}):"), *(f"    {line}" for line in wrapped)])

    def _unpacking(self) -> list[str]:
        """Return the lines that name the numbers of the arguments."""
        lines: list[str] = []
        structures = [a.structure for a in self.recording.arguments]
        if self.recording.parameters:
            structures.append(len(self.recording.blocks) - 1)

        def unpack(structure: Any, text: str) -> None:
            if not isinstance(structure, int):
                for key, child in zip(structure[1], structure[2], strict=True):
                    unpack(child, f"{text}[{key!r}]")
                return
            block = self.recording.blocks[structure]
            names = _array(self.names[block.start : block.start + block.size], block.shape)
            if names != text:
                lines.append(f"{names} = {text}")

        for name, structure in zip(self.arguments, structures, strict=True):
            unpack(structure, name)
        return lines

    def _lines(self, tape: Tape, roots: Sequence[Ref], adjoints: dict[int, Ref]) -> tuple[list[str], Any]:
        """Return one line for each operation; in the reverse part, expressions with one use are inlined.

        This changes no rounding: it is the same operation on the same numbers.
        """
        count = uses(tape, roots)
        needed = [reads > 0 for reads in count]
        forward = len(self.recording.tape)
        adjoint_of = {x: place for place, x in reversed(adjoints.items()) if type(x) is int and x >= forward}
        known: dict[int, _Piece] = {place: _Piece(name) for place, name in enumerate(self.names)}
        lines: list[str] = []
        reversing = False

        def piece(x: Ref) -> _Piece:
            if type(x) is int:
                return known[x]
            text = repr(x) if math.isfinite(x) else f"math.{'nan' if x != x else 'inf'}"
            negative = math.copysign(1.0, x) < 0.0 and x == x
            return _Piece(f"-{text}" if x == -math.inf else text, NEGATION if negative else ATOM)

        for place, (op, operands) in enumerate(tape.steps, tape.inputs):
            if not needed[place]:
                continue
            printed = self._printed(op, [piece(x) for x in operands], operands)
            if place < forward:
                name = f"v{place - tape.inputs + 1}"
            elif place in adjoint_of:
                name = f"d_{known[adjoint_of[place]].text}"
            elif count[place] == 1 and len(printed.text) < WIDTH // 3:
                known[place] = printed
                continue
            else:
                name = f"t{place - forward + 1}"
            known[place] = _Piece(name)
            if place >= forward and not reversing:
                lines.append("# and back, from the output to the inputs")
                reversing = True
            lines.append(f"{name} = {printed.text}")
        return lines, piece

    def _printed(self, op: Any, pieces: list[_Piece], operands: Sequence[Ref]) -> _Piece:
        if op.native == "True" or (op.name == "div" and type(operands[1]) is float and operands[1] != 0.0):
            return _Piece(op.text.fill(*pieces), op.text.level)
        function = op.scalar
        module, name = getattr(function, "__module__", ""), getattr(function, "__name__", "")
        if module == "_operator":  # the sign +
            return pieces[0]
        if module == "math":
            name = f"math.{name}"
        elif module != "builtins":
            name = self._own(op)
        return _Piece(f"{name}({', '.join(piece.text for piece in pieces)})")

    def _own(self, op: Any) -> str:
        function = python_function(op.scalar)
        if not isinstance(function, FunctionType) or function.__name__ == "<lambda>" or function.__closure__:
            raise GraphError(
                f"source() cannot print {op.name}, whose kernel is a lambda or made by another function. Write it as "
                f"a function of its own, def {op.name}(x): ..., and give that as scalar=."
            )
        if self.called.setdefault(function.__name__, function) is not function:
            raise GraphError(f"source() cannot print two different functions that are called {function.__name__}.")
        return str(function.__name__)


def _names(labels: Iterable[str], taken: set[str]) -> list[str]:
    """Return a unique Python name for each label."""
    names = []
    for label in labels:
        name = re.sub(r"\W+", "_", label, flags=re.ASCII).strip("_") or "x"
        if not name[0].isalpha() or keyword.iskeyword(name) or re.match(r"[vt]\d|d_", name):
            name = f"x_{name}"
        unique, k = name, 2
        while unique in taken:
            unique, k = f"{name}_{k}", k + 1
        taken.add(unique)
        names.append(unique)
    return names


def _array(texts: Sequence[str], shape: tuple[int, ...]) -> str:
    """Return numbers as nested lists of a shape."""
    if not shape:
        return texts[0]
    size = len(texts) // shape[0]
    return f"[{', '.join(_array(texts[k * size : (k + 1) * size], shape[1:]) for k in range(shape[0]))}]"


def _tree(structure: Any, texts: Any) -> str:
    if isinstance(structure, int):
        return str(texts[structure])
    kind, keys, children = structure
    parts = [_tree(child, texts) for child in children]
    if kind == "dict":
        return "{" + ", ".join(f"{key!r}: {part}" for key, part in zip(keys, parts, strict=True)) + "}"
    return f"[{', '.join(parts)}]" if kind == "list" else f"({', '.join(parts)}{',' * (len(parts) == 1)})"


def _wrapped(line: str) -> list[str]:
    """Break a long line inside parentheses."""
    if len(line) <= WIDTH or "'" in line or '"' in line:
        return [line]
    name, equals, text = line.partition(" = ")
    if equals and not name.startswith("[") and not line.startswith("def "):
        line = f"{name} = ({text})"
    return _broken(line)


def _broken(line: str) -> list[str]:
    """Break a line at spaces, but not around its equals sign."""
    kept = line.replace(" = ", "\0=\0")
    parts = textwrap.wrap(kept, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return [part.replace("\0", " ") for part in parts]


def _plain(x: Any) -> bool:
    """Return whether it is a number or made of numbers, and finite."""
    return all(_plain(part) for part in x) if isinstance(x, tuple) else isinstance(x, (int, float)) and math.isfinite(x)


def _definitions(called: dict[str, Any]) -> list[str]:
    """Return the text of the called functions, the functions they call, and their constants."""
    found: dict[str, str] = {}
    constants: dict[str, str] = {}
    waiting = list(called.values())
    while waiting:
        function = waiting.pop()
        if function.__name__ in found:
            continue
        found[function.__name__] = textwrap.dedent(inspect.getsource(function)).rstrip()
        for name, meaning in globals_of(function).items():
            if isinstance(meaning, FunctionType):
                waiting.append(meaning)
            elif isinstance(meaning, float):
                constants[name] = repr(meaning) if math.isfinite(meaning) else f"math.{meaning}"
            elif isinstance(meaning, (int, tuple)) and _plain(meaning):
                constants[name] = repr(meaning)
            elif getattr(meaning, "__module__", "") == "math":
                constants[name] = f"math.{meaning.__name__}"
            elif meaning is not math:
                raise GraphError(
                    f"source() cannot print {function.__name__}: it uses {name}, which is neither a function, nor made "
                    "of numbers, nor the module math."
                )
    lines = [part for name, text in sorted(constants.items()) for part in _broken(f"{name} = {text}")]
    return [*(["\n".join(lines)] if lines else []), *(found[name] for name in sorted(found))]
