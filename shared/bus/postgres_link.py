"""One connection to the bus database that comes back by itself, with a deadline around every wait."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg

from shared.bus.port import BusUnavailable

Prepare = Callable[[asyncpg.Connection], Awaitable[None]]

# OSError holds TimeoutError and refused connections.
FAULTS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

_CLOSE_S = 1.0


class Link:
    """One connection, used by one task at a time. `prepare` runs on every new one before anybody gets it."""

    def __init__(self, url: str, *, prepare: Prepare, settings: dict[str, str]) -> None:
        self._url = url
        self._prepare = prepare
        self._settings = settings
        self._turn = asyncio.Lock()
        self._connection: asyncpg.Connection | None = None
        self._closed = False

    @property
    def alive(self) -> asyncpg.Connection | None:
        """The connection as it stands, or None. Session state such as a lock is gone when it is another one."""
        return None if self._connection is None or self._connection.is_closed() else self._connection

    @asynccontextmanager
    async def use(self, *, within_s: float) -> AsyncIterator[asyncpg.Connection]:
        """Give the connection for some statements, opened again if it was lost. Raises BusUnavailable.

        A statement that failed or ran out of time leaves a session in an unknown state, so it is thrown away.
        """
        try:
            async with asyncio.timeout(within_s) as limit, self._turn:
                try:
                    yield await self._open()
                except FAULTS:
                    self.drop()
                    raise
                except asyncio.CancelledError:
                    # A task cancelled from outside leaves the session whole: asyncpg takes the statement back.
                    if limit.expired():
                        self.drop()
                    raise
        except FAULTS as error:
            raise BusUnavailable(f"The message bus does not answer ({type(error).__name__}).") from error

    async def _open(self) -> asyncpg.Connection:
        if (alive := self.alive) is not None:
            return alive
        self._connection = None
        connection = await asyncpg.connect(self._url, server_settings=self._settings)
        try:
            if self._closed:
                raise asyncpg.InterfaceError("closed")
            await self._prepare(connection)
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection
        return connection

    def drop(self) -> None:
        """Throw the connection away without a word to the server. Does not wait."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def close(self) -> None:
        """Close the connection for good, within a second, whatever state it is in."""
        self._closed = True
        connection, self._connection = self._connection, None
        if connection is None or connection.is_closed():
            return
        try:
            await asyncio.wait_for(connection.close(), _CLOSE_S)
        except FAULTS:
            connection.terminate()
