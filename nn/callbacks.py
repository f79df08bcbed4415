"""Callbacks of ``fit``: ``from nn.callbacks import ...``."""

from __future__ import annotations

from .training.callbacks import *  # noqa: F403 - the public path of the wing's file
from .training.callbacks import __all__ as __all__
