"""Define the operators and methods of a Tensor, with NumPy's names."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..graph.node import apply
from ..records.primitive import TABLE, Pointwise, lookup
from . import functions as af
from .arguments import copied_index, normalized_axes
from .protocols import ArrayProtocols

ADD, SUB, MUL, DIV, POW, NEG, ABS, SUM, MEAN, GETITEM, PERMUTE = (
    lookup(name) for name in ("add", "sub", "mul", "div", "pow", "neg", "abs", "sum", "mean", "getitem", "permute")
)
MATMUL, MATMUL_TRANSPOSED = lookup("matmul"), lookup("matmul_transposed")


class ArrayOperators(ArrayProtocols):
    """The operators and methods of a Tensor; the pointwise records of the table are added below."""

    __slots__ = ()

    if TYPE_CHECKING:  # at run time it would make every attribute lookup of a Tensor ten times slower

        def __getattr__(self, name: str) -> Any: ...

    def __add__(self, other: Any) -> Any:
        return self._two(ADD, self, other)

    def __radd__(self, other: Any) -> Any:
        return self._two(ADD, other, self)

    def __sub__(self, other: Any) -> Any:
        return self._two(SUB, self, other)

    def __rsub__(self, other: Any) -> Any:
        return self._two(SUB, other, self)

    def __mul__(self, other: Any) -> Any:
        return self._two(MUL, self, other)

    def __rmul__(self, other: Any) -> Any:
        return self._two(MUL, other, self)

    def __truediv__(self, other: Any) -> Any:
        return self._two(DIV, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self._two(DIV, other, self)

    def __pow__(self, other: Any) -> Any:
        return self._two(POW, self, other)

    def __rpow__(self, other: Any) -> Any:
        return self._two(POW, other, self)

    def __matmul__(self, other: Any) -> Any:
        if isinstance(other, ArrayOperators) and self._data.ndim > 1 and other._data.ndim > 1:
            return self._two(MATMUL, self, other)
        return af.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return af.matmul(other, self)

    def matmul_transposed(self, other: Any) -> Any:
        """Return the product with the transpose of another matrix, X Wᵀ, as one operation."""
        if isinstance(other, ArrayOperators) and self._data.ndim > 1 and other._data.ndim > 1:
            return self._two(MATMUL_TRANSPOSED, self, other)
        return af.matmul_transposed(self, other)

    def __neg__(self) -> Any:
        return self._one(NEG)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self._one(ABS)

    def __getitem__(self, index: Any) -> Any:
        return self.bind(GETITEM, (self,), {"index": copied_index(index)})

    def _one(self, primitive: Any, params: Any = ...) -> Any:
        raise NotImplementedError

    def _two(self, primitive: Any, a: Any, b: Any) -> Any:
        raise NotImplementedError

    @property
    def T(self) -> Any:  # noqa: N802 - NumPy's name
        """The array with its axes in reverse order."""
        return self._one(PERMUTE, {"axes": tuple(range(self._data.ndim)[::-1])})

    def sum(self, axis: af.Axis = None, keepdims: bool = False) -> Any:
        """Return the sum over axes."""
        return self._one(SUM, {"axes": normalized_axes(self, axis), "keepdims": bool(keepdims)})

    def mean(self, axis: af.Axis = None, keepdims: bool = False) -> Any:
        """Return the arithmetic mean over axes; nan for no elements, as in NumPy."""
        return self._one(MEAN, {"axes": normalized_axes(self, axis), "keepdims": bool(keepdims)})

    # These functions take the array first, so they serve as methods unchanged.
    var = af.var
    std = af.std
    max = af.max
    min = af.min
    prod = af.prod
    argmax = af.argmax
    argmin = af.argmin
    cumsum = af.cumsum
    astype = af.astype
    swapaxes = af.swapaxes
    squeeze = af.squeeze
    expand_dims = af.expand_dims
    broadcast_to = af.broadcast_to
    repeat = af.repeat
    dot = af.dot

    def reshape(self, *shape: Any) -> Any:
        """Return the same numbers in another shape: ``x.reshape(2, -1)`` or ``x.reshape((2, -1))``."""
        return af.reshape(self, shape[0] if len(shape) == 1 else shape)

    def flatten(self) -> Any:
        """Return the numbers as a vector."""
        return af.reshape(self, (-1,))

    ravel = flatten

    def transpose(self, *axes: Any) -> Any:
        """Return the array with its axes in another order; reversed by default."""
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        return af.permute(self, order or None)

    permute = transpose

    def clip(self, low: Any = None, high: Any = None) -> Any:
        """Return the numbers limited to two bounds; None stands for no bound."""
        low, high = -math.inf if low is None else low, math.inf if high is None else high
        return apply(lookup("clip"), self, low, high)


def _method(primitive: Any) -> Any:
    """Return a pointwise operation as a method."""

    def on_self(self: Any) -> Any:
        return self._one(primitive)

    def on_operands(self: Any, *operands: Any) -> Any:
        return self.bind(primitive, (self, *operands))

    method = on_self if primitive.arity == 1 else on_operands
    method.__name__ = primitive.name
    method.__qualname__ = f"Tensor.{primitive.name}"
    method.__doc__ = f"Return {primitive.summary}."
    return method


for _name, _primitive in TABLE.items():
    if isinstance(_primitive, Pointwise) and not hasattr(ArrayOperators, _name):
        setattr(ArrayOperators, _name, _method(_primitive))
