"""Who may talk to the page."""

import asyncio
from typing import Any

import pytest

from bayes_misalign.app.guard import Guard

PORT, MOST = 4321, 1000
HERE = f"127.0.0.1:{PORT}"


async def inside(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
    await send({"type": "http.response.body", "body": b"inside"})


def ask(
    guard: Guard, *, query: str = "", web: bool = True, post: bool = False, **headers: str
) -> Any:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    given = {"host": HERE, **{k.replace("_", "-"): v for k, v in headers.items()}}
    scope = {
        "type": "http" if web else "websocket",
        "method": "POST" if post else "GET",
        "query_string": query.encode(),
        "headers": [(k.encode(), v.encode()) for k, v in given.items() if v],
    }
    asyncio.run(guard(scope, None, send))  # type: ignore[arg-type]
    return sent


@pytest.fixture
def guard() -> Guard:
    return Guard(inside, PORT, MOST)


def cookie(guard: Guard) -> str:
    first, _ = ask(guard, query=f"key={guard.key}")
    assert first["status"] == 303
    headers = dict(first["headers"])
    assert headers[b"location"] == b"/"
    given = str(headers[b"set-cookie"].decode())
    assert {"HttpOnly", "SameSite=Lax"} <= set(given.split("; "))
    return given.partition(";")[0]


def test_the_address_opens_the_page_and_its_key_goes_from_view(guard: Guard) -> None:
    assert guard.address == f"http://{HERE}/?key={guard.key}"
    first, second = ask(guard, cookie=f"other=1; {cookie(guard)}")
    assert (first["status"], second["body"]) == (200, b"inside")
    policy = dict(first["headers"])[b"content-security-policy"].decode()
    assert "default-src 'self'" in policy
    assert policy.endswith(f"connect-src 'self' ws://{HERE}")
    assert "http" not in policy
    assert ask(guard, web=False, cookie=cookie(guard))[0]["type"] == "websocket.accept"


@pytest.mark.parametrize("web", [True, False])
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},  # after DNS rebinding
        {"host": f"evil.example:{PORT}"},
        {"host": "127.0.0.1:1; img-src *"},
        {"host": "127.0.0.1.evil.example"},
        {"host": ""},
        {"origin": "http://evil.example"},  # a page of another site in the same browser
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"cookie": ""},  # another user of the machine
        {"cookie": f"bayes-misalign-{PORT}=guessed"},
    ],
)
def test_all_others_are_refused(guard: Guard, web: bool, headers: dict[str, str]) -> None:
    sent = ask(guard, web=web, **{"cookie": cookie(guard), **headers})
    if web:
        assert sent[0]["status"] == 403
        assert b"inside" not in sent[1]["body"]
    else:
        assert sent == [{"type": "websocket.close", "code": 1008}]


def test_a_port_may_be_forwarded(guard: Guard) -> None:
    there = {"host": "localhost:8000", "origin": "http://localhost:8000"}
    assert ask(guard, cookie=cookie(guard), **there)[0]["status"] == 200


def test_a_wrong_key_opens_nothing(guard: Guard) -> None:
    assert ask(guard, query="key=guessed")[0]["status"] == 403
    assert ask(guard, query="key=%C3%A9")[0]["status"] == 403


@pytest.mark.parametrize(
    ("length", "status"), [("1000", 200), ("1001", 413), ("", 413), ("x", 413)]
)
def test_uploads_have_a_limit(guard: Guard, length: str, status: int) -> None:
    sent = ask(guard, post=True, cookie=cookie(guard), content_length=length)
    assert sent[0]["status"] == status


def test_the_server_may_start_and_end(guard: Guard) -> None:
    seen = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    asyncio.run(Guard(app, PORT, MOST)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan"]
