"""The optimizers and gradient clipping: ``from nn.optimizers import ...``."""

from __future__ import annotations

from .optim.optimizers import *  # noqa: F403 - the public path of the wing's file
from .optim.optimizers import __all__ as __all__
