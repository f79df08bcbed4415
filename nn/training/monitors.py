"""Monitor a network: outputs of every layer, dead units, sparsity, gradient norms.

>>> from nn import MLP
>>> model = MLP(1, [2, 1], init=[[[1.0], [-1.0]], [[1.0, 1.0]]])
>>> outputs = layer_outputs(model, [[1.0], [2.0]])
>>> outputs["layer0"].tolist()
[[1.0, 0.0], [2.0, 0.0]]
>>> dead_fraction(outputs["layer0"]), sparsity(outputs["layer0"])
(0.5, 0.5)
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data.preparation import table
from ..errors import OperandError
from ..models.module import Module
from ..optim.optimizer import has_gradient
from .evaluation import quiet
from .metrics import numbers

__all__ = ["dead_fraction", "gradient_norms", "inside", "layer_outputs", "norms_of", "parts_of", "sparsity"]


def layer_outputs(model: Any, X: ArrayLike) -> dict[str, NDArray[np.float64]]:
    """Return the outputs of each layer for some samples; nothing is recorded or changed.

    Parameters
    ----------
    model : Module
        A model whose parts are applied in order and stored in its attribute ``layers``.
    X : array_like, shape (samples, features)

    Returns
    -------
    dict of str to array, shape (samples, units)
        By the name of the layer, in the order of application.

    Raises
    ------
    OperandError
        For a model without ``layers``.
    """
    if not isinstance(getattr(model, "layers", None), list):
        raise OperandError(f"A {type(model).__name__} has no list of layers that are applied one after the other.")
    rows: Any = table(X)
    found = {}
    with quiet(model):
        flowing = rows.tolist() if model.one_sample else rows
        for name, layer in model.named_children():
            flowing = [layer(row) for row in flowing] if model.one_sample else layer(flowing)
            found[name] = numbers(flowing).reshape(len(rows), -1)
    return found


def dead_fraction(outputs: ArrayLike) -> float:
    """Return the share of units that are 0 for every sample; a ReLU among them no longer learns.

    Parameters
    ----------
    outputs : array_like, shape (samples, units)
    """
    return float(np.mean((np.asarray(outputs) == 0.0).all(axis=0)))


def sparsity(outputs: ArrayLike) -> float:
    """Return the share of outputs that are 0.

    Parameters
    ----------
    outputs : array_like, shape (samples, units)
    """
    return float(np.mean(np.asarray(outputs) == 0.0))


def inside(model: Module, X: ArrayLike) -> dict[str, float]:
    """Return the dead fraction and the sparsity of every layer, as columns of a history."""
    found = layer_outputs(model, X)
    return {f"dead_{name}": dead_fraction(y) for name, y in found.items()} | {
        f"sparsity_{name}": sparsity(y) for name, y in found.items()
    }


def parts_of(model: Module) -> dict[str, list[Any]]:
    """Return the parameters of each part of a model by its name; for a model without parts, under its own name.

    >>> from nn import MLP
    >>> {name: len(parameters) for name, parameters in parts_of(MLP(2, [3, 1])).items()}
    {'layer0': 9, 'layer1': 4}
    """
    parts = model.named_children() or [(model._name, model)]
    return {name: part.parameters() for name, part in parts}


def gradient_norms(model: Module) -> dict[str, float]:
    """Return the Euclidean norm of the gradient of each part of a model that has a gradient, by name."""
    return norms_of(parts_of(model))


def norms_of(parts: dict[str, list[Any]]) -> dict[str, float]:
    """Return the Euclidean norm of the gradient of each part that has one, from its parameters."""
    found = {}
    for name, parameters in parts.items():
        squares = [_square(p.grad) for p in parameters if has_gradient(p)]
        if squares:
            found[name] = math.sqrt(sum(squares))
    return found


def _square(gradient: Any) -> float:
    return gradient * gradient if type(gradient) is float else float(np.sum(np.square(gradient)))
