"""Implement Python's and NumPy's protocols for Tensors: length, iteration, truth, conversion, comparison.

A conversion that would lose the history raises an error, which names the explicit call: ``t.item()``, ``t.numpy()``,
``t.detach()``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..errors import GraphError, OperandError, ShapeError
from ..graph.node import Node
from ..records.primitive import lookup
from .arguments import described, operand_error, raw


class ArrayProtocols(Node):
    """The behavior of a Tensor in ``for``, ``if``, ``len``, ``float``, ``in``, f-strings and NumPy functions."""

    __slots__ = ()

    _data: Any

    def __len__(self) -> int:
        if not self._data.ndim:
            raise OperandError(f"The {described(self)} is a single number and has no length.")
        return len(self._data)

    def __iter__(self) -> Iterator[Any]:
        if not self._data.ndim:
            raise OperandError(f"The {described(self)} is a single number and cannot be iterated over.")
        return (self[i] for i in range(len(self._data)))

    def __contains__(self, number: Any) -> bool:
        return bool((self._data == raw(number)).any())

    def __bool__(self) -> bool:
        if self._data.size != 1:
            raise ShapeError(
                f"The {described(self)} has {self._data.size} elements, so its truth value is ambiguous. Use "
                "(t > 0).any() or (t > 0).all()."
            )
        return bool(self._data.reshape(()))

    def __float__(self) -> float:
        self._refuse("float(t)", "t.item() for its number, or a recorded operation of autograd_core.functions")
        return self.item()

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self._refuse("np.asarray(t)", "t.numpy() for its numbers, or t.detach() for a Tensor of them")
        return np.array(self._data, dtype)

    def _refuse(self, call: str, instead: str) -> None:
        if self.requires_grad:
            raise GraphError(
                f"The {described(self)} requires a gradient. {call} would lose its history; write {instead}."
            )

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else repr(self)

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError

    def __setitem__(self, index: Any, number: Any) -> None:
        raise OperandError(
            "The elements of a Tensor cannot be assigned, because recorded results depend on them. "
            "functions.where(mask, new, t) gives a new Tensor; t.data[...] = number changes a parameter."
        )

    def __delitem__(self, index: Any) -> None:
        raise OperandError("The elements of a Tensor cannot be deleted. Select the others: t[mask].")

    def __lt__(self, other: Any) -> Any:
        return compared(np.less, self, other)

    def __le__(self, other: Any) -> Any:
        return compared(np.less_equal, self, other)

    def __gt__(self, other: Any) -> Any:
        return compared(np.greater, self, other)

    def __ge__(self, other: Any) -> Any:
        return compared(np.greater_equal, self, other)


def compared(relation: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    """Return where a relation between the numbers holds, as an array of bool without a derivative."""
    numbers = raw(b)
    if numbers is not b and not isinstance(b, Node) and numbers.dtype.kind not in "fiub":
        raise OperandError(f"A Tensor is compared with numbers and arrays, not with the {type(b).__name__} {b!r}.")
    try:
        return relation(a._data, numbers)
    except ValueError as error:
        raise operand_error(lookup(relation.__name__), (a, b), error) from None
