"""Formulas of one graph: what each node computes and what its derivatives are, in names and with numbers put in.

All of it is read from the records: an operation that is registered today is worded and typeset today.

>>> from autograd_core import Value, history
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> c = a * b
>>> wording = Formulas(history(c))
>>> wording.value(c).text, wording.value(c).numbers
('a * b', '2.0000 * (−3.0000)')
>>> wording.partial(c, 0).text
'b'
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from autograd_core.primitive import ATOM, PRODUCT, SUM
from autograd_core.symbolic import Symbol, derivative

from . import labels

__all__ = ["Formula", "Formulas"]


class Formula(NamedTuple):
    """A formula four ways: in names and with numbers, as plain text and as TeX."""

    text: str
    tex: str
    numbers: str
    numbers_tex: str


class Numeral(Symbol):
    """A number in the place of a variable: formatted as pictures do, in parentheses where its sign needs them."""

    __slots__ = ()

    def _atom(self, form: str, *_: Any) -> tuple[str, int]:
        level = SUM if self.name.startswith("−") else PRODUCT if "e" in self.name else ATOM
        return (labels.number_tex(self.name) if form == "tex" else self.name), level


class Formulas:
    """The formulas of the nodes of one history.

    Parameters
    ----------
    order : iterable of nodes
        A history, newest first.
    scopes : iterable of str
        The scope of each node, to tell equal labels apart.
    """

    def __init__(self, order: Iterable[Any], scopes: Iterable[str] = ()) -> None:
        self.names = labels.name_nodes(order, scopes)

    def value(self, node: Any) -> Formula:
        """Return what the node computes: an operation on its operands, or its number if it was given."""
        if node.op is None:
            given = labels.number(node.data)
            return Formula(given, labels.number_tex(given), given, labels.number_tex(given))
        return self._read(node, lambda operands, _: Symbol(node.op, operands))

    def partial(self, node: Any, slot: int) -> Formula:
        """Return the local partial derivative of the node by one of its operands."""
        rules = getattr(node.op, "partials", None)
        if rules is None:  # a linear or bilinear operation sends its transpose, which no number stands for
            text = f"transpose of {node.op.name}"
            return Formula(text, rf"\mathrm{{{text}}}", text, rf"\mathrm{{{text}}}")
        if len(rules) <= slot:
            return self.given(node, slot)
        return self._read(node, lambda operands, y: derivative(node.op, *operands, output=y)[slot])

    def given(self, node: Any, slot: int) -> Formula:
        """Return a partial that was handed over as a number, without a rule."""
        position = sum(1 for x in node.operands[:slot] if x in self.names)
        text = labels.number(node.partials[position])
        return Formula(text, labels.number_tex(text), text, labels.number_tex(text))

    def operand(self, x: Any) -> str:
        """Return the name of an operand, or the constant."""
        return self.names[x] if _is_node(x) and x in self.names else labels.constant(x)

    def _read(self, node: Any, formula: Any) -> Formula:
        named = tuple(self._symbol(x) for x in node.operands)
        numbered = tuple(_numeral(x) for x in node.operands)
        in_names = formula(named, self._symbol(node))
        in_numbers = formula(numbered, _numeral(node))
        multiplied = in_numbers.tex.replace(r"\,", r" \cdot ")  # 2 a is a product, 2 3.0 is a riddle
        return Formula(str(in_names), in_names.tex, str(in_numbers), multiplied)

    def _symbol(self, x: Any) -> Symbol:
        if _is_node(x):
            name = self.names[x]
            return Symbol.variable(name, name.tex)
        return _constant(x)


def _numeral(x: Any) -> Symbol:
    return Numeral(name=labels.operand(x.data)) if _is_node(x) else _constant(x)


def _constant(x: Any) -> Symbol:
    if isinstance(x, (int, float, np.number)) and not isinstance(x, bool):
        return Symbol.number(float(x))
    text = labels.constant(x)
    return Symbol.variable(text, labels.tex_name(text))


def _is_node(x: Any) -> bool:
    return hasattr(x, "operands") and hasattr(x, "op")
