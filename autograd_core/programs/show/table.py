"""Write the evaluation trace: the forward primal trace, and the reverse adjoint trace.

As in Griewank and Walther, *Evaluating Derivatives*, tables 1.2 and 1.3, and Baydin et al., *Automatic differentiation
in machine learning: a survey*, table 3. There is one row for every intermediate variable and one for every contribution
to an adjoint, with the formula, the formula with numbers, and the number.

The numbers come from the sweep itself.
"""

from __future__ import annotations

import html
from collections import ChainMap
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ...graph.sweep import sweep
from ...readings.symbolic import Symbol, derivative
from ..trace.tape import Ref
from ..trace.tracing import Recording
from .replay import replay

BAR = "\N{COMBINING MACRON}"
#: Notebooks right-align cells, and leave styled cells unchanged.
CELL = "text-align:left;padding:0 1em 0 0"
#: Characters with a special meaning in TeX.
TEX = {sign: f"\\{sign}" for sign in "_&%$#{}"} | {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}
SUBSCRIPTS = str.maketrans("0123456789-", "₀₁₂₃₄₅₆₇₈₉₋")


class Row(NamedTuple):
    """One line of a trace.

    Attributes
    ----------
    name, tex : str
        The variable, as text and in TeX.
    formula, formula_tex : str
        Its formula; "" for an input.
    numbers : str
        The formula with numbers.
    value : float
    note : str
        The name of an input; the kind of row.
    """

    name: str
    tex: str
    formula: str
    formula_tex: str
    numbers: str
    value: float
    note: str


class EvaluationTrace:
    """A forward and a reverse trace, as text, Markdown, HTML and LaTeX; it shows itself in a notebook.

    Attributes
    ----------
    title : str
    primal, adjoint : list of Row
    """

    def __init__(self, title: str, primal: Sequence[Row], adjoint: Sequence[Row]) -> None:
        self.title = title
        self.primal, self.adjoint = list(primal), list(adjoint)

    def _parts(self) -> list[tuple[str, list[Row]]]:
        parts = [("Forward primal trace", self.primal)]
        return [*parts, ("Reverse adjoint trace", self.adjoint)] if self.adjoint else parts

    def __str__(self) -> str:
        lines = [self.title]
        for heading, rows in self._parts():
            cells = [
                (row.name, *_equals(row.formula), *_equals(row.numbers), f"= {row.value:.6g}", row.note) for row in rows
            ]
            widths = [max(_width(cell[k]) for cell in cells) for k in range(5)]
            lines += ["", heading]
            lines += ["  " + "  ".join(map(_pad, cell, widths)).rstrip() for cell in cells]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<EvaluationTrace of {self.title}: {len(self.primal)} + {len(self.adjoint)} rows>"

    def markdown(self) -> str:
        """Return the traces as Markdown tables, with formulas in TeX."""
        lines = [f"**{self.title}**"]
        for heading, rows in self._parts():
            lines += ["", f"| {heading} | | numbers | value | |", "|---|---|---|---|---|"]
            for row in rows:
                formula = f"${row.formula_tex}$".replace("|", r"\vert ") if row.formula_tex else ""
                note = row.note.replace("|", r"\|")
                lines.append(f"| ${row.tex}$ | {formula} | {row.numbers} | {row.value:.6g} | {note} |")
        return "\n".join(lines) + "\n"

    def latex(self) -> str:
        """Return the traces as one LaTeX ``tabular``; it needs the packages amsmath and booktabs."""
        lines = [r"\begin{tabular}{llll}", r"\toprule"]
        for k, (heading, rows) in enumerate(self._parts()):
            lines += [r"\midrule"] * (k > 0)
            lines += [rf"\multicolumn{{4}}{{l}}{{\textbf{{{heading}}}}} \\", r"\midrule"]
            for row in rows:
                formula = f"$= {row.formula_tex}$" if row.formula_tex else rf"\text{{{_tex(row.note)}}}"
                lines.append(rf"${row.tex}$ & {formula} & {_tex(row.numbers)} & ${_number_tex(row.value)}$ \\")
        return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"

    def html(self) -> str:
        """Return the traces as a self-contained HTML table."""
        rows = [f"<caption>{html.escape(self.title)}</caption>"]
        for heading, part in self._parts():
            rows.append(f'<tr><th colspan="5" style="{CELL}">{heading}</th></tr>')
            for row in part:
                cells = (row.name, f"= {row.formula}" if row.formula else "", row.numbers, f"{row.value:.6g}", row.note)
                rows.append(
                    "<tr>" + "".join(f'<td style="{CELL}">{html.escape(cell)}</td>' for cell in cells) + "</tr>"
                )
        return '<table class="evaluation-trace">\n' + "\n".join(rows) + "\n</table>\n"

    _repr_html_ = html
    _repr_markdown_ = markdown
    _repr_latex_ = latex


def _equals(text: str) -> tuple[str]:
    return (f"= {text}" if text else "",)


def _width(text: str) -> int:
    return len(text.replace(BAR, ""))


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _tex(text: str) -> str:
    return "".join(TEX.get(sign, sign) for sign in text)


def _number_tex(x: float) -> str:
    text = f"{x:.6g}"
    if "e" in text:
        digits, exponent = text.split("e")
        return rf"{digits} \cdot 10^{{{int(exponent)}}}"
    return text.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")


def evaluation_trace(recording: Recording, numbers: Sequence[float]) -> EvaluationTrace:
    """Return the traces of a recording at the given inputs; the reverse trace if there is one output."""
    tape = recording.tape
    needed = tape.needed([*recording.outputs, *range(tape.inputs)])
    nodes = replay(recording, numbers)
    labels = recording.labels
    index = _numbering(tape.inputs, needed)
    symbols = [Symbol.variable(_name(k), _name_tex(k)) for k in index]
    primals = _primals(nodes, index)
    primal = []
    for place, node in enumerate(nodes):
        if place < tape.inputs:
            primal.append(Row(_name(index[place]), _name_tex(index[place]), "", "", "", node.data, labels[place]))
        elif needed[place]:
            op, operands = tape.steps[place - tape.inputs]
            primal.append(_row(symbols[place], Symbol(op, _symbols(operands, symbols)), primals, node.data, op.name))
    adjoint: list[Row] = []
    if len(recording.outputs) == 1 and isinstance(recording.outputs[0], int):
        adjoint = _adjoints(recording, nodes, index, symbols)
    return EvaluationTrace(recording.name, primal, adjoint)


def _numbering(inputs: int, needed: Sequence[bool]) -> list[int]:
    """Return the numbers of the variables as in the literature: inputs up to v₀, then v₁, v₂, ..."""
    index, k = [], 0
    for place, kept in enumerate(needed):
        if place >= inputs and kept:
            k += 1
        index.append(place - inputs + 1 if place < inputs else k)
    return index


def _name(k: int, bar: bool = False) -> str:
    return f"v{BAR if bar else ''}{str(k).translate(SUBSCRIPTS)}"


def _name_tex(k: int, bar: bool = False) -> str:
    return rf"\bar{{v}}_{{{k}}}" if bar else f"v_{{{k}}}"


def _symbols(operands: Sequence[Ref], symbols: Sequence[Symbol]) -> tuple[Symbol, ...]:
    return tuple(symbols[x] if isinstance(x, int) else Symbol.number(x) for x in operands)


def _primals(nodes: Any, index: Any) -> dict[str, float]:
    return {_name(k): node.data for k, node in zip(index, nodes, strict=True)}


def _row(name: Symbol, formula: Symbol, primals: dict[str, float], value: float, note: str) -> Row:
    numbers = _with_numbers(formula, primals.__getitem__)
    return Row(name.name, name.tex_name, str(formula), formula.tex, numbers, value, note)


def _with_numbers(formula: Symbol, value_of: Callable[[str], float]) -> str:
    """Return a formula with the numbers of its variables, six digits each; negative numbers in parentheses."""
    if formula.primitive is None:
        return str(formula if formula.constant is not None else Symbol.number(value_of(formula.name)))
    done: dict[int, Symbol] = {}
    stack = [(formula, False)]
    while stack:
        symbol, ready = stack.pop()
        if symbol.primitive is None and symbol.constant is None:
            text = str(Symbol.number(value_of(symbol.name)))
            done[id(symbol)] = Symbol.variable(f"({text})" if text.startswith("-") else text)
        elif symbol.primitive is None:
            done[id(symbol)] = symbol
        elif ready:
            done[id(symbol)] = Symbol(symbol.primitive, tuple(done[id(x)] for x in symbol.operands))
        else:
            stack.append((symbol, True))
            stack.extend((x, False) for x in symbol.operands)
    return str(done[id(formula)])


def _adjoints(recording: Recording, nodes: Any, index: Any, symbols: Any) -> list[Row]:
    """Return one row for the seed, and one for every contribution, in the order of the sweep."""
    place_of = {node: place for place, node in enumerate(nodes)}
    output = recording.outputs[0]
    bars = [Symbol.variable(_name(k, True), _name_tex(k, True)) for k in index]
    rows = [Row(bars[output].name, bars[output].tex_name, "1", "1", "", 1.0, "seed")]
    sums: dict[int, float] = {}
    primals = _primals(nodes, index)
    labels = recording.labels
    for node, adjoint, contributions in sweep(nodes[output]):
        if node.op is None or not contributions:
            continue
        place = place_of[node]
        op, operands = recording.tape.steps[place - recording.tape.inputs]
        rules = derivative(op, *_symbols(operands, symbols), output=symbols[place])
        active = [(x, rule) for x, rule in zip(operands, rules, strict=True) if isinstance(x, int)]
        for (x, rule), contribution in zip(active, contributions, strict=True):
            if contribution is None:
                continue
            term = bars[place] * rule
            numbers = {bars[place].name: adjoint}
            if x in sums:
                numbers[bars[x].name] = sums[x]
                term = bars[x] + term
                sums[x] += contribution
            else:
                sums[x] = contribution
            note = labels[x] if x < recording.tape.inputs else ""
            shown = _with_numbers(term, ChainMap(numbers, primals).__getitem__)
            rows.append(Row(bars[x].name, bars[x].tex_name, str(term), term.tex, shown, sums[x], note))
    return rows
