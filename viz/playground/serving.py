"""Serve the playground without a notebook, from this process to this machine only.

>>> with serve(layers=(2,)) as served:
...     served.url.startswith("http://127.0.0.1:")
True
"""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from string import Template
from typing import Any

from numpy.typing import ArrayLike

from nn import Module

from ..page.scripts import joined, static
from ..style.errors import OptionError
from .session import Session
from .snapshots import snapshot
from .training_thread import Runner, choices, style, warm_up

MOST_MESSAGE = 100_000
#: seconds without a request from the page before training stops; browsers slow hidden pages to one request a minute
PATIENCE = 90.0


class Served:
    """A playground served to this machine only.

    Attributes
    ----------
    url : str
        The address; its path contains a secret, so that other pages and users of this machine cannot reach it.
    session : Session
    """

    def __init__(self, session: Session, port: int = 0, patience: float = PATIENCE) -> None:
        self.session = session
        self._runner = Runner(session, patience=patience)
        secret = secrets.token_urlsafe(18)
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self._runner, secret))
        except (OSError, OverflowError) as error:
            raise OptionError(
                f"The playground cannot be served at port {port!r}: {error}. "
                "Leave the port out, and a free one is taken."
            ) from error
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/{secret}/"
        self._thread = threading.Thread(target=self._server.serve_forever, name="playground server", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop training and serving."""
        self._runner.close()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def serve(
    model: Module | None = None, data: tuple[ArrayLike, ArrayLike] | None = None, port: int = 0, **settings: Any
) -> Served:
    """Serve a playground on 127.0.0.1 until ``close()``; the arguments are those of ``Playground``."""
    return Served(Session(model, data, **settings), port)


def _page() -> str:
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src 'self'"
    )
    return Template(static("playground/playground.html")).substitute(
        policy=escape(policy),
        style=style(),
        choices=json.dumps(choices()),
        script=joined("playground/page.js"),
    )


def _handler(runner: Runner, secret: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers requests of the page and rejects all others."""

        def _known(self) -> str | None:
            """Return the requested path, if the request has the secret and the right address."""
            address: Any = self.server.server_address
            named = self.headers.get("Host", "")
            head, _, rest = self.path.lstrip("/").partition("/")
            fits = secrets.compare_digest(head.encode(), secret.encode()) and named == f"{address[0]}:{address[1]}"
            return rest if fits else None

        def _give(self, body: str, kind: str) -> None:
            data = body.encode("utf-8")
            self.send_response(HTTPStatus.OK)
            for name, value in (("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(data))),
                                ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")):  # fmt: skip
                self.send_header(name, value)
            with contextlib.suppress(ConnectionError):  # the page may have been closed
                self.end_headers()
                self.wfile.write(data)

        def do_GET(self) -> None:
            """Send the page."""
            if self._known() == "":
                warm_up()
                self._give(_page(), "text/html")
            else:
                self.send_error(HTTPStatus.NOT_FOUND)

        def do_POST(self) -> None:
            """Handle a request of the page, and send the state."""
            size = self.headers.get("Content-Length", "")
            if self._known() != "do" or not size.isdecimal() or int(size) > MOST_MESSAGE:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            try:
                message = json.loads(self.rfile.read(int(size)))
            except ValueError:
                self.send_error(HTTPStatus.BAD_REQUEST)
                return
            quiet = isinstance(message, dict) and message.get("do") in ("look", "hello")
            answer = None if quiet else runner.do(message)
            drawn = message.get("drawn") if isinstance(message, dict) else None
            with runner.lock:
                runner.heard()
                told = snapshot(runner.session, drawn if isinstance(drawn, int) else -1)
            self._give(json.dumps({"snapshot": told, "answer": answer}), "application/json")

        def log_message(self, format: str, *args: Any) -> None:
            """Print nothing for a request."""

    return Handler
