"""The relay: takes the outbox to the bus. One owner at a time, whole batches, a deadline on every await.

Delivery is at least once: a crash between the bus' ack and the delete sends a batch again, and consumers drop what
they have seen. Order per key holds, because one owner reads by id and a row that fails holds its key back.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence

import asyncpg
import structlog

from shared import telemetry
from shared.bus import Bus, BusUnavailable, Record, Undeliverable

log = structlog.get_logger()

BATCH = 1000
# A batch that was not full is followed by a breath, so that rows come together (measured: three statements for each row
# took a fifth of a POST); then comes whoever wakes us. What another process writes is found by looking, ever less often
# while nothing comes (measured: 2.5 % of a core at 25 looks a second).
BREATH_S = 0.01
POLL_S = 0.04
LONGEST_POLL_S = 0.3
SWEEP_S = 60.0
COUNT_S = 1.0
LONGEST_TRANSACTION_S = 60.0
PUBLISH_S = 12.0
# An owner that says nothing for so long is stopped or gone, and the next one takes over. More than one publish takes.
SILENCE_S = 20.0
_OWNER_LOCK = 0x53414D53594E  # any number, the same in every process of the service
_AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

# The time as a number: to make a datetime of it costs as much as all other columns of the row together.
_ROW = "id, topic, key, headers, value, extract(epoch FROM created_at)::float8 AS at"
_READ = f"SELECT {_ROW} FROM outbox WHERE id >= $1 ORDER BY id LIMIT $2"
_BURY = """
    WITH moved AS (DELETE FROM outbox WHERE id = ANY($1::bigint[]) RETURNING *)
    INSERT INTO outbox_dead (id, topic, key, message_id, headers, value, created_at, reason)
    SELECT id, topic, key, message_id, headers, value, created_at, $2 FROM moved
"""
_DEAD = "SELECT key, count(*) AS rows FROM outbox_dead GROUP BY key"
_REDRIVE = f"""
    SELECT {_ROW} FROM outbox_dead AS dead
    WHERE EXISTS (SELECT FROM outbox_dead AS asked WHERE asked.key = dead.key AND asked.redrive) ORDER BY id LIMIT $1
"""
_REFUSE_AGAIN = """
    UPDATE outbox_dead SET redrive = false, reason = CASE WHEN id = $2 THEN $3 ELSE reason END WHERE key = $1
"""


class Relay:
    """The relay of one service's outbox. `run` goes on until cancelled; `drain` empties what is left.

    `sweep_s`: how soon a redrive that somebody asked for begins. `silence_s`: after how long an owner that was stopped
    in its tracks loses the outbox to the next one; what it sends when it wakes are repeats.
    """

    def __init__(
        self,
        url: str,
        *,
        bus: Bus,
        wake: asyncio.Event,
        name: str,
        sweep_s: float = SWEEP_S,
        silence_s: float = SILENCE_S,
    ) -> None:
        self._url, self._bus, self._wake, self._name = url, bus, wake, name
        self._sweep_s, self._silence_s = sweep_s, silence_s
        self._low = 0
        self._marks: deque[tuple[float, int]] = deque()
        self._held: set[str] = set()
        self._swept_at: float | None = None
        self._counted_at = 0.0
        self._connection: asyncpg.Connection | None = None  # there is one only while this process is the owner

    async def run(self) -> None:
        """Relay for ever. The database or the bus being away is waited out; the rows are still there."""
        delay_s = 0.2
        while True:
            try:
                await self._own()
                poll_s = POLL_S
                while True:
                    self._wake.clear()  # before the read: what commits after it wakes us
                    sent = await self._step()
                    poll_s = POLL_S if sent else min(poll_s * 1.2, LONGEST_POLL_S)
                    if sent < BATCH:
                        await self._rest(poll_s)
                    delay_s = 0.2
            except (*_AWAY, BusUnavailable) as away:
                telemetry.RELAY_REBUILT.inc()
                log.warning("relay.away", reason=type(away).__name__, **{"retry.s": delay_s})
                await self.close()
                await asyncio.sleep(delay_s)
                delay_s = min(delay_s * 2, 5.0)

    async def drain(self, *, timeout_s: float) -> None:
        """Send what is left, for at most `timeout_s`, if this process is the owner."""
        try:
            async with asyncio.timeout(timeout_s):
                while self._connection is not None and await self._step() > 0:
                    pass
        except (*_AWAY, BusUnavailable):
            return

    async def close(self) -> None:
        """Give up ownership."""
        telemetry.OUTBOX_OWNER.set(0)
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _own(self) -> None:
        connection = await asyncio.wait_for(
            asyncpg.connect(
                self._url,
                timeout=5,
                command_timeout=10,
                server_settings={
                    "application_name": f"{self._name}-relay",
                    # A stopped process keeps its connection, and with it the lock: only its silence tells.
                    "idle_session_timeout": str(round(self._silence_s * 1000)),
                    "tcp_keepalives_idle": "5",
                    "tcp_keepalives_interval": "2",
                    "tcp_keepalives_count": "3",
                },
            ),
            timeout=10,
        )
        try:
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _OWNER_LOCK):  # noqa: ASYNC110
                await asyncio.sleep(0.5)
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection
        telemetry.OUTBOX_OWNER.set(1)
        self._low, self._swept_at = 0, None
        self._marks.clear()

    async def _rest(self, poll_s: float) -> None:
        await asyncio.sleep(BREATH_S)
        try:
            async with asyncio.timeout(poll_s):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _step(self) -> int:
        """Send one batch, oldest first. Returns how many rows it dealt with."""
        connection = self._connection
        assert connection is not None  # noqa: S101 - run() owns it
        if self._swept_at is None or time.monotonic() - self._swept_at > self._sweep_s:
            await self._sweep(connection)
        rows = await connection.fetch(_READ, self._low, BATCH)
        await self._measure(connection, rows)
        free = rows
        if self._held and (held := [row for row in rows if row["key"] in self._held]):
            await connection.execute(_BURY, [row["id"] for row in held], "held behind an earlier row of its key")
            free = [row for row in rows if row["key"] not in self._held]
        await self._send(free, delete="outbox")
        self._mark(rows)
        return len(rows)

    async def _measure(self, connection: asyncpg.Connection, rows: Sequence[asyncpg.Record]) -> None:
        """How many rows wait, counted at most once a second when they are more than a batch, and how old the first."""
        if len(rows) < BATCH:
            telemetry.OUTBOX_PENDING.set(len(rows))
        elif time.monotonic() - self._counted_at > COUNT_S:
            telemetry.OUTBOX_PENDING.set(await connection.fetchval("SELECT count(*) FROM outbox"))
            self._counted_at = time.monotonic()
        telemetry.OUTBOX_OLDEST_S.set(max(0.0, time.time() - rows[0]["at"]) if rows else 0)

    async def _send(self, rows: Sequence[asyncpg.Record], *, delete: str) -> None:
        connection = self._connection
        while rows and connection is not None:
            try:
                await asyncio.wait_for(self._bus.publish(_records(rows)), timeout=PUBLISH_S)
            except Undeliverable as refused:
                rows = await self._bury(rows, refused, delete=delete)
                continue
            except TimeoutError as late:
                raise BusUnavailable("The bus took too long.") from late
            await connection.execute(f"DELETE FROM {delete} WHERE id = ANY($1::bigint[])", [row["id"] for row in rows])
            telemetry.RELAYED.inc(len(rows))
            now = time.time()
            for row in rows[:: max(1, len(rows) // 20)]:
                telemetry.RELAY_SECONDS.observe(max(0.0, now - row["at"]))
            return

    async def _bury(
        self, rows: Sequence[asyncpg.Record], refused: Undeliverable, *, delete: str
    ) -> Sequence[asyncpg.Record]:
        """Put a row the bus will never take aside, hold its key, and return the rows that can still go."""
        bad = rows[refused.index]
        log.error("relay.undeliverable", topic=bad["topic"], reason=refused.reason, **{"outbox.id": bad["id"]})
        assert self._connection is not None  # noqa: S101 - run() owns it
        if delete == "outbox":
            await self._connection.execute(_BURY, [bad["id"]], refused.reason)
        else:
            await self._connection.execute(_REFUSE_AGAIN, bad["key"], bad["id"], refused.reason)
        self._held.add(bad["key"])
        later = [row["id"] for row in rows[refused.index + 1 :] if row["key"] == bad["key"]]
        if later and delete == "outbox":
            await self._connection.execute(_BURY, later, "held behind an earlier row of its key")
        return [row for row in rows if row["key"] != bad["key"] or row["id"] < bad["id"]]

    async def _sweep(self, connection: asyncpg.Connection) -> None:
        """Once a minute: look at every row again, learn which keys are held, and redrive those asked for."""
        self._low, self._swept_at = 0, time.monotonic()
        while asked := await connection.fetch(_REDRIVE, BATCH):
            await self._send(asked, delete="outbox_dead")  # a row that is refused again takes the request back
        dead = await connection.fetch(_DEAD)
        self._held = {row["key"] for row in dead}
        telemetry.OUTBOX_DEAD.set(sum(row["rows"] for row in dead))

    def _mark(self, rows: Sequence[asyncpg.Record]) -> None:
        """Move the low-water mark: below an id read one longest transaction ago nothing can appear any more.

        Without it each read steps over all rows deleted since some old snapshot (measured: 0.3 -> 11 ms after 200,000).
        """
        now = time.monotonic()
        if rows:
            self._marks.append((now, rows[-1]["id"]))
        while self._marks and self._marks[0][0] < now - LONGEST_TRANSACTION_S - 5:
            self._low = max(self._low, self._marks.popleft()[1])


def _records(rows: Sequence[asyncpg.Record]) -> list[Record]:
    return [Record(topic, key, value, headers) for _, topic, key, headers, value, _ in rows]
