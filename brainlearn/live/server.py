"""A server for one page and one JSON text, on the loopback address only.

Nothing of a request reaches the file system: two paths are known, and everything else is answered with an error.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import reason

HOST = "127.0.0.1"
PAGE, STATE = "/", "/state.json"
NONCE = "NONCE"  # in page.html, before it is replaced by a number used once
LONGEST = 30.0  # seconds that a request may take


@contextmanager
def served(state: Callable[[], dict[str, Any]], port: int = 0) -> Iterator[str]:
    """Serve the page while the block runs.

    Parameters
    ----------
    state : callable
        Returns what the page shows, as JSON can hold it.
    port : int
        0: one that is free.

    Yields
    ------
    str
        Its address.

    Raises
    ------
    UserError
        If the port is in use or not allowed.
    """
    try:
        server = ThreadingHTTPServer((HOST, port), BaseHTTPRequestHandler, bind_and_activate=True)
    except (OSError, OverflowError) as error:
        raise UserError(
            Mistake("--port", "cannot be opened", f"{port}: {reason(error)}", "a free port, or 0")
        ) from error
    number = server.server_address[1]
    server.RequestHandlerClass = handler_of(state, {f"{name}:{number}" for name in (HOST, "localhost")})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{number}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def handler_of(state: Callable[[], dict[str, Any]], hosts: set[str]) -> type[BaseHTTPRequestHandler]:
    """Return what answers requests.

    Parameters
    ----------
    state : callable
    hosts : set of str
        What a request may name as its host: a page elsewhere that has its name point here names another one.
    """
    page = files("brainlearn.live").joinpath("page.html").read_text(encoding="utf-8")

    class Handler(BaseHTTPRequestHandler):
        timeout = LONGEST
        server_version, sys_version = "brainlearn", ""

        def do_GET(self) -> None:
            if self.headers.get("Host") not in hosts:
                self.send_error(HTTPStatus.FORBIDDEN)
            elif self.path == PAGE:
                nonce = secrets.token_urlsafe(16)
                self._send(page.replace(NONCE, nonce), "text/html; charset=utf-8", policy(nonce))
            elif self.path == STATE:
                self._send(json.dumps(state(), allow_nan=False), "application/json", policy())
            else:
                self.send_error(HTTPStatus.NOT_FOUND)

        def _send(self, text: str, kind: str, allowed: str) -> None:
            content = text.encode()
            self.send_response(HTTPStatus.OK)
            for name, value in (
                ("Content-Type", kind),
                ("Content-Length", str(len(content))),
                ("Content-Security-Policy", allowed),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "no-referrer"),
                ("Cross-Origin-Resource-Policy", "same-origin"),
            ):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
            """Print nothing: the terminal shows the run."""

    return Handler


def policy(nonce: str = "") -> str:
    """Return what a page may do: run its own script and style, draw pictures, ask this server."""
    own = f"'nonce-{nonce}'" if nonce else "'none'"
    parts = {"default-src": "'none'", "script-src": own, "style-src": own, "connect-src": "'self'", "img-src": "data:"}
    closed = {"base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'"}
    return "; ".join(f"{name} {value}" for name, value in {**parts, **closed}.items())
