"""Stepping through a graph: ``step(root)`` gives a Stepper, which shows one step at a time and saves them as a page.

>>> from autograd_core import Value
>>> a = Value(3.0, label="a")
>>> stepper = step(a * a)
>>> len(stepper), stepper.next().kind, stepper.next().kind
(4, 'forward', 'seed')
>>> stepper.next().contribution
3.0
>>> stepper
Step 3 of 4 · backward · v1 sends to a
<BLANKLINE>
upstream      ∂v1/∂v1                               1.0000
local         ∂v1/∂a = a                            3.0000
contribution  v̄1 · ∂v1/∂a         1.0000 · 3.0000   3.0000
accumulate    ā = — + v̄1 · ∂v1/∂a                   3.0000
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from . import files, html, labels, scene
from . import steps as _steps
from .cards import Card, card
from .drawing import Drawing
from .errors import OptionError, RendererMissingError, RenderError
from .overview import MOST_DRAWN
from .reading import Reading
from .steps import Step
from .table import TraceTable, rows

__all__ = ["MAX_NODES", "Stepper", "step"]

#: each node is worded and typeset several times, so a longer list takes seconds to make and is not looked through
MAX_NODES = 5000


class Stepper:
    """The steps of a graph, and a place among them.

    Parameters
    ----------
    root : Value or Tensor
        The output.
    seed : float or array, optional
        The adjoint to start from, 1 if left out.
    max_nodes : int or None
        Refuse larger graphs; None for any size.

    Attributes
    ----------
    steps : tuple of Step
        All of them, as plain facts: forward, seed, backward.
    position : int
        How many have been taken.
    """

    def __init__(self, root: Any, seed: Any = None, max_nodes: int | None = MAX_NODES) -> None:
        remedy = (
            "Step through an intermediate node, whose graph is smaller; max_nodes=None steps through it all the same."
        )
        reading = Reading(root, max_nodes, "Stepping", remedy)
        self.steps: tuple[Step, ...] = tuple(_steps.steps(reading, seed))
        self.position = 0
        self._output = str(reading.name(root))
        self._table = TraceTable(rows(reading, self.steps))
        self._scene = scene.build(reading, {step.target or step.node: step.after for step in self.steps if _adds(step)})

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    @property
    def current(self) -> Step | None:
        """The step taken last; None at the start."""
        return self.steps[self.position - 1] if self.position else None

    def next(self) -> Step | None:
        """Take a step and return it; at the end, return None and stay."""
        if self.position == len(self.steps):
            return None
        self.position += 1
        return self.current

    def back(self) -> Step | None:
        """Take the last step back, and return the one before it; None at the start."""
        self.position = max(0, self.position - 1)
        return self.current

    def goto(self, position: int) -> Step | None:
        """Go to where so many steps have been taken, and return the last of them.

        Raises
        ------
        OptionError
            If there are not so many.
        """
        if position not in range(len(self.steps) + 1):
            raise OptionError(
                f"There is no position {position!r}: say how many steps are to have been taken, 0 to {len(self.steps)}."
            )
        self.position = position
        return self.current

    def card(self, step: Step) -> Card:
        """Return a step in words."""
        return card(step, self._output)

    def table(self) -> TraceTable:
        """Return the evaluation trace."""
        return self._table

    def __repr__(self) -> str:
        if self.current is None:
            return (
                f"{len(self.steps)} steps to the gradient of {self._output}, none taken: next(), goto(k), or iterate. "
                'save("steps.html") writes them as a page.'
            )
        shown = self.card(self.current)
        head = f"Step {self.position} of {len(self.steps)} · {shown.phase} · {shown.heading}"
        cells = [(line.caption, line.text, line.numbers, line.result) for line in shown.lines]
        sums = [line for line in cells if line[2] or line[3]]  # words need no columns
        widths = [max(labels.width(line[i]) for line in sums) for i in range(4)]
        lines = [
            "  ".join(labels.pad(text, widths[i], right=i == 3) for i, text in enumerate(line)).rstrip()
            for line in cells
        ]
        return "\n".join([head, "", *lines, *_code(self.current)])

    def drawing(self) -> Drawing:
        """Return the picture of the graph with the gradients of these steps."""
        if len(self._table) > MOST_DRAWN:
            raise RenderError(f"A graph of {len(self._table):,} nodes is too large to be drawn whole.")
        return Drawing(self._scene)

    @cached_property
    def _picture(self) -> tuple[str, str]:
        """The SVG of the graph, and if there is none, why."""
        try:
            return self.drawing().svg(), ""
        except (RendererMissingError, RenderError) as error:
            return "", str(error)

    def to_html(self, theme: str = "auto") -> str:
        """Return the steps as a page of its own, which needs no network.

        Parameters
        ----------
        theme : {"auto", "light", "dark"}
            The colours; "auto" are those of the reader's system.
        """
        if theme not in html.THEME_CHOICES:
            raise OptionError(f"theme={theme!r} is none of the choices: {', '.join(map(repr, html.THEME_CHOICES))}.")
        picture, missing = self._picture
        cards = [self.card(step) for step in self.steps]
        return html.page(self._output, self.steps, cards, self._table, picture, missing, theme)

    def save(self, path: str | os.PathLike[str], theme: str = "auto") -> Path:
        """Write the steps to a file: a page (``.html``), or the evaluation trace as text (``.txt``, ``.md``).

        Raises
        ------
        OptionError
            For another ending.
        SaveError
            If it cannot be written there.
        """
        suffix = Path(path).suffix.lower()
        if suffix in (".html", ".htm"):
            return files.write(path, self.to_html(theme))
        if suffix == ".md":
            return files.write(path, self._table.to_markdown() + "\n")
        if suffix == ".txt":
            return files.write(path, self._table.to_text() + "\n")
        raise OptionError(
            f"The ending of {str(path)!r} does not say what to write. Give a name that ends in .html, .md or .txt."
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the page in a notebook, and beneath it what remains where pages are not trusted."""
        picture, _ = self._picture
        return {"text/html": html.embedded(self.to_html(), self._table, picture), "text/plain": repr(self)}


def step(root: Any, max_nodes: int | None = MAX_NODES) -> Stepper:
    """Return the forward and the reverse sweep of a node as steps to walk through.

    The steps are those of the engine's own sweep, with its very numbers; one backward step is one contribution along
    one edge. No ``grad`` is touched.

    Parameters
    ----------
    root : Value or Tensor
        The output.
    max_nodes : int or None
        Refuse larger graphs; None for any size.

    Returns
    -------
    Stepper
        Shows itself in notebooks and terminals; ``.next()``, ``.back()``, ``.steps``, ``.save("steps.html")``.

    Raises
    ------
    SizeLimitError
        If the graph has more than ``max_nodes`` nodes.

    Examples
    --------
    >>> from autograd_core import Value
    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> [(s.target_name, s.contribution) for s in step(a * b) if s.kind == "backward"]
    [('a', -3.0), ('b', 2.0)]
    """
    return Stepper(root, max_nodes=max_nodes)


def _adds(step: Step) -> bool:
    return step.kind in ("seed", "backward") and step.after is not None


def _code(step: Step) -> list[str]:
    if step.source is None:
        return []
    return ["", f"{Path(step.source.file).name}:{step.source.line}  {labels.clean(step.source.code)}"]
