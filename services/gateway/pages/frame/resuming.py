"""After the sign-in: the page that a form stood on, with the form filled in again, and not sent.

No redirect leads there, which could carry nothing: the page is asked for here, as the person who has just signed in,
and is the answer to the sign-in itself.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope

from services.gateway.pages.frame.carrying import MOST_BYTES, Carried
from services.gateway.pages.frame.filling import filled_in
from shared.http.media import FORM, media_type

# Longer than a form of that size is on its way.
_PATIENCE_S = 5.0
_OF_CONNECTION = ("type", "asgi", "http_version", "scheme", "server", "client", "root_path", "extensions", "app")
_OF_BODY = (b"content-length", b"content-type", b"transfer-encoding", b"cookie", b"range")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """What is to be filled in again for somebody who has signed in, and the cookie of their session: name and value."""

    carried: Carried
    cookie: tuple[str, str]


class Listening:
    """Passes a body on as it comes in, and keeps it where it is a small form: of no other is a byte remembered."""

    def __init__(self, receive: Receive, headers: Headers) -> None:
        declared = headers.get("content-length", "")
        small = declared.isdecimal() and len(declared) < 9 and int(declared) <= MOST_BYTES
        self._is_kept = small and media_type(headers.get("content-type", "")) == FORM
        self._receive, self._body, self._ended = receive, bytearray(), False

    async def __call__(self) -> Message:
        """The next part, as ASGI gives it."""
        message = await self._receive()
        self._ended = not message.get("more_body", False)
        if self._is_kept:
            self._body += message.get("body", b"")
        return message

    async def whole(self) -> bytes | None:
        """All of it, what nobody read yet too; None of what is no small form, or does not come."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while self._is_kept and not self._ended:
                    if (await self())["type"] != "http.request":
                        return None
        except TimeoutError:
            return None
        return bytes(self._body) if self._is_kept else None


async def page_again(app: ASGIApp, scope: Scope, resumed: Resumed) -> Response | None:
    """The page of a form, with what was typed; None where it has no such form any longer."""
    heard: list[Message] = []
    begun = asyncio.Event()

    async def nothing() -> Message:
        if begun.is_set():
            await asyncio.Event().wait()  # until it is cancelled: nobody goes away
        begun.set()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def hear(message: Message) -> None:
        heard.append(message)

    await app(_asking(scope, resumed), nothing, hear)
    start, body = heard[0], b"".join(message.get("body", b"") for message in heard[1:])
    said = MutableHeaders(scope=start)
    if start["status"] != 200 or media_type(said.get("content-type", "")) != "text/html":
        return None
    page = filled_in(body.decode(), action=resumed.carried.action, fields=resumed.carried.fields)
    if page is None:
        return None
    response = HTMLResponse(page)
    copy_headers(said, response)
    return response


def copy_headers(said: MutableHeaders, response: Response, *, only: Sequence[str] = ()) -> None:
    """Give an answer the headers of another, but for those of its body; those it has itself stay."""
    own = set(response.headers.keys()) - {"set-cookie"}
    for name, value in said.items():
        if name in only if only else name not in own:
            response.headers.append(name, value)


def _asking(scope: Scope, resumed: Resumed) -> Scope:
    """A GET of the page, as the person's own browser would send it."""
    path, _, query = resumed.carried.page.partition("?")
    name, value = resumed.cookie
    cookies = {**Request(scope).cookies, name: value}
    told = "; ".join(f"{name}={value}" for name, value in cookies.items()).encode("latin-1")
    headers = [each for each in scope["headers"] if each[0] not in _OF_BODY]
    return {
        **{name: scope[name] for name in _OF_CONNECTION if name in scope},
        "method": "GET",
        "path": unquote(path),
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "headers": [*headers, (b"cookie", told)],
        "state": {"not_saved": True},
    }
