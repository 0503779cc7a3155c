"""docker-compose.yml without Docker: its shape, its hardening, and that its settings are those the services have."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from deploy.cluster import environment
from deploy.local.kept import parse
from deploy.local.postgres import MAJOR_VERSION
from deploy.services import BEHIND_THE_GATEWAY, SERVICES
from shared.settings import Municipality, read
from tests.support import ROOT
from tests.support.make.settings import settings_class, variables
from tests.support.servers.compose import Unset, compose, insisted_on, made_variables, offered, service_of

# What a container's part of the file may say: a slip of the pen must not pass as something compose ignores.
KNOWN = {
    "build", "cap_drop", "command", "depends_on", "environment", "healthcheck", "image", "networks", "ports",
    "read_only", "restart", "security_opt", "shm_size", "stop_grace_period", "tmpfs", "user", "volumes",
}  # fmt: skip
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """A made environment file, filled in."""
    return made_variables(tmp_path_factory.mktemp("compose"))


@pytest.fixture(scope="module")
def containers(told: Mapping[str, str]) -> dict[str, Any]:
    """The containers as compose would start them."""
    found: dict[str, Any] = compose(told)["services"]
    return found


def test_file_names_only_what_compose_knows_and_what_stands_in_it(told: Mapping[str, str]) -> None:
    """Each container's keys are known, and its networks, volumes and conditions refer to something."""
    file = compose(told)
    assert {key for key in file if not key.startswith("x-")} == {"name", "services", "networks", "volumes"}
    for name, container in file["services"].items():
        assert set(container) <= KNOWN, name
        assert set(container["networks"]) <= set(file["networks"]), name
        assert {volume.split(":")[0] for volume in container.get("volumes", [])} <= set(file["volumes"]), name
        for other, wanted in container.get("depends_on", {}).items():
            assert other in file["services"], name
            assert wanted["condition"] in CONDITIONS, name


def test_each_service_has_a_container_and_needs_no_other_service(containers: dict[str, Any]) -> None:
    """All five run, each from the migrations on, and none waits for another one."""
    run = {service_of(container["command"]): container for container in containers.values() if "command" in container}
    assert set(run) - {None} == set(SERVICES)
    for service in SERVICES:
        assert run[service]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_containers_are_hardened(containers: dict[str, Any]) -> None:
    """Pinned image, not root, nothing to write on, no capabilities; the gateway alone has a port, for this machine."""
    for name, container in containers.items():
        assert re.fullmatch(r"[\w/.-]+:\d+\.\d+[\w.-]*", container["image"]), name
        assert container["user"].split(":")[0] not in ("", "0", "root"), name
        assert container["read_only"] is True, name
        assert container["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in container["security_opt"], name
        assert ("ports" in container) == (name == "gateway")
    assert containers["gateway"]["ports"] == ["127.0.0.1:8000:8000"]


def test_only_what_talks_to_the_world_can_reach_it(told: Mapping[str, str]) -> None:
    """Databases, bus and the inner services have no way out."""
    file = compose(told)
    assert file["networks"]["inside"] == {"internal": True}
    assert {name for name, each in file["services"].items() if each["networks"] != ["inside"]} == {"gateway", "notify"}


def test_health_is_checked(containers: dict[str, Any]) -> None:
    """Long-lived containers have a health check, their own or the image's; the two jobs need none."""
    own = {name for name, container in containers.items() if "test" in container.get("healthcheck", {})}
    off = {name for name, container in containers.items() if container.get("healthcheck") == {"disable": True}}
    ours = {name for name, container in containers.items() if container["image"].startswith("samsyn:")}
    assert own == {"postgres", "kafka"}
    assert off == {"databases", "migrate"}
    assert ours - off == set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_settings_of_a_service_exist_and_suffice(
    service: str, containers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each variable is a setting of that service (so no other's secret is in it), and the service accepts them all."""
    kind = settings_class(service)
    given = containers[service]["environment"]
    assert set(given) <= {*variables(kind), *variables(Municipality)}
    for name in [*variables(kind), *variables(Municipality)]:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    found = read(kind)
    assert (found.host, found.port) == ("0.0.0.0", 8000)  # noqa: S104 - inside a container
    assert found.municipality.name == "Testby"
    # Where the image's health check asks, and where no port of the host leads.
    assert (found.inner_host, found.inner_port) == ("0.0.0.0", 8001)  # noqa: S104 - inside a container
    assert f"127.0.0.1:{found.inner_port}/healthz" in (ROOT / "deploy/Dockerfile").read_text()
    assert not any(port.endswith(":8001") for port in containers[service].get("ports", []))


def test_gateway_knows_where_the_others_answer(containers: dict[str, Any]) -> None:
    """Each address names a container and the port that its service has there."""
    for service in BEHIND_THE_GATEWAY:
        port = containers[service]["environment"][f"{service.upper()}_PORT"]
        assert containers["gateway"]["environment"][f"GATEWAY_{service.upper()}_URL"] == f"http://{service}:{port}"


def test_jobs_get_the_owners_of_all_databases(containers: dict[str, Any]) -> None:
    """The migrations get each owner and the language, the databases' job both roles; no service gets an owner."""
    owners = {f"{service.upper()}_MIGRATION_URL" for service in SERVICES}
    assert set(containers["migrate"]["environment"]) == owners | {"MUNICIPALITY_LANGUAGE"}
    runtime = {f"{service.upper()}_DATABASE_URL" for service in SERVICES}
    assert set(containers["databases"]["environment"]) == owners | runtime | {"ADMIN_DATABASE_URL"}
    assert not any(owners & set(containers[service]["environment"]) for service in SERVICES)


def test_nothing_starts_without_its_secrets(told: Mapping[str, str]) -> None:
    """Compose insists on each secret and on the municipality, and each is in the made file; no secret has a default."""
    assert set(environment.environment()) <= insisted_on()
    assert insisted_on() | {name for name in offered() if name.startswith("MUNICIPALITY_")} == set(told)
    for name in insisted_on():
        with pytest.raises(Unset, match=name):
            compose({other: value for other, value in told.items() if other != name})


def test_made_secrets_are_new_each_time_and_the_municipality_is_left_to_a_person(tmp_path: Path) -> None:
    """Two made files share no secret, and neither starts before somebody has said whom it serves."""
    one, other = environment.environment(), environment.environment()
    assert not set(one.values()) & set(other.values())
    (tmp_path / "made.env").write_text(environment.text())
    with pytest.raises(Unset, match="MUNICIPALITY_"):
        compose(parse(tmp_path / "made.env"))


def test_versions_are_those_that_the_tests_run_on(containers: dict[str, Any]) -> None:
    """The broker is the one of `make kafka`, PostgreSQL that of the wheel, Samsyn the one of pyproject.toml."""
    pom = ElementTree.parse(ROOT / "deploy/kafka/pom.xml")  # noqa: S314 - our own file
    version = pom.findtext(".//{*}dependency/{*}version")
    assert containers["kafka"]["image"] == f"apache/kafka:{version}"
    assert containers["postgres"]["image"].startswith(f"postgres:{MAJOR_VERSION}.")
    project = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert project is not None
    assert {each["image"] for each in containers.values() if "build" in each} == {f"samsyn:{project[1]}"}
