"""Draw computation graphs: ``draw``.

>>> from autograd_core import Value
>>> a = Value(3.0, label="a")
>>> drawing = draw(a * a)
>>> drawing
<Drawing of v1: 1 given, 1 computed>
>>> drawing.save("square.dot").name
'square.dot'
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from functools import cached_property
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from ..render import dot, render, svg
from ..render.layout_positions import places
from ..scene import text_outline
from ..scene.boxes import Scene
from ..scene.folding import Collapse
from ..scene.graph_view import Reading
from ..scene.overview import MAX_NODES, TOO_LARGE, scene_of
from ..steps.frames import Frames
from ..style import files
from ..style.errors import OptionError, RendererMissingError, RenderError, SizeLimitError
from ..style.theme import THEMES, Theme

#: each step has its own sentence
MOST_STEPPED = 5000

#: a picture wider than this many points is shown at its own size and scrolls
WIDEST_SHRUNK = 1400

Partials = Literal["numbers", "formulas", "both", "none"]


class Drawing:
    """A picture of a computation graph, made when it is shown or saved.

    Parameters
    ----------
    scene : Scene
        The scene to draw.
    theme : Theme
        The colors.
    rankdir, partials, color_by, format, timeout
        As in ``draw``.
    marks : mapping
        Id of a box or edge to its mark; see ``viz.steps.marks``.
    spaced_as : Scene, optional
        The scene that determines the layout, if it is another one.
    """

    def __init__(
        self,
        scene: Scene,
        theme: Theme = THEMES["light"],
        rankdir: str = "LR",
        partials: Partials = "numbers",
        color_by: str = "kind",
        format: str = "svg",
        timeout: float = render.TIMEOUT,
        marks: Mapping[str, str] = MappingProxyType({}),
        spaced_as: Scene | None = None,
    ) -> None:
        self.scene = scene
        self.theme = theme
        self.rankdir = rankdir
        self.format = format
        self.timeout = timeout
        self._look: dict[str, Any] = {
            "theme": theme, "rankdir": rankdir, "partials": partials, "color_by": color_by, "marked": marks
        }  # fmt: skip
        self._spaced_as = spaced_as

    @cached_property
    def dot(self) -> str:
        """Return the picture as DOT text. Only a step needs Graphviz, because all steps share a layout."""
        found = None
        if self._spaced_as is not None:
            source: str = dot.digraph(self._spaced_as, **self._look | {"marked": {}}).source
            found = places(source, self.timeout)
        text: str = dot.digraph(self.scene, **self._look, places=found).source
        return text

    @cached_property
    def _svg(self) -> str:
        look = self.rankdir, self._look["color_by"]
        roles = {box.id: [role for role, _ in dot.fields(box, *look)] for box in self.scene.boxes}
        return svg.tidy(render.render(self.dot, "svg", timeout=self.timeout), roles, self.scene.title)

    def svg(self) -> str:
        """Return the picture as SVG text; boxes and edges have the ids of the scene.

        Raises
        ------
        RendererMissingError
            If Graphviz is not installed.
        """
        return self._svg

    def save(self, path: str | os.PathLike[str], dpi: float | None = None) -> Path:
        """Write the picture to a file; the ending selects the format.

        Parameters
        ----------
        path : path-like
            Ends in ``.svg``, ``.png``, ``.pdf``, ``.dot`` or ``.html``.
        dpi : float, optional
            Resolution of a PNG in pixels per inch. Default: 144, or less for a very large picture.

        Returns
        -------
        Path
            The path of the file.

        Raises
        ------
        OptionError
            For an unknown ending.
        SaveError
            If the file cannot be written.
        """
        suffix = Path(path).suffix.lower()
        if suffix in (".dot", ".gv"):
            return files.write(path, self.dot)
        if suffix == ".svg":
            return files.write(path, '<?xml version="1.0" encoding="UTF-8"?>\n' + self.svg() + "\n")
        if suffix == ".html":
            return files.write(path, self._page())
        if suffix == ".png":
            return files.write(path, self.png(dpi))
        if suffix == ".pdf":
            return files.write(path, render.render(self.dot, "pdf", timeout=self.timeout))
        raise OptionError(
            f"The ending of {str(path)!r} does not say what to write. Give a name that ends in .svg, .png, .pdf, .dot "
            "or .html."
        )

    def png(self, dpi: float | None = None) -> bytes:
        """Return the picture as PNG, with 144 pixels per inch by default, or fewer for a very large picture."""
        return render.render(self.dot, "png", dpi=dpi, size=svg.size(self.svg()), timeout=self.timeout)

    def _page(self) -> str:
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Computation graph</title>'
            '<meta name="viewport" content="width=device-width">'
            f"<style>body{{margin:1rem;background:{self.theme.background}}}</style></head>"
            f"<body>{self.svg()}</body></html>\n"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the picture in a notebook; show text if Graphviz is not installed."""
        try:
            if self.format == "png":
                return {"image/png": base64.b64encode(self.png()).decode("ascii"), "text/plain": repr(self)}
            made = self.svg()
        except (RendererMissingError, RenderError, SizeLimitError) as error:
            return {"text/plain": f"{self.text()}\n\n{error}"}
        image = base64.b64encode(made.encode("utf-8")).decode("ascii")
        shrink = "max-width:100%;height:auto" if svg.size(made)[0] <= WIDEST_SHRUNK else "max-width:none"
        shown = (
            f'<div style="overflow:auto;max-width:100%"><img alt="{escape(self.scene.title)}" '
            f'style="{shrink}" src="data:image/svg+xml;base64,{image}"></div>'
        )
        return {"text/html": shown, "image/svg+xml": made, "text/plain": repr(self)}

    def text(self) -> str:
        """Return the picture as text: one line for each box, as a tree of the parts of the model.

        >>> from autograd_core import Value
        >>> x = Value(3.0, label="x")
        >>> print(draw(x * x).text())
        Computation graph of v1: 1 given, 1 computed
        x  =          3.0000  ∇ —
        v1 = x * x =  9.0000  ∇ —
        """
        return text_outline.tree(self.scene)

    def __repr__(self) -> str:
        return f"<Drawing {self.scene.title.removeprefix('Computation graph ')}>"


def draw(
    root: Any,
    theme: str | Theme = "light",
    rankdir: str = "LR",
    partials: bool | Partials = True,
    color_by: Literal["kind", "gradient"] = "kind",
    format: Literal["svg", "png"] = "svg",
    max_nodes: int | None = MAX_NODES,
    timeout: float = render.TIMEOUT,
    collapse: Collapse = "auto",
    step: int | None = None,
) -> Drawing:
    """Draw everything a node was computed from.

    Every box shows a node's name, number and gradient ("—" before a sweep). Every edge shows the local partial
    derivative of the result by the operand. An operand that is used twice has two edges. Where the order of operands
    matters, edges enter at numbered positions. Parts of a model are frames around their nodes.

    Parameters
    ----------
    root : Value, Tensor or Program
        The output node, or a program; of a program its graph at the traced inputs is used.
    theme : {"light", "dark"} or Theme
        The colors.
    rankdir : {"LR", "TB", "RL", "BT"}
        The direction of results: to the right, below, to the left, above.
    partials : bool or {"numbers", "formulas", "both", "none"}
        The label of each edge.
    color_by : {"kind", "gradient"}
        What the color of a box shows: the kind of node, or its gradient, from blue (negative) over gray to orange. A
        bar shows the gradient without color.
    format : {"svg", "png"}
        The format in notebooks; the ending of a file selects the format of a saved picture.
    max_nodes : int or None
        The largest number of boxes for "auto". Parts of a larger graph are folded into one box each, and a line in the
        picture says so. None folds nothing and has no limit.
    timeout : float
        Time limit for Graphviz, in seconds.
    collapse : {"auto", "op", "neuron", "layer", "model"}, int, callable or None
        What to fold: "auto" takes the finest level that ``max_nodes`` allows. Or every neuron, layer or model, every
        part at a depth (1 is the outermost), or the parts for which ``collapse(scope)`` is true. None and "op" show
        every operation. A folded neuron shows its formula, its value and the norm of its gradient; "×100" means that it
        was used 100 times.
    step : int, optional
        Show the state after this many steps, from 0 to the number of ``viz.step(root).steps``. All steps share one
        layout. No ``grad`` changes.

    Returns
    -------
    Drawing
        Shows itself in notebooks; ``.save("x.svg")`` writes a file.

    Raises
    ------
    SizeLimitError
        If the graph has too many nodes, or too many boxes remain after folding. The check is fast; ``max_nodes=None``
        removes the first limit.
    OptionError
        For an invalid option.

    Examples
    --------
    >>> from autograd_core import Value
    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> drawing = draw(a / b, theme="dark", partials="both")
    >>> "1 / b = −0.3333" in drawing.dot
    True
    >>> draw(sum(a * float(i) for i in range(500))).scene.note
    '1,001 nodes shown as 4 boxes: what is repeated n times is ×n. Pass collapse=None or max_nodes=None to see all.'
    """
    shown = {True: "numbers", False: "none"}.get(partials, partials) if isinstance(partials, bool) else partials
    _one_of("partials", shown, ("numbers", "formulas", "both", "none"))
    _one_of("color_by", color_by, ("kind", "gradient"))
    _one_of("format", format, ("svg", "png"))
    if not isinstance(theme, Theme):
        theme = THEMES[_one_of("theme", theme, tuple(THEMES))]
    dot.checked(rankdir)
    look = (theme, rankdir, shown, color_by, format, timeout)
    if step is None:
        return Drawing(scene_of(root, collapse, max_nodes), *look)  # type: ignore[arg-type]
    frames = Frames(Reading(root, MOST_STEPPED, "A picture of a step", TOO_LARGE), None, collapse, max_nodes)
    return Drawing(frames[step].scene, *look, frames[step].marks, frames.widest)  # type: ignore[arg-type]


def _one_of(name: str, given: Any, allowed: tuple[str, ...]) -> str:
    if given not in allowed:
        raise OptionError(f"{name}={given!r} is none of the choices: {', '.join(map(repr, allowed))}.")
    return str(given)
