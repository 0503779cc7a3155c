"""Alembic, driven from code: each service's own versions, run under one lock, and the dump of what they give.

Migrations are frozen: they hold their own DDL and never read `tables.py`. `kit_tables` is such DDL too, shared by the
first migration of all services.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.database.engine import asyncpg_url
from shared.database.kit_tables import KIT_TABLES
from shared.database.revisions import head, versions

_LOCK = 0x4D494752415445

# The role that serves gets every right on the rows of a new table. Of what is written down to be looked up later
# (tables with the trigger of `append_only`) it keeps reading and adding, of Alembic's own table reading. Asked of the
# catalogue after each run, so that neither a new table nor one that was restored from a dump is left out.
_CLOSE = """
DO $$
DECLARE
    held record;
BEGIN
    FOR held IN
        SELECT c.relname, a.privilege_type, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END AS role
        FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS a LEFT JOIN pg_roles AS r ON r.oid = a.grantee
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.grantee <> c.relowner
          AND CASE
              WHEN c.relname = 'alembic_version' THEN a.privilege_type <> 'SELECT'
              ELSE a.privilege_type NOT IN ('SELECT', 'INSERT') AND EXISTS (
                  SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname = c.relname || '_append_only'
              )
          END
    LOOP
        EXECUTE format('REVOKE %s ON public.%I FROM %s', held.privilege_type, held.relname, held.role);
    END LOOP;
END $$
"""


def scripts(service: str) -> ScriptDirectory:
    """A service's migrations, in order."""
    folder = versions(service)
    return ScriptDirectory(str(folder.parent), version_locations=[str(folder)])


async def upgrade(service: str, url: str) -> str | None:
    """Bring a service's database to the newest migration, and close its logs to changes by the role that serves.

    Several may start at once: one works, the others wait.

    Returns the revision reached. Takes the URL of the role that owns the tables.
    """
    engine = create_async_engine(asyncpg_url(url))
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
            await connection.commit()
            await connection.run_sync(_upgrade, service)
            await connection.exec_driver_sql(_CLOSE)
            await connection.commit()
    finally:
        await engine.dispose()
    return head(service)


def _upgrade(connection: Connection, service: str) -> None:
    directory = scripts(service)

    def steps(revision: Any, _: MigrationContext) -> Any:
        return directory._upgrade_revs("head", revision)

    with EnvironmentContext(Config(), directory, fn=steps) as environment:
        environment.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
        with environment.begin_transaction():
            environment.run_migrations()


async def draft(service: str, url: str, metadata: MetaData, *, title: str) -> Path:
    """Write a new migration from the difference between a migrated database and the tables in code.

    Raises ValueError where they do not differ.
    """
    engine = create_async_engine(asyncpg_url(url))
    try:
        async with engine.connect() as connection:
            body = await connection.run_sync(_difference, metadata)
    finally:
        await engine.dispose()
    if body["up"].strip() in ("", "pass"):
        raise ValueError(f"The tables of {service} are what its migrations make: there is nothing to draft.")
    down = f'"{before}"' if (before := head(service)) else None
    number = len(list(versions(service).glob("[0-9]*.py"))) + 1
    slug = "_".join(re.findall(r"[a-z0-9]+", title.lower()))
    path = versions(service) / f"{number:04d}_{slug}.py"
    path.write_text(
        _TEMPLATE.format(title=title, revision=f"{number:04d}", down=down, at=datetime.now(UTC).date(), **body)
    )
    return path


def _difference(connection: Connection, metadata: MetaData) -> dict[str, str]:
    opts = {"target_metadata": metadata, "compare_type": True, "include_name": _ours}
    context = MigrationContext.configure(connection, opts=opts)
    script = produce_migrations(context, metadata)
    assert script.upgrade_ops is not None  # noqa: S101
    lines = [line for line in render_python_code(script.upgrade_ops).splitlines() if "# ###" not in line]
    return {"up": "\n".join(lines)}


def _ours(name: str | None, kind: str, _: Any) -> bool:
    return kind != "table" or name not in {*KIT_TABLES, "alembic_version"}


_TEMPLATE = '''"""{title}."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "{revision}"
down_revision = {down}
branch_labels = None
depends_on = None


def upgrade() -> None:
{up}
'''
