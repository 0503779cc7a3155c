"""python -m deploy.cluster.databases on a PostgreSQL of its own: databases and roles from URLs, kept apart."""

from collections.abc import Iterator

import asyncpg
import pytest

from deploy.cluster.databases import Missing, provide
from deploy.services import SERVICES
from tests.support.servers.postgres import DatabaseServer, connected, own_server


@pytest.fixture(scope="module")
def server() -> Iterator[DatabaseServer]:
    """A server for these tests alone: they change the passwords of roles that all databases of a server share."""
    with own_server(fsync=False) as started:
        yield started


def urls(server: DatabaseServer, *, password: str) -> dict[str, str]:
    """The environment of the job."""
    found = {"ADMIN_DATABASE_URL": server.postgres.admin_url}
    for name, service in SERVICES.items():
        for part, role in (("DATABASE", name), ("MIGRATION", f"{name}_owner")):
            url = server.postgres.url(user=role, password=password, database=f"samsyn_{name}")
            found[f"{service.prefix}{part}_URL"] = url
    return found


async def test_each_role_reaches_its_own_database_and_no_other(server: DatabaseServer) -> None:
    """A service's role logs in to its database alone, reads and writes rows there, and can make no table."""
    given = urls(server, password="first")
    await provide(given)
    async with connected(given["REPORTS_MIGRATION_URL"]) as owner:
        await owner.execute("CREATE TABLE kept (n integer)")
    async with connected(given["REPORTS_DATABASE_URL"]) as runtime:
        await runtime.execute("INSERT INTO kept VALUES (1)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await runtime.execute("CREATE TABLE other (n integer)")
    for stranger in (*(f"samsyn_{name}" for name in SERVICES if name != "reports"), "postgres"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(given["REPORTS_DATABASE_URL"], database=stranger)


async def test_again_it_keeps_rows_and_takes_new_passwords(server: DatabaseServer) -> None:
    """The job may run at every start: nothing is lost, and a changed password is the one that counts."""
    await provide(urls(server, password="first"))
    async with connected(urls(server, password="first")["WALKS_MIGRATION_URL"]) as owner:
        await owner.execute("CREATE TABLE kept AS SELECT 1 AS n")
    changed = urls(server, password="second")
    await provide(changed)
    async with connected(changed["WALKS_DATABASE_URL"]) as runtime:
        assert await runtime.fetchval("SELECT n FROM kept") == 1
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(urls(server, password="first")["WALKS_DATABASE_URL"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ADMIN_DATABASE_URL": ""}, "ADMIN_DATABASE_URL is not set."),
        ({"EVENTS_DATABASE_URL": "postgresql://events@here/samsyn_events"}, "EVENTS_DATABASE_URL must be"),
        ({"EVENTS_MIGRATION_URL": "postgresql://events:x@here/samsyn_events"}, "must be two roles of one database"),
    ],
)
async def test_what_is_missing_is_said(server: DatabaseServer, change: dict[str, str], sentence: str) -> None:
    """A setting that is missing or does not fit is named, without its value."""
    with pytest.raises(Missing, match=sentence):
        await provide(urls(server, password="first") | change)
