"""Check derivatives with central differences, which use no rule of differentiation.

They detect errors of 1e-6 and more, and are meaningless near a point where the derivative jumps.
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

#: The position of a number in an argument: the leaf, and the index in its array; () for a plain number.
Position = tuple[int, tuple[int, ...]]


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
        The point. ``f`` receives a number as a Value and an array as a Tensor of float64, because differences of
        float32 numbers lose all digits.
    order : int
        1 checks first derivatives; 2 checks second derivatives too, and so on.
    tolerance : float
        The largest difference accepted, relative to max(1, |derivative|).
    samples : int
        The largest number of elements to check in each array; of a larger array a random sample is checked.
    rng : int
        The seed of the random sample.

    Returns
    -------
    float
        The largest difference.

    Raises
    ------
    CheckError
        If a difference is above the tolerance; the message names the argument, the element and both numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_core import functions as F
    >>> check_grad(lambda x, y: F.sin(x) * y, 0.5, 2.0, order=2) < 1e-9
    True
    >>> check_grad(lambda W, x: (W @ x).tanh().sum(), np.ones((2, 3)), np.array([0.1, 0.2, 0.3])) < 1e-9
    True
    """
    point, f = [_point(argument) for argument in args], _lifted(f)
    draw = random.Random(rng)
    worst = 0.0
    for argnum, argument in enumerate(point):
        leaves, _ = flatten(argument)
        derivatives, _ = flatten(grad(f, argnum)(*point))
        for i, index in _positions(leaves, samples, draw):
            x, derivative = (float(array[index]) if index else float(array) for array in (leaves[i], derivatives[i]))
            section = _section(f, point, argnum, (i, index))
            name = _position_name(argnum, len(leaves), i, index)
            worst = max(worst, _compare(section, x, derivative, tolerance, name))
            if order > 1:
                first = _partial_derivative(f, argnum, (i, index))
                looser = max(tolerance, 1e-5)
                worst = max(
                    worst, check_grad(first, *point, order=order - 1, tolerance=looser, samples=samples, rng=rng)
                )
    return worst


def _point(argument: Any) -> Any:
    """Return an argument with floats and arrays of float64 as leaves."""
    leaves, rebuild = flatten(argument)
    numbers = [kept(leaf) for leaf in leaves]
    return rebuild([as_array(x).astype(np.float64) if isinstance(x, np.ndarray) else float(x) for x in numbers])


def _positions(leaves: list[Any], samples: int, draw: random.Random) -> Iterator[Position]:
    """Yield the positions to check."""
    for i, leaf in enumerate(leaves):
        size = np.size(leaf)
        chosen = range(size) if size <= samples else sorted(draw.sample(range(size), samples))
        for k in chosen:
            yield i, tuple(int(n) for n in np.unravel_index(k, np.shape(leaf)))


def _section(f: Callable[..., Any], point: list[Any], argnum: int, position: Position) -> Callable[[float], float]:
    """Return f as a function of the number at one position."""
    (i, index), (leaves, rebuild) = position, flatten(point[argnum])

    def section(x: float) -> float:
        moved = list(leaves)
        if isinstance(leaves[i], np.ndarray):
            moved[i] = leaves[i].copy()
            moved[i][index] = x
        else:
            moved[i] = x
        arguments = [*point[:argnum], rebuild(moved), *point[argnum + 1 :]]
        y = f(*arguments)
        return float(y.item() if isinstance(y, Node) else y)

    return section


def _lifted(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that converts numbers and arrays to Values and Tensors, and calls f."""

    def lifted(*arguments: Any) -> Any:
        leaves, rebuild = flatten(list(arguments))
        return f(*rebuild([as_node(leaf) for leaf in leaves]))

    return lifted


def _partial_derivative(f: Callable[..., Any], argnum: int, position: Position) -> Callable[..., Any]:
    """Return the derivative by the number at one position, as a function of the same arguments."""
    i, index = position

    def first(*moved: Any) -> Any:
        derivative = flatten(grad(f, argnum)(*moved))[0][i]
        return derivative[index] if index else derivative

    return first


def _position_name(argnum: int, count: int, i: int, index: tuple[int, ...]) -> str:
    """Return the name of a position in the error message."""
    number = f", number {i}" if count > 1 else ""
    return f"argument {argnum}{number}" + (f", element {list(index)}" if index else "")


def _compare(f: Callable[[float], float], x: float, derivative: float, tolerance: float, name: str) -> float:
    expected = numerical_derivative(f, x)
    error = abs(derivative - expected) / max(1.0, abs(expected))
    if not error <= tolerance:
        raise CheckError(
            f"The derivative by {name} is {derivative!r} at {x!r}, but the central difference "
            f"there is {expected!r}: they differ by {error:.1e} of max(1, |derivative|), more than {tolerance:.0e}. "
            "Either the rule is wrong, or the derivative jumps near this point."
        )
    return error
