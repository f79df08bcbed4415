"""Turn an expression of the command line, and the numbers of its names, into a computation graph.

>>> root = graph_of("a * b + tanh(a)", ["a=0.5", "b=-2"])
>>> root.backward()
>>> root.data, [(leaf.label, leaf.grad) for leaf in leaves(root)]
(-0.5378828427399902, [('a', -1.2135522670340726), ('b', 0.5)])
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

from autograd_core import Value, history
from autograd_core.errors import ExpressionError, NumberError
from autograd_core.readings.algebra import nodes
from autograd_core.readings.expression import names, parse

#: distinguishes ``x=1.5`` from an expression and from an option
ASSIGNMENT = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*=(?!=)(.*)", re.DOTALL)
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?inf|nan")


def graph_of(expression: str, given: Iterable[str]) -> Value:
    """Return the output of an expression, recorded from leaves that are labeled with their names.

    Parameters
    ----------
    expression : str
        Such as ``"(a * b + c) ** 2"``; its syntax tree is read, and nothing is executed as code.
    given : iterable of str
        A number for each name, ``"a=2"``.

    Raises
    ------
    ExpressionError
        For text that is not such an expression, a name without a number, or a number whose name is not used.
    NumberError
        For an invalid assignment, or a value that is not a number.
    """
    numbers = assignments(given)
    formula = parse(expression)
    used = names(formula)
    _check_names(used, numbers)
    if not used:
        raise ExpressionError(
            f"{expression.strip()!r} has no names, so there is nothing to differentiate by. Give its numbers names: "
            "backprop draw 'a * b' a=2 b=3 -o product.svg."
        )
    root: Value = formula.evaluate(nodes, {name: Value(numbers[name], label=name) for name in used})
    return root


def assignments(given: Iterable[str]) -> dict[str, float]:
    """Return the numbers by name: ``["x=1.5"]`` becomes ``{"x": 1.5}``."""
    numbers: dict[str, float] = {}
    for text in given:
        match = ASSIGNMENT.fullmatch(text)
        if match is None:
            raise NumberError(
                f"{_shown(text)} is not of the form name=value. Write every name with its number, x=1.5, and put the "
                "expression before them in quotes."
                + (" Names are of plain letters and digits, alpha rather than α." if not text.isascii() else "")
            )
        name, value = match[1], match[2].strip()
        if name in numbers:
            raise NumberError(f"{name} is given twice. A name stands for one number: leave one of them out.")
        if not NUMBER.fullmatch(value):
            raise NumberError(
                f"The value of {name} is not a number: {_shown(value)}. Write decimal digits, such as {name}=2, "
                f"{name}=-0.5 or {name}=1e-3."
            )
        numbers[name] = float(value)
    return numbers


def leaves(root: Value) -> list[Any]:
    """Return the labeled leaves that an output was computed from, oldest first."""
    return [node for node in reversed(history(root)) if node.op is None]


def _check_names(used: list[str], numbers: dict[str, float]) -> None:
    """Raise an error for names without a number and numbers without a name, with the most similar names."""
    missing = [name for name in used if name not in numbers]
    unused = [name for name in numbers if name not in used]
    if missing:
        few = " ".join(f"{name}=1.5" for name in missing[:5])
        hints = "".join(_nearest(name, unused) for name in missing)
        verb, them = ("have", "them one each") if len(missing) > 1 else ("has", "it one")
        raise ExpressionError(
            f"The expression uses {_listed(missing)}, which {verb} no number; given are: "
            f"{', '.join(numbers) or 'none'}.{hints} Write {few} after the expression to give {them}."
        )
    if unused:
        hints = "".join(_nearest(name, used) for name in unused)
        raise ExpressionError(
            f"The expression does not use {_listed(unused)}; its names are: {', '.join(used) or 'none'}.{hints} Leave "
            "out what is not used: a number that changes nothing is most likely a slip."
        )


def _nearest(name: str, others: list[str]) -> str:
    close = difflib.get_close_matches(name, others, n=1)
    close += [other for other in others if other.lower() == name.lower() and other not in close]
    return f" Did you mean {close[0]}?" if close else ""


def _listed(names: list[str]) -> str:
    shown = names if len(names) <= 5 else [*names[:5], f"{len(names) - 5} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
