"""What the role that serves may do to its tables, as it stands in the catalogue of each service's database.

And what it may do beside them: nothing that fills the disk or holds what others wait for.
"""

import asyncpg
import pytest

from deploy.local.databases import open_to_runtime
from deploy.services import SERVICES
from tests.support.servers.postgres import DatabaseServer, connected

KNOWN_LOGS = {"audit", "report_reads", "report_history", "confirmations"}
# Says who did what and when: a moment `at` beside whoever it was. All such tables are logs, but kept answers, which go
# after a day.
_WHO_DID_WHAT_WHEN = """
    SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY c.oid
    HAVING bool_or(a.attname = 'at') AND bool_or(a.attname IN ('actor', 'organisation_id', 'client_id', 'user_id'))
"""
NO_LOGS = {"idempotency"}
_RIGHTS = """
    SELECT c.relname, array_agg(p.name ORDER BY p.name) FILTER (WHERE has_table_privilege($1, c.oid, p.name)) AS held,
           EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname LIKE '%append_only') AS is_log
    FROM pg_class AS c
    CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p (name)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY c.oid
"""

# What the server says is about large objects, but for the question who may do what with one.
_LARGE_OBJECTS = """
    SELECT p.oid::regprocedure::text, has_function_privilege($1, p.oid, 'EXECUTE') FROM pg_proc AS p
    WHERE obj_description(p.oid, 'pg_proc') LIKE '%large object%' AND p.proname NOT LIKE 'has_%'
"""
BESIDE_TABLES = (
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT lo_create(0)",
    "SELECT lo_creat(-1)",
    "SELECT lo_put(0, 0, 'x')",
    "SELECT lowrite(0, 'x')",
    "SELECT pg_logical_emit_message(false, 'a', 'b')",
    "SELECT pg_logical_emit_message(true, 'a', 'b'::bytea)",
    "CREATE TABLE public.other (n integer)",
    "CREATE SCHEMA other",
)


async def rights(server: DatabaseServer, service: str) -> tuple[dict[str, set[str]], set[str]]:
    """What the role that serves may do to each table, and which of them are logs."""
    database = await server.migrated(service)
    async with connected(database.admin_url) as admin:
        rows = await admin.fetch(_RIGHTS, service)
        tell = {row["relname"] for row in await admin.fetch(_WHO_DID_WHAT_WHEN)}
    await server.drop_database(database)
    logs = {row["relname"] for row in rows if row["is_log"]}
    assert tell - NO_LOGS <= logs, f"{service}: tables that say who did what and when take `append_only`"
    return {row["relname"]: set(row["held"] or ()) for row in rows}, logs


async def test_no_serving_role_changes_what_was_written_down(postgres: DatabaseServer) -> None:
    """Logs are read and added to, Alembic's table is read; of all other tables rows are changed, and no more."""
    found = {service: await rights(postgres, service) for service in SERVICES}
    for service, (held, logs) in found.items():
        wanted = {table: {"SELECT", "INSERT"} | (set() if table in logs else {"UPDATE", "DELETE"}) for table in held}
        assert held == wanted | {"alembic_version": {"SELECT"}}, service
    assert set().union(*(logs for _, logs in found.values())) >= KNOWN_LOGS


async def test_a_log_that_came_back_open_is_closed_by_the_next_migration(postgres: DatabaseServer) -> None:
    """A dump restored without its grants, or rights given by mistake; a catalogue of one's own deceives nobody."""
    from shared.database import migrations  # noqa: PLC0415 - a second of imports

    database = await postgres.migrated("gateway")
    async with connected(database.owner_url) as owner:
        await owner.execute("GRANT ALL ON audit TO gateway; GRANT DELETE ON audit TO PUBLIC")
    await migrations.upgrade("gateway", database.owner_url)
    async with connected(database.admin_url) as admin:  # or it could not put on a catalogue at all
        await admin.execute(f'GRANT TEMPORARY ON DATABASE "{database.name}" TO gateway')
    async with connected(database.url) as serving:
        await serving.execute("INSERT INTO audit (actor, action, object, detail) VALUES ('a', 'b', 'c', '{}')")
        await serving.execute(
            "CREATE TEMP TABLE pg_class AS SELECT oid, current_user::regrole::oid AS relowner FROM pg_class"
        )
        for change in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit", "DROP TABLE audit"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await serving.execute(change)
    await postgres.drop_database(database)


@pytest.mark.parametrize("service", SERVICES)
async def test_no_serving_role_writes_beside_its_tables(postgres: DatabaseServer, service: str) -> None:
    """No large objects, nothing into the server's log, nothing new; temporary tables where a service makes them."""
    database = await postgres.migrated(service)
    async with connected(database.admin_url) as admin:
        for role in (service, f"{service}_owner"):
            found = dict(await admin.fetch(_LARGE_OBJECTS, role))
            assert "lo_open(oid,integer)" in found
            assert {function for function, may in found.items() if may} == set(), role
    async with connected(database.url) as serving:
        for statement in BESIDE_TABLES:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await serving.execute(statement)
        temporary = serving.execute("CREATE TEMPORARY TABLE mine (n integer)")
        if service == "reports":  # its files are merged from one
            await temporary
        else:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await temporary
    await postgres.drop_database(database)


async def test_a_right_to_temporary_tables_that_was_given_before_is_taken_back(postgres: DatabaseServer) -> None:
    """As each serving role had it: the next start of an installation leaves it to those who need it."""
    database = await postgres.migrated("walks")
    async with connected(database.admin_url) as admin:
        await admin.execute(f'GRANT TEMPORARY ON DATABASE "{database.name}" TO walks')
        await open_to_runtime(admin, database.name, runtime="walks")
    async with connected(database.url) as serving:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await serving.execute("CREATE TEMPORARY TABLE mine (n integer)")
    await postgres.drop_database(database)


@pytest.mark.parametrize("service", SERVICES)
async def test_no_session_of_a_serving_role_goes_on_for_ever(postgres: DatabaseServer, service: str) -> None:
    """Who sets nothing has a bound for a statement and for a transaction that idles."""
    database = await postgres.migrated(service)
    async with connected(database.url) as serving:
        assert await serving.fetchval("SHOW statement_timeout") == "2min"
        assert await serving.fetchval("SHOW idle_in_transaction_session_timeout") == "1min"
    await postgres.drop_database(database)
