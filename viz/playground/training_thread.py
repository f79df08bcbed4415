"""Train in a separate thread, and provide the look of the page in all its places.

>>> choices()["regularizer"]
['none', 'L1', 'L2']
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from autograd_core import trace

from ..page.scripts import static
from ..stepper import html_page
from ..style.theme import DARK, LIGHT
from .session import Session
from .settings import CHOICES, DATASETS

#: seconds of training between two checks for requests, and between two pictures
CHUNK, PICTURE = 0.03, 0.1


class Runner:
    """Trains a session in a thread, in short chunks, so that requests are handled soon.

    The thread exists only while the session trains.

    Parameters
    ----------
    session : Session
    show : callable, optional
        Called without arguments from that thread when the state has changed.
    patience : float, optional
        Seconds without a request after which training stops, because the page was probably closed.
    """

    def __init__(
        self, session: Session, show: Callable[[], None] = lambda: None, patience: float | None = None
    ) -> None:
        self.session = session
        self.lock = threading.Lock()
        self._show, self._patience = show, patience
        self._heard = time.monotonic()
        self._closed = False
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        """Return whether a training thread exists."""
        return self._thread is not None

    def do(self, message: Any) -> dict[str, Any] | None:
        """Handle a request between two chunks."""
        with self.lock:
            self.heard()
            answer = self.session.do(message if isinstance(message, dict) else {})
            if self._closed:
                self.session.playing = False
            if self.session.playing and self._thread is None:
                self._thread = threading.Thread(target=self._run, name="playground", daemon=True)
                self._thread.start()
        return answer

    def heard(self) -> None:
        """Record that a page is open."""
        self._heard = time.monotonic()

    def close(self) -> None:
        """Stop training permanently."""
        self._closed = True
        self.session.playing = False
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=5.0)

    def _run(self) -> None:
        shown = 0.0
        while self._trained():
            if time.monotonic() - shown > PICTURE:
                self._show()
                shown = time.monotonic()
            time.sleep(0.004)  # gives the lock and the interpreter to the kernel's thread
        self._show()

    def _trained(self) -> bool:
        """Train for a chunk; end the thread if nothing is left to do."""
        with self.lock:
            if self._patience is not None and time.monotonic() - self._heard > self._patience:
                self.session.playing = False
            if not self.session.playing:
                self._thread = None
                return False
            try:
                self.session.advance(CHUNK)
            except Exception as error:  # an error of a user's own model: the page shows it and can continue
                self.session.playing = False
                self.session.notice = f"{type(error).__name__}: {error}"
            return True


@cache
def warm_up() -> None:
    """Load programs, which takes a second, or compile them, which takes more, before they are needed."""

    def first_program() -> None:
        trace(lambda x: x * x, 1.0).value_and_grad([1.0, 2.0])

    threading.Thread(target=first_program, name="playground warm-up", daemon=True).start()


def choices() -> dict[str, list[Any]]:
    """Return the choices of each setting by its name."""
    return {name: [choice for choice in values if choice] for name, values in CHOICES.items()} | {
        "dataset": list(DATASETS)
    }


def style() -> str:
    """Return the style sheet with the colors of both themes, for an element in another page."""
    light, dark = html_page.variables(LIGHT), html_page.variables(DARK)
    return (
        f".playground {{ {light} }}\n"
        f'@media (prefers-color-scheme: dark) {{ .playground[data-theme="auto"] {{ {dark} }} }}\n'
        f'.playground[data-theme="dark"] {{ {dark} }}\n' + static("playground/playground.css")
    )
