"""`samsyn redrive`: what was put aside, and asking for it to be tried again. The service's own runner does the work."""

import asyncio
import importlib
import os

import asyncpg

from deploy.local.beside import settings_of
from deploy.local.errors import LocalError
from shared import texts
from shared.settings import read

_PARKED = """
    SELECT consumer AS place, topic, key, count(*) AS messages, min(parked_at) AS since, min(reason) AS reason
    FROM parked GROUP BY consumer, topic, key ORDER BY since LIMIT 50
"""
_DEAD = """
    SELECT 'outbox' AS place, topic, key, count(*) AS messages, min(created_at) AS since, min(reason) AS reason
    FROM outbox_dead GROUP BY topic, key ORDER BY since LIMIT 50
"""


def redrive(service: str, *, key: str | None, everything: bool) -> str:
    """Ask for what a service put aside to be tried again: one key's messages, or all. Without either, list it.

    Returns what to tell the person. Raises LocalError for what is no key, or a database that does not answer.
    """
    if key is not None and not _is_key(key):
        raise LocalError("A key is one line of text, as the list shows it: `samsyn redrive SERVICE` without --key.")
    with settings_of(service, os.environ):
        settings = read(importlib.import_module(f"services.{service}.settings").Settings)
    try:
        return asyncio.run(_work(settings.database_url, key=key, everything=everything))
    except (OSError, asyncpg.PostgresError) as away:
        raise LocalError(f"The database of {service} does not answer ({type(away).__name__}).") from away


def _is_key(said: str) -> bool:
    try:
        return bool(texts.one_line(said))
    except ValueError:
        return False


async def _work(url: str, *, key: str | None, everything: bool) -> str:
    connection = await asyncpg.connect(url, timeout=5)
    try:
        if key is None and not everything:
            rows = [*await connection.fetch(_PARKED), *await connection.fetch(_DEAD)]
            lines = [
                f"{row['since']:%Y-%m-%d %H:%M}Z  {row['place']:<10} {row['topic']:<24} {row['key']}"
                f"  {row['messages']} message(s): {row['reason']}"
                for row in rows
            ]
            return "\n".join(lines) or "Nothing was put aside."
        asked = await ask_again(connection, key=key)
        return f"{asked} message(s) will be tried again within a minute, in order, where the service runs."
    finally:
        await connection.close()


async def ask_again(connection: asyncpg.Connection, *, key: str | None) -> int:
    """Ask the service of this database to try again what it put aside, of one key or all. Returns how many wait."""
    asked = 0
    for table in ("parked", "outbox_dead"):
        done = await connection.execute(f"UPDATE {table} SET redrive = true WHERE $1::text IS NULL OR key = $1", key)
        asked += int(done.split()[-1])
    return asked
