"""Record ``detach()`` while a function is traced.

``x.detach()`` returns a leaf with the number of ``x``. In a traced function this number changes with the input, so the
leaf must remember its source; but no gradient flows back.
"""

from __future__ import annotations

import operator
import threading
from typing import Any

import numpy as np

from ..records.primitive import Form, Pointwise
from .node import OBSERVERS

#: Not in the TABLE: its derivative is not that of the identity, so the laws do not apply.
DETACHED = Pointwise(
    name="detached",
    text=Form("detached({0:0})"),
    textbook=Form("detached({0:0})"),
    summary="the number itself, through which no derivative goes",
    scalar=operator.pos,
    array=np.positive,
    partials=(lambda m, y, x: 0.0,),
    selects=True,
)


def remember(leaf: Any, source: Any) -> Any:
    """Return a detached leaf; if this thread traces a function, recorded as an operation on its source."""
    if threading.get_ident() in OBSERVERS:
        leaf.op, leaf._a, leaf._da, leaf._db = DETACHED, source, 0.0, 0.0
    return leaf
