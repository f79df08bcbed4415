"""Print the operators of ``Value`` from the records, into _operators.py.

A generic dispatch through the TABLE takes four times as long as an operator written out. So this module writes out the
hot operators, from the rules of the records. A test prints them again and compares.

``python -m autograd_core.readings.codegen`` writes the file; ``--check`` only says whether it is current.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..records.kernels.scalar import __name__ as kernel_module
from ..records.primitive import TABLE, Pointwise, lookup
from .symbolic import Symbol, derivative

HEADER = '''"""The operators of a scalar node, printed by ``python -m autograd_core.readings.codegen``: do not edit."""

from __future__ import annotations

import math
from typing import Any, Final

from ..graph.modes import watched
from ..graph.node import WATCHERS, Node, apply, number, tick
from ..native.mypyc_attr import mypyc_attr
from ..records import rules as rules  # importing the records fills the table
from ..records.kernels import scalar as k
from ..records.primitive import lookup
from .storage import ScalarNode, blank

#: what error messages call the other operand of an infix operator
OTHER: Final = "other operand"

{records}


@mypyc_attr(acyclic=True, allow_interpreted_subclasses=True)
class ScalarOperators(ScalarNode):
    """The infix operators and elementary functions of a Value."""

    __slots__ = ()

'''

#: infix operations and the methods that Python calls for them
INFIX = {"add": "add", "sub": "sub", "mul": "mul", "div": "truediv", "pow": "pow"}
#: common unary operations, which are written out; the others call ``apply``
HOT = ("neg", "abs", "relu", "tanh", "exp", "log", "sigmoid")
SPECIAL = {"neg": "__neg__", "abs": "__abs__"}


def native(symbol: Symbol) -> str:
    """Return a formula with Python's own operators, in its textbook form."""
    return symbol.printed("textbook", exact_numbers=True)[0]


def by_kernels(symbol: Symbol) -> str:
    """Return a formula as calls of the scalar kernels, infix where the kernel is Python's operator."""
    if symbol.primitive is None:
        return repr(symbol.constant) if symbol.constant is not None else symbol.name
    primitive: Any = symbol.primitive
    operands = [by_kernels(x) for x in symbol.operands]
    if primitive.native == "True":
        wrapped = [f"({text})" if " " in text else text for text in operands]
        return f" {primitive.operator} ".join(wrapped) if primitive.operator else f"-{wrapped[0]}"
    written_out = expression(primitive) if operands == ["x"] else ""
    return written_out or f"{kernel(primitive)}({', '.join(operands)})"


def kernel(primitive: Any) -> str:
    """Return the name of a scalar kernel in _operators.py."""
    module, name = primitive.scalar.__module__, primitive.scalar.__name__
    if module == kernel_module:
        return f"k.{name}"
    return name if module == "builtins" else f"{module}.{name}"


def expression(primitive: Any) -> str:
    """Return the formula in x of a one-line scalar kernel, which saves a call; "" for other kernels."""
    if primitive.scalar.__module__ != kernel_module:
        return ""
    function: Any = ast.parse(inspect.getsource(primitive.scalar)).body[0]
    *documented, last = function.body
    if len(documented) > 1 or not isinstance(last, ast.Return) or last.value is None:
        return ""
    names = {node.id for node in ast.walk(last) if isinstance(node, ast.Name)}
    return ast.unparse(last.value) if names == {"x"} else ""


def made(y: str, record: str, left: str, right: str, da: str, db: str, written_out: bool) -> list[str]:
    """Print the creation of a node, written out because a call of _binary would take a quarter of the operation."""
    if not written_out:
        return [f"return self._binary({y}, {record}, {left}, {right}, {da}, {db})"]
    slots = {"_data": y, "op": record, "index": "tick()", "_a": left, "_b": right, "_da": da, "_db": db}
    return [
        "node = blank(type(self))",
        *[f"node.{slot} = {value}" for slot, value in slots.items()],
        "node._marked = False",
        "node._swept = False",
        "node._notes = None",
        "return watched(node) if WATCHERS else node",
    ]


def result(primitive: Any, left: str, right: str) -> list[str]:
    """Print the body of an infix operator for ``a`` and ``b``; a constant has no node and is None."""
    a, b, y = (Symbol.variable(letter) for letter in "aby")
    formulas = derivative(primitive, a, b, output=y)
    sign, record = primitive.operator, primitive.name.upper()

    def partials(read: Callable[[Symbol], str]) -> tuple[str, str]:
        da, db = (read(formula) for formula in formulas)
        return ("a" if left == "None" else da), ("b" if right == "None" else db)

    def answer(y: str, read: Callable[[Symbol], str], written_out: bool) -> list[str]:
        da, db = partials(read)
        again = re.search(r"\by\b", f"{da} {db}") is not None
        kept = [f"y = {y}"] if again else []
        return [*kept, *made("y" if again else y, record, left, right, da, db, written_out)]

    if primitive.native == "True":
        return answer(f"a {sign} b", native, left != "None")
    slow = answer(f"{kernel(primitive)}(a, b)", by_kernels, False)
    if not primitive.native:
        return slow
    fast = answer(f"a {sign} b", native, right == "None")
    return [f"if {primitive.native}:", *(f"    {line}" for line in fast), *slow]


def infix(name: str, method: str) -> list[str]:
    """Print an infix operator: for two Values, for a Value and a constant, and reflected."""
    primitive: Any = lookup(name)
    record = name.upper()
    out = [f"def __{method}__(self, other: Any) -> Any:", "    a = self._data", "    if type(other) is type(self):"]
    out += ["        b = other._data"]
    out += ["        " + line for line in result(primitive, "self", "other")]
    if primitive.native_constant:
        a, written = Symbol.variable("a"), Symbol.variable("other")
        da = native(derivative(primitive, a, written)[0])
        power = f"a {primitive.operator} other"
        out += [
            f"    if {primitive.native_constant.replace('(b)', '(other)').replace('b >', 'other >')}:",
            "        try:",
            *("            " + line for line in made(power, record, "self", "None", da, "float(other)", True)),
            "        except OverflowError:",
            "            pass  # the kernel says inf, with the right sign",
        ]
    out += ["    if isinstance(other, Node):", f"        return apply({record}, self, other)"]
    out += ["    b = other if type(other) is float else number(other, OTHER)"]
    out += ["    " + line for line in result(primitive, "self", "None")]
    out += ["", f"def __r{method}__(self, other: Any) -> Any:"]
    out += ["    a = other if type(other) is float else number(other, OTHER)", "    b = self._data"]
    out += ["    " + line for line in result(primitive, "None", "self")]
    return [*out, ""]


def unary(name: str) -> list[str]:
    """Print a unary operation with its derivative."""
    primitive: Any = lookup(name)
    (dx,) = derivative(primitive, Symbol.variable("x"), output=Symbol.variable("y"))
    method = SPECIAL.get(name, name)
    y = "-x" if name == "neg" else expression(primitive) or f"{kernel(primitive)}(x)"
    return [
        f"def {method}(self) -> Any:",
        *([] if name in SPECIAL else [f'    """Return {primitive.summary}."""']),
        "    x = self._data",
        f"    y = {y}",
        f"    return self._binary(y, {name.upper()}, self, None, {by_kernels(dx)}, 0.0)",
        "",
    ]


def method(primitive: Pointwise) -> list[str]:
    """Print the method of an operation that uses the general dispatch."""
    return [
        f"def {primitive.name}(self) -> Any:",
        f'    """Return {primitive.summary}."""',
        f'    return apply(lookup("{primitive.name}"), self)',
        "",
    ]


def printed() -> str:
    """Return the text of _operators.py."""
    lines: list[str] = []
    for name, python in INFIX.items():
        lines += infix(name, python)
    for name in HOT:
        lines += unary(name)
    for primitive in TABLE.values():
        derived = primitive.text != primitive.textbook
        if isinstance(primitive, Pointwise) and primitive.arity == 1 and primitive.name not in HOT and not derived:
            lines += method(primitive)
    records = "\n".join(f'{name.upper()}: Final = lookup("{name}")' for name in (*INFIX, *HOT))
    body = "".join(f"    {line}\n" if line else "\n" for line in lines[:-1])
    return HEADER.replace("{records}", records) + body


def main(arguments: list[str] | None = None) -> int:
    """Write _operators.py, or check that it is current."""
    parser = argparse.ArgumentParser(prog="python -m autograd_core.readings.codegen", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file is not current")
    check = parser.parse_args(arguments).check
    path = Path(__file__).parent.parent / "scalar" / "_operators.py"
    if path.exists() and path.read_text(encoding="utf-8") == printed():
        return 0
    if check:
        print(f"{path.name} is not what the records say: run python -m autograd_core.readings.codegen", file=sys.stderr)
        return 1
    path.write_text(printed(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
