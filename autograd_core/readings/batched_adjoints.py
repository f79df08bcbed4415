"""Sweep many adjoints at once: a stack of them, read by the same records.

A sweep computes one row of a Jacobian. Rows differ only in their seeds, so all can be swept together if every adjoint
has one more axis, the first. Pointwise rules work element by element and need no change, and matrix products accept
stacks. A linear record says how its settings change (``Linear.stacked``); without that, its rows are computed one by
one. The same holds for many tangents in forward mode, and for recorded nodes, so rows can be differentiated again.

>>> import numpy as np
>>> from autograd_core import Tensor, sweep
>>> x = Tensor([2.0, 3.0], requires_grad=True)
>>> y = x * x
>>> for node, adjoint, _ in sweep(y, Rows(np.eye(2))):
...     if node is x:
...         print(adjoint.stack.tolist())
[[4.0, 0.0], [0.0, 6.0]]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..graph.node import Node
from ..graph.strong_zero import plain
from ..records.primitive import Linear, Primitive
from .algebra import Algebra, arrays, nodes


class Rows:
    r"""A stack of adjoints or tangents along a new first axis, used in place of a single one.

    Attributes
    ----------
    stack : ndarray or Tensor
        Of shape (n, \*shape).
    shape : tuple of int
        The shape of each row, as rules see it.
    """

    __slots__ = ("stack",)
    __array_ufunc__ = None  # array * Rows calls Rows

    def __init__(self, stack: Any) -> None:
        self.stack = stack

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of each row."""
        return self.stack.shape[1:]  # type: ignore[no-any-return]

    @property
    def dtype(self) -> Any:
        """The type of the numbers."""
        return self.stack.dtype

    @property
    def recorded(self) -> bool:
        """Return whether the rows are nodes, which can be differentiated again."""
        return isinstance(self.stack, Node)

    def __add__(self, other: Any) -> Rows:
        a, b = _side_by_side(self, other)
        return Rows(a + b)

    __radd__ = __add__

    def __mul__(self, other: Any) -> Rows:
        a, b = _side_by_side(self, other)
        return Rows(a * b)

    __rmul__ = __mul__

    def __neg__(self) -> Rows:
        return Rows(-self.stack)


def _side_by_side(*operands: Any) -> list[Any]:
    """Return stacks and other operands with axes aligned, so that the axes of each row meet those of the others."""
    operands = tuple(map(plain, operands))
    ranks = [len(x.shape) if isinstance(x, (Rows, np.ndarray)) else getattr(x, "ndim", 0) for x in operands]
    rank = max(ranks)
    return [
        x.stack.reshape((len(x.stack), *(1,) * (rank - own), *x.shape)) if isinstance(x, Rows) and own < rank
        else x.stack if isinstance(x, Rows) else x
        for x, own in zip(operands, ranks, strict=True)
    ]  # fmt: skip


def _stacked(base: Algebra) -> Callable[[Primitive], Callable[..., Any]]:
    """Return the reading of a record for operands that may be rows: the algebra of their stacks, row by row."""

    def read(primitive: Primitive) -> Callable[..., Any]:
        one = getattr(base, primitive.name)

        def operation(*operands: Any, **params: Any) -> Any:
            length = next((len(x.stack) for x in operands if isinstance(x, Rows)), None)
            if length is None:
                return one(*operands, **params)
            if not isinstance(primitive, Linear):
                return Rows(one(*_side_by_side(*operands), **params))
            if primitive.stacked is None:
                return Rows(_one_by_one(base, one, length, operands, params))
            stacks = [
                x.stack if isinstance(x, Rows) else base.broadcast_to(x, shape=(length, *np.shape(x))) for x in operands
            ]
            return Rows(primitive.stacked(base, length, *stacks, **params))

        return operation

    return read


def _one_by_one(base: Algebra, one: Callable[..., Any], length: int, operands: Any, params: Any) -> Any:
    """Return the results of an operation that accepts no stacks."""
    results = []
    for i in range(length):
        row = one(*(base.getitem(x.stack, index=i) if isinstance(x, Rows) else x for x in operands), **params)
        results.append(base.reshape(row, shape=(1, *np.shape(row))))
    return base.concatenate(*results, axis=0)


rows_of_arrays = Algebra("rows of arrays", _stacked(arrays))
rows_of_nodes = Algebra("rows of nodes", _stacked(nodes))


def reading(adjoint: Any) -> tuple[Algebra, bool]:
    """Return the algebra for an adjoint, and whether its results are recorded."""
    if isinstance(adjoint, Node):
        return nodes, True
    if type(adjoint) is Rows:
        return (rows_of_nodes, True) if adjoint.recorded else (rows_of_arrays, False)
    return arrays, False
