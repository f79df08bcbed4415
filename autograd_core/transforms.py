"""Derivatives of functions: functions in, functions out.

A transform gives back what its function was given: numbers for numbers, nodes for nodes; so transforms nest.

>>> grad(lambda x: x**3)(2.0)
12.0
>>> grad(grad(lambda x: x**3))(2.0)
12.0
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any

from .errors import GraphError, OperandError
from .history import history
from .node import Node, apply, number
from .primitive import lookup
from .sweep import sweep
from .value import Value

__all__ = ["grad", "gradient", "value_and_grad"]

_local = threading.local()


def gradient(output: Any, inputs: Any, create_graph: bool = False) -> tuple[Any, ...]:
    """Return the derivatives of a recorded output by recorded inputs, without touching any ``grad``.

    Parameters
    ----------
    output : Value
        What to differentiate.
    inputs : Value or sequence of Values
        Leaves or intermediate nodes.
    create_graph : bool
        Return recorded Values, which can be differentiated again, instead of numbers.

    Returns
    -------
    tuple
        One derivative an input; 0.0 for one that the output does not depend on.

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
            "Compute it from Values; for a plain function use grad(f)(x)."
        )
    seed: Any = Value(1.0) if create_graph else 1.0
    wanted = set(targets)
    found = {node: adjoint for node, adjoint, _ in sweep(output, seed, wrt=wanted) if node in wanted}
    nothing: Any = Value(0.0) if create_graph else 0.0
    return tuple(found.get(target, nothing) for target in targets)


def _targets(inputs: Any) -> list[Node]:
    targets = [inputs] if isinstance(inputs, Node) else list(inputs)
    for target in targets:
        if not isinstance(target, Node):
            raise OperandError(
                f"gradient() takes derivatives by Values, but one of the inputs is the {type(target).__name__} "
                f"{target!r}. Numbers have no history: wrap it as a Value before computing the output."
            )
    return targets


def grad(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """Return the function that computes the derivative of ``f`` by one of its arguments.

    Parameters
    ----------
    f : callable
        Takes numbers or Values (or lists, tuples, dicts of them) and returns one Value.
    argnum : int
        Which argument to differentiate by.

    Returns
    -------
    callable
        Same arguments as ``f``; its result has the structure of the argument, numbers for numbers, Values for Values.

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
        if not -len(args) <= argnum < len(args):
            raise OperandError(f"There is no positional argument {argnum} to differentiate by: {len(args)} were given.")
        leaves, rebuild = flatten(args[argnum])
        fresh = [_fresh(x) for x in leaves]
        arguments = list(args)
        arguments[argnum] = rebuild(fresh)
        with _differentiating(fresh) as enclosing:
            output = f(*arguments, **kwargs)
        if not isinstance(output, Node):
            return _constant(output, leaves, rebuild, f)
        reached = bool(enclosing) and not enclosing.isdisjoint(history(output))
        recorded = reached or any(isinstance(x, Node) for x in leaves)
        derivatives = gradient(output, fresh, create_graph=recorded)
        return (output if recorded else output.item()), rebuild(derivatives)

    return value_and_derivative


def _fresh(x: Any) -> Node:
    """Return the node to differentiate by.

    A node given from outside is copied, so that the derivative is by this argument alone and not by other uses of the
    same node inside the function.
    """
    return apply(lookup("identity"), x) if isinstance(x, Node) else Value(x)


def _constant(output: Any, leaves: list[Any], rebuild: Callable[[Any], Any], f: Any) -> tuple[Any, Any]:
    """Answer for a function whose output does not depend on anything recorded."""
    if isinstance(output, (list, tuple, dict)):
        raise GraphError(
            f"grad() takes the derivative of one number, but {getattr(f, '__name__', 'the function')} returned a "
            f"{type(output).__name__} of {len(output)}. Return one of its elements, or use jacobian(f)."
        )
    return number(output, "result of the function"), rebuild([0.0] * len(leaves))


@contextmanager
def _differentiating(fresh: list[Node]) -> Iterator[set[Node]]:
    """Let transforms inside know by what the enclosing ones differentiate."""
    enclosing: set[Node] = getattr(_local, "active", set())
    _local.active = enclosing.union(fresh)
    try:
        yield enclosing
    finally:
        _local.active = enclosing


def flatten(tree: Any) -> tuple[list[Any], Callable[[Sequence[Any]], Any]]:
    """Return the leaves of nested lists, tuples and dicts, and the function that puts others in their places.

    >>> leaves, rebuild = flatten({"a": [1.0, 2.0], "b": 3.0})
    >>> leaves, rebuild([4.0, 5.0, 6.0])
    ([1.0, 2.0, 3.0], {'a': [4.0, 5.0], 'b': 6.0})
    """
    if isinstance(tree, dict):
        parts = [flatten(tree[key]) for key in tree]
        keys = list(tree)
        return _join(parts, lambda children: dict(zip(keys, children, strict=True)))
    if isinstance(tree, (list, tuple)):
        if hasattr(tree, "_fields"):  # a named tuple
            return _join([flatten(x) for x in tree], lambda children: type(tree)(*children))
        return _join([flatten(x) for x in tree], type(tree))
    return [tree], lambda leaves: leaves[0]


def _join(parts: list[Any], make: Callable[[list[Any]], Any]) -> tuple[list[Any], Callable[[Sequence[Any]], Any]]:
    leaves = [leaf for part, _ in parts for leaf in part]

    def rebuild(new: Sequence[Any]) -> Any:
        children, start = [], 0
        for part, make_part in parts:
            children.append(make_part(new[start : start + len(part)]))
            start += len(part)
        return make(children)

    return leaves, rebuild
