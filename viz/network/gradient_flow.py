"""Measure and draw the gradients of each layer: whether they vanish, and which units receive none.

>>> from nn import MLP
>>> from autograd_core import Value
>>> model = MLP(2, [3, 1], activation="tanh", rng=0)
>>> model([Value(0.5), Value(-1.0)]).backward()
>>> flow = gradient_flow(model)
>>> [(layer.name, layer.units, layer.count) for layer in flow.layers]
[('1 · tanh', 3, 9), ('2 · linear', 1, 4)]
>>> flow.save("flow.svg").name
'flow.svg'
"""

from __future__ import annotations

import base64
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from ..render import render
from ..render.shapes import Bar, Figure, Words
from ..style import files, labels
from ..style.errors import OptionError
from ..style.theme import THEMES, Theme, mix
from .model_view import Net, read

#: below this share of the largest layer's gradient, a layer learns very slowly
VANISHING = 1e-3
#: the most decades of the scale, and the most units drawn one by one
MOST_DECADES, MOST_UNITS = 12, 48
#: points
NAME, BARS, NUMBER, UNITS, ROW, HEAD, FOOT, MARGIN = 130.0, 270.0, 92.0, 200.0, 40.0, 62.0, 40.0, 18.0


@dataclass(frozen=True, slots=True)
class LayerFlow:
    """The gradients of the weights and biases of a layer.

    Attributes
    ----------
    name : str
        Its number and its activation.
    units, count : int
        The number of units, and of weights and biases.
    size : float or None
        The root mean square of the gradients; None before a sweep.
    largest : float or None
        The largest magnitude of a gradient.
    relative : float or None
        ``size`` divided by the root mean square of the weights.
    unit_sizes : tuple of float or None
        The root mean square of the gradients of each unit.
    verdict : {"", "no gradient", "zero", "vanishing", "not finite"}
        The problem found, in words.
    """

    name: str
    units: int
    count: int
    size: float | None
    largest: float | None
    relative: float | None
    unit_sizes: tuple[float | None, ...]
    verdict: str = ""

    @property
    def silent(self) -> int:
        """Return the number of units whose gradients are all exactly 0, so that no weight of them learns."""
        return sum(size == 0.0 for size in self.unit_sizes)


class GradientFlow:
    """A picture of the gradients of a network, layer by layer.

    Attributes
    ----------
    layers : tuple of LayerFlow
        From the inputs to the outputs.
    theme : Theme
    title : str
    """

    def __init__(self, layers: tuple[LayerFlow, ...], theme: Theme, title: str) -> None:
        self.layers, self.theme, self.title = layers, theme, title

    def svg(self) -> str:
        """Return the picture as SVG text; it needs no Graphviz."""
        return self._figure().svg(self.theme.background)

    def save(self, path: str | os.PathLike[str], dpi: float | None = None) -> Path:
        """Write the picture to a file: ``.svg``, or, with Graphviz, ``.png`` or ``.pdf``."""
        suffix = Path(path).suffix.lower()
        figure = self._figure()
        if suffix == ".svg":
            return files.write(path, '<?xml version="1.0" encoding="UTF-8"?>\n' + self.svg() + "\n")
        if suffix in (".png", ".pdf"):
            source = figure.dot(self.theme.background)
            return files.write(path, render.render(source, suffix[1:], dpi=dpi, size=(figure.width, figure.height)))
        raise OptionError(
            f"The ending of {str(path)!r} does not say what to write. Give a name that ends in .svg, .png or .pdf."
        )

    def text(self) -> str:
        """Return the numbers as a table.

        >>> from nn import MLP
        >>> print(gradient_flow(MLP(1, [2, 1], rng=0)).text())
        MLP: gradient of each layer
        layer       units  numbers  size  largest  relative to weights
        1 · relu        2        4     —        —                    —  no gradient
        2 · linear      1        3     —        —                    —  no gradient
        """
        rows = [("layer", "units", "numbers", "size", "largest", "relative to weights", "")]
        for layer in self.layers:
            sizes = (labels.gradient(x) for x in (layer.size, layer.largest, layer.relative))
            rows.append((layer.name, str(layer.units), str(layer.count), *sizes, _remark(layer)))  # type: ignore[arg-type]
        wide = [max(labels.width(row[i]) for row in rows) for i in range(7)]
        lines = ["  ".join(labels.pad(row[i], wide[i], right=0 < i < 6) for i in range(7)).rstrip() for row in rows]
        return "\n".join([self.title, *lines])

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        image = base64.b64encode(self.svg().encode("utf-8")).decode("ascii")
        shown = (
            f'<img alt="{escape(self.text())}" style="max-width:100%;height:auto" '
            f'src="data:image/svg+xml;base64,{image}">'
        )
        return {"text/html": shown, "text/plain": self.text()}

    # The figure

    def _figure(self) -> Figure:
        height = HEAD + ROW * len(self.layers) + FOOT
        width = 2 * MARGIN + NAME + BARS + NUMBER + UNITS
        return Figure(width, height, self.title, list(self._shapes(height)))

    def _shapes(self, height: float) -> Iterator[Bar | Words]:
        theme, left, right = self.theme, MARGIN + NAME, MARGIN + NAME + BARS + NUMBER
        yield Words(MARGIN, 24.0, self.title, theme.text, size=13.0, bold=True)
        yield Words(left, HEAD - 14, "root mean square, with a tick at the largest", theme.muted, size=9.0)
        few = f", the first {MOST_UNITS}" if any(layer.units > MOST_UNITS for layer in self.layers) else ""
        yield Words(right, HEAD - 14, f"unit by unit{few}", theme.muted, size=9.0)
        low, high = self._decades()
        step = max(1, (high - low) // 6)
        for decade in range(low, high + 1, step):
            x = left + BARS * (decade - low) / (high - low)
            yield Bar(x - 0.3, HEAD - 6, 0.6, height - HEAD - FOOT + 12, theme.group_border, "rule")
            yield Words(x, height - FOOT + 20, f"1e{decade}".replace("-", "−"), theme.muted, "middle", 9.0)
        for i, layer in enumerate(self.layers):
            yield from self._row(layer, HEAD + ROW * i, low, high)

    def _row(self, layer: LayerFlow, top: float, low: int, high: int) -> Iterator[Bar | Words]:
        theme, left, right = self.theme, MARGIN + NAME, MARGIN + NAME + BARS + NUMBER
        yield Words(MARGIN, top + 17, layer.name, theme.text, bold=True)
        yield Words(MARGIN, top + 29, f"{layer.units} units" if layer.units > 1 else "1 unit", theme.muted, size=9.0)
        share = _share(layer.size, low, high)
        if share:
            yield Bar(left, top + 8, BARS * share, 20.0, mix(theme.neutral, theme.positive, share))
            at = left + BARS * _share(layer.largest, low, high)
            yield Bar(at - 1.0, top + 5, 2.0, 26.0, theme.text, "tick")
        remark = _remark(layer)
        yield Words(left + BARS + 10, top + (17 if remark else 22), labels.gradient(layer.size), theme.text)
        if remark:
            yield Words(left + BARS + 10, top + 29, remark, theme.accent, size=9.0, bold=True)
        shown = layer.unit_sizes[:MOST_UNITS]
        pitch = min(14.0, UNITS / max(len(shown), 1))
        for i, size in enumerate(shown):
            tall = 26.0 * _share(size, low, high)
            x, ink = right + pitch * i, mix(theme.neutral, theme.positive, tall / 26.0)
            if tall:
                yield Bar(x, top + 31 - tall, 0.78 * pitch, tall, ink, "unit")
            yield Bar(x, top + 31, 0.78 * pitch, 1.2, theme.accent if size == 0.0 else theme.group_border, "foot")

    def _decades(self) -> tuple[int, int]:
        """Return the powers of ten that bound the scale."""
        found = (x for layer in self.layers for x in (layer.size, layer.largest, *layer.unit_sizes))
        sizes = [x for x in found if x and math.isfinite(x)]
        if not sizes:
            return -3, 1
        high = math.ceil(math.log10(max(sizes)) + 1e-9)
        low = math.floor(math.log10(min(sizes)) - 1e-9)
        return max(min(low, high - 2), high - MOST_DECADES), high


def gradient_flow(model: Any, theme: str | Theme = "light") -> GradientFlow:
    """Draw the size of the gradients of each layer: bars on a logarithmic scale.

    The numbers are those of the last ``backward()``. Bars that shrink by decades toward the first layer show a
    vanishing gradient. A unit without a bar has gradient 0 for all its weights, as a dead ReLU has.

    Parameters
    ----------
    model : MLP, Layer, Neuron, DAGNetwork, Linear or Sequential
        The network.
    theme : {"light", "dark"} or Theme
        The colors.

    Returns
    -------
    GradientFlow
        Shows itself in notebooks and terminals; ``.layers``, ``.save("flow.svg")``.

    Raises
    ------
    OptionError
        For a model without layers, or an unknown theme.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn import MLP
    >>> model = MLP(1, [2, 1], init=[[[1.0], [-1.0]], [[1.0, 1.0]]])
    >>> model([Value(2.0)]).backward()
    >>> gradient_flow(model).layers[0].silent
    1
    """
    if not isinstance(theme, Theme):
        if theme not in THEMES:
            raise OptionError(f"theme={theme!r} is none of the choices: {', '.join(map(repr, THEMES))}.")
        theme = THEMES[theme]
    net = read(model)
    layers = [_layer(net, c) for c in range(1, len(net.columns))]
    largest = max((layer.size for layer in layers if layer.size is not None and layer.size == layer.size), default=0.0)
    return GradientFlow(
        tuple(_judged(layer, largest) for layer in layers), theme, f"{type(model).__name__}: gradient of each layer"
    )


def _layer(net: Net, c: int) -> LayerFlow:
    column = net.columns[c]
    everyone = range(len(column.units))
    weights: list[list[float]] = [[] for _ in everyone]
    grads: list[list[float | None]] = [[] for _ in everyone]
    for a in range(c):
        for _, j, weight, grad in net.links(a, c, range(len(net.columns[a].units)), everyone):
            weights[j].append(weight)
            grads[j].append(grad)
    for j, bias in enumerate(column.biases):
        if bias is not None:
            weights[j].append(bias[0])
            grads[j].append(bias[1])
    flat = [g for unit in grads for g in unit]
    size, of_weights = _root_mean_square(flat), _root_mean_square([w for unit in weights for w in unit])
    return LayerFlow(
        name=labels.clean(f"{c} · {column.caption}", 22),
        units=len(column.units),
        count=len(flat),
        size=size,
        largest=None if size is None else max(abs(g) for g in flat if g is not None),
        relative=size / of_weights if size is not None and of_weights else None,
        unit_sizes=tuple(map(_root_mean_square, grads)),
    )


def _judged(layer: LayerFlow, largest: float) -> LayerFlow:
    if layer.size is None:
        verdict = "no gradient"
    elif not math.isfinite(layer.size):
        verdict = "not finite"
    elif not layer.size:
        verdict = "zero"
    else:
        verdict = "vanishing" if layer.size < VANISHING * largest else ""
    return replace(layer, verdict=verdict)


def _root_mean_square(numbers: Any) -> float | None:
    """Return the root mean square without overflow; None if a number is missing."""
    known = [x for x in numbers if x is not None]
    return math.hypot(*known) / math.sqrt(len(known)) if known else None


def _share(size: float | None, low: int, high: int) -> float:
    """Return the position of a size on the scale, from 0 to 1."""
    if not size or size != size:
        return 0.0
    return 1.0 if size == math.inf else max(0.02, min(1.0, (math.log10(size) - low) / (high - low)))


def _remark(layer: LayerFlow) -> str:
    """Return the problem of a layer, as the text beside its number."""
    if layer.verdict:
        return layer.verdict
    return f"{layer.silent} unit{'s' * (layer.silent > 1)} at 0" if layer.silent else ""
