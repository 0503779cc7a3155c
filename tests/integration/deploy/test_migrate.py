"""`samsyn migrate`: databases at their newest, and what depends on the municipality's settings."""

import asyncio

import pytest

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
