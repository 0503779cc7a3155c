"""Connections within bounds: what a stranger may send, and how slowly, before there is a request that could be refused.

uvicorn bounds none of it with the parser that we use (Kludex/uvicorn#157): a head is kept however long it is, half a
request for ever, and an answer that nobody takes.
"""

import asyncio
import logging
from typing import Any
from uuid import uuid4

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.http.bounds import Bounds, Crowd
from shared.http.framing import Fault, fault_of
from shared.http.problems import ALWAYS, problem

log = structlog.get_logger()


NO_REQUEST = Fault(400, "malformed", "The request cannot be read", "This is no HTTP request, or its address is none.")
TOO_SLOW = Fault(408, "too-slow", "Too slow", "The rest of the request did not come in time.")
TARGET_TOO_LONG = Fault(414, "too-long", "Too long", "The address is too long.")
HEAD_TOO_LARGE = Fault(431, "too-large", "Too large", "The headers are too many or too long.")
TOO_MANY_WAIT = Fault(503, "unavailable", "Not available now", "Too many requests wait on this connection.")
TOO_MANY = Fault(503, "unavailable", "Not available now", "There are too many connections. Close some, or wait.")
_LINGER_BYTES = 16_777_216
# What may come round a body beside a head's worth: chunks of one byte have five round them, and are a client's right.
_ROUND_A_BYTE = 8


class _Ended(Exception):
    """Breaks off the parser."""


class Connection(HttpToolsProtocol):
    """uvicorn's connection, ended when it costs more than its bounds. `bounded` makes the class of one server.

    Who does not read what they asked for is cut after `stalled_s`: whatever the answer holds behind it is free then.
    """

    bounds: Bounds
    crowd: Crowd
    stalled_s = 20.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._entered = self._in_body = False
        self._unclaimed = self._head_size = self._head_count = self._dropped = self._content = self._wrapping = 0
        self._fault: Fault | None = None
        self._last_word: Fault | None = None  # said when the requests before it have their answers
        self._head_since: float | None = None  # while headers are awaited
        self._leaving_since: float | None = None
        self._heard = self._taken = self._body_since = 0.0
        self._untaken = 0
        self._watch: asyncio.TimerHandle | None = None

    # --- the connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody connected."""
        super().connection_made(transport)
        self._heard = self._taken = self._head_since = self.loop.time()
        self._entered = self.crowd.enter(self._address)
        self._watch = self.loop.call_later(self.bounds.look_s, self._look)
        if not self._entered:
            transport.write(_spoken(TOO_MANY))
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        super().connection_lost(exc)
        if self._watch is not None:
            self._watch.cancel()
        if self._entered:
            self._entered = False
            self.crowd.leave(self._address)

    @property
    def _address(self) -> str:
        return self.client[0] if self.client else ""

    def data_received(self, data: bytes) -> None:
        """Read on; what comes after the end was said is dropped."""
        if self._leaving_since is not None or self._last_word is not None:
            self._dropped += len(data)
            if self._dropped > _LINGER_BYTES:
                self.flow.pause_reading()
            return
        if self._head_since is None and not self._in_body:
            self._head_since = self.loop.time()
        self._unclaimed += len(data)
        inside, content = self._in_body and self.cycle, self._content
        super().data_received(data)
        if inside and self._in_body and inside is self.cycle:
            self._wrapping += len(data) - (self._content - content)
        wrapped = self._wrapping > self.bounds.head_bytes + _ROUND_A_BYTE * self._content
        if (wrapped or self._unclaimed > self.bounds.head_bytes) and self._leaving_since is None:
            self._turn_away(HEAD_TOO_LARGE)

    # --- what the parser found

    def on_message_begin(self) -> None:
        """A request begins."""
        self._head_size = self._head_count = self._content = self._wrapping = 0
        if len(self.pipeline) >= self.bounds.waiting_requests:
            self._break_off(TOO_MANY_WAIT)
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A part of its target."""
        super().on_url(url)
        if len(self.url) > self.bounds.target_bytes:
            self._break_off(TARGET_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its headers; those after a body (trailers) count like them, and are nothing to us.

        White space round a value is no part of it (RFC 9110 §5.5); the parser leaves what stands behind it.
        """
        self._head_size += len(name) + len(value)
        self._head_count += 1
        if self._head_count > self.bounds.headers or self._head_size > self.bounds.head_bytes:
            self._break_off(HEAD_TOO_LARGE)
        if not self._in_body:
            super().on_header(name, value.rstrip(b" \t"))

    def on_headers_complete(self) -> None:
        """It can be served, if it is framed as HTTP/1.1 has it."""
        if fault := fault_of(self.parser.get_http_version(), self.headers):
            self._break_off(fault)
        self._head_since, self._unclaimed, self._in_body = None, 0, True
        self._heard = self._body_since = self.loop.time()
        super().on_headers_complete()
        self.cycle.transport = _WayOut(self)  # type: ignore[assignment]

    def on_chunk_header(self) -> None:
        """Its body goes on."""
        self._unclaimed = 0

    def on_body(self, body: bytes) -> None:
        """A part of its body."""
        self._unclaimed, self._heard = 0, self.loop.time()
        self._content += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """All of it is here."""
        self._unclaimed, self._in_body = 0, False
        super().on_message_complete()

    # --- what is said

    def on_response_complete(self) -> None:
        """It was answered."""
        if self._in_body and self.cycle.response_complete:
            self._leave()
        if self._last_word is not None and not self.pipeline and not self.transport.is_closing():
            self._end(self._last_word)
        if self._leaving_since is None:
            super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Say what was wrong with what the parser could not read."""
        self._turn_away(self._fault or NO_REQUEST)

    def resume_writing(self) -> None:
        """Something of an answer was taken."""
        self._taken = self.loop.time()
        super().resume_writing()

    def end_after_answer(self) -> None:
        """Close, once what was said is sent; not while there is more of the request to come."""
        if self._in_body:
            self._leave()
        elif self._leaving_since is None:
            self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing: whoever asks for another protocol is answered in this one (RFC 9110 §7.8)."""

    def _break_off(self, fault: Fault) -> None:
        self._fault = fault
        raise _Ended

    def _turn_away(self, fault: Fault) -> None:
        """End the connection with a reason, or without one where it would stand within another answer."""
        if self.crowd.may_tell(self.loop.time()):
            log.info("http.turned_away", reason=fault.detail, **{"http.status": fault.status})
        running = self.cycle is not None and not self.cycle.response_complete
        if (self.pipeline or running) and not self._in_body:
            self._last_word = fault
            return
        if self.pipeline or (running and self.cycle.response_started):
            self.transport.abort()
            return
        if running:
            # Whoever waits for the rest hears that nobody sends it.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._end(fault)

    def _end(self, fault: Fault) -> None:
        self.transport.write(_spoken(fault))
        self._leave()

    def _leave(self) -> None:
        """Say no more, and close when the other end had time to read: a close before bytes that came is a reset."""
        if self._leaving_since is None and not self.transport.is_closing():
            self._leaving_since = self.loop.time()
            self.transport.write_eof()
            self.flow.resume_reading()

    def _look(self) -> None:
        """End the connection if it takes too long."""
        now, bounds = self.loop.time(), self.bounds
        self._watch = self.loop.call_later(bounds.look_s, self._look)
        if self._is_stalled(now):
            # Closing would wait until the rest is read.
            log.info("http.stalled", **{"stalled.s": self.stalled_s})
            self.transport.abort()
        elif self._leaving_since is not None:
            if self._untaken:
                self._leaving_since = now
            elif now > self._leaving_since + bounds.linger_s:
                self.transport.abort()
        elif self.flow.read_paused:
            # It is we who do not read.
            self._heard = now
            self._body_since += bounds.look_s
        elif self._head_since is not None:
            if self.cycle is not None and not self.cycle.response_complete:
                self._head_since = now  # the one before is being answered
            elif now > self._head_since + bounds.head_s:
                self._turn_away(TOO_SLOW)
        elif self._in_body and (now > self._heard + bounds.silence_s or self._trickles(now)):
            self._turn_away(TOO_SLOW)

    def _trickles(self, now: float) -> bool:
        """Whether a body that is long on its way is slower than any line: each of its bytes is no progress."""
        taken_s = now - self._body_since
        return taken_s > self.bounds.hurry_s and self._content < taken_s * self.bounds.least_bytes_per_s

    def _is_stalled(self, now: float) -> bool:
        untaken = self.transport.get_write_buffer_size()
        if untaken == 0 or untaken < self._untaken:
            self._taken = now
        self._untaken = untaken
        return now > self._taken + self.stalled_s


class _WayOut:
    """What an answer has of its connection: it writes, and closes in the connection's own way."""

    __slots__ = ("_connection", "is_closing", "write")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.write, self.is_closing = connection.transport.write, connection.transport.is_closing

    def close(self) -> None:
        self._connection.end_after_answer()


def bounded(bounds: Bounds) -> type[HttpToolsProtocol]:
    """The protocol of one server, for uvicorn's `http=`."""

    class Bounded(Connection):
        pass

    logging.getLogger("uvicorn.error").addFilter(_is_not_ours)
    Bounded.bounds, Bounded.crowd = bounds, Crowd(bounds)
    return Bounded


def _is_not_ours(record: logging.LogRecord) -> bool:
    """Whether uvicorn says something that we do not say ourselves, with its reason."""
    return record.msg != "Invalid HTTP request received."


def _spoken(fault: Fault) -> bytes:
    identity = uuid4().hex
    told = {"X-Request-Id": identity, "Connection": "close", **ALWAYS} | (
        {"Retry-After": "2"} if fault.status == 503 else {}
    )
    answer = problem(
        fault.status, code=fault.code, title=fault.title, detail=fault.detail, request_id=identity, headers=told
    )
    lines = [f"HTTP/1.1 {fault.status} {fault.title}".encode()]
    lines += [name + b": " + value for name, value in answer.raw_headers]
    return b"\r\n".join([*lines, b"", bytes(answer.body)])
