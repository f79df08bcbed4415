"""A small GPT of scalars, and a scalar class in the style of microgpt as a peer: see ``microgpt.py``.

The model works with any class of scalars that has + - * / **, exp, log, relu and data.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["GPT", "LETTERS", "NAMES", "Scalar", "dot", "letters"]

NAMES = [
    *("ada", "alan", "barbara", "carl", "david", "emmy", "grace", "hedy", "john"),
    *("kurt", "leonhard", "lise", "marie", "max", "niels", "rosa", "seppo", "sofia"),
]
LETTERS = [".", *sorted(set("".join(NAMES)))]


def letters(name: str) -> list[int]:
    """Return a name as indices of letters, with the end mark before and after it."""
    return [LETTERS.index(letter) for letter in f".{name}."]


class Scalar:
    """A number with a gradient, in the style of microgpt; it stores its children and their local gradients."""

    __slots__ = ("children", "data", "grad", "local")

    def __init__(self, data: float, children: tuple[Any, ...] = (), local: tuple[float, ...] = ()) -> None:
        self.data, self.grad, self.children, self.local = data, 0.0, children, local

    def __add__(self, other: Any) -> Scalar:
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Any) -> Scalar:
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n: float) -> Scalar:
        return Scalar(self.data**n, (self,), (n * self.data ** (n - 1),))

    def __neg__(self) -> Scalar:
        return self * -1.0

    def __sub__(self, other: Any) -> Scalar:
        return self + (-other)

    def __truediv__(self, other: Any) -> Scalar:
        return self * other**-1.0

    def exp(self) -> Scalar:
        """Return the exponential."""
        return Scalar(math.exp(self.data), (self,), (math.exp(self.data),))

    def log(self) -> Scalar:
        """Return the natural logarithm."""
        return Scalar(math.log(self.data), (self,), (1.0 / self.data,))

    def relu(self) -> Scalar:
        """Return the number if it is positive, else 0."""
        return Scalar(max(0.0, self.data), (self,), (float(self.data > 0.0),))

    def backward(self) -> None:
        """Compute the gradients of all nodes in the history."""
        order: list[Scalar] = []
        seen: set[Scalar] = set()
        stack: list[tuple[Scalar, bool]] = [(self, False)]
        while stack:
            node, ready = stack.pop()
            if ready:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((child, False) for child in node.children)
        self.grad = 1.0
        for node in reversed(order):
            for child, local in zip(node.children, node.local, strict=True):
                child.grad += local * node.grad


class GPT:
    """A GPT with one layer, whose weights are matrices of scalars.

    Parameters
    ----------
    scalar : callable
        The class of scalars, called with a float.
    width, heads : int
        The size of an embedding, and the number of attention heads.
    context : int
        The maximum number of letters.
    """

    def __init__(self, scalar: Callable[[float], Any], width: int, heads: int, context: int) -> None:
        rng = random.Random(42)
        self.width, self.heads = width, heads

        def matrix(rows: int, columns: int) -> list[list[Any]]:
            return [[scalar(rng.gauss(0.0, 0.08)) for _ in range(columns)] for _ in range(rows)]

        self.letter, self.position = matrix(len(LETTERS), width), matrix(context, width)
        self.query, self.key, self.value, self.out = (matrix(width, width) for _ in range(4))
        self.up, self.down = matrix(4 * width, width), matrix(width, 4 * width)
        self.head = matrix(len(LETTERS), width)

    def parameters(self) -> list[Any]:
        """Return all weights."""
        attention = (self.query, self.key, self.value, self.out)
        matrices = (self.letter, self.position, *attention, self.up, self.down, self.head)
        return [p for matrix in matrices for row in matrix for p in row]

    def loss(self, embedded: Sequence[Sequence[Any]], probability: Callable[[int, list[Any]], Any]) -> Any:
        """Return the mean cross-entropy, -ln p of each next letter.

        Parameters
        ----------
        embedded : sequence of vectors
            The embedding of each letter.
        probability : callable
            ``probability(t, p)`` selects the probability of the true next letter at position ``t`` from all of them.
        """
        keys: list[list[Any]] = []
        values: list[list[Any]] = []
        losses = []
        for t, letter in enumerate(embedded):
            x = rmsnorm(add(letter, self.position[t]))
            x = add(x, self.attention(rmsnorm(x), keys, values))
            hidden = [h.relu() for h in linear(self.up, rmsnorm(x))]
            x = add(x, linear(self.down, hidden))
            losses.append(-probability(t, softmax(linear(self.head, x))).log())
        return add_up(losses) * (1.0 / len(losses))

    def attention(self, x: list[Any], keys: list[Any], values: list[Any]) -> list[Any]:
        """Return the output of attention for a letter, over itself and all letters before it."""
        query = linear(self.query, x)
        keys.append(linear(self.key, x))
        values.append(linear(self.value, x))
        size = self.width // self.heads
        outputs: list[Any] = []
        for h in range(0, self.width, size):
            part = slice(h, h + size)
            scores = [dot(query[part], key[part]) * (1.0 / math.sqrt(size)) for key in keys]
            weights = softmax(scores)
            outputs += [dot(weights, [value[j] for value in values]) for j in range(h, h + size)]
        return linear(self.out, outputs)


def add_up(x: Sequence[Any]) -> Any:
    """Return the sum of the scalars, without starting from 0."""
    return sum(x[1:], x[0])


def dot(a: Sequence[Any], b: Sequence[Any]) -> Any:
    """Return Σ aᵢ bᵢ."""
    return add_up([x * y for x, y in zip(a, b, strict=True)])


def linear(matrix: list[list[Any]], x: list[Any]) -> list[Any]:
    """Return a matrix times a vector."""
    return [dot(row, x) for row in matrix]


def add(a: Sequence[Any], b: Sequence[Any]) -> list[Any]:
    """Return the sum of two vectors."""
    return [x + y for x, y in zip(a, b, strict=True)]


def rmsnorm(x: list[Any]) -> list[Any]:
    """Return a vector divided by its root mean square."""
    scale = (dot(x, x) * (1.0 / len(x)) + 1e-5) ** -0.5
    return [a * scale for a in x]


def softmax(x: list[Any]) -> list[Any]:
    """Return the softmax of the logits.

    The shift is a plain number that prevents overflow. It cancels, so a program may keep the shift of its trace.
    """
    shift = max(a.data for a in x)
    powers = [(a - shift).exp() for a in x]
    total = add_up(powers)
    return [p / total for p in powers]
