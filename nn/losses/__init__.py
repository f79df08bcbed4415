"""Losses and their targets: ``from nn.losses import ...``.

May import ``models``.
"""

from __future__ import annotations

from .losses import *  # noqa: F403 - the public path of the wing's file
from .losses import __all__ as __all__
