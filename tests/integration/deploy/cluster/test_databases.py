"""python -m deploy.cluster.databases on a PostgreSQL of its own: databases and roles from URLs, kept apart."""

from collections.abc import Iterator
from contextlib import AsyncExitStack

import asyncpg
import pytest

from deploy.cluster.databases import Missing, provide
from deploy.local import seats
from deploy.local.errors import LocalError
from deploy.services import SERVICES
from shared.errors import Unavailable
from tests.support.make.kit import opened
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


async def test_a_role_that_takes_all_it_can_leaves_the_others_theirs(server: DatabaseServer) -> None:
    """Its limit ends it, with an answer that comes again; all limits together are less than the server takes."""
    given = urls(server, password="first") | {"EVENTS_DATABASE_CONNECTIONS": "3", "REPORTS_DATABASE_CONNECTIONS": "30"}
    await provide(given)
    async with connected(server.postgres.admin_url) as admin:
        most = dict(await admin.fetch("SELECT rolname, rolconnlimit FROM pg_roles WHERE rolcanlogin AND NOT rolsuper"))
        assert set(most) == {role for name in SERVICES for role in (name, f"{name}_owner")}
        kept = int(await admin.fetchval("SHOW superuser_reserved_connections"))
        assert sum(most.values()) + kept <= int(await admin.fetchval("SHOW max_connections"))
    assert min(most.values()) > 0
    assert all(most[name] >= need for name, need in seats.needs(given).items())
    async with AsyncExitStack() as stack:
        for _ in range(most["events"]):
            await stack.enter_async_context(connected(given["EVENTS_DATABASE_URL"]))
        with pytest.raises(asyncpg.TooManyConnectionsError):
            await asyncpg.connect(given["EVENTS_DATABASE_URL"])
        async with opened(given["EVENTS_DATABASE_URL"]) as database:
            with pytest.raises(Unavailable):
                await database.ping()
        async with connected(given["WALKS_DATABASE_URL"]) as other:
            assert await other.fetchval("SELECT 1") == 1


async def test_services_that_were_given_one_role_have_its_connections_together(server: DatabaseServer) -> None:
    """Not only those of the service that was made last."""
    given = urls(server, password="first")
    one = given["WALKS_DATABASE_URL"].replace("walks", "both", 1)
    await provide(given | {"WALKS_DATABASE_URL": one, "EVENTS_DATABASE_URL": one.replace("walks", "events")})
    async with connected(server.postgres.admin_url) as admin:
        most = dict(await admin.fetch("SELECT rolname, rolconnlimit FROM pg_roles"))
    assert most["both"] == 2 * most["notify"]


async def test_a_server_too_small_for_them_is_said_before_anything_is_made(server: DatabaseServer) -> None:
    """How many it takes, how many they need, and what can be changed."""
    large = {f"{each.prefix}DATABASE_CONNECTIONS": "100" for each in SERVICES.values()}
    given = urls(server, password="unused") | large
    with pytest.raises(LocalError, match=r"^PostgreSQL takes 300 connections, and one process of each .* 1097: raise"):
        await provide(given)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(given["WALKS_DATABASE_URL"])


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
