"""Compute a model and its loss as programs, so that the object that one steps through also trains fast.

``fit(..., traced=True)`` uses this. The model takes one sample, so one sample is traced: its loss becomes a program.
The sample and its target are arguments of the program, and the model's Values are its parameters. A batch is one call
of the program.

>>> from nn import MLP
>>> model = MLP(2, [3, 1], rng=0)
>>> objective = model.traced("hinge")
>>> objective([[1.0, 2.0], [0.5, -1.0]], [1, -1])
0.427751767241559
>>> objective.programs
(<Program hinge(x, target): 25 operations, float64>,)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_core import Program, Value, trace
from autograd_core.errors import GuardError, TraceError
from autograd_core.graph.node import Node

from ...losses.losses import loss_function
from ...models.module import Module
from ..evaluation import checked
from .sample_programs import LossPrograms, OutputProgram, branching

Array = NDArray[Any]


class TracedObjective:
    """The loss of a model of Values, with an optional penalty, as programs; made by ``Module.traced``.

    Programs are traced on first use, once for each shape of a sample. A loss that needs the target as a constant, such
    as the index of a class, is traced once for each class. Each program is compared with the model and the loss before
    it is used.

    Parameters
    ----------
    model : Module
        A model of Values. Each call uses its present numbers.
    loss : str or callable
        A name of ``nn.losses.LOSSES`` or ``loss(outputs, targets)``: the mean or the sum of the samples' losses.
    regularizer : callable, optional
        ``regularizer(model)``, added to the loss.

    Attributes
    ----------
    model : Module
    parameters : list of Value
        The parameters of the model, and others that the loss uses.

    Raises
    ------
    TraceError
        If the model is made of Tensors. In a call, if the model or the loss cannot be traced.
    GuardError
        In a call, if samples take different branches of the code.

    Examples
    --------
    In a loop of one's own:

    >>> from nn import MLP, SGD
    >>> model = MLP(1, [1], init="zeros")
    >>> objective, optimizer = model.traced("mse"), SGD(model.parameters(), lr=0.2)
    >>> for step in range(200):
    ...     optimizer.zero_grad()
    ...     loss = objective.backward([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    ...     optimizer.step()
    >>> [round(p.data, 2) for p in model.parameters()]
    [2.0, 1.0]
    """

    def __init__(self, model: Module, loss: Any, regularizer: Callable[[Module], Any] | None = None) -> None:
        self.model, self.loss, self.regularizer = model, loss_function(loss), regularizer
        self.parameters: list[Any] = model.parameters()
        if not (model.one_sample and all(isinstance(p, Value) for p in self.parameters)):
            raise TraceError(
                f"{type(model).__name__} computes with Tensors, whole batches at a time, and a program is a list of "
                "operations on scalars. Trace a model of Values: MLP, DAGNetwork, or a Module whose parameters are "
                "Values. A model of Tensors needs no trace: leave traced=True out, it is fast as it is."
            )
        self._place = {p: i for i, p in enumerate(self.parameters)}
        self._places: dict[Program, Any] = {}
        self._outputs: dict[Any, OutputProgram] = {}
        self._losses: dict[Any, LossPrograms] = {}
        self._penalty: Any = None

    @property
    def programs(self) -> tuple[Program, ...]:
        """The programs recorded so far: of the loss of a sample, and of the penalty."""
        penalty = [self._penalty] if isinstance(self._penalty, Program) else []
        return (*(program for losses in self._losses.values() for program in losses.programs), *penalty)

    def __call__(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the objective on a batch of samples and targets."""
        batch = self.batch(*checked((X, y), "data"))
        return batch.value(self.numbers())

    def backward(self, X: ArrayLike, y: ArrayLike) -> float:
        """Add the gradient to ``grad`` of every parameter that the objective depends on; return the objective."""
        batch = self.batch(*checked((X, y), "data"))
        value, gradient, reached = batch.value_and_gradient(self.numbers())
        for p, slope, has in zip(self.parameters, gradient.tolist(), reached.tolist(), strict=True):
            if has:
                p.accept(slope)
        return value

    def outputs(self, X: ArrayLike) -> Array:
        """Return the outputs of the model for rows of samples, as numbers."""
        rows = np.asarray(X, dtype=np.float64)
        return self._outputs_of(rows)(rows)

    def numbers(self) -> Array:
        """Return the present numbers of the parameters as one vector."""
        return np.array([p.data for p in self.parameters])

    def batch(self, X: Array, y: Array, penalized: bool = True) -> Batch:
        """Return the programs and arguments that compute the objective on a batch.

        ``penalized=False`` leaves the regularizer out.
        """
        key = (self.model.training, X.shape[1:], y.shape[1:], y.dtype.kind)
        if key not in self._losses:
            self._losses[key] = LossPrograms(self._outputs_of(X), self.loss)
        losses = self._losses[key]
        calls = [*losses.calls(X, y)]
        weight = 1.0 / len(X) if losses.is_mean else 1.0
        found = [Call(program, inputs, self._places_of(program), weight) for program, inputs in calls]
        constant = 0.0
        if penalized and self.regularizer is not None:
            if self._penalty is None:
                self._penalty = self._trace_penalty(self.regularizer)
            if isinstance(self._penalty, Program):
                found.append(Call(self._penalty, (), self._places_of(self._penalty), 1.0))
            else:
                constant = self._penalty
        return Batch(self.model, X, losses.outputs, self._places_of(losses.outputs.program), found, constant)

    def _outputs_of(self, X: Array) -> OutputProgram:
        key = (self.model.training, X.shape[1:])
        if key not in self._outputs:
            self._outputs[key] = OutputProgram(self.model, X)
        return self._outputs[key]

    def _trace_penalty(self, regularizer: Callable[[Module], Any]) -> Program | float:
        """Return the penalty as a program, or as a number if it is constant."""

        def penalty() -> Any:
            return regularizer(self.model)

        value = penalty()
        return trace(penalty) if isinstance(value, Node) else float(value)

    def _places_of(self, program: Program) -> Any:
        """Return the positions of a program's parameters among all parameters."""
        if program not in self._places:
            for p in program.parameters:
                if p not in self._place:
                    self._place[p] = len(self.parameters)
                    self.parameters.append(p)
            self._places[program] = np.array([self._place[p] for p in program.parameters], dtype=np.intp)
        return self._places[program]

    def __repr__(self) -> str:
        programs = ", ".join(map(repr, self.programs)) or "nothing traced yet"
        return f"TracedObjective({type(self.model).__name__}, {len(self.parameters)} parameters: {programs})"


@dataclass(frozen=True, slots=True)
class Call:
    """A program with its arguments, the positions of its parameters, and the weight of each sample."""

    program: Program
    inputs: tuple[Array, ...]
    places: Array
    weight: float


@dataclass(frozen=True, slots=True)
class Batch:
    """The objective on one batch: a sum of program results, and a constant."""

    model: Module
    X: Array
    output_program: OutputProgram
    output_places: Array
    calls: list[Call]
    constant: float

    def outputs(self, numbers: Array) -> Array:
        """Return the outputs of the model with these numbers as parameters."""
        with self._explained():
            return self.output_program(self.X, numbers[self.output_places] if len(self.output_places) else None)

    def value(self, numbers: Array) -> float:
        """Return the objective."""
        total = self.constant
        with self._explained():
            for call in self.calls:
                found = call.program(*call.inputs, parameters=numbers[call.places] if len(call.places) else None)
                total += call.weight * float(np.sum(found))
        return total

    def value_and_gradient(self, numbers: Array) -> tuple[float, Array, Array]:
        """Return the objective, its gradient as one vector, and which parameters it depends on."""
        total, gradient, reached = self.constant, np.zeros(len(numbers)), np.zeros(len(numbers), dtype=bool)
        with self._explained():
            for call in self.calls:
                value, slope = call.program.value_and_grad(
                    *call.inputs, argnums="parameters", reduce="sum", parameters=numbers[call.places]
                )
                total += call.weight * value
                gradient[call.places] += call.weight * slope
                reached[call.places] = True
        return total, gradient, reached

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except GuardError as error:
            raise branching(self.model, error) from error
