"""Draw graphs as micrograd's notebook does: a ``graphviz.Digraph`` that shows itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import graphviz

from ..render import render
from ..render.dot import checked, escape
from ..scene.boxes import Scene
from ..scene.graph_view import Reading
from ..scene.overview import MOST_DRAWN, TOO_LARGE
from ..scene.scene import build
from ..style.errors import OptionError

Renderer = Callable[[str, str], bytes]


class Picture(graphviz.Digraph):  # type: ignore[misc]
    """A ``graphviz.Digraph`` with its own renderer, for machines without the system's ``dot``."""

    renderer: Renderer | None = None

    def pipe(self, format: str | None = None, *, encoding: str | None = None, **named: Any) -> Any:
        """Return the picture as bytes, or as text if an encoding is given."""
        if self.renderer is None:
            return super().pipe(format, encoding=encoding, **named)
        made = self.renderer(self.source, format or self.format)
        return made if encoding is None else made.decode(encoding)

    def render(
        self,
        filename: Any = None,
        directory: Any = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        *,
        outfile: Any = None,
        **named: Any,
    ) -> str:
        """Save the DOT source and the picture; return the path of the picture."""
        if self.renderer is None:
            named |= {"directory": directory, "view": view, "cleanup": cleanup, "format": format, "outfile": outfile}
            path: str = super().render(filename, **named)
            return path
        suffix = format or (Path(outfile).suffix[1:] if outfile else "") or self.format
        source = self.save(filename, directory=directory)
        target = Path(outfile) if outfile else Path(f"{source}.{suffix}")
        target.write_bytes(self.pipe(suffix))
        if cleanup:
            Path(source).unlink()
        if view:
            graphviz.view(str(target))
        return str(target)


def draw_dot(root: Any, format: str = "svg", rankdir: str = "LR", max_nodes: int | None = MOST_DRAWN) -> Picture:
    """Return the graph as a ``graphviz.Digraph``, as micrograd's notebook does.

    Two details differ: ``a * a`` has two edges, and a gradient that was not computed is "—", not 0. The system's
    ``dot`` renders it if it is installed, else the pygraphviz wheel.

    Parameters
    ----------
    root : Value, Tensor or Program
        The output node, or a program; of a program its graph at the traced inputs is used.
    format : {"svg", "png", "pdf", ...}
        The format of ``render()`` and ``pipe()``.
    rankdir : {"LR", "TB", "RL", "BT"}
        The direction of results.
    max_nodes : int or None
        The largest graph to draw; None for no limit.

    Examples
    --------
    >>> from autograd_core import Value
    >>> a = Value(3.0, label="a")
    >>> print(draw_dot(a * a).source)
    digraph micrograd {
        graph [rankdir=LR]
        n0 [label="{ a | data 3.0000 | grad — }" shape=record]
        n1 [label="{  | data 9.0000 | grad — }" shape=record]
        n1op [label="*"]
        n1op -> n1
        n0 -> n1op
        n0 -> n1op
    }
    """
    renderer = None if render.available() == "dot" else render.render
    return micrograd(build(Reading(root, max_nodes, remedy=TOO_LARGE)), rankdir, format, renderer)


def micrograd(scene: Scene, rankdir: str = "LR", format: str = "svg", renderer: Renderer | None = None) -> Picture:
    """Return a scene in micrograd's style: a record for every number, an ellipse for every operation.

    Unlike in micrograd, an operand that is used twice has two edges, and a gradient that was not computed is a dash.
    """
    if format not in graphviz.FORMATS:
        raise OptionError(f"format={format!r} is not one that Graphviz writes. Write 'svg', 'png' or 'pdf'.")
    graph = Picture("micrograd", format=format, graph_attr={"rankdir": checked(rankdir)})
    graph.renderer = renderer
    powers = {edge.head: edge.tail for edge in scene.edges if edge.slot == 1 and edge.tail.startswith("c")}
    exponents = {box.id: powers.get(box.id, "") for box in scene.boxes if box.operator == "**"}
    names = {box.id: box.name for box in scene.boxes}
    in_symbol = set(exponents.values())
    for box in scene.boxes:
        if box.kind == "constant":
            if box.id not in in_symbol:
                graph.node(box.id, label=f"{{ data {_ascii(box.name)} }}", shape="record")
            continue
        label = f"{{ {escape(box.label)} | data {_ascii(box.data)} | grad {_ascii(box.grad)} }}"
        graph.node(box.id, label=label, shape="record")
        if box.operator:
            operation = f"{box.id}op"
            graph.node(operation, label=escape(box.operator + _ascii(names.get(exponents.get(box.id, ""), ""))))
            graph.edge(operation, box.id)
    for edge in scene.edges:
        if edge.tail not in in_symbol:
            graph.edge(edge.tail, f"{edge.head}op")
    return graph


def _ascii(number: str) -> str:
    """Return a number with a hyphen as minus sign, as micrograd prints it."""
    return number.replace("−", "-")
