"""Transform functions into functions that compute their derivatives.

A transform returns numbers and arrays for numbers and arrays, and nodes for nodes. So transforms nest to any order. The
arguments may be lists, tuples and dicts of them.

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
    """Return the derivatives of a recorded output by recorded inputs; no ``grad`` changes.

    Parameters
    ----------
    output : Value, or Tensor of one element
        The node to differentiate.
    inputs : node or sequence of nodes
        Leaves or intermediate nodes.
    create_graph : bool
        Return recorded nodes, which can be differentiated again, instead of numbers and arrays.

    Returns
    -------
    tuple
        One derivative per input, of its shape; zeros if the output does not depend on it.

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
            "(.sum(), .mean()); jacobian(f) computes all derivatives of a function, vjp a weighted sum of them."
        )
    adjoints = adjoints_of({output: output.seed()}, targets, create_graph)
    return tuple(np.array(x) if isinstance(x, np.ndarray) else x for x in adjoints)


def grad(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """Return the function that computes the derivative of ``f`` by one of its arguments.

    Parameters
    ----------
    f : callable
        Takes numbers, arrays or nodes (or lists, tuples, dicts of them) and returns one number.
    argnum : int or tuple of int
        The positional argument to differentiate by; for several the result is a tuple.

    Returns
    -------
    callable
        Same arguments as ``f``; its result has the structure and the shapes of the argument.

    Raises
    ------
    ShapeError
        When called, if ``f`` returns more than one number; use ``jacobian`` then.

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
    """Return the function that computes ``f`` and its derivative by one argument in one run.

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
        The point.

    Returns
    -------
    value
        The output of ``f``.
    pull : callable
        Takes an adjoint of the structure and shapes of the value; returns a tuple with one cotangent per argument.

    See Also
    --------
    jvp : the derivative in a direction, by forward mode.
    jacobian : all derivatives.

    Examples
    --------
    >>> value, pull = vjp(lambda x, y: x * y, 3.0, 4.0)
    >>> value, pull(1.0)
    (12.0, (4.0, 3.0))
    """
    run = Recording(require_callable(f, "vjp"), primals, tuple(range(len(primals))), {})

    def pull(adjoint: Any) -> Any:
        owner = f"the output of {run.name}"
        adjoints = leaves_like(adjoint, run.output, f"The adjoint of {owner}")
        recorded = run.recorded or any(isinstance(g, Node) for g in adjoints)
        seeds: dict[Any, Any] = {}
        for y, g in zip(run.outputs, adjoints, strict=True):
            seed = cast_like(as_node(y), g, "adjoint", owner)
            if isinstance(y, Node):
                seeds[y] = seed if y not in seeds else seeds[y] + seed
        return run.rebuild(run.pull(seeds, recorded))

    return run.value(), pull


def jvp(f: Callable[..., Any], primals: Any, tangents: Any) -> tuple[Any, Any]:
    """Return the value of ``f`` and its derivative in a direction, by forward mode.

    Parameters
    ----------
    f : callable
    primals : tuple
        The arguments; a single one needs no tuple.
    tangents : tuple
        A direction for each argument, of the same structure and shapes.

    Returns
    -------
    tuple
        (value, tangent of the value), both of the structure that ``f`` returns.

    See Also
    --------
    vjp : the adjoints of the arguments, by reverse mode.

    Examples
    --------
    >>> jvp(lambda x, y: x * y, (3.0, 4.0), (1.0, 0.0))
    (12.0, 4.0)
    """
    require_callable(f, "jvp")
    if not isinstance(primals, tuple):
        primals, tangents = (primals,), (tangents,)
    elif not isinstance(tangents, (tuple, list)) or len(tangents) != len(primals):
        count = f"{len(tangents)} tangents" if isinstance(tangents, (tuple, list)) else f"{tangents!r:.80}"
        raise ShapeError(f"jvp() takes a tuple with one tangent for each of {len(primals)} arguments, not {count}.")
    owner = f"the arguments of {getattr(f, '__name__', 'the function')}"
    directions = leaves_like(list(tangents), list(primals), f"The tangent of {owner}")
    run = Recording(f, primals, tuple(range(len(primals))), {})
    pairs = zip(run.fresh, directions, strict=True)
    direction_of = {x: cast_like(x, direction, "tangent", f"one of {owner}") for x, direction in pairs}
    recorded = run.recorded or any(isinstance(t, Node) for t in direction_of.values())
    return run.value(), run.rebuild_output(_push_tangents(run, direction_of, recorded))


def _push_tangents(run: Recording, directions: dict[Any, Any], recorded: bool) -> list[Any]:
    """Return the tangents of the outputs, as numbers or as recorded nodes."""
    with recording():
        if recorded:
            directions = {x: as_node(t) for x, t in directions.items()}
        tangents = dict(zip(run.nodes, push(run.nodes, directions), strict=True))
        results = []
        for y in map(as_node, run.outputs):
            tangent = tangents.get(y)
            tangent = y.zero() if tangent is None else tangent
            results.append(as_node(tangent) if recorded else tangent)
    return [run.finished(t) for t in results]


def hessian(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """Return the function that computes all second derivatives of ``f`` by one argument.

    The rows are swept together, as in ``jacobian``.

    Examples
    --------
    >>> hessian(lambda v: v[0] * v[0] * v[1])([2.0, 3.0])
    [[6.0, 4.0], [4.0, 0.0]]
    """
    require_callable(f, "hessian")
    return jacobian(grad(f, argnum), argnum)


def hvp(f: Callable[..., Any], *point_and_direction: Any, argnum: int = 0) -> Any:
    """Return the Hessian of ``f`` times a vector, by forward over reverse mode, without the full Hessian.

    ``hvp(f)(x, v)`` and ``hvp(f, x, v)`` are equal. Further arguments of ``f`` precede the direction.

    Examples
    --------
    >>> hvp(lambda x: (x**3).sum())(np.array([1.0, 2.0]), np.array([1.0, 0.0])).tolist()
    [6.0, 0.0]
    """
    require_callable(f, "hvp")

    def product(*args: Any) -> Any:
        if len(args) < 2:
            raise OperandError(f"hvp() takes a point and a direction, hvp(f)(x, v), not {len(args)} arguments.")
        *primals, direction = args

        @wraps(f)
        def along(x: Any) -> Any:
            moved = list(primals)
            moved[argnum] = x
            return grad(f, argnum)(*moved)

        return jvp(along, (primals[argnum],), (direction,))[1]

    return product(*point_and_direction) if point_and_direction else product
