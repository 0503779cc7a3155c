"""A service's own PostgreSQL: connections, sessions, and the naming by which constraints are known."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, Request
from sqlalchemy import MetaData, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session as SyncSession

from shared.errors import Unavailable

NAMING = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
# PostgreSQL's answers that a later try may not get: connection loss, shutdown, serialisation, deadlock, too many
# connections, lock and statement time-outs, disk full.
_PASSING = ("08", "57P", "40001", "40P01", "53", "55P03", "57014")
# The same as asyncpg says them, for what goes past SQLAlchemy, which would wrap them.
DRIVER_PASSING = (
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what a connection that broke a moment ago may say of itself
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    OSError,  # and with it TimeoutError
)
AWAY = "The database went away. Send the same request again in a moment."


def metadata() -> MetaData:
    """An empty register of tables; code maps constraint names to refusals, so all follow one convention."""
    return MetaData(naming_convention=NAMING)


def asyncpg_url(url: str) -> str:
    """The same address, as SQLAlchemy wants it for asyncpg."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


class Database:
    """The connections of one process to its service's database, opened on first use.

    `announced` is set after each commit that wrote to the outbox: it wakes the relay without any NOTIFY, which would
    serialise all commits (measured: 56 to 61 % of the commit rate at 20 clients).
    """

    def __init__(self, url: str, *, connections: int, statement_timeout_s: int, name: str) -> None:
        self.url, self.name = url, name
        self._connections = connections
        self._settings = {
            "application_name": name,
            "timezone": "UTC",
            "jit": "off",
            "statement_timeout": str(statement_timeout_s * 1000),
            "idle_in_transaction_session_timeout": "30000",
            "lock_timeout": "10000",
            # A role may hold so many connections and no more: those of a machine that is gone must not count for hours.
            "tcp_keepalives_idle": "60",
            "tcp_keepalives_interval": "10",
            "tcp_keepalives_count": "6",
        }
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self.engine = create_async_engine(
            asyncpg_url(url),
            pool_size=connections,
            max_overflow=0,
            pool_timeout=5,
            hide_parameters=True,  # an error's text is logged, and parameters are what callers wrote
            # A dead connection is found when it is used; a ping before each use would be one more round trip.
            pool_pre_ping=False,
            connect_args={"async_creator_fn": _connect, "timeout": 5, "server_settings": self._settings},
        )
        self.announced = asyncio.Event()
        sync = type("ServiceSession", (SyncSession,), {})
        event.listen(sync, "after_commit", self._committed)
        event.listen(sync, "after_rollback", _rolled_back)
        self.sessions = async_sessionmaker(
            self.engine, sync_session_class=sync, expire_on_commit=False, info={"source": name}
        )

    def _committed(self, session: SyncSession) -> None:
        if session.in_nested_transaction():
            return  # a savepoint: its work may yet be undone
        if session.info.pop("announced", False):
            self.announced.set()
        for act in session.info.pop("after_commit", ()):
            act()

    async def ping(self) -> None:
        """Return if the database answers within 2 s. Raises Unavailable."""
        try:
            async with asyncio.timeout(2), self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (OSError, TimeoutError, DBAPIError, PoolTimeout) as away:
            raise Unavailable("The database does not answer.") from away

    @asynccontextmanager
    async def direct(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection past SQLAlchemy, on which each statement is a transaction: for the hottest statements only.

        Three statements in a session take 1.5 ms of processor time, one of their size here 0.4 (measured). Whoever told
        something sets `announced`. Raises Unavailable.
        """
        try:
            pool = await self._direct_pool()
            async with pool.acquire(timeout=5) as connection:
                try:
                    yield connection
                except asyncpg.InternalClientError:
                    connection.terminate()  # nobody knows what state it is in
                    raise
        except DRIVER_PASSING as away:
            raise Unavailable(AWAY) from away

    async def _direct_pool(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self.url,
                    min_size=0,
                    max_size=self._connections,
                    connect=_connect,
                    reset=_as_it_is,
                    timeout=5,
                    server_settings=self._settings,
                )
            return self._pool

    async def stop(self) -> None:
        """Close all connections, within 5 s."""
        try:
            async with asyncio.timeout(5):
                await self.engine.dispose()
                if self._pool is not None:
                    await self._pool.close()
        except (TimeoutError, OSError):
            return


def after_commit(session: AsyncSession, act: Callable[[], None]) -> None:
    """Act as soon as this session's transaction has committed, and never if it does not: how workers are woken.

    For sessions of a `Database`.
    """
    session.info.setdefault("after_commit", []).append(act)


def _rolled_back(session: SyncSession) -> None:
    if not session.in_nested_transaction():
        session.info.pop("announced", None)
        session.info.pop("after_commit", None)


async def _as_it_is(_: asyncpg.Connection) -> None:
    """Nothing of a connection is changed, and to tidy it would be another round trip after each statement."""


async def _connect(*address: Any, **settings: Any) -> asyncpg.Connection:
    """Connect. Raises Unavailable where a later try may succeed: what fails here SQLAlchemy passes on as it is."""
    try:
        return await asyncpg.connect(*address, **settings)
    except OSError as away:  # refused, reset, or not in time
        raise Unavailable("The database does not answer. Send the same request again in a moment.") from away
    except asyncpg.PostgresError as refused:
        if not (refused.sqlstate or "").startswith(_PASSING):
            raise
        raise Unavailable("The database is not ready. Send the same request again in a moment.") from refused


def is_passing(error: BaseException) -> bool:
    """Whether the same work may succeed later: the database was away, busy or chose another transaction."""
    if isinstance(error, OSError | TimeoutError | PoolTimeout | InterfaceError | Unavailable):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (sqlstate(error) or "08").startswith(_PASSING)
    return isinstance(error, OperationalError)


def sqlstate(error: DBAPIError) -> str | None:
    """PostgreSQL's five-character code of what went wrong, if it said one."""
    return getattr(error.orig, "sqlstate", None)


def constraint(error: DBAPIError) -> str | None:
    """The name of the constraint that refused, so that a command can turn it into a refusal."""
    cause: Any = getattr(error.orig, "__cause__", None)
    return getattr(cause, "constraint_name", None)


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.sessions() as session, session.begin():
        yield session


# `scope="function"`: without it FastAPI runs the code after `yield` when the answer has gone out, and a commit that
# fails has already answered 201 (measured on 0.165; tests/integration/kit/database/test_failing_commit.py shows it).
Session = Annotated[AsyncSession, Depends(_session, scope="function")]
