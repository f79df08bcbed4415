"""Run a function on fresh nodes, and compute derivatives from its recorded graph."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..array.arguments import as_array, as_operand
from ..array.tensor import Tensor
from ..errors import OperandError, ShapeError
from ..graph.history import history
from ..graph.modes import forgetting, recording
from ..graph.node import Node, is_integer, kept, number
from ..graph.numpy_warnings import quietly
from ..graph.sweep import sweep
from ..readings.algebra import nodes as m
from ..scalar.value import Value
from .trees import flatten

Argnum = int | Sequence[int]


def require_callable(f: Any, name: str) -> Callable[..., Any]:
    """Return f, or raise OperandError if it is not callable."""
    if not callable(f):
        hint = f"For a recorded node there is gradient(node, inputs); for a function, {name}(f)(x)."
        raise OperandError(f"{name}() differentiates a function, not the {type(f).__name__} {f!r:.80}. {hint}")
    return f  # type: ignore[no-any-return]


def as_node(x: Any) -> Any:
    """Return x as a node that requires a gradient; a node stays as it is."""
    if isinstance(x, Node):
        return x
    return Tensor(x, requires_grad=True) if isinstance(x, np.ndarray) else Value(x)


def cast_like(x: Any, derivative: Any, kind: str, owner: str) -> Any:
    """Return an adjoint or a tangent of the node x, with its shape and type; a node stays a node.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    if np.shape(kept(derivative)) != np.shape(kept(x)):
        raise ShapeError(
            f"The {kind} of {owner} must have the shape {np.shape(kept(x))}, not {np.shape(kept(derivative))}."
        )
    if not isinstance(derivative, Node):
        if isinstance(x, Value):
            return number(derivative.item() if isinstance(derivative, np.ndarray) else derivative, kind)
        return as_array(derivative, f"{kind} of {owner}").astype(x.dtype, copy=False)
    if isinstance(x, Value):
        return derivative if isinstance(derivative, Value) else m.pick(derivative, index=())
    derivative = as_operand(derivative)
    return derivative if derivative.dtype == x.dtype else m.cast(derivative, dtype=x.dtype)


def adjoints_of(seeds: Mapping[Any, Any], targets: Sequence[Any], recorded: bool) -> list[Any]:
    """Return the adjoints of the targets by one sweep; with ``recorded``, as nodes."""
    if recorded:
        seeds = {y: as_node(seed) for y, seed in seeds.items()}
    wrt = set(targets)
    adjoints = quietly(lambda: {node: g for node, g, _ in sweep(seeds, wrt=wrt) if node in wrt})
    results = [adjoints[x] if x in adjoints else x.zero() for x in targets]
    return [as_node(g) for g in results] if recorded else results


class Recording:
    """One run of a function, with fresh nodes for the numbers of some arguments.

    Nodes in the arguments are copied, so that derivatives exclude other uses of the same node inside the function.
    ``recorded`` is whether derivatives must be nodes: if arguments contain nodes, or if the function also depends on
    the variables of an enclosing transform.
    """

    _local = threading.local()

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...], argnum: Argnum, kwargs: Mapping[str, Any]) -> None:
        self.name = getattr(f, "__name__", "the function")
        self._single = not isinstance(argnum, (tuple, list))
        argnums = [argnum] if self._single else list(argnum)  # type: ignore[arg-type]
        for i in argnums:
            if not is_integer(i) or not -len(args) <= i < len(args):  # type: ignore[operator]
                raise OperandError(
                    f"{self.name} was called with {len(args)} positional arguments, and argnum={argnum!r} is none of "
                    "them. Pass the argument to differentiate by as a positional argument."
                )
        self.trees = [args[i] for i in argnums]  # type: ignore[index]
        self.leaves, self._rebuild = flatten(self.trees)
        inputs = flatten([list(args), dict(kwargs)])[0]
        self._forget = forgetting()
        with recording():
            self.fresh = [_fresh(x) for x in self.leaves]
            arguments = list(args)
            for i, argument in zip(argnums, self._rebuild(self.fresh), strict=True):
                arguments[i] = argument  # type: ignore[index]
            with self._differentiating() as enclosing:
                self.output = f(*arguments, **kwargs)
        self.outputs, self.rebuild_output = flatten(self.output)
        self.nodes = [y for y in self.outputs if isinstance(y, Node)]
        self.recorded = any(isinstance(x, Node) for x in inputs) or (
            bool(enclosing) and not enclosing.isdisjoint(history(*self.nodes))
        )

    @contextmanager
    def _differentiating(self) -> Iterator[set[Any]]:
        """Make the variables of enclosing transforms known to the inner ones."""
        enclosing: set[Any] = getattr(self._local, "active", set())
        self._local.active = enclosing.union(self.fresh)
        try:
            yield enclosing
        finally:
            self._local.active = enclosing

    def scalar(self, transform: str) -> Any:
        """Return the output as one node, or raise an error if it is not one number."""
        y = self.output
        if y is None:
            raise OperandError(f"{self.name} returned None. Does it end with `return`?")
        if isinstance(y, (list, tuple, dict)) or np.size(kept(y)) != 1:
            nested = isinstance(y, (list, tuple, dict))
            kind = f"a {type(y).__name__} of {len(y)}" if nested else f"an array of shape {y.shape}"
            raise ShapeError(
                f"{transform}() takes the derivative of one number, but {self.name} returned {kind}. Return one number "
                f"(a sum, a mean), or use jacobian({self.name}) for all the derivatives."
            )
        return as_node(y)

    def pull(self, seeds: Mapping[Any, Any], recorded: bool) -> list[Any]:
        """Return the adjoints of the variables, as numbers or as nodes."""
        with recording():
            adjoints = adjoints_of(seeds, self.fresh, recorded)
        return [self.finished(x) for x in adjoints]

    def rebuild(self, leaves: Sequence[Any]) -> Any:
        """Return one derivative per leaf in the structure of the arguments; a tuple for several arguments."""
        arguments = self._rebuild(leaves)
        return arguments[0] if self._single else tuple(arguments)

    def finished(self, x: Any) -> Any:
        """Return a derivative for the caller: a node, detached inside ``no_grad()``, or a copy of the numbers."""
        if isinstance(x, Node):
            return x.detach() if self._forget else x  # type: ignore[attr-defined]
        return np.array(x) if np.ndim(x) else float(x)

    def plain(self, y: Any) -> Any:
        """Return an output as a node if ``recorded``, else as numbers."""
        if not isinstance(y, Node) or self.recorded:
            return self.finished(y) if isinstance(y, Node) else y
        return y.numpy() if isinstance(y, Tensor) and y.ndim else y.item()

    def value(self) -> Any:
        """Return the output of the function, as nodes or as numbers."""
        return self.rebuild_output([self.plain(y) for y in self.outputs])


def _fresh(x: Any) -> Any:
    """Return a new node with the same number, which no other node uses."""
    if not isinstance(x, Node):
        return as_node(x)
    copy = m.identity(x)
    if not copy.requires_grad:
        copy.requires_grad = True
    return copy
