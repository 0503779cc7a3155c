"""The way out: one POST to a URL, with a guard on each address that is dialled and a cap on all that is read."""

import asyncio
import errno
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from uuid import UUID

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from services.notify.errors import BadAddress
from services.notify.webhooks.addresses import Address, Reach, blocked, may_be_asked, read_address, read_url
from services.notify.webhooks.ladder import Answer
from shared.errors import Refusal, TooMany
from shared.turns import Turns

CONNECT_S = 5.0
TOTAL_S = 15.0
"""From the first byte of the name's look-up to the last byte of the body that we read."""

MOST_BODY_BYTES = 16_384
EXCERPT_BYTES = 1_024
READ_BYTES = EXCERPT_BYTES + 64
"""A little more is read, so that a number across the end is seen as one."""
_STALE_S = 1.0
_NOT_REACHED = frozenset({"dns", "connect", "tls", "blocked"})
LOOK_UP_S = 3.0
_LOOK_UPS, _OF_ONE = 32, 4
# The same of every name that does not lead out: which there are behind our own name server tells nobody.
_NOWHERE = "The name cannot be looked up, or leads to no address of the open net."
# For whom a name is looked up; aiohttp asks a resolver for a name and no more.
_ON_BEHALF: ContextVar[UUID | None] = ContextVar("on_behalf", default=None)

LookUp = Callable[[str, int], Awaitable[Sequence[Address]]]
"""From a name and a port to every address it has now. Raises OSError when there is none."""


class BlockedAddress(OSError):
    """The guard refused an address. Nothing was sent to it, not even a SYN."""


class Crowded(OSError):
    """An organisation has as many names being looked up as it may, and their name servers do not answer."""


class NameLookUp:
    """Looks names up in threads of its own, so that a slow name server holds up nothing else in the process.

    An organisation has four of them: the hosts it chose may have name servers that never answer.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOK_UPS, thread_name_prefix="look-up")
        self._turns = Turns(
            "look-ups of names", places=_LOOK_UPS, share=_OF_ONE, waiting=1000, patience_s=LOOK_UP_S * 2 / 3
        )

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        """Every address of a name, within LOOK_UP_S. Raises OSError, of which a TimeoutError and Crowded are kinds."""
        looking = asyncio.create_task(self._look_up(host, port))
        looking.add_done_callback(lambda done: done.cancelled() or done.exception())
        async with asyncio.timeout(LOOK_UP_S):
            # A look-up cannot be interrupted: whoever no longer waits for it leaves it its thread, and its place.
            return await asyncio.shield(looking)

    async def _look_up(self, host: str, port: int) -> Sequence[Address]:
        loop = asyncio.get_running_loop()
        try:
            async with self._turns.turn(_ON_BEHALF.get()):
                found = await loop.run_in_executor(
                    self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                )
        except Refusal as full:
            raise Crowded(None, "too many names are being looked up") from full
        # An address with a zone cannot be read and so does not count; only link-local ones have zones.
        return [a for a in (read_address(str(info[4][0])) for info in found) if a is not None]

    def close(self) -> None:
        """Let the threads end by themselves; a look-up cannot be interrupted."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Sender:
    """Sends webhooks over kept connections. Build it inside a running loop, and close it."""

    def __init__(self, *, allowed: Sequence[Reach] = (), look_up: LookUp, total_s: float = TOTAL_S) -> None:
        self._allowed = tuple(allowed)
        self._look_up = look_up
        connector = aiohttp.TCPConnector(
            limit=0,  # the dispatcher bounds what is in flight
            keepalive_timeout=60,
            ttl_dns_cache=10,
            resolver=_GuardedResolver(look_up, self._allowed),
            # The resolver is never asked about literals; the socket factory sees every address that is dialled.
            socket_factory=self._guarded_socket,
            ssl=ssl.create_default_context(),
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=total_s, sock_connect=min(CONNECT_S, total_s), ceil_threshold=60),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # a small gzip body can unfold to gigabytes
            trust_env=False,  # no proxies and no netrc from the environment
            headers={"User-Agent": "Samsyn-Webhooks/1", "Accept": "*/*", "Accept-Encoding": "identity"},
            read_bufsize=MOST_BODY_BYTES,
            max_headers=64,
            max_field_size=4_096,  # with the line above: 256 kB of headers at most, a thousand times over
        )

    async def send(self, url: str, *, headers: Mapping[str, str], body: bytes, of: UUID | None = None) -> Answer:
        """POST the body once and say what came back. Never raises for what the receiver or the net does.

        of: the organisation whose endpoint it is; its names are looked up in its turn.
        """
        _ON_BEHALF.set(of)
        started = time.monotonic()
        answer = await self._attempt(url, headers, body, started)
        if answer.error == "stale" and time.monotonic() - started < _STALE_S:
            # The receiver had closed an idle connection just as we used it. That says nothing about the receiver.
            answer = await self._attempt(url, headers, body, started)
        if answer.error != "stale":
            return answer
        return _failed("protocol", "The connection was closed before an answer.", started)

    async def admit(self, url: str, *, of: UUID | None = None) -> None:
        """Judge a URL when it is stored, by what holds when it is dialled. Raises BadAddress, TooMany."""
        _ON_BEHALF.set(of)
        target = read_url(url, allowed=self._allowed)
        if target.address is None and not await self._leads_out(target.host, target.port):
            raise BadAddress(f"Webhooks may not be sent there. {_NOWHERE}")

    async def _leads_out(self, host: str, port: int) -> bool:
        if not may_be_asked(host, allowed=self._allowed):
            return False
        try:
            async with asyncio.timeout(CONNECT_S):
                addresses = await self._look_up(host, port)
        except Crowded:
            detail = "Names of your organisation's endpoints are being looked up and not found. Try again in a moment."
            raise TooMany(detail, retry_after_s=10) from None
        except (OSError, UnicodeError):
            return False
        return bool(addresses) and not any(blocked(each, port=port, allowed=self._allowed) for each in addresses)

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def _attempt(self, url: str, headers: Mapping[str, str], body: bytes, started: float) -> Answer:
        try:
            async with self._session.post(
                URL(url, encoded=True),
                headers=headers,
                data=aiohttp.BytesPayload(body, content_type="application/json"),
                allow_redirects=False,
            ) as response:
                excerpt = await _excerpt(response)
                return Answer(
                    status=response.status,
                    retry_after=response.headers.get("Retry-After"),
                    excerpt=excerpt,
                    duration_ms=_since_ms(started),
                )
        except aiohttp.ConnectionTimeoutError:
            return _failed("timeout", "No connection came about in time.", started, reached=False)
        except TimeoutError:
            return _failed("timeout", "There was no whole answer in time.", started)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            kind, words = _kind(error)
            return _failed(kind, words, started, reached=kind not in _NOT_REACHED)

    def _guarded_socket(self, info: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
        family, kind, protocol, _, place = info
        address = read_address(str(place[0]))
        reason = "unreadable" if address is None else blocked(address, port=int(str(place[1])), allowed=self._allowed)
        if reason is not None:
            raise BlockedAddress(f"Webhooks may not be sent to this address ({reason}).")
        return socket.socket(family=family, type=kind, proto=protocol)


class _GuardedResolver(AbstractResolver):
    """Looks up a name and refuses it whole when one of its addresses is blocked: honest names do not mix."""

    def __init__(self, look_up: LookUp, allowed: Sequence[Reach]) -> None:
        self._look_up = look_up
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        addresses = await self._look_up(host, port) if may_be_asked(host, allowed=self._allowed) else ()
        # Whether it is blocked or not there, nobody learns: names behind our own name server are none of theirs.
        if not addresses or any(blocked(each, port=port, allowed=self._allowed) for each in addresses):
            raise OSError(None, "no address that may be dialled")
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing to close: the look-up belongs to the caller."""


async def _excerpt(response: aiohttp.ClientResponse) -> str:
    """The first 1 kB of the body and a little more. Past 16 kB the connection is closed instead of read to its end."""
    kept, read = bytearray(), 0
    async for chunk in response.content.iter_any():
        read += len(chunk)
        kept += chunk[: READ_BYTES - len(kept)]
        if read > MOST_BODY_BYTES:
            response.close()
            break
    return kept.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")  # PostgreSQL's text takes no NUL


def _kind(error: Exception) -> tuple[str, str]:
    """The kind of failure that the attempt log names, and its words."""
    cause: BaseException | None = error
    while cause is not None:  # aiohttp wraps the guard's refusal in its own errors
        if isinstance(cause, BlockedAddress):
            return "blocked", str(cause)
        cause = cause.__cause__
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return "tls", _why_not_trusted(error)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "dns", _NOWHERE
    if isinstance(error, aiohttp.ClientConnectorError):
        refused = error.errno == errno.ECONNREFUSED
        return "connect", "The connection was refused: nobody listens there." if refused else "There is no way there."
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError):
        return "stale", ""
    return "protocol", "What came back is no answer in HTTP, or broke off."


def _why_not_trusted(error: Exception) -> str:
    """For a certificate what OpenSSL says of it; nothing that Python says of the connection."""
    cause = getattr(error, "certificate_error", error)
    why = cause.verify_message if isinstance(cause, ssl.SSLCertVerificationError) else ""
    return f"The certificate is not trusted: {why}." if why else "No encrypted connection could be agreed on (TLS)."


def _failed(error: str, words: str, started: float, *, reached: bool = True) -> Answer:
    return Answer(error=error, excerpt=words[:200], duration_ms=_since_ms(started), reached=reached)


def _since_ms(started: float) -> int:
    return round((time.monotonic() - started) * 1_000)
