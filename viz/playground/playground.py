"""Play with a network: your model and data, trained live in Python, in a notebook or in a browser.

In a notebook (extra ``widget``)::

    from viz import Playground
    Playground(model, (X, y))

Without a notebook, ``backprop playground`` serves the same page from this process, to this machine only.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from functools import cache
from html import escape
from typing import Any

from numpy.typing import ArrayLike

from nn import Module

from ..network.network_drawing import draw_network
from ..page.scripts import with_exports
from ..style.errors import MissingExtraError
from .serving import Served, serve
from .session import Session
from .snapshots import snapshot
from .training_thread import Runner, choices, style, warm_up

__all__ = ["Playground", "Served", "serve"]

#: seconds without a message from the page before training stops; browsers slow hidden pages to one message a minute
PATIENCE = 90


class Playground:
    """A network to play with, live in a notebook.

    Choose data, layers, activation, optimizer, learning rate and regularizer with the mouse or the keyboard. Train by
    operation, sample, batch or epoch, or continuously. Every weight can be set, and shows the loss around it. Reset
    returns to the same start, and the settings can be copied as Python.

    Parameters
    ----------
    model : Module, optional
        A network, which is trained in place. Default: a network with the settings' shape that fits the data.
    data : (X, y), optional
        Samples, and for each one of two classes (0 and 1, or -1 and +1), the number of a class, or a number. With more
        than two features, two are shown, and the others are those of the selected sample.
    **settings
        The initial settings, as in ``viz.playground.settings.Settings``: ``layers=(8,)``, ``lr=0.03``, ….

    Attributes
    ----------
    session : Session
        The state; its ``model``, ``X``, ``y`` and ``losses`` can be read at any time.
    widget : anywidget.AnyWidget
        For ``mo.ui.anywidget(playground.widget)`` in marimo.

    Raises
    ------
    MissingExtraError
        If anywidget is not installed.
    OptionError
        For an unsuitable model or unsuitable data.
    """

    def __init__(
        self, model: Module | None = None, data: tuple[ArrayLike, ArrayLike] | None = None, **settings: Any
    ) -> None:
        kind = _widget_class()
        self.session = Session(model, data, **settings)
        self._runner = Runner(self.session, self._show)
        self._drawn = -1
        self._unheard, self._ticking = 0, False
        self._letters: deque[dict[str, Any]] = deque()
        self._reading, self._desk = False, threading.Lock()
        self.widget = kind()
        self.widget.choices = choices()
        self.widget.on_msg(self._hear)

    @property
    def model(self) -> Any:
        """Return the network that is trained."""
        return self.session.model

    def _hear(self, widget: Any, message: Any, buffers: Any) -> None:
        message = message if isinstance(message, dict) else {}
        self._unheard = 0
        if message.get("do") == "look":  # the page is open and shows what it receives
            return
        with self._desk:
            self._letters.append(message)
            if not self._reading:
                self._reading = True
                threading.Thread(target=self._read, name="playground letters", daemon=True).start()
        if message.get("do") == "play":
            self._watch()

    def _read(self) -> None:
        """Handle the requests, one after the other, while the kernel is free."""
        while True:
            with self._desk:
                if not self._letters:
                    self._reading = False
                    return
                message = self._letters.popleft()
            self._answer(message)

    def _answer(self, message: dict[str, Any]) -> None:
        answer = self._runner.do(message)
        if message.get("do") == "hello":
            self._drawn = -1
            warm_up()
        if answer is None:  # an action changes the display; a mere answer does not
            self._show()
        self.widget.send({"answer": answer, "to": message.get("id")})

    def _watch(self) -> None:
        """While training, count the seconds without a message from the page.

        The kernel counts them between two cells. During a long cell it cannot receive messages, so that time does not
        count.
        """
        if not self._ticking:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:  # another kind of event loop; closing the page still stops training
                return
            self._ticking = True
            loop.call_later(1.0, self._tick, loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self._unheard += 1
        if self._unheard > PATIENCE:
            self.session.playing = False
        if self.session.playing or self._reading:
            loop.call_later(1.0, self._tick, loop)
        else:
            self._ticking = False

    def _show(self) -> None:
        with self._runner.lock:
            told = snapshot(self.session, self._drawn)
            self._drawn = self.session.revision
        self.widget.send({"snapshot": told})

    def close(self) -> None:
        """Stop training and close the page."""
        self._runner.close()
        self.widget.close()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """Return the widget, and a picture of the network for places without Python."""
        bundle = self.widget._repr_mimebundle_()
        data, *more = bundle if isinstance(bundle, tuple) else (bundle,)
        picture = draw_network(self.model)._repr_mimebundle_()["text/html"]
        still = f"<p>A playground, which plays while Python runs: {escape(repr(self)[1:-1])}.</p>{picture}"
        data = {**(data or {}), "text/plain": repr(self), "text/html": still}
        return (data, *more) if more else data

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
        """The widget of the page."""

        _esm = with_exports("playground/widget.js")
        _css = style()
        choices = traitlets.Dict().tag(sync=True)

    return Widget
