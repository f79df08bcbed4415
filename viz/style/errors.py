"""What can go wrong while drawing and stepping: each error says what was asked, why not, and what to write instead.

::

    AutogradError
    ├── OptionError           (ValueError)    an option that is none of those there are
    ├── SizeLimitError        (ValueError)    a graph or a picture beyond the limit that the message names
    ├── RendererMissingError  (RuntimeError)  no Graphviz on this machine
    ├── RenderError           (RuntimeError)  Graphviz is there, and failed or took too long
    ├── MissingExtraError     (ImportError)   an optional package that is not installed
    └── SaveError             (OSError)       a file that cannot be written
"""

from __future__ import annotations

from autograd_core.errors import AutogradError

__all__ = ["MissingExtraError", "OptionError", "RenderError", "RendererMissingError", "SaveError", "SizeLimitError"]


class OptionError(AutogradError, ValueError):
    """An option of a picture that is none of those there are."""


class SizeLimitError(AutogradError, ValueError):
    """A graph or a picture beyond a limit; the message names the limit and how to lift it."""


class RendererMissingError(AutogradError, RuntimeError):
    """There is no Graphviz to lay out a graph."""


class RenderError(AutogradError, RuntimeError):
    """Graphviz could not make the picture."""


class MissingExtraError(AutogradError, ImportError):
    """A package that only some pictures need is not installed; the message says how to install it."""


class SaveError(AutogradError, OSError):
    """A file that cannot be written."""
