r"""Write steps as text: Markdown for a page or an issue, LaTeX for a paper.

>>> from autograd_core import Value
>>> from viz import step
>>> a = Value(3.0, label="a")
>>> print(step(a * a).to_markdown().split("## Evaluation trace")[0].rstrip())
# Backpropagation through v1
<BLANKLINE>
1. **forward · Compute v1**
   - value: v1 = a \* a = 3.0000 \* 3.0000 = **9.0000**
2. **seed · Start from v1**
   - seed: ∂v1/∂v1 = **1.0000**
3. **backward · v1 sends to a**
   - upstream: ∂v1/∂v1 = **1.0000**
   - local: ∂v1/∂a = a = **3.0000**
   - contribution: v̄1 · ∂v1/∂a = 1.0000 · 3.0000 = **3.0000**
   - accumulate: ā = — + v̄1 · ∂v1/∂a = **3.0000**
4. **backward · v1 sends to a**
   - upstream: ∂v1/∂v1 = **1.0000**
   - local: ∂v1/∂a = a = **3.0000**
   - contribution: v̄1 · ∂v1/∂a = 1.0000 · 3.0000 = **3.0000**
   - accumulate: ā = ā + v̄1 · ∂v1/∂a = 3.0000 + 3.0000 = **6.0000**
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from ..steps.cards import Card, Line
from ..steps.steps import Step
from ..style import labels

#: signs that LaTeX has as commands only; Greek letters use their names
_COMMANDS = {
    "∂": "partial", "∇": "nabla", "·": "cdot", "×": "times", "−": "mathord{-}", "∞": "infty", "←": "leftarrow",
    "Σ": "Sigma", "…": "ldots", "ŷ": "hat{y}", "ς": "varsigma", "ο": "mathit{o}",
}  # fmt: skip
_GREEK = {chr(code): unicodedata.name(chr(code)).split()[-1].lower() for code in range(0x3B1, 0x3CA)}
_LATEX = str.maketrans(
    {sign: rf"\ensuremath{{\{name}}}" for sign, name in (_GREEK | {"λ": "lambda"} | _COMMANDS).items()}
)


def terminal(card: Card, step: Step, total: int) -> str:
    """Return one step in columns, for a terminal."""
    cells = [(line.caption, line.text, line.numbers, line.result) for line in card.lines]
    sums = [line for line in cells if line[2] or line[3]]  # sentences need no columns
    widths = [max(labels.width(line[i]) for line in sums) for i in range(4)]
    lines = [
        "  ".join(labels.pad(text, widths[i], right=i == 3) for i, text in enumerate(line)).rstrip() for line in cells
    ]
    code = [] if step.source is None else ["", step.source.text()]
    return "\n".join([f"Step {step.index + 1} of {total} · {card.about}", "", *lines, *code])


def markdown(output: str, cards: Iterable[Card], table: str) -> str:
    """Return the steps as a numbered list, followed by the evaluation trace."""
    lines = [f"# Backpropagation through {_plain(output)}", ""]
    for k, card in enumerate(cards, 1):
        lines.append(f"{k}. **{_plain(card.about)}**")
        lines += [f"   - {line.caption}: {_equation(line)}" for line in card.lines]
    return "\n".join([*lines, "", "## Evaluation trace", "", table])


def _equation(line: Line) -> str:
    parts = [_plain(line.text), _plain(line.numbers), f"**{_plain(line.result)}**" if line.result else ""]
    return " = ".join(part for part in parts if part)


def _plain(text: str) -> str:
    """Return text with Markdown's special characters escaped."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text)


def latex(output: str, cards: Iterable[Card]) -> str:
    r"""Return the steps as LaTeX: one ``align*`` for each step; needs only the package amsmath.

    >>> from autograd_core import Value
    >>> from viz import step
    >>> a = Value(3.0, label="a")
    >>> print(step(a * a).to_latex().splitlines()[2])
    v_{1} &= a \cdot a = 3.0000 \cdot 3.0000 = 9.0000
    """
    lines: list[str] = []
    for card in cards:
        equations = list(_aligned(card.lines))
        lines += [rf"\paragraph{{{labels.tex_prose(card.during)}}} {labels.tex_prose(card.heading)}."]
        lines += [r"\begin{align*}", " \\\\\n".join(equations), r"\end{align*}"] if equations else []
    return "\n".join(lines).translate(_LATEX) + "\n"


def _aligned(lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        if not line.tex:
            yield rf"&\text{{{labels.tex_prose(line.text)}}}"
            continue
        sides = [line.tex, line.numbers_tex, _number(line.result)]
        yield _marked(" = ".join(side for side in sides if side))


def _marked(equation: str) -> str:
    """Return an equation with an alignment mark at its first relation outside braces."""
    depth = 0
    for found in re.finditer(r"\\leftarrow\b|\\.|[{}=]", equation):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if not depth and found[0] in ("=", r"\leftarrow"):
            return f"{equation[: found.start()].rstrip()} &{equation[found.start() :]}"
    return f"&{equation}"


def _number(text: str) -> str:
    if re.fullmatch(r"[−-]?[\d.]+(e[+-]?\d+)?|[−-]?∞", text):
        return labels.number_tex(text)
    return rf"\text{{{labels.tex_prose(text.replace('−', '-'))}}}" if text else ""
