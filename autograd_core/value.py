"""The scalar node: a float that remembers how it was computed.

A Value stores its local partial derivatives when it is created, as Linnainmaa (1970) did: they can be drawn, checked
and pushed forward, and they belong to the numbers that were recorded, whatever happens to ``data`` later.

The hot operators between the two marked lines are printed from the records by ``python -m autograd_core.codegen``;
nothing about an operation is decided here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from . import kernels as k
from .algebra import floats, nodes
from .errors import GraphError, OperandError, ShapeError, StaleGraphError
from .modes import WATCHERS, describe, watched
from .node import Node, apply, number, tick
from .primitive import Primitive, lookup
from .sweep import backward

__all__ = ["Value"]

new = object.__new__


class Value(Node):
    """A scalar with a gradient, and the operation that made it.

    Parameters
    ----------
    data : int, float or NumPy scalar
        The number; kept as a float.
    _children, _op : tuple, str or tuple
        As in micrograd: the parents of a node made by hand. ``_op`` may be the tuple of local partial derivatives
        in the parents' order; a derivative known only by name cannot be swept.
    label : str, optional
        A name to show.

    Attributes
    ----------
    data : float
        The number. Setting it does not touch what was already recorded; see ``refresh``.
    grad : float
        d root / d self after ``root.backward()``; 0.0 before.
    swept : bool
        Whether ``grad`` was computed since it was last set to zero: pictures show "—" until it was.
    parents, partials : tuple
        The nodes it was computed from, in order and with repeats, and its partial derivatives by each.

    Raises
    ------
    OperandError
        For text, None, complex numbers, lists and arrays.

    Examples
    --------
    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> c = a * b + a**2
    >>> c.backward()
    >>> c.data, a.grad, b.grad
    (-2.0, 1.0, 2.0)
    """

    # A constant operand leaves its slot None and is itself kept where the partial would be: nothing is ever sent to it.
    __slots__ = ("_da", "_data", "_db", "_grad")

    precedence = 1  # Tensor takes precedence where both meet

    _data: float
    _grad: float
    _da: float
    _db: float

    def __init__(
        self, data: Any, _children: tuple[Any, ...] = (), _op: Any = "", label: str = "", *, children: Any = None
    ) -> None:
        self._data = data if type(data) is float else number(data)
        self.op = None
        self.index = tick()
        self._a = None
        self._b = None
        self._adjoint = None
        if label:
            self.note("label", str(label))
        if _children:
            self._adopt(tuple(_children), _op)

    def _adopt(self, parents: tuple[Any, ...], partials: Any) -> None:
        """Become a node made by hand, from parents and the local partial derivatives by each."""
        for parent in parents:
            if not isinstance(parent, Value):
                raise OperandError(f"The parents of a Value are Values, not {type(parent).__name__}.")
        if isinstance(partials, str):
            raise GraphError(
                f"Value({self._data!r}, parents, {partials!r}) names an operation without its derivative, so it could "
                f"not be swept. Give the local partials instead, Value({self._data!r}, parents, (d1, d2, ...)), or "
                "register the operation once: autograd_core.register(Pointwise(...))."
            )
        if len(partials) != len(parents):
            raise ShapeError(f"{len(parents)} parents need {len(parents)} partial derivatives, not {len(partials)}.")
        self.op = Given
        self._more = (parents, tuple(number(d, "partial derivative") for d in partials))

    @property
    def data(self) -> float:
        """The number."""
        return self._data

    @data.setter
    def data(self, x: Any) -> None:
        self._data = x if type(x) is float else number(x)

    @property
    def grad(self) -> float:
        """The gradient of the last root swept, by this node; 0.0 before."""
        try:
            return self._grad
        except AttributeError:
            return 0.0

    @grad.setter
    def grad(self, x: Any) -> None:
        self._grad = x if type(x) is float else number(x, "grad")
        if x == 0.0:
            del self._grad

    @property
    def swept(self) -> bool:
        """Whether ``grad`` was computed since it was last set to zero."""
        return hasattr(self, "_grad")

    @property
    def operands(self) -> tuple[Any, ...]:
        """What the operation was applied to, in order: Values, and floats for constants."""
        if self.op is None:
            return ()
        if self.wide:
            return self._more[0]
        if self.op.arity == 1:
            return (self._a,)
        return (self._da if self._a is None else self._a, self._db if self._b is None else self._b)

    @property
    def partials(self) -> tuple[float, ...]:
        """The local partial derivatives by each of ``parents``, as they were recorded."""
        a, b = self._a, self._b
        if a is not None:
            return (self._da,) if b is None else (self._da, self._db)
        if b is not None:
            return (self._db,)
        return () if self.op is None else tuple([d for x, d in zip(*self._more, strict=True) if isinstance(x, Node)])

    _prev = _children = Node.parents  # the names that micrograd and microgpt use

    @property
    def _op(self) -> str:
        """The operation as micrograd spells it: "+", "**2", "ReLU"."""
        op = self.op
        if op is None:
            return ""
        if op.operator == "**" and self._b is None:
            return f"**{self._db:g}"
        return op.operator or op.symbol

    def is_finite(self) -> bool:
        """Whether the number is neither infinite nor nan."""
        return math.isfinite(self._data)

    def detach(self) -> Value:
        """Return a new leaf with the same number, cut off from the history."""
        return Value(self._data)

    def item(self) -> float:
        """Return the number."""
        return self._data

    def zero_grad(self) -> None:
        """Forget the gradient: 0.0, and shown as not computed."""
        self.grad = 0.0

    def backward(self, gradient: Any = 1.0) -> None:
        """Compute the derivative of this node by every node it depends on, into their ``grad``.

        Leaves accumulate over calls; intermediate nodes start from zero in each. The graph is kept, so a second call
        is safe. If anything raises on the way, every ``grad`` is as it was.

        Parameters
        ----------
        gradient : float, optional
            The adjoint to start from, 1.0 unless this node feeds something outside the graph.
        """
        backward(self, gradient if type(gradient) is float else number(gradient, "gradient"))

    def bind(self, primitive: Primitive, operands: tuple[Any, ...]) -> Value:
        """Apply an operation to Values and numbers, and record it with its local partial derivatives."""
        data = tuple([x._data if isinstance(x, Value) else number(x, "operand") for x in operands])
        if len(data) != primitive.arity:
            raise ShapeError(
                f"{primitive.name} takes {primitive.arity} operand{'s' * (primitive.arity != 1)}, not {len(data)}."
            )
        y = primitive.scalar(*data)
        if type(y) is not float:
            y = number(y, f"result of {primitive.name}")
        a = operands[0]
        if len(data) == 1:
            return unary(y, primitive, a, float(primitive.partials[0](floats, y, *data)))
        stored = tuple(
            [
                float(rule(floats, y, *data)) if isinstance(x, Value) else x
                for x, x_data, rule in zip(operands, data, primitive.partials, strict=True)
            ]
        )
        if len(data) == 2:
            b = operands[1]
            return binary(
                y,
                primitive,
                a if isinstance(a, Value) else None,
                b if isinstance(b, Value) else None,
                stored[0] if isinstance(a, Value) else data[0],
                stored[1] if isinstance(b, Value) else data[1],
            )
        node = unary(y, primitive, None, 0.0)
        node._more = (tuple(x if isinstance(x, Value) else d for x, d in zip(operands, data, strict=True)), stored)
        return node

    def pull(self, adjoint: Any, wanted: Any = None) -> tuple[Any, ...]:
        """Return adjoint × local partial for every parent, as floats, or as recorded nodes if the adjoint is one."""
        if type(adjoint) is float:
            a, b = self._a, self._b
            if a is not None:
                return (adjoint * self._da,) if b is None else (adjoint * self._da, adjoint * self._db)
            if b is not None:
                return (adjoint * self._db,)
        op: Any = self.op
        if op is None:
            return ()
        recorded = isinstance(adjoint, Node)
        slots = [i for i, x in enumerate(self.operands) if isinstance(x, Node)]
        contributions: list[Any] = []
        for i, parent, stored in zip(slots, self.parents, self.partials, strict=True):
            if (wanted is not None and parent not in wanted) or (op.selects and stored == 0.0):
                contributions.append(None)
            elif recorded:
                contributions.append(self._recorded_contribution(adjoint, i, stored))
            else:
                contributions.append(adjoint * stored)
        return tuple(contributions)

    def _recorded_contribution(self, adjoint: Any, i: int, stored: float) -> Any:
        """Return adjoint × partial as a node: the rule is read once more, on the nodes themselves."""
        op, operands = self.op, self.operands
        partial = op.partials[i](nodes, self, *operands)  # type: ignore[union-attr]
        now = partial._data if isinstance(partial, Value) else partial
        if now != stored and (now == now or stored == stored):
            raise StaleGraphError(
                f"The partial derivative of {describe(self)} by its operand {i} was {stored!r} when it was recorded and "
                f"is {now!r} now: data was changed after the forward pass. A derivative that can be differentiated again "
                "reads the numbers of the graph, so call refresh() on the output, or run the forward pass again."
            )
        if not isinstance(partial, Value) and stored == 1.0:
            return adjoint
        return adjoint * partial

    def zero(self) -> float:
        """Return the adjoint of a node that nothing was sent to."""
        return 0.0

    def finite(self, adjoint: Any) -> bool:
        """Whether an adjoint of this node is finite."""
        return math.isfinite(adjoint._data if isinstance(adjoint, Value) else adjoint)

    def refresh(self) -> Value:
        """Compute this node again from the present numbers of its leaves, and return it.

        Values, local partials and nothing else change; gradients are those of the next ``backward()``.

        Examples
        --------
        >>> x = Value(2.0)
        >>> y = x * x
        >>> x.data = 5.0
        >>> y.data, y.refresh().data
        (4.0, 25.0)
        """
        from .history import history

        for node in reversed(history(self)):
            if node.op is not None and node.op is not GIVEN:
                fresh = node.bind(node.op, node.operands)
                node._data = fresh._data
                if node.wide:
                    node._more = fresh._more
                else:
                    node._da, node._db = fresh._da, fresh._db
        return self

    def accept(self, adjoint: float) -> None:
        """Take the adjoint of a finished sweep: leaves accumulate, intermediate nodes start from zero."""
        self._grad = self.grad + adjoint if self.op is None else adjoint

    def __lt__(self, other: Any) -> bool:
        return self._data < operand(other)

    def __le__(self, other: Any) -> bool:
        return self._data <= operand(other)

    def __gt__(self, other: Any) -> bool:
        return self._data > operand(other)

    def __ge__(self, other: Any) -> bool:
        return self._data >= operand(other)

    def __bool__(self) -> bool:
        return self._data != 0.0

    def __pos__(self) -> Value:
        return self

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data}, grad={self._grad}{label})"

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    # <operators printed from the records by `python -m autograd_core.codegen`: do not edit>
    # </operators>


def unary(y: float, op: Primitive, a: Value | None, da: float) -> Value:
    """Record the result of an operation on one operand."""
    node = new(Value)
    node._data = y
    node.op = op
    node.index = tick()
    node._a = a
    node._b = None
    node._da = da
    node._db = 0.0
    node._adjoint = None
    if WATCHERS:
        return watched(node)  # type: ignore[no-any-return]
    return node


def binary(y: float, op: Primitive, a: Value | None, b: Value | None, da: float, db: float) -> Value:
    """Record the result of an operation on two operands, of which a constant is None and stands in its partial."""
    node = new(Value)
    node._data = y
    node.op = op
    node.index = tick()
    node._a = a
    node._b = b
    node._da = da
    node._db = db
    node._adjoint = None
    if WATCHERS:
        return watched(node)  # type: ignore[no-any-return]
    return node


def operand(x: Any) -> float:
    """Return the number of the other side of a comparison."""
    return x._data if isinstance(x, Value) else number(x, "other side of a comparison with")


#: what error messages call the other operand of an infix operator
OTHER = "other operand"

ADD, SUB, MUL, DIV, POW = (lookup(name) for name in ("add", "sub", "mul", "div", "pow"))
NEG, ABS, RELU, TANH, EXP, LOG, SIGMOID = (
    lookup(name) for name in ("neg", "abs", "relu", "tanh", "exp", "log", "sigmoid")
)
