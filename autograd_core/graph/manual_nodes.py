"""Support nodes made by hand as in micrograd and microgpt: ``Value(data, parents, ...)`` instead of a record.

There are two forms. ``Value(y, (a, b), (dy_da, dy_db))`` gives the local partials as numbers. With ``Value(y, (a, b),
"name")``, a closure assigned to ``_backward`` reads the node's ``grad`` and adds to its parents'.

>>> from autograd_core import Value
>>> x = Value(3.0)
>>> y = Value(x.data**2, (x,), "square")
>>> def push():
...     x.grad += 2.0 * x.data * y.grad
>>> y._backward = push
>>> (y * 2.0).backward()
>>> x.grad
12.0
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import GraphError, OperandError, ShapeError
from ..records.primitive import Pointwise
from .node import Node, number


def unknown(*_: Any) -> Any:
    """Raise an error for an operation that needs a rule."""
    raise GraphError(
        "This node was made by hand, from its value and its local derivatives as numbers, so there is no rule to "
        "compute it again or to differentiate it twice. Register the operation: register(Pointwise(...))."
    )


class _Given(Pointwise):
    def __reduce__(self) -> str:
        return "GIVEN"  # the name under which pickle finds it


#: The operation of a node made by hand. It is not in the TABLE: only its numbers are known.
GIVEN = _Given(name="given", scalar=unknown, array=unknown, partials=(unknown,), summary="a number made by hand")


def adopt(node: Any, parents: tuple[Any, ...], op: Any) -> None:
    """Turn a leaf into a node with parents, with local partials as numbers or with a closure."""
    for parent in parents:
        if not isinstance(parent, Node):
            raise OperandError(f"The parents of a Value are Values, not {type(parent).__name__}.")
    if isinstance(op, str):
        stored: Any = None
        node.note("op", op)
    else:
        stored = tuple(number(d, "partial derivative") for d in op)
        if len(stored) != len(parents):
            raise ShapeError(f"{len(parents)} parents need {len(parents)} partial derivatives, not {len(stored)}.")
    node.op = GIVEN
    node.note("operands", (parents, stored))


def pull(node: Any, adjoint: Any) -> tuple[Any, ...]:
    """Return the contributions of a node made by hand."""
    if isinstance(adjoint, Node):
        unknown()
    parents, stored = node._more
    if stored is not None:
        return tuple(adjoint * d for d in stored)
    push = (node.notes or {}).get("backward")
    if push is None:
        raise GraphError(
            f"The node {(node.notes or {}).get('op')!r} was made with parents but without its derivative. Assign the "
            "closure node._backward, or give the local partials instead of the name: Value(y, (a, b), (dy_da, dy_db))."
        )
    # The closure writes into the user's grad attributes, so they are replaced during the call and restored after it.
    lent = {parent: parent.grad for parent in (node, *parents)}
    try:
        for parent in lent:
            parent.grad = 0.0
        node.grad = adjoint
        push()
        sent = {parent: parent.grad for parent in lent}
    finally:
        for parent, grad in lent.items():
            parent.grad = grad
    # a repeated parent received the whole sum at its first position
    return tuple(sent.pop(parent, None) for parent in parents)


def partials(node: Any) -> tuple[float, ...]:
    """Return the local partials of a node made by hand."""
    return tuple(0.0 if d is None else d for d in pull(node, 1.0))


def closure(node: Any) -> Callable[[], None]:
    """Return micrograd's ``_backward``: a function that adds grad × partial to each parent."""
    own: Callable[[], None] | None = (node.notes or {}).get("backward")
    if own is not None:
        return own

    def push() -> None:
        for parent, partial in zip(node.parents, node.partials, strict=True):
            parent.grad = parent.grad + node.grad * partial

    return push


def set_closure(node: Any, function: Callable[[], None]) -> None:
    """Store the closure of a node made by hand; any other node has a rule."""
    if node.op is not GIVEN:
        raise GraphError(
            "The derivative of this node is in its record and is not replaced by a closure. A node of your own is made "
            "with Value(y, parents, 'name'), or with register(Pointwise(...)) once and for all."
        )
    node.note("backward", function)
