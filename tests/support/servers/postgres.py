"""Real PostgreSQL for tests: one server per run shared by all workers, and one of its own for a fault test."""

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from deploy.local.databases import close_to_strangers, ensure_database, ensure_role, grant_rows
from deploy.local.postgres import Postgres
from deploy.services import SERVICES
from tests.support.servers.leftovers import (
    PASSWORD,
    ROOT,
    alone,
    remove_leftovers,
    remove_when_unused,
)

# A test's rows need not survive a power cut, and the run takes half the time.
FAST = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB", "max_connections": "300"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One database as a service has it: `url` for the runtime role, `owner_url` for migrations."""

    name: str
    url: str
    owner_url: str
    admin_url: str


@asynccontextmanager
async def connected(url: str, *, database: str | None = None) -> AsyncIterator[asyncpg.Connection]:
    """A connection for a few statements, closed in the end."""
    connection = await asyncpg.connect(url, database=database)
    try:
        yield connection
    finally:
        await connection.close()


async def empty(admin: asyncpg.Connection, *, keep: Collection[str] = ()) -> None:
    """Take all rows out of all tables but those in `keep`, as they stand in the catalogue, the append-only ones too.

    One transaction a table: a TRUNCATE of all would meet the workers of a running service in a deadlock. Faster, too,
    for tables as small as a test's.
    """
    tables = await admin.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    await admin.execute("SET session_replication_role = replica")  # no trigger fires, no foreign key sets an order
    for (table,) in tables:
        if table not in {"alembic_version", *keep}:
            await admin.execute(f'DELETE FROM "{table}"')
    await admin.execute("RESET session_replication_role")


class DatabaseServer:
    """A running server that hands out databases."""

    def __init__(self, postgres: Postgres) -> None:
        self.postgres = postgres
        self._services: set[str] = set()

    async def fresh_database(self, service: str, *, copy_of: Database | None = None) -> Database:
        """An empty database with the roles `<service>_owner` and `<service>`, made as in production.

        With `copy_of`, its tables and rows come along (50 ms); nobody may be connected to it meanwhile.
        """
        name = f"{re.sub(r'[^a-z0-9_]', '_', service.lower())}_{secrets.token_hex(5)}"
        owner, admin_url = f"{service}_owner", self.postgres.admin_url
        async with connected(admin_url) as admin:
            if service not in self._services:
                await close_to_strangers(admin)
                for role in (owner, service):
                    # The workers of a run share the roles, so here nothing bounds how many connections they hold.
                    await ensure_role(admin, role, password=PASSWORD, connections=None)
                self._services.add(service)
            if copy_of is not None:
                await admin.execute(f'CREATE DATABASE "{name}" OWNER "{owner}" TEMPLATE "{copy_of.name}"')
            temporary = service in SERVICES and SERVICES[service].temporary_tables
            await ensure_database(admin, name, owner=owner, runtime=service, temporary_tables=temporary)
        if copy_of is None:
            async with connected(admin_url, database=name) as inside:
                await grant_rows(inside, owner=owner, runtime=service)
        return Database(
            name=name,
            url=self.postgres.url(user=service, password=PASSWORD, database=name),
            owner_url=self.postgres.url(user=owner, password=PASSWORD, database=name),
            admin_url=admin_url.removesuffix("postgres") + name,
        )

    async def migrated(self, service: str) -> Database:
        """A fresh database of a service with all its tables: a copy of one that is migrated once for each server."""
        from shared.database import migrations  # noqa: PLC0415 - a second of imports that few who start a server need

        made = f"migrated_{service}"
        template = Database(name=made, url="", owner_url="", admin_url="")
        async with connected(self.postgres.admin_url) as admin:
            await admin.execute("SELECT pg_advisory_lock(hashtext($1))", made)  # until this connection closes
            if not await admin.fetchval("SELECT true FROM pg_database WHERE datname = $1", made):
                first = await self.fresh_database(service)
                await migrations.upgrade(service, first.owner_url)
                await admin.execute(f'ALTER DATABASE "{first.name}" RENAME TO "{made}"')
        return await self.fresh_database(service, copy_of=template)

    async def drop_database(self, database: Database) -> None:
        """Remove it, breaking off whoever is still connected."""
        async with connected(self.postgres.admin_url) as admin:
            await admin.execute(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')


@contextmanager
def shared_server(run: str) -> Iterator[DatabaseServer]:
    """The server of this test run: the first worker starts it, and behind the last one it stops and its files go.

    `run` is one string for all workers of a run. What a crashed run left behind is removed on the way.
    """
    ROOT.mkdir(mode=0o711, exist_ok=True)
    directory = ROOT / run
    with ExitStack() as held:
        with alone():
            # Made and locked in one go: between the two another run would take it for a leftover and remove it.
            in_use = held.enter_context((ROOT / f"{run}.lock").open("w"))
            fcntl.flock(in_use, fcntl.LOCK_SH)
            remove_leftovers(keep=run)
            server = DatabaseServer(Postgres(directory, password=PASSWORD, settings=FAST))
            if server.postgres.pid() is None:
                server.postgres.start()
                remove_when_unused(directory)
        # Whoever waits for its end removes it: the files of hundreds of databases, which nobody else need wait for.
        yield server


@contextmanager
def own_server(directory: Path | None = None, *, fsync: bool = True) -> Iterator[DatabaseServer]:
    """A server for one test alone, which may kill it and start it again: `server.postgres.kill()`, `.start()`.

    With `fsync` it is as durable as in production. It ends with this process, however that ends. The directory is
    one of its own, or one that came from `own_folder`.
    """
    settings = FAST | ({"fsync": "on", "full_page_writes": "on"} if fsync else {})
    with nullcontext(directory) if directory else own_folder() as folder:
        postgres = Postgres(folder, password=PASSWORD, settings=settings, dies_with_parent=True)
        postgres.start()
        try:
            yield DatabaseServer(postgres)
        finally:
            postgres.stop()


@contextmanager
def own_folder() -> Iterator[Path]:
    """A new folder for a server of PostgreSQL, removed after the block.

    `tmp_path` does not do for root, who hands PostgreSQL to another user: each pytest that starts on the machine closes
    the folders of all the others to strangers, and a server that is just starting loses its files.
    """
    ROOT.mkdir(mode=0o711, exist_ok=True)
    with alone():
        remove_leftovers(keep="")
    folder = ROOT / f"own-{os.getpid()}-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_name() -> str:
    """One name for all workers of this test run."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"alone-{os.getpid()}"
