"""Write the formulas of one graph: values and derivatives, in names and with numbers substituted.

Everything is read from the records, so an operation that is registered later is written too.

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

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from autograd_core.graph.manual_nodes import GIVEN
from autograd_core.readings.symbolic import Symbol, contribution, derivative, symbols
from autograd_core.records.primitive import ATOM, PRODUCT, SUM, Bilinear, Linear

from ..style import labels


class Formula(NamedTuple):
    """A formula in four forms: names and numbers, as plain text and as TeX."""

    text: str
    tex: str
    numbers: str
    numbers_tex: str


class Numeral(Symbol):
    """A number in the place of a variable, formatted as in pictures, in parentheses if it is negative."""

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
        The scope of each node; it distinguishes equal labels.
    """

    def __init__(self, order: Iterable[Any], scopes: Iterable[str] = ()) -> None:
        self.names = labels.name_nodes(order, scopes)

    def value(self, node: Any) -> Formula:
        """Return the formula of a node: an operation on its operands, or the number of a leaf."""
        if node.op is None:
            given = labels.number(node.data)
            return Formula(given, labels.number_tex(given), given, labels.number_tex(given))
        return self._read(node, lambda operands, _: Symbol(node.op, operands))

    def partial(self, node: Any, slot: int, adjoint: Any = None) -> Formula:
        """Return the local partial derivative of the node by one of its operands.

        For an operation whose contribution is not a product with a partial, return the whole contribution; its numbers
        need the node's adjoint.
        """
        rules = getattr(node.op, "partials", None)
        if rules is None:  # the transpose of a linear or bilinear operation is not one number
            return self.sent(node, slot, adjoint)
        if len(rules) <= slot or node.op is GIVEN:
            return self.given(node, slot)
        return self._read(node, lambda operands, y: derivative(node.op, *operands, output=y)[slot])

    def sent(self, node: Any, slot: int, adjoint: Any = None) -> Formula:
        """Return the contribution of a linear or bilinear operation to an operand: its rule, in the node's adjoint."""
        name = self.names[node]
        in_names = self._rule(node, slot, Symbol.variable(name.adjoint, name.adjoint_tex, _array(node)), self._symbol)
        if adjoint is None:
            return Formula(str(in_names), in_names.tex, "", "")
        in_numbers = self._rule(node, slot, Numeral.variable(labels.operand(adjoint), array=_array(node)), _numeral)
        return Formula(str(in_names), in_names.tex, str(in_numbers), in_numbers.tex.replace(r"\,", r" \cdot "))

    def words(self, node: Any, slot: int) -> str:
        """Return the contribution of a linear or bilinear operation in words; "" if it is a product with a partial."""
        if hasattr(node.op, "partials"):
            return ""
        return in_words(self._rule(node, slot, Symbol.variable("g", array=_array(node)), self._symbol))

    def _rule(self, node: Any, slot: int, adjoint: Symbol, read: Callable[[Any], Symbol]) -> Symbol:
        operands = tuple(read(x) for x in node.operands)
        return contribution(node.op, slot, adjoint, read(node), operands, settings(node))

    def update(self, node: Any, formula: Symbol, numbers: Mapping[str, Any]) -> Formula:
        """Return the formula of an update: x is the parameter, g its gradient, other names are optimizer state."""
        name = self.names[node]
        own = {"x": Symbol.variable(name, name.tex), "g": Symbol.variable(name.adjoint, name.adjoint_tex)}
        named = {key: own.get(key) or Symbol.variable(key, labels.tex_name(key)) for key in numbers}
        in_names = formula.evaluate(symbols, named)
        in_numbers = formula.evaluate(symbols, {key: Numeral(name=labels.operand(x)) for key, x in numbers.items()})
        multiplied = in_numbers.tex.replace(r"\,", r" \cdot ")
        return Formula(str(in_names), in_names.tex, str(in_numbers), multiplied)

    def given(self, node: Any, slot: int) -> Formula:
        """Return a partial that is known as a number only, without a rule."""
        position = sum(1 for x in node.operands[:slot] if x in self.names)
        text = labels.number(node.partials[position])
        return Formula(text, labels.number_tex(text), text, labels.number_tex(text))

    def operand(self, x: Any) -> str:
        """Return the name of an operand, or its number."""
        return self.names[x] if _is_node(x) and x in self.names else labels.constant(x)

    def _read(self, node: Any, formula: Any) -> Formula:
        named = tuple(self._symbol(x) for x in node.operands)
        numbered = tuple(_numeral(x) for x in node.operands)
        in_names = formula(named, self._symbol(node))
        in_numbers = formula(numbered, _numeral(node))
        multiplied = in_numbers.tex.replace(r"\,", r" \cdot ")  # "2 a" reads as a product, "2 3.0" does not
        return Formula(str(in_names), in_names.tex, str(in_numbers), multiplied)

    def _symbol(self, x: Any) -> Symbol:
        if _is_node(x):
            name = self.names[x]
            return Symbol.variable(name, name.tex, _array(x))
        return _constant(x)


def in_words(formula: Symbol) -> str:
    """Return the results of the array operations in a formula in words, outermost first, as in their records.

    >>> from autograd_core.records.primitive import lookup
    >>> in_words(Symbol(lookup("sum_to"), (Symbol.variable("g"),)))
    'sum_to: the sum over the axes that broadcasting repeated'
    """
    found: dict[str, str] = {}
    waiting = [formula]
    while waiting:
        symbol = waiting.pop(0)
        if isinstance(symbol.primitive, (Linear, Bilinear)):
            found[symbol.primitive.operator or symbol.primitive.name] = symbol.primitive.summary
        waiting += symbol.operands
    return "; ".join(f"{name}: {summary}" for name, summary in found.items())


def _numeral(x: Any) -> Symbol:
    if not _is_node(x):
        return _constant(x)
    return Numeral.variable(labels.operand(x.data), array=_array(x))


def _array(x: Any) -> Any:
    """Return the array of a node; None for a number."""
    return x.data if hasattr(x.data, "shape") else None


def settings(node: Any) -> Mapping[str, Any]:
    """Return the settings of an operation; those of a picked number are in its notes."""
    found: Mapping[str, Any] = getattr(node, "params", None) or (node.notes or {}).get("params", {})
    return found


def _constant(x: Any) -> Symbol:
    if isinstance(x, (int, float, np.number)) and not isinstance(x, bool):
        return Symbol.number(float(x))
    text = labels.constant(x)
    return Symbol.variable(text, labels.tex_name(text))


def _is_node(x: Any) -> bool:
    return hasattr(x, "operands") and hasattr(x, "op")
