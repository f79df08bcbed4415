"""Compute Jacobians, with as few sweeps as memory allows.

The rows of a Jacobian are swept together (``batched_adjoints``). If there are fewer inputs than outputs, its columns
are pushed forward together instead. Single rows are swept only if there are few rows, if anomaly detection is on, or if
the graph contains a hand-made node, which has no rule.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ..array.tensor import Tensor
from ..graph import manual_nodes
from ..graph.history import history
from ..graph.modes import anomaly_watched, recording
from ..graph.node import Node
from ..graph.numpy_warnings import quietly
from ..graph.sweep import sweep
from ..readings.algebra import nodes as m
from ..readings.batched_adjoints import Rows
from ..scalar.value import Value
from .forward_mode import push
from .recording import Argnum, Recording, adjoints_of, as_node, require_callable

#: The largest number of rows of a graph of Values to sweep one by one, because arrays cost more than a few numbers.
FEW = 12
#: The largest number of elements in the adjoints of one node; more rows are swept in parts.
AT_ONCE = 2**23


def jacobian(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """Return the function that computes all derivatives of the outputs of ``f`` by one argument.

    Parameters
    ----------
    f : callable
        Takes and returns numbers, arrays or nodes, or lists, tuples, dicts of them.
    argnum : int or tuple of int
        Which positional argument to differentiate by.

    Returns
    -------
    callable
        For an array of shape ``a`` and a result of shape ``y``, its result is an array of shape ``y + a``. For lists
        of numbers it is a list of rows, one per output, each of the structure of the argument. If ``f`` returns one
        number, the only row is the gradient.

    Notes
    -----
    The Jacobian of a vector of losses has the gradient of every sample's loss in its rows.

    Examples
    --------
    >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0])).tolist()
    [[2.0, 0.0], [0.0, 4.0]]
    >>> jacobian(lambda v: [v[0] * v[1], v[0]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 0.0]]
    """
    require_callable(f, "jacobian")

    @wraps(f)
    def derivatives(*args: Any, **kwargs: Any) -> Any:
        run = Recording(f, args, argnum, kwargs)
        with recording():
            blocks = quietly(_blocks, run)
        return run.rebuild_output([run.rebuild([run.finished(block) for block in row]) for row in blocks])

    return derivatives


def _size(x: Any) -> int:
    return int(np.size(x._data))


def _blocks(run: Recording) -> list[list[Any]]:
    """Return the derivatives of each output by each input."""
    outputs = [as_node(y) for y in run.outputs]
    order = history(*outputs)
    rows, columns = sum(map(_size, outputs)), sum(map(_size, run.fresh))
    one_by_one = anomaly_watched() or any(node.op is manual_nodes.GIVEN for node in order)
    largest = max(map(_size, order), default=1)
    one_by_one = one_by_one or rows <= (FEW if largest == 1 else 1)
    if not one_by_one and columns < rows and columns * largest <= AT_ONCE:
        return _forward(run, outputs, columns)
    sweep_rows = _single if one_by_one else _several
    step = 1 if sweep_rows is _single else max(1, AT_ONCE // max(1, largest))
    parts = [sweep_rows(run, outputs, start, min(start + step, rows)) for start in range(0, rows, step)]
    stacks = [_joined([part[i] for part in parts], x, run.recorded) for i, x in enumerate(run.fresh)]
    blocks, start = [], 0
    for y in outputs:
        end = start + _size(y)
        blocks.append([_block(stack, start, end, y, x) for stack, x in zip(stacks, run.fresh, strict=True)])
        start = end
    return blocks


def _units(x: Any, offset: int, start: int, end: int) -> Any:
    """Return rows ``start`` to ``end`` of the identity, in the columns of the node that starts at ``offset``."""
    size = _size(x)
    stack = np.zeros((end - start, size), getattr(x, "dtype", np.float64))
    first, last = max(start, offset), min(end, offset + size)
    stack[range(first - start, last - start), range(first - offset, last - offset)] = 1.0
    return stack.reshape((end - start, *np.shape(x._data)))


def _seeds(outputs: list[Any], start: int, end: int) -> dict[Any, Any]:
    seeds: dict[Any, Any] = {}
    offset = 0
    for y in outputs:
        if offset < end and offset + _size(y) > start:
            units = _units(y, offset, start, end)
            seeds[y] = units if y not in seeds else seeds[y] + units
        offset += _size(y)
    return seeds


def _several(run: Recording, outputs: list[Any], start: int, end: int) -> list[Any]:
    """Return the adjoints of every input for some rows, swept together."""
    units = _seeds(outputs, start, end)
    seeds = {y: Rows(Tensor(x) if run.recorded else x) for y, x in units.items()}
    wrt = set(run.fresh)
    adjoints = {node: g for node, g, _ in sweep(seeds, wrt=wrt) if node in wrt}
    return [_stack(adjoints.get(x), end - start, x, run.recorded) for x in run.fresh]


def _stack(derivative: Any, length: int, x: Any, recorded: bool) -> Any:
    """Return stacked rows as an array or a Tensor; zeros for None."""
    if isinstance(derivative, Rows):
        return derivative.stack
    zeros = np.zeros((length, *np.shape(x._data)), getattr(x, "dtype", np.float64))
    return Tensor(zeros) if recorded else zeros


def _single(run: Recording, outputs: list[Any], start: int, end: int) -> list[Any]:
    """Return the adjoints of every input for one row, in a stack of one; Values stay Values."""
    seeds = {
        y: float(units[0]) if isinstance(y, Value) else units[0] for y, units in _seeds(outputs, start, end).items()
    }
    return [[adjoint] for adjoint in adjoints_of(seeds, run.fresh, run.recorded)]


def _joined(parts: list[Any], x: Any, recorded: bool) -> Any:
    """Return the rows for one input: an array, a Tensor, or a list of single rows."""
    if not parts:
        return np.zeros((0, *np.shape(x._data)))
    if len(parts) == 1:
        return parts[0]
    if isinstance(parts[0], list):
        return [row for part in parts for row in part]
    return m.concatenate(*parts, axis=0) if recorded else np.concatenate(parts)


def _block(stack: Any, start: int, end: int, y: Any, x: Any) -> Any:
    """Return the derivatives of one output by one input: an array, or a number for two numbers."""
    numbers = isinstance(y, Value) and isinstance(x, Value)
    if isinstance(stack, list):
        if numbers:
            return stack[start]
        rows = [m.reshape(_tensor(row), shape=(1, *np.shape(x._data))) for row in stack[start:end]]
        joined = m.concatenate(*rows, axis=0) if len(rows) > 1 else rows[0]
    elif numbers:
        return m.pick(stack, index=(start,)) if isinstance(stack, Node) else float(stack[start])
    else:
        joined = m.getitem(stack, index=slice(start, end))
    return m.reshape(joined, shape=(*np.shape(y._data), *np.shape(x._data)))


def _tensor(row: Any) -> Any:
    return m.place(row, index=(), shape=()) if isinstance(row, (Value, float)) else row


def _forward(run: Recording, outputs: list[Any], columns: int) -> list[list[Any]]:
    """Return the blocks from all columns, pushed forward together."""
    tangents, offset = {}, 0
    for x in run.fresh:
        units = _units(x, offset, 0, columns)
        tangents[x] = Rows(Tensor(units) if run.recorded else units)
        offset += _size(x)
    blocks = []
    for y, tangent in zip(outputs, push(outputs, tangents), strict=True):
        stack = _stack(tangent, columns, y, run.recorded)
        row, start = [], 0
        for x in run.fresh:
            end = start + _size(x)
            if isinstance(y, Value) and isinstance(x, Value):
                row.append(m.pick(stack, index=(start,)) if isinstance(stack, Node) else float(stack[start]))
            else:
                part = m.getitem(stack, index=slice(start, end))
                part = m.permute(part, axes=(*range(1, len(part.shape)), 0))
                row.append(m.reshape(part, shape=(*np.shape(y._data), *np.shape(x._data))))
            start = end
        blocks.append(row)
    return blocks
