"""Define Value: a float that records how it was computed.

A Value stores its local partial derivatives when it is created, as Linnainmaa (1970) did. They can be drawn, checked
and pushed forward. They belong to the recorded numbers, even if ``data`` changes later. The operators are generated
from the records into ``_operators.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from ..errors import OperandError, ShapeError, StaleGraphError
from ..graph import manual_nodes
from ..graph.detached import remember
from ..graph.history import history
from ..graph.modes import anomaly_watched, compared, describe
from ..graph.node import COMPILED, OBSERVERS, PROMOTIONS, Node, number, tick
from ..graph.sweep import backward
from ..native.mypyc_attr import mypyc_attr
from ..readings.algebra import floats, nodes
from ..readings.batched_adjoints import reading
from ..records.primitive import Pointwise
from ._operators import ScalarOperators
from .storage import BLANK
from .sweep import fast_sweep


@mypyc_attr(acyclic=True, allow_interpreted_subclasses=True)
class Value(ScalarOperators):
    """A scalar with a gradient, and the operation that computed it.

    Parameters
    ----------
    data : int, float or NumPy scalar
        The number, stored as a float.
    _children, _op : tuple, str or tuple
        As in micrograd, the parents and the name of a hand-made node, whose ``_backward`` is set later. Or, as in
        microgpt, the parents and the local partial derivatives in their order.
    label : str, optional
        A name for pictures and messages.

    Attributes
    ----------
    data : float
        The number. Setting it does not change recorded results; see ``refresh``.
    grad : float
        d root / d self after ``root.backward()``; 0.0 before.
    swept : bool
        Whether ``grad`` was computed since it was last set to zero; pictures show "—" before.
    parents, partials : tuple
        The operands that are nodes, in order and with repeats, and the partial derivatives by each.

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

    __slots__ = ()

    precedence: ClassVar[int] = 1  # lower than that of Tensor

    def __init__(self, data: Any, _children: Any = (), _op: Any = "", label: Any = "") -> None:
        if data is BLANK:
            return
        self._data = data if type(data) is float else number(data)
        self.op = None
        self.index = tick()
        self._a = None
        self._b = None
        self._marked = False
        self._swept = False
        self._notes = None
        if label:
            self.note("label", str(label))
        if _children:
            manual_nodes.adopt(self, tuple(_children), _op)

    @property
    def data(self) -> float:
        """The number."""
        return self._data

    @data.setter
    def data(self, x: Any) -> None:
        self._data = x if type(x) is float else number(x)

    @property
    def grad(self) -> float:
        """The derivative of the last root by this node; 0.0 before ``backward()``."""
        return self._grad if self._swept else 0.0

    @grad.setter
    def grad(self, x: Any) -> None:
        self._grad = x if type(x) is float else number(x, "grad")
        self._swept = self._grad != 0.0

    @property
    def swept(self) -> bool:
        """Whether ``grad`` was computed since it was last set to zero."""
        return self._swept

    @property
    def operands(self) -> tuple[Any, ...]:
        """The operands in order: Values, and floats for constants."""
        if self.op is None:
            return ()
        if self.wide:
            return self._more[0]
        if self.op.arity == 1:
            return (self._a,)
        return (self._da if self._a is None else self._a, self._db if self._b is None else self._b)

    @property
    def partials(self) -> tuple[float, ...]:
        """The recorded local partial derivatives by each of ``parents``."""
        a, b = self._a, self._b
        if a is not None:
            return (self._da,) if b is None else (self._da, self._db)
        if b is not None:
            return (self._db,)
        if self.op is None:
            return ()
        if self.op is manual_nodes.GIVEN:
            return manual_nodes.partials(self)
        if not isinstance(self.op, Pointwise):
            return self.pull(1.0)
        return tuple([d for x, d in zip(*self._more, strict=True) if isinstance(x, Node)])

    @property
    def _prev(self) -> tuple[Any, ...]:
        """The parents, under micrograd's name."""
        return self.parents

    @property
    def _children(self) -> tuple[Any, ...]:
        """The parents, under microgpt's name."""
        return self.parents

    @property
    def _op(self) -> str:
        """The operation in micrograd's spelling: "+", "**2", "ReLU"."""
        op = self.op
        if op is None:
            return ""
        if op.operator == "**" and self._b is None:
            return f"**{self._db:g}"
        return op.operator or str((self.notes or {}).get("op", op.symbol))

    @property
    def _backward(self) -> Callable[[], None]:
        """A function that adds grad × partial to the ``grad`` of each parent, as in micrograd."""
        return manual_nodes.closure(self)

    @_backward.setter
    def _backward(self, function: Callable[[], None]) -> None:
        manual_nodes.set_closure(self, function)

    def is_finite(self) -> bool:
        """Whether the number is neither infinite nor nan."""
        return math.isfinite(self._data)

    def detach(self) -> Value:
        """Return a new leaf with the same number and no history."""
        leaf = Value(self._data)
        return remember(leaf, self) if OBSERVERS else leaf

    def item(self) -> float:
        """Return the number."""
        return self._data

    def zero_grad(self) -> None:
        """Set the gradient to 0.0 and mark it as not computed."""
        self._grad = 0.0
        self._swept = False

    def backward(self, gradient: Any = 1.0, inputs: Any = None) -> None:
        """Compute the derivatives of this node by all its ancestors, and store them in ``grad``.

        Leaves accumulate over calls; intermediate nodes start from zero in each call. The graph is kept. If an error
        occurs, no ``grad`` changes.

        Parameters
        ----------
        gradient : float, optional
            The adjoint of this node.
        inputs : Value or sequence of Values, optional
            Store gradients in these nodes only.
        """
        backward(self, self.seed(gradient), inputs)

    def seed(self, gradient: Any = None) -> float:
        """Return the adjoint of the root: 1.0, or ``gradient`` as a float."""
        return 1.0 if gradient is None else gradient if type(gradient) is float else number(gradient, "gradient")

    def run_fast_sweep(self, seed: Any) -> bool:
        """Run the fast sweep of Values; return False if the general sweep must run instead."""
        return type(seed) is float and not anomaly_watched() and fast_sweep(self, seed)

    def bind(self, primitive: Any, operands: tuple[Any, ...], params: Any = None) -> Any:
        """Apply an operation to Values and numbers, and record it with its local partial derivatives."""
        if not isinstance(primitive, Pointwise):
            return PROMOTIONS["array"](primitive, operands, params)
        data = [x._data if isinstance(x, Value) else number(x, "operand") for x in operands]
        y, stored = evaluated(primitive, operands, data)
        if primitive.selects or len(data) > 2:
            stored_operands = tuple([x if isinstance(x, Value) else d for x, d in zip(operands, data, strict=True)])
            return self._wide(y, primitive, stored_operands, stored)
        slots: list[Any] = [x if isinstance(x, Value) else None for x in operands]
        if len(slots) == 1:
            return self._binary(y, primitive, slots[0], None, stored[0], 0.0)
        return self._binary(y, primitive, slots[0], slots[1], stored[0], stored[1])

    def _wide(self, y: float, op: Any, operands: tuple[Any, ...], stored: tuple[float, ...]) -> Value:
        """Record the result of an operation on more than two operands, or of one that selects among them."""
        return self._binary(y, op, None, None, 0.0, 0.0, {"operands": (operands, stored)})  # type: ignore[no-any-return]

    def pull(self, adjoint: Any, targets: Any = None) -> tuple[Any, ...]:
        """Return adjoint × local partial for every parent; recorded nodes if the adjoint is a node."""
        if type(adjoint) is float:
            a, b = self._a, self._b
            if a is not None:
                return (adjoint * self._da,) if b is None else (adjoint * self._da, adjoint * self._db)
            if b is not None:
                return (adjoint * self._db,)
        op: Any = self.op
        if op is None:
            return ()
        if op is manual_nodes.GIVEN:
            return manual_nodes.pull(self, adjoint)
        m, recorded = reading(adjoint)
        if not isinstance(op, Pointwise):  # a number picked from an array
            operands, data = self._more
            x = operands if recorded else data
            return (op.contribution(m, 0, adjoint, self, x, (self.notes or {})["params"]),)
        slots = [i for i, x in enumerate(self.operands) if isinstance(x, Node)]
        contributions: list[Any] = []
        for i, parent, stored in zip(slots, self.parents, self.partials, strict=True):
            chosen = stored != 0.0 or not op.selects
            if op.selects and recorded and OBSERVERS:  # a trace records that the graph depends on this choice
                chosen = bool(op.partials[i](nodes, self, *self.operands))
            if (targets is not None and parent not in targets) or not chosen:
                contributions.append(None)
            elif recorded:
                contributions.append(self._recorded_contribution(adjoint, i, stored))
            else:
                contributions.append(adjoint * stored)
        return tuple(contributions)

    def _recorded_contribution(self, adjoint: Any, i: int, stored: float) -> Any:
        """Return adjoint × partial as a node, by applying the rule to the nodes themselves."""
        op, operands = self.op, self.operands
        partial = op.partials[i](nodes, self, *operands)  # type: ignore[union-attr]
        current = partial._data if isinstance(partial, Value) else partial
        if current != stored and (current == current or stored == stored):
            raise StaleGraphError(
                f"The partial derivative of {describe(self)} by its operand {i} was {stored!r} when it was recorded "
                f"and is {current!r} now: data was changed after the forward pass. A derivative that is recorded "
                "needs the current numbers: call refresh() on the output, or run the forward pass again."
            )
        if not isinstance(partial, Value) and stored == 1.0:
            return adjoint
        return adjoint * partial

    def push(self, tangents: list[Any]) -> Any:
        """Return the tangent of this node, given those of its operands; None stands for a constant operand."""
        op: Any = self.op
        operands = self.operands
        if op is manual_nodes.GIVEN:
            return sum(t * d for t, d in zip(tangents, self.partials, strict=True) if t is not None)
        m, recorded = reading(next(t for t in tangents if t is not None))
        if not isinstance(op, Pointwise):
            x = operands if recorded else self._more[1]
            return op.tangent(m, tangents, self, x, (self.notes or {})["params"])
        if recorded:
            return op.tangent(m, tangents, self, operands, {})
        partials = iter(self.partials)
        stored = [next(partials) if isinstance(x, Node) else 0.0 for x in operands]
        pairs = zip(tangents, stored, strict=True)
        terms = [t * d for t, d in pairs if t is not None and not (op.selects and d == 0.0)]
        return sum(terms[1:], terms[0]) if terms else 0.0

    def zero(self) -> float:
        """Return the adjoint of a node without contributions."""
        return 0.0

    def finite(self, adjoint: Any) -> bool:
        """Whether an adjoint of this node is finite."""
        return math.isfinite(adjoint._data if isinstance(adjoint, Value) else adjoint)

    def refresh(self) -> Value:
        """Recompute this node from the current numbers of its leaves, and return it.

        Only data and local partials change, not gradients.

        >>> x = Value(2.0)
        >>> y = x * x
        >>> x.data = 5.0
        >>> y.data, y.refresh().data
        (4.0, 25.0)
        """
        fresh: dict[Any, tuple[float, tuple[float, ...]]] = {}
        for node in history(self)[::-1]:
            if node.op is manual_nodes.GIVEN:
                manual_nodes.unknown()
            if node.op is not None:
                data = [fresh[x][0] if x in fresh else x._data if isinstance(x, Value) else x for x in node.operands]
                fresh[node] = evaluated(node.op, node.operands, data)
        for node, (y, stored) in fresh.items():  # after the loop, so that an error above changes nothing
            node._data = y
            if node.wide:
                node.note("operands", (node._more[0], stored))
            else:
                node._da, node._db = stored if len(stored) == 2 else (*stored, 0.0)
        return self

    def accept(self, adjoint: float) -> None:
        """Store the adjoint of a finished sweep: leaves accumulate, intermediate nodes start from zero."""
        self._grad = self.grad + adjoint if self.op is None else adjoint
        self._swept = True

    def restore(self, gradient: float | None) -> None:
        """Restore the gradient from before a failed sweep; None if there was none."""
        self._swept = gradient is not None
        if gradient is not None:
            self._grad = gradient

    def __lt__(self, other: Any) -> bool:
        outcome = self._data < operand(other)
        return compared("less", self, other, outcome) if OBSERVERS else outcome

    def __le__(self, other: Any) -> bool:
        outcome = self._data <= operand(other)
        return compared("less_equal", self, other, outcome) if OBSERVERS else outcome

    def __gt__(self, other: Any) -> bool:
        outcome = self._data > operand(other)
        return compared("greater", self, other, outcome) if OBSERVERS else outcome

    def __ge__(self, other: Any) -> bool:
        outcome = self._data >= operand(other)
        return compared("greater_equal", self, other, outcome) if OBSERVERS else outcome

    def __bool__(self) -> bool:
        outcome = self._data != 0.0
        return compared("not_equal", self, 0.0, outcome) if OBSERVERS else outcome

    def __pos__(self) -> Value:
        return self

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data}, grad={self.grad}{label})"

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def __float__(self) -> float:
        raise OperandError(
            "float(v), which math.exp(v) calls too, would lose the history of the Value. v.exp() and "
            "autograd_core.functions.exp(v) are recorded; v.data is the number alone."
        )


def evaluated(op: Any, operands: Sequence[Any], data: list[float]) -> tuple[float, tuple[float, ...]]:
    """Return the result of an operation, and its partials; a constant operand stands for its partial."""
    if len(data) != op.arity:
        raise ShapeError(f"{op.name} takes {op.arity} operand{'s' * (op.arity != 1)}, not {len(data)}.")
    y = op.scalar(*data)
    if type(y) is not float:
        y = number(y, f"result of {op.name}")
    stored = [
        rule(floats, y, *data) if isinstance(x, Value) else d
        for x, d, rule in zip(operands, data, op.partials, strict=True)
    ]
    for i, partial in enumerate(stored):
        if type(partial) is not float:
            stored[i] = number(partial, f"partial derivative of {op.name}")
    return y, tuple(stored)


def operand(x: Any) -> float:
    """Return the number of the right side of a comparison."""
    return x._data if isinstance(x, Value) else number(x, "other side of a comparison with")


if COMPILED:  # mypyc removes the hash of a class with comparisons, as Python does with ``__eq__``
    setattr(Value, "__hash__", object.__hash__)  # noqa: B010
