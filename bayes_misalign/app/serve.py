"""Serve the page on this machine until Ctrl-C."""

from __future__ import annotations

import signal
import socket
import sys
import tempfile
import webbrowser
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bayes_misalign.app.guard import HOST, Guard
from bayes_misalign.app.opening import MOST_BYTES, Opened
from bayes_misalign.errors import CannotWrite, StudyError

if TYPE_CHECKING:
    import uvicorn

INSTALL = 'pip install "bayes-misalign[app]"'
PREFIX = "bayes-misalign-app-"
_GOODBYE = 1  # seconds that open connections have to end


def check_installed() -> None:
    """Refuse to start without Shiny, and say how to install it."""
    if find_spec("shiny") is None:
        raise StudyError(
            f"the app is served by Shiny for Python, which is not installed. Fix: {INSTALL}"
        )


def listen(port: int) -> socket.socket:
    """Return a socket on this machine only: at a port, or at any that is free where it is 0."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((HOST, port))
    except OSError as error:
        made.close()
        raise CannotWrite(
            f"port {port} of {HOST} cannot be used ({error.strerror or error}). Fix: leave --port "
            "out, which takes a free one"
        ) from error
    return made


def serve(opened: Opened | None, *, port: int = 0, browser: bool = True) -> None:
    """Serve the page until Ctrl-C; uploads and fits are gone with it."""
    check_installed()
    from bayes_misalign.app.page import make_app

    with (
        tempfile.TemporaryDirectory(
            prefix="bayes-misalign-app-", ignore_cleanup_errors=True
        ) as room,
        listen(port) as at,
    ):
        before, tempfile.tempdir = tempfile.tempdir, room  # where Shiny puts what is uploaded
        try:
            guard = Guard(make_app(opened, Path(room)), at.getsockname()[1], MOST_BYTES)
            _run(guard, at, browser)
        finally:
            tempfile.tempdir = before


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def _run(guard: Guard, at: socket.socket, browser: bool) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                print(f"Open in a browser: {guard.address}  (Ctrl-C ends it)", flush=True)
                if browser:
                    webbrowser.open(guard.address)

    config: Any = uvicorn.Config(
        guard,
        log_level="error",
        access_log=False,
        server_header=False,
        ws_max_size=4_000_000,
        timeout_graceful_shutdown=_GOODBYE,
    )
    server: uvicorn.Server = Server(config)
    signal.signal(signal.SIGTERM, _interrupted)  # handed on after the server has ended, as Ctrl-C
    if hasattr(signal, "SIGHUP"):  # the terminal is closed: what was uploaded goes too
        signal.signal(signal.SIGHUP, lambda *_: setattr(server, "should_exit", True))
    with suppress(KeyboardInterrupt):  # which the server hands on after it has ended
        server.run(sockets=[at])
    with suppress(OSError):  # nobody may listen any more
        print("Ended.", flush=True)
