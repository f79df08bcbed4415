"""Record operations on arrays, and apply their rules in reverse and forward mode.

A node keeps its operands and their arrays. A sweep computes the local partials from these arrays. So a recorded array
must not change: the first operation that reads a leaf makes its array read-only. Later writes to ``data`` get a copy.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from ..errors import StaleGraphError
from ..graph.modes import describe, watched
from ..graph.node import WATCHERS, Node, tick
from ..graph.numpy_warnings import inside, quiet, quietly
from ..graph.strong_zero import Lanes, plain
from ..readings.algebra import arrays
from ..readings.batched_adjoints import reading
from ..records.kernels.linear import sum_to
from ..records.primitive import Bilinear, Linear, lookup
from .arguments import as_array, operand_error

new: Any = Node.__new__
ndarray = np.ndarray
NO_PARAMS: dict[str, Any] = {}
PLACE, PICK = lookup("place"), lookup("pick")

#: The number of references to an object; a large number if this Python does not count references.
reference_count: Callable[[Any], int] = getattr(sys, "getrefcount", lambda x: 1000)


def _sole_reference() -> int:
    x = object()
    return reference_count(x)


#: ``reference_count(x)`` if the name x is the only reference; some Pythons count the argument, some do not.
SOLE_REFERENCE = _sole_reference() if hasattr(sys, "getrefcount") else 0


class ArrayNode(Node):
    """A node that holds an array."""

    __slots__ = ("__weakref__", "_data", "_grad", "_more", "params", "requires_grad")

    precedence = 2  # an operation on a Value and a Tensor gives a Tensor

    _data: Any
    _grad: Any
    _more: tuple[tuple[Any, ...], tuple[Any, ...]]
    params: dict[str, Any]
    requires_grad: bool

    @property
    def operands(self) -> tuple[Any, ...]:
        """The operands in order: nodes, and numbers for constants."""
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
                    x._freeze()
                data.append(x._data)
                if x.requires_grad:
                    requires = True
            elif type(x) is float:
                data.append(x)
            else:
                return self.bind(primitive, tuple([self._as_array_node(x, primitive) for x in operands]), params)
        try:
            y = quietly(primitive.array, *data, **params) if params else quietly(primitive.array, *data)
        except (ValueError, IndexError, TypeError) as error:
            raise operand_error(primitive, operands, error) from None
        if primitive is PICK:
            return _picked(y, operands, data, params)
        return recorded(type(self), y, primitive, operands, tuple(data), params or NO_PARAMS, requires)

    def _one(self, primitive: Any, params: dict[str, Any] = NO_PARAMS) -> Any:
        """Apply an operation to this array alone, faster than ``bind``."""
        if self.op is None and self._data.flags.writeable:
            self._freeze()
        x = self._data
        kernel = primitive.array
        try:
            y = kernel(x, **params) if inside() else quiet.run(kernel, x, **params)
        except (ValueError, IndexError, TypeError) as error:
            raise operand_error(primitive, (self,), error) from None
        return recorded(type(self), y, primitive, (self,), (x,), params, self.requires_grad)

    def _two(self, primitive: Any, a: Any, b: Any) -> Any:
        """Apply an operation to two operands, faster than ``bind`` for array nodes and floats."""
        x, y, requires = a, b, False
        if type(a) is not float:
            if not isinstance(a, ArrayNode):
                return self.bind(primitive, (a, b))
            if a.op is None and a._data.flags.writeable:
                a._freeze()
            x, requires = a._data, a.requires_grad
        if type(b) is not float:
            if not isinstance(b, ArrayNode):
                return self.bind(primitive, (a, b))
            if b.op is None and b._data.flags.writeable:
                b._freeze()
            y, requires = b._data, requires or b.requires_grad
        kernel = primitive.array
        try:
            z = kernel(x, y) if inside() else quiet.run(kernel, x, y)
        except (ValueError, TypeError) as error:
            raise operand_error(primitive, (a, b), error) from None
        return recorded(type(self), z, primitive, (a, b), (x, y), NO_PARAMS, requires)

    def _freeze(self) -> None:
        """Make the array of a leaf read-only before it is recorded.

        If other references exist, perhaps a writable view, the leaf takes a copy. The other array becomes read-only
        too, because a write to it would no longer change this leaf.
        """
        if reference_count(self._data) > 2:  # this slot, and the argument
            self._data.setflags(False)
            self._data = self._data.copy("K")
        self._data.setflags(False)

    def _as_array_node(self, x: Any, primitive: Any) -> Any:
        """Return an operand as an array node or a float."""
        if isinstance(x, ArrayNode):
            return x
        if isinstance(x, Node):  # a Value becomes a recorded array of shape ()
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

    def pull(self, adjoint: Any, targets: Any = None) -> tuple[Any, ...]:
        """Return the contribution to every parent, in the type of the adjoint: array, node or Rows."""
        if self.op is None:
            return ()
        contributions = quietly(self.contributions, adjoint, targets)
        return tuple([c for x, c in zip(self._more[0], contributions, strict=True) if type(x) is not float])

    def contributions(self, adjoint: Any, targets: Any = None) -> list[Any]:
        """Return the contribution to every operand, or None for no contribution."""
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
            if type(parent) is not float and parent.requires_grad and (targets is None or parent in targets):
                if reached is not None or op.selects:
                    contribution = masked_contribution(self, i, m, adjoint, reached, y, x)
                else:
                    contribution = op.contribution(m, i, adjoint, y, x, params)
                    if isinstance(parent, ArrayNode):
                        contribution = unbroadcast(m, contribution, parent._data)
            contributions.append(contribution)
        return contributions

    def push(self, tangents: list[Any]) -> Any:
        """Return the tangent of this node, given those of its operands; None stands for a constant operand."""
        op: Any = self.op
        operands, data = self._more
        m, recorded = reading(next(t for t in tangents if t is not None))
        if op.arity == 0:  # linear in all operands together: a constant operand has tangent zero
            tangents = [x.zero() if t is None else t for t, x in zip(tangents, operands, strict=True)]
        if recorded:
            self._check_fresh(operands, data)
        y, x = (self, operands) if recorded else (self._data, data)
        tangent = op.tangent(m, tangents, y, x, self.params)
        if tangent.shape != self._data.shape:
            tangent = m.broadcast_to(tangent, shape=self._data.shape)
        return tangent if tangent.dtype == self._data.dtype else m.cast(tangent, dtype=self._data.dtype)

    def _check_fresh(self, operands: tuple[Any, ...], data: tuple[Any, ...]) -> None:
        """Raise StaleGraphError if an operand changed: rules applied to nodes read the current numbers."""
        for x, recorded in zip(operands, data, strict=True):
            if isinstance(x, ArrayNode) and x._data is not recorded and not np.array_equal(x._data, recorded, True):
                raise StaleGraphError(
                    f"The data of {x._name()} was changed after {describe(self)[:80]} was recorded. A derivative that "
                    "can be differentiated again reads the numbers of the graph, so run the forward pass again."
                )

    # Results of a sweep

    def accept(self, adjoint: Any) -> None:
        """Store the adjoint of a finished sweep: leaves accumulate, intermediate nodes start from zero."""
        if self.requires_grad:
            self._grad = self.accepted(np.array(plain(adjoint)) if self.op is None else plain(adjoint))

    def accepted(self, adjoint: Any) -> Any:
        """Return the gradient of this node after a sweep; a leaf may keep the adjoint itself."""
        if self.op is None:
            return adjoint if self._grad is None else np.asarray(self._grad + adjoint)
        adjoint = np.asarray(adjoint)
        adjoint.setflags(False)  # other nodes may share it; ``grad`` returns a writable copy
        return adjoint

    def zero(self) -> Any:
        """Return the adjoint of a node without contributions."""
        return np.zeros_like(self._data)

    def finite(self, adjoint: Any) -> bool:
        """Whether an adjoint of this node is finite."""
        return bool(np.isfinite(adjoint._data if isinstance(adjoint, ArrayNode) else adjoint).all())

    def is_finite(self) -> bool:
        """Whether no element is infinite or nan."""
        return bool(np.isfinite(self._data).all())

    def _name(self) -> str:
        """Return the name of this node in error messages."""
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


def _picked(y: float, operands: Any, data: list[Any], params: Any) -> Any:
    """Record a Value picked from an array."""
    from ..scalar.value import Value

    value = Value(y)
    if operands[0].requires_grad:
        value.op = PICK
        value.note("operands", (operands, tuple(data)))
        value.note("params", params)
    return watched(value) if WATCHERS else value


def unbroadcast(m: Any, contribution: Any, data: Any) -> Any:
    """Return a contribution in the shape and dtype of an array: undo broadcasting and type promotion."""
    if contribution.shape != data.shape:
        contribution = m.sum_to(contribution, shape=data.shape)
    if contribution.dtype is not data.dtype and contribution.dtype != data.dtype:
        contribution = m.cast(contribution, dtype=data.dtype)
    return contribution


def masked_contribution(node: Any, i: int, m: Any, adjoint: Any, reached: Any, y: Any, operands: Any) -> Any:
    """Return the contribution of an array node to its operand ``i``, if ``where`` leaves out some elements.

    Parameters
    ----------
    node : Tensor
    i : int
    m : algebra
    adjoint : array, Tensor or Rows
    reached : array of bool, or None
        Which elements of the adjoint received a contribution; None for all.
    y, operands
        The output and the operands in the algebra.

    Returns
    -------
    a number type of the algebra, Lanes, or None
        None if no element receives a contribution.
    """
    op: Any = node.op
    numbers, (parents, data) = node._data, node._more
    target = parents[i]._data
    if isinstance(op, Bilinear):
        reached = np.True_
    elif isinstance(op, Linear):  # an element is reached if a nan gets into it
        marks = np.where(reached, np.nan, 0.0)
        reached = np.isnan(op.contribution(arrays, i, marks, numbers, data, node.params))
    else:
        if op.selects:
            chosen = np.not_equal(op.partials[i](arrays, numbers, *data), 0.0)
            reached = chosen if reached is None else chosen & reached
        if reached.shape != numbers.shape:
            reached = np.broadcast_to(reached, numbers.shape)
    count = np.count_nonzero(reached)
    if not count:
        return None
    contribution = op.contribution(m, i, adjoint, y, operands, node.params)
    if not isinstance(target, np.ndarray):  # a Value
        return contribution
    if count == reached.size:
        return unbroadcast(m, contribution, target)
    if not isinstance(op, Linear):
        contribution = m.where(reached, contribution, 0.0)
    if reached.shape != target.shape:
        reached = np.not_equal(sum_to(reached, target.shape), 0)
        count = np.count_nonzero(reached)
    contribution = unbroadcast(m, contribution, target)
    return contribution if count == reached.size else Lanes(contribution, reached)
