"""`samsyn up` with the real five services: it starts, mends itself, stops in order and leaves nothing behind."""

import json
import os
import signal
from pathlib import Path

import asyncpg
import httpx
import pytest

from deploy.local import kept
from deploy.local.children import alive
from deploy.local.environment import BUS, database, embedded, roles
from deploy.local.postgres import Postgres
from deploy.local.state import read_state
from deploy.local.status import standings
from deploy.ports import port_is_free
from deploy.services import SERVICES
from tests.support.servers.postgres import connected
from tests.support.servers.services import wait_until
from tests.support.servers.up import START_S, Up, started

BERLIN = {
    "MUNICIPALITY_NAME": "Berlin",
    "MUNICIPALITY_CODE": "11000",
    "MUNICIPALITY_CRS": "EPSG:25833",
    "MUNICIPALITY_TIME_ZONE": "Europe/Berlin",
}


async def replaced(up: Up, name: str) -> None:
    """Kill a program, and wait until another of its name does the work."""
    before = up.programs()[name]
    assert before.pid
    os.kill(before.pid, signal.SIGKILL)
    await wait_until(
        lambda: (now := up.programs()[name]).pid not in {None, before.pid} and now.starts == before.starts + 1,
        timeout_s=START_S,
        what=f"another {name}",
    )
    await wait_until(
        lambda: all(one.state == "ready" for one in standings(up.home)), timeout_s=START_S, what="readiness"
    )


async def refused(url: str) -> bool:
    """Whether PostgreSQL lets this role not into this database."""
    try:
        connection = await asyncpg.connect(url)
    except asyncpg.InsufficientPrivilegeError:
        return True
    await connection.close()
    return False


async def bounded(postgres: Postgres) -> None:
    """Every role has its part of the server's connections, and none makes large objects, on the bus neither."""
    async with connected(postgres.admin_url) as admin:
        found = dict(await admin.fetch("SELECT rolname, rolconnlimit FROM pg_roles WHERE rolcanlogin AND NOT rolsuper"))
        assert set(found) == set(roles()) - {"postgres"}
        assert min(found.values()) > 0
        assert sum(found.values()) < int(await admin.fetchval("SHOW max_connections"))
    for name in (*SERVICES, BUS):
        async with connected(postgres.admin_url, database=database(name)) as admin:
            assert not await admin.fetchval("SELECT has_function_privilege('walks', 'lo_create(oid)', 'EXECUTE')"), name


async def held_back(up: Up, name: str) -> None:
    """Crash a service whenever it is back, until it is held back; all others go on, and `status` says so."""

    def crash() -> bool:
        assert up.process.poll() is None, up.said.read_text()
        now = up.programs()[name]
        if (process := now.process()) is not None:
            process.send_signal(signal.SIGABRT)
        return bool(now.held)

    others = {one.name: one.pid for one in up.programs().values() if one.name != name}
    await wait_until(crash, timeout_s=START_S, what=f"{name} to be held back")
    assert {one.name: one.pid for one in up.programs().values() if one.name != name} == others
    code, said = up.command("status")
    assert (code, said.count(" ready "), said.count(" held back ")) == (1, len(SERVICES), 1), said
    assert f"\n{name} keeps ending: " in said


async def the_next_start_takes_over(up: Up) -> None:
    """kill -9 of the supervisor: what it leaves is gone or ended before the next one starts, told whom it serves."""
    left = up.processes()
    keys = json.loads((up.home / "secrets.json").read_text())
    up.process.kill()
    up.process.wait()
    assert up.command("status")[0] == 1
    assert not any("MUNICIPALITY" in line for line in (up.home / kept.MUNICIPALITY).read_text().splitlines())
    up.environ |= BERLIN
    up.start()
    await up.ready()
    assert not any(alive(process) for process in left)
    assert json.loads((up.home / "secrets.json").read_text()) == keys


async def shown(up: Up) -> str:
    """The page of sign-in."""
    async with httpx.AsyncClient() as browser:
        return (await browser.get(f"http://127.0.0.1:{up.ports['gateway']}/sign-in")).text


async def took_in_areas(postgres: Postgres) -> None:
    """As far as settings are held to it."""
    async with connected(postgres.admin_url, database=database("reports")) as inside:
        await inside.execute(
            "INSERT INTO area_imports (version, organisation_id, client_id, source, crs, added, changed, retired,"
            " unchanged) VALUES (1, gen_random_uuid(), 'c', 'geojson', 'EPSG:4326', 1, 0, 0, 0)"
        )


def other_settings_are_refused(up: Up) -> None:
    """Those that contradict the data, by hand and by the environment: each with where it stands; nothing is kept."""
    file = up.home / kept.MUNICIPALITY
    told, before = dict(up.environ), file.read_text()
    assert kept.parse(file) == BERLIN
    file.write_text(edited := before.replace("=11000", "=12000"))
    up.environ = {name: value for name, value in told.items() if name not in BERLIN} | {
        "MUNICIPALITY_CRS": "EPSG:3006",
        "SAMSYN_PORT": "9",
    }
    code, said = up.command("up")
    assert code == 1, said
    assert "MUNICIPALITY_CODE must stay 11000; MUNICIPALITY_CRS must stay EPSG:25833, by which" in said
    assert f"MUNICIPALITY_CODE stands in {file}: change it there. MUNICIPALITY_CRS came from the environment" in said
    assert file.read_text() == edited
    assert "SAMSYN_PORT" not in (up.home / kept.PORTS).read_text()
    file.write_text(before.replace("MUNICIPALITY_TIME_ZONE=Europe/Berlin\n", ""))
    del up.environ["MUNICIPALITY_CRS"]
    code, said = up.command("up")
    assert code == 1, said
    assert "must stay Europe/Berlin, by which the reports and areas here were taken in" in said
    assert f"MUNICIPALITY_TIME_ZONE stands nowhere: write it into {file}." in said
    file.write_text(before)
    up.environ = told


@pytest.mark.timeout(300)
async def test_it_starts_mends_itself_and_stops_in_order(folder: Path) -> None:
    """From nothing to ready; a killed service, PostgreSQL and supervisor come back; Ctrl-C ends all of it."""
    with started(folder / "s") as up:
        await up.ready()
        assert "Nobody has told MUNICIPALITY_NAME and MUNICIPALITY_CODE yet" in up.said.read_text()
        assert 'class="fictive"' not in await shown(up)
        code, said = up.command("status")
        assert (code, said.count(" ready ")) == (0, 1 + len(SERVICES)), said
        assert up.command("reset", "--yes")[0] == 1
        assert all((up.home / "logs" / f"{name}.log").stat().st_size for name in SERVICES)
        open_to_others = [each for each in up.home.rglob("*") if each.is_file() and each.stat().st_mode & 0o077]
        assert open_to_others == []

        state = read_state(up.home)
        postgres = embedded(state, environ={})
        for role in (name for service in SERVICES for name in (service, f"{service}_owner")):
            for other in (*SERVICES, "bus"):
                url = postgres.url(user=role, password=state.secrets.passwords[role], database=database(other))
                own = role.removesuffix("_owner") == other or (other == "bus" and role in SERVICES)
                assert await refused(url) is not own, (role, other)

        await bounded(postgres)
        assert up.command("admin", "organisation", "list")[0] == 0
        await replaced(up, "reports")
        await replaced(up, "postgres")
        assert [one.state for one in standings(up.home)] == ["ready"] * (1 + len(SERVICES))

        await held_back(up, "notify")
        await the_next_start_takes_over(up)
        assert "serves     Berlin (11000), Europe/Berlin, EPSG:25833\n" in up.said.read_text()
        assert '<span class="brand-place">Berlin</span>' in await shown(up)
        await took_in_areas(postgres)
        processes = up.processes()
        assert len(processes) == 1 + len(SERVICES)
        up.process.send_signal(signal.SIGINT)
        assert up.process.wait(timeout=60) == 0
        assert not any(alive(process) for process in processes)
        assert all(port_is_free(port) for port in (*up.ports.values(), *up.inner_ports.values()))
        other_settings_are_refused(up)
        # A service's own commands work without `samsyn up` too, and leave nothing running.
        assert up.command("admin", "organisation", "list")[0] == 0
        assert "database system is shut down" in (up.home / "logs" / "postgres.log").read_text().splitlines()[-1]


@pytest.mark.timeout(300)
async def test_a_start_that_cannot_be_ends_everything_with_the_reason(folder: Path) -> None:
    """A service that cannot start at all takes the rest down with it, and the last line says what to mend."""
    with started(folder / "s", REPORTS_HOST="192.0.2.1") as up:
        assert up.process.wait(timeout=START_S) == 1
        last = up.said.read_text().splitlines()[-1]
        assert last.startswith("samsyn: reports keeps ending (5 times). Port "), last
        assert last.endswith("address that this machine does not have: set REPORTS_PORT or REPORTS_HOST."), last
        assert not (up.home / "running.json").exists()
        assert embedded(read_state(up.home), environ={}).pid() is None
