"""View a model as columns of units: neurons, nodes of a DAG, or layers of Tensors.

>>> from nn import MLP
>>> net = read(MLP(2, [3, 1], activation="tanh", rng=0))
>>> [len(column.units) for column in net.columns], net.captions
([2, 3, 1], ('input', 'tanh', 'linear'))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_core import Tensor, no_grad
from nn import MLP, DAGNetwork, Layer, Linear, Neuron, Perceptron, Sequential
from nn.models.layers import PReLU
from nn.optim.optimizer import has_gradient
from nn.training.metrics import numbers
from nn.training.monitors import layer_outputs

from ..style.errors import OptionError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Column:
    """One column: the names of its units and, for each, activation, bias and gradient of the bias."""

    caption: str
    units: tuple[str, ...]
    activations: tuple[Any, ...] = ()
    biases: tuple[tuple[float, float | None] | None, ...] = ()


@dataclass(frozen=True)
class Net:
    """The view of a model that pictures use.

    Attributes
    ----------
    columns : tuple of Column
        The inputs first.
    links : callable
        ``links(source column, shown sources, target column, shown targets)`` yields (source unit, target unit, weight,
        gradient) for the links between two columns.
    outputs : callable
        ``outputs(X)`` returns the output of every unit for rows of samples: an array (samples, units) for each column.
    final : frozenset of (column, unit)
        The outputs of the network.
    parameter : callable
        ``parameter(source column, unit, target column, unit)`` returns the holder of a weight and its index: a Value
        and None, or a Tensor and a pair.
    bias : callable
        ``bias(column, unit)`` returns the same for a bias.
    """

    columns: tuple[Column, ...]
    links: Callable[[int, int, Sequence[int], Sequence[int]], list[tuple[int, int, float, float | None]]]
    outputs: Callable[[Floats], list[Floats]]
    final: frozenset[tuple[int, int]]
    parameter: Callable[[int, int, int, int], tuple[Any, tuple[int, ...] | None]]
    bias: Callable[[int, int], tuple[Any, tuple[int, ...] | None]]

    @property
    def captions(self) -> tuple[str, ...]:
        """The captions of the columns."""
        return tuple(column.caption for column in self.columns)


def read(model: Any) -> Net:
    """Return the view of a model as columns of units.

    Raises
    ------
    OptionError
        For a model without layers.
    """
    if isinstance(model, DAGNetwork):
        return _dag(model)
    if isinstance(model, Perceptron):
        return _perceptron(model)
    if isinstance(model, Neuron):
        return _neurons([[model]], [""], model)
    if isinstance(model, Layer):
        return _neurons([model.neurons], [_layer_caption(model)], model)
    if isinstance(model, MLP):
        captions = [_layer_caption(layer) for layer in model.layers]
        return _neurons([layer.neurons for layer in model.layers], captions, model)
    if isinstance(model, Linear):
        return _tensors(Sequential(model))
    if isinstance(model, Sequential) and any(isinstance(layer, Linear) for layer in model.layers):
        return _tensors(model)
    raise OptionError(
        f"A {type(model).__name__} is not drawn as layers of units. Pictures of networks are made of MLP, Layer, "
        "Neuron, DAGNetwork, Perceptron, Linear and Sequential; draw(model(x)) draws the graph of any computation."
    )


def _grad(p: Any) -> float | None:
    return float(p.grad) if has_gradient(p) else None


def _input_names(n: int) -> tuple[str, ...]:
    return tuple(f"x{i}" for i in range(1, n + 1))


def _output_names(n: int) -> tuple[str, ...]:
    return ("y",) if n == 1 else tuple(f"y{i}" for i in range(1, n + 1))


def _layer_caption(layer: Any) -> str:
    kinds = [layer.activation] if layer.activation is not None else [neuron.activation for neuron in layer.neurons]
    names = list(dict.fromkeys(kind.name for kind in kinds))
    return ", ".join(names)


# Networks of Values


def _neurons(layers: list[list[Any]], captions: list[str], model: Any) -> Net:
    nin = len(layers[0][0].w)
    columns = [Column("input", _input_names(nin))]
    for i, (neurons, caption) in enumerate(zip(layers, captions, strict=True)):
        last = i == len(layers) - 1
        columns.append(
            Column(
                caption or neurons[0].activation.name,
                _output_names(len(neurons)) if last else ("",) * len(neurons),
                tuple(neuron.activation for neuron in neurons),
                tuple(None if n.b is None else (float(n.b.data), _grad(n.b)) for n in neurons),
            )
        )

    def links(a: int, b: int, sources: Sequence[int], targets: Sequence[int]) -> list[Any]:
        if b != a + 1:
            return []
        return [(i, j, float(w.data), _grad(w)) for j in targets for i in sources for w in [layers[b - 1][j].w[i]]]

    def outputs(X: Floats) -> list[Floats]:
        if isinstance(model, MLP):
            if len(X) == 1:  # the numbers of the neurons themselves, not copies
                return [X, *layer_outputs(model, X).values()]
            return _tensors(model.to_tensor()).outputs(X)
        with no_grad():
            return [X, numbers([model(row) for row in X.tolist()]).reshape(len(X), -1)]

    final = frozenset((len(layers), j) for j in range(len(layers[-1])))
    return Net(
        tuple(columns), links, outputs, final,
        lambda a, i, b, j: (layers[b - 1][j].w[i], None), lambda c, u: (layers[c - 1][u].b, None),
    )  # fmt: skip


def _dag(model: DAGNetwork) -> Net:
    depth = dict.fromkeys(model.inputs, 0)
    for j in model.computed:
        depth[j] = 1 + max(depth[i] for i in model.sources[j])
    deepest = max(depth[j] for j in model.outputs)
    depth |= dict.fromkeys(model.outputs, deepest)
    stacks = [sorted(n for n, d in depth.items() if d == c) for c in range(deepest + 1)]
    columns = []
    for c, stack in enumerate(stacks):
        kinds = [model.activations.get(n) for n in stack]
        biases = [model.biases.get(n) for n in stack]
        names = ", ".join(dict.fromkeys(kind.name for kind in kinds if kind is not None))
        columns.append(
            Column(
                names or "input",
                tuple(map(str, stack)),
                tuple(kinds) if c else (),
                tuple(None if b is None else (float(b.data), _grad(b)) for b in biases),
            )
        )
    weights: dict[tuple[int, int], list[Any]] = {(depth[i], depth[j]): [] for i, j in model.links}
    for i, j in model.links:
        weights[depth[i], depth[j]].append((stacks[depth[i]].index(i), stacks[depth[j]].index(j), (i, j)))

    def links(a: int, b: int, sources: Sequence[int], targets: Sequence[int]) -> list[Any]:
        shown = [(i, j, model.weights[key]) for i, j, key in weights.get((a, b), ()) if i in sources and j in targets]
        return [(i, j, float(w.data), _grad(w)) for i, j, w in shown]

    def outputs(X: Floats) -> list[Floats]:
        y: dict[int, Any] = {n: X[:, i] for i, n in enumerate(model.inputs)}
        with no_grad():
            for j in model.computed:  # computes whole columns at once and leaves the user's last forward pass unchanged
                z = sum(float(model.weights[i, j].data) * y[i] for i in model.sources[j])
                z = z + (float(model.biases[j].data) if j in model.biases else 0.0)
                y[j] = np.asarray(model.activations[j].function(Tensor(z)).data)
        return [np.column_stack([y[n] for n in stack]) for stack in stacks]

    final = frozenset((depth[n], stacks[depth[n]].index(n)) for n in model.outputs)
    return Net(
        tuple(columns), links, outputs, final,
        lambda a, i, b, j: (model.weights[stacks[a][i], stacks[b][j]], None),
        lambda c, u: (model.biases.get(stacks[c][u]), None),
    )  # fmt: skip


def _perceptron(model: Perceptron) -> Net:
    plain = model.features is None
    inputs = _input_names(model.nin) if plain else tuple(f"φ{i}" for i in range(len(model.w)))
    w = model.w[1:] if plain else model.w
    columns = (
        Column("input" if plain else "features", inputs),
        Column("step", ("y",), (_Step(),), ((float(model.w[0]), None) if plain else None,)),
    )

    def links(a: int, b: int, sources: Sequence[int], targets: Sequence[int]) -> list[Any]:
        return [(i, 0, float(w[i]), None) for i in sources] if targets else []

    def outputs(X: Floats) -> list[Floats]:
        inside = X if plain else np.array([model._phi(row) for row in X])
        return [inside, np.array([[float(model(row))] for row in X])]

    return Net(columns, links, outputs, frozenset({(1, 0)}), lambda a, i, b, j: (None, None), lambda c, u: (None, None))


class _Step:
    """Return the sign function of a perceptron."""

    name = "step"

    @staticmethod
    def function(x: Any) -> Any:
        return np.where(np.asarray(getattr(x, "data", x)) >= 0.0, 1.0, -1.0)


# Networks of Tensors


def _tensors(model: Sequential) -> Net:
    groups: list[list[tuple[int, Any]]] = []
    for i, layer in enumerate(model.layers):
        if isinstance(layer, Linear):
            groups.append([])
        if groups:
            groups[-1].append((i, layer))
    linears: list[Any] = [group[0][1] for group in groups]
    columns = [Column("input", _input_names(linears[0].in_features))]
    for g, group in enumerate(groups):
        linear, units = group[0][1], group[0][1].out_features
        kinds = [layer.activation for _, layer in group[1:] if hasattr(layer, "activation")]
        words = [
            layer.activation.name if hasattr(layer, "activation") else "prelu" if isinstance(layer, PReLU)
            else type(layer).__name__
            for _, layer in group[1:]
        ]  # fmt: skip
        b, grads = linear.bias, None
        if b is not None and has_gradient(b):
            grads = np.asarray(b.grad)
        columns.append(
            Column(
                ", ".join(words) or "linear",
                _output_names(units) if g == len(groups) - 1 else ("",) * units,
                (kinds[-1] if kinds else None,) * units,
                tuple(
                    None if b is None else (float(b.data[j]), None if grads is None else float(grads[j]))
                    for j in range(units)
                ),
            )
        )

    def links(a: int, b: int, sources: Sequence[int], targets: Sequence[int]) -> list[Any]:
        if b != a + 1:
            return []
        W = linears[a].weight
        data, grad = np.asarray(W.data), np.asarray(W.grad) if has_gradient(W) else None
        fan_in = range(data.shape[1])
        return [
            (i, j, float(data[j, i]), None if grad is None else float(grad[j, i]))
            for j in targets for i in sources if i in fan_in
        ]  # fmt: skip

    def outputs(X: Floats) -> list[Floats]:
        found = list(layer_outputs(model, X).values())
        return [X, *(found[group[-1][0]] for group in groups)]

    last = len(groups)
    final = frozenset((last, j) for j in range(linears[-1].out_features))
    return Net(
        tuple(columns), links, outputs, final,
        lambda a, i, b, j: (linears[b - 1].weight, (j, i)), lambda c, u: (linears[c - 1].bias, (u,)),
    )  # fmt: skip
