"""Choose how much of a graph to draw: all of it, folded groups, or an error above the size limit.

>>> from autograd_core import Value
>>> scene_of(sum(Value(float(i)) for i in range(500))).note
'1,000 nodes shown as 3 boxes: what is repeated n times is ×n. Pass collapse=None or max_nodes=None to see all.'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..style.errors import SizeLimitError
from . import text_outline
from .boxes import Scene
from .folding import Collapse, Folding, fold
from .graph_view import Reading
from .repeated_blocks import merged
from .scene import build

#: with more boxes than this, parts of the graph are folded
MAX_NODES = 300
#: more boxes than this are hard to read in one picture, and take Graphviz seconds
MOST_DRAWN = 1000
#: more boxes than this take Graphviz minutes, so they are always refused
MOST_BOXES = 5000
#: above this number of nodes, reading the graph takes more than a second
MOST_READ = 100_000

TOO_LARGE = (
    "So many boxes cannot be read. Draw an intermediate node, whose graph is smaller, or use draw(), which folds parts "
    "of it; max_nodes=None draws it all the same, which can take Graphviz minutes."
)
TOO_LONG = (
    "Draw an intermediate node, whose graph is smaller; collapse='model' with max_nodes=None reads it all, some ten "
    "seconds for a million nodes."
)


def text(root: Any, collapse: Collapse = "auto", max_nodes: int | None = MAX_NODES) -> str:
    """Return the content of ``draw`` as text: one line for each box, as a tree of the parts of the model.

    Parameters
    ----------
    root : Value, Tensor or Program
        The output node, or a program; of a program its graph at the traced inputs is used.
    collapse, max_nodes
        What to fold, as in ``draw``.

    Examples
    --------
    >>> from autograd_core import Value, scope
    >>> x, w = Value(3.0, label="x"), Value(0.5, label="w")
    >>> with scope("neuron") as part:
    ...     part.tag(y := (w * x).tanh())
    >>> print(text(1.0 - y))
    Computation graph of v3: 2 given, 3 computed
    x    =             3.0000  ∇ —
    w    =             0.5000  ∇ —
    neuron
      v1 = w * x =     1.5000  ∇ —
      v2 = tanh(v1) =  0.9051  ∇ —
    v3   = 1 - v2 =    0.0949  ∇ —
    """
    return text_outline.tree(scene_of(root, collapse, max_nodes))


def scene_of(root: Any, collapse: Collapse = "auto", max_nodes: int | None = MAX_NODES) -> Scene:
    """Return the scene of the graph of a node, folded as in ``draw``."""
    reading = Reading(root, None if max_nodes is None else MOST_READ, remedy=TOO_LONG, limit_name="")
    return folded(reading, collapse, max_nodes)


def folded(
    reading: Reading,
    collapse: Collapse = "auto",
    max_nodes: int | None = MAX_NODES,
    gradients: Mapping[str, Any] | None = None,
) -> Scene:
    """Return the scene of a graph view, folded as in ``draw``.

    Raises
    ------
    SizeLimitError
        If more boxes remain than can be laid out in a minute.
    """
    return build(reading, gradients, folding_of(reading, collapse, max_nodes))


def folding_of(reading: Reading, collapse: Collapse = "auto", max_nodes: int | None = MAX_NODES) -> Folding:
    """Return the folding of a graph; raise ``SizeLimitError`` if too many boxes remain."""
    folding = fold(reading.paths, collapse, max_nodes, lambda keys: merged(reading.order, reading.paths, keys))
    if max_nodes is not None and folding.boxes > MOST_BOXES:
        raise SizeLimitError(
            f"This picture would have {folding.boxes:,} boxes; more than {MOST_BOXES:,} take Graphviz minutes. "
            "collapse='auto' folds as much as it takes to read it; max_nodes=None draws it all the same."
        )
    return folding
