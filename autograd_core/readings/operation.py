"""Call records as functions, and register new ones."""

from __future__ import annotations

from typing import Any

from ..errors import RegistrationError, ShapeError
from ..graph.node import apply
from ..records.primitive import TABLE, Pointwise, Primitive, record
from . import algebra as algebra  # importing the algebras fills the table
from .symbolic import Symbol, derivative


class Operation:
    """A record as a function of numbers, arrays and nodes; settings are keyword arguments."""

    def __init__(self, primitive: Any) -> None:
        self.primitive = primitive
        self.__name__ = self.__qualname__ = primitive.name
        self.__module__ = "autograd_core.functions"
        self.__doc__ = documentation(primitive)

    def __call__(self, *operands: Any, **params: Any) -> Any:
        """Apply the operation, with defaults for omitted operands."""
        primitive = self.primitive
        if len(operands) == primitive.arity:
            return apply(primitive, *operands, **params)
        defaults = getattr(primitive, "defaults", ())
        arity = primitive.arity or len(operands)  # 0 means any number
        missing = arity - len(operands)
        if missing < 0 or missing > len(defaults):
            raise ShapeError(
                f"{self.__name__}({', '.join(operand_names(arity))}) takes {arity} operand{'s' * (arity != 1)}, "
                f"but {len(operands)} were given."
            )
        return apply(primitive, *operands, *defaults[len(defaults) - missing :], **params)

    def __repr__(self) -> str:
        return f"<function {self.__name__}: {self.primitive.summary}>"


def operand_names(arity: int) -> list[str]:
    """Return names for the operands of an operation: x, y, z, w, or numbered ones if there are more."""
    return list("xyzw"[:arity]) if arity <= 4 else [f"x{i}" for i in range(arity)]


def documentation(primitive: Any) -> str:
    """Return the docstring of an operation, built from its record."""
    lines = [f"Return {primitive.summary or primitive.name}."]
    if isinstance(primitive, Pointwise):
        names = [Symbol.variable(name) for name in operand_names(primitive.arity)]
        lines += ["", "Local partial derivatives:", ""]
        lines += [f"* by {x.name}: {d}" for x, d in zip(names, derivative(primitive, *names), strict=True)]
    for title, text in (("Where there is none", primitive.kink), ("Source", primitive.source)):
        if text:
            lines += ["", f"{title}: {text}."]
    return "\n".join(lines)


def register(primitive: Primitive) -> Operation:
    """Add an operation to the table and return it as a function of numbers, arrays, Values and Tensors.

    The operation then has values, gradients of every order, and a form in pictures, text and TeX.

    Parameters
    ----------
    primitive : Primitive
        The record. Its name must be a Python identifier that is not in the TABLE yet.

    Raises
    ------
    RegistrationError
        If the name is taken or not an identifier, or if a partial is not an expression over its algebra.

    See Also
    --------
    check_primitive : run the laws on a record before trusting it.

    Examples
    --------
    >>> from autograd_core import TABLE, Pointwise, Value
    >>> cube = register(Pointwise(
    ...     name="doctest_cube", scalar=lambda x: x * x * x, array=lambda x: x * x * x,
    ...     summary="the cube of a number", partials=(lambda m, y, x: 3.0 * x * x,)))
    >>> x = Value(2.0)
    >>> cube(x).backward()
    >>> x.grad
    12.0
    >>> del TABLE["doctest_cube"]
    """
    record(primitive)
    try:
        return Operation(primitive)
    except Exception as error:
        del TABLE[primitive.name]
        raise RegistrationError(
            f"The partials of {primitive.name!r} cannot be read as formulas: {type(error).__name__}, {error}. "
            "A rule is one expression over the algebra m, so that it can be printed and differentiated again: "
            "m.where(m.greater(x, 0.0), a, b) instead of if, m.log(x) instead of math.log(x)."
        ) from error
