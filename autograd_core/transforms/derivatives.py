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

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ..errors import OperandError, ShapeError
from ..graph.modes import recording
from ..graph.node import Node, kept
from ..graph.sweep import differentiable
from .forward_mode import push
from .jacobians import jacobian
from .recording import Argnum, Recording, adjoints_of, as_node, cast_like, require_callable
from .trees import leaves_like

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
    ShapeError
        If the output has more than one element.
    GraphError
        If an input does not require a gradient.
    StaleGraphError
        With ``create_graph``, if numbers were changed after they were recorded.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(2.0)
    >>> y = x**3
    >>> gradient(y, x)
    (12.0,)
    >>> (dx,) = gradient(y, x, create_graph=True)
    >>> gradient(dx, x)
    (12.0,)
    """
    targets = differentiable(inputs, "gradient()")
    if not isinstance(output, Node):
        raise OperandError(
            f"gradient() differentiates a recorded node, but the output is the {type(output).__name__} {output!r:.80}. "
            "Compute it from Values or Tensors; for a plain function use grad(f)(x)."
        )
    if np.size(kept(output)) != 1:
        raise ShapeError(
            f"gradient() differentiates one number, but the output has shape {np.shape(kept(output))}. Reduce it "
            "(.sum(), .mean()); for all the derivatives of a function there is jacobian(f), for some sum of them vjp."
        )
    found = adjoints_of({output: output.seed()}, targets, create_graph)
    return tuple(np.array(x) if isinstance(x, np.ndarray) else x for x in found)


def grad(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """Return the function that computes the derivative of ``f`` by one of its arguments.

    Parameters
    ----------
    f : callable
        Takes numbers, arrays or nodes (or lists, tuples, dicts of them) and returns one number.
    argnum : int or tuple of int
        Which positional argument to differentiate by. For several the result is a tuple.

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
    >>> grad(lambda x, y: x * y, argnum=(0, 1))(2.0, 3.0)
    (3.0, 2.0)
    """
    value_and_derivative = _value_and_grad(f, argnum, "grad")

    @wraps(f)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        return value_and_derivative(*args, **kwargs)[1]

    return derivative


def value_and_grad(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """Return the function that computes ``f`` and its derivative by one argument in one go.

    Examples
    --------
    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    >>> value_and_grad(lambda xs: xs[0] * xs[1])([2.0, 5.0])
    (10.0, [5.0, 2.0])
    """
    return _value_and_grad(f, argnum, "value_and_grad")


def _value_and_grad(f: Callable[..., Any], argnum: Argnum, name: str) -> Callable[..., Any]:
    require_callable(f, name)

    @wraps(f)
    def value_and_derivative(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        run = Recording(f, args, argnum, kwargs)
        y = run.scalar(name)
        return run.plain(y), run.rebuild(run.pull({y: y.seed()}, run.recorded))

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

    See Also
    --------
    jvp : the derivative in a direction, forwards.
    jacobian : all derivatives.

    Examples
    --------
    >>> value, pull = vjp(lambda x, y: x * y, 3.0, 4.0)
    >>> value, pull(1.0)
    (12.0, (4.0, 3.0))
    """
    run = Recording(require_callable(f, "vjp"), primals, tuple(range(len(primals))), {})

    def pull(adjoint: Any) -> Any:
        whose = f"what {run.name} returned"
        adjoints = leaves_like(adjoint, run.output, f"The adjoint of {whose}")
        recorded = run.recorded or any(isinstance(g, Node) for g in adjoints)
        seeds: dict[Any, Any] = {}
        for y, g in zip(run.outputs, adjoints, strict=True):
            given = cast_like(as_node(y), g, "adjoint", whose)
            if isinstance(y, Node):
                seeds[y] = given if y not in seeds else seeds[y] + given
        return run.rebuild(run.pull(seeds, recorded))

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

    See Also
    --------
    vjp : an adjoint adjoints_of back, by reverse mode.

    Examples
    --------
    >>> jvp(lambda x, y: x * y, (3.0, 4.0), (1.0, 0.0))
    (12.0, 4.0)
    """
    require_callable(f, "jvp")
    if not isinstance(primals, tuple):
        primals, tangents = (primals,), (tangents,)
    elif not isinstance(tangents, (tuple, list)) or len(tangents) != len(primals):
        count = f"{len(tangents)} were" if isinstance(tangents, (tuple, list)) else f"{tangents!r:.80} was"
        raise ShapeError(f"jvp() takes a tuple with one tangent for each of {len(primals)} arguments; {count} given.")
    whose = f"the arguments of {getattr(f, '__name__', 'the function')}"
    directions = leaves_like(list(tangents), list(primals), f"The tangent of {whose}")
    run = Recording(f, primals, tuple(range(len(primals))), {})
    pairs = zip(run.fresh, directions, strict=True)
    along = {x: cast_like(x, direction, "tangent", f"one of {whose}") for x, direction in pairs}
    recorded = run.recorded or any(isinstance(t, Node) for t in along.values())
    return run.value(), run.rebuild_output(_push_tangents(run, along, recorded))


def _push_tangents(run: Recording, along: dict[Any, Any], recorded: bool) -> list[Any]:
    """Return the tangents of the outputs, as numbers or as recorded nodes."""
    with recording():
        if recorded:
            along = {x: as_node(t) for x, t in along.items()}
        found = dict(zip(run.nodes, push(run.nodes, along), strict=True))
        results = []
        for y in map(as_node, run.outputs):
            tangent = found.get(y)
            tangent = y.zero() if tangent is None else tangent
            results.append(as_node(tangent) if recorded else tangent)
    return [run.finished(t) for t in results]


def hessian(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """Return the function that computes all second derivatives of ``f`` by one argument.

    Its rows are swept together: see ``jacobian``.

    Examples
    --------
    >>> hessian(lambda v: v[0] * v[0] * v[1])([2.0, 3.0])
    [[6.0, 4.0], [4.0, 0.0]]
    """
    require_callable(f, "hessian")
    return jacobian(grad(f, argnum), argnum)


def hvp(f: Callable[..., Any], *point_and_direction: Any, argnum: int = 0) -> Any:
    """Return the Hessian of ``f`` times a vector: forward mode over reverse, without forming the Hessian.

    ``hvp(f)(x, v)`` and ``hvp(f, x, v)`` are the same; further arguments of ``f`` stand before the direction.

    Examples
    --------
    >>> hvp(lambda x: (x**3).sum())(np.array([1.0, 2.0]), np.array([1.0, 0.0])).tolist()
    [6.0, 0.0]
    """
    require_callable(f, "hvp")

    def product(*args: Any) -> Any:
        if len(args) < 2:
            raise OperandError(
                f"hvp() takes a point and a direction, hvp(f)(x, v), but {len(args)} arguments were given."
            )
        *primals, direction = args

        @wraps(f)
        def along(x: Any) -> Any:
            moved = list(primals)
            moved[argnum] = x
            return grad(f, argnum)(*moved)

        return jvp(along, (primals[argnum],), (direction,))[1]

    return product(*point_and_direction) if point_and_direction else product
