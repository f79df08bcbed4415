"""Measurements of layers and gradients: ``from nn.monitors import ...``."""

from __future__ import annotations

from .training.monitors import *  # noqa: F403 - the public path of the wing's file
from .training.monitors import __all__ as __all__
