"""docker-compose.yml as plain processes: every container's command under its very environment, on a real PostgreSQL and
a real Apache Kafka. Only addresses are changed, since there are no containers to name."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.ports import free_port
from deploy.services import SERVICES
from tests.support.servers.compose import compose, made_variables, service_of
from tests.support.servers.leftovers import PASSWORD
from tests.support.servers.postgres import DatabaseServer, own_server
from tests.support.servers.services import wait_until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

PROGRAMS = {"samsyn": [sys.executable, "-m", "deploy.cli"], "python": [sys.executable]}


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    """Where each service listens on this machine."""
    return {name: free_port() for name in SERVICES}


@pytest.fixture(scope="module")
def inner_ports() -> dict[str, int]:
    """Where each service is probed on this machine."""
    return {name: free_port() for name in SERVICES}


@pytest.fixture(scope="module")
def containers(
    tmp_path_factory: pytest.TempPathFactory, ports: Mapping[str, int], inner_ports: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    """The containers of the file with made secrets, their addresses on this machine, after its two jobs have run."""
    variables = made_variables(tmp_path_factory.mktemp("shape")) | {"POSTGRES_PASSWORD": PASSWORD}
    found: dict[str, Any] = compose(variables)["services"]
    with own_server(fsync=False) as server:
        for container in found.values():
            container["environment"] = local(
                container["environment"], server=server, ports=ports, inner_ports=inner_ports
            )
        for job in ("databases", "migrate"):
            said = subprocess.run(
                command(found[job]), env=found[job]["environment"], capture_output=True, text=True, check=False
            )
            assert said.returncode == 0, said.stderr
        yield found


def local(
    environment: Mapping[str, str],
    *,
    server: DatabaseServer,
    ports: Mapping[str, int],
    inner_ports: Mapping[str, int],
) -> dict[str, str]:
    """A container's environment with this machine's addresses, and the two variables no process can do without."""
    kafka = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    text = json.dumps(dict(environment))
    text = text.replace("@postgres:5432/", f"@127.0.0.1:{server.postgres.port}/")
    text = text.replace("kafka://kafka:9092", f"kafka://{kafka}").replace('"0.0.0.0"', '"127.0.0.1"')
    for service, port in ports.items():
        text = text.replace(f"http://{service}:8000", f"http://127.0.0.1:{port}")
        text = re.sub(rf'("{service.upper()}_PORT": )"8000"', rf'\1"{port}"', text)
        text = re.sub(rf'("{service.upper()}_INNER_PORT": )"8001"', rf'\1"{inner_ports[service]}"', text)
    return {"PATH": os.environ["PATH"], "PYTHONPATH": os.getcwd(), **json.loads(text)}


def command(container: Mapping[str, Any]) -> list[str]:
    """A container's command, run by the Python of the tests."""
    program, *arguments = container["command"]
    return [*PROGRAMS[program], *arguments]


async def test_every_service_starts_gets_ready_and_stops(
    containers: dict[str, Any], inner_ports: Mapping[str, int], tmp_path: Path
) -> None:
    """All five answer /readyz with database, migrations and bus ready, log JSON, and end in order on SIGTERM."""
    services = {
        service: container
        for container in containers.values()
        if "command" in container and (service := service_of(container["command"]))
    }
    assert set(services) == set(SERVICES)
    with ExitStack() as stack:
        processes = {
            service: stack.enter_context(started(container, log=tmp_path / f"{service}.log"))
            for service, container in services.items()
        }
        async with httpx.AsyncClient(timeout=10) as client:
            for service, process in processes.items():

                async def ready(service: str = service, process: subprocess.Popen[bytes] = process) -> bool:
                    assert process.poll() is None, (tmp_path / f"{service}.log").read_text()[-2000:]
                    try:
                        said = (await client.get(f"http://127.0.0.1:{inner_ports[service]}/readyz")).json()
                    except httpx.TransportError:
                        return False
                    return all(said[part] == "ready" for part in ("database", "migrations", "bus")) and said["ready"]

                await wait_until(ready, timeout_s=60, what=f"{service} to be ready")
        for process in processes.values():
            process.send_signal(signal.SIGTERM)
        ends = {service: process.wait(timeout=20) for service, process in processes.items()}
    # uvicorn ends its work first and then lets the signal do what it does.
    assert set(ends.values()) <= {0, -signal.SIGTERM}, ends
    for service in SERVICES:
        lines = [json.loads(line) for line in (tmp_path / f"{service}.log").read_text().splitlines()]
        assert {"service.ready", "service.stopping"} <= {line["event"] for line in lines}


@contextmanager
def started(container: Mapping[str, Any], *, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A container's process for the block; killed at its end if it still runs."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command(container), env=container["environment"], stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.kill()  # nothing to one that has ended
        process.wait()
