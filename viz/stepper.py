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
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from . import files, html, scene, transcript
from . import steps as _steps
from .animation import gif
from .cards import Card, card
from .drawing import Drawing
from .errors import OptionError, RendererMissingError, RenderError
from .frames import Frames
from .overview import MOST_DRAWN
from .paths import MOST_LISTED, Paths
from .reading import Reading
from .steps import Step
from .stops import SIZES, stops
from .table import TraceTable, rows
from .theme import THEMES

__all__ = ["MAX_NODES", "Stepper", "step"]

#: each node is worded and typeset several times, so a longer list takes seconds to make and is not looked through
MAX_NODES = 5000
#: the paths of a larger graph would be most of its page
MOST_EXPLAINED = 150


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
    after : optimiser, optional
        Whose updates are steps too.

    Attributes
    ----------
    steps : tuple of Step
        All of them, as plain facts: forward, seed, backward, update.
    position : int
        How many have been taken.
    """

    def __init__(self, root: Any, seed: Any = None, max_nodes: int | None = MAX_NODES, after: Any = None) -> None:
        remedy = (
            "Step through an intermediate node, whose graph is smaller; max_nodes=None steps through it all the same."
        )
        reading = Reading(root, max_nodes, "Stepping", remedy)
        self.steps: tuple[Step, ...] = tuple(_steps.steps(reading, seed, after))
        self.position = 0
        self._frames = Frames(reading, self.steps)
        self._reading, self._ids = reading, reading.ids
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

    def next(self, by: str = "step") -> Step | None:
        """Take a step and return it; at the end, return None and stay.

        ``by`` is "step", or how far to go at once: to the end of what is done for a "node", a "neuron", a "layer" or
        in a "phase".
        """
        if self.position == len(self.steps):
            return None
        self.position = next(k for k in self._stops(by) if k > self.position)
        return self.current

    def back(self, by: str = "step") -> Step | None:
        """Go back as far as ``next`` goes on, and return the step taken before; None at the start."""
        self.position = max((k for k in self._stops(by) if k < self.position), default=0)
        return self.current

    def _stops(self, by: str) -> Sequence[int]:
        if by == "step":
            return range(1, len(self.steps) + 1)
        if by not in SIZES:
            raise OptionError(f"by={by!r} is none of these: 'step', {', '.join(map(repr, SIZES))}.")
        return self._coarse.get(by, self._coarse["node"])  # without parts of a model a node is the next larger thing

    @cached_property
    def _coarse(self) -> dict[str, list[int]]:
        return stops(self.steps)

    def paths(self, node: Any, most: int = MOST_LISTED) -> Paths:
        """Return the ways from the output to a node, given as itself or by its name, and what they add up to."""
        wanted = self._id(node)
        found = next(x for x, identity in self._ids.items() if identity == wanted)
        return Paths(self._reading, found, most)

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

    def run_to(self, *nodes: Any) -> Step | None:
        """Go on to the next step in which one of some nodes is computed, sends or receives, and return it.

        Parameters
        ----------
        *nodes : Value, Tensor or str
            Nodes of the graph, or their names; with several they are breakpoints, and the first one met stops.

        Returns
        -------
        Step or None
            None, and no step is taken, if there is no such step any more.

        Raises
        ------
        OptionError
            For a node or a name that is not in the graph.

        Examples
        --------
        >>> from autograd_core import Value
        >>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
        >>> stepper = step((a + b) * a)
        >>> stepper.run_to(a).contribution, stepper.run_to("b").contribution, stepper.run_to(a)
        (5.0, 2.0, None)
        """
        wanted = {self._id(node) for node in nodes}
        for k in range(self.position, len(self.steps)):
            if not wanted.isdisjoint((self.steps[k].node, self.steps[k].target)):
                return self.goto(k + 1)
        return None

    def _id(self, node: Any) -> str:
        if isinstance(node, str):
            named = {row.name: row.node for row in self._table.rows}
            if node in named:
                return named[node]
            some = ", ".join(list(named)[:8])
            raise OptionError(f"No node of this graph is called {node!r}. Names are {some}{', …' * (len(named) > 8)}.")
        if node not in self._ids:
            raise OptionError(f"{node!r:.80} is not in the graph that is stepped through. Name one of its nodes.")
        return self._ids[node]

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
        return transcript.terminal(self.card(self.current), self.current, len(self.steps))

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

    def to_html(self, theme: str = "auto", step: int | None = None) -> str:
        """Return the steps as a page of its own, which needs no network.

        Parameters
        ----------
        theme : {"auto", "light", "dark"}
            The colours; "auto" are those of the reader's system.
        step : int, optional
            How many steps are taken when it opens; as many as are taken here, if left out.
        """
        _colours(theme)
        start = self.position if step is None else step
        if start not in range(len(self.steps) + 1):
            raise OptionError(f"step={step!r} is not one of these: 0 to {len(self.steps)} steps can have been taken.")
        picture, missing = self._picture
        cards = [self.card(step) for step in self.steps]
        guide = {"stops": self._coarse, "paths": self._paths()}
        return html.page(self._output, self.steps, cards, self._table, picture, missing, theme, start, guide)

    def _paths(self) -> dict[str, str]:
        """Return the paths to each node in words, for a page; for none of a graph that is large or of Tensors."""
        if len(self._ids) > MOST_EXPLAINED or not all(isinstance(node.data, float) for node in self._ids):
            return {}
        return {identity: repr(Paths(self._reading, node)) for node, identity in self._ids.items()}

    def to_markdown(self) -> str:
        """Return all steps with their arithmetic, and the evaluation trace, in Markdown."""
        return transcript.markdown(self._output, map(self.card, self.steps), self._table.to_markdown()) + "\n"

    def to_latex(self) -> str:
        """Return all steps with their arithmetic in LaTeX."""
        return transcript.latex(self._output, map(self.card, self.steps))

    def picture(self, step: int | None = None, theme: str = "light") -> Drawing:
        """Return the picture of how things stand after so many steps: as many as are taken, if left out."""
        frame = self._frames[self.position if step is None else step]
        return Drawing(frame.scene, THEMES[_colours(theme)], marks=frame.marks, spaced_as=self._frames.widest)

    def save(
        self, path: str | os.PathLike[str], theme: str = "auto", step: int | None = None, seconds: float = 1.0
    ) -> Path:
        """Write the steps to a file; its ending says what.

        Parameters
        ----------
        path : path-like
            ``.html``: the page. ``.svg``, ``.png``, ``.pdf``: the picture after a step. ``.gif``: all of these one
            after the other. ``.md``, ``.tex``: the steps with their arithmetic. ``.txt``: the evaluation trace.
        theme : {"auto", "light", "dark"}
            The colours; "auto" are those of the reader's system, and light ones for a picture.
        step : int, optional
            After how many steps: what a picture shows and where a page begins. As many as are taken, if left out.
        seconds : float
            How long each picture of an animation is shown.

        Raises
        ------
        OptionError
            For another ending, or a step that there is not.
        RendererMissingError
            For a picture without Graphviz, or an animation without Pillow.
        SaveError
            If it cannot be written there.
        """
        suffix = Path(path).suffix.lower()
        if suffix in (".html", ".htm"):
            return files.write(path, self.to_html(theme, step))
        if suffix in (".svg", ".png", ".pdf"):
            return self.picture(step, theme).save(path)
        if suffix == ".gif":
            bitmaps = (self.picture(k, theme).png(96.0) for k in range(len(self.steps) + 1))
            return files.write(path, gif(bitmaps, len(self.steps) + 1, seconds))
        texts: dict[str, Callable[[], str]] = {
            ".md": self.to_markdown,
            ".tex": self.to_latex,
            ".txt": lambda: self._table.to_text() + "\n",
        }
        if suffix in texts:
            return files.write(path, texts[suffix]())
        raise OptionError(
            f"The ending of {str(path)!r} does not say what to write. Give a name that ends in .html, .svg, .png, "
            ".pdf, .gif, .md, .tex or .txt."
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the page in a notebook, and beneath it what remains where pages are not trusted."""
        picture, _ = self._picture
        return {"text/html": html.embedded(self.to_html(), self._table, picture), "text/plain": repr(self)}


def step(root: Any, max_nodes: int | None = MAX_NODES, after: Any = None) -> Stepper:
    """Return the forward and the reverse sweep of a node as steps to walk through.

    The steps are those of the engine's own sweep, with its very numbers; one backward step is one contribution along
    one edge. No ``grad`` is touched.

    Parameters
    ----------
    root : Value or Tensor
        The output.
    max_nodes : int or None
        Refuse larger graphs; None for any size.
    after : optimiser, optional
        What comes after the gradients: the update of each parameter is a step too. Nothing is updated by looking.

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
    >>> from nn import SGD
    >>> step(a * b, after=SGD([a], lr=0.1)).steps[-1].numbers
    '2.0000 - 0.1 * (−3.0000)'
    """
    return Stepper(root, max_nodes=max_nodes, after=after)


def _colours(theme: str) -> str:
    """Return the theme of a picture: light where it depends on the reader."""
    if theme not in html.THEME_CHOICES:
        raise OptionError(f"theme={theme!r} is none of the choices: {', '.join(map(repr, html.THEME_CHOICES))}.")
    return "light" if theme == "auto" else theme


def _adds(step: Step) -> bool:
    return step.kind in ("seed", "backward") and step.after is not None
