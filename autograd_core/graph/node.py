"""Define Node: an operation's record, its operands in order, and its creation index.

A node refers to its operands, and nothing in it refers to its results. So there are no reference cycles, a graph is
freed with its last reference, and creation order is a topological order.
"""

from __future__ import annotations

import itertools
from typing import Any, ClassVar, Final

import numpy as np

from ..errors import NumberError, OperandError
from ..native.mypyc_attr import mypyc_attr
from ..records.primitive import Primitive
from .display import mimebundle, renderable
from .numpy_warnings import quietly

#: Whether this module runs compiled; see ``docs/decisions/0006-compiled-engine.md``.
COMPILED: Final = not __file__.endswith(".py")

#: thread id to the functions applied to each new node of that thread, in the order they were entered
WATCHERS: Final[dict[int, tuple[Any, ...]]] = {}

#: thread id to the observer of comparisons, which decide the branches of a traced function
OBSERVERS: Final[dict[int, Any]] = {}


#: kind of result to the function that records such an operation on Values; ``array`` registers its own
PROMOTIONS: Final[dict[str, Any]] = {}

#: The accepted types of numbers.
NUMBERS: Final = (int, float, np.integer, np.floating, np.bool_)


class Clock:
    """A counter of created nodes, for code that no other thread can interrupt."""

    def __init__(self) -> None:
        self.now = 0


CLOCK: Final = Clock()

if COMPILED:  # compiled code lets other threads run only where it calls something

    def tick() -> int:
        """Return the creation index of a new node."""
        CLOCK.now += 1
        return CLOCK.now

else:
    tick = itertools.count().__next__  # atomic, so threads can share it


@mypyc_attr(acyclic=True, allow_interpreted_subclasses=True)
class Node:
    """A node of a computation graph; ``Value`` and ``Tensor`` are its two kinds.

    Attributes
    ----------
    op : Primitive or None
        The record of the operation that made it; None for a leaf.
    index : int
        Its creation index: larger than the index of every operand.
    """

    __slots__ = ("_notes", "index", "op")

    __array_ufunc__: ClassVar[None] = None  # np.float64(2) * node calls the node, instead of making an array of objects

    # in an operation on several kinds of nodes, the kind with the highest precedence computes
    precedence: ClassVar[int] = 0
    op: Primitive | None
    index: int
    _notes: Any  # a dict; or the scope itself, which is the only note of most nodes

    @property
    def requires_grad(self) -> bool:
        """Return whether the node needs a gradient; an array may not."""
        return True

    @property
    def operands(self) -> tuple[Any, ...]:
        """Return all operands of the operation, in order: nodes, and numbers for constants."""
        raise NotImplementedError

    @property
    def parents(self) -> tuple[Any, ...]:
        """Return the operands that are nodes, in order and with repeats: ``a * a`` has ``a`` twice."""
        return tuple([x for x in self.operands if isinstance(x, Node)])

    @property
    def notes(self) -> dict[str, Any] | None:
        """Return attached data: label, scope, source line; None without any."""
        notes = self._notes
        return notes if notes is None or type(notes) is dict else {"scope": notes}

    @property
    def scope(self) -> Any:
        """Return the innermost call of a model part that returned this node, a Scope; None without one."""
        notes = self._notes
        return notes.get("scope") if type(notes) is dict else notes

    @property
    def is_leaf(self) -> bool:
        """Return whether it was not computed by an operation."""
        return self.op is None

    @property
    def label(self) -> str:
        """Return its name for display; it can be set at any time."""
        notes = self.notes
        return "" if notes is None else str(notes.get("label", ""))

    @label.setter
    def label(self, text: Any) -> None:
        if text or self.notes is not None:
            self.note("label", text)

    def note(self, key: str, value: Any) -> None:
        """Attach data to the node."""
        notes = self._notes
        if notes is None:
            self._notes = value if key == "scope" else {key: value}
        elif type(notes) is dict:
            notes[key] = value
        else:
            self._notes = {"scope": notes, key: value}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Show itself in a notebook: as a picture, once ``viz`` is imported."""
        return mimebundle(self)

    def __rich__(self) -> Any:
        """Show itself in colors when the package rich prints it."""
        return renderable(self)

    def bind(self, primitive: Any, operands: tuple[Any, ...], params: Any = None) -> Any:
        """Apply an operation to operands that include this node, and record it; ``params`` are its settings."""
        raise NotImplementedError

    def item(self) -> float:
        """Return the one number of the node."""
        raise NotImplementedError

    def is_finite(self) -> bool:
        """Return whether the node is finite throughout."""
        raise NotImplementedError

    def seed(self, gradient: Any = None) -> Any:
        """Return the adjoint to start a sweep from: one, or a given one after a check."""
        raise NotImplementedError

    def run_fast_sweep(self, seed: Any) -> bool:
        """Run the fast sweep for graphs of this kind of node; return False if the general sweep must run instead."""
        return False

    def pull(self, adjoint: Any, targets: Any = None) -> tuple[Any, ...]:
        """Return what the adjoint of this node contributes to each parent, in the parents' order.

        None means that nothing is sent, which differs from a contribution of zero.
        """
        raise NotImplementedError

    def send(self, adjoint: Any, adjoints: dict[Any, Any]) -> None:
        """Add the contributions of an adjoint to the adjoints of the parents."""
        for parent, contribution in zip(self.parents, self.pull(adjoint), strict=True):
            if contribution is not None:
                before = adjoints.get(parent)
                adjoints[parent] = contribution if before is None else before + contribution


def kept(x: Any) -> Any:
    """Return the stored number or array of a node; other objects are returned unchanged."""
    return x._data if isinstance(x, Node) else x  # type: ignore[attr-defined]


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
    return primitive.scalar(*[x if type(x) is float else number(x) for x in operands])


def is_integer(x: Any) -> bool:
    """Return whether x is an integer of Python or NumPy; True and False are not."""
    return isinstance(x, (int, np.integer)) and not isinstance(x, bool)


def number(x: Any, what: str = "data") -> float:
    """Return x as a float, or raise an error."""
    if isinstance(x, NUMBERS):
        try:
            return float(x)
        except OverflowError:
            raise NumberError(
                f"An integer with {len(str(abs(x)))} digits cannot be the {what} of a Value: a float ends at 1.8e308. "
                "Scale the problem, or write float('inf') if infinity is meant."
            ) from None
    raise OperandError(refusal(x, what))


def refusal(x: Any, what: str) -> str:
    """Return why x cannot be a number of a scalar graph, and what to write instead."""
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
        one = "its number, array.item()" if x.size == 1 else "one element, float(array[0])"
        return (
            f"An array of shape {x.shape} cannot stand where a scalar Value computes. Wrap it, Tensor(array), or "
            f"take {one}."
        )
    if isinstance(x, (list, tuple)):
        return (
            f"A {kind} of length {len(x)} cannot be the {what} of a Value, which is one number. "
            "Make a list of Values, [Value(e) for e in ...], or a Tensor."
        )
    if x is None:
        return f"None cannot be the {what} of a Value. Write a number; Value(0.0) if zero is meant."
    return f"{kind} cannot be the {what} of a Value. Write a number: int, float, or a NumPy scalar."
