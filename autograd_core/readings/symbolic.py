r"""Represent formulas as data: a derivative rule read over symbols prints itself.

>>> x = Symbol.variable("x")
>>> str(derivative("tanh", x)[0]), derivative("tanh", x)[0].tex
('1 - tanh(x) ** 2', '1 - \\tanh^2 x')
>>> derivative("tanh", x)[0].exact
'tanh_slope(x)'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..graph.node import number
from ..records.primitive import ATOM, NEGATION, SUM, Form, Primitive, lookup
from .algebra import Algebra


class Symbol:
    """A variable, a constant, or an operation applied to symbols.

    Attributes
    ----------
    constant : float or None
        The number of a constant.
    exact : str
        Python text that parses back and evaluates to the same bits.
    tex : str
        The textbook form in TeX; ``str(symbol)`` is the textbook form as plain text.
    """

    __slots__ = ("constant", "dtype", "name", "operands", "primitive", "shape", "tex_name")

    # Set for a variable that stands for an array, because rules for arrays read its shape.
    shape: tuple[int, ...]
    dtype: Any

    def __init__(
        self,
        primitive: Primitive | None = None,
        operands: tuple[Symbol, ...] = (),
        name: str = "",
        constant: float | None = None,
        tex_name: str = "",
    ) -> None:
        self.primitive = primitive
        self.operands = operands
        self.name = name
        self.constant = constant
        self.tex_name = tex_name or name

    @classmethod
    def variable(cls, name: str, tex: str = "", array: Any = None) -> Symbol:
        """Return a variable, with its name in TeX if that differs, and its array if it stands for one."""
        variable = cls(name=name, tex_name=tex)
        if array is not None:
            variable.shape, variable.dtype = array.shape, array.dtype
        return variable

    @classmethod
    def number(cls, x: float) -> Symbol:
        """Return a constant."""
        return cls(constant=number(x))

    @property
    def exact(self) -> str:
        """Python text that parses back and evaluates to the same bits."""
        return self.printed("text")[0]

    @property
    def tex(self) -> str:
        """The textbook form in TeX."""
        return self.printed("tex")[0]

    def __str__(self) -> str:
        return self.printed("textbook")[0]

    def __repr__(self) -> str:
        return f"Symbol({self})"

    def printed(self, form: str, exact_numbers: bool = False) -> tuple[str, int]:
        """Return the text in one of the forms of the records, and its precedence.

        There is no recursion, because a formula may be as deep as its graph.
        """
        done: dict[int, _Printed] = {}
        stack: list[tuple[Symbol, bool]] = [(self, False)]
        while stack:
            symbol, ready = stack.pop()
            if id(symbol) in done:
                continue
            if symbol.primitive is None:
                done[id(symbol)] = _Printed(*symbol._atom(form, exact_numbers), symbol.constant, form)
            elif ready:
                shape: Form = getattr(symbol.primitive, form)
                text = shape.fill(*(done[id(x)] for x in symbol.operands))
                done[id(symbol)] = _Printed(text, shape.level, None, form)
            else:
                stack.append((symbol, True))
                stack.extend((x, False) for x in symbol.operands)
        return done[id(self)].text, done[id(self)].level

    def _atom(self, form: str, exact: bool) -> tuple[str, int]:
        if self.constant is None:
            return (self.tex_name if form == "tex" else self.name), ATOM
        if self.constant != self.constant and form == "text":
            return "1e999 - 1e999", SUM
        if exact or form == "text":
            text = repr(self.constant).replace("inf", "1e999")  # Python has no other literal for it
        else:
            text = f"{self.constant:.6g}"
            if form == "tex":
                text = text.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")
        return text, NEGATION if text.startswith("-") else ATOM

    def evaluate(self, algebra: Algebra, environment: Mapping[str, Any]) -> Any:
        """Return the value of the formula in an algebra, given the values of its variables."""
        done: dict[int, Any] = {}
        stack: list[tuple[Symbol, bool]] = [(self, False)]
        while stack:
            symbol, ready = stack.pop()
            if id(symbol) in done:
                continue
            if symbol.primitive is None:
                done[id(symbol)] = environment[symbol.name] if symbol.constant is None else symbol.constant
            elif ready:
                operation = getattr(algebra, symbol.primitive.name)
                done[id(symbol)] = operation(*(done[id(x)] for x in symbol.operands))
            else:
                stack.append((symbol, True))
                stack.extend((x, False) for x in reversed(symbol.operands))
        return done[id(self)]

    def __add__(self, other: Any) -> Symbol:
        return _apply(lookup("add"), self, other)

    def __radd__(self, other: Any) -> Symbol:
        return _apply(lookup("add"), other, self)

    def __sub__(self, other: Any) -> Symbol:
        return _apply(lookup("sub"), self, other)

    def __rsub__(self, other: Any) -> Symbol:
        return _apply(lookup("sub"), other, self)

    def __mul__(self, other: Any) -> Symbol:
        return _product(self, _symbol(other))

    def __rmul__(self, other: Any) -> Symbol:
        return _product(_symbol(other), self)

    def __truediv__(self, other: Any) -> Symbol:
        return _apply(lookup("div"), self, other)

    def __rtruediv__(self, other: Any) -> Symbol:
        return _apply(lookup("div"), other, self)

    def __pow__(self, other: Any) -> Symbol:
        return _apply(lookup("pow"), self, other)

    def __rpow__(self, other: Any) -> Symbol:
        return _apply(lookup("pow"), other, self)

    def __neg__(self) -> Symbol:
        if self.constant is not None:
            return Symbol.number(-self.constant)
        return _apply(lookup("neg"), self)


class _Printed:
    """A printed operand: a template's slot ``{0:3}`` puts it in parentheses if its precedence is below 3."""

    __slots__ = ("constant", "form", "level", "text")

    def __init__(self, text: str, level: int, constant: float | None, form: str) -> None:
        self.text, self.level, self.constant, self.form = text, level, constant, form

    def __format__(self, spec: str) -> str:
        if self.level >= int(spec or 0):
            return self.text
        return rf"\left({self.text}\right)" if self.form == "tex" else f"({self.text})"


def _symbol(x: Any) -> Symbol:
    return x if isinstance(x, Symbol) else Symbol.number(x)


def _apply(primitive: Primitive, *operands: Any) -> Symbol:
    return Symbol(primitive, tuple(_symbol(x) for x in operands))


def _product(a: Symbol, b: Symbol) -> Symbol:
    """Return a · b without a factor of ±1; both shortcuts are exact."""
    for one, other in ((a, b), (b, a)):
        if one.constant == 1.0:
            return other
        if one.constant == -1.0:
            return -other
    return _apply(lookup("mul"), a, b)


def _read(primitive: Primitive) -> Any:
    def operation(*operands: Any, **settings: Any) -> Symbol:  # the axes and shapes of arrays are not printed
        return _apply(primitive, *operands)

    return operation


#: The algebra in which every operation builds a formula.
symbols = Algebra("symbols", _read)


def derivative(name: str | Primitive, *operands: Symbol, output: Symbol | None = None) -> tuple[Symbol, ...]:
    """Return the local partial derivatives of an operation as formulas, one for each operand.

    Parameters
    ----------
    name : str or Primitive
        The operation.
    *operands : Symbol
        Its operands.
    output : Symbol, optional
        A name for its result, for rules that use it. Default: the formula of the result.
    """
    primitive: Any = lookup(name) if isinstance(name, str) else name
    y = _apply(primitive, *operands) if output is None else output
    return tuple(_symbol(rule(symbols, y, *operands)) for rule in primitive.partials)


def contribution(
    primitive: Primitive,
    i: int,
    adjoint: Symbol,
    output: Symbol,
    operands: tuple[Symbol, ...],
    params: Mapping[str, Any],
) -> Symbol:
    r"""Return the contribution of an operation to its operand ``i`` as a formula: its rule, read over symbols.

    Examples
    --------
    >>> g, a, b = (Symbol.variable(name) for name in "gab")
    >>> sent = contribution(lookup("matmul"), 1, g, Symbol.variable("y"), (a, b), {})
    >>> str(sent), sent.tex
    ('swap(a) @ g', 'a^{\\top}\\,g')
    """
    named = {name: Symbol.variable(name, array=x) if hasattr(x, "dtype") else x for name, x in params.items()}
    return primitive.contribution(symbols, i, adjoint, output, operands, named)  # type: ignore[no-any-return]
