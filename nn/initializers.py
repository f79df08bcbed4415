"""Initial weights: ``from nn.initializers import ...``."""

from __future__ import annotations

from .models.initializers import *  # noqa: F403 - the public path of the wing's file
from .models.initializers import __all__ as __all__
