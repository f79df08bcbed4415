"""Define Optimizer, the base of all optimizers: parameters, state, complete steps, and a state to save.

A rule is a pure function of a parameter's numbers, its gradient and the optimizer's state; it is the same for a float
and for an array. ``step()`` computes all updates first and then stores them together, so an interrupt never leaves a
half-done step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_core.graph.node import Node
from autograd_core.readings.symbolic import Symbol, symbols

from ..errors import OperandError, OptionError, ShapeError, TrainingError
from ..models.module import Module
from ..options import in_range
from .preview import Update, updates

Memory = dict[str, Any]


class Optimizer:
    """The base of all optimizers; a subclass defines the rule.

    Parameters
    ----------
    params : iterable of Value or Tensor
        The parameters to train, usually ``model.parameters()``.
    lr : float
        The learning rate; it may be set at any time.

    Attributes
    ----------
    params : list
    lr : float
    steps : int
        The number of steps done.
    memory : list of dict
        The state of each parameter, by name.

    Raises
    ------
    OptionError
        For no parameters, a repeated one, a computed node, or options outside their range.
    OperandError
        If a parameter is not a Value or Tensor.
    """

    #: The names of the options besides ``lr``, for printing and for files.
    option_names: tuple[str, ...] = ()

    def __init__(self, params: Iterable[Any], lr: float) -> None:
        self.params = _parameters(params)
        self.lr = lr
        self.steps = 0
        self.memory: list[Memory] = [{} for _ in self.params]

    @property
    def lr(self) -> float:
        """The learning rate, not negative."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        self._lr = in_range("lr", lr, 0.0)

    def zero_grad(self) -> None:
        """Clear the gradients of the parameters."""
        for p in self.params:
            p.zero_grad()

    def step(self) -> None:
        """Update every parameter that has a gradient.

        Raises
        ------
        TrainingError
            If none has one: ``backward()`` was not called since the last ``zero_grad()``.
        """
        rule, memories = self.rule, self.memory
        updates = [(i, p, *rule(p.numbers, p.grad, memories[i])) for i, p in enumerate(self.params) if p.swept]
        if not updates:
            raise TrainingError(
                f"{type(self).__name__}.step() found no gradient on any of the {len(self.params)} parameters. Call "
                "zero_grad(), then loss.backward() on a loss computed from these parameters, then step()."
            )
        done = self.steps + 1

        def commit() -> None:
            for i, p, data, memory in updates:
                p.assign(data)
                self.memory[i] = memory
            self.steps = done

        whole(commit)

    def planned(self, gradients: Mapping[Any, Any] | None = None) -> list[Update]:
        """Return the updates of the next ``step()`` for each parameter, with their formulas; nothing changes.

        Parameters
        ----------
        gradients : mapping, optional
            Parameter to gradient. Default: the parameters' own gradients.
        """
        known = {p: p.grad for p in self.params if has_gradient(p)} if gradients is None else gradients
        given = {p: (p.numbers, known[p], self.memory[i]) for i, p in enumerate(self.params) if p in known}
        return list(updates(self.rule, given))

    def rule(self, x: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
        """Return the new numbers of a parameter and its new state; the arguments are not changed."""
        raise NotImplementedError(f"{type(self).__name__} needs a method rule(x, gradient, memory).")

    def options(self) -> dict[str, Any]:
        """Return the options by name."""
        return {"lr": self.lr, **{name: getattr(self, name) for name in self.option_names}}

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """Return the state that the next step depends on, besides parameters and gradients: name to array.

        Entries are ``lr``, ``steps`` and, for the i-th parameter, ``i.velocity`` and similar names.
        """
        state = {"lr": np.array(self.lr), "steps": np.array(self.steps)}
        for i, memory in enumerate(self.memory):
            state |= {f"{i}.{name}": np.array(value) for name, value in memory.items()}
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Load the state of ``state_dict()``, completely or not at all.

        Raises
        ------
        ShapeError
            If it belongs to other parameters; nothing was changed.
        """
        memories: list[Memory] = [{} for _ in self.params]
        for entry, value in state.items():
            index, _, name = entry.partition(".")
            if entry in ("lr", "steps"):
                continue
            if not index.isdecimal() or int(index) >= len(self.params) or not name:
                raise ShapeError(
                    f"This state has an entry {entry!r}, but the optimizer has {len(self.params)} parameters: it was "
                    "saved for another model. Nothing was changed."
                )
            numbers, shape = np.asarray(value), np.shape(self.params[int(index)].data)
            if numbers.shape not in (shape, ()):
                raise ShapeError(
                    f"The state {entry!r} has shape {numbers.shape}, but the parameter has shape {shape}. Nothing was "
                    "changed."
                )
            memories[int(index)][name] = numbers.item() if numbers.ndim == 0 else numbers.copy()
        if not {"lr", "steps"} <= set(state):
            raise ShapeError("This is not the state of an optimizer: lr and steps are missing. Nothing was changed.")
        lr = in_range("lr", float(np.asarray(state["lr"]).item()), 0.0)
        self.memory, self.steps, self.lr = memories, int(np.asarray(state["steps"]).item()), lr

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in self.options().items())
        return f"{type(self).__name__}({len(self.params)} parameters, {options})"


def whole(assignments: Callable[[], None]) -> None:
    """Make all assignments even if Ctrl-C comes between two; so repeating them must have no effect."""
    try:
        assignments()
    except BaseException:
        assignments()
        raise


def _parameters(params: Any) -> list[Any]:
    if isinstance(params, Module):
        raise OperandError(
            f"An optimizer takes the parameters of a model, not the model: write {type(params).__name__.lower()}"
            ".parameters()."
        )
    if isinstance(params, Node) or not isinstance(params, Iterable):
        raise OperandError(f"An optimizer takes a list of parameters, [{params!r}] for a single one.")
    found = list(params)
    if not found:
        raise OptionError("There is nothing to train: the list of parameters is empty.")
    for p in found:
        if not isinstance(p, Node):
            raise OperandError(f"A parameter is a Value or a Tensor, not {type(p).__name__} {p!r}.")
        if not p.is_leaf:
            raise OptionError(
                f"{p!r} was computed from others, so setting it would not change them. Train the leaves it comes from."
            )
        if not p.requires_grad:
            raise OptionError(f"{p!r} wants no gradient, so it cannot be trained: Tensor(data, requires_grad=True).")
    if len(set(found)) != len(found):
        raise OptionError("A parameter stands in the list twice, so it would be updated twice a step. List it once.")
    return found


def has_gradient(p: Any) -> bool:
    """Return whether the parameter has a gradient since it was last cleared."""
    return bool(p.swept)


def root(x: Any) -> Any:
    """Return the square root of a float, an array or a formula."""
    if isinstance(x, Symbol):
        return symbols.sqrt(x)
    return math.sqrt(x) if isinstance(x, float) else np.sqrt(x)


def descended(x: Any, lr: float, direction: Any) -> Any:
    """Return x - lr·direction; for arrays, in the memory of the product."""
    if isinstance(x, np.ndarray):
        moved = direction * -lr
        moved += x
        return moved
    return x - lr * direction


def largest(a: Any, b: Any) -> Any:
    """Return the larger of two floats, two arrays element by element, or two formulas."""
    if isinstance(a, Symbol):
        return symbols.maximum(a, b)
    return max(a, b) if isinstance(a, float) else np.maximum(a, b)


def clip_grad_norm_(parameters: Iterable[Any], max_norm: float) -> float:
    """Scale all gradients by one factor, so that their joint Euclidean norm is at most ``max_norm``.

    Returns
    -------
    float
        The norm before.

    References
    ----------
    R. Pascanu, T. Mikolov and Y. Bengio, *On the difficulty of training recurrent neural networks*, ICML 2013.

    Examples
    --------
    >>> from autograd_core import Value
    >>> w = Value(3.0)
    >>> (w * w).backward()
    >>> clip_grad_norm_([w], max_norm=1.0), round(w.grad, 5)
    (6.0, 1.0)
    """
    limit = in_range("max_norm", max_norm, 0.0)
    found = [p for p in parameters if has_gradient(p)]
    norm = math.sqrt(sum(float(np.sum(np.square(p.grad))) for p in found))
    factor = limit / (norm + 1e-6)  # as in PyTorch, to avoid a division by 0
    if factor < 1.0:
        for p in found:
            _put_gradient(p, p.grad * factor)
    return norm


def clip_grad_value_(parameters: Iterable[Any], clip_value: float) -> None:
    """Clip every element of every gradient to [-clip_value, clip_value].

    >>> from autograd_core import Value
    >>> w = Value(3.0)
    >>> (w * w).backward()
    >>> clip_grad_value_([w], 0.5)
    >>> w.grad
    0.5
    """
    limit = in_range("clip_value", clip_value, 0.0)
    for p in parameters:
        if has_gradient(p):
            _put_gradient(p, np.clip(p.grad, -limit, limit))


def _put_gradient(p: Any, gradient: Any) -> None:
    """Set a computed gradient; zero is still a gradient, and momentum then moves the parameter."""
    p.grad = gradient
    if not has_gradient(p):
        p.accept(gradient)
