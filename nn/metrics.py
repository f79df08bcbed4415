"""Accuracy and other metrics: ``from nn.metrics import ...``."""

from __future__ import annotations

from .training.metrics import *  # noqa: F403 - the public path of the wing's file
from .training.metrics import __all__ as __all__
