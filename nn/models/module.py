"""Define Module, the base of every part of a model: parameters with paths, a mode, a state, a scope in pictures.

A part is an ordinary object. Its attributes determine its content:

* a leaf ``Value`` or ``Tensor`` is a parameter, a list or dict of them is several (a Tensor that wants no gradient is
  kept and saved, but not trained);
* a NumPy array is state that is not trained (running statistics); * another ``Module``, or a list or dict of them, is a
part; * everything else, and every name that begins with ``_``, is ignored.

So a user's own module needs only a constructor and ``forward``; nothing is registered.

>>> from autograd_core import Value
>>> class Line(Module):
...     def __init__(self):
...         self.slope, self.offset = Value(2.0), Value(1.0)
...     def forward(self, x):
...         return self.slope * x + self.offset
>>> line = Line()
>>> line(3.0).data
7.0
>>> [(name, p.data) for name, p in line.named_parameters()]
[('slope', 2.0), ('offset', 1.0)]
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from autograd_core.graph.display import mimebundle, renderable
from autograd_core.graph.node import Node
from autograd_core.graph.scope import called

from ..errors import OperandError, ShapeError

if TYPE_CHECKING:
    from ..training.traced.objective import TracedObjective

Self = TypeVar("Self", bound="Module")
State = dict[str, NDArray[Any]]


class Module:
    """A part of a model.

    Attributes
    ----------
    training : bool
        Whether it trains (the default) or predicts; set by ``train()`` and ``eval()``.
    one_sample : bool
        Whether it takes one sample, as models of Values do, or a batch of rows, as models of Tensors do.
    """

    training: bool = True
    one_sample: bool = True
    _name: str = "module"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._name = cls.__name__.lower()

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if isinstance(value, (Module, list, tuple, dict)):
            for path, member in _members(name, value):
                if isinstance(member, Module):
                    object.__setattr__(member, "_name", path)

    def __call__(self, *inputs: Any) -> Any:
        """Compute the outputs, and tag them with the scope of this part for pictures."""
        return called(self._name, self, self.forward, inputs)

    def forward(self, *inputs: Any) -> Any:
        """Compute the outputs; a subclass defines this."""
        raise NotImplementedError(
            f"{type(self).__name__} does not say what it computes: give it a method forward(self, x)."
        )

    # Members

    def named_members(self) -> list[tuple[str, Any]]:
        """Return the parameters, arrays and parts of this module itself, with their names."""
        return [
            found for name, value in vars(self).items() if not name.startswith("_") for found in _members(name, value)
        ]

    def named_children(self) -> list[tuple[str, Module]]:
        """Return the parts of this module with their names, such as ``layer0``."""
        return [(name, member) for name, member in self.named_members() if isinstance(member, Module)]

    def children(self) -> list[Module]:
        """Return the parts of this module."""
        return [child for _, child in self.named_children()]

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """Yield this module and all its parts once, outermost first, with dotted paths."""
        for path, module, _ in self._walk():
            yield path, module

    def _walk(self) -> Iterator[tuple[str, Module, list[tuple[str, Any]]]]:
        """Yield the same as ``named_modules``, with each module's own members."""
        seen: set[int] = set()
        waiting: list[tuple[str, Module]] = [("", self)]
        while waiting:
            path, module = waiting.pop()
            if id(module) not in seen:
                seen.add(id(module))
                members = module.named_members()
                yield path, module, members
                parts = [(name, member) for name, member in members if isinstance(member, Module)]
                waiting += [(f"{path}.{name}" if path else name, part) for name, part in reversed(parts)]

    def modules(self) -> list[Module]:
        """Return this module and all its parts, outermost first."""
        return self._held()[1]

    def _held(self) -> tuple[list[Any], list[Module]]:
        """Return every trained leaf, possibly repeated, and every module once; both without names."""
        leaves: list[Any] = []
        found: dict[int, Module] = {}
        waiting: list[Module] = [self]
        while waiting:
            module = waiting.pop()
            if id(module) not in found:
                found[id(module)] = module
                parts: list[Module] = []
                _enter([value for name, value in vars(module).items() if name[:1] != "_"], leaves, parts)
                waiting += reversed(parts)
        return leaves, [*found.values()]

    def named_parameters(self) -> list[tuple[str, Any]]:
        """Return every trained leaf once, with its path: ``layer0.neuron2.w1``."""
        found: dict[Any, str] = {}
        for path, _, members in self._walk():
            for name, member in members:
                if isinstance(member, Node) and member.op is None and member.requires_grad and member not in found:
                    found[member] = f"{path}.{name}" if path else name
        return [(name, parameter) for parameter, name in found.items()]

    def parameters(self) -> list[Any]:
        """Return every trained leaf once, in the order of ``named_parameters``."""
        return [*dict.fromkeys(self._held()[0])]

    # Modes and gradients

    def train(self: Self, mode: bool = True) -> Self:
        """Put it and all of its parts into training mode; return it."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: Self) -> Self:
        """Put it and all of its parts into prediction mode; return it."""
        return self.train(False)

    def zero_grad(self) -> None:
        """Clear the gradients of all parameters."""
        for parameter in self.parameters():
            parameter.zero_grad()

    def traced(
        self, loss: str | Callable[..., Any], regularizer: Callable[[Any], Any] | None = None
    ) -> TracedObjective:
        """Return the loss of this model of Values as programs, which compute whole batches fast."""
        from ..training.traced.objective import TracedObjective

        return TracedObjective(self, loss, regularizer)

    # State, as arrays

    def state_dict(self) -> State:
        """Return copies of all parameters and arrays: path -> array.

        A list of Values is one array, so ``layer0.neuron2.w`` is a row of weights of shape (inputs,).
        """
        return {path: _numbers(value) for path, _, _, value in self._holdings()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Load the numbers of ``state_dict()``, completely or not at all.

        Raises
        ------
        ShapeError
            If a name is missing or unexpected, or a shape differs; nothing was changed.
        OperandError
            If an entry does not contain numbers; nothing was changed.
        """
        holdings = {path: (owner, name, value) for path, owner, name, value in self._holdings()}
        missing, unexpected = holdings.keys() - state.keys(), state.keys() - holdings.keys()
        if missing or unexpected:
            raise ShapeError(
                f"This state does not belong to {type(self).__name__}: "
                + "; ".join(
                    f"{word} {', '.join(sorted(map(str, names))[:5])}"
                    for word, names in (("it lacks", missing), ("it has, but the model has not,", unexpected))
                    if names
                )
                + ". Nothing was changed. Build the model with the sizes and options of the one that was saved."
            )
        fresh = {path: _fitting(path, state[path], _numbers(value)) for path, (_, _, value) in holdings.items()}
        for path, (owner, name, value) in holdings.items():
            _put(owner, name, value, fresh[path])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to a file of names and numbers; see ``nn.files.model_files``."""
        from ..files.model_files import save

        save(self, path)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Load the numbers of a file, completely or not at all; ``nn.load(path)`` also builds the model."""
        from ..files.model_files import load_into

        load_into(self, path)

    def _holdings(self) -> Iterator[tuple[str, Module, str, Any]]:
        """Yield every piece of state: its path, the module and attribute that hold it, and its value."""
        for path, module in self.named_modules():
            for name, value in vars(module).items():
                if not name.startswith("_") and _is_state(value):
                    yield f"{path}.{name}" if path else name, module, name, value

    _repr_mimebundle_ = mimebundle
    __rich__ = renderable

    def __repr__(self) -> str:
        inner = ", ".join(f"{name}={child!r}" for name, child in self.named_children())
        return f"{type(self).__name__}({inner})"


def _members(name: str, value: Any) -> list[tuple[str, Any]]:
    """Return the members of an attribute: the value, or its elements, ``layers`` as ``layer0``, ``layer1``."""
    if isinstance(value, dict):
        labels = [",".join(map(str, key)) if isinstance(key, tuple) else str(key) for key in value]
        elements = zip(labels, value.values(), strict=True)
        return [found for label, element in elements for found in _members(f"{name}[{label}]", element)]
    if not isinstance(value, (list, tuple)):
        return [(name, value)]
    stem = name[:-1] if name.endswith("s") and not name.endswith("ss") and len(name) > 1 else name
    members: list[tuple[str, Any]] = []
    for i, element in enumerate(value):
        if isinstance(element, (dict, list, tuple)):
            members += _members(f"{stem}{i}", element)
        else:
            members.append((f"{stem}{i}", element))
    return members


def _enter(values: Iterable[Any], leaves: list[Any], parts: list[Module]) -> None:
    """Add the trained leaves and parts among some values; leaving out the names makes this fast."""
    for value in values:
        if isinstance(value, Node):
            if value.op is None and value.requires_grad:
                leaves.append(value)
        elif isinstance(value, (list, tuple)):
            _enter(value, leaves, parts)
        elif isinstance(value, dict):
            _enter(value.values(), leaves, parts)
        elif isinstance(value, Module):
            parts.append(value)


def _is_leaf(value: Any) -> bool:
    return isinstance(value, Node) and value.is_leaf


def _is_state(value: Any) -> bool:
    """Return whether an attribute is a parameter, a non-empty list or dict of parameters, or an array."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return bool(value) and all(_is_leaf(x) for x in value)
    return _is_leaf(value) or isinstance(value, np.ndarray)


def _numbers(value: Any) -> NDArray[Any]:
    """Return a copy of the numbers of a piece of state."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return np.array([x.data for x in value])
    return np.array(getattr(value, "data", value) if isinstance(value, Node) else value)


def _fitting(path: str, given: Any, current: NDArray[Any]) -> NDArray[Any]:
    """Return numbers in the shape and dtype of the current ones, or raise an error."""
    try:
        numbers = np.asarray(given)
    except ValueError:
        numbers = np.array(None)
    if numbers.dtype.kind not in "iufb":
        raise OperandError(f"The state of {path} must be numbers, not {type(given).__name__}. Nothing was changed.")
    if numbers.shape != current.shape:
        raise ShapeError(
            f"The state of {path} has shape {numbers.shape}, but the model's has {current.shape}. Nothing was "
            "changed. Build the model with the sizes of the one that was saved."
        )
    return numbers.astype(current.dtype)


def _put(owner: Module, name: str, value: Any, numbers: NDArray[Any]) -> None:
    """Set the numbers of a piece of state."""
    if isinstance(value, np.ndarray):
        object.__setattr__(owner, name, numbers)
    elif isinstance(value, Node):
        value.data = numbers if numbers.ndim else numbers.item()  # type: ignore[attr-defined]
    else:
        elements: Iterable[Any] = value.values() if isinstance(value, dict) else value
        for element, number in zip(elements, numbers, strict=True):
            element.data = number if numbers.ndim > 1 else number.item()
