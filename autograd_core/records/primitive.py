"""Define the record of an operation, the only place where it is described.

A record gives a forward formula (a float kernel, an array kernel, text and TeX) and its local partial derivatives. A
partial is written once, as a function ``rule(m, y, *operands)`` of an algebra ``m``, the output ``y`` and the operands.
The algebra determines the meaning of the rule:

==============  ==========================================================
``m`` = floats   the number that labels an edge of a scalar graph
``m`` = arrays   the same, for every lane of an array
``m`` = nodes    a recorded expression, so it can be differentiated again
``m`` = symbols  the formula itself, to be printed as text, source or TeX
==============  ==========================================================

Inside a rule, ``+``, ``-`` and ``*`` may be written infix. Operations for which Python's floats raise exceptions
(division, powers, logarithms, ...) are called on ``m``, whose kernels follow IEEE 754.

>>> from autograd_core.readings.algebra import floats
>>> TABLE["sin"].partials[0](floats, 0.0, 0.0)
1.0
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..errors import RegistrationError, UnknownPrimitiveError

Rule = Callable[..., Any]

#: The precedence of a printed form, as in Python's grammar: an operand of lower precedence gets parentheses.
SUM, PRODUCT, NEGATION, POWER, ATOM = 1, 2, 3, 4, 5


class Form(NamedTuple):
    """A printed form: a template whose slots give the required precedence of their operands.

    ``Form("{0:1} - {1:2}", SUM)`` prints ``a - (b - c)`` with the necessary parentheses. A callable in place of the
    template gets the operands.
    """

    template: str | Callable[..., str]
    level: int = ATOM

    def fill(self, *operands: Any) -> str:
        """Return the form with its slots filled."""
        if callable(self.template):
            return self.template(*operands)
        return self.template.format(*operands)


class Interval(NamedTuple):
    """The open interval from which property tests and checks draw an operand."""

    low: float
    high: float


REAL = Interval(-3.0, 3.0)


@dataclass(frozen=True, eq=False, kw_only=True)
class Primitive:
    """The fields that all kinds of operations share.

    Attributes
    ----------
    name : str
        Its key in the TABLE and its name in every algebra.
    symbol : str
        The text in a picture's box, ``"×"`` or ``"tanh"``. Default: the name.
    operator : str
        Python's infix operator, if there is one.
    text : Form
        The exact printed form: it parses back and evaluates to the same bits.
    textbook : Form
        The textbook form, in the same grammar. Default: the exact form.
    tex : Form
        The form in TeX.
    summary : str
        A line that says what it computes.
    domain : tuple of Interval
        Where it is smooth, one interval for each operand; used by the laws and quoted in error messages.
    kink : str
        The subgradient chosen where there is no derivative, in words.
    source : str
        The source of the derivative: a DLMF section, a paper, a lecture.
    """

    name: str
    symbol: str = ""
    operator: str = ""
    text: Form = Form("")
    textbook: Form = Form("")
    tex: Form = Form("")
    summary: str = ""
    domain: tuple[Interval, ...] = ()
    kink: str = ""
    source: str = ""

    #: Whether an operand that was not selected receives nothing; see Pointwise.
    selects = False

    @property
    def arity(self) -> int:
        """The number of operands."""
        raise NotImplementedError

    def contribution(self, m: Any, i: int, adjoint: Any, y: Any, operands: Sequence[Any], params: Any) -> Any:
        """Return the contribution of an adjoint to operand ``i``, before broadcasting is undone."""
        raise NotImplementedError

    def tangent(self, m: Any, tangents: Sequence[Any], y: Any, operands: Sequence[Any], params: Any) -> Any:
        """Return the tangent of the output from those of the operands; None stands for a constant operand."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def __copy__(self) -> Primitive:
        return self

    def __deepcopy__(self, memo: Any) -> Primitive:
        return self

    def __reduce__(self) -> Any:
        if TABLE.get(self.name) is not self:
            raise RegistrationError(
                f"The record of {self.name!r} is not in the table, so no pickle could name it. Register it, here and "
                "in the program that reads the pickle."
            )
        return lookup, (self.name,)

    def _complete(self) -> None:
        """Set the printed forms that the record leaves to the general rule."""
        slots = ", ".join(f"{{{i}:0}}" for i in range(self.arity))
        fill = object.__setattr__
        if not self.symbol:
            fill(self, "symbol", self.operator or self.name)
        if not self.text.template:
            fill(self, "text", Form(f"{self.name}({slots})"))
        if not self.textbook.template:
            fill(self, "textbook", self.text)
        if not self.tex.template:
            name = self.name.replace("_", r"\_")
            body = rf"\operatorname{{{name}}}\left({slots}\right)"
            fill(self, "tex", Form(body.replace("{" + name + "}", "{{" + name + "}}")))
        if not self.domain:
            fill(self, "domain", (REAL,) * self.arity)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Pointwise(Primitive):
    """An operation on numbers, element by element on arrays, with one local partial for each operand.

    Attributes
    ----------
    scalar : callable
        The kernel on floats. It never raises an error and never returns a complex number: like NumPy, it returns inf or
        nan.
    array : callable
        The kernel on arrays of one dtype.
    partials : tuple of callables
        ``rule(m, y, *operands)``, one for each operand, in order.
    native : str
        A Python condition on the operands (``a``, ``b``). If it holds, Python's own operators evaluate the textbook
        forms to the bits of the kernel, without an exception.
    native_constant : str
        The same for a constant second operand, as the user wrote it: ``type(b) is int and b > 0``.
    defaults : tuple of float
        Defaults of trailing operands.
    selects : bool
        True if a partial of exactly 0 means that the operand was not selected and receives nothing. This is the strong
        zero of ``where``: otherwise 0 · ∞ would give nan in the other branch.
    """

    scalar: Callable[..., float]
    array: Callable[..., Any]
    partials: tuple[Rule, ...]
    native: str = ""
    native_constant: str = ""
    defaults: tuple[float, ...] = ()
    selects: bool = False
    _arity: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_arity", len(self.partials))
        if not self.partials:
            raise RegistrationError(
                f"The record of {self.name!r} declares no partial derivative. Write one rule an operand, "
                "partials=(lambda m, y, x: ...,); an operation with derivative zero says so: lambda m, y, x: 0.0."
            )
        self._complete()

    @property
    def arity(self) -> int:
        """The number of operands."""
        return self._arity

    def contribution(self, m: Any, i: int, adjoint: Any, y: Any, operands: Sequence[Any], params: Any) -> Any:
        """Return adjoint × partial."""
        return scaled(adjoint, self.partials[i](m, y, *operands))

    def tangent(self, m: Any, tangents: Sequence[Any], y: Any, operands: Sequence[Any], params: Any) -> Any:
        """Return the sum of tangent × partial, with the same partials as in reverse mode."""
        terms = [(self.contribution(m, i, t, y, operands, params), i) for i, t in enumerate(tangents) if t is not None]
        if self.selects:  # an operand that was not selected adds nothing, not 0 · inf
            return _added([m.where(self.partials[i](m, y, *operands), term, 0.0) for term, i in terms])
        return _added([term for term, _ in terms])


def scaled(adjoint: Any, partial: Any) -> Any:
    """Return adjoint × partial."""
    if isinstance(partial, float):  # also for NumPy's own scalars, which would change float32
        return adjoint if partial == 1.0 else -adjoint if partial == -1.0 else adjoint * float(partial)
    return adjoint * partial


def _added(terms: list[Any]) -> Any:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Linear(Primitive):
    """An operation that is linear in all operands together: it declares its transpose, and is its own tangent.

    Attributes
    ----------
    array : callable
        ``array(*operands, **params)``.
    transpose : callable
        ``rule(m, adjoint, i, operands, **params)``: the contribution to operand ``i``. It reads only the shapes of the
        operands.
    stacked : callable, optional
        ``rule(m, n, *stacks, **params)``: the same for stacks of n operands along a new first axis, at once.
    operands : int
        The number of operands; 0 for any number.
    """

    array: Callable[..., Any]
    transpose: Rule
    stacked: Rule | None = None
    operands: int = 1

    def __post_init__(self) -> None:
        self._complete()

    @property
    def arity(self) -> int:
        """The number of operands; 0 for any number."""
        return self.operands

    def contribution(self, m: Any, i: int, adjoint: Any, y: Any, operands: Sequence[Any], params: Any) -> Any:
        """Return the transpose applied to the adjoint."""
        return self.transpose(m, adjoint, i, operands, **params)

    def tangent(self, m: Any, tangents: Sequence[Any], y: Any, operands: Sequence[Any], params: Any) -> Any:
        """Return the operation applied to the tangents; the tangent of a constant operand is zeros."""
        return getattr(m, self.name)(*tangents, **params)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Bilinear(Primitive):
    """An operation that is linear in each of two operands: it declares a transpose for each.

    Attributes
    ----------
    array : callable
        ``array(a, b, **params)``.
    transposes : tuple of two callables
        ``rule(m, adjoint, a, b, **params)``.
    """

    array: Callable[..., Any]
    transposes: tuple[Rule, Rule]

    def __post_init__(self) -> None:
        self._complete()

    @property
    def arity(self) -> int:
        """The number of operands."""
        return 2

    def contribution(self, m: Any, i: int, adjoint: Any, y: Any, operands: Sequence[Any], params: Any) -> Any:
        """Return the transpose of slot ``i`` applied to the adjoint."""
        return self.transposes[i](m, adjoint, *operands, **params)

    def tangent(self, m: Any, tangents: Sequence[Any], y: Any, operands: Sequence[Any], params: Any) -> Any:
        """Return the product rule: the operation with each operand in turn replaced by its tangent."""
        apply = getattr(m, self.name)
        (a, b), (da, db) = operands, tangents
        return _added(
            [apply(*pair, **params) for pair in ((da, b), (a, db)) if pair[0] is not None and pair[1] is not None]
        )


#: All operations by name. The order gives the opcodes of a program.
TABLE: dict[str, Primitive] = {}


def lookup(name: str) -> Primitive:
    """Return the record called ``name``; the error for an unknown name lists similar names.

    Raises
    ------
    UnknownPrimitiveError
        If the TABLE has no such operation.
    """
    try:
        return TABLE[name]
    except KeyError:
        close = difflib.get_close_matches(name, TABLE, n=3)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        raise UnknownPrimitiveError(
            f"There is no operation called {name!r} in the table.{hint} "
            "A new one is one record: autograd_core.register(Pointwise(name=..., scalar=..., array=..., partials=...))."
        ) from None


def record(primitive: Primitive) -> Primitive:
    """Enter an operation in the TABLE and return its record.

    Raises
    ------
    RegistrationError
        If it is not a record, or if its name is taken or not an identifier.
    """
    if not isinstance(primitive, Primitive):
        raise RegistrationError(
            f"A record such as Pointwise(name=..., scalar=..., array=..., partials=...) was expected, "
            f"not {type(primitive).__name__}."
        )
    if not primitive.name.isidentifier():
        raise RegistrationError(
            f"{primitive.name!r} cannot name an operation: every algebra has it as m.name, "
            "so it must be a Python identifier, for instance 'my_operation'."
        )
    if primitive.name in TABLE:
        raise RegistrationError(
            f"The table already holds an operation called {primitive.name!r}; an operation is described once. "
            "Choose another name."
        )
    TABLE[primitive.name] = primitive
    return primitive
