"""A record as a function that can be called, and the door through which users add theirs."""

from __future__ import annotations

from typing import Any

from . import algebra as algebra  # importing the algebras fills the table
from .errors import ShapeError
from .node import apply
from .primitive import Primitive, record
from .symbolic import Symbol, derivative

__all__ = ["Operation", "register"]


class Operation:
    """A pointwise record as a function of numbers, arrays and nodes."""

    def __init__(self, primitive: Any) -> None:
        self.primitive = primitive
        self.__name__ = self.__qualname__ = primitive.name
        self.__module__ = "autograd_core.functions"
        self.__doc__ = documentation(primitive)

    def __call__(self, *operands: Any) -> Any:
        defaults = self.primitive.defaults
        missing = self.primitive.arity - len(operands)
        if missing < 0 or missing > len(defaults):
            names = ", ".join("xyzw"[: self.primitive.arity])
            raise ShapeError(
                f"{self.__name__}({names}) takes {self.primitive.arity} operands, but {len(operands)} were given."
            )
        return apply(self.primitive, *operands, *defaults[len(defaults) - missing :])

    def __repr__(self) -> str:
        return f"<function {self.__name__}: {self.primitive.summary}>"


def documentation(primitive: Any) -> str:
    """Return the docstring of an operation, all of which is in its record."""
    names = [Symbol.variable(name) for name in "xyzw"[: primitive.arity]]
    lines = [f"Return {primitive.summary}.", "", "Local partial derivatives:", ""]
    lines += [f"* by {x.name}: {d}" for x, d in zip(names, derivative(primitive, *names), strict=True)]
    for title, text in (("Where there is none", primitive.kink), ("Source", primitive.source)):
        if text:
            lines += ["", f"{title}: {text}."]
    return "\n".join(lines)


def register(primitive: Primitive) -> Operation:
    """Add an operation to the table and return it as a function of numbers, arrays, Values and Tensors.

    From then on it has values, gradients of every order, a place in pictures, in printed text and in TeX.

    Parameters
    ----------
    primitive : Primitive
        The record. Its name must be a Python identifier that the table does not hold yet.

    Raises
    ------
    RegistrationError
        If the name is taken or is not an identifier.

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
    return Operation(record(primitive))
