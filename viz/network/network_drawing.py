"""Draw networks: units as circles, weights as signed lines, column by column.

>>> from nn import MLP
>>> model = MLP(2, [3, 1], activation="tanh", rng=0)
>>> picture = draw_network(model, x=[0.5, -1.0])
>>> picture
<NetworkDrawing of MLP: 2-3-1 units, 9 weights, 4 biases>
>>> picture.save("network.svg").name
'network.svg'
"""

from __future__ import annotations

import base64
import math
import os
from collections import Counter
from html import escape
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from autograd_core import Tensor, no_grad

from ..render import render
from ..style import files, labels
from ..style.errors import OptionError
from ..style.theme import THEMES, Theme
from . import diagram_svg
from .diagram import Diagram, Link, Unit, arrange
from .model_view import Floats, Net, read


class NetworkDrawing:
    """A picture of a network. It needs no Graphviz, except for PNG and PDF.

    Attributes
    ----------
    diagram : Diagram
        The content and the layout.
    theme : Theme
    title : str
    """

    def __init__(self, diagram: Diagram, theme: Theme, title: str, gradient: bool = False) -> None:
        self.diagram, self.theme, self.title, self._gradient = diagram, theme, title, gradient

    @property
    def dot(self) -> str:
        """Return the picture as DOT text with all positions."""
        return diagram_svg.to_dot(self.diagram, self.theme, self.title, self._gradient)

    def svg(self) -> str:
        """Return the picture as SVG text; the same text for the same network, on any machine."""
        return diagram_svg.to_svg(self.diagram, self.theme, self.title, self._gradient)

    def save(self, path: str | os.PathLike[str], dpi: float | None = None) -> Path:
        """Write the picture to a file that ends in ``.svg``, ``.png``, ``.pdf`` or ``.dot``.

        Raises
        ------
        OptionError
            For an unknown ending.
        RendererMissingError
            For a PNG or PDF, if Graphviz is not installed.
        """
        suffix = Path(path).suffix.lower()
        if suffix == ".svg":
            return files.write(path, '<?xml version="1.0" encoding="UTF-8"?>\n' + self.svg() + "\n")
        if suffix in (".dot", ".gv"):
            return files.write(path, self.dot)
        if suffix in (".png", ".pdf"):
            size = (self.diagram.width, self.diagram.height + 22.0)
            return files.write(path, render.render(self.dot, suffix[1:], dpi=dpi, size=size))
        raise OptionError(
            f"The ending of {str(path)!r} does not say what to write. Give a name that ends in .svg, .png, .pdf or "
            ".dot."
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        image = base64.b64encode(self.svg().encode("utf-8")).decode("ascii")
        shown = (
            f'<div style="overflow:auto;max-width:100%"><img alt="{escape(self.title)}" '
            f'style="max-width:100%;height:auto" src="data:image/svg+xml;base64,{image}"></div>'
        )
        return {"text/html": shown, "text/plain": self.text()}

    def text(self) -> str:
        """Return the picture as text, one line for each unit.

        >>> from nn import MLP
        >>> print(draw_network(MLP(1, [2, 1], init=[[[1.0], [-1.0]], [[0.5, 0.25]]]), x=[3.0]).text())
        MLP: 1-2-1 units, 4 weights, 3 biases
        input   x1    3.0000
        relu    1,1   3.0000  from x1 (1.0000)
        relu    1,2   0.0000  from x1 (−1.0000)  off
        linear  y     1.5000  from 1,1 (0.5000), 1,2 (0.2500)
        """
        name = {unit.id: unit.name or unit.id[1:].replace("_", ",") for unit in self.diagram.units}
        name = {id: f"{int(n.split(',')[0])},{int(n.split(',')[1]) + 1}" if "," in n else n for id, n in name.items()}
        entering: dict[str, list[str]] = {}
        for link in self.diagram.links:
            number = link.grad if self._gradient else link.weight
            entering.setdefault(link.target, []).append(f"{name[link.source]} ({labels.gradient(number)})")
        rows = []
        for unit in self.diagram.units:
            came = entering.get(unit.id, [])
            few = ", ".join(came[:6]) + (f", … {len(came) - 6} more" if len(came) > 6 else "")
            value = "" if unit.value is None else labels.number(unit.value)
            rows.append(
                (self.diagram.captions[unit.column][1], name[unit.id], value, few and f"from {few}", unit.state)
            )
        wide = [max(labels.width(row[i]) for row in rows) for i in range(3)]
        lines = [
            "  ".join(
                [labels.pad(a, wide[0]), labels.pad(b, wide[1]), labels.pad(v, wide[2], right=True), few, state]
            ).rstrip()
            for a, b, v, few, state in rows
        ]
        return "\n".join([self.title, *lines])

    def __repr__(self) -> str:
        return f"<NetworkDrawing of {self.title}>"


def draw_network(
    model: Any,
    x: ArrayLike | None = None,
    *,
    data: ArrayLike | None = None,
    color_by: Literal["weight", "gradient"] = "weight",
    theme: str | Theme = "light",
    max_units: int = 10,
) -> NetworkDrawing:
    """Draw a network: its units column by column, and a line for every weight.

    A larger weight has a wider line and a stronger color. Blue and dashed is negative, orange and solid is positive. A
    bias is a square at its circle, hollow if negative. The curve in a circle is its activation.

    Parameters
    ----------
    model : MLP, Layer, Neuron, DAGNetwork, Sequential, Linear or Perceptron
    x : sequence of numbers, optional
        One sample; its values are written into the circles. Units with output 0 have a dashed border.
    data : array_like, shape (samples, features), optional
        Samples; units whose output is 0 for all of them are marked as dead.
    color_by : {"weight", "gradient"}
        What lines and squares show: the parameters, or their gradients after ``backward()``.
    theme : {"light", "dark"} or Theme
    max_units : int
        The largest number of units drawn in a column, at least 2; the others are counted.

    Returns
    -------
    NetworkDrawing
        Shows itself in notebooks; ``.save("x.svg")`` writes a file.

    Raises
    ------
    OptionError
        For a model without layers, a sample of another length, or an invalid option.
    """
    if color_by not in ("weight", "gradient"):
        raise OptionError(f"color_by={color_by!r} is none of the choices: 'weight', 'gradient'.")
    if not isinstance(theme, Theme):
        if theme not in THEMES:
            raise OptionError(f"theme={theme!r} is none of the choices: {', '.join(map(repr, THEMES))}.")
        theme = THEMES[theme]
    if max_units < 2:
        raise OptionError(f"max_units is a whole number of at least 2, not {max_units!r}.")
    diagram = diagram_of(model, x, data, max_units)
    return NetworkDrawing(diagram, theme, _title(model, diagram), color_by == "gradient")


def _title(model: Any, diagram: Diagram) -> str:
    """Return the kind of network and its sizes, hidden units included."""
    sizes: Counter[int] = Counter()
    for unit in diagram.units:
        sizes[unit.column] += int(unit.name.split()[0]) if unit.kind == "more" else 1
    whole = sum(unit.kind == "more" for unit in diagram.units) == 0
    weights, biases = len(diagram.links), sum(unit.bias is not None for unit in diagram.units)
    shown = "" if whole else " shown"
    counted = f"{weights} weight{'s' * (weights != 1)}" + (f", {biases} bias{'es' * (biases != 1)}" if biases else "")
    return f"{type(model).__name__}: {'-'.join(str(sizes[c]) for c in sorted(sizes))} units, {counted}{shown}"


# From a model to its diagram


def diagram_of(model: Any, x: ArrayLike | None = None, data: ArrayLike | None = None, max_units: int = 10) -> Diagram:
    """Return the diagram of a model; see ``draw_network``."""
    net = read(model)
    shown = [_shown(len(column.units), max_units) for column in net.columns]
    width = len(net.columns[0].units)
    sample = None if x is None else net.outputs(_rows(x, width, one=True))
    made = None if data is None else net.outputs(_rows(data, width))
    units: list[Unit] = []
    for c, column in enumerate(net.columns):
        hidden = len(column.units) - len(shown[c])
        for place, u in enumerate(shown[c]):
            if hidden and place == len(shown[c]) - 1:
                units.append(Unit(f"u{c}_more", c, f"{hidden} more", "more"))
            units.append(_unit(net, c, u, sample, made))
    links = [
        Link(f"l{a}_{i}_{b}_{j}", f"u{a}_{i}", f"u{b}_{j}", weight, grad)
        for b in range(1, len(net.columns))
        for a in range(b)
        for i, j, weight, grad in net.links(a, b, shown[a], shown[b])
    ]
    counted = [
        f"{column.caption} · {len(column.units)}" if len(column.units) > len(shown[c]) else column.caption
        for c, column in enumerate(net.columns)
    ]
    return arrange(units, links, counted)


def _unit(net: Net, c: int, u: int, sample: list[Floats] | None, made: list[Floats] | None) -> Unit:
    column = net.columns[c]
    kind = "input" if not c else "output" if (c, u) in net.final else "hidden"
    value = None if sample is None else float(sample[c][0, u])
    activation = column.activations[u] if column.activations else None
    bias = column.biases[u] if column.biases else None
    state = "off" if c and kind == "hidden" and value == 0.0 else ""
    if c and kind == "hidden" and made is not None and bool((made[c][:, u] == 0.0).all()):
        state = "dead"
    return Unit(
        f"u{c}_{u}", c, column.units[u], kind, activation.name if activation is not None else "",
        _curve(activation), value, bias and bias[0], bias and bias[1], state,
    )  # fmt: skip


def _curve(activation: Any) -> tuple[float, ...]:
    """Return a function between -3 and 3, scaled to 0 … 1, for the curve in the circle; None for the identity."""
    if activation is None or activation.name in ("linear", "softmax", "prelu"):
        return ()
    try:
        with no_grad():
            y = np.asarray(activation.function(Tensor(np.linspace(-3.0, 3.0, 25))).data, dtype=float)
    except Exception:  # a user's function may not accept arrays, and the picture does not need its curve
        return ()
    low, high = float(np.min(y)), float(np.max(y))
    return tuple(((y - low) / (high - low)).round(3).tolist()) if math.isfinite(high - low) and high > low else ()


def _shown(units: int, most: int) -> list[int]:
    return list(range(units)) if units <= most else [*range(most - 1), units - 1]


def _rows(x: ArrayLike, width: int, one: bool = False) -> Floats:
    rows = np.asarray(x, dtype=np.float64)
    rows = rows.reshape(1, -1) if one and rows.ndim < 2 else rows.reshape(len(rows), -1)
    if rows.shape[1] != width or (one and len(rows) != 1):
        what = "a sample" if one else "each row of the data"
        raise OptionError(f"This network has {width} inputs, so {what} has {width} numbers, not shape {np.shape(x)}.")
    return rows
