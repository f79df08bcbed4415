"""Define layers of Tensors: the mathematics of neurons for a whole batch of samples.

A sample is a row: inputs have shape (batch, features). Weights W have shape (out, in), one row for each unit, as in
PyTorch and the lectures of Vu and Larochelle. A layer computes X Wᵀ + b. Lectures that write Z = X W + B store the
transpose; (XW + B)ᵀ = WᵀXᵀ + Bᵀ is the same for samples in columns.

>>> layer = Linear(2, 3, init=[[1, 1], [-1, 1], [1, -1]])
>>> layer([[1.0, 2.0]]).data
array([[ 3.,  1., -1.]])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core import Tensor, functions
from autograd_core.array.arguments import float_type

from ..errors import ArchitectureError, OptionError, ShapeError
from ..options import count
from .activations import activation, named
from .initializers import initializer
from .module import Module


class TensorModule(Module):
    """A module that takes a batch: rows of samples."""

    one_sample = False


class Linear(TensorModule):
    """X Wᵀ + b.

    Parameters
    ----------
    in_features, out_features : int
    bias : bool
    init : str, Initializer or array_like, shape (out_features, in_features)
        The initializer of W, or W itself. b is initially 0.
    rng : int, random.Random or numpy.random.Generator, optional
        A seed or a generator. Default: Python's ``random`` module.
    dtype : {numpy.float64, numpy.float32}

    Attributes
    ----------
    weight : Tensor, shape (out_features, in_features)
    bias : Tensor, shape (out_features,), or None
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        init: Any = "glorot_uniform",
        rng: Any = None,
        dtype: Any = np.float64,
    ) -> None:
        fan_in = count(in_features, "in_features", error=ArchitectureError)
        fan_out = count(out_features, "out_features", error=ArchitectureError)
        dtype = layer_dtype(dtype)
        drawn = initializer(init)(rng, (fan_out, fan_in), fan_in, fan_out)
        self.weight = Tensor(drawn.astype(dtype), requires_grad=True, label="W")
        self.bias = Tensor(np.zeros(fan_out, dtype), requires_grad=True, label="b") if bias else None

    @property
    def in_features(self) -> int:
        """The number of features of a sample."""
        return int(self.weight.shape[1])

    @property
    def out_features(self) -> int:
        """The number of units."""
        return int(self.weight.shape[0])

    def forward(self, x: Any) -> Any:
        """Return X Wᵀ + b, shape (…, out_features), for X of shape (…, in_features)."""
        weight, bias = self.weight, self.bias
        x = as_batch(x, weight.dtype)
        shape = x.shape
        if not shape or shape[-1] != weight.shape[1]:
            raise wrong_features(self, x, self.in_features)
        z = x.matmul_transposed(weight) if len(shape) > 1 else x.reshape(1, -1).matmul_transposed(weight).reshape(-1)
        return z if bias is None else z + bias

    def to_json(self) -> dict[str, Any]:
        """Return its description for a file."""
        return {"in_features": self.in_features, "out_features": self.out_features, "bias": self.bias is not None,
                "dtype": str(self.weight.dtype)}  # fmt: skip

    def __repr__(self) -> str:
        return f"Linear({self.in_features}, {self.out_features}{', bias=False' if self.bias is None else ''})"


class Nonlinearity(TensorModule):
    """An activation function as a layer.

    Parameters
    ----------
    activation : str or callable
        A name of ``nn.activations.ACTIVATIONS``, or a function of one Tensor. Softmax acts on each row.

    Examples
    --------
    >>> Nonlinearity("relu")([[-1.0, 2.0]]).data
    array([[0., 2.]])
    """

    def __init__(self, activation: Any) -> None:
        self.activation = _activation(activation)
        if self.activation.slope is not None:
            raise ArchitectureError("A learned slope belongs to a layer of its own: PReLU(units).")

    def forward(self, x: Any) -> Any:
        """Return f(x), of the same shape."""
        return self.activation.function(as_batch(x))

    def to_json(self) -> dict[str, Any]:
        """Return its description for a file."""
        return {"activation": named(self.activation)}

    def __repr__(self) -> str:
        return f"Nonlinearity({self.activation.name!r})"


_activation = activation


class PReLU(TensorModule):
    """x where it is positive, otherwise slope·x with a learned slope (He, Zhang, Ren and Sun, ICCV 2015).

    Parameters
    ----------
    num_parameters : int
        1 for one slope, or the number of units for one slope each.
    init : float
        The initial slopes.
    dtype : {numpy.float64, numpy.float32}
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, *, dtype: Any = np.float64) -> None:
        n = count(num_parameters, "num_parameters", error=ArchitectureError)
        self.slope = Tensor(np.full(n, float(init), layer_dtype(dtype)), requires_grad=True, label="slope")

    def forward(self, x: Any) -> Any:
        """Return the rectified x, of the same shape."""
        return functions.prelu(as_batch(x, self.slope.dtype), self.slope)

    def to_json(self) -> dict[str, Any]:
        """Return its description for a file."""
        return {"num_parameters": int(self.slope.size), "dtype": str(self.slope.dtype)}

    def __repr__(self) -> str:
        return f"PReLU({self.slope.size})"


class Flatten(TensorModule):
    """Each sample as one row: (batch, …) becomes (batch, features)."""

    def forward(self, x: Any) -> Any:
        """Return the rows."""
        x = as_batch(x)
        return x.reshape(x.shape[0], -1) if x.ndim > 1 else x.reshape(-1, 1)

    def to_json(self) -> dict[str, Any]:
        """Return its description for a file."""
        return {}


def as_batch(x: Any, dtype: Any = None) -> Any:
    """Return numbers as a Tensor, optionally of a type; a Tensor is returned unchanged."""
    if isinstance(x, Tensor):
        return x
    batch = Tensor(x)
    if dtype is not None and batch.dtype != dtype:
        batch = Tensor(batch.numbers.astype(dtype))
    return batch


def layer_dtype(dtype: Any) -> Any:
    """Return the type of a layer's numbers; raise an error that lists the types."""
    found = float_type(dtype)
    if found is None:
        raise OptionError(f"dtype is numpy.float64 or numpy.float32, not {dtype!r}.")
    return found


def wrong_features(layer: Module, x: Any, expected: Any) -> ShapeError:
    """Return the error for a batch whose shape does not fit the layer."""
    return ShapeError(
        f"{layer!r} takes samples of {expected} features in rows, but got an array of shape {tuple(x.shape)}. "
        "Samples are rows and features columns; a single sample is a row too, x.reshape(1, -1)."
    )
