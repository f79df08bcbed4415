"""Is a derivative right? Central differences, which know nothing of any rule.

They are a loose gate: they see errors of 1e-6 and more, and mean nothing near a kink.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..array.arguments import as_array
from ..errors import CheckError
from ..graph.node import Node, kept
from .derivatives import grad
from .recording import as_node
from .trees import flatten

__all__ = ["check_grad", "numerical_derivative"]

#: A position in the arguments: which leaf, and for an array which element, () for a number.
Place = tuple[int, tuple[int, ...]]


def numerical_derivative(f: Callable[[float], float], x: float, h: float | None = None) -> float:
    """Return the five-point central difference of a function of one float; its error is about 1e-12 relative.

    >>> round(numerical_derivative(lambda x: x**3, 2.0), 9)
    12.0
    """
    if h is None:
        h = 1e-3 * max(1.0, abs(x))
    near, far = f(x + h) - f(x - h), f(x + 2 * h) - f(x - 2 * h)
    return (8.0 * near - far) / (12.0 * h)


def check_grad(
    f: Callable[..., Any], *args: Any, order: int = 1, tolerance: float = 1e-6, samples: int = 100, rng: int = 0
) -> float:
    """Compare the derivatives of a function with central differences.

    Parameters
    ----------
    f : callable
        Takes Values, Tensors, or lists, tuples and dicts of them, and returns one Value or a Tensor of one element.
    *args : numbers, arrays, Values, Tensors, or lists, tuples, dicts of them
        The point. A number reaches ``f`` as a Value and an array as a Tensor, of float64, since a difference of
        float32 numbers has no digits left.
    order : int
        1 checks first derivatives; 2 checks also the derivatives of those, and so on.
    tolerance : float
        The largest difference accepted, relative to max(1, |derivative|).
    samples : int
        At how many elements an array is checked that has more; they are drawn.
    rng : int
        The seed of the drawing.

    Returns
    -------
    float
        The largest difference found.

    Raises
    ------
    CheckError
        If one is larger than the tolerance. The message names the argument, the element and both numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_core import functions as F
    >>> check_grad(lambda x, y: F.sin(x) * y, 0.5, 2.0, order=2) < 1e-9
    True
    >>> check_grad(lambda W, x: (W @ x).tanh().sum(), np.ones((2, 3)), np.array([0.1, 0.2, 0.3])) < 1e-9
    True
    """
    point, f = [_point(argument) for argument in args], _of_nodes(f)
    draw = random.Random(rng)
    worst = 0.0
    for argnum, argument in enumerate(point):
        leaves, _ = flatten(argument)
        derivatives, _ = flatten(grad(f, argnum)(*point))
        for i, at in _places(leaves, samples, draw):
            x, found = (float(array[at]) if at else float(array) for array in (leaves[i], derivatives[i]))
            along = _along(f, point, argnum, (i, at))
            worst = max(worst, _compare(along, x, found, tolerance, _named(argnum, len(leaves), i, at)))
            if order > 1:
                first = _first(f, argnum, (i, at))
                looser = max(tolerance, 1e-5)
                worst = max(
                    worst, check_grad(first, *point, order=order - 1, tolerance=looser, samples=samples, rng=rng)
                )
    return worst


def _point(argument: Any) -> Any:
    """Return an argument as floats and arrays of float64."""
    leaves, rebuild = flatten(argument)
    numbers = [kept(leaf) for leaf in leaves]
    return rebuild([as_array(x).astype(np.float64) if isinstance(x, np.ndarray) else float(x) for x in numbers])


def _places(leaves: list[Any], samples: int, draw: random.Random) -> Iterator[Place]:
    """Yield the positions to check."""
    for i, leaf in enumerate(leaves):
        size = np.size(leaf)
        chosen = range(size) if size <= samples else sorted(draw.sample(range(size), samples))
        for k in chosen:
            yield i, tuple(int(n) for n in np.unravel_index(k, np.shape(leaf)))


def _along(f: Callable[..., Any], point: list[Any], argnum: int, place: Place) -> Callable[[float], float]:
    """Return f as a function of one number, that of a place in an argument."""
    (i, at), (leaves, rebuild) = place, flatten(point[argnum])

    def one(x: float) -> float:
        moved = list(leaves)
        if isinstance(leaves[i], np.ndarray):
            moved[i] = leaves[i].copy()
            moved[i][at] = x
        else:
            moved[i] = x
        arguments = [*point[:argnum], rebuild(moved), *point[argnum + 1 :]]
        y = f(*arguments)
        return float(y.item() if isinstance(y, Node) else y)

    return one


def _of_nodes(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of Values and Tensors that may be called with numbers and arrays as well."""

    def lifted(*arguments: Any) -> Any:
        leaves, rebuild = flatten(list(arguments))
        return f(*rebuild([as_node(leaf) for leaf in leaves]))

    return lifted


def _first(f: Callable[..., Any], argnum: int, place: Place) -> Callable[..., Any]:
    """Return the first derivative by the number of a place, as a function of the same arguments."""
    i, at = place

    def first(*moved: Any) -> Any:
        derivative = flatten(grad(f, argnum)(*moved))[0][i]
        return derivative[at] if at else derivative

    return first


def _named(argnum: int, count: int, i: int, at: tuple[int, ...]) -> str:
    """Return how the error calls a place."""
    element = f"[{', '.join(map(str, at))}]" if at else ""
    return f"argument {argnum}" + (f", number {i}" if count > 1 else "") + (f", element {element}" if element else "")


def _compare(f: Callable[[float], float], x: float, derivative: float, tolerance: float, where: str) -> float:
    expected = numerical_derivative(f, x)
    error = abs(derivative - expected) / max(1.0, abs(expected))
    if not error <= tolerance:
        raise CheckError(
            f"The derivative by {where} is {derivative!r} at {x!r}, but the central difference "
            f"there is {expected!r}: they differ by {error:.1e} of max(1, |derivative|), more than {tolerance:.0e}. "
            "Either the rule is wrong, or the point is near a kink, where the difference means nothing."
        )
    return error
