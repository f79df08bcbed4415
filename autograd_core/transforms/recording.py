"""One run of a function on fresh nodes, and the derivatives that can be read from what it recorded."""

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
from ..graph.quiet import quietly
from ..graph.sweep import sweep
from ..readings.algebra import nodes as m
from ..scalar.value import Value
from .trees import flatten

__all__ = ["Recording", "adjoints_of", "as_node", "cast_like", "require_callable"]

Argnum = int | Sequence[int]


def require_callable(f: Any, name: str) -> Callable[..., Any]:
    """Return what a transform is to differentiate, or say that it is no function."""
    if not callable(f):
        hint = f"For a recorded node there is gradient(node, inputs); for a function, {name}(f)(x)."
        raise OperandError(f"{name}() differentiates a function, not the {type(f).__name__} {f!r:.80}. {hint}")
    return f  # type: ignore[no-any-return]


def as_node(x: Any) -> Any:
    """Return numbers as a node that may be differentiated by."""
    if isinstance(x, Node):
        return x
    return Tensor(x, requires_grad=True) if isinstance(x, np.ndarray) else Value(x)


def cast_like(x: Any, given: Any, what: str, whose: str) -> Any:
    """Return an adjoint or a tangent for a node, of its kind, shape and type; a node stays a node.

    Raises
    ------
    ShapeError
        If it has another shape.
    """
    if np.shape(kept(given)) != np.shape(kept(x)):
        raise ShapeError(f"The {what} of {whose} has its shape, {np.shape(kept(x))}, not {np.shape(kept(given))}.")
    if not isinstance(given, Node):
        if isinstance(x, Value):
            return number(given.item() if isinstance(given, np.ndarray) else given, what)
        return as_array(given, f"{what} of {whose}").astype(x.dtype, copy=False)
    if isinstance(x, Value):
        return given if isinstance(given, Value) else m.pick(given, index=())
    given = as_operand(given)
    return given if given.dtype == x.dtype else m.cast(given, dtype=x.dtype)


def adjoints_of(seeds: Mapping[Any, Any], targets: Sequence[Any], recorded: bool) -> list[Any]:
    """Return the adjoints of the targets in one sweep from seeded outputs, as recorded nodes if asked."""
    if recorded:
        seeds = {y: as_node(seed) for y, seed in seeds.items()}
    wanted = set(targets)
    found = quietly(lambda: {node: g for node, g, _ in sweep(seeds, wrt=wanted) if node in wanted})
    adjoints = [found[x] if x in found else x.zero() for x in targets]
    return [as_node(g) for g in adjoints] if recorded else adjoints


class Recording:
    """One run of a function on fresh nodes, put in the places of the numbers of some of its arguments.

    A node given from outside is copied, so that derivatives are by this argument alone and not by other uses of the
    same node inside the function. ``recorded`` tells whether derivatives must be nodes: because nodes were given, or
    because the function also depends on what an enclosing transform differentiates by.
    """

    _local = threading.local()

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...], argnum: Argnum, kwargs: Mapping[str, Any]) -> None:
        self.name = getattr(f, "__name__", "the function")
        self._single = not isinstance(argnum, (tuple, list))
        argnums = [argnum] if self._single else list(argnum)  # type: ignore[arg-type]
        for each in argnums:
            if not is_integer(each) or not -len(args) <= each < len(args):  # type: ignore[operator]
                raise OperandError(
                    f"{self.name} was called with {len(args)} positional arguments, and argnum={argnum!r} is none of "
                    "them. Pass what to differentiate by as a positional argument."
                )
        self.trees = [args[each] for each in argnums]  # type: ignore[index]
        self.leaves, self._rebuild = flatten(self.trees)
        given = flatten([list(args), dict(kwargs)])[0]
        self._forget = forgetting()
        with recording():
            self.fresh = [_fresh(x) for x in self.leaves]
            arguments = list(args)
            for each, argument in zip(argnums, self._rebuild(self.fresh), strict=True):
                arguments[each] = argument  # type: ignore[index]
            with self._differentiating() as enclosing:
                self.output = f(*arguments, **kwargs)
        self.outputs, self.rebuild_output = flatten(self.output)
        self.nodes = [y for y in self.outputs if isinstance(y, Node)]
        self.recorded = any(isinstance(x, Node) for x in given) or (
            bool(enclosing) and not enclosing.isdisjoint(history(*self.nodes))
        )

    @contextmanager
    def _differentiating(self) -> Iterator[set[Any]]:
        """Let transforms inside know by what the enclosing ones differentiate."""
        enclosing: set[Any] = getattr(self._local, "active", set())
        self._local.active = enclosing.union(self.fresh)
        try:
            yield enclosing
        finally:
            self._local.active = enclosing

    def scalar(self, transform: str) -> Any:
        """Return the output as one node, or say why there is no gradient of it."""
        y = self.output
        if y is None:
            raise OperandError(f"{self.name} returned None. Does it end with `return`?")
        if isinstance(y, (list, tuple, dict)) or np.size(kept(y)) != 1:
            nested = isinstance(y, (list, tuple, dict))
            what = f"a {type(y).__name__} of {len(y)}" if nested else f"an array of shape {y.shape}"
            raise ShapeError(
                f"{transform}() takes the derivative of one number, but {self.name} returned {what}. Return one number "
                f"(a sum, a mean), or use jacobian({self.name}) for all the derivatives."
            )
        return as_node(y)

    def pull(self, seeds: Mapping[Any, Any], recorded: bool) -> list[Any]:
        """Return the adjoints of what is differentiated by, as numbers or as recorded nodes."""
        with recording():
            found = adjoints_of(seeds, self.fresh, recorded)
        return [self.finished(x) for x in found]

    def rebuild(self, leaves: Sequence[Any]) -> Any:
        """Return what belongs to the arguments in their structure; for several of them a tuple."""
        arguments = self._rebuild(leaves)
        return arguments[0] if self._single else tuple(arguments)

    def finished(self, x: Any) -> Any:
        """Return a derivative as it is handed out: a node, cut off inside ``no_grad()``, or numbers of its own."""
        if isinstance(x, Node):
            return x.detach() if self._forget else x  # type: ignore[attr-defined]
        return np.array(x) if np.ndim(x) else float(x)

    def plain(self, y: Any) -> Any:
        """Return a value as a node or as numbers, as the arguments were."""
        if not isinstance(y, Node) or self.recorded:
            return self.finished(y) if isinstance(y, Node) else y
        return y.numpy() if isinstance(y, Tensor) and y.ndim else y.item()

    def value(self) -> Any:
        """Return what the function returned, as nodes or as numbers."""
        return self.rebuild_output([self.plain(y) for y in self.outputs])


def _fresh(x: Any) -> Any:
    """Return a node that nothing else was computed from."""
    if not isinstance(x, Node):
        return as_node(x)
    copy = m.identity(x)
    if not copy.requires_grad:
        copy.requires_grad = True
    return copy
