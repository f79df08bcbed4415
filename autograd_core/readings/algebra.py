"""Define the algebras over which a derivative rule is read.

>>> from autograd_core.records.primitive import TABLE
>>> rule = TABLE["sin"].partials[0]
>>> rule(floats, 0.0, 0.0)
1.0
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..graph.node import apply
from ..records import rules as rules  # importing the records fills the table
from ..records.primitive import TABLE, Primitive, lookup


class Algebra:
    """A namespace in which ``m.tanh`` is the record of tanh, read in this algebra."""

    def __init__(self, name: str, read: Callable[[Primitive], Callable[..., Any]]) -> None:
        self._name = name
        self._read = read

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = self._read(lookup(name))
        setattr(self, name, operation)  # cached as an attribute
        return operation

    def __dir__(self) -> list[str]:
        return [*TABLE]

    def __repr__(self) -> str:
        return f"<algebra of {self._name}: {len(TABLE)} operations>"


def _scalar(primitive: Any) -> Any:
    return primitive.scalar


def _array(primitive: Any) -> Any:
    return primitive.array


floats = Algebra("floats", _scalar)
arrays = Algebra("arrays", _array)


def _node(primitive: Primitive) -> Callable[..., Any]:
    return partial(apply, primitive)


nodes = Algebra("nodes", _node)
