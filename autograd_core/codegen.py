"""Print the operators of ``Value`` from the records, into _operators.py.

A generic dispatch through the table costs four times as much as an operator written out. So the hot operators are
written out: by this module, from the same rules that everything else reads, and a test prints them again and
compares.

``python -m autograd_core.codegen`` writes the file; ``--check`` only says whether it is current.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from .kernels import __name__ as kernel_module
from .primitive import TABLE, Pointwise, lookup
from .symbolic import Symbol, derivative

__all__ = ["main", "printed"]

HEADER = '''"""The operators of a scalar node, printed from the records by ``python -m autograd_core.codegen``: do not edit.

A constant operand leaves its slot None, and stands itself where its partial would be: nothing is ever sent to it.
"""

from __future__ import annotations

import math
from typing import Any, Self

from . import kernels as k
from . import rules as rules  # importing the records fills the table
from .modes import WATCHERS, watched
from .node import Node, apply, number, tick
from .primitive import Primitive, lookup

new = object.__new__

#: what error messages call the other operand of an infix operator
OTHER = "other operand"

{records}


class ScalarOperators(Node):
    """The infix operators and elementary functions of a Value."""

    __slots__ = ("_da", "_data", "_db", "_grad")

    _data: float
    _da: float
    _db: float
    _grad: float

    def _unary(self, y: float, op: Primitive, a: Any, da: float) -> Self:
        """Record the result of an operation on one operand."""
        return self._binary(y, op, a, None, da, 0.0)

    def _binary(self, y: float, op: Primitive, a: Any, b: Any, da: float, db: float) -> Self:
        """Record the result of an operation on two operands, of which a constant is None."""
        node = new(type(self))
        node._data = y
        node.op = op
        node.index = tick()
        node._a = a
        node._b = b
        node._da = da
        node._db = db
        node._adjoint = None
        return watched(node) if WATCHERS else node

'''

#: infix operations and the methods Python calls for them
INFIX = {"add": "add", "sub": "sub", "mul": "mul", "div": "truediv", "pow": "pow"}
#: unary operations common enough to be written out; the others go through ``apply``
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
    return f"{kernel(primitive)}({', '.join(operands)})"


def kernel(primitive: Any) -> str:
    """Return the name under which _operators.py calls a scalar kernel."""
    module, name = primitive.scalar.__module__, primitive.scalar.__name__
    if module == kernel_module:
        return f"k.{name}"
    return name if module == "builtins" else f"{module}.{name}"


def infix(name: str, method: str) -> list[str]:
    """Print an infix operator: on two Values, on a Value and a constant, and reflected."""
    primitive: Any = lookup(name)
    a, b, y = (Symbol.variable(letter) for letter in "aby")
    da, db = derivative(primitive, a, b, output=y)
    sign, record = primitive.operator, name.upper()
    slow = f"{kernel(primitive)}(a, b)" if primitive.native != "True" else ""

    def returns(left: str, right: str, da: str, db: str) -> list[str]:
        def call(y: str, da: str, db: str) -> list[str]:
            if primitive.native != "True" or left == "None":
                return [f"return self._binary({y}, {record}, {left}, {right}, {da}, {db})"]
            slots = {"_data": y, "op": record, "index": "tick()", "_a": left, "_b": right, "_da": da, "_db": db}
            slots["_adjoint"] = "None"
            return [  # a call of _binary would cost a quarter of the whole operation
                "node = new(type(self))",
                *[f"node.{slot} = {value}" for slot, value in slots.items()],
                "return watched(node) if WATCHERS else node",
            ]

        lines = []
        fast = (da if left == "None" else native(da_symbol), db if right == "None" else native(db_symbol))
        careful = (da if left == "None" else by_kernels(da_symbol), db if right == "None" else by_kernels(db_symbol))
        reads_output = "y" in "".join(fast).replace("power", "")
        if primitive.native:
            condition = "" if primitive.native == "True" else f"if {primitive.native}:"
            indent = "    " if condition else ""
            lines += [condition] if condition else []
            lines += [f"{indent}y = a {sign} b"] if reads_output else []
            lines += [indent + line for line in call("y" if reads_output else f"a {sign} b", *fast)]
        if slow:
            reads_output = "y" in "".join(careful).replace("power", "")
            lines += [f"y = {slow}"] if reads_output else []
            lines += call("y" if reads_output else slow, *careful)
        return lines

    da_symbol, db_symbol = da, db
    out = [f"def __{method}__(self, other: Any) -> Any:", "    a = self._data", "    if type(other) is type(self):"]
    out += ["        b = other._data"]
    out += ["        " + line for line in returns("self", "other", "", "")]
    if primitive.native_constant:
        out += [
            f"    if {primitive.native_constant.replace('(b)', '(other)').replace('b >', 'other >')}:",
            "        try:",
            f"            return self._binary(a {sign} other, {record}, self, None, "
            f"{native(derivative(primitive, a, Symbol.variable('other'), output=y)[0])}, float(other))",
            "        except OverflowError:",
            "            pass  # the kernel says inf, with the right sign",
        ]
    constant = ["    if isinstance(other, Node):", f"        return apply({record}, {{}})"]
    out += [line.format("self, other") for line in constant]
    out += ["    b = other if type(other) is float else number(other, OTHER)"]
    out += ["    " + line for line in returns("self", "None", "", "b")]
    out += ["", f"def __r{method}__(self, other: Any) -> Any:"]
    out += ["    a = other if type(other) is float else number(other, OTHER)", "    b = self._data"]
    out += ["    " + line for line in returns("None", "self", "a", "")]
    return [*out, ""]


def unary(name: str) -> list[str]:
    """Print a unary operation with its derivative."""
    primitive: Any = lookup(name)
    (dx,) = derivative(primitive, Symbol.variable("x"), output=Symbol.variable("y"))
    method = SPECIAL.get(name, name)
    y = "-x" if name == "neg" else f"{kernel(primitive)}(x)"
    return [
        f"def {method}(self) -> Self:",
        *([] if name in SPECIAL else [f'    """Return {primitive.summary}."""']),
        "    x = self._data",
        f"    y = {y}",
        f"    return self._unary(y, {name.upper()}, self, {by_kernels(dx)})",
        "",
    ]


def method(primitive: Pointwise) -> list[str]:
    """Print the method of an operation that goes through the general dispatch."""
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
    records = "\n".join(f'{name.upper()} = lookup("{name}")' for name in (*INFIX, *HOT))
    body = "".join(f"    {line}\n" if line else "\n" for line in lines[:-1])
    return HEADER.replace("{records}", records) + body


def main(arguments: list[str] | None = None) -> int:
    """Write _operators.py, or check that it is current."""
    parser = argparse.ArgumentParser(prog="python -m autograd_core.codegen", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file is not current")
    check = parser.parse_args(arguments).check
    path = Path(__file__).with_name("_operators.py")
    if path.exists() and path.read_text(encoding="utf-8") == printed():
        return 0
    if check:
        print(f"{path.name} is not what the records say: run python -m autograd_core.codegen", file=sys.stderr)
        return 1
    path.write_text(printed(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
