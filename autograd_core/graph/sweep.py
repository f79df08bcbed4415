"""Run the reverse sweep (Linnainmaa 1970), the only loop that multiplies adjoints by local partial derivatives.

It is a generator. ``backward()`` drains it, the stepper advances it, and ``gradient`` reads one adjoint from it. So the
steps that a person sees are the computation itself. It names no operation.

References
----------
S. Linnainmaa, *The representation of the cumulative rounding error of an algorithm as a Taylor expansion of the
local rounding errors*, master's thesis, University of Helsinki, 1970.
A. Griewank and A. Walther, *Evaluating Derivatives*, SIAM 2008, chapter 3.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ..errors import GraphError, OperandError
from .history import history
from .modes import anomaly_watched, check_adjoint, check_contributions
from .node import Node
from .numpy_warnings import quietly
from .strong_zero import added, plain

#: Held while gradients are written, because gradients of shared leaves are read, added to and written.
SWEEP_LOCK: Final = threading.Lock()


def sweep(
    root: Node | Mapping[Any, Any], seed: Any = 1.0, wrt: Iterable[Node] | None = None
) -> Iterator[tuple[Any, Any, tuple[Any, ...]]]:
    """Yield every ancestor of ``root``, newest first, with its complete adjoint and its contributions to its parents.

    Parameters
    ----------
    root : Value or Tensor, or mapping of nodes to seeds
        The output to differentiate, or several outputs with the adjoint of each.
    seed : float, array, node or Rows
        The adjoint of the root, of its shape. With a node as seed, every adjoint is a recorded node, which can be
        differentiated again. Rows are many adjoints in one sweep.
    wrt : iterable of nodes, optional
        Visit only the nodes through which the root depends on these.

    Yields
    ------
    node : Value or Tensor
    adjoint : float, array or node
        d root / d node, complete: every consumer of the node is newer and was visited before.
    contributions : tuple
        adjoint × local partial for each of ``node.parents``; None where nothing is sent.

    Notes
    -----
    The graph does not change. Contributions to a node are added in the order in which they are yielded.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> for node, adjoint, contributions in sweep(y):
    ...     print(node.label or node.op.name, adjoint, contributions)
    mul 1.0 (3.0, 3.0)
    x 6.0 ()
    """
    seeds: dict[Any, Any] = dict(root) if isinstance(root, Mapping) else {root: seed}
    order = history(*seeds)
    wanted = None
    if wrt is not None:
        wanted = leading_to(wrt, order)
        order = [node for node in order if node in wanted]
    checked = anomaly_watched()
    adjoints = dict(seeds)
    take, get = adjoints.pop, adjoints.get
    for node in order:
        adjoint = take(node, None)
        if adjoint is None:  # a constant, or only reached through operands that were not selected
            if node.requires_grad:
                recorded = any(isinstance(given, Node) for given in seeds.values())
                yield node, type(node)(node.zero()) if recorded else node.zero(), ()
            continue
        if checked:
            check_adjoint(node, plain(adjoint))
        if node.op is None:
            yield node, plain(adjoint), ()
            continue
        contributions = node.pull(adjoint, wanted)
        if checked:
            check_contributions(node, tuple(map(plain, contributions)))
        for parent, contribution in zip(node.parents, contributions, strict=True):
            if contribution is not None:
                before = get(parent)
                adjoints[parent] = contribution if before is None else added(before, contribution)
        yield node, plain(adjoint), tuple(map(plain, contributions))


def differentiable(inputs: Any, what: str) -> list[Any]:
    """Return the nodes to differentiate by as a list; raise an error for an object that is not such a node."""
    targets: list[Any] = [inputs] if isinstance(inputs, Node) or not isinstance(inputs, Iterable) else list(inputs)
    for target in targets:
        if not isinstance(target, Node):
            raise OperandError(
                f"{what} names the nodes to differentiate by, but one of them is the {type(target).__name__} "
                f"{target!r:.80}. Numbers have no history: wrap it as a Value or Tensor before computing the output."
            )
        if not target.requires_grad:
            raise GraphError(
                f"{target!r:.200} does not require a gradient, so nothing computed from it was recorded. "
                "Make it with Tensor(data, requires_grad=True), before the forward pass."
            )
    return targets


def leading_to(targets: Iterable[Node], order: list[Any]) -> set[Node]:
    """Return the nodes of a history between the root and the targets, targets included."""
    wanted = set(targets)
    for node in reversed(order):
        if node not in wanted and any(parent in wanted for parent in node.parents):
            wanted.add(node)
    return wanted


def backward(root: Any, seed: Any, inputs: Any = None) -> None:
    """Set the gradient of every ancestor of ``root``, or of the ``inputs`` only, completely or not at all.

    The gradients of leaves accumulate; those of intermediate nodes start from zero in each pass. So calling this twice,
    or on two losses that share a node, gives the mathematically right sums.
    """
    if inputs is None and root.run_fast_sweep(seed):
        return
    collect = _visits if inputs is not None or anomaly_watched() else _array_visits
    visits = quietly(collect, root, seed, inputs)  # an exception is raised here, before anything is written
    with SWEEP_LOCK:
        before = [node._grad if node.swept else None for node, _ in visits]
        try:
            for node, adjoint in visits:
                node.accept(adjoint)
        except BaseException:
            for (node, _), grad in zip(visits, before, strict=True):
                node.restore(grad)
            raise


def _visits(root: Node, seed: Any, inputs: Any) -> list[tuple[Any, Any]]:
    targets = None if inputs is None else set(differentiable(inputs, "backward(inputs=...)"))
    return [(node, adjoint) for node, adjoint, _ in sweep(root, seed, targets) if targets is None or node in targets]


def _array_visits(root: Node, seed: Any, _: Any) -> list[tuple[Any, Any]]:
    """Do the same as draining the sweep, bit for bit, without building the contributions."""
    adjoints: dict[Any, Any] = {root: seed}
    visits: list[tuple[Any, Any]] = []
    take = adjoints.pop
    for node in history(root):
        adjoint = take(node, None)
        if adjoint is not None:
            visits.append((node, adjoint))
            if node.op is not None:
                node.send(adjoint, adjoints)
        elif node.requires_grad:
            visits.append((node, node.zero()))
    return visits
