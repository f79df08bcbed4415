"""The activations by name: ``from nn.activations import ...``."""

from __future__ import annotations

from .models.activations import *  # noqa: F403 - the public path of the wing's file
from .models.activations import __all__ as __all__
