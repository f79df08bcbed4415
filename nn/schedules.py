"""Learning rate schedules: ``from nn.schedules import ...``."""

from __future__ import annotations

from .optim.schedules import *  # noqa: F403 - the public path of the wing's file
from .optim.schedules import __all__ as __all__
