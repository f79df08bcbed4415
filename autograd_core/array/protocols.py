"""What Python and NumPy ask of an array that is not one: how long, how true, which number, what to compare.

Where an answer would cut a recorded number off from its history without a word, it is refused, and the explicit way
named: ``t.item()``, ``t.numpy()``, ``t.detach()``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..errors import GraphError, OperandError, ShapeError
from ..graph.node import Node
from ..records.primitive import lookup
from .arguments import misfit, named, raw

__all__ = ["ArrayProtocols"]


class ArrayProtocols(Node):
    """How a Tensor behaves in ``for``, ``if``, ``len``, ``float``, ``in``, f-strings and NumPy's hands."""

    __slots__ = ()

    _data: Any

    def __len__(self) -> int:
        if not self._data.ndim:
            raise OperandError(f"The {named(self)} is a single number and has no length.")
        return len(self._data)

    def __iter__(self) -> Iterator[Any]:
        if not self._data.ndim:
            raise OperandError(f"The {named(self)} is a single number; there is nothing in it to go through.")
        return (self[i] for i in range(len(self._data)))

    def __contains__(self, number: Any) -> bool:
        return bool((self._data == raw(number)).any())

    def __bool__(self) -> bool:
        if self._data.size != 1:
            raise ShapeError(
                f"The {named(self)} has {self._data.size} elements: is it true or false? Ask about its numbers, "
                "(t > 0).any() or (t > 0).all()."
            )
        return bool(self._data.reshape(()))

    def __float__(self) -> float:
        self._refuse("float(t)", "t.item() for its number; an operation of autograd_core.functions goes on recording")
        return self.item()

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self._refuse("Making an array of it", "t.numpy() for its numbers, or t.detach() for a Tensor of them")
        return np.array(self._data, dtype)

    def _refuse(self, what: str, instead: str) -> None:
        if self.requires_grad:
            raise GraphError(
                f"The {named(self)} requires a gradient. {what} would forget how it was computed; write {instead}."
            )

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else repr(self)

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError

    def __setitem__(self, index: Any, number: Any) -> None:
        raise OperandError(
            "The elements of a Tensor cannot be assigned, since what was computed from them would no longer agree. "
            "functions.where(mask, new, t) gives a new Tensor; the numbers of a parameter are t.data[...] = number."
        )

    def __delitem__(self, index: Any) -> None:
        raise OperandError("The elements of a Tensor cannot be deleted. Select the others, t[mask].")

    def __lt__(self, other: Any) -> Any:
        return compared(np.less, self, other)

    def __le__(self, other: Any) -> Any:
        return compared(np.less_equal, self, other)

    def __gt__(self, other: Any) -> Any:
        return compared(np.greater, self, other)

    def __ge__(self, other: Any) -> Any:
        return compared(np.greater_equal, self, other)


def compared(relation: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    """Return where a relation between the numbers holds, as an array of bool: it has no derivative."""
    numbers = raw(b)
    if numbers is not b and not isinstance(b, Node) and numbers.dtype.kind not in "fiub":
        raise OperandError(f"A Tensor is compared with numbers and arrays, not with the {type(b).__name__} {b!r}.")
    try:
        return relation(a._data, numbers)
    except ValueError as error:
        raise misfit(lookup(relation.__name__), (a, b), error) from None
