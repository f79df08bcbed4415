"""Check one sample for a network of Values."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core import Tensor, Value
from autograd_core.graph.node import Node

from ..errors import OperandError, ShapeError


def sample(x: Any) -> list[Any]:
    """Return one sample as a list of numbers and Values, or raise an error."""
    if isinstance(x, (list, tuple)):
        if x and isinstance(x[0], (list, tuple, np.ndarray)) and np.ndim(x[0]):
            raise _several(f"this {type(x).__name__} holds a {type(x[0]).__name__}")
        return list(x)
    if isinstance(x, np.ndarray):
        if x.ndim == 1:
            return x.tolist()  # type: ignore[no-any-return]
        if x.ndim > 1:
            raise _several(f"this array has shape {x.shape}")
        return [x.item()]
    if isinstance(x, Tensor):
        raise OperandError(
            "A network of Values takes one sample, a list of numbers or Values, not a Tensor. Call it on "
            "unstack(x), through which gradients flow, or take the same network at the resolution of Tensors, "
            "model.to_tensor()."
        )
    if isinstance(x, Value) or (not isinstance(x, Node) and np.isscalar(x) and not isinstance(x, str)):
        return [x]
    if isinstance(x, (str, bytes, dict, set, Node)) or not hasattr(x, "__iter__"):
        raise OperandError(
            f"A network of Values takes one sample, a list of numbers or Values in a fixed order, not "
            f"{type(x).__name__} {x!r}."
        )
    return list(x)


def _several(found: str) -> ShapeError:
    return ShapeError(
        f"A network of Values takes one sample at a time, but {found}. Call it on each row, [model(row) for row in X], "
        "or take the same network at the resolution of Tensors, model.to_tensor()."
    )


def wrong_number(module: Any, x: list[Any], expected: int) -> ShapeError:
    """Return the error for a sample of the wrong length."""
    return ShapeError(
        f"{type(module).__name__} {module._name!r} takes {expected} input{'s' * (expected != 1)}, but the sample has "
        f"{len(x)}. Nothing is cut off or filled in: check the sample, or build the network for {len(x)} inputs."
    )
