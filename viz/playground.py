"""A network to play with: your model and your data, trained live in Python, in a notebook or in a browser.

In a notebook (extra ``widget``)::

    from viz import Playground
    Playground(model, (X, y))

Without one, ``backprop playground`` opens the same page, served by this process to this machine alone.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from numpy.typing import ArrayLike

from nn import Module

from .errors import MissingExtraError
from .runner import Runner, choices, style
from .scripts import with_exports
from .serving import Served, serve
from .session import Session
from .snapshots import snapshot

__all__ = ["Playground", "Served", "serve"]


class Playground:
    """A network to play with, live in a notebook.

    Data, layers, activation, optimiser, rate and regulariser are chosen with the mouse or the keyboard; training goes
    by operation, sample, batch or epoch, or runs. Any weight can be set, and shows the loss around it. Rewinding goes
    back to the same start, and the settings can be copied as Python.

    Parameters
    ----------
    model : Module, optional
        A network of two inputs and one output, which is trained in place; one is made from the settings if left out.
    data : (X, y), optional
        Samples of two features, and their classes, 0 and 1 or -1 and +1.
    **settings
        What is chosen at the beginning, as in ``viz.settings.Settings``: ``layers=(8,)``, ``lr=0.03``, ….

    Attributes
    ----------
    session : Session
        The state, whose ``model``, ``X``, ``y`` and ``losses`` can be read at any time.
    widget : anywidget.AnyWidget
        For ``mo.ui.anywidget(playground.widget)`` in marimo.

    Raises
    ------
    MissingExtraError
        If anywidget is not installed.
    OptionError
        For a model or data that cannot be played with.
    """

    def __init__(
        self, model: Module | None = None, data: tuple[ArrayLike, ArrayLike] | None = None, **settings: Any
    ) -> None:
        kind = _widget_class()
        self.session = Session(model, data, **settings)
        self._runner = Runner(self.session, self._show)
        self._drawn = -1
        self.widget = kind()
        self.widget.choices = choices()
        self.widget.on_msg(self._hear)

    @property
    def model(self) -> Any:
        """The network as it stands."""
        return self.session.model

    def _hear(self, widget: Any, message: Any, buffers: Any) -> None:
        answer = self._runner.do(message)
        if isinstance(message, dict) and message.get("do") == "hello":
            self._drawn = -1
        if answer is not None:
            self.widget.send({"answer": answer, "to": message.get("id")})
        self._show()

    def _show(self) -> None:
        with self._runner.lock:
            told = snapshot(self.session, self._drawn)
            self._drawn = self.session.revision
        self.widget.send({"snapshot": told})

    def close(self) -> None:
        """Stop training and take the page away."""
        self._runner.close()
        self.widget.close()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.widget._repr_mimebundle_()

    def __repr__(self) -> str:
        return f"<Playground after {self.session.epoch} epochs, {self.session.updates} updates>"


@cache
def _widget_class() -> Any:
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise MissingExtraError(
            "A playground in a notebook needs anywidget, which is not installed: "
            "pip install 'autograd-core[widget]'. Without it, `backprop playground` opens the same page in a browser."
        ) from error

    class Widget(anywidget.AnyWidget):
        """The page's half of the playground."""

        _esm = with_exports("playground_widget.js")
        _css = style()
        choices = traitlets.Dict().tag(sync=True)

    return Widget
