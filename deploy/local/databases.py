"""A database per service and two roles for each: one that owns the tables, one that the service runs as.

What a role that serves takes of the server is bounded here: connections, time, and what it makes beside rows of tables.
What stands in them says whether anything of it is made up.
"""

import asyncpg

# Who made the organisations of the demonstration, as the gateway's audit has it.
DEMO_ACTOR = "demonstration"

# Two starts at once on one server would trip over each other's changes to what the whole server shares.
_SHARED_LOCK = 7_265_001

# The owner runs the migrations. The runtime role reads and writes rows and can change no table's shape.
_DEFAULTS = """
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {runtime};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {runtime};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {runtime};
"""
# By these anybody who may connect fills the disk with what stands in no table: large objects, whose rows no right of a
# table guards, and records of the log. Samsyn uses neither. Which there are differs from version to version.
_WRITING_NO_ROWS = """
SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
AND (proname LIKE 'lo\\_%' OR proname IN ('loread', 'lowrite', 'pg_logical_emit_message'))
AND has_function_privilege('public', oid, 'EXECUTE')
"""
# For connections that set nothing closer, as those of `shared.database` do. The longest step of ours, which tidies the
# bus, gives up after a minute. A transaction that idles holds its locks and keeps old rows from being cleaned away.
_TIMEOUTS = {"statement_timeout": "2min", "idle_in_transaction_session_timeout": "1min"}


async def close_to_strangers(admin: asyncpg.Connection) -> None:
    """Keep every role but the superuser out of the databases that PostgreSQL itself brings."""
    async with admin.transaction():
        await admin.execute("SELECT pg_advisory_xact_lock($1)", _SHARED_LOCK)
        await admin.execute("REVOKE ALL ON DATABASE postgres FROM PUBLIC")
        await admin.execute("REVOKE ALL ON DATABASE template1 FROM PUBLIC")


async def ensure_role(admin: asyncpg.Connection, name: str, *, password: str, connections: int | None) -> None:
    """Make the role if it is missing, and give it this password; it may log in and nothing else.

    connections: how many it may hold at once (`deploy.local.seats`); None for as many as the server takes.
    """
    async with admin.transaction():
        await admin.execute("SELECT pg_advisory_xact_lock($1)", _SHARED_LOCK)
        # CREATE and ALTER ROLE take no parameters, so the server itself quotes what goes into them.
        role, secret = await admin.fetchrow("SELECT quote_ident($1), quote_literal($2)", name, password)
        if not await admin.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", name):
            await admin.execute(f"CREATE ROLE {role} LOGIN")
        most = -1 if connections is None else connections
        await admin.execute(f"ALTER ROLE {role} CONNECTION LIMIT {most} PASSWORD {secret}")


async def ensure_database(
    admin: asyncpg.Connection, name: str, *, owner: str, runtime: str, temporary_tables: bool = False
) -> None:
    """Make the database if it is missing, owned by `owner` and open to nobody else but `runtime`. Both roles exist.

    What is in it is still closed to `runtime`: that is `grant_rows`.
    """
    database, owning = await admin.fetchrow("SELECT quote_ident($1), quote_ident($2)", name, owner)
    if not await admin.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
        await admin.execute(f"CREATE DATABASE {database} OWNER {owning}")
    await open_to_runtime(admin, name, runtime=runtime, temporary_tables=temporary_tables)


async def open_to_runtime(
    admin: asyncpg.Connection, name: str, *, runtime: str, temporary_tables: bool = False
) -> None:
    """Let the runtime role connect, and nobody else but the owner. The copy of a database needs it anew.

    A temporary table is a place on the disk that nothing bounds, so only those get the right who need it.
    """
    database, role = await admin.fetchrow("SELECT quote_ident($1), quote_ident($2)", name, runtime)
    rights = "CONNECT, TEMPORARY" if temporary_tables else "CONNECT"
    async with admin.transaction():  # nobody is kept out in between
        await admin.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC, {role}")
        await admin.execute(f"GRANT {rights} ON DATABASE {database} TO {role}")
        for setting, value in _TIMEOUTS.items():
            await admin.execute(f"ALTER ROLE {role} IN DATABASE {database} SET {setting} = '{value}'")


async def grant_rows(inside: asyncpg.Connection, *, owner: str, runtime: str) -> None:
    """Give `runtime` the rows of every table that `owner` will make, and nobody what is written beside tables.

    `inside` is the superuser in that database.
    """
    owning, role = await inside.fetchrow("SELECT quote_ident($1), quote_ident($2)", owner, runtime)
    async with inside.transaction():
        await inside.execute("SELECT pg_advisory_xact_lock($1)", _SHARED_LOCK)
        await inside.execute(_DEFAULTS.format(owner=owning, runtime=role))
        await close_beside_tables(inside)


async def close_beside_tables(inside: asyncpg.Connection) -> None:
    """Let nobody but the superuser, who is `inside` that database, write what stands in no table."""
    for (function,) in await inside.fetch(_WRITING_NO_ROWS):
        await inside.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")


async def is_made_up(gateway: asyncpg.Connection, *, demo: bool) -> bool:
    """Whether the demonstration is in, or comes in at this start: with `demo`, where no organisation is yet.

    `gateway` is the superuser in its database, which may have no tables yet.
    """
    if await gateway.fetchval("SELECT to_regclass('audit') IS NULL"):
        return demo
    by_demo = "SELECT EXISTS (SELECT FROM audit WHERE actor = $1 AND action = 'organisation.added')"
    if await gateway.fetchval(by_demo, DEMO_ACTOR):
        return True
    return demo and not await gateway.fetchval("SELECT EXISTS (SELECT FROM organisations)")
