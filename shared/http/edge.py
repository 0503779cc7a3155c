"""The outermost layer of every service: request id, trace, log line, metric, deadline, last resort.

And what is let in: paths that can be read in one way only, bodies within bounds, of those who may send them.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import TypeVar
from urllib.parse import quote
from uuid import uuid4

import structlog
from fastapi.responses import Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import errors, telemetry
from shared.access.door import IN_LOGS, check_still_let_in, is_let_in
from shared.http.admission import BEFORE_SIGN_IN_BYTES, admit_first
from shared.http.paths import is_plain
from shared.http.problems import ALWAYS, database_away, problem, refusal_answer, refuse

log = structlog.get_logger()

Held = TypeVar("Held")


# A body that takes longer is one in whose time its sender may have been shut out.
SLOW_BODY_S = 1.0
# In logs and metrics, of a request whose sender went away in the middle of it: no answer was given.
GONE = 499


class Edge:
    """ASGI middleware round a whole app: request id, trace, log line, metric, bounds, deadline, last resort.

    Of a body nothing is read before an operation that asks who sends it has its answer, and little where it asks
    nobody; who sent a slow one is asked again when its end is there. An answer that comes before its body was read ends
    the connection. `generous` maps path prefixes that take large or slow bodies to (bytes, seconds); `from_strangers`
    those that take more than little of whom nobody knows yet, of declared length, to bytes. `keeps_id`: whether a
    caller's id, of its request or of its trace, may be logged and travel.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        body_limit_bytes: int,
        timeout_s: float,
        generous: Mapping[str, tuple[int, float]],
        keeps_id: Callable[[str], bool],
        from_strangers: Mapping[str, int] | None = None,
    ) -> None:
        self._keeps_id, self._from_strangers = keeps_id, from_strangers or {}
        self._app, self._limit, self._timeout_s, self._generous = app, body_limit_bytes, timeout_s, generous

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, as ASGI calls it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        wanted = headers.get(b"x-request-id", b"").decode("latin-1")
        identity = wanted if self._keeps_id(wanted) else self._new_id()
        scope.setdefault("state", {})["request_id"] = identity
        telemetry.enter_trace(headers.get(b"traceparent", b"").decode("latin-1"), keeps=self._keeps_id)
        with structlog.contextvars.bound_contextvars(**{"request.id": identity}):
            try:
                exchange = _Exchange(scope, receive, send, identity, self._of_strangers(scope["path"]))
                await exchange.run(self._app, *self._bounds(scope["path"]))
            finally:
                structlog.contextvars.unbind_contextvars(*IN_LOGS)

    def _new_id(self) -> str:
        """A random id that every service keeps."""
        return next(each for each in iter(lambda: uuid4().hex, "") if self._keeps_id(each))

    def _of_strangers(self, path: str) -> int:
        wide = (most for prefix, most in self._from_strangers.items() if path.startswith(prefix))
        return next(wide, BEFORE_SIGN_IN_BYTES)

    def _bounds(self, path: str) -> tuple[int, float]:
        for prefix, bounds in self._generous.items():
            if path.startswith(prefix):
                return bounds
        return self._limit, self._timeout_s


async def hold_until_end(request: HTTPConnection, held: AbstractAsyncContextManager[Held]) -> Held:
    """Enter a block that ends when this request has, however it ends: with its last byte, a fault, or nobody there."""
    until_end: AsyncExitStack = request.scope["state"]["until_end"]
    return await until_end.enter_async_context(held)


class _Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, identity: str, of_strangers: int) -> None:
        self._scope, self._receive, self._send, self._id = scope, receive, send, identity
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"")
        self._declared = int(declared[:18]) if declared.isdigit() else 0
        self._of_strangers = of_strangers if self._declared else BEFORE_SIGN_IN_BYTES
        self._unread = self._declared > 0 or b"transfer-encoding" in headers
        self._status, self._bytes_in, self._limit = 0, 0, 0
        self._asked_at: float | None = None
        self._refused: Exception | None = None  # before or while a body was read

    async def run(self, app: ASGIApp, limit: int, timeout_s: float) -> None:
        started = time.perf_counter()
        self._limit = limit
        try:
            if not is_plain(_raw_path(self._scope)):
                raise errors.NotFound("There is no such address.")
            async with AsyncExitStack() as until_end, asyncio.timeout(timeout_s):
                self._scope["state"]["until_end"] = until_end
                await app(self._scope, self._take, self._give)
            if self._refused is not None:
                raise self._refused
        except errors.Refusal as refusal:
            await self._answer(await refuse(refusal, request_id=self._id))
        except TimeoutError:
            log.warning("http.timeout", **{"timeout.s": timeout_s})
            late = errors.Unavailable("The request took too long and was given up.")
            await self._answer(refusal_answer(late, request_id=self._id))
        except ClientDisconnect:
            # Nobody is there to hear it, and nothing of ours is at fault.
            log.info("http.gone", route=self._route())
            self._status = GONE
        except Exception:  # the last resort: the caller gets an id, the log gets the rest
            log.exception("http.unexpected", route=self._route())
            await self._answer(
                problem(
                    500,
                    code="unexpected",
                    title="Unexpected fault",
                    detail="Something went wrong here. Name the request id when you report it.",
                    request_id=self._id,
                )
            )
        finally:
            self._note(time.perf_counter() - started)

    async def _take(self) -> Message:
        try:
            if self._asked_at is None:
                self._asked_at = time.monotonic()
                await admit_first(self._scope)
                if dict(self._scope["headers"]).get(b"content-encoding", b"identity").lower() != b"identity":
                    raise errors.Malformed("Send the body as it is, without Content-Encoding.")
                self._check_size(self._declared)
            message = await self._receive()
            self._bytes_in += len(message.get("body", b""))
            self._check_size(self._bytes_in)
            self._unread = bool(message.get("more_body"))
            if self._is_slow_end(message):
                await check_still_let_in(self._scope)
        except Exception as refused:
            self._refused = database_away(refused) if isinstance(refused, SQLAlchemyError) else refused
            raise
        return message

    def _is_slow_end(self, message: Message) -> bool:
        """Whether this is the last part of a body that was long on its way."""
        slow = self._asked_at is not None and time.monotonic() - self._asked_at > SLOW_BODY_S
        return slow and message["type"] == "http.request" and not message.get("more_body")

    def _check_size(self, size: int) -> None:
        most = self._limit if is_let_in(self._scope) else min(self._limit, self._of_strangers)
        if size > most:
            raise errors.TooLarge(f"The body is larger than {most} bytes.")

    async def _give(self, message: Message) -> None:
        if self._refused is not None and not self._status:
            return  # FastAPI makes a 400 of whatever happens while it reads a body
        if message["type"] == "http.response.start":
            self._status = message["status"]
            told = {**ALWAYS, "X-Request-Id": self._id, **self._scope["state"].get("answer_headers", {})}
            said = {name.decode("latin-1").lower() for name, _ in message["headers"]} & ALWAYS.keys()
            more = [(name.lower().encode(), value.encode()) for name, value in told.items() if name not in said]
            if self._unread:
                more.append((b"connection", b"close"))
            kept = [each for each in message["headers"] if each[0].lower() not in _without(self._status)]
            message = {**message, "headers": [*kept, *more]}
        await self._send(message)

    async def _answer(self, response: Response) -> None:
        self._refused = None
        if not self._status:
            await response(self._scope, self._receive, self._give)

    def _route(self) -> str:
        return getattr(self._scope.get("route"), "path", "other")

    def _note(self, seconds: float) -> None:
        route = self._route()
        telemetry.HTTP_SECONDS.labels(route, self._scope["method"], str(self._status)).observe(seconds)
        log.info(
            "http.request",
            **{"http.method": self._scope["method"], "http.route": route, "http.status": self._status},
            duration_ms=round(seconds * 1000, 2),
        )


def _without(status: int) -> Collection[bytes]:
    """What a head does not say where no content follows: FastAPI says of nothing that it is JSON."""
    return (b"content-type",) if status in (204, 304) else ()


def _raw_path(scope: Scope) -> bytes:
    """The path as it was sent; some servers of tests keep none."""
    raw: bytes | None = scope.get("raw_path")
    return quote(scope["path"]).encode() if raw is None else raw
