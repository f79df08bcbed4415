"""Store a scalar node: its numbers, its operands and its local partial derivatives.

Nearly all memory of a graph is in these nodes, so every field has a typed slot. A compiled node has 104 bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..graph.modes import watched
from ..graph.node import COMPILED, WATCHERS, Node, number, tick
from ..native.mypyc_attr import mypyc_attr

if TYPE_CHECKING:
    from .value import Value


@mypyc_attr(acyclic=True, allow_interpreted_subclasses=True)
class ScalarNode(Node):
    """The fields of a scalar node."""

    # One or two operands have slots, because nearly every operation has no more; a tuple would cost a third of the
    # memory of a node. For a constant operand the node slot is None, and the slot of the partial holds the constant.
    # An operation with other operands is rare, so a note holds them.
    __slots__ = ("__weakref__", "_a", "_b", "_da", "_data", "_db", "_grad", "_marked", "_swept")

    _marked: bool  # whether the current sweep has visited this node
    _swept: bool
    _grad: float  # the gradient after a sweep; during a sweep, the sum of the contributions so far
    _data: float
    _a: ScalarNode | None
    _b: ScalarNode | None
    _da: float
    _db: float

    def _binary(
        self, y: float, op: Any, a: Any, b: Any, da: float, db: float, notes: dict[str, Any] | None = None
    ) -> Any:
        """Record the result of an operation on two operands; None stands for a constant."""
        node: ScalarNode = blank(type(self))
        node._data = y
        node.op = op
        node.index = tick()
        node._a = a
        node._b = b
        node._da = da
        node._db = db
        node._marked = False
        node._swept = False
        node._notes = notes
        return watched(node) if WATCHERS else node

    @property
    def numbers(self) -> float:
        """The number, under the name that Tensors use for their array."""
        return self._data

    def assign(self, x: float) -> None:
        """Set the number of a leaf, for optimizers."""
        self._data = x if type(x) is float else number(x)

    @property
    def _more(self) -> tuple[tuple[Any, ...], Any]:
        """The operands without slots, and the number stored for each."""
        more: tuple[tuple[Any, ...], Any] = self._notes["operands"]
        return more

    @property
    def parents(self) -> tuple[Any, ...]:
        """The operands that are nodes, in order and with repeats: ``a * a`` has ``a`` twice."""
        a, b = self._a, self._b
        if a is not None:
            return (a,) if b is None else (a, b)
        if b is not None:
            return (b,)
        return () if self.op is None else tuple([x for x in self._more[0] if isinstance(x, Node)])

    @property
    def wide(self) -> bool:
        """Whether a note holds the operands: there are more than two, or one is not a Value."""
        return self._a is None and self._b is None and self.op is not None


#: The argument of Value() that leaves all fields unset.
BLANK: Final = object()

if COMPILED:  # a compiled class has a faster constructor

    def blank(kind: Any) -> ScalarNode:
        """Return a new node of a class with unset fields."""
        return Value(BLANK) if kind is Value else kind.__new__(kind)

else:
    blank = object.__new__  # type: ignore[assignment]
