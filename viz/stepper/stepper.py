"""Step through a graph: ``step(root)`` returns a Stepper, which shows one step at a time and saves a page.

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
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from autograd_core import Program
from autograd_core.graph.node import Node

from ..drawing.drawing import Drawing
from ..render import render, svg
from ..render.animation import gif
from ..scene.overview import MOST_DRAWN
from ..steps.detail_levels import Level, levels_of, opening
from ..steps.paths import Paths
from ..style import files
from ..style.errors import OptionError, RendererMissingError, RenderError
from ..style.theme import THEMES
from . import html_page, transcript
from .position import MAX_NODES, Walk

__all__ = ["MAX_NODES", "Stepper", "graph_of", "step"]

#: the paths of a larger graph would be most of its page
MOST_EXPLAINED = 150


class Stepper(Walk):
    """The steps of a graph with the current position, for display and saving.

    Parameters and attributes are those of ``Walk``.
    """

    def drawing(self) -> Drawing:
        """Return the picture of the graph with the gradients of these steps."""
        if len(self._table) > MOST_DRAWN:
            raise RenderError(f"A graph of {len(self._table):,} nodes is too large to be drawn whole.")
        return Drawing(self._scene)

    @cached_property
    def _levels(self) -> list[Level]:
        """Return the levels of detail of the graph."""
        return list(levels_of(self._reading, self.steps))

    @cached_property
    def _pictures(self) -> tuple[dict[str, str], str]:
        """Return the SVG of the graph at each level, the initial level first; and the reason, if there is none."""
        found, missing = {}, f"A graph of {len(self._table):,} nodes is too large to be drawn whole."
        first = opening(self._levels)
        for level in sorted(self._levels, key=lambda level: level is not first):
            try:
                found[level.name] = Drawing(replace(level.scene, note="")).svg()
            except (RendererMissingError, RenderError) as error:
                missing = str(error)
        return found, missing

    def to_html(self, theme: str = "auto", step: int | None = None, plain: bool = False) -> str:
        """Return the steps as a page of its own, which needs no network.

        Parameters
        ----------
        theme : {"auto", "light", "dark"}
            The colors; "auto" follows the reader's system.
        step : int, optional
            The initial number of steps. Default: the current position.
        plain : bool
            Whether long data are written uncompressed; compressed data take a tenth of the space.
        """
        _colors(theme)
        start = self.position if step is None else step
        if start not in range(len(self.steps) + 1):
            raise OptionError(f"step={step!r} is not one of these: 0 to {len(self.steps)} steps can have been taken.")
        pictures, missing = self._pictures
        cards = [self.card(step) for step in self.steps]
        guide = self._guide()
        return html_page.page(
            self._output, self.steps, cards, self._table, pictures, missing, theme, start, guide, plain
        )

    def _guide(self) -> dict[str, Any]:
        """Return the navigation data of a page: coarser steps, paths, levels, and checks of the numbers."""
        pictures, _ = self._pictures
        return {
            "stops": self._coarse,
            "paths": self._paths(),
            "levels": [level.data() for level in self._levels if level.name in pictures],
            "checks": [[(*check.cells(), check.verdict) for check in self.check(step)] for step in self.steps],
            "note": self._checks.note,
        }

    def _paths(self) -> dict[str, str]:
        """Return the paths to each node in words; none for a large graph or a graph of Tensors."""
        if len(self._ids) > MOST_EXPLAINED or not all(isinstance(node.data, float) for node in self._ids):
            return {}
        return {identity: repr(Paths(self._reading, node)) for node, identity in self._ids.items()}

    def to_markdown(self) -> str:
        """Return all steps with their arithmetic, and the evaluation trace, as Markdown."""
        return transcript.markdown(self._output, map(self.card, self.steps), self._table.to_markdown()) + "\n"

    def to_latex(self) -> str:
        """Return all steps with their arithmetic as LaTeX."""
        return transcript.latex(self._output, map(self.card, self.steps))

    def picture(self, step: int | None = None, theme: str = "light") -> Drawing:
        """Return the picture after this many steps. Default: the current position."""
        frame = self._frames[self.position if step is None else step]
        return Drawing(frame.scene, THEMES[_colors(theme)], marks=frame.marks, spaced_as=self._frames.widest)

    def save(
        self, path: str | os.PathLike[str], theme: str = "auto", step: int | None = None, seconds: float = 1.0
    ) -> Path:
        """Write the steps to a file; the ending selects the format.

        Parameters
        ----------
        path : path-like
            ``.html``: the page. ``.svg``, ``.png``, ``.pdf``: the picture after a step. ``.gif``: all pictures as an
            animation. ``.md``, ``.tex``: the steps with their arithmetic. ``.txt``: the evaluation trace.
        theme : {"auto", "light", "dark"}
            The colors; "auto" follows the reader's system, and is light for a picture.
        step : int, optional
            The number of steps taken in a picture, or when a page opens. Default: the current position.
        seconds : float
            The time for each picture of an animation, in seconds.

        Raises
        ------
        OptionError
            For an unknown ending, or a step that does not exist.
        RendererMissingError
            For a picture without Graphviz, or an animation without Pillow.
        SaveError
            If the file cannot be written.
        """
        suffix = Path(path).suffix.lower()
        if suffix in (".html", ".htm"):
            return files.write(path, self.to_html(theme, step))
        if suffix in (".svg", ".png", ".pdf"):
            return self.picture(step, theme).save(path)
        if suffix == ".gif":
            sources = (self.picture(k, theme).dot for k in range(len(self.steps) + 1))
            bitmaps = render.bitmaps(sources, 96.0, svg.size(self.picture(0, theme).svg()))
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
        """Show the page in a notebook, and below it the content that remains if the notebook is not trusted."""
        pictures, _ = self._pictures
        picture = next(iter(pictures.values()), "")
        return {
            "text/html": html_page.embedded(self.to_html(plain=True), self._table, picture),
            "text/plain": repr(self),
        }


def step(
    root: Any, *inputs: Any, sample: int | None = None, max_nodes: int | None = MAX_NODES, after: Any = None
) -> Stepper:
    """Step through the forward and the reverse sweep of a node or a program.

    The steps are those of the engine's own sweep, with the same numbers. One backward step is one contribution along
    one edge. No ``grad`` changes.

    Parameters
    ----------
    root : Value, Tensor or Program
        The output node, or a program, whose instructions become the steps.
    *inputs
        The inputs of a program, as for a call. Default: the traced inputs.
    sample : int, optional
        The number of the sample, if a program gets a batch.
    max_nodes : int or None
        The largest graph to step through; None for no limit.
    after : optimizer, optional
        An optimizer; the update of each parameter becomes a step too. No parameter changes.

    Returns
    -------
    Stepper
        Shows itself in notebooks and terminals; ``.next()``, ``.back()``, ``.steps``, ``.save("steps.html")``.

    Raises
    ------
    SizeLimitError
        If the graph has more than ``max_nodes`` nodes.
    OptionError
        If inputs are given and the root is not a program.
    ShapeError, OperandError, GuardError
        For inputs that the program does not accept, as in a call.

    Examples
    --------
    >>> from autograd_core import Value, trace
    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> [(s.target_name, s.contribution) for s in step(a * b) if s.kind == "backward"]
    [('a', -3.0), ('b', 2.0)]
    >>> product = trace(lambda x, y: x * y, 1.0, 1.0)
    >>> [(s.target_name, s.contribution) for s in step(product, 5.0, 7.0) if s.kind == "backward"]
    [('x', 7.0), ('y', 5.0)]
    >>> from nn import SGD
    >>> step(a * b, after=SGD([a], lr=0.1)).steps[-1].numbers
    '2.0000 - 0.1 * (−3.0000)'
    """
    return Stepper(graph_of(root, inputs, sample), max_nodes=max_nodes, after=after)


def graph_of(root: Any, inputs: Sequence[Any], sample: int | None) -> Any:
    """Return the output to step through; for a program, the output of its graph at the inputs.

    Raises
    ------
    OptionError
        If inputs are given and the root is not a program.
    """
    if isinstance(root, Program):
        return root.graph(*inputs, sample=sample)
    if isinstance(root, Node) and (inputs or sample is not None):
        raise OptionError(
            f"Inputs and sample= are for a program, but a {type(root).__name__} has been computed from its inputs "
            "already. Leave them out; a limit is given by name, step(loss, max_nodes=100)."
        )
    return root


def _colors(theme: str) -> str:
    """Return the theme of a picture; light if the theme depends on the reader."""
    if theme not in html_page.THEME_CHOICES:
        raise OptionError(f"theme={theme!r} is none of the choices: {', '.join(map(repr, html_page.THEME_CHOICES))}.")
    return "light" if theme == "auto" else theme
