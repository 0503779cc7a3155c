"""A database per service and two roles for each: one that owns the tables, one that the service runs as."""

import asyncpg

# Two starts at once on one server would trip over each other's changes to what the whole server shares.
_SHARED_LOCK = 7_265_001

# The owner runs the migrations. The runtime role reads and writes rows and can change no table's shape.
_DEFAULTS = """
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {runtime};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {runtime};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {runtime};
"""


async def close_to_strangers(admin: asyncpg.Connection) -> None:
    """Keep every role but the superuser out of the databases that PostgreSQL itself brings."""
    async with admin.transaction():
        await admin.execute("SELECT pg_advisory_xact_lock($1)", _SHARED_LOCK)
        await admin.execute("REVOKE ALL ON DATABASE postgres FROM PUBLIC")
        await admin.execute("REVOKE ALL ON DATABASE template1 FROM PUBLIC")


async def ensure_role(admin: asyncpg.Connection, name: str, *, password: str) -> None:
    """Make the role if it is missing, and give it this password; it may log in and nothing else."""
    async with admin.transaction():
        await admin.execute("SELECT pg_advisory_xact_lock($1)", _SHARED_LOCK)
        # CREATE and ALTER ROLE take no parameters, so the server itself quotes what goes into them.
        role, secret = await admin.fetchrow("SELECT quote_ident($1), quote_literal($2)", name, password)
        if not await admin.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", name):
            await admin.execute(f"CREATE ROLE {role} LOGIN")
        await admin.execute(f"ALTER ROLE {role} PASSWORD {secret}")


async def ensure_database(admin: asyncpg.Connection, name: str, *, owner: str, runtime: str) -> None:
    """Make the database if it is missing, owned by `owner` and open to nobody else but `runtime`. Both roles exist.

    What is in it is still closed to `runtime`: that is `grant_rows`.
    """
    database, owning = await admin.fetchrow("SELECT quote_ident($1), quote_ident($2)", name, owner)
    if not await admin.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
        await admin.execute(f"CREATE DATABASE {database} OWNER {owning}")
    await open_to_runtime(admin, name, runtime=runtime)


async def open_to_runtime(admin: asyncpg.Connection, name: str, *, runtime: str) -> None:
    """Let the runtime role connect, and nobody else but the owner. The copy of a database needs it anew."""
    database, role = await admin.fetchrow("SELECT quote_ident($1), quote_ident($2)", name, runtime)
    await admin.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
    await admin.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}")


async def grant_rows(inside: asyncpg.Connection, *, owner: str, runtime: str) -> None:
    """Give `runtime` the rows of every table that `owner` will make; `inside` is the superuser in that database."""
    owning, role = await inside.fetchrow("SELECT quote_ident($1), quote_ident($2)", owner, runtime)
    await inside.execute(_DEFAULTS.format(owner=owning, runtime=role))
