"""Penalties on the weights: ``from nn.regularizers import ...``."""

from __future__ import annotations

from .optim.regularizers import *  # noqa: F403 - the public path of the wing's file
from .optim.regularizers import __all__ as __all__
