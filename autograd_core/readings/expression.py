"""Parse expressions from Python's syntax tree with an allow-list; nothing is executed as code.

Numbers, names, ``+ - * / **``, signs, parentheses and calls of the TABLE's operations are allowed. ``parse`` reads the
text of a formula (``Symbol.exact``), and the result evaluates to the same bits.

>>> from autograd_core.readings.algebra import floats
>>> parse("tanh(x) ** 2 - 1").evaluate(floats, {"x": 0.0})
-1.0
"""

from __future__ import annotations

import ast
import difflib
import math
from collections.abc import Collection

from ..errors import ExpressionError
from ..graph.node import number
from ..records.primitive import TABLE, Pointwise
from .symbolic import Symbol, symbols

LONGEST = 10_000
DEEPEST = 200

_INFIX: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
}


def parse(text: str, allowed: Collection[str] | None = None) -> Symbol:
    """Return the formula of a text.

    Parameters
    ----------
    text : str
        Such as ``"(a * b + c) ** 2"``; at most 10,000 characters.
    allowed : collection of str, optional
        The allowed variables. Default: any name that is not an operation.

    Raises
    ------
    ExpressionError
        For text that is not such an expression; the message shows the invalid part.
    """
    if not isinstance(text, str):
        raise ExpressionError(f"An expression is text such as 'a * b + c', not {type(text).__name__}.")
    if len(text) > LONGEST:
        raise ExpressionError(f"The expression has {len(text)} characters; the limit is {LONGEST}. Split it.")
    if not text.isascii():
        odd = next(c for c in text if not c.isascii())
        raise ExpressionError(f"{odd!r} is not a plain letter, digit or sign: write names and operators in ASCII.")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else type(error).__name__
        raise ExpressionError(
            f"{_shorten(text)} is not an expression that can be read ({reason}). "
            "Write numbers, names, + - * / **, parentheses and functions, such as 'tanh(w * x + b)'."
        ) from None
    return _build(tree.body, text, allowed)


def names(formula: Symbol) -> list[str]:
    """Return the variables of a formula in the order in which they first appear."""
    found: dict[str, None] = {}
    stack = [formula]
    while stack:
        symbol = stack.pop()
        if symbol.primitive is None and symbol.constant is None:
            found.setdefault(symbol.name)
        stack.extend(reversed(symbol.operands))
    return list(found)


def _build(root: ast.expr, text: str, allowed: Collection[str] | None) -> Symbol:
    """Walk the syntax tree without recursion: every node is expanded once and built once."""
    done: dict[ast.expr, Symbol] = {}
    numbers: dict[ast.expr, float] = {}  # the values of parts without a name
    stack: list[tuple[ast.expr, bool]] = [(root, False)]
    while stack:
        node, ready = stack.pop()
        children = _children(node, text)
        if children and not ready:
            stack.append((node, True))
            stack.extend((child, False) for child in children)
            continue
        symbol = done[node] = _symbol(node, [done[child] for child in children], text, allowed)
        if symbol.constant is not None:
            numbers[node] = symbol.constant
        elif children and all(child in numbers for child in children):
            numbers[node] = _number(symbol, numbers, children)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and math.isinf(numbers[node]):
                raise ExpressionError(
                    f"{_shorten(ast.get_source_segment(text.strip(), node) or text)} is a constant that no float can "
                    f"hold: it amounts to {numbers[node]}. Write a number within 1.8e308."
                )
    return done[root]


def _number(symbol: Symbol, numbers: dict[ast.expr, float], children: list[ast.expr]) -> float:
    operands = [numbers[child] for child in children]
    operands += [x.constant for x in symbol.operands[len(operands) :] if x.constant is not None]  # defaults
    result: float = symbol.primitive.scalar(*operands)  # type: ignore[union-attr]
    return result


def _children(node: ast.expr, text: str) -> list[ast.expr]:
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    if isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name) or node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            raise _refused(node, text)
        _operation(node.func.id)  # checked before its operands, so that the message names the call
        return list(node.args)
    return []


def _symbol(node: ast.expr, operands: list[Symbol], text: str, allowed: Collection[str] | None) -> Symbol:
    if isinstance(node, ast.BinOp) and type(node.op) in _INFIX:
        operation: Symbol = getattr(symbols, _INFIX[type(node.op)])(*operands)
        return operation
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -operands[0]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd):
        return operands[0]
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return Symbol.number(number(node.value, "constant"))
    if isinstance(node, ast.Name):
        if allowed is not None and node.id not in allowed:
            raise ExpressionError(_unknown(node.id, "a name with a value", allowed))
        return Symbol.variable(node.id)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _call(node.func.id, operands)
    raise _refused(node, text)


def _operation(name: str) -> Pointwise:
    """Return the record of a call."""
    primitive = TABLE.get(name)
    if not isinstance(primitive, Pointwise):
        known = [key for key, each in TABLE.items() if isinstance(each, Pointwise)]
        raise ExpressionError(_unknown(name, "an operation on numbers", known))
    return primitive


def _call(name: str, operands: list[Symbol]) -> Symbol:
    primitive = _operation(name)
    defaults = [Symbol.number(x) for x in primitive.defaults]
    missing = primitive.arity - len(operands)
    if missing < 0 or missing > len(defaults):
        raise ExpressionError(f"{name} takes {primitive.arity} operands, but {len(operands)} are written.")
    return Symbol(primitive, (*operands, *defaults[len(defaults) - missing :]))


def _unknown(name: str, role: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, known, n=3)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    if role.startswith("a name"):
        given = ", ".join(sorted(known)) or "none"
        return (
            f"{name!r} is not {role}; given are: {given}.{hint} Write {name}=1.5 after the expression to give it one."
        )
    return f"{name!r} is not {role} of the table.{hint}"


def _refused(node: ast.expr, text: str) -> ExpressionError:
    part = _shorten(ast.get_source_segment(text.strip(), node) or text)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
        return ExpressionError(f"{part} has the sign ^. A power is written **: x ** 2.")
    return ExpressionError(
        f"{part} is not allowed in an expression (syntax: {type(node).__name__}). Numbers, names, + - * / **, "
        "parentheses and calls of the table's operations by position are; nothing else is ever evaluated."
    )


def _shorten(text: str) -> str:
    text = repr(text)
    return text if len(text) <= 80 else f"{text[:60]}…{text[-15:]}"
