"""`samsyn migrate`: databases at their newest, and what depends on the municipality's settings."""

import asyncio
import subprocess
from pathlib import Path

import asyncpg
import pytest

from deploy.local.postgres import programs
from deploy.serve import migrate
from services.reports.searching import INDEX
from tests.support.servers.postgres import Database, DatabaseServer, connected


async def index_of(database: Database) -> str:
    """How the index of words is defined."""
    async with connected(database.admin_url) as admin:
        return str(await admin.fetchval("SELECT pg_get_indexdef($1::regclass)", INDEX))


async def test_words_are_indexed_in_the_municipalitys_language(
    postgres: DatabaseServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Swedish without a setting; made anew when another one is set, and not again for the same one."""
    database = await postgres.fresh_database("reports")
    environ = {"REPORTS_MIGRATION_URL": database.owner_url}
    await asyncio.to_thread(migrate, ["reports"], environ=environ)
    assert "'swedish'" in await index_of(database)
    for _ in range(2):
        await asyncio.to_thread(migrate, ["reports"], environ=environ | {"MUNICIPALITY_LANGUAGE": "en"})
        assert "'english'" in await index_of(database)
    assert capsys.readouterr().out.count("words are found as english has them") == 1


async def test_a_database_moves_as_the_operations_page_says(postgres: DatabaseServer, tmp_path: Path) -> None:
    """Dumped and restored by its owner without a fault, rows and all; `samsyn migrate` closes its logs again."""
    old, new = await postgres.migrated("walks"), await postgres.fresh_database("walks")
    async with connected(old.owner_url) as owner:
        await owner.execute("INSERT INTO organisations VALUES (gen_random_uuid(), true, 7)")
    dump = str(tmp_path / "walks.dump")
    for command in (
        ["pg_dump", "--format=custom", f"--file={dump}", old.owner_url],
        ["pg_restore", "--schema=public", "--exit-on-error", f"--dbname={new.owner_url}", dump],
    ):
        done = await asyncio.to_thread(
            subprocess.run, [str(programs() / command[0]), *command[1:]], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
    await asyncio.to_thread(migrate, ["walks"], environ={"WALKS_MIGRATION_URL": new.owner_url})
    async with connected(new.url) as serving:
        assert await serving.fetchval("SELECT sequence FROM organisations") == 7
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await serving.execute("DELETE FROM confirmations")
    for database in (old, new):
        await postgres.drop_database(database)
