"""A training in a thread of its own, and what its page looks like wherever it is shown.

>>> sorted(choices())[:3]
['activation', 'dataset', 'datasets']
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from . import html
from .session import Session
from .settings import CHOICES, DATASETS
from .theme import DARK, LIGHT

__all__ = ["CHUNK", "Runner", "choices", "style"]

#: seconds of training between two looks at what else there is to do, and between two pictures
CHUNK, PICTURE = 0.03, 0.1


class Runner:
    """Trains a session in a thread of its own, by small chunks, so that whoever holds the session is not kept waiting.

    Parameters
    ----------
    session : Session
    show : callable, optional
        Is called with nothing, from that thread, whenever there is something new to see.
    """

    def __init__(self, session: Session, show: Callable[[], None] = lambda: None) -> None:
        self.session = session
        self.lock = threading.Lock()
        self._show = show
        self._work = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def do(self, message: Any) -> dict[str, Any] | None:
        """Do what a page asks for, between two chunks."""
        with self.lock:
            answer = self.session.do(message if isinstance(message, dict) else {})
        if self.session.playing and not self._closed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="playground", daemon=True)
                self._thread.start()
            self._work.set()
        return answer

    def close(self) -> None:
        """Stop training, for good."""
        self._closed = True
        self.session.playing = False
        self._work.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5.0)

    def _run(self) -> None:
        shown = 0.0
        while not self._closed:
            if not self.session.playing:
                self._work.clear()
                if not self.session.playing:  # asked once more: it may have been set between the two lines above
                    self._work.wait()
                continue
            with self.lock:
                self.session.advance(CHUNK)
            if time.monotonic() - shown > PICTURE or not self.session.playing:
                self._show()
                shown = time.monotonic()
            time.sleep(0.004)  # lets the thread of the kernel have the lock and the interpreter


def choices() -> dict[str, list[Any]]:
    """Return what can be chosen, by the name of the setting."""
    return {name: [choice for choice in values if choice] for name, values in CHOICES.items()} | {
        "datasets": list(DATASETS)
    }


def style() -> str:
    """Return the style sheet, with both themes' colours, of an element that stands in somebody else's page."""
    light, dark = html.variables(LIGHT), html.variables(DARK)
    return (
        f".playground {{ {light} }}\n"
        f'@media (prefers-color-scheme: dark) {{ .playground[data-theme="auto"] {{ {dark} }} }}\n'
        f'.playground[data-theme="dark"] {{ {dark} }}\n' + html.static("playground.css")
    )
