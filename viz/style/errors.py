"""Define the errors of drawing and stepping; each message names the cause and the correct call.

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
    """An invalid option of a picture."""


class SizeLimitError(AutogradError, ValueError):
    """A graph or picture above a size limit; the message names the limit and how to raise it."""


class RendererMissingError(AutogradError, RuntimeError):
    """Graphviz is not installed, so a graph cannot be laid out."""


class RenderError(AutogradError, RuntimeError):
    """Graphviz failed to make the picture."""


class MissingExtraError(AutogradError, ImportError):
    """An optional package is not installed; the message gives the install command."""


class SaveError(AutogradError, OSError):
    """A file cannot be written."""
