"""Choose what notebooks show of nodes, programs, models and training: a picture if it is small enough, else text.

Importing ``viz`` registers these in ``autograd_core.graph.display``. Terminals show text.
"""

from __future__ import annotations

import base64
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

import numpy as np

from autograd_core import Program
from autograd_core.errors import AutogradError
from autograd_core.graph.display import register_display
from autograd_core.graph.node import Node

from ..drawing.drawing import draw
from ..scene import overview
from ..style import labels
from ..style.theme import LIGHT
from . import rich_text
from . import sparklines as sparks

#: A larger graph is counted, not drawn, because displaying it must not take a second.
MOST_NODES = 5_000
#: Parts of a graph with more boxes are folded.
MOST_BOXES = 100
#: The largest number of characters in a bundle, which a notebook file stores for each cell.
BUDGET = 400_000
#: The largest number of lines of text and rows of a table; the first ones are shown.
LINES, ROWS = 40, 60
#: Time limit for Graphviz, in seconds.
PATIENCE = 5.0

Bundle = dict[str, Any]


def register() -> None:
    """Register the displays of nodes, programs, models and training, without importing ``nn``."""
    register_display(Node, node_bundle, draw, rich_node)
    register_display(Program, program_bundle, None, _rich(program_bundle))
    register_display("nn.models.module.Module", model_bundle, _network, _rich(model_bundle))
    register_display("nn.training.history.History", history_bundle, None, _rich(history_bundle))


def node_bundle(node: Node, pictures: bool = True) -> Bundle:
    """Return the text and the graph of a Value or Tensor."""
    if node.is_leaf:
        return {"text/plain": repr(node)}
    count = count_nodes(node)
    if count is None:
        return _bundle(
            [
                repr(node),
                f"Computed from more than {MOST_NODES:,} nodes, which are not drawn by themselves: viz.draw folds "
                "parts of them, and viz.text says the same in words.",
            ]
        )
    return _bundle([repr(node), overview.text(node, max_nodes=MOST_BOXES)], (lambda: _draw(node)) if pictures else None)


def rich_node(node: Node) -> Any:
    """Return the graph of a Value or Tensor as a tree for rich, if it is small enough."""
    if node.is_leaf or count_nodes(node) is None:
        return rich_text.colored(node_bundle(node, pictures=False)["text/plain"])
    return rich_text.tree(overview.scene_of(node, max_nodes=MOST_BOXES))


def _rich(bundle: Callable[..., Bundle]) -> Callable[[Any], Any]:
    return lambda thing: rich_text.colored(bundle(thing, pictures=False)["text/plain"])


def program_bundle(program: Program, pictures: bool = True) -> Bundle:
    """Return the evaluation trace and the graph of a program, at the traced inputs."""
    head = repr(program)
    if len(program) > ROWS:
        counts = Counter(op.name for op, _ in program.recording.tape.steps).most_common()
        kinds = ", ".join(f"{count:,} {name}" for name, count in counts)
        text, table = [f"{head}\n{kinds}; .table(), .source() and .draw() show them"], ""
    else:
        trace = program.table()
        text, table = [head, str(trace)], trace.html()
    has_graph = pictures and len(program) <= MOST_NODES and program.recording.output_structure == 0
    picture = (lambda: _draw(program.graph())) if has_graph else None
    return _bundle(text, picture, table)


def model_bundle(model: Any, pictures: bool = True) -> Bundle:
    """Return the parts of a model with their sizes, and a picture of its units and weights."""
    return _bundle([outline(model)], (lambda: _network(model)) if pictures else None)


def history_bundle(history: Any, pictures: bool = True) -> Bundle:
    """Return the columns of a training history as small curves, with their first, best and last numbers."""
    columns = {name: history[name] for name in dict.fromkeys(name for record in history.epochs for name in record)}
    if not columns:
        return {"text/plain": repr(history)}
    wide = max(map(len, columns))
    rows = [
        f"{name:{wide}}  {sparks.spark(x)}  {labels.number(x[0])} → {labels.number(x[-1])}"
        for name, x in columns.items()
    ]
    if not pictures:
        return _bundle([repr(history), "\n".join(rows)])
    curves = [_image(sparks.curve(x, name, LIGHT), name) for name, x in columns.items() if len(x) > 1 and name != "lr"]
    return _bundle([repr(history), "\n".join(rows)], None, "".join(curves[:12]))


def outline(model: Any) -> str:
    """Return a model as text: one line for each part, and for each parameter outside the parts.

    >>> from nn import MLP
    >>> print(outline(MLP(2, [3, 1], rng=0)))
    MLP: 13 parameters
    layer0  9  Layer of [ReLUNeuron(2), ReLUNeuron(2), ReLUNeuron(2)]
    layer1  4  Layer of [LinearNeuron(3)]
    """
    parts = [(name, _size(part), repr(part)) for name, part in model.named_children()]
    parts += [(name, np.size(x), _numbers(x)) for name, x in model.state_dict().items() if "." not in name]
    wide = [max((len(str(row[i])) for row in parts), default=0) for i in range(2)]
    rows = [f"{name:{wide[0]}}  {size:>{wide[1]}}  {_cut(text)}" for name, size, text in parts]
    size = _size(model)
    return "\n".join([f"{type(model).__name__}: {size:,} parameters" if size else repr(model), *rows])


def count_nodes(root: Node) -> int | None:
    """Return the number of ancestors of a node, itself included; None above the limit."""
    seen = {root}
    waiting = [root]
    while waiting and len(seen) <= MOST_NODES:
        for parent in waiting.pop().parents:
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return len(seen) if len(seen) <= MOST_NODES else None


def _draw(node: Node) -> Any:
    return draw(node, timeout=PATIENCE, max_nodes=MOST_BOXES)


def _network(model: Any, **options: Any) -> Any:
    from ..network.network_drawing import draw_network

    return draw_network(model, **options)


def _bundle(text: Iterable[str], picture: Callable[[], Any] | None = None, extra: str = "") -> Bundle:
    """Return text, and as HTML the text with a picture that fits into the limit."""
    first, *rest = text
    plain = "\n\n".join([first, *map(_shortened, rest)]) if rest else _shortened(first)
    bundle: Bundle = {"text/plain": plain}
    if _text_only():
        return bundle
    found = _picture(picture) if picture else ""
    words = first if found or extra else plain
    for parts in ((extra, found), (extra,), (found,)):
        html = f'<pre style="white-space:pre-wrap">{escape(words)}</pre>' + "".join(parts)
        if any(parts) and len(html) + len(plain) <= BUDGET:
            return bundle | {"text/html": html}
    return bundle


def _picture(picture: Callable[[], Any]) -> str:
    """Return a picture as HTML; nothing if it cannot be drawn, because the user did not request it."""
    try:
        return str(picture()._repr_mimebundle_().get("text/html", ""))
    except AutogradError:
        return ""


def _image(svg: str, title: str) -> str:
    encoded = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return f'<img alt="{escape(title)}" src="data:image/svg+xml;base64,{encoded}">'


def _text_only() -> bool:
    """Return whether this is IPython in a terminal, which cannot show pictures."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    formatter = getattr(shell, "display_formatter", None)
    return formatter is not None and list(formatter.active_types) == ["text/plain"]


def _shortened(text: str) -> str:
    lines = text.split("\n")
    return text if len(lines) <= LINES else "\n".join([*lines[:LINES], f"… {len(lines) - LINES:,} lines more"])


def _size(module: Any) -> int:
    return sum(getattr(p.data, "size", 1) for p in module.parameters())


def _numbers(x: Any) -> str:
    return " ".join(np.array2string(np.asarray(x), precision=4, threshold=8).split())


def _cut(text: str, width: int = 80) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
