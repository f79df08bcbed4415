"""Numbers from outside, as arrays of floats."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import GraphError, OperandError, ShapeError
from ..graph.node import Node

__all__ = ["as_array", "type_of_floats"]

FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
HOLDS_NODES = (
    "This list holds nodes. stack([...]) joins Values or Tensors into one Tensor through which gradients flow back to "
    "them; Tensor(...) takes plain numbers."
)


def type_of_floats(dtype: Any) -> Any:
    """Return float64 or float32 as NumPy's type; None for what is neither."""
    try:
        found = None if dtype is None else np.dtype(dtype)  # NumPy takes None for float64
    except TypeError:  # it knows no type of this name
        return None
    return found if found in FLOATS else None


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
            f"The {what} is numbers, but this is the node {data!r:.200}. Use it as it is, x.detach() for a new leaf "
            "with the same numbers, or stack([...]) to join Values into one Tensor that remembers them."
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
        odd = [x for x in array.flat if not isinstance(x, (int, float))]
        reason = f"objects such as {odd[0]!r:.60}" if odd else "objects"
    raise OperandError(
        f"The {what} is an array of floats, but this holds {reason}. "
        "Convert it first, for instance np.asarray(x, dtype=float)."
    )
