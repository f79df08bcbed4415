"""Einstein summation, through products, sums and permutations that are records already."""

from __future__ import annotations

from typing import Any

from . import array_functions as af
from .errors import ShapeError

__all__ = ["einsum"]


def einsum(subscripts: str, *operands: Any) -> Any:
    """Return a sum of products over named axes, ``einsum("ij,jk->ik", A, B)``.

    Parameters
    ----------
    subscripts : str
        One letter an axis, operands separated by commas. Without ``->`` the result has the letters that appear once,
        in alphabetical order. Repeated letters within an operand (diagonals) and ellipses are not supported.
    *operands : Tensor or array
        One for each group of letters.

    Raises
    ------
    ShapeError
        If letters and axes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> einsum("ij,j->i", np.eye(2), np.array([3.0, 4.0])).tolist()
    [3.0, 4.0]
    """
    terms, result = _parse(subscripts, operands)
    sizes = _sizes(terms, operands)
    remaining = list(zip(terms, operands, strict=True))
    term, x = remaining.pop(0)
    while remaining:
        other, y = remaining.pop(0)
        needed = set(result).union(*(letters for letters, _ in remaining))
        term, x = _pair(term, x, other, y, needed, sizes)
    gone = [i for i, letter in enumerate(term) if letter not in result]
    if gone:
        x = af.sum(x, tuple(gone))
        term = "".join(letter for letter in term if letter in result)
    return af.permute(x, [term.index(letter) for letter in result]) if term != result else x


def _parse(subscripts: str, operands: tuple[Any, ...]) -> tuple[list[str], str]:
    left, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(operands):
        raise ShapeError(f"{subscripts!r} names {len(terms)} operands, but {len(operands)} were given.")
    letters = "".join(terms)
    if not arrow:
        result = "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))
    for term in (*terms, result):
        if not (term.isalpha() or not term) or len(set(term)) != len(term):
            raise ShapeError(
                f"{term!r} in {subscripts!r}: each operand has one letter an axis, and no letter twice. "
                "For a diagonal, index it first: x[np.arange(n), np.arange(n)]."
            )
    if not set(result) <= set(letters):
        raise ShapeError(f"{subscripts!r} asks for axes that no operand has: {sorted(set(result) - set(letters))}.")
    return terms, result


def _sizes(terms: list[str], operands: tuple[Any, ...]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for term, x in zip(terms, operands, strict=True):
        shape = af.raw(x).shape
        if len(shape) != len(term):
            raise ShapeError(f"{term!r} names {len(term)} axes, but its operand has shape {shape}.")
        for letter, n in zip(term, shape, strict=True):
            if sizes.setdefault(letter, n) != n:
                raise ShapeError(f"The axis {letter!r} has length {sizes[letter]} in one operand and {n} in another.")
    return sizes


def _pair(a: str, x: Any, b: str, y: Any, needed: set[str], sizes: dict[str, int]) -> tuple[str, Any]:
    """Contract two operands as one product of stacks of matrices: (shared kept, left, summed) @ (.., summed, right)."""
    x, a = _without(x, a, set(b) | needed)
    y, b = _without(y, b, set(a) | needed)
    shared = [letter for letter in a if letter in b and letter in needed]
    summed = [letter for letter in a if letter in b and letter not in needed]
    left = [letter for letter in a if letter not in b]
    right = [letter for letter in b if letter not in a]

    def size(letters: list[str]) -> int:
        total = 1
        for letter in letters:
            total *= sizes[letter]
        return total

    stack = [sizes[letter] for letter in shared]
    x = af.permute(x, [a.index(letter) for letter in (*shared, *left, *summed)])
    y = af.permute(y, [b.index(letter) for letter in (*shared, *summed, *right)])
    x = af.reshape(x, (*stack, size(left), size(summed)))
    y = af.reshape(y, (*stack, size(summed), size(right)))
    order = "".join((*shared, *left, *right))
    return order, af.reshape(af.matmul(x, y), tuple(sizes[letter] for letter in order))


def _without(x: Any, term: str, kept: set[str]) -> tuple[Any, str]:
    """Sum over the axes that nobody else needs."""
    gone = tuple(i for i, letter in enumerate(term) if letter not in kept)
    if not gone:
        return x, term
    return af.sum(x, gone), "".join(letter for letter in term if letter in kept)
