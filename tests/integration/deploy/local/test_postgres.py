"""The embedded PostgreSQL: start, stop, kill, roles."""

import socket
import stat
from pathlib import Path

import asyncpg
import pytest

from deploy.local import postgres as postgres_module
from deploy.local.errors import LocalError
from deploy.local.postgres import Postgres
from deploy.ports import free_port
from tests.support.servers.postgres import DatabaseServer, own_server


async def value(url: str, query: str) -> object:
    """One value read over a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_a_port_that_is_taken_in_the_last_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody listens on the chosen port before PostgreSQL does: it starts on another one."""
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        offered = iter([somebody.getsockname()[1]])
        # What the kernel says is free may be taken a moment later.
        monkeypatch.setattr(postgres_module, "free_port", lambda: next(offered, 0) or free_port())
        with own_server(fsync=False) as server:
            assert server.postgres.port != somebody.getsockname()[1]
            assert await value(server.postgres.admin_url, "SELECT 1") == 1


async def test_runtime_role_reads_and_writes_what_the_owner_made(postgres: DatabaseServer) -> None:
    """Rows are open to the runtime role by default; the tables' shape is not."""
    database = await postgres.fresh_database("reports")
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute("CREATE TABLE things (id bigint GENERATED ALWAYS AS IDENTITY, name text)")
    await owner.close()
    runtime = await asyncpg.connect(database.url)
    await runtime.execute("INSERT INTO things (name) VALUES ('a'), ('b')")
    await runtime.execute("UPDATE things SET name = 'c' WHERE name = 'a'")
    await runtime.execute("DELETE FROM things WHERE name = 'b'")
    assert await runtime.fetchval("SELECT array_agg(name) FROM things") == ["c"]
    for forbidden in (
        "ALTER TABLE things ADD x int",
        "DROP TABLE things",
        "TRUNCATE things",
        "CREATE TABLE x (y int)",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await runtime.execute(forbidden)
    await runtime.close()


async def test_one_services_roles_cannot_reach_anothers_database(postgres: DatabaseServer) -> None:
    """Neither role of a service connects to another's database, nor to the ones PostgreSQL brings."""
    reports, walks = await postgres.fresh_database("reports"), await postgres.fresh_database("walks")
    for url in (walks.url, walks.owner_url):
        for database in (reports.name, "postgres", "template1"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await value(url.replace(walks.name, database), "SELECT 1")
    assert await value(walks.url, "SELECT current_user || current_database()") == "walks" + walks.name


async def test_a_wrong_password_is_refused(postgres: DatabaseServer) -> None:
    """Being on the same machine is not enough."""
    database = await postgres.fresh_database("reports")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await value(database.url.replace("only-for-tests", "guessed"), "SELECT 1")


async def test_a_copy_has_the_rows_and_the_same_rights(postgres: DatabaseServer) -> None:
    """A copied database is closed to other services too, though PostgreSQL copies no such rights."""
    first = await postgres.fresh_database("reports")
    await value(first.owner_url, "CREATE TABLE things AS SELECT 7 AS x")
    copy = await postgres.fresh_database("reports", copy_of=first)
    assert await value(copy.url, "SELECT x FROM things") == 7
    walks = await postgres.fresh_database("walks")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await value(walks.url.replace(walks.name, copy.name), "SELECT 1")
    await postgres.drop_database(copy)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await value(copy.admin_url, "SELECT 1")


async def test_what_was_committed_survives_a_kill(folder: Path) -> None:
    """After kill -9 of every PostgreSQL process the next start has the data, on the same port."""
    with own_server(folder) as server:
        database = await server.fresh_database("reports")
        await value(database.owner_url, "CREATE TABLE things AS SELECT 7 AS x")
        before = server.postgres.pid()
        server.postgres.kill()
        assert server.postgres.pid() is None
        server.postgres.start()
        assert server.postgres.pid() not in {None, before}
        assert await value(database.url, "SELECT x FROM things") == 7


def test_another_process_finds_and_stops_a_running_server(folder: Path) -> None:
    """A second object on the same directory sees the server, starts no other, and can stop it."""
    with own_server(folder, fsync=False) as server:
        other = Postgres(folder, password="only-for-tests")
        other.start()
        assert other.pid() == server.postgres.pid()
        assert other.process is None
        other.stop()
        assert server.postgres.pid() is None


def test_files_are_private_and_a_broken_first_start_is_repaired(folder: Path) -> None:
    """Half a data directory is thrown away, and the finished one is for its owner alone."""
    (folder / "data.new").mkdir()
    (folder / "data.new" / "PG_VERSION").write_text("18\n")
    with own_server(folder, fsync=False) as server:
        assert stat.S_IMODE(server.postgres.data.stat().st_mode) == 0o700
        assert not list(folder.glob("password*"))


def test_data_of_another_major_version_is_refused(folder: Path) -> None:
    """PostgreSQL 16's files are not touched, and a sentence says so."""
    (folder / "data").mkdir()
    (folder / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(LocalError, match="made by PostgreSQL 16"):
        Postgres(folder, password="x").start()


def test_a_failed_start_says_why(folder: Path) -> None:
    """The reason is PostgreSQL's own, without its prefix."""
    with pytest.raises(LocalError, match=r"did not start\. It said: .*max_connections"):
        Postgres(folder, password="x", settings={"max_connections": "none"}).start()
