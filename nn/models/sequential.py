"""Apply layers of Tensors in order, and convert between them and networks of Values.

>>> from nn import MLP
>>> scalar = MLP(2, [3, 1], activation="tanh", rng=0)
>>> tensor = scalar.to_tensor()
>>> tensor
Sequential(Linear(2, 3), Nonlinearity('tanh'), Linear(3, 1))
>>> import math
>>> y = scalar([0.5, -1.0]).data
>>> abs(tensor([[0.5, -1.0]]).item() - y) <= 4.0 * math.ulp(y)  # Python's tanh and NumPy's may differ by an ulp
True
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..errors import ArchitectureError, OperandError
from .activations import activation
from .architecture import Architecture, Dense
from .layers import Flatten, Linear, Nonlinearity, PReLU, TensorModule
from .module import Module
from .neurons import CONVERSIONS, MLP
from .normalization import BatchNorm1d, Dropout, LayerNorm

#: The layers that a file can name.
LAYERS: dict[str, type[Any]] = {
    layer.__name__: layer for layer in (Linear, Nonlinearity, PReLU, Dropout, BatchNorm1d, LayerNorm, Flatten)
}


class Sequential(TensorModule):
    """Layers that are applied in order.

    Parameters
    ----------
    *layers : Module, str or callable
        A name or a function stands for the activation.

    Attributes
    ----------
    layers : list of Module

    Examples
    --------
    >>> Sequential(Linear(2, 4, rng=0), "relu", Dropout(0.2), Linear(4, 3, rng=1))
    Sequential(Linear(2, 4), Nonlinearity('relu'), Dropout(0.2), Linear(4, 3))
    """

    def __init__(self, *layers: Any) -> None:
        if not layers:
            raise ArchitectureError("A Sequential needs at least one layer, such as Linear(2, 1).")
        if len(layers) == 1 and isinstance(layers[0], (list, tuple)):
            raise OperandError("Sequential takes its layers one by one, Sequential(a, b); write Sequential(*layers).")
        for layer in layers:
            if isinstance(layer, Module) and layer.one_sample:
                raise ArchitectureError(
                    f"{layer!r} is made of Values and takes one sample, but a Sequential passes on batches of Tensors. "
                    "Take its twin at the resolution of Tensors: MLP(...).to_tensor()."
                )
        self.layers = [layer if isinstance(layer, Module) else Nonlinearity(layer) for layer in layers]

    def forward(self, x: Any) -> Any:
        """Return the output of the last layer for a batch."""
        for layer in self.layers:
            x = layer(x)
        return x

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)

    def __getitem__(self, i: int) -> Module:
        return self.layers[i]

    @property
    def architecture(self) -> Architecture:
        """Its sizes and activations, if it consists of Linear layers and activations only.

        Raises
        ------
        ArchitectureError
            If it has a layer that a network of neurons cannot have.
        """
        dense: list[Dense] = []
        for layer in self.layers:
            if isinstance(layer, Linear):
                biased = layer.bias is not None
                dense.append(Dense(layer.in_features, layer.out_features, activation(None), biased))
            elif isinstance(layer, (Nonlinearity, PReLU)) and dense and dense[-1].activation.is_linear:
                chosen = activation("prelu") if isinstance(layer, PReLU) else layer.activation
                dense[-1] = Dense(dense[-1].nin, dense[-1].nout, chosen, dense[-1].bias)
            else:
                raise ArchitectureError(
                    f"{layer!r} has no counterpart among neurons, which know sums, biases and one activation a layer."
                )
        return Architecture(tuple(dense))

    def to_scalar(self) -> MLP:
        """Return the same network made of Values, with the same numbers; see ``to_scalar``."""
        return to_scalar(self)

    def to_json(self) -> dict[str, Any]:
        """Return plain data from which ``from_json`` makes the same layers, without the numbers.

        Raises
        ------
        OptionError
            If it has a user's own layer or activation.
        """
        described = []
        for layer in self.layers:
            if LAYERS.get(type(layer).__name__) is not type(layer):
                raise ArchitectureError(f"{layer!r} is a layer of your own, and a model file holds no code.")
            described.append({"kind": type(layer).__name__, **layer.to_json()})  # type: ignore[attr-defined]
        return {"layers": described}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], most: int) -> Sequential:
        """Return the layers from the data of ``to_json``, with weights of 0 and at most this many parameters."""
        layers: list[Any] = []
        left = most
        for described in data["layers"]:
            options = dict(described)
            kind = LAYERS[options.pop("kind")]
            if not all(isinstance(x, (int, float, bool, str, list)) for x in options.values()):
                raise ArchitectureError(f"A layer is described by numbers and names, not by {options!r}.")
            sizes = [options.get(name, 1) for name in ("in_features", "out_features", "num_features", "num_parameters")]
            needed = int(np.prod([*sizes, *np.ravel(options.get("normalized_shape", 1))], dtype=object))
            if needed > left:
                raise ArchitectureError(f"A layer of {needed} numbers is described, but there are only {left}.")
            if kind is Linear:
                options["init"] = "zeros"
            layers.append(kind(**options))
            left -= sum(p.size for p in layers[-1].parameters())
        return cls(*layers)

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.layers))})"


def to_tensor(model: MLP) -> Sequential:
    """Return the network of Tensors with the architecture and the numbers of a network of Values.

    Outputs, losses and gradients agree up to rounding, because sums may have another order.

    Parameters
    ----------
    model : MLP

    Returns
    -------
    Sequential
        A separate model: training one does not change the other.
    """
    layers: list[Any] = []
    for dense, layer in zip(model.architecture.layers, model.layers, strict=True):
        weights = [[w.data for w in neuron.w] for neuron in layer.neurons]
        linear = Linear(dense.nin, dense.nout, bias=dense.bias, init=weights)
        if linear.bias is not None:
            linear.bias.data = np.array([neuron.b.data for neuron in layer.neurons if neuron.b is not None])
        layers.append(linear)
        if dense.activation.slope is not None:
            prelu = PReLU(dense.nout)
            prelu.slope.data = np.array([neuron.slope.data for neuron in layer.neurons if neuron.slope is not None])
            layers.append(prelu)
        elif not dense.activation.is_linear:
            layers.append(Nonlinearity(dense.activation))
    return Sequential(*layers).train(model.training)


def to_scalar(model: Sequential) -> MLP:
    """Return the network of Values with the architecture and the numbers of a network of Tensors.

    Parameters
    ----------
    model : Sequential
        Linear layers and activations only.

    Raises
    ------
    ArchitectureError
        If it has a layer that neurons cannot have, such as dropout or a normalization.
    """
    architecture = model.architecture
    linears = [layer for layer in model.layers if isinstance(layer, Linear)]
    found = MLP.of(architecture, init=[layer.weight.numpy() for layer in linears])
    for layer, linear in zip(found.layers, linears, strict=True):
        if linear.bias is not None:
            for neuron, b in zip(layer.neurons, linear.bias.numpy().tolist(), strict=True):
                neuron.b.data = b  # type: ignore[union-attr]
    learned = [layer for layer in model.layers if isinstance(layer, PReLU)]
    sloped = [layer for layer, dense in zip(found.layers, architecture.layers, strict=True) if dense.activation.slope]
    for layer, prelu in zip(sloped, learned, strict=True):
        slopes = prelu.slope.numpy().tolist()
        for i, neuron in enumerate(layer.neurons):
            if len(slopes) == 1:
                neuron.slope = layer.neurons[0].slope  # one slope for all units is one shared Value
            neuron.slope.data = slopes[i % len(slopes)]  # type: ignore[union-attr]
    return found.train(model.training)


CONVERSIONS["tensor"] = to_tensor
