"""Derivatives of functions: functions in, functions out.

A transform gives back what its function was given: numbers and arrays for numbers and arrays, nodes for nodes; so
transforms nest, to any order. A function may take lists, tuples and dicts of them.

>>> grad(lambda x: x**3)(2.0)
12.0
>>> grad(grad(lambda x: x**3))(2.0)
12.0
>>> hessian(lambda x: (x * x).prod())(np.array([1.0, 2.0])).tolist()
[[8.0, 8.0], [8.0, 2.0]]
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import numpy as np

from .errors import GraphError, OperandError, ShapeError
from .forward import push
from .history import history
from .node import Node, apply
from .primitive import lookup
from .quiet import quietly
from .sweep import sweep
from .tensor import Tensor, as_array
from .trees import flatten
from .value import Value

__all__ = ["grad", "gradient", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"]


def gradient(output: Any, inputs: Any, create_graph: bool = False) -> tuple[Any, ...]:
    """Return the derivatives of a recorded output by recorded inputs, without touching any ``grad``.

    Parameters
    ----------
    output : Value, or Tensor of one element
        What to differentiate.
    inputs : node or sequence of nodes
        Leaves or intermediate nodes.
    create_graph : bool
        Return recorded nodes, which can be differentiated again, instead of numbers and arrays.

    Returns
    -------
    tuple
        One derivative an input, of its shape; zeros for one that the output does not depend on.

    Raises
    ------
    StaleGraphError
        With ``create_graph``, if numbers were changed after they were recorded.

    Examples
    --------
    >>> x = Value(2.0)
    >>> y = x**3
    >>> gradient(y, x)
    (12.0,)
    >>> (dx,) = gradient(y, x, create_graph=True)
    >>> gradient(dx, x)
    (12.0,)
    """
    targets = _targets(inputs)
    if not isinstance(output, Node):
        raise OperandError(
            f"gradient() differentiates a recorded node, but the output is the {type(output).__name__} {output!r}. "
            "Compute it from Values or Tensors; for a plain function use grad(f)(x)."
        )
    return _pulled(output, output.seed(), targets, create_graph)


def _pulled(output: Any, seed: Any, targets: list[Any], create_graph: bool) -> tuple[Any, ...]:
    """Return the adjoints of the targets in a sweep from a seed, recorded if asked."""
    if create_graph and not isinstance(seed, Node):
        seed = _node(seed)
    wanted = set(targets)
    found = quietly(lambda: {node: g for node, g, _ in sweep(output, seed, wrt=wanted) if node in wanted})
    absent = [target for target in wanted if target not in found]
    found.update({target: _node(target.zero()) if create_graph else target.zero() for target in absent})
    return tuple(found[target] for target in targets)


def _targets(inputs: Any) -> list[Any]:
    targets = [inputs] if isinstance(inputs, Node) else list(inputs)
    for target in targets:
        if not isinstance(target, Node):
            raise OperandError(
                f"gradient() takes derivatives by nodes, but one of the inputs is the {type(target).__name__} "
                f"{target!r}. Numbers have no history: wrap it as a Value or Tensor before computing the output."
            )
        if not target.requires_grad:
            raise GraphError(
                f"{target!r} does not require a gradient, so nothing computed from it was recorded. "
                "Make it with Tensor(data, requires_grad=True), before the forward pass."
            )
    return targets


def _node(x: Any) -> Any:
    """Return numbers as a node that may be differentiated by."""
    return Tensor(x, requires_grad=True) if isinstance(x, (np.ndarray, np.generic)) else Value(x)


class Recording:
    """One run of a function on fresh nodes, put in the places of the numbers of some of its arguments.

    A node given from outside is copied, so that derivatives are by this argument alone and not by other uses of the
    same node inside the function. ``recorded`` tells whether derivatives must be nodes: because nodes were given, or
    because the function also depends on what an enclosing transform differentiates by.
    """

    _local = threading.local()

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...], argnums: tuple[int, ...], kwargs: Any) -> None:
        for argnum in argnums:
            if not -len(args) <= argnum < len(args):
                raise OperandError(f"There is no positional argument {argnum}: {len(args)} were given.")
        self.name = getattr(f, "__name__", "the function")
        self.leaves, self.rebuild = flatten([args[argnum] for argnum in argnums])
        self.fresh = [self._fresh(x) for x in self.leaves]
        arguments = list(args)
        for argnum, argument in zip(argnums, self.rebuild(self.fresh), strict=True):
            arguments[argnum] = argument
        with self._differentiating() as enclosing:
            self.output = f(*arguments, **kwargs)
        self.outputs, self.rebuild_output = flatten(self.output)
        nodes = [y for y in self.outputs if isinstance(y, Node)]
        self.recorded = any(isinstance(x, Node) for x in self.leaves) or (
            bool(enclosing) and not enclosing.isdisjoint(history(*nodes))
        )

    @staticmethod
    def _fresh(x: Any) -> Any:
        if isinstance(x, Node):
            copy = apply(lookup("identity"), x)
            if not copy.requires_grad:
                copy.requires_grad = True
            return copy
        return Tensor(x, requires_grad=True) if isinstance(x, np.ndarray) else Value(x)

    @contextmanager
    def _differentiating(self) -> Iterator[set[Any]]:
        """Let transforms inside know by what the enclosing ones differentiate."""
        enclosing: set[Any] = getattr(self._local, "active", set())
        self._local.active = enclosing.union(self.fresh)
        try:
            yield enclosing
        finally:
            self._local.active = enclosing

    def scalar(self) -> Any:
        """Return the output as one node, or say why there is no gradient of it."""
        y = self.output
        if isinstance(y, (list, tuple, dict)) or (isinstance(y, (Tensor, np.ndarray)) and y.size != 1):
            what = f"shape {y.shape}" if isinstance(y, (Tensor, np.ndarray)) else f"a {type(y).__name__} of {len(y)}"
            raise ShapeError(
                f"grad() takes the derivative of one number, but {self.name} returned {what}. Return one number "
                f"(a sum, a mean), or use jacobian({self.name}) for all the derivatives."
            )
        return y if isinstance(y, Node) else _node(as_array(y, "result") if isinstance(y, np.ndarray) else y)

    def plain(self, y: Any) -> Any:
        """Return a result as nodes or as numbers, as the arguments were."""
        if self.recorded or not isinstance(y, Node):
            return y
        return y.numpy() if isinstance(y, Tensor) and y.ndim else y.item()

    def value(self) -> Any:
        """Return what the function returned, as nodes or as numbers."""
        return self.rebuild_output([self.plain(y) for y in self.outputs])


def grad(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """Return the function that computes the derivative of ``f`` by one of its arguments.

    Parameters
    ----------
    f : callable
        Takes numbers, arrays or nodes (or lists, tuples, dicts of them) and returns one number.
    argnum : int
        Which argument to differentiate by.

    Returns
    -------
    callable
        Same arguments as ``f``; its result has the structure and the shapes of the argument.

    Raises
    ------
    ShapeError
        When called, if ``f`` returns more than one number: ``jacobian`` is for those.

    Examples
    --------
    >>> from autograd_core import functions as F
    >>> grad(F.sin)(0.0)
    1.0
    >>> grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0)
    1.0
    """
    value_and_derivative = value_and_grad(f, argnum)

    @wraps(f)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        return value_and_derivative(*args, **kwargs)[1]

    return derivative


def value_and_grad(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """Return the function that computes ``f`` and its derivative by one argument in one go.

    Examples
    --------
    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    >>> value_and_grad(lambda xs: xs[0] * xs[1])([2.0, 5.0])
    (10.0, [5.0, 2.0])
    """

    @wraps(f)
    def value_and_derivative(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        run = Recording(f, args, (argnum,), kwargs)
        y = run.scalar()
        derivatives = _pulled(y, y.seed(), run.fresh, run.recorded)
        return run.plain(y), run.rebuild(derivatives)[0]

    return value_and_derivative


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """Return the value of ``f`` and the function that pulls an adjoint of it back to the arguments.

    Parameters
    ----------
    f : callable
    *primals : numbers, arrays, nodes, or trees of them
        Where to evaluate it.

    Returns
    -------
    value
        What ``f`` returned.
    pull : callable
        Takes an adjoint of the structure and shapes of the value; returns one cotangent an argument, as a tuple.

    Examples
    --------
    >>> value, pull = vjp(lambda x, y: x * y, 3.0, 4.0)
    >>> value, pull(1.0)
    (12.0, (4.0, 3.0))
    """
    run = Recording(f, primals, tuple(range(len(primals))), {})

    def pull(adjoint: Any) -> tuple[Any, ...]:
        adjoints, _ = flatten(adjoint)
        if len(adjoints) != len(run.outputs):
            raise ShapeError(f"{run.name} returned {len(run.outputs)} results; {len(adjoints)} adjoints were given.")
        recorded = run.recorded or any(isinstance(g, Node) for g in adjoints)
        totals: list[Any] = [None] * len(run.fresh)
        for y, g in zip(run.outputs, adjoints, strict=True):
            if isinstance(y, Node) and y.requires_grad:
                seed = g if isinstance(g, Node) else y.seed(g)
                pulled = _pulled(y, seed, run.fresh, recorded)
                totals = [p if t is None else t + p for t, p in zip(totals, pulled, strict=True)]
        return tuple(run.rebuild([x.zero() if t is None else t for t, x in zip(totals, run.fresh, strict=True)]))

    return run.value(), pull


def jvp(f: Callable[..., Any], primals: Any, tangents: Any) -> tuple[Any, Any]:
    """Return the value of ``f`` and its derivative in a direction, by forward mode.

    Parameters
    ----------
    f : callable
    primals : tuple
        The arguments; a single one may stand without a tuple.
    tangents : tuple
        A direction for each, of the same structure and shapes.

    Returns
    -------
    tuple
        (value, tangent of the value), both of the structure that ``f`` returns.

    Examples
    --------
    >>> jvp(lambda x, y: x * y, (3.0, 4.0), (1.0, 0.0))
    (12.0, 4.0)
    """
    if not isinstance(primals, tuple):
        primals, tangents = (primals,), (tangents,)
    run = Recording(f, primals, tuple(range(len(primals))), {})
    directions, _ = flatten(list(tangents))
    if len(directions) != len(run.fresh):
        raise ShapeError(
            f"There are {len(run.fresh)} numbers and arrays in the primals, {len(directions)} in the tangents."
        )
    recorded = run.recorded or any(isinstance(t, Node) for t in directions)
    pairs = {}
    for x, direction in zip(run.fresh, directions, strict=True):
        checked = direction if isinstance(direction, Node) else x.seed(direction)
        pairs[x] = _node(checked) if recorded and not isinstance(checked, Node) else checked
    nodes = [y for y in run.outputs if isinstance(y, Node)]
    pushed = dict(zip(nodes, push(nodes, pairs), strict=True))
    found = []
    for y in run.outputs:
        t = pushed.get(y) if isinstance(y, Node) else 0.0
        found.append(_zero_like(y, recorded) if t is None else t)
    return run.value(), run.rebuild_output(
        [t if isinstance(t, Node) or not isinstance(t, np.ndarray) or t.ndim else float(t) for t in found]
    )


def _zero_like(y: Any, recorded: bool) -> Any:
    return _node(y.zero()) if recorded else y.zero()


def jacobian(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """Return the function that computes all derivatives of the outputs of ``f`` by one argument.

    Returns
    -------
    callable
        For an array of shape ``a`` and a result of shape ``y``, its result is an array of shape ``y + a``. For lists
        of numbers it is a list of rows, one an output, each of the structure of the argument. If ``f`` returns one
        number, there is one row, and it is the gradient.

    Examples
    --------
    >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0])).tolist()
    [[2.0, 0.0], [0.0, 4.0]]
    >>> jacobian(lambda v: [v[0] * v[1], v[0]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 0.0]]
    """

    @wraps(f)
    def derivatives(*args: Any, **kwargs: Any) -> Any:
        run = Recording(f, args, (argnum,), kwargs)
        return run.rebuild_output([_rows(run, y) for y in run.outputs])

    return derivatives


def _rows(run: Recording, y: Any) -> Any:
    """Return the derivatives of one output, of its shape followed by that of the argument."""
    y = y if isinstance(y, Node) else _node(np.asarray(y, float) if isinstance(y, np.ndarray) else y)
    if isinstance(y, Value):
        return run.rebuild(_pulled(y, 1.0, run.fresh, run.recorded))[0]
    rows = [_pulled(y, seed.reshape(y.shape), run.fresh, run.recorded) for seed in np.eye(y.size, dtype=y.dtype)]
    stacked = []
    for x, column in zip(run.fresh, zip(*rows, strict=True), strict=True):
        stacked.append(_stacked(column, (*y.shape, *getattr(x, "shape", ()))))
    return run.rebuild(stacked)[0]


def _stacked(rows: tuple[Any, ...], shape: tuple[int, ...]) -> Any:
    if not any(isinstance(row, Node) for row in rows):
        return np.reshape(np.array(rows), shape)
    from .joining import stack

    return apply(lookup("reshape"), stack(list(rows)), shape=shape)


def hessian(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """Return the function that computes all second derivatives of ``f`` by one argument.

    Examples
    --------
    >>> hessian(lambda v: v[0] * v[0] * v[1])([2.0, 3.0])
    [[6.0, 4.0], [4.0, 0.0]]
    """
    return jacobian(grad(f, argnum), argnum)


def hvp(f: Callable[..., Any], *point_and_direction: Any, argnum: int = 0) -> Any:
    """Return the Hessian of ``f`` times a vector: forward mode over reverse, without forming the Hessian.

    ``hvp(f)(x, v)`` and ``hvp(f, x, v)`` are the same; further arguments of ``f`` stand before the direction.

    Examples
    --------
    >>> hvp(lambda x: (x**3).sum())(np.array([1.0, 2.0]), np.array([1.0, 0.0])).tolist()
    [6.0, 0.0]
    """

    def product(*args: Any) -> Any:
        *primals, direction = args

        def along(x: Any) -> Any:
            moved = list(primals)
            moved[argnum] = x
            return grad(f, argnum)(*moved)

        return jvp(along, (primals[argnum],), (direction,))[1]

    return product(*point_and_direction) if point_and_direction else product
