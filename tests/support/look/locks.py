"""Who waits for whom in a database."""

import asyncpg

from tests.support.servers.services import wait_until

_WAITING = """
    SELECT count(*) FROM pg_locks
    WHERE locktype = 'advisory' AND NOT granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


async def until_somebody_waits(rows: asyncpg.Connection) -> None:
    """Wait until a transaction in this database waits for an advisory lock that another one holds."""
    await wait_until(lambda: rows.fetchval(_WAITING), what="somebody to wait for a lock")
