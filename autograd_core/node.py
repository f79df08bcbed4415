"""What an operation records: its operands in order, its record, and when it was created.

A node holds its operands and nothing that points back at it. So there are no reference cycles, a graph is freed the
moment its last reference goes, and creation order is a topological order: an operand always predates its result.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from .display import mimebundle
from .errors import NumberError, OperandError
from .primitive import Primitive
from .quiet import quietly

__all__ = ["Node", "apply", "number"]

#: Creation order, for all nodes of the process; ``itertools.count`` is atomic, so threads may share it.
tick: Callable[[], int] = itertools.count().__next__


class Node:
    """A node of a computation graph; ``Value`` and ``Tensor`` are its two kinds.

    Attributes
    ----------
    op : Primitive or None
        The record of the operation that made it; None for a leaf.
    index : int
        When it was created: larger than the index of every operand.
    """

    # One or two operands have slots of their own, because nearly every operation has no more; a tuple for each node
    # would cost a third of its memory. ``_more`` holds those of the others: (operands, what is stored for each).
    # A constant operand leaves its slot None.
    #
    # A slot that nobody has set costs no time when a node is made: ``_more``, ``_notes`` and ``_grad`` are of that
    # kind. ``_adjoint`` belongs to the sweep that is running; None says that none is, or that it has not come by yet.
    __slots__ = ("__weakref__", "_a", "_adjoint", "_b", "_more", "_notes", "index", "op")

    __array_ufunc__ = None  # np.float64(2) * node asks the node, instead of making an array of objects

    precedence = 0  # where kinds of nodes meet in an operation, the highest computes it
    requires_grad: Any = True

    op: Primitive | None
    index: int
    _data: Any
    _a: Any
    _b: Any
    _adjoint: Any
    _more: tuple[tuple[Any, ...], tuple[Any, ...]]
    _notes: dict[str, Any]

    @property
    def operands(self) -> tuple[Any, ...]:
        """Everything the operation was applied to, in order: nodes, and numbers for constants."""
        raise NotImplementedError

    @property
    def parents(self) -> tuple[Node, ...]:
        """The operands that are nodes, in order and with repeats: ``a * a`` has ``a`` twice."""
        a, b = self._a, self._b
        if a is not None:
            return (a,) if b is None else (a, b)
        if b is not None:
            return (b,)
        return () if self.op is None else tuple([x for x in self._more[0] if isinstance(x, Node)])

    @property
    def wide(self) -> bool:
        """Whether the operands are in ``_more``, because there are more than two or they are of another kind."""
        return self._a is None and self._b is None and self.op is not None

    @property
    def notes(self) -> dict[str, Any] | None:
        """What people attached: its label, its scopes, the source line that made it; None if nothing."""
        return getattr(self, "_notes", None)

    @property
    def is_leaf(self) -> bool:
        """Whether it was given, not computed."""
        return self.op is None

    @property
    def label(self) -> str:
        """A name to show; settable at any time."""
        notes = self.notes
        return "" if notes is None else str(notes.get("label", ""))

    @label.setter
    def label(self, text: str) -> None:
        if text or self.notes is not None:
            self.note("label", text)

    def note(self, key: str, value: Any) -> None:
        """Attach something to the node."""
        notes = getattr(self, "_notes", None)
        if notes is None:
            self._notes = {key: value}
        else:
            notes[key] = value

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Show itself in a notebook: as a picture, once ``viz`` is imported."""
        return mimebundle(self)

    def __copy__(self) -> Node:
        from .copying import shallow_copy

        return shallow_copy(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Node:
        from .copying import deep_copy

        return deep_copy(self, memo)

    def __reduce__(self) -> tuple[Any, ...]:
        from .copying import reduced

        return reduced(self)

    def bind(self, primitive: Any, operands: tuple[Any, ...], params: Any = None) -> Any:
        """Apply an operation to operands of which this node is one, and record it; ``params`` are its settings."""
        raise NotImplementedError

    def item(self) -> float:
        """Return the one number of the node."""
        raise NotImplementedError

    def is_finite(self) -> bool:
        """Whether the node is finite throughout."""
        raise NotImplementedError

    def seed(self, gradient: Any = None) -> Any:
        """Return the adjoint to start a sweep from: one, or the one given, checked."""
        raise NotImplementedError

    def pull(self, adjoint: Any, wanted: Any = None) -> tuple[Any, ...]:
        """Return what the adjoint of this node contributes to each parent, in the parents' order.

        None stands for "nothing is sent", which is less than a contribution of zero.
        """
        raise NotImplementedError

    def send(self, adjoint: Any, adjoints: dict[Any, Any]) -> None:
        """Add what the adjoint contributes to the adjoints of the parents."""
        for parent, contribution in zip(self.parents, self.pull(adjoint), strict=True):
            if contribution is not None:
                before = adjoints.get(parent)
                adjoints[parent] = contribution if before is None else before + contribution


def apply(primitive: Any, *operands: Any, **params: Any) -> Any:
    """Apply an operation to numbers, arrays and nodes; it is recorded if one of them is a node."""
    chosen: Any = None
    for x in operands:
        if isinstance(x, Node) and (chosen is None or x.precedence > chosen.precedence):
            chosen = x
    if chosen is not None:
        return chosen.bind(primitive, operands, params)
    if params or any(isinstance(x, np.ndarray) for x in operands):
        return quietly(primitive.array, *operands, **params)
    return primitive.scalar(*(x if type(x) is float else number(x) for x in operands))


def number(x: Any, what: str = "data") -> float:
    """Return x as a float, or say why it is none."""
    if isinstance(x, (int, float, np.integer, np.floating, np.bool_)):
        try:
            return float(x)
        except OverflowError:
            raise NumberError(
                f"An integer with {len(str(abs(x)))} digits cannot be the {what} of a Value: a float ends at 1.8e308. "
                "Scale the problem, or write float('inf') if infinity is meant."
            ) from None
    raise OperandError(refusal(x, what))


def refusal(x: Any, what: str) -> str:
    """Say why x cannot be a number of a scalar graph, and what to write instead."""
    kind = type(x).__name__
    if isinstance(x, Node):
        return (
            f"The {what} of a Value is a number, but this is a {kind}: {x!r}. Use the {kind} itself; "
            "x.detach() gives a new leaf with the same number."
        )
    if isinstance(x, str):
        return (
            f"{x!r} is text, and the {what} of a Value is a number. Convert it first: Value(float({x!r})). "
            "Text is not converted silently, since float('1_0') is 10."
        )
    if isinstance(x, (complex, np.complexfloating)):
        return f"{x!r} is complex; derivatives here are real. Record its parts, Value(z.real) and Value(z.imag)."
    if isinstance(x, np.ndarray):
        return (
            f"An array of shape {x.shape} cannot stand where a scalar Value computes. "
            "Wrap it, Tensor(array), or take one element, float(array[0])."
        )
    if isinstance(x, (list, tuple)):
        return (
            f"A {kind} of length {len(x)} cannot be the {what} of a Value, which is one number. "
            "Make a list of Values, [Value(e) for e in ...], or a Tensor."
        )
    if x is None:
        return f"None cannot be the {what} of a Value. Write a number; Value(0.0) if zero is meant."
    return f"{kind} cannot be the {what} of a Value. Write a number: int, float, or a NumPy scalar."
