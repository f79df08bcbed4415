"""A number cut off from its history, while a function is traced.

``x.detach()`` gives a leaf with the number of ``x``. In a traced function the number differs from input to input, so
there the leaf remembers where its number comes from; but nothing is ever sent back.
"""

from __future__ import annotations

import operator
import threading
from typing import Any

import numpy as np

from ..records.primitive import Form, Pointwise
from .node import OBSERVERS

__all__ = ["DETACHED", "remember"]

#: In no table: its derivative is not that of the identity, and no law is meant to say so.
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
    """Return a leaf that was cut off from its source: as an operation on it, if this thread traces a function."""
    if threading.get_ident() in OBSERVERS:
        leaf.op, leaf._a, leaf._da, leaf._db = DETACHED, source, 0.0, 0.0
    return leaf
