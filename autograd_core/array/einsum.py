"""Compute Einstein summation by recorded products, sums and permutations."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import OperandError, ShapeError
from ..readings.algebra import nodes as m
from .arguments import as_operand, described, raw

#: An axis: a letter of the subscripts, or a number counted from the end among the axes of an ellipsis.
Axis = str | int
Term = tuple[list[Axis], Any]


def einsum(subscripts: str, *operands: Any) -> Any:
    """Return a sum of products over named axes: ``einsum("ij,jk->ik", A, B)``.

    Parameters
    ----------
    subscripts : str
        One letter per axis, with commas between operands. A letter twice in one operand takes its diagonal. ``...``
        stands for broadcast axes. Without ``->`` the result has the axes of the ellipsis, then the letters that appear
        once, in alphabetical order.
    *operands : Tensor or array
        One for each group of letters, multiplied from left to right.

    Raises
    ------
    ShapeError
        If letters and axes do not match.

    Examples
    --------
    >>> import numpy as np
    >>> einsum("ij,j->i", np.eye(2), np.array([3.0, 4.0])).tolist()
    [3.0, 4.0]
    >>> einsum("ii", np.eye(2)).tolist()
    2.0
    """
    if not isinstance(subscripts, str):
        raise OperandError(f'einsum() begins with its subscripts, einsum("ij,jk->ik", A, B), not with {subscripts!r}.')
    arrays = [as_operand(x, f"operand {i} of einsum()") for i, x in enumerate(operands)]
    terms, result = _parse(subscripts, arrays)
    sizes = _sizes(terms)
    remaining = [_broadcast(*_diagonal(*term), sizes) for term in terms]
    axes, x = remaining.pop(0)
    while remaining:
        other, y = remaining.pop(0)
        needed = set(result).union(*(names for names, _ in remaining))
        axes, x = _pair(axes, x, other, y, needed, sizes)
    axes, x = _summed(axes, x, set(result))
    return x if axes == result else m.permute(x, axes=tuple(axes.index(axis) for axis in result))


def _parse(subscripts: str, operands: Sequence[Any]) -> tuple[list[Term], list[Axis]]:
    """Return each operand with its axes, and the axes of the result."""
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    groups = left.split(",")
    if len(groups) != len(operands):
        raise ShapeError(f"{subscripts!r} names {len(groups)} operands, but {len(operands)} were passed.")
    for group in (*groups, right):
        if not re.fullmatch(r"[A-Za-z]*(\.\.\.)?[A-Za-z]*", group):
            raise ShapeError(f"{group!r} in {subscripts!r}: axes are letters, with at most one ellipsis among them.")
    terms = [(_axes(group, raw(x).ndim, x), x) for group, x in zip(groups, operands, strict=True)]
    every = [axis for axes, _ in terms for axis in axes]
    hidden = sorted(axis for axis in set(every) if isinstance(axis, int))  # -2, -1: in the order of broadcast axes
    once = sorted(axis for axis in set(every) if isinstance(axis, str) and every.count(axis) == 1)
    if not arrow:
        return terms, [*hidden, *once]
    before, dots, after = right.partition("...")
    result: list[Axis] = [*before, *(hidden if dots else ()), *after]
    if len(set(result)) != len(result) or not set(result) <= set(every) or (hidden and not dots):
        raise ShapeError(
            f"The result of {subscripts!r} must name axes of the operands, each once"
            + (", and `...` for the axes of the ellipsis." if hidden and not dots else ".")
        )
    return terms, result


def _axes(group: str, ndim: int, x: Any) -> list[Axis]:
    before, dots, after = group.partition("...")
    hidden = ndim - len(before) - len(after)
    if hidden < 0 or (hidden and not dots):
        raise ShapeError(f"{group!r} names {len(before) + len(after)} axes, but its operand is the {described(x)}.")
    return [*before, *range(-hidden, 0), *after]


def _sizes(terms: list[Term]) -> dict[Axis, int]:
    sizes: dict[Axis, int] = {}
    for axes, x in terms:
        for axis, n in zip(axes, raw(x).shape, strict=True):
            known = sizes.setdefault(axis, n)
            if n != known and 1 not in (n, known):
                name = f"axis {axis!r}" if isinstance(axis, str) else "broadcast axis"
                raise ShapeError(
                    f"The {name} has length {known} in one operand and {n} in another: "
                    f"the {' and the '.join(described(operand) for _, operand in terms)}."
                )
            sizes[axis] = n if known == 1 else known
    return sizes


def _diagonal(axes: list[Axis], x: Any) -> Term:
    """Take the diagonal along axes with the same letter."""
    for axis in [letter for i, letter in enumerate(axes) if letter in axes[:i]]:
        i = axes.index(axis)
        j = axes.index(axis, i + 1)
        rest = [k for k in range(len(axes)) if k not in (i, j)]
        rows, columns = raw(x).shape[i], raw(x).shape[j]
        if rows != columns:
            raise ShapeError(f"The diagonal {axis!r} needs axes of one length, not lengths {rows} and {columns}.")
        positions = np.arange(rows)
        x = m.getitem(m.permute(x, axes=(i, j, *rest)), index=(positions, positions))
        axes = [axis, *(axes[k] for k in rest)]
    return axes, x


def _broadcast(axes: list[Axis], x: Any, sizes: dict[Axis, int]) -> Term:
    """Remove axes of length 1 that are longer in another operand."""
    shape = raw(x).shape
    kept = [i for i, axis in enumerate(axes) if shape[i] == sizes[axis]]
    if len(kept) == len(axes):
        return axes, x
    return [axes[i] for i in kept], m.reshape(x, shape=tuple(shape[i] for i in kept))


def _summed(axes: list[Axis], x: Any, kept: set[Axis]) -> Term:
    """Sum over the axes that are not in ``kept``."""
    summed = tuple(i for i, axis in enumerate(axes) if axis not in kept)
    return ([axis for axis in axes if axis in kept], m.sum(x, axes=summed, keepdims=False)) if summed else (axes, x)


def _pair(a: list[Axis], x: Any, b: list[Axis], y: Any, needed: set[Axis], sizes: dict[Axis, int]) -> Term:
    """Contract two operands, by stacked matrix products if they share an axis to sum over."""
    a, x = _summed(a, x, set(b) | needed)
    b, y = _summed(b, y, set(a) | needed)
    shared = [axis for axis in a if axis in b and axis in needed]
    inner = [axis for axis in a if axis in b and axis not in needed]
    left = [axis for axis in a if axis not in b]
    right = [axis for axis in b if axis not in a]
    order = [*shared, *left, *right]
    if not inner:
        return order, m.mul(_arranged(a, x, [*shared, *left], right), _arranged(b, y, shared, left, right))
    x = _grouped(a, x, shared, left, inner, sizes)
    y = _grouped(b, y, shared, inner, right, sizes)
    return order, m.reshape(m.matmul(x, y), shape=tuple(sizes[axis] for axis in order))


def _arranged(axes: list[Axis], x: Any, first: list[Axis], absent: list[Axis], last: Sequence[Axis] = ()) -> Any:
    """Return an operand with reordered axes, and axes of length 1 for the absent ones."""
    x = m.permute(x, axes=tuple(axes.index(axis) for axis in (*first, *last)))
    shape = raw(x).shape
    return m.reshape(x, shape=(*shape[: len(first)], *(1 for _ in absent), *shape[len(first) :]))


def _grouped(
    axes: list[Axis], x: Any, stack: list[Axis], rows: list[Axis], columns: list[Axis], sizes: dict[Axis, int]
) -> Any:
    """Return an operand as a stack of matrices, whose rows and columns may combine several axes."""
    x = m.permute(x, axes=tuple(axes.index(axis) for axis in (*stack, *rows, *columns)))
    sides = (math.prod(sizes[axis] for axis in side) for side in (rows, columns))
    return m.reshape(x, shape=(*(sizes[axis] for axis in stack), *sides))
