"""List the steps of backpropagation as plain data: what is computed, what each edge contributes, the sums.

The numbers are those of the engine's ``sweep``; nothing is multiplied here, and the graph does not change. One backward
step is one contribution along one edge, so a node that is used three times receives three contributions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from autograd_core import sweep
from autograd_core.graph.node import Node

from ..scene.formulas import Formula
from ..scene.graph_view import Reading
from ..style.errors import OptionError
from .source_lines import Source, source_of

__all__ = ["Source", "Step", "Term", "steps"]


class Term(NamedTuple):
    """An intermediate result of an update: its name, its formula and its value."""

    name: str
    formula: Formula
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the forward or of the reverse sweep.

    Attributes
    ----------
    index : int
        Its position among the steps, from 0.
    kind : {"forward", "seed", "backward", "update"}
        A forward step computes a node. The seed step sets the adjoint of the output to 1. A backward step sends one
        contribution along one edge. An update step changes one parameter.
    node, name : str
        The id and the name of the node that is computed or sends.
    op : str
        The name of its operation.
    scope : str
        The part of the model that made it.
    operands : tuple of str
        The names of its operands, in order.
    value : float or array
        Its number.
    formula, formula_tex, numbers, numbers_tex : str
        For a forward step the formula of the node, for a backward step its local partial derivative; in names, and with
        numbers substituted.
    words : str
        For a backward step of a linear operation on arrays: the contribution in words. There, the formula is the whole
        contribution, written with the node's adjoint. "" if the contribution is upstream × local.
    target, target_name : str
        The node that receives a contribution.
    slot : int or None
        The receiver's position among the operands; None if the node received nothing at all.
    edge : str
        The id of the edge.
    upstream : float or array
        The complete adjoint of the node that sends, or of the parameter that is updated.
    local : float or None
        The local partial derivative; None for arrays, which do not store it.
    contribution : float, array or None
        The contribution: upstream × local; None if nothing is sent.
    reason : str
        Why nothing is sent: the operand "was not selected" or "requires no gradient".
    before, after : float, array or None
        The receiver's gradient before and after; None before the first contribution. For an update, the parameter
        before and after; ``value`` is the number after.
    terms : tuple of Term
        Intermediate results of an update, such as a velocity.
    source : Source or None
        The user's source line, if it was recorded inside ``capture_source()``.
    stage : str
        The stage of the lecture, such as ``"3 of 7: ∂E/∂w2"``, if ``viz.stages`` sorted the steps.
    """

    index: int
    kind: Literal["forward", "seed", "backward", "update"]
    node: str
    name: str
    op: str = ""
    scope: str = ""
    operands: tuple[str, ...] = ()
    value: Any = None
    formula: str = ""
    formula_tex: str = ""
    numbers: str = ""
    numbers_tex: str = ""
    words: str = ""
    target: str = ""
    target_name: str = ""
    slot: int | None = None
    edge: str = ""
    upstream: Any = None
    local: float | None = None
    contribution: Any = None
    reason: str = ""
    before: Any = None
    after: Any = None
    terms: tuple[Term, ...] = ()
    source: Source | None = None
    stage: str = ""

    @property
    def accumulates(self) -> bool:
        """Return whether the step changes an adjoint: the receiver's, or that of the output."""
        return self.kind in ("seed", "backward") and self.after is not None


def adjoints_after(taken: Iterable[Step]) -> dict[str, Any]:
    """Return the adjoint of every node that received a contribution, by its id, after some steps."""
    return {step.target or step.node: step.after for step in taken if step.accumulates}


def steps(reading: Reading, seed: Any = None, after: Any = None) -> Iterator[Step]:
    """Yield the steps of a graph: forward in creation order, the seed, backward in the order of the sweep.

    With an optimizer as ``after``, also yield its update of each parameter.

    Examples
    --------
    >>> from autograd_core import Value
    >>> a = Value(3.0, label="a")
    >>> for step in steps(Reading(a * a)):
    ...     print(step.kind, step.name, step.target_name, step.contribution, step.after)
    forward v1  None None
    seed v1  None 1.0
    backward v1 a 3.0 3.0
    backward v1 a 3.0 6.0
    """
    index = 0
    for node in reading.order:
        if node.op is not None:
            yield Step(index=index, kind="forward", **_about(reading, node), **_formula(reading.formulas.value(node)))
            index += 1
    running: dict[Any, Any] = {}
    for step in _backward(reading, reading.seed() if seed is None else seed, index, running):
        index = step.index + 1
        yield step
    if after is not None:
        yield from _updates(reading, after, running, index)


def _updates(reading: Reading, optimizer: Any, gradients: dict[Any, Any], index: int) -> Iterator[Step]:
    """Yield the update steps of an optimizer for the gradients of the sweep, from its own preview."""
    planned = getattr(optimizer, "planned", None)
    if not callable(planned):
        raise OptionError(
            f"after={optimizer!r:.80} is no optimizer: it cannot tell what it would do. Pass one of nn, "
            "step(loss, after=SGD(model.parameters(), lr=0.1)), or an object with such a method planned(gradients)."
        )
    found = planned({node: gradient for node, gradient in gradients.items() if node.op is None})
    if not found:
        raise OptionError(
            f"{type(optimizer).__name__} updates nothing that {reading.name(reading.root)} depends on: it was made for "
            "the parameters of another model."
        )
    for update in found:
        node = update.parameter
        told = [
            Term(term.name, reading.formulas.update(node, term.formula, term.numbers), frozen(term.value))
            for term in update.terms
        ]
        about = _about(reading, node) | {"value": frozen(update.after)}
        yield Step(
            index=index,
            kind="update",
            **about,
            **_formula(told[-1].formula),
            upstream=frozen(update.gradient),
            before=frozen(update.before),
            after=frozen(update.after),
            terms=tuple(told[:-1]),
        )
        index += 1


def _backward(reading: Reading, seed: Any, index: int, running: dict[Any, Any]) -> Iterator[Step]:
    """Yield the steps of the sweep, and leave the summed gradients in ``running``."""
    root = reading.root
    running[root] = frozen(seed)
    yield Step(index=index, kind="seed", **_about(reading, root), after=running[root])
    for node, adjoint, contributions in sweep(root, seed):
        about = _about(reading, node)
        if node not in running:  # reached only through operands that were not selected
            index += 1
            receiver = {"target": about["node"], "target_name": about["name"]}
            yield Step(index=index, kind="backward", **about, **receiver, after=frozen(adjoint))
            continue
        slots = [slot for slot, x in enumerate(node.operands) if isinstance(x, Node)]
        for slot, contribution, local in zip(slots, contributions, _partials(node, slots), strict=True):
            target = node.operands[slot]
            reason = "" if contribution is not None else _reason(target)
            before = running.get(target)
            if contribution is not None:
                running[target] = frozen(contribution if before is None else before + contribution)
            index += 1
            yield Step(
                index=index,
                kind="backward",
                **about,
                **_formula(reading.formulas.partial(node, slot, adjoint)),
                words=reading.formulas.words(node, slot),
                target=reading.ids[target],
                target_name=str(reading.name(target)),
                slot=slot,
                edge=reading.edge(node, slot),
                upstream=frozen(adjoint),
                local=local,
                contribution=frozen(contribution),
                reason=reason,
                before=before,
                after=running.get(target),
            )


def _about(reading: Reading, node: Any) -> dict[str, Any]:
    """Return the fields that every step of a node shares."""
    return {
        "node": reading.ids[node],
        "name": str(reading.name(node)),
        "op": "" if node.op is None else node.op.name,
        "scope": reading.path(node),
        "operands": tuple(reading.formulas.operand(x) for x in node.operands),
        "value": frozen(node.data),
        "source": source_of(node),
    }


def _formula(formula: Formula) -> dict[str, Any]:
    return {
        "formula": formula.text,
        "formula_tex": formula.tex,
        "numbers": formula.numbers,
        "numbers_tex": formula.numbers_tex,
    }


def _reason(target: Any) -> str:
    return "was not selected" if getattr(target, "requires_grad", True) else "requires no gradient"


def _partials(node: Any, slots: list[int]) -> list[float | None]:
    """Return the stored local partials, which arrays do not have."""
    stored = getattr(node, "partials", None)
    return [None] * len(slots) if stored is None else list(stored)


def frozen(x: Any) -> Any:
    """Return a number as it is, and an array as a read-only copy.

    >>> frozen(2.0), frozen(np.zeros(2)).flags.writeable
    (2.0, False)
    """
    if not isinstance(x, np.ndarray):
        return x
    copy = x.copy()
    copy.setflags(write=False)
    return copy
