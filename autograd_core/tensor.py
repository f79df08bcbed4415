"""The array node: a NumPy array that remembers how it was computed.

A Tensor keeps its operands, and the arrays they had when it was computed; its local partials are read from the rules
when the sweep comes by. So a leaf may be changed after the forward pass: the gradient belongs to the recorded numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .algebra import arrays
from .array_arguments import misfit
from .array_kernels import sum_to
from .array_operators import ArrayOperators
from .errors import GraphError, OperandError, ShapeError, StaleGraphError
from .lanes import Lanes, chosen, marked, narrowed, plain
from .modes import WATCHERS, describe, watched
from .node import Node, tick
from .primitive import Bilinear, Pointwise, lookup
from .quiet import inside, quiet, quietly
from .rows import reading
from .sweep import backward

__all__ = ["Tensor", "as_array"]

FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
new = object.__new__
NO_PARAMS: dict[str, Any] = {}
HOLDS_NODES = (
    "This list holds nodes. stack([...]) joins Values or Tensors into one Tensor through which gradients flow back to "
    "them; Tensor(...) takes plain numbers."
)
PLACE, PICK = lookup("place"), lookup("pick")


def as_array(data: Any, what: str = "data of a Tensor") -> Any:
    """Return a new array of floats with the numbers of ``data``, or say why there is none.

    Raises
    ------
    OperandError
        For text, None, complex numbers, objects and lists of nodes.
    ShapeError
        For lists whose rows have different lengths.
    """
    if isinstance(data, Node):
        raise OperandError(
            f"The {what} is numbers, but this is the node {data!r:.200}. Use it as it is, x.detach() for a new leaf with "
            "the same numbers, or stack([...]) to join Values into one Tensor that remembers them."
        )
    try:
        array = np.array(data)
    except ValueError:
        raise ShapeError(
            f"The {what} is a rectangular array, but this nested list has rows of different lengths."
        ) from None
    except GraphError:  # a Tensor in a list
        raise OperandError(HOLDS_NODES) from None
    kind = array.dtype.kind
    if array.dtype in FLOATS:
        return array
    if kind in "iubf":
        return array.astype(np.float64)
    if kind == "O" and any(isinstance(x, Node) for x in array.flat):
        raise OperandError(HOLDS_NODES)
    reason = {"c": "complex numbers; derivatives here are real", "U": "text", "S": "text"}.get(kind, str(array.dtype))
    if kind == "O":
        reason = next((f"{x!r:.60}" for x in array.flat if not isinstance(x, (int, float))), "objects")
    raise OperandError(
        f"The {what} is an array of floats, but this holds {reason}. "
        "Convert it first, for instance np.asarray(x, dtype=float)."
    )


class Tensor(ArrayOperators):
    """An array with a gradient, and the operation that made it.

    Parameters
    ----------
    data : array_like of numbers, any shape
        Copied. float32 stays float32; every other number becomes float64.
    requires_grad : bool
        Whether gradients are wanted: operations on Tensors of which none requires one are not recorded.
    label : str, optional
        A name to show.

    Attributes
    ----------
    data : numpy.ndarray
        The numbers. Those of a leaf may be changed, also in place, without touching what was recorded.
    grad : numpy.ndarray or None
        d root / d self after ``root.backward()``, of the shape and dtype of ``data``; None before.
    shape, ndim, size, dtype : as in NumPy

    Raises
    ------
    OperandError
        For complex numbers, text, objects and None.

    Examples
    --------
    >>> W = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    >>> x = Tensor([1.0, -1.0])
    >>> loss = ((W @ x) ** 2).sum()
    >>> loss.backward()
    >>> loss.item(), W.grad.tolist()
    (2.0, [[-2.0, 2.0], [-2.0, 2.0]])
    """

    # ``_grad`` and ``params`` are set where there is something to keep; see Node for what that saves.
    __slots__ = ("_data", "_grad", "_params", "requires_grad")

    _data: Any
    _grad: Any
    _params: dict[str, Any]

    precedence = 2  # a Value that meets a Tensor is lifted into it

    def __init__(self, data: Any, requires_grad: bool = False, label: str = "") -> None:
        self._data = as_array(data)
        self.requires_grad = bool(requires_grad)
        self.op = None
        self.index = tick()
        self._a = None
        self._b = None
        self._adjoint = None
        if label:
            self.note("label", str(label))

    @property
    def data(self) -> Any:
        """The numbers."""
        if not self._data.flags.writeable and self.op is None:
            self._data = self._data.copy()  # what was recorded keeps the array it was computed with
        elif self.op is not None:
            self._data.flags.writeable = False  # a computed array is shared with what was computed from it
        return self._data

    @data.setter
    def data(self, array: Any) -> None:
        if array is self._data:  # t.data -= ... has already done the work
            return
        array = as_array(array)
        if array.shape != self._data.shape:
            raise ShapeError(
                f"The data of {self._name()} has shape {self._data.shape}; an array of shape {array.shape} cannot take "
                "its place, since gradients and optimisers rely on the shape. Make a new Tensor instead."
            )
        self._data = array.astype(self._data.dtype, copy=False)

    @property
    def grad(self) -> Any:
        """The gradient of the last root swept, by this node; None before."""
        grad = getattr(self, "_grad", None)
        if grad is not None and not grad.flags.writeable:  # the sweep's own array, which others may share
            grad = self._grad = grad.copy()
        return grad

    @grad.setter
    def grad(self, array: Any) -> None:
        if array is not None and array is not getattr(self, "_grad", None):
            array = as_array(array, "grad of a Tensor")
            if array.shape != self._data.shape:
                raise ShapeError(
                    f"The gradient of {self._name()} has the shape {self._data.shape} of its data, not {array.shape}."
                )
            array = array.astype(self._data.dtype, copy=False)
        self._grad = array

    @property
    def swept(self) -> bool:
        """Whether ``grad`` was computed."""
        return getattr(self, "_grad", None) is not None

    @property
    def params(self) -> dict[str, Any]:
        """The settings of the operation: axes, shapes, an index."""
        return getattr(self, "_params", NO_PARAMS)

    @property
    def array(self) -> Any:
        """The numbers as they are, without a copy, read-only."""
        view = self._data.view()
        view.flags.writeable = False
        return view

    def assign(self, array: Any) -> None:
        """Make a new array the numbers of a leaf, without a copy: for optimisers, which hand over what they computed.

        Parameters
        ----------
        array : numpy.ndarray
            Of the shape and dtype of this leaf. Nobody else may go on writing into it.
        """
        if type(array) is not np.ndarray or array.shape != self._data.shape or array.dtype != self._data.dtype:
            self.data = array
        else:
            self._data = array

    @property
    def operands(self) -> tuple[Any, ...]:
        """What the operation was applied to, in order: nodes, and numbers for constants."""
        return () if self.op is None else self._more[0]

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self._data.shape  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._data.ndim  # type: ignore[no-any-return]

    @property
    def size(self) -> int:
        """The number of elements."""
        return self._data.size  # type: ignore[no-any-return]

    @property
    def dtype(self) -> Any:
        """float64 or float32."""
        return self._data.dtype

    def is_finite(self) -> bool:
        """Whether no element is infinite or nan."""
        return bool(np.isfinite(self._data).all())

    def detach(self) -> Tensor:
        """Return a new leaf with the same numbers, cut off from the history."""
        return Tensor(self._data)

    def numpy(self) -> Any:
        """Return a copy of the numbers as an array."""
        return self._data.copy()

    def item(self) -> float:
        """Return the one element as a float.

        Raises
        ------
        ShapeError
            If there is not exactly one.
        """
        if self._data.size != 1:
            raise ShapeError(
                f"item() gives the one number of a Tensor, but {self._name()} has shape {self.shape}. "
                "Reduce it first (sum, mean), pick an element t[i, j], or take .numpy() for all of them."
            )
        return float(self._data.reshape(()))

    def zero_grad(self) -> None:
        """Forget the gradient: None."""
        self._grad = None

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set whether a leaf wants gradients, and return it."""
        if self.op is not None and not requires_grad:
            raise GraphError("A computed Tensor requires a gradient because its operands do; use x.detach() instead.")
        self.requires_grad = bool(requires_grad)
        return self

    def backward(self, gradient: Any = None, inputs: Any = None) -> None:
        """Compute the derivative of this node by every node it depends on, into their ``grad``.

        Leaves accumulate over calls; intermediate nodes start from zero in each. The graph is kept. If anything
        raises on the way, every ``grad`` is as it was.

        Parameters
        ----------
        gradient : array_like of the shape of this node, optional
            The adjoint to start from; 1 for a Tensor of one element, needed for any other.
        inputs : node or sequence of nodes, optional
            Write the gradients of these alone.

        Raises
        ------
        ShapeError
            Without ``gradient`` for more than one element, or for one of another shape.
        GraphError
            If nothing this was computed from requires a gradient.
        """
        if not self.requires_grad:
            raise GraphError(
                f"{self._name()} depends on nothing that requires a gradient, so there is nothing to compute. "
                "Make the parameters with Tensor(data, requires_grad=True), before the forward pass."
            )
        backward(self, self.seed(gradient), inputs)

    def seed(self, gradient: Any = None) -> Any:
        """Return the adjoint to start a sweep from: ones for a single element, or the one given, checked."""
        if gradient is None:
            if self._data.size != 1:
                raise ShapeError(
                    f"backward() starts from d root / d root = 1, which needs a single number, but {self._name()} has "
                    f"shape {self.shape}. Reduce it (.sum(), .mean()), or pass the adjoint: backward(gradient=array)."
                )
            return np.ones_like(self._data)
        array = as_array(gradient._data if isinstance(gradient, Tensor) else gradient, "gradient of a Tensor")
        if array.shape != self.shape:
            raise ShapeError(
                f"The gradient passed to backward() has the shape of the root, {self.shape}, not {array.shape}."
            )
        return array.astype(self.dtype, copy=False)

    def bind(self, primitive: Any, operands: tuple[Any, ...], params: Any = None) -> Any:
        """Apply an operation to Tensors, Values, arrays and numbers, and record it if one requires a gradient."""
        data: list[Any] = []
        requires = False
        for x in operands:
            if type(x) is Tensor:
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
        node = self._made(y, primitive if requires else None, operands, data)
        if requires:
            if params:
                node._params = params
            parents = [x for x in operands if type(x) is Tensor]
            if len(parents) <= 2:
                node._a, node._b = (parents[0], None) if len(parents) == 1 else parents
            for x in parents:
                if x.op is None:
                    x._data.flags.writeable = False  # who holds this array can no longer change what was recorded
        return watched(node) if WATCHERS else node

    def _made(self, y: Any, op: Any, operands: Any, data: Any) -> Tensor:
        """Return a new node, recorded unless ``op`` is None."""
        node = new(Tensor)
        node._data = y if type(y) is np.ndarray else np.asarray(y)
        node.op = op
        node.index = tick()
        node._a = node._b = node._adjoint = None
        node.requires_grad = op is not None
        if op is not None:
            node._more = (operands, data)
        return node

    def _two(self, primitive: Any, other: Any) -> Any:
        """Do what ``bind`` does, for the common case of an operation on two Tensors."""
        if type(other) is not Tensor:
            return self.bind(primitive, (self, other))
        a, b = self._data, other._data
        try:
            y = primitive.array(a, b) if inside() else quiet.run(primitive.array, a, b)
        except (ValueError, TypeError) as error:
            raise misfit(primitive, (self, other), error) from None
        if not (self.requires_grad or other.requires_grad):
            return self._made(y, None, None, None)
        node = self._made(y, primitive, (self, other), (a, b))
        node._a = self
        node._b = other
        if self.op is None:
            a.flags.writeable = False
        if other.op is None:
            b.flags.writeable = False
        return watched(node) if WATCHERS else node

    def _one(self, primitive: Any) -> Any:
        """Do what ``bind`` does, for an operation on one Tensor."""
        a = self._data
        y = primitive.array(a) if inside() else quiet.run(primitive.array, a)
        if not self.requires_grad:
            return self._made(y, None, None, None)
        node = self._made(y, primitive, (self,), (a,))
        node._a = self
        if self.op is None:
            a.flags.writeable = False
        return watched(node) if WATCHERS else node

    def _lifted(self, x: Any, primitive: Any) -> Any:
        """Return an operand as a Tensor or a float."""
        if isinstance(x, Tensor):
            return x
        if isinstance(x, Node):
            return _lift(x)
        if isinstance(x, (bool, int, float, np.integer, np.floating, np.bool_)):
            return float(x)
        return Tensor(as_array(x, f"other operand of {primitive.name}"))

    def _name(self) -> str:
        """Return how error messages call this node."""
        if self.label:
            return f"the Tensor {self.label!r}"
        return "the Tensor" if self.op is None else f"the result of {self.op.name}"

    def pull(self, adjoint: Any, wanted: Any = None) -> tuple[Any, ...]:
        """Return what the adjoint contributes to every parent, as arrays, nodes or rows, as it is one."""
        op: Any = self.op
        if op is None:
            return ()
        operands, data = self._more
        m, recorded = reading(plain(adjoint))
        if recorded:
            self._check_fresh(operands, data)
            return self._contributions(m, adjoint, self, operands, operands, wanted)
        return quietly(self._contributions, m, adjoint, self._data, operands, data, wanted)  # type: ignore[no-any-return]

    def _contributions(self, m: Any, adjoint: Any, y: Any, operands: Any, x: Any, wanted: Any) -> tuple[Any, ...]:
        op: Any = self.op
        if op.selects or type(adjoint) is Lanes:
            return self._lane_contributions(m, adjoint, y, operands, x, wanted)
        read = op.contribution
        params = self.params
        contributions: list[Any] = []
        for i, parent in enumerate(operands):
            if type(parent) is float:
                continue
            if not parent.requires_grad or (wanted is not None and parent not in wanted):
                contributions.append(None)
                continue
            contribution = read(m, i, adjoint, y, x, params)
            if type(parent) is Tensor:  # undo broadcasting and promotion, once, for every rule
                if contribution.shape != parent._data.shape:
                    contribution = m.sum_to(contribution, shape=parent._data.shape)
                if contribution.dtype is not parent._data.dtype and contribution.dtype != parent._data.dtype:
                    contribution = m.cast(contribution, dtype=parent._data.dtype)
            contributions.append(contribution)
        return tuple(contributions)

    def _lane_contributions(self, m: Any, adjoint: Any, y: Any, operands: Any, x: Any, wanted: Any) -> tuple[Any, ...]:
        """Return the contributions where some lanes are sent nothing: of ``where``, and of what leads to it."""
        op: Any = self.op
        _, data = self._more
        reached = adjoint.reached if type(adjoint) is Lanes else None
        adjoint = plain(adjoint)
        contributions: list[Any] = []
        for i, parent in enumerate(operands):
            if type(parent) is float:
                continue
            if not parent.requires_grad or (wanted is not None and parent not in wanted):
                contributions.append(None)
                continue
            contribution = op.contribution(m, i, adjoint, y, x, self.params)
            shape = getattr(parent, "shape", ())
            marks = None
            if isinstance(op, Pointwise):
                marks = chosen(op, i, self._data, data, arrays, reached)
                contribution = m.where(marks.astype(self.dtype), contribution, 0.0)
                marks = narrowed(marks, shape)
            elif reached is not None and not isinstance(op, Bilinear):
                marks = (
                    np.asarray(op.contribution(arrays, i, reached.astype(float), self._data, data, self.params)) != 0.0
                )
                marks = narrowed(marks, shape)
            if type(parent) is Tensor:
                if contribution.shape != shape:
                    contribution = m.sum_to(contribution, shape=shape)
                if contribution.dtype != parent.dtype:
                    contribution = m.cast(contribution, dtype=parent.dtype)
                contributions.append(marked(contribution, marks))
            else:
                contributions.append(contribution if marks is None or marks.any() else None)
        return tuple(contributions)

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
        return tangent if tangent.shape == self.shape else m.broadcast_to(tangent, shape=self.shape)

    def _check_fresh(self, operands: tuple[Any, ...], data: tuple[Any, ...]) -> None:
        """Refuse to mix the numbers of two points: rules read on nodes see the present ones."""
        for x, recorded in zip(operands, data, strict=True):
            if isinstance(x, Tensor) and x._data is not recorded and not np.array_equal(x._data, recorded, True):
                raise StaleGraphError(
                    f"The data of {x._name()} was changed after {describe(self)[:80]} was recorded. A derivative that "
                    "can be differentiated again reads the numbers of the graph, so run the forward pass again."
                )

    def send(self, adjoint: Any, adjoints: dict[Any, Any]) -> None:
        """Do what pulling and adding up does, for arrays, without what is made for somebody to look at."""
        op: Any = self.op
        operands, data = self._more
        if op.selects or type(adjoint) is Lanes:
            super().send(adjoint, adjoints)
            return
        read = op.contribution
        y = self._data
        params = getattr(self, "_params", NO_PARAMS)
        for i, parent in enumerate(operands):
            if type(parent) is float or not parent.requires_grad:
                continue
            contribution = read(arrays, i, adjoint, y, data, params)
            if type(parent) is Tensor:
                wanted = parent._data
                if contribution.shape != wanted.shape:
                    contribution = sum_to(contribution, wanted.shape)
                if contribution.dtype is not wanted.dtype and contribution.dtype != wanted.dtype:
                    contribution = contribution.astype(wanted.dtype)
            before = adjoints.get(parent)
            adjoints[parent] = contribution if before is None else before + contribution

    def accept(self, adjoint: Any) -> None:
        """Take the adjoint of a finished sweep: leaves accumulate, intermediate nodes start from zero."""
        adjoint = plain(adjoint)
        if self.op is None:
            if not self.requires_grad:
                return
            before = getattr(self, "_grad", None)
            if before is not None:
                self._grad = before + adjoint
                return
        if type(adjoint) is not np.ndarray:
            adjoint = np.asarray(adjoint)
        adjoint.flags.writeable = False  # it may be another node's as well; ``grad`` gives a copy that is not
        self._grad = adjoint

    def zero(self) -> Any:
        """Return the adjoint of a node that nothing was sent to."""
        return np.zeros_like(self._data)

    def finite(self, adjoint: Any) -> bool:
        """Whether an adjoint of this node is finite."""
        return bool(np.isfinite(adjoint._data if isinstance(adjoint, Tensor) else adjoint).all())

    def __repr__(self) -> str:
        numbers = np.array2string(self._data, threshold=60, edgeitems=3, precision=4, separator=", ", prefix="Tensor(")
        extra = ", requires_grad=True" if self.requires_grad and self.op is None else ""
        extra += "" if self.dtype == np.float64 else f", dtype={self.dtype}"
        extra += f", op={self.op.name}" if self.op is not None else ""
        extra += f", label={self.label!r}" if self.label else ""
        return f"Tensor({numbers}{extra})"


def _lift(value: Any) -> Tensor:
    """Return a Value as a Tensor of shape (), through which gradients flow back to it."""
    return from_values(PLACE, (value,), {"index": (), "shape": ()})


def from_values(primitive: Any, values: tuple[Any, ...], params: Any = None) -> Tensor:
    """Record an operation that makes a Tensor from Values."""
    params = params or NO_PARAMS
    data = tuple(v._data for v in values)
    node: Tensor = new(Tensor)
    node._data = np.asarray(primitive.array(*data, **params))
    node.index = tick()
    node._a = node._b = node._adjoint = None
    node.op, node._params, node.requires_grad = primitive, params, True
    node._more = (tuple(values), data)
    return watched(node) if WATCHERS else node


def _picked(y: float, kept: Any, data: list[Any], params: Any) -> Any:
    """Record a Value picked from a Tensor."""
    from .value import Value

    value = Value(y)
    if kept[0].requires_grad:
        value.op = PICK
        value._more = (kept, tuple(data))
        value.note("params", params)
        kept[0]._data.flags.writeable = False
    return value
