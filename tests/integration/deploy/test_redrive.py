"""samsyn redrive: lists what was put aside, and asks for it again"""

import os
import subprocess
import sys

from tests.support.servers.postgres import DatabaseServer, connected
from tests.support.servers.services import INTERNAL_PUBLIC


async def test_what_was_put_aside_is_listed_and_asked_for(postgres: DatabaseServer) -> None:
    """samsyn redrive walks: nothing, then one parked message with its reason; --key sets its flag."""
    database = await postgres.migrated("walks")

    def samsyn(*arguments: str) -> tuple[int, str]:
        environ = os.environ | {
            "WALKS_DATABASE_URL": database.url,
            "BUS_URL": "postgresql://nowhere@127.0.0.1:9/none",
            "INTERNAL_PUBLIC_KEY": INTERNAL_PUBLIC,
        }
        command = [sys.executable, "-m", "deploy.cli", "redrive", "walks", *arguments]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    assert samsyn() == (0, "Nothing was put aside.\n")
    async with connected(database.admin_url) as admin:
        await admin.execute(
            'INSERT INTO parked (consumer, topic, partition, "offset", key, headers, value, received_at, reason,'
            " attempts) VALUES ('walks', 'reports.area.v1', 0, 7, '0101', '{}', '', now(), 'KeyError', 4)"
        )
        code, said = samsyn()
        assert (code, "0101" in said, "KeyError" in said) == (0, True, True)
        code, said = samsyn("--key", "0101")
        assert (code, said.startswith("1 message(s)")) == (0, True)
        assert await admin.fetchval("SELECT redrive FROM parked")
    await postgres.drop_database(database)
