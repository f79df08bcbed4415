"""Define the errors of networks, data and training; each message says what to write instead.

::

    AutogradError                                (autograd_core)
    ├── OperandError          (TypeError)           something of the wrong kind
    ├── ShapeError            (ValueError)          lengths or shapes that do not fit together
    ├── AnomalyError          (FloatingPointError)  a nan or inf
    │   └── DivergedError                           training reached one; the model is as it was before
    ├── ArchitectureError     (ValueError)          sizes or activations that describe no network
    ├── OptionError           (ValueError)          an option outside its range, a name that is not known
    ├── TargetError           (ValueError)          labels or probabilities that are none
    ├── DataError             (ValueError)          data that cannot be trained on
    ├── ModelFileError        (ValueError)          a file that is not, or not this, model
    ├── TrainingError         (RuntimeError)        steps of a training in an order that makes no sense
    ├── UnknownNameError      (AttributeError)      a name that nn does not have
    └── MissingExtraError     (ImportError)         an optional package that is not installed

Each is also the built-in exception in parentheses, so code that catches ``ValueError`` still works.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from autograd_core.errors import AnomalyError, AutogradError, OperandError, ShapeError

__all__ = [
    "AnomalyError",
    "ArchitectureError",
    "AutogradError",
    "DataError",
    "DivergedError",
    "MissingExtraError",
    "ModelFileError",
    "OperandError",
    "OptionError",
    "ShapeError",
    "TargetError",
    "TrainingError",
    "UnknownNameError",
]


class ArchitectureError(AutogradError, ValueError):
    """Sizes, activations or links that do not describe a network."""


class OptionError(AutogradError, ValueError):
    """An option outside its range, or a name that is not known."""


class TargetError(AutogradError, ValueError):
    """Invalid class labels or probabilities."""


class DataError(AutogradError, ValueError):
    """Data that cannot be used for training."""


class ModelFileError(AutogradError, ValueError):
    """A file that does not contain the requested model; nothing was changed."""


class TrainingError(AutogradError, RuntimeError):
    """Training steps in an invalid order."""


class UnknownNameError(AutogradError, AttributeError):
    """A name that ``nn`` does not have; it may be the name in another library."""


class DivergedError(AnomalyError):
    """Training reached a nan or an infinity; the model is in its state before that update.

    Attributes
    ----------
    history : History or None
        The record up to that update.
    """

    history: Any = None


class MissingExtraError(AutogradError, ImportError):
    """An optional package is not installed."""


def unknown(what: str, name: object, known: Iterable[str]) -> OptionError:
    """Return the error for a name that is not in a registry, with the most similar names."""
    names = sorted(known)
    close = difflib.get_close_matches(str(name), names, n=3)
    hint = f"Did you mean {' or '.join(map(repr, close))}? " if close else ""
    return OptionError(f"There is no {what} called {name!r}. {hint}The names are: {', '.join(names)}.")
