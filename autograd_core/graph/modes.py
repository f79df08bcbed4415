"""Switch modes of a thread: recording, source capture, anomaly detection.

The hot path of every operation checks one thing: whether this thread has watchers. ``WATCHERS`` maps a thread to its
watchers, so the check is a look into an empty dict, and ``no_grad`` of one thread does not affect others.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..errors import AnomalyError
from .node import OBSERVERS, WATCHERS, Node
from .source_lines import caller, origin


def watched(node: Any) -> Any:
    """Pass a new node to the watchers of this thread, and return the node to use in its place."""
    for watcher in WATCHERS.get(threading.get_ident(), ()):
        node = watcher(node)
    return node


def compared(relation: str, a: Any, b: Any, outcome: bool) -> bool:
    """Report a comparison ``a relation b`` to the observer of this thread, and return its outcome."""
    observer = OBSERVERS.get(threading.get_ident())
    if observer is not None:
        observer(relation, a, b, outcome)
    return outcome


@contextmanager
def _watching(watcher: Any) -> Iterator[None]:
    thread = threading.get_ident()
    before = WATCHERS.get(thread, ())
    WATCHERS[thread] = (*before, watcher)
    try:
        yield
    finally:
        if before:
            WATCHERS[thread] = before
        else:
            del WATCHERS[thread]


def no_grad() -> Any:
    """Compute without recording, in this thread, inside a ``with`` block or a decorated function.

    Move a parameter with ``w.data -= step``, here as elsewhere. ``w -= step`` means ``w = w - step``: it leaves the
    parameter unchanged and binds its name to a new node, here without a history.

    Examples
    --------
    >>> from autograd_core import Value, no_grad
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.data, y.parents
    (9.0, ())
    """
    return _watching(_forget)


def _forget(node: Any) -> Any:
    return node.detach()


def forgetting() -> bool:
    """Return whether this thread is inside ``no_grad()``."""
    return bool(WATCHERS) and _forget in WATCHERS.get(threading.get_ident(), ())


@contextmanager
def recording() -> Iterator[None]:
    """Record inside the block even inside ``no_grad()``, for a transform's own computation."""
    if not forgetting():
        yield
        return
    thread = threading.get_ident()
    before = WATCHERS[thread]
    WATCHERS[thread] = tuple(watcher for watcher in before if watcher is not _forget)
    try:
        yield
    finally:
        WATCHERS[thread] = before


def capture_source() -> Any:
    """Store the source line of every new node of this thread, inside a ``with`` block.

    ``node.notes["source"]`` is (file name, line number), and ``node.notes["origin"]`` is the expression itself. For
    nodes that the library computes, such as a layer of ``nn``, it is the user's line with the call. A node takes a few
    microseconds more inside the block, and nothing outside.
    """
    return _watching(_note_source)


def _note_source(node: Any) -> Any:
    found = origin()
    if found is not None:
        node.note("source", (found.file, found.line))
        node.note("origin", found)
    return node


def detect_anomaly() -> Any:
    """Raise an error where the first nan or infinity is computed, in this thread, inside a ``with`` block.

    The error names the operation, its operands and its source line. A sweep inside the block is checked too: the error
    names the first local derivative or adjoint that is not finite.

    Raises
    ------
    AnomalyError
        At the operation whose result is not finite although its operands are.

    Examples
    --------
    >>> from autograd_core import Value, detect_anomaly
    >>> with detect_anomaly():
    ...     Value(0.0, label="x").log()
    Traceback (most recent call last):
        ...
    autograd_core.errors.AnomalyError: log(x=0.0) gave -inf ...
    """
    return _watching(_check_finite)


def _check_finite(node: Any) -> Any:
    node.note("source", caller())
    if not node.is_finite():
        came_in = [x for x in node.operands if not finite(x)]
        cause = (
            f"The operand {shown(came_in[0])} was not finite before: look where it comes from"
            if came_in
            else "Its operands are finite, so this is where it begins. Guard the operand (clip it, or choose the "
            "stable form such as log_sigmoid or logsumexp)"
        )
        raise AnomalyError(
            f"{describe(node)} gave {shown(node, label=False)}{_where(node)}. {cause}, or leave detect_anomaly() if "
            "this value is meant."
        )
    return node


def anomaly_watched() -> bool:
    """Return whether this thread is inside ``detect_anomaly()``."""
    return bool(WATCHERS) and _check_finite in WATCHERS.get(threading.get_ident(), ())


def check_adjoint(node: Any, adjoint: Any) -> None:
    """Raise an error if the adjoint of a node is not finite; called by the sweep inside ``detect_anomaly()``."""
    if not node.finite(adjoint):
        raise AnomalyError(
            f"The reverse sweep computed the adjoint {shown(adjoint)} for {describe(node)}{_where(node)}. What its "
            "consumers send is finite, but too large to be added in a float. Scale the loss."
        )


def check_contributions(node: Any, contributions: tuple[Any, ...]) -> None:
    """Raise an error if a contribution is not finite; called by the sweep inside ``detect_anomaly()``."""
    for parent, contribution in zip(node.parents, contributions, strict=True):
        if contribution is not None and not parent.finite(contribution):
            raise AnomalyError(
                f"The reverse sweep computed {shown(contribution)} as what {describe(node)}{_where(node)} sends to "
                f"{shown(parent)}, since its local derivative there is not finite or too large. Keep away from the "
                "point (a square root or a logarithm at 0, a division by a tiny number), or leave detect_anomaly() if "
                "this derivative is meant."
            )


def _where(node: Any) -> str:
    """Return the source line of a node, as the end of a clause."""
    file, line = (node.notes or {}).get("source", ("", 0))
    return f" at {file}, line {line}" if file else ""


def finite(x: Any) -> bool:
    """Return whether a node, a number or an array is finite throughout."""
    return bool(x.is_finite() if isinstance(x, Node) else np.isfinite(x).all())


def shown(x: Any, label: bool = True) -> str:
    """Return a node or number for a message: ``x=0.0``, or the shape of an array."""
    name = x.label if label and isinstance(x, Node) else ""
    data: Any = getattr(x, "data", x) if isinstance(x, Node) else x
    text = f"an array of shape {data.shape}" if np.ndim(data) else f"{float(data)!r}"
    return f"{name}={text}" if name else text


def describe(node: Any) -> str:
    """Return an operation with its operands' names and numbers, ``log(x=0.0)``."""
    if node.op is None:
        return shown(node)
    return f"{node.op.name}({', '.join(shown(x) for x in node.operands)})"
