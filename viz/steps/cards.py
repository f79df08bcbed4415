"""Describe steps in words: a heading, a sentence, and the lines of the card with the arithmetic.

>>> from autograd_core import Value
>>> from viz.scene.graph_view import Reading
>>> from viz.steps.steps import steps
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> reading = Reading(a * b)
>>> last = list(steps(reading))[-1]
>>> for line in card(last, str(reading.name(reading.root))).lines:
...     print(f"{line.caption:12} {line.text} = {line.result}")
upstream     ∂v1/∂v1 = 1.0000
local        ∂v1/∂b = a = 2.0000
contribution v̄1 · ∂v1/∂b = 2.0000
accumulate   b̄ = — + v̄1 · ∂v1/∂b = 2.0000
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from autograd_core.readings.symbolic import Symbol
from autograd_core.records.primitive import lookup

from ..scene.formulas import Formula, in_words
from ..style import labels
from .steps import Step, Term


class Line(NamedTuple):
    """One line of arithmetic: in names, with numbers, and the result."""

    caption: str
    text: str
    tex: str
    numbers: str
    numbers_tex: str
    result: str


@dataclass(frozen=True, slots=True)
class Card:
    """The text of a step.

    Attributes
    ----------
    phase : str
        The kind of the step.
    heading, sentence : str
        Short and full description.
    lines : tuple of Line
        Its arithmetic.
    stage : str
        The stage of the lecture, if the steps are sorted into stages.
    """

    phase: str
    heading: str
    sentence: str
    lines: tuple[Line, ...]
    stage: str = ""

    @property
    def during(self) -> str:
        """Return the phase, and the stage if there is one."""
        return f"{self.phase} · stage {self.stage}" if self.stage else self.phase

    @property
    def about(self) -> str:
        """Return the phase and the short description."""
        return f"{self.during} · {self.heading}"


def card(step: Step, root: str) -> Card:
    """Return the text of a step; ``output`` is the name of the graph's output."""
    return replace(_card(step, root), stage=step.stage)


def _card(step: Step, root: str) -> Card:
    if step.kind == "forward":
        return _forward(step)
    if step.kind == "seed":
        return _seed(step)
    if step.kind == "update":
        return _update(step)
    if step.slot is None:
        return _unreached(step)
    return _backward(step, root)


def _forward(step: Step) -> Card:
    name, result = step.name, labels.number(step.value)
    tex = labels.tex_name(name)
    line = Line(
        "value", f"{name} = {step.formula}", f"{tex} = {step.formula_tex}", step.numbers, step.numbers_tex, result
    )
    return Card("forward", f"Compute {name}", f"{name} = {step.formula} = {result}.", (line,))


def _seed(step: Step) -> Card:
    name, result = step.name, labels.number(step.after)
    line = Line("seed", _slope(name, name), _slope_tex(name, name), "", "", result)
    sentence = f"The output changes as itself: the gradient of {name} is {result}."
    return Card("seed", f"Start from {name}", sentence, (line,))


def _update(step: Step) -> Card:
    name = labels.Name(step.name)
    lines = [Line("gradient", name.adjoint, name.adjoint_tex, "", "", labels.number(step.upstream))]
    last = Term(name, Formula(step.formula, step.formula_tex, step.numbers, step.numbers_tex), step.after)
    for term in (*step.terms, last):
        formula, tex = term.formula, labels.tex_name(term.name)
        lines.append(
            Line(
                "update" if term is last else term.name,
                f"{term.name} ← {formula.text}",
                rf"{tex} \leftarrow {formula.tex}",
                formula.numbers,
                formula.numbers_tex,
                labels.number(term.value),
            )
        )
    sentence = f"{name} moves from {labels.number(step.before)} to {labels.number(step.after)}."
    return Card("update", f"Update {name}", sentence, tuple(lines))


def _unreached(step: Step) -> Card:
    result = labels.number(step.after)
    line = Line("nothing", f"{step.name} was selected nowhere", "", "", "", result)
    sentence = f"Nothing was sent to {step.name}: its gradient is {result}."
    return Card("backward", f"{step.name} receives nothing", sentence, (line,))


def _backward(step: Step, root: str) -> Card:
    name, target = step.name, step.target_name
    heading = f"{name} sends to {target}"
    upstream = Line("upstream", _slope(root, name), _slope_tex(root, name), "", "", labels.number(step.upstream))
    if step.contribution is None:
        line = Line("contribution", f"{target} {step.reason}", "", "", "", "nothing")
        sentence = f"{target} {step.reason}, so {name} sends nothing to it."
        return Card("backward", f"{name} sends nothing to {target}", sentence, (upstream, line))
    sent = labels.number(step.contribution)
    after = labels.number(step.after)
    lines = (upstream, *_ways(step, sent, after))
    sentence = f"{name} sends {sent} to {target}, whose gradient is now {after}."
    return Card("backward", heading, sentence, lines)


def _local(step: Step) -> Line:
    result = "" if step.local is None else labels.number(step.local)
    constant = step.formula == step.numbers  # a number alone is not repeated
    return Line(
        "local",
        f"{_slope(step.name, step.target_name)} = {step.formula}",
        f"{_slope_tex(step.name, step.target_name)} = {step.formula_tex}",
        "" if constant or step.numbers == result else step.numbers,
        "" if constant or step.numbers == result else step.numbers_tex,
        result,
    )


def _ways(step: Step, sent: str, after: str) -> Iterator[Line]:
    """Yield the lines of a contribution: the local derivative and the product, or the result of a linear operation."""
    if step.words:
        rule = step.formula, step.formula_tex, step.numbers, step.numbers_tex
        yield Line("in words", step.words, "", "", "", "")
    else:
        yield _local(step)
        name = labels.Name(step.name)
        slope = step.name, step.target_name
        rule = (
            f"{name.adjoint} · {_slope(*slope)}",
            rf"{name.adjoint_tex} \cdot {_slope_tex(*slope)}",
            *((_product(step.upstream, step.local)) if step.local is not None else ("", "")),
        )
        if np.shape(step.contribution) != np.shape(step.upstream):  # the sum undoes a broadcast
            undone = Symbol(lookup("sum_to"), (Symbol.variable(rule[0], rule[1]),))
            yield Line("in words", in_words(undone), "", "", "", "")
            rule = str(undone), undone.tex, "", ""
    yield Line("contribution", *rule, sent)
    yield _sum(step, rule[0], rule[1], after)


def _product(upstream: Any, local: Any) -> tuple[str, str]:
    """Return a product of numbers, as text and as TeX."""
    return f"{_bracketed(upstream)} · {_bracketed(local)}", rf"{_bracketed_tex(upstream)} \cdot {_bracketed_tex(local)}"


def _sum(step: Step, product: str, product_tex: str, after: str) -> Line:
    """Return the sum to which a contribution is added."""
    target = labels.Name(step.target_name)
    before = labels.NOT_COMPUTED if step.before is None else labels.number(step.before)
    first = step.before is None
    return Line(
        "accumulate",
        f"{target.adjoint} = {before if first else target.adjoint} + {product}",
        rf"{target.adjoint_tex} \leftarrow " + (f"{target.adjoint_tex} + " if not first else "") + product_tex,
        "" if first else f"{before} + {_bracketed(step.contribution)}",
        "" if first else f"{labels.number_tex(before)} + {_bracketed_tex(step.contribution)}",
        after,
    )


def _slope(above: str, below: str) -> str:
    return f"∂{above}/∂{below}"


def _slope_tex(above: str, below: str) -> str:
    return rf"\frac{{\partial {labels.tex_name(above)}}}{{\partial {labels.tex_name(below)}}}"


def _bracketed(x: Any) -> str:
    return labels.bracketed(labels.number(x))


def _bracketed_tex(x: Any) -> str:
    return labels.bracketed_tex(labels.number_tex(labels.number(x)))
