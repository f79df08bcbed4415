"""Define neurons, layers and multi-layer perceptrons made of Values.

By default they are micrograd's: the same signatures, the same names, and the same numbers drawn from Python's
``random`` in the same order. A layer of one unit returns its Value. In addition, one can choose the activation, the
initial weights, the biases and the source of random numbers.

>>> model = MLP(2, [4, 1], activation="tanh", rng=1337)
>>> model
MLP of [Layer of [TanhNeuron(2), TanhNeuron(2), TanhNeuron(2), TanhNeuron(2)], Layer of [LinearNeuron(4)]]
>>> model([1.0, -2.0]).data
-0.129500988618250
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd_core import Value
from autograd_core.graph.node import number
from autograd_core.scalar.weighted_sum import weighted_sum

from ..errors import ArchitectureError
from ..options import count
from .activations import activation as activation_of
from .architecture import Architecture
from .initializers import initializer, source
from .module import Module
from .samples import sample, wrong_number

#: resolution to the function that converts a network to it; ``sequential`` adds its own when it is imported
CONVERSIONS: dict[str, Callable[[MLP], Any]] = {}


class Neuron(Module):
    """One unit: f(w₁x₁ + … + wₙxₙ + b).

    Parameters
    ----------
    nin : int
        The number of inputs.
    nonlin : bool
        As in micrograd: ReLU if true, the identity if not.
    activation : str or callable, optional
        Replaces ``nonlin``: a name of ``nn.activations.ACTIVATIONS`` or a function of one Value.
    init : str, Initializer or list of float
        The initializer of the weights, or the weights themselves.
    bias : bool or float
        False for no bias; a number is the initial bias.
    rng : int, random.Random or numpy.random.Generator, optional
        A seed or a generator. Default: Python's ``random`` module.

    Attributes
    ----------
    w : list of Value
        The weights, one for each input.
    b : Value or None
        The bias.
    slope : Value or None
        The learned slope of a PReLU unit.
    activation : Activation
    nonlin : bool
        Whether the activation is not the identity.

    Raises
    ------
    OperandError, ArchitectureError
        If the number of inputs is not a positive integer.
    ShapeError
        When called with another number of inputs; no input is ignored.

    Examples
    --------
    >>> n = Neuron(2, init=[3.0, -1.0], bias=0.5)
    >>> n
    ReLUNeuron(2)
    >>> n([1.0, 2.0]).data
    1.5
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: Any = None,
        init: Any = "uniform",
        bias: bool | float = True,
        rng: Any = None,
    ) -> None:
        nin = count(nin, "The number of inputs of a neuron", error=ArchitectureError)
        self.activation = activation_of(("relu" if nonlin else "linear") if activation is None else activation)
        if not self.activation.elementwise:
            raise ArchitectureError(
                f"{self.activation.name} needs all units of a layer, so a single neuron cannot compute it. "
                f"Give it to the layer: Layer({nin}, 3, activation={self.activation.name!r})."
            )
        if not nonlin and not self.activation.is_linear:
            raise ArchitectureError(
                f"nonlin=False asks for a linear neuron and activation={activation!r} for another one. Leave one out."
            )
        self.nonlin = not self.activation.is_linear
        weights = initializer(init)(rng, (nin,), nin, 1)
        self.w = [Value(x, label=f"w{i}") for i, x in enumerate(weights.tolist())]
        self.b = None if bias is False else Value(0.0 if bias is True else number(bias, "initial bias"), label="b")
        self.slope = None if self.activation.slope is None else Value(self.activation.slope, label="slope")

    def forward(self, x: Any) -> Any:
        """Return the output for one sample: ``nin`` numbers or Values, or a single one if ``nin`` is 1."""
        w, b = self.w, self.b
        if type(x) is not list:
            x = sample(x)
        if len(x) != len(w):
            raise wrong_number(self, x, len(w))
        z = weighted_sum(w, x, b) if b is not None else weighted_sum(w[1:], x[1:], w[0] * x[0])
        if self.slope is not None:
            return self.activation.function(z, self.slope)
        fire = self.activation.unit
        return z if fire is None else fire(z)

    def __repr__(self) -> str:
        return f"{self.activation.title}Neuron({len(self.w)})"


class Layer(Module):
    """Neurons with the same inputs.

    Parameters
    ----------
    nin, nout : int
        The number of inputs and of neurons.
    activation : str or callable, optional
        As for ``Neuron``; ``"softmax"`` acts on the whole layer.
    init : str, Initializer or array_like, shape (nout, nin)
        The initializer of the weights, which gets both fans; or the weights, one row for each neuron.
    rng : int, random.Random or numpy.random.Generator, optional
        A seed or a generator. Default: Python's ``random`` module.
    **kwargs
        ``nonlin`` and ``bias``, as for ``Neuron``.

    Attributes
    ----------
    neurons : list of Neuron

    Examples
    --------
    >>> layer = Layer(2, 3, activation="softmax", rng=0)
    >>> round(sum(p.data for p in layer([1.0, 2.0])), 12)
    1.0
    """

    def __init__(
        self, nin: int, nout: int, *, activation: Any = None, init: Any = "uniform", rng: Any = None, **kwargs: Any
    ) -> None:
        nin = count(nin, "The number of inputs of a layer", error=ArchitectureError)
        nout = count(nout, "The number of neurons of a layer", error=ArchitectureError)
        of_unit = activation
        self.activation = None
        if activation is not None and not activation_of(activation).elementwise:
            self.activation, of_unit = activation_of(activation), "linear"
        weights = initializer(init)(source(rng), (nout, nin), nin, nout)
        self.neurons = [Neuron(nin, activation=of_unit, init=row, **kwargs) for row in weights]

    def forward(self, x: Any) -> Any:
        """Return the outputs of all neurons for one sample: a list, or the Value itself if there is one neuron."""
        if type(x) is not list or (x and type(x[0]) is list):  # several samples are refused
            x = sample(x)
        nin = len(self.neurons[0].w)
        if len(x) != nin:
            raise wrong_number(self, x, nin)
        outputs = [neuron(x) for neuron in self.neurons]
        if self.activation is not None:
            outputs = self.activation(outputs)
        return outputs[0] if len(outputs) == 1 else outputs

    def __repr__(self) -> str:
        title = "" if self.activation is None else self.activation.title
        return f"{title}Layer of [{', '.join(map(repr, self.neurons))}]"


class MLP(Module):
    """A multi-layer perceptron: each layer gets the outputs of the layer before.

    Parameters
    ----------
    nin : int
        The number of inputs.
    nouts : list of int
        The number of neurons of each layer.
    activation : str, callable, or a list with one a layer
        One for all hidden layers, with a linear last layer; or a list with one for every layer.
    init : str or Initializer, or a list with one a layer
        As for ``Layer``; a list may also contain the weights of each layer.
    bias : bool or float
        As for ``Neuron``.
    rng : int, random.Random or numpy.random.Generator, optional
        A seed or a generator. A seed gives the network that micrograd builds after ``random.seed``. Without one, the
        numbers come from Python's ``random`` module.

    Attributes
    ----------
    layers : list of Layer
    architecture : Architecture
        Its sizes and activations, without the numbers.

    Raises
    ------
    OperandError, ArchitectureError
        For sizes that do not describe a network.
    ShapeError
        When called with another number of inputs.

    Examples
    --------
    >>> model = MLP(3, [4, 4, 1], rng=0)
    >>> len(model.parameters())
    41
    >>> model.named_parameters()[0][0]
    'layer0.neuron0.w0'
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: Any = "relu",
        init: Any = "uniform",
        bias: bool | float = True,
        rng: Any = None,
    ) -> None:
        self._build(Architecture.of(nin, nouts, activation, bias is not False), init, bias, rng)

    def _build(self, architecture: Architecture, init: Any, bias: bool | float, rng: Any) -> None:
        self.architecture = architecture
        draws = source(rng)
        dense = self.architecture.layers
        inits = init if isinstance(init, (list, tuple)) else [init] * len(dense)
        if len(inits) != len(dense):
            raise ArchitectureError(
                f"There are {len(dense)} layers but {len(inits)} entries in init. Give one for every layer: a name, "
                "an Initializer, or its weights; or a single one for all."
            )
        self.layers = [
            Layer(d.nin, d.nout, activation=d.activation, init=i, bias=d.bias and bias, rng=draws)
            for d, i in zip(dense, inits, strict=True)
        ]

    def forward(self, x: Any) -> Any:
        """Return the output for one sample: a list, or the Value itself if the last layer has one neuron."""
        for layer in self.layers:
            x = layer(x)
        return x

    def to_tensor(self) -> Any:
        """Return the same network made of Tensors, with the same numbers, which trains faster.

        >>> MLP(2, [3, 1], rng=0).to_tensor()
        Sequential(Linear(2, 3), Nonlinearity('relu'), Linear(3, 1))
        """
        return CONVERSIONS["tensor"](self)

    @classmethod
    def of(cls, architecture: Architecture, init: Any = "uniform", rng: Any = None) -> MLP:
        """Return a network of an architecture; each layer may or may not have biases.

        >>> MLP.of(Architecture.of(2, [1]), rng=0)
        MLP of [Layer of [LinearNeuron(2)]]
        """
        model = cls.__new__(cls)
        model._build(architecture, init, True, rng)
        return model

    def to_json(self) -> dict[str, Any]:
        """Return plain data from which ``from_json`` makes a network of the same architecture."""
        return self.architecture.to_json()

    @classmethod
    def from_json(cls, data: dict[str, Any], most: int) -> MLP:
        """Return the network from the data of ``to_json``, with weights of 0 and at most this many parameters."""
        return cls.of(Architecture.from_json(data, most), init="zeros")

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"
