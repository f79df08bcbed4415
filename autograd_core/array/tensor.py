"""Define Tensor: a NumPy array that records how it was computed.

``array.node`` records its operations; ``array.operators`` defines its operators and methods.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import GraphError, ShapeError
from ..graph.node import PROMOTIONS, tick
from ..graph.sweep import backward
from .arguments import as_array
from .node import NO_PARAMS, ArrayNode
from .operators import ArrayOperators
from .sweep import fast_sweep


class Tensor(ArrayNode, ArrayOperators):
    """An array with a gradient, and the operation that computed it.

    Parameters
    ----------
    data : array_like of numbers, any shape
        Copied. float32 stays float32; other types become float64.
    requires_grad : bool
        Whether to compute a gradient. An operation is recorded only if one of its operands requires a gradient.
    label : str, optional
        A name for pictures and messages.

    Attributes
    ----------
    data : numpy.ndarray
        The numbers. Those of a leaf may be changed, also in place; recorded results keep the old ones.
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

    __slots__ = ()

    def __init__(self, data: Any, requires_grad: bool = False, label: str = "") -> None:
        self._data = as_array(data)
        self._grad = None
        self.params = NO_PARAMS
        self.requires_grad = bool(requires_grad)
        self.op = None
        self.index = tick()
        self._notes = None
        if label:
            self.note("label", str(label))

    @property
    def data(self) -> Any:
        """The numbers."""
        if not self._data.flags.writeable and self.op is None:
            self._data = self._data.copy("K")  # recorded operations keep the old array
        elif self.op is not None:
            self._data.flags.writeable = False  # recorded operations share a computed array
        return self._data

    @data.setter
    def data(self, array: Any) -> None:
        if array is self._data:  # t.data -= ... has already changed it
            return
        if self.op is not None:
            raise GraphError(
                f"The data of {self._name()} are computed from its operands and cannot be set. Set the data of a leaf "
                "and run the forward pass again; t.detach() is a leaf with the same numbers."
            )
        array = as_array(array)
        if array.shape != self._data.shape:
            raise ShapeError(
                f"The data of {self._name()} has shape {self._data.shape}; an array of shape {array.shape} cannot "
                "replace it, because gradients and optimizers rely on the shape. Make a new Tensor instead."
            )
        self._data = array.astype(self._data.dtype, copy=False)

    @property
    def grad(self) -> Any:
        """The derivative of the last root by this node; None before ``backward()``."""
        grad = self._grad
        if grad is not None and not grad.flags.writeable:  # other nodes may share the array of the sweep
            grad = self._grad = grad.copy("K")
        return grad

    @grad.setter
    def grad(self, array: Any) -> None:
        if array is not None and array is not self._grad:
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
        return self._grad is not None

    @property
    def numbers(self) -> Any:
        """The numbers as a read-only array, without a copy."""
        data = self._data
        if data.flags.writeable:
            data = data.view()
            data.setflags(False)
        return data

    def assign(self, array: Any) -> None:
        """Set the numbers of a leaf without a copy, for optimizers.

        Parameters
        ----------
        array : numpy.ndarray
            Of the shape and dtype of this leaf. The caller must not write to it again.
        """
        data = self._data
        if type(array) is np.ndarray and array.dtype is data.dtype and array.shape == data.shape:
            self._data = array
            self._data.setflags(False)  # as the first recorded operation would do
        else:
            self.data = array

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

    def detach(self) -> Tensor:
        """Return a new leaf with the same numbers and no history."""
        return Tensor(self._data)

    def numpy(self) -> Any:
        """Return a copy of the numbers as an array."""
        return self._data.copy()

    def tolist(self) -> Any:
        """Return the numbers as nested lists of floats; a single number for shape ()."""
        return self._data.tolist()

    def item(self) -> float:
        """Return the one element as a float.

        Raises
        ------
        ShapeError
            If the Tensor does not have exactly one element.
        """
        if self._data.size != 1:
            raise ShapeError(
                f"item() gives the one number of a Tensor, but {self._name()} has shape {self.shape}. "
                "Reduce it first (sum, mean), pick an element t[i, j], or take .numpy() for all of them."
            )
        return float(self._data.reshape(()))

    def zero_grad(self) -> None:
        """Set the gradient to None."""
        self._grad = None

    def restore(self, gradient: Any) -> None:
        """Restore the gradient from before a failed sweep."""
        self._grad = gradient

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set whether a leaf requires a gradient, and return it."""
        if self.op is not None and not requires_grad:
            raise GraphError("A computed Tensor requires a gradient because its operands do; use x.detach() instead.")
        self.requires_grad = bool(requires_grad)
        return self

    def backward(self, gradient: Any = None, inputs: Any = None) -> None:
        """Compute the derivatives of this node by all its ancestors, and store them in ``grad``.

        Leaves accumulate over calls; intermediate nodes start from zero in each call. The graph is kept. If an error
        occurs, no ``grad`` changes.

        Parameters
        ----------
        gradient : array_like of the shape of this node, optional
            The adjoint of this node; 1 by default for a Tensor of one element, required for any other.
        inputs : node or sequence of nodes, optional
            Store gradients in these nodes only.

        Raises
        ------
        ShapeError
            If this has several elements and ``gradient`` is missing, or if its shape differs.
        GraphError
            If no ancestor requires a gradient.
        """
        if not self.requires_grad:
            raise GraphError(
                f"{self._name()} depends on no node that requires a gradient. "
                "Make the parameters with Tensor(data, requires_grad=True), before the forward pass, and update them "
                "with w.data -= step: inside no_grad(), w -= step makes a Tensor that requires no gradient."
            )
        seed = self.seed(gradient)
        backward(self, seed, inputs)

    def run_fast_sweep(self, seed: Any) -> bool:
        """Run the fast sweep of Tensors; return False if the general sweep must run instead."""
        return fast_sweep(self, seed)

    def seed(self, gradient: Any = None) -> Any:
        """Return the adjoint of the root: one for a single element, or the checked ``gradient``."""
        if gradient is None:
            if self._data.size != 1:
                raise ShapeError(
                    f"backward() starts from d root / d root = 1, which needs a single number, but {self._name()} has "
                    f"shape {self.shape}. Reduce it (.sum(), .mean()), or pass the adjoint: backward(gradient=array)."
                )
            one = np.empty(self._data.shape, self._data.dtype)
            one.fill(1.0)
            return one
        array = as_array(gradient._data if isinstance(gradient, Tensor) else gradient, "gradient of a Tensor")
        if array.shape != self.shape:
            raise ShapeError(
                f"The gradient passed to backward() has the shape of the root, {self.shape}, not {array.shape}."
            )
        return array.astype(self.dtype, copy=False)

    def __repr__(self) -> str:
        numbers = np.array2string(self._data, threshold=60, edgeitems=3, precision=4, separator=", ", prefix="Tensor(")
        extra = ", requires_grad=True" if self.requires_grad and self.op is None else ""
        extra += "" if self.dtype == np.float64 else f", dtype={self.dtype}"
        extra += f", op={self.op.name}" if self.op is not None else ""
        extra += f", label={self.label!r}" if self.label else ""
        return f"Tensor({numbers}{extra})"


from_values = Tensor.from_values
PROMOTIONS["array"] = from_values
