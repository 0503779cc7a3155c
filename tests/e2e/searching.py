"""A search for a text in everything an installation keeps: every row of every database, every message, every log."""

import re
from pathlib import Path

import asyncpg

from shared.bus import Bus, Received
from shared.messages import TOPICS
from tests.support.look.bus import BusProbe
from tests.support.servers.postgres import connected
from tests.support.servers.services import wait_until

_TABLES = """
    SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
      AND c.relpersistence <> 't'  -- nobody else can look into a session's own, and they go with it
"""


def pattern_of(number: str) -> str:
    """A regular expression for a number however it is written, as text or as the bytes of one in hexadecimal."""
    digits = re.sub(r"\D", "", number)[-10:]
    plain, last = digits[:6], digits[6:]
    between = ".{0,3}"
    in_hex = plain.encode().hex(), "([0-9a-f]{2}){0,3}", last.encode().hex()
    wide = plain.encode("utf-16-le").hex(), "([0-9a-f]{4}){0,2}", last.encode("utf-16-le").hex()
    return "|".join((f"{plain}{between}{last}", "".join(in_hex), "".join(wide)))


async def in_databases(admin_url: str, pattern: str) -> list[str]:
    """Where it stands: `database: table`, a line for each, over all columns of all types."""
    async with connected(admin_url) as admin:
        names = [row[0] for row in await admin.fetch("SELECT datname FROM pg_database WHERE datallowconn")]
    found = []
    for name in names:
        async with connected(admin_url, database=name) as inside:
            for table in [row[0] for row in await inside.fetch(_TABLES)]:
                if await _holds(inside, table, pattern):
                    found.append(f"{name}: {table}")
    return found


async def _holds(connection: asyncpg.Connection, table: str, pattern: str) -> bool:
    # A row as text holds each of its columns: arrays and documents in full, bytes in hexadecimal.
    return bool(await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table} AS row WHERE row::text ~ $1)", pattern))


async def in_topics(bus: Bus, pattern: str) -> list[str]:
    """On which topics it stands: in a key, a header or a value."""
    probe = await BusProbe(bus, list(TOPICS)).start()
    try:
        seen = await wait_until(lambda: _all_of(probe), timeout_s=60, what="the topics to be read")
    finally:
        await probe.stop()
    return [f"{each.topic} {each.partition}" for each in seen if re.search(pattern, repr(each))]


async def _all_of(probe: BusProbe) -> list[Received]:
    # A cluster takes a while to let a reader in, and there is something on the topics: to find nothing is to be early.
    before = len(probe.seen)
    seen = await probe.pull()
    return seen if len(seen) == before else []


def in_files(folder: Path, pattern: str) -> list[str]:
    """In which files below a folder it stands."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if re.search(pattern.encode(), path.read_bytes())]
