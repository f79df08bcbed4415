"""Data sets, splits and batches: ``from nn.data import ...``.

May import the ground only: ``errors`` and ``options``.
"""

from __future__ import annotations

from .preparation import *  # noqa: F403 - the public path of the wing's file
from .preparation import __all__ as __all__
