"""What an array node records, and how its record is read: backwards, forwards, and by which numbers.

It keeps its operands and the arrays they had when it was computed; its local partials are read from the rules when a
sweep comes by. So an array that was recorded must not change, and one rule sees to it: the array of a leaf is made
unchangeable by the first operation that reads it, and whoever wants to change the leaf is given a copy.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from ..errors import StaleGraphError
from ..graph.modes import describe, watched
from ..graph.node import WATCHERS, Node, tick
from ..graph.quiet import inside, quiet, quietly
from ..graph.strong_zero import Lanes, plain
from ..readings.batched_adjoints import reading
from ..records.primitive import lookup
from .arguments import misfit
from .contributions import fitted, sent
from .data import as_array

__all__ = ["ALONE", "ArrayNode", "holders"]

new: Any = Node.__new__
ndarray = np.ndarray
NO_PARAMS: dict[str, Any] = {}
PLACE, PICK = lookup("place"), lookup("pick")

#: How many references to an object there are. An implementation of Python that does not count them has "many".
holders: Callable[[Any], int] = getattr(sys, "getrefcount", lambda x: 1000)


def _alone() -> int:
    only = object()
    return holders(only)


#: What ``holders(x)`` says of what the name x alone holds: Pythons differ in whether the call itself is counted.
ALONE = _alone() if hasattr(sys, "getrefcount") else 0


class ArrayNode(Node):
    """An array in a graph."""

    __slots__ = ("__weakref__", "_data", "_grad", "_more", "params", "requires_grad")

    precedence = 2  # a Value that meets a Tensor is lifted into it

    _data: Any
    _grad: Any
    _more: tuple[tuple[Any, ...], tuple[Any, ...]]
    params: dict[str, Any]
    requires_grad: bool

    @property
    def operands(self) -> tuple[Any, ...]:
        """What the operation was applied to, in order: nodes, and numbers for constants."""
        return () if self.op is None else self._more[0]

    # Recording

    def bind(self, primitive: Any, operands: tuple[Any, ...], params: Any = None) -> Any:
        """Apply an operation to Tensors, Values, arrays and numbers, and record it if one requires a gradient."""
        if len(operands) == 1 and operands[0] is self and primitive is not PICK:
            return self._one(primitive, params or NO_PARAMS)
        data: list[Any] = []
        requires = False
        for x in operands:
            if isinstance(x, ArrayNode):
                if x.op is None and x._data.flags.writeable:
                    x._settle()
                data.append(x._data)
                if x.requires_grad:
                    requires = True
            elif type(x) is float:
                data.append(x)
            else:
                return self.bind(primitive, tuple([self._lifted(x, primitive) for x in operands]), params)
        try:
            y = quietly(primitive.array, *data, **params) if params else quietly(primitive.array, *data)
        except (ValueError, IndexError, TypeError) as error:
            raise misfit(primitive, operands, error) from None
        if primitive is PICK:
            return _picked(y, operands, data, params)
        return recorded(type(self), y, primitive, operands, tuple(data), params or NO_PARAMS, requires)

    def _one(self, primitive: Any, params: dict[str, Any] = NO_PARAMS) -> Any:
        """Do what ``bind`` does, for an operation on this array alone."""
        if self.op is None and self._data.flags.writeable:
            self._settle()
        x = self._data
        kernel = primitive.array
        try:
            y = kernel(x, **params) if inside() else quiet.run(kernel, x, **params)
        except (ValueError, IndexError, TypeError) as error:
            raise misfit(primitive, (self,), error) from None
        return recorded(type(self), y, primitive, (self,), (x,), params, self.requires_grad)

    def _two(self, primitive: Any, a: Any, b: Any) -> Any:
        """Do what ``bind`` does, for two operands, each an array node or a float."""
        x, y, requires = a, b, False
        if type(a) is not float:
            if not isinstance(a, ArrayNode):
                return self.bind(primitive, (a, b))
            if a.op is None and a._data.flags.writeable:
                a._settle()
            x, requires = a._data, a.requires_grad
        if type(b) is not float:
            if not isinstance(b, ArrayNode):
                return self.bind(primitive, (a, b))
            if b.op is None and b._data.flags.writeable:
                b._settle()
            y, requires = b._data, requires or b.requires_grad
        kernel = primitive.array
        try:
            z = kernel(x, y) if inside() else quiet.run(kernel, x, y)
        except (ValueError, TypeError) as error:
            raise misfit(primitive, (a, b), error) from None
        return recorded(type(self), z, primitive, (a, b), (x, y), NO_PARAMS, requires)

    def _settle(self) -> None:
        """Make the array of a leaf unchangeable, since it is about to be recorded.

        If others hold it, perhaps by a view that could still be written to, it is left to them, and writing to it
        made an error, since it would no longer reach this leaf.
        """
        if holders(self._data) > 2:  # this slot, and the argument
            self._data.setflags(False)
            self._data = self._data.copy("K")
        self._data.setflags(False)

    def _lifted(self, x: Any, primitive: Any) -> Any:
        """Return an operand as an array node or a float."""
        if isinstance(x, ArrayNode):
            return x
        if isinstance(x, Node):  # a Value, as an array of shape () through which gradients flow back to it
            return self.from_values(PLACE, (x,), {"index": (), "shape": ()})
        if isinstance(x, (bool, int, float, np.integer, np.floating, np.bool_)):
            return float(x)
        return recorded(type(self), as_array(x, f"other operand of {primitive.name}"), None, (), (), NO_PARAMS, False)

    @classmethod
    def from_values(cls, primitive: Any, values: tuple[Any, ...], params: Any = None) -> Self:
        """Record an operation that makes an array from Values."""
        params = params or NO_PARAMS
        data = tuple([value._data for value in values])
        return recorded(cls, primitive.array(*data, **params), primitive, tuple(values), data, params, True)  # type: ignore[no-any-return]

    # Reading

    def pull(self, adjoint: Any, wanted: Any = None) -> tuple[Any, ...]:
        """Return what the adjoint contributes to every parent, as arrays, nodes or rows, as it is one."""
        if self.op is None:
            return ()
        contributions = quietly(self.contributions, adjoint, wanted)
        return tuple([c for x, c in zip(self._more[0], contributions, strict=True) if type(x) is not float])

    def contributions(self, adjoint: Any, wanted: Any = None) -> list[Any]:
        """Return what the adjoint contributes to every operand; None where nothing is sent."""
        op: Any = self.op
        operands, data = self._more
        y, x, params = self._data, data, self.params
        reached = adjoint.reached if type(adjoint) is Lanes else None
        adjoint = plain(adjoint)
        m, recorded = reading(adjoint)
        if recorded:
            self._check_fresh(operands, data)
            y, x = self, operands
        contributions: list[Any] = []
        for i, parent in enumerate(operands):
            contribution = None
            if type(parent) is not float and parent.requires_grad and (wanted is None or parent in wanted):
                if reached is not None or op.selects:
                    contribution = sent(self, i, m, adjoint, reached, y, x)
                else:
                    contribution = op.contribution(m, i, adjoint, y, x, params)
                    if isinstance(parent, ArrayNode):
                        contribution = fitted(m, contribution, parent._data)
            contributions.append(contribution)
        return contributions

    def push(self, tangents: list[Any]) -> Any:
        """Return the tangent of this node, given those of its operands; None stands for a constant operand."""
        op: Any = self.op
        operands, data = self._more
        m, recorded = reading(next(t for t in tangents if t is not None))
        if op.arity == 0:  # linear in any number of operands together: a constant one moves by zero
            tangents = [x.zero() if t is None else t for t, x in zip(tangents, operands, strict=True)]
        if recorded:
            self._check_fresh(operands, data)
        y, x = (self, operands) if recorded else (self._data, data)
        tangent = op.tangent(m, tangents, y, x, self.params)
        if tangent.shape != self._data.shape:
            tangent = m.broadcast_to(tangent, shape=self._data.shape)
        return tangent if tangent.dtype == self._data.dtype else m.cast(tangent, dtype=self._data.dtype)

    def _check_fresh(self, operands: tuple[Any, ...], data: tuple[Any, ...]) -> None:
        """Refuse to mix the numbers of two points: rules read on nodes see the present ones."""
        for x, recorded in zip(operands, data, strict=True):
            if isinstance(x, ArrayNode) and x._data is not recorded and not np.array_equal(x._data, recorded, True):
                raise StaleGraphError(
                    f"The data of {x._name()} was changed after {describe(self)[:80]} was recorded. A derivative that "
                    "can be differentiated again reads the numbers of the graph, so run the forward pass again."
                )

    # What a sweep gives

    def accept(self, adjoint: Any) -> None:
        """Take the adjoint of a finished sweep: leaves accumulate, intermediate nodes start from zero."""
        if self.requires_grad:
            self._grad = self.accepted(np.array(plain(adjoint)) if self.op is None else plain(adjoint))

    def accepted(self, adjoint: Any) -> Any:
        """Return the gradient of this node after a sweep; a leaf is given an adjoint to keep."""
        if self.op is None:
            return adjoint if self._grad is None else np.asarray(self._grad + adjoint)
        adjoint = np.asarray(adjoint)
        adjoint.setflags(False)  # it may be another node's as well; ``grad`` gives a copy that is not
        return adjoint

    def zero(self) -> Any:
        """Return the adjoint of a node that nothing was sent to."""
        return np.zeros_like(self._data)

    def finite(self, adjoint: Any) -> bool:
        """Whether an adjoint of this node is finite."""
        return bool(np.isfinite(adjoint._data if isinstance(adjoint, ArrayNode) else adjoint).all())

    def is_finite(self) -> bool:
        """Whether no element is infinite or nan."""
        return bool(np.isfinite(self._data).all())

    def _name(self) -> str:
        """Return how error messages call this node."""
        if self.label:
            return f"the Tensor {self.label!r}"
        return "the Tensor" if self.op is None else f"the result of {self.op.name}"


def recorded(kind: Any, y: Any, op: Any, operands: Any, data: Any, params: Any, requires: bool) -> Any:
    """Return the node of a result, with its history if an operand requires a gradient."""
    node = new(kind)
    node._data = y if type(y) is ndarray else np.asarray(y)
    node._grad = node._notes = None
    node.index = tick()
    node.params = params
    node.requires_grad = requires
    if requires:
        node.op = op
        node._more = (operands, data)
    else:
        node.op = None
    return watched(node) if WATCHERS else node


def _picked(y: float, kept: Any, data: list[Any], params: Any) -> Any:
    """Record a Value picked from an array."""
    from ..scalar.value import Value

    value = Value(y)
    if kept[0].requires_grad:
        value.op = PICK
        value.note("operands", (kept, tuple(data)))
        value.note("params", params)
    return watched(value) if WATCHERS else value
