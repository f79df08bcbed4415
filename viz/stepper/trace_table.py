"""Write the evaluation trace: what each node computes, downward, and its adjoint, upward.

References
----------
A. G. Baydin, B. A. Pearlmutter, A. A. Radul and J. M. Siskind, *Automatic differentiation in machine learning: a
survey*, JMLR 18 (2018), tables 2 and 3.
A. Griewank and A. Walther, *Evaluating Derivatives*, SIAM 2008, chapter 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ..render.mathml import mathml
from ..scene.graph_view import Reading
from ..steps.steps import Step, steps
from ..style import labels

MAX_ROWS = 20_000
#: largest number of rows in a text table
SHOWN_ROWS = 60
#: a page skips the layout of invisible rows; this is the number of rows from which it does
ROWS_TOGETHER = 40
#: largest number of terms of a sum
SHOWN_TERMS = 4

#: a formula of more characters contains long names; in a narrow table, formulas are written below names
LONG_FORMULA = 16

HEADINGS = ("", "forward ↓", "numbers", "value", "adjoint", "reverse ↑", "numbers", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the evaluation trace, for one node.

    Attributes
    ----------
    node, name : str
        Its id and its name.
    formula, formula_tex, numbers, value : str
        Its formula with numbers substituted, and its number; a leaf has no formula.
    adjoint_name, adjoint_formula, adjoint_tex, adjoint_numbers, adjoint : str
        The same for its adjoint: a sum over all uses of the node.
    """

    node: str
    name: str
    formula: str = ""
    formula_tex: str = ""
    numbers: str = ""
    value: str = ""
    adjoint_name: str = ""
    adjoint_formula: str = ""
    adjoint_tex: str = ""
    adjoint_numbers: str = ""
    adjoint: str = ""

    def cells(self) -> tuple[str, ...]:
        """Return the row for a text table."""
        return (
            self.name,
            self.formula,
            "" if self.numbers == self.value else self.numbers,
            self.value,
            self.adjoint_name,
            self.adjoint_formula,
            "" if self.adjoint_numbers == self.adjoint else self.adjoint_numbers,
            self.adjoint,
        )

    def typeset(self) -> tuple[str, str, str]:
        """Return the parts that a page typesets, as MathML: the formula, the adjoint, and the adjoint's formula."""
        last = self.name.rpartition(".")[2] or self.name  # the head of the row contains its path
        return (
            mathml(self.formula_tex) if self.formula else "",
            mathml(labels.tex_name(last, bar=True)),
            mathml(self.adjoint_tex) if self.adjoint_tex else "",
        )


def rows(reading: Reading, taken: Iterable[Step]) -> tuple[Row, ...]:
    """Return a row for every node, from the steps of its graph."""
    received: dict[str, list[Step]] = {}
    for step in taken:
        if step.kind == "backward":
            received.setdefault(step.target, []).append(step)
        elif step.kind == "seed":
            received[step.node] = [step]
    return tuple(_row(reading, node, received.get(identity, [])) for node, identity in reading.ids.items())


def _row(reading: Reading, node: Any, received: list[Step]) -> Row:
    name = reading.name(node)
    formula = None if node.op is None else reading.formulas.value(node)
    sent = [step for step in received if step.contribution is not None]
    seeded = bool(received) and received[0].kind == "seed"
    last = received[-1].after if received else None
    return Row(
        node=reading.ids[node],
        name=str(name),
        formula=formula.text if formula else "",
        formula_tex=formula.tex if formula else "",
        numbers=formula.numbers if formula else "",
        value=labels.number(node.data),
        adjoint_name=name.adjoint,
        adjoint_formula="1" if seeded else _sum([_term(step) for step in sent]),
        adjoint_tex="1" if seeded else " + ".join(_term_tex(step) for step in sent[:SHOWN_TERMS]) + _more_tex(sent),
        adjoint_numbers="" if seeded else _sum([_term_numbers(step) for step in sent]),
        adjoint=labels.NOT_COMPUTED if last is None else labels.number(last),
    )


def _term(step: Step) -> str:
    if step.words:  # the formula is the whole contribution
        return step.formula
    return f"{labels.Name(step.name).adjoint}·{labels.bracketed(step.formula)}"


def _term_tex(step: Step) -> str:
    if step.words:
        return step.formula_tex
    return rf"{labels.tex_name(step.name, bar=True)} \cdot {labels.bracketed_tex(step.formula_tex)}"


def _term_numbers(step: Step) -> str:
    if step.local is None:
        return labels.number(step.contribution)
    return f"{labels.bracketed(labels.number(step.upstream))}·{labels.bracketed(labels.number(step.local))}"


def _sum(terms: list[str]) -> str:
    more = len(terms) - SHOWN_TERMS
    return " + ".join(terms[:SHOWN_TERMS]) + (f" + {more} more" if more > 0 else "")


def _more_tex(sent: list[Step]) -> str:
    more = len(sent) - SHOWN_TERMS
    return rf" + \text{{{more} more}}" if more > 0 else ""


class TraceTable:
    """An evaluation trace: prints as text, shows itself as a table in notebooks.

    Attributes
    ----------
    rows : tuple of Row
        One for each node, in the order of computation.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = tuple(rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return self.to_text(SHOWN_ROWS)

    def to_text(self, most: int | None = None) -> str:
        """Return the table as text; with ``most``, only the first and last rows of a longer table."""
        cells = [HEADINGS, *(row.cells() for row in self.rows)]
        widths = [max(labels.width(line[i]) for line in cells) for i in range(len(HEADINGS))]
        numeric = {3, 7}
        lines = []
        for line in cells:
            padded = [labels.pad(text, widths[i], right=i in numeric) for i, text in enumerate(line)]
            lines.append(f"{'  '.join(padded[:4])}  │  {'  '.join(padded[4:])}".rstrip())
        rule = "─" * (sum(widths[:4]) + 8) + "┼" + "─" * (sum(widths[4:]) + 8)
        body = lines[1:]
        if most is not None and len(body) > most:
            half = most // 2
            body = [*body[:half], f"… {len(body) - 2 * half:,} rows more; to_text() writes them all …", *body[-half:]]
        return "\n".join([lines[0], rule, *body])

    def to_markdown(self) -> str:
        r"""Return the table in Markdown.

        >>> from autograd_core import Value
        >>> a = Value(3.0, label="a")
        >>> print(trace_table(a * a).to_markdown())
        |  | forward ↓ | numbers | value | adjoint | reverse ↑ | numbers | value |
        |---|---|---|---:|---|---|---|---:|
        | a |  |  | 3.0000 | ā | v̄1·a + v̄1·a | 1.0000·3.0000 + 1.0000·3.0000 | 6.0000 |
        | v1 | a \* a | 3.0000 \* 3.0000 | 9.0000 | v̄1 | 1 |  | 1.0000 |
        """
        lines = ["| " + " | ".join(HEADINGS) + " |", "|---|---|---|---:|---|---|---|---:|"]
        lines += ["| " + " | ".join(map(_markdown, row.cells())) + " |" for row in self.rows]
        return "\n".join(lines)

    def to_html(self, math: bool = True, numbers: bool = True) -> str:
        """Return the table as an HTML element, with formulas as MathML, or as text where MathML would be removed.

        The columns with substituted numbers are optional.
        """
        head = "".join(f'<th scope="col">{escape(text)}</th>' for text in HEADINGS if numbers or text != "numbers")
        rows = [self._html_row(row, math, numbers) for row in self.rows]
        some = ("".join(rows[i : i + ROWS_TOGETHER]) for i in range(0, len(rows), ROWS_TOGETHER))
        body = "".join(f"<tbody>{lines}</tbody>" for lines in some)
        long = self._widest(LONG_FORMULA + 1, "formula") > LONG_FORMULA
        kind = "trace long arrays" if any("[" in row.value for row in self.rows) else "trace long" if long else "trace"
        widths = f"--name:{self._widest(9, 'name')};--value:{self._widest(14, 'value', 'adjoint')}"
        return f'<table class="{kind}" style="{widths}"><thead><tr>{head}</tr></thead>{body}</table>'

    def _widest(self, most: int, *fields: str) -> int:
        """Return the width of a column in characters, with a limit; a page lays out each row separately.

        A leaf has no formula, so its name may use the space of the formula.
        """
        computed = [row for row in self.rows if row.formula] or self.rows
        longest = max((labels.width(getattr(row, field)) for row in computed for field in fields), default=0)
        return max(3, min(longest, most))

    def _html_row(self, row: Row, math: bool, with_numbers: bool) -> str:
        _, formula, numbers, value, bar, reverse, reverse_numbers, adjoint = map(escape, row.cells())
        if math:
            formula, bar, reverse = row.typeset()
        else:
            bar = bar.rpartition(".")[2] or bar
        given = "" if row.formula else ' class="given"'
        forward = f'<td class="numbers">{numbers}</td>' if with_numbers else ""
        backward = f'<td class="numbers reverse">{reverse_numbers}</td>' if with_numbers else ""
        return (
            f'<tr data-node="{row.node}"{given}><th scope="row">{_headed(row.name)}</th>'
            f'<td class="formula">{formula}</td>{forward}<td class="value">{value}</td><td class="bar">{bar}</td>'
            f'<td class="formula reverse">{reverse}</td>{backward}<td class="adjoint">{adjoint}</td></tr>'
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        shown = TraceTable(self.rows[:SHOWN_ROWS]).to_html(math=False)
        if len(self.rows) > SHOWN_ROWS:
            shown += f"<p>{len(self.rows) - SHOWN_ROWS:,} rows more; print(table.to_text()) shows them all.</p>"
        return {"text/html": f'<div style="overflow:auto">{shown}</div>', "text/plain": repr(self)}


def _headed(name: str) -> str:
    """Return a name as the head of a row, with its path separate: a long path is cut at its beginning."""
    path, dot, last = name.rpartition(".")
    if not dot:
        return escape(name)
    return f'<span class="path" dir="rtl"><bdi>{escape(path)}.</bdi></span>{escape(last)}'


def _markdown(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\|*_<>[]`#" else c for c in text)


def trace_table(root: Any, max_nodes: int | None = MAX_ROWS) -> TraceTable:
    """Return the evaluation trace of everything a node was computed from.

    Read the left half downward: each node from the nodes above it. Read the right half upward: each adjoint, the
    derivative of the output by that node, from the adjoints below it. This call runs its own sweep: no ``grad``
    changes, and no earlier sweep is needed. It needs no Graphviz.

    Parameters
    ----------
    root : Value, Tensor or Program
        The output node, or a program; of a program its graph at the traced inputs is used.
    max_nodes : int or None
        The largest graph to tabulate; None for no limit.

    Returns
    -------
    TraceTable
        Prints as text; ``.rows``, ``.to_markdown()``, ``.to_html()``.

    Raises
    ------
    SizeLimitError
        If the graph has more than ``max_nodes`` nodes.

    Examples
    --------
    >>> from autograd_core import Value
    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> trace_table(a * b + a)
        forward ↓  numbers               value  │  adjoint  reverse ↑    numbers                             value
    ────────────────────────────────────────────┼─────────────────────────────────────────────────────────────────
    a                                   2.0000  │  ā        v̄2·1 + v̄1·b  1.0000·1.0000 + 1.0000·(−3.0000)  −2.0000
    b                                  −3.0000  │  b̄        v̄1·a         1.0000·2.0000                      2.0000
    v1  a * b      2.0000 * (−3.0000)  −6.0000  │  v̄1       v̄2·1         1.0000·1.0000                      1.0000
    v2  v1 + a     −6.0000 + 2.0000    −4.0000  │  v̄2       1                                               1.0000
    """
    remedy = "Trace an intermediate node, whose graph is smaller; max_nodes=None traces it all the same."
    reading = Reading(root, max_nodes, "An evaluation trace", remedy)
    return TraceTable(rows(reading, steps(reading)))
