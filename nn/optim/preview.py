"""Preview a step of an optimizer without doing it: each rule read over symbols.

>>> from autograd_core import Value
>>> from nn import SGD
>>> w = Value(1.0, label="w")
>>> (update,) = SGD([w], lr=0.1, momentum=0.9).planned({w: 2.0})
>>> for term in update.terms:
...     print(term.name, "←", term.formula, "=", term.value)
velocity ← g = 2.0
x ← x - 0.1 * velocity = 0.8
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from autograd_core.readings.symbolic import Symbol

Rule = Callable[[Any, Any, dict[str, Any]], tuple[Any, dict[str, Any]]]


class Term(NamedTuple):
    """One number that an update computes.

    Attributes
    ----------
    name : str
        ``"x"`` for the parameter, else the optimizer's name for the state.
    formula : Symbol
        In x, the gradient g, and the state.
    numbers : mapping
        The value of each name.
    value : float or array
    """

    name: str
    formula: Symbol
    numbers: Mapping[str, Any]
    value: Any


class Update(NamedTuple):
    """The update of one parameter; the last term is its new number."""

    parameter: Any
    before: Any
    gradient: Any
    terms: tuple[Term, ...]
    after: Any


def updates(rule: Rule, parameters: Mapping[Any, tuple[Any, Any, dict[str, Any]]]) -> Iterator[Update]:
    """Yield the updates of parameters, given their numbers, gradients and states."""
    for parameter, (before, gradient, memory) in parameters.items():
        after, remembered = rule(before, gradient, memory)
        known = {"x": before, "g": gradient, **memory}
        formula, formulas = rule(Symbol.variable("x"), Symbol.variable("g"), _symbolic(memory))
        symbolic = {name: x for name, x in formulas.items() if isinstance(x, Symbol)}
        names = {id(symbol): name for name, symbol in symbolic.items()}
        terms = [Term(name, symbol, known, remembered[name]) for name, symbol in symbolic.items()]
        now = {**known, **{name: remembered[name] for name in formulas}}
        terms.append(Term("x", _named(formula, names), now, after))
        yield Update(parameter, before, gradient, tuple(terms), after)


def _symbolic(memory: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state as variables; a count stays a number."""
    return {name: x if isinstance(x, int) else Symbol.variable(name) for name, x in memory.items()}


def _named(formula: Symbol, names: Mapping[int, str]) -> Symbol:
    """Return a formula in which a result just computed is written as its name."""
    if id(formula) in names:
        return Symbol.variable(names[id(formula)])
    if formula.primitive is None:
        return formula
    return Symbol(formula.primitive, tuple(_named(x, names) for x in formula.operands))
