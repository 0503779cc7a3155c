"""Each service starts, serves and stops with the other four absent and the bus away."""

import asyncio
import json
import os
import sys
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import OKPKey

from deploy.services import BEHIND_THE_GATEWAY, SERVICES
from services.walks.app import build
from services.walks.settings import Settings
from shared.database.revisions import head
from shared.service import probes
from tests.support.make.notify import SEALING_KEY
from tests.support.servers.postgres import DatabaseServer
from tests.support.servers.processes import service_process
from tests.support.servers.services import TRUST, client, make_principal, running, settings_for

NOBODY = "postgresql://samsyn_bus:x@127.0.0.1:9/samsyn_bus"
KEY = json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True))
OWN = {
    "notify": {"NOTIFY_SEALING_KEY": SEALING_KEY},
    "gateway": {
        "GATEWAY_TOKEN_KEY": KEY,
        "GATEWAY_INTERNAL_KEY": KEY,
        "GATEWAY_PEPPER": "only-for-tests-0123456789",
        **{f"GATEWAY_{name.upper()}_URL": "http://127.0.0.1:9" for name in BEHIND_THE_GATEWAY},
    },
}
# What each can be asked without anybody else.
QUESTIONS = {
    "reports": "/reports",
    "walks": "/walks",
    "events": "/gatherings",
    "notify": "/subscriptions",
    "gateway": "/oauth/jwks",
}


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_stands_alone(name: str, postgres: DatabaseServer, tmp_path: Path) -> None:
    """Ready without a bus, answers what is its own, and stops by itself within ten seconds, in order.

    Probes and metrics are answered on the inner port alone, and nothing else is.
    """
    database = await postgres.migrated(name)
    async with service_process(
        name, database=database, bus_url=NOBODY, folder=tmp_path, **OWN.get(name, {})
    ) as service:
        async with (
            client(service.url, service=name, principal=make_principal()) as caller,
            httpx.AsyncClient(base_url=service.inner_url, verify=TRUST) as probe,
        ):
            assert (await probe.get("/healthz")).json() == {"service": name, "status": "alive"}
            ready = await probe.get("/readyz")
            assert ready.status_code == 200
            assert ready.json() == {
                "service": name, "ready": True, "database": "ready", "bus": "away", "migrations": "ready",
                "process": service.usage.pid,
            }  # fmt: skip
            assert "samsyn_http_seconds" in (await probe.get("/metrics")).text
            answer = await caller.get(QUESTIONS[name])
            assert answer.status_code == 200, answer.text
            for path in ("/healthz", "/readyz", "/metrics", "/metrics/", "/%6detrics"):
                assert (await caller.get(path)).status_code == 404, path
            assert (await probe.get(QUESTIONS[name])).status_code == 404
        assert service.process is not None
        service.process.terminate()
        code = await asyncio.wait_for(service.process.wait(), timeout=10)
    said = (tmp_path / f"{name}.log").read_text()
    assert code == 0, said[-2000:]
    assert "Traceback" not in said
    assert [json.loads(line)["event"] for line in said.splitlines() if "service." in line] == [
        "service.ready", "service.stopping",
    ]  # fmt: skip
    await postgres.drop_database(database)


async def test_a_service_is_not_ready_without_its_migrations(postgres: DatabaseServer) -> None:
    """It lives and says what it wants, so that whoever deploys it sees why."""
    database = await postgres.fresh_database("walks")
    app = build(settings_for(Settings, database, bus_url=NOBODY))
    async with running(app), running(probes(app, "walks")) as inner, httpx.AsyncClient(base_url=inner) as probe:
        assert (await probe.get("/healthz")).status_code == 200
        ready = await probe.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["ready"] is False
    assert ready.json()["migrations"] == f"at None, wants {head('walks')}"
    await postgres.drop_database(database)


PROGRAM = """
import asyncio, sys
from contextlib import asynccontextmanager
from fastapi import FastAPI
from deploy.ports import free_port
from deploy.serve import run
from shared.travel.runner import Stuck
from shared.service import background

async def give_up():
    await asyncio.sleep(0.1)
    raise {failure}

@asynccontextmanager
async def life(app):
    async with background("consumer walks", give_up):
        yield
    print("stopped in order", flush=True)

run(FastAPI(lifespan=life), name="walks", outer=("127.0.0.1", free_port()), inner=("127.0.0.1", free_port()))
"""


@pytest.mark.parametrize(
    ("failure", "reason"),
    [("Stuck('walks does not move.')", "walks does not move."), ("KeyError('x')", "consumer walks failed: KeyError")],
)
async def test_a_service_ends_when_a_part_of_it_gives_up(failure: str, reason: str) -> None:
    """A consumer that two renewals did not mend, or any fault of a task: the process ends, in order and not with 0."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM.format(failure=failure), env=dict(os.environ),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), timeout=30)
    assert process.returncode == 1, err.decode()
    assert b"stopped in order" in out
    assert reason in err.decode()
