"""Who may talk to the page: the browser of whoever started it, and nobody else.

A page of another site that is open in the same browser can send requests to 127.0.0.1, and after
DNS rebinding under its own name; other users of the machine can open any port on it. The first two
are told by Host and Origin, the last by a secret in the address, which becomes a cookie.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

HOST = "127.0.0.1"
HOSTS = (HOST, "localhost")
KEY = "key"
TOO_LARGE = 413
FORBIDDEN = 403
# everything comes from here; a page of Shiny holds scripts and styles of its own
POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline'; font-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; connect-src 'self'"
)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


class Guard:
    """Refuse whoever is not the browser that got the address; limit what it sends.

    Parameters
    ----------
    app : ASGI application
    port : int
        Where it listens.
    most : int
        Bytes of an upload.
    """

    def __init__(self, app: Asgi, port: int, most: int) -> None:
        self.app, self.port, self.most = app, port, most
        self.key = secrets.token_urlsafe(16)
        self._cookie = f"bayes-misalign-{port}"

    @property
    def address(self) -> str:
        """The address to open."""
        return f"http://{HOST}:{self.port}/?{KEY}={self.key}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        web = scope["type"] == "http"
        if not _is_here(headers):
            await _refuse(web, FORBIDDEN, "This page answers 127.0.0.1 only.", send)
            return
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        if web and self._same(query.get(KEY, [""])[0]):
            cookie = f"{self._cookie}={self.key}; Path=/; HttpOnly; SameSite=Lax"
            await _answer(303, b"", send, [("location", "/"), ("set-cookie", cookie)])
            return
        if not self._same(_cookies(headers).get(self._cookie, "")):
            text = "Open the whole address that `bayes-misalign app` printed, with its key."
            await _refuse(web, FORBIDDEN, text, send)
            return
        if web and scope["method"] == "POST":
            length = headers.get("content-length", "")
            if not length.isdigit() or int(length) > self.most:
                await _refuse(web, TOO_LARGE, f"At most {self.most:,} bytes.", send)
                return

        async def sent(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", []),
                    (b"content-security-policy", f"{POLICY} ws://{headers['host']}".encode()),
                    (b"referrer-policy", b"no-referrer"),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        await self.app(scope, receive, sent)

    def _same(self, key: str) -> bool:
        return secrets.compare_digest(key.encode(), self.key.encode())


def _is_here(headers: dict[str, str]) -> bool:
    """Tell whether a request was meant for this machine, and comes from its own page if from any.

    The port may be another one, where somebody forwards it.
    """
    host, origin = headers.get("host", ""), headers.get("origin")
    name, _, port = host.partition(":")
    own = name in HOSTS and (port == "" or port.isdecimal())
    return own and (origin is None or urlsplit(origin).netloc == host)


def _cookies(headers: dict[str, str]) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in headers.get("cookie", "").split(";"))
    return {name: value for name, _, value in pairs}


async def _refuse(web: bool, status: int, text: str, send: Send) -> None:
    if web:
        await _answer(status, f"{text}\n".encode(), send)
    else:
        await send({"type": "websocket.close", "code": 1008})


async def _answer(
    status: int, body: bytes, send: Send, more: list[tuple[str, str]] | None = None
) -> None:
    headers = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")]
    encoded = [(k.encode(), v.encode()) for k, v in (*headers, *(more or []))]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
