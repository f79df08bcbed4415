"""The memory of a scalar node: its numbers, its operands, its local partial derivatives, and nothing around them.

A graph is nearly nothing but these, so every field is typed and has a slot of its own; compiled, a node is 104 bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..graph.modes import watched
from ..graph.node import COMPILED, WATCHERS, Node, number, tick
from ..native.native import mypyc_attr

if TYPE_CHECKING:
    from .value import Value

__all__ = ["BLANK", "ScalarNode", "blank"]


@mypyc_attr(acyclic=True, allow_interpreted_subclasses=True)
class ScalarNode(Node):
    """What a scalar node stores."""

    # One or two operands have slots of their own, because nearly every operation has no more; a tuple for each node
    # would cost a third of its memory. A constant operand leaves its slot None, and stands itself where its partial
    # would be. The operands of the others are a note, since there they are rare.
    __slots__ = ("__weakref__", "_a", "_b", "_da", "_data", "_db", "_grad", "_swept", "_visited")

    _visited: bool  # whether the sweep that is running has come by
    _swept: bool
    _grad: float  # its gradient if it was swept; while a sweep is running, what was sent to it so far
    _data: float
    _a: ScalarNode | None
    _b: ScalarNode | None
    _da: float
    _db: float

    def _binary(
        self, y: float, op: Any, a: Any, b: Any, da: float, db: float, notes: dict[str, Any] | None = None
    ) -> Any:
        """Record the result of an operation on two operands, of which a constant is None."""
        node: ScalarNode = blank(type(self))
        node._data = y
        node.op = op
        node.index = tick()
        node._a = a
        node._b = b
        node._da = da
        node._db = db
        node._visited = False
        node._swept = False
        node._notes = notes
        return watched(node) if WATCHERS else node

    @property
    def numbers(self) -> float:
        """The number to compute with: what ``numbers`` of an array is its array."""
        return self._data

    def assign(self, x: float) -> None:
        """Make a new number that of a leaf: for optimisers, which hand over what they computed."""
        self._data = x if type(x) is float else number(x)

    @property
    def _more(self) -> tuple[tuple[Any, ...], Any]:
        """The operands that have no slots, and what is stored for each."""
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
        """Whether the operands have no slots, because there are more than two or they are of another kind."""
        return self._a is None and self._b is None and self.op is not None


#: What a Value is made of when it is left to its maker to fill it.
BLANK: Final = object()

if COMPILED:  # a class of machine code makes its objects without asking Python how

    def blank(kind: Any) -> ScalarNode:
        """Return a new node of a kind, of which nothing is set."""
        return Value(BLANK) if kind is Value else kind.__new__(kind)

else:
    blank = object.__new__  # type: ignore[assignment]
