"""What PostgreSQL says about a row that it refuses quotes the row. It must reach no log, ours or the server's."""

import subprocess
import sys

import pytest

from tests.support.servers.postgres import DatabaseServer, connected, own_server

PROGRAM = """
import asyncio, logging, sys, structlog
from sqlalchemy import text
from shared import logs
from shared.database import Database

async def main(url, style):
    logs.configure(service="reports", style=style)
    database = Database(url, connections=2, statement_timeout_s=5, name="reports")
    try:
        async with database.sessions() as session, session.begin():
            await session.execute(text("INSERT INTO note VALUES (1, :said)"), {"said": "MAR" + "KER"})
    except Exception:
        structlog.get_logger().exception("http.unexpected")
        logging.getLogger("library").exception("went wrong")
    await database.stop()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("style", ["json", "text"])
async def test_a_refused_row_is_in_no_log(style: str) -> None:
    """A violated constraint is named in the log, with its traceback and without the row."""
    with own_server(fsync=False) as server:
        url = await refusing_table(server)
        command = [sys.executable, "-c", PROGRAM, url, style]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        server_said = server.postgres.log.read_text()
    assert said.count("ck_note_number") >= 2
    assert "ck_note_number" in server_said
    assert "MARKER" not in said + server_said


async def refusing_table(server: DatabaseServer) -> str:
    """A table that refuses every row; returns the URL of the role that may try."""
    database = await server.fresh_database("reports")
    async with connected(database.owner_url) as owner:
        await owner.execute(
            "CREATE TABLE note (number integer CONSTRAINT ck_note_number CHECK (number > 1), said text)"
        )
    return database.url
