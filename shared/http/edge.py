"""The outermost layer of every service: request id, trace, log line, metric, body limit, deadline, last resort."""

import asyncio
import re
import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import TypeVar
from uuid import uuid4

import structlog
from fastapi.responses import Response
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import errors, telemetry
from shared.http.problems import problem, refusal_answer

log = structlog.get_logger()

Held = TypeVar("Held")

# A UUID, or 16 to 64 hexadecimal digits. It stands in every log line, so it has no room for words, and digits alone may
# be the number of a person.
_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_REQUEST_ID = re.compile(rf"(?=.*[A-Fa-f])(?:{_UUID}|[0-9A-Fa-f]{{16,64}})")

# In logs and metrics, of a request whose sender went away in the middle of it: no answer was given.
GONE = 499


class Edge:
    """ASGI middleware round a whole app: request id, trace, log line, metric, body limit, deadline, last resort.

    `generous` maps path prefixes that take large or slow bodies to (bytes, seconds).
    """

    def __init__(
        self, app: ASGIApp, *, body_limit_bytes: int, timeout_s: float, generous: Mapping[str, tuple[int, float]]
    ) -> None:
        self._app, self._limit, self._timeout_s, self._generous = app, body_limit_bytes, timeout_s, generous

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, as ASGI calls it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        wanted = headers.get(b"x-request-id", b"").decode("latin-1")
        identity = wanted if _REQUEST_ID.fullmatch(wanted) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = identity
        telemetry.enter_trace(headers.get(b"traceparent", b"").decode("latin-1") or None)
        with structlog.contextvars.bound_contextvars(**{"request.id": identity}):
            await _Exchange(scope, receive, send, identity).run(self._app, *self._bounds(scope["path"]))

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

    def __init__(self, scope: Scope, receive: Receive, send: Send, identity: str) -> None:
        self._scope, self._receive, self._send, self._id = scope, receive, send, identity
        self._status, self._bytes_in, self._limit = 0, 0, 0
        self._too_large = False

    async def run(self, app: ASGIApp, limit: int, timeout_s: float) -> None:
        started = time.perf_counter()
        self._limit = limit
        try:
            declared = dict(self._scope["headers"]).get(b"content-length", b"0")
            if declared.isdigit() and int(declared) > limit:
                self._too_large = True
            else:
                async with AsyncExitStack() as until_end, asyncio.timeout(timeout_s):
                    self._scope["state"]["until_end"] = until_end
                    await app(self._scope, self._take, self._give)
            if self._too_large:
                raise errors.TooLarge(f"The body is larger than {limit} bytes.")
        except errors.Refusal as refusal:
            await self._answer(refusal_answer(refusal, request_id=self._id))
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
        message = await self._receive()
        self._bytes_in += len(message.get("body", b""))
        if self._bytes_in > self._limit:
            self._too_large = True
            raise errors.TooLarge(f"The body is larger than {self._limit} bytes.")
        return message

    async def _give(self, message: Message) -> None:
        if self._too_large and not self._status:
            return  # FastAPI makes a 400 of whatever happens while it reads a body
        if message["type"] == "http.response.start":
            self._status = message["status"]
            told = {"X-Request-Id": self._id, **self._scope["state"].get("answer_headers", {})}
            more = [(name.lower().encode(), value.encode()) for name, value in told.items()]
            message = {**message, "headers": [*message["headers"], *more]}
        await self._send(message)

    async def _answer(self, response: Response) -> None:
        self._too_large = False
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
