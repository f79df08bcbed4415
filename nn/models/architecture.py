"""Describe a feed-forward network without its numbers.

A model of Values and a model of Tensors with the same architecture can have the same numbers. A file contains the
architecture before the numbers.

>>> Architecture.of(2, [16, 16, 1], "tanh").describe()
'2 -> 16 tanh -> 16 tanh -> 1 linear'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ArchitectureError, OperandError
from ..options import count
from .activations import Activation, activation, named


@dataclass(frozen=True)
class Dense:
    """One fully connected layer: every unit is connected to every input.

    Attributes
    ----------
    nin, nout : int
        The number of inputs and of units.
    activation : Activation
        The activation of its units.
    bias : bool
        Whether each unit has a bias.
    """

    nin: int
    nout: int
    activation: Activation
    bias: bool = True


@dataclass(frozen=True)
class Architecture:
    """Fully connected layers, one after the other."""

    layers: tuple[Dense, ...]

    @classmethod
    def of(cls, nin: int, nouts: Sequence[int], activations: Any = "relu", bias: bool = True) -> Architecture:
        """Return the architecture of a multi-layer perceptron.

        Parameters
        ----------
        nin : int
            The number of inputs.
        nouts : list of int
            The number of units of each layer.
        activations : str, callable, or a list of one a layer
            One for all hidden layers, with a linear last layer; or a list with one for every layer.
        bias : bool
            Whether units have a bias.

        Raises
        ------
        ArchitectureError
            For no layers, sizes below 1, or a list of activations of the wrong length.
        OperandError
            For sizes that are not integers, or ``nouts`` that is not a list.
        """
        if isinstance(nouts, (int, np.integer)):
            raise OperandError(
                f"nouts is the list of layer sizes, but it is the number {nouts}. For one layer of {nouts} "
                f"unit{'s' * (nouts != 1)} write [{nouts}]; [16, 16, 1] has two hidden layers and one output."
            )
        if isinstance(nouts, (str, bytes)) or not isinstance(nouts, (Sequence, np.ndarray)):
            raise OperandError(f"nouts is the list of layer sizes, such as [16, 16, 1], not {nouts!r}.")
        if len(nouts) == 0:
            raise ArchitectureError("A network needs at least one layer: write nouts=[1] for a single output unit.")
        sizes = [
            count(nin, "The number of inputs", error=ArchitectureError),
            *(count(n, f"The size of layer {i}", error=ArchitectureError) for i, n in enumerate(nouts)),
        ]
        return cls(
            tuple(
                Dense(n, m, a, bias)
                for n, m, a in zip(sizes[:-1], sizes[1:], _one_a_layer(activations, len(nouts)), strict=True)
            )
        )

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of inputs, then of units of each layer."""
        return (self.layers[0].nin, *(layer.nout for layer in self.layers))

    @property
    def parameters(self) -> int:
        """Return the number of weights and biases."""
        return sum(d.nout * (d.nin + d.bias) for d in self.layers)

    def describe(self) -> str:
        """Return the architecture on one line."""
        return " -> ".join([str(self.sizes[0]), *(f"{d.nout} {d.activation.name}" for d in self.layers)])

    def to_json(self) -> dict[str, Any]:
        """Return plain data from which ``from_json`` makes the same architecture again.

        Raises
        ------
        OptionError
            If an activation is a user's function, because a file contains no code.
        """
        return {
            "sizes": list(self.sizes),
            "activations": [named(layer.activation) for layer in self.layers],
            "biases": [layer.bias for layer in self.layers],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any], most: int) -> Architecture:
        """Return the architecture from the data of ``to_json``, if it has at most this many weights and biases.

        The limit is the number of parameters in the file, so that a small file cannot make us build a huge network.
        """
        sizes, activations, biases = data["sizes"], data["activations"], data["biases"]
        plain = cls.of(sizes[0], sizes[1:], activations)
        if len(biases) != len(plain.layers) or not all(isinstance(b, bool) for b in biases):
            raise ArchitectureError(
                f"biases says true or false for each of {len(plain.layers)} layers, not {biases!r}."
            )
        found = cls(
            tuple(Dense(d.nin, d.nout, d.activation, bias) for d, bias in zip(plain.layers, biases, strict=True))
        )
        if found.parameters > most:
            raise ArchitectureError(f"{found.describe()} has {found.parameters} parameters, but there are only {most}.")
        return found


def _one_a_layer(spec: Any, layers: int) -> list[Activation]:
    if isinstance(spec, (list, tuple)):
        if len(spec) != layers:
            raise ArchitectureError(
                f"There are {layers} layers but {len(spec)} activations. Give one for every layer, the last included "
                "('linear' for logits or a regression), or a single one for all hidden layers."
            )
        return [activation(a) for a in spec]
    return [activation(spec)] * (layers - 1) + [activation("linear")]
