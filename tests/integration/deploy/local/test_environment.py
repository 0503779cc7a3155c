"""What each process on one machine is told, and what it is not told."""

import json
import os
import socket
from pathlib import Path

import pytest

from deploy.local import environment, kept
from deploy.local.checking import check_settings
from deploy.local.errors import LocalError
from deploy.local.postgres import Postgres
from deploy.local.state import State, hold, open_state
from deploy.services import SERVICES


@pytest.fixture
def state(tmp_path: Path) -> State:
    """An installation that has never run."""
    with hold(tmp_path / "s"):
        return open_state(tmp_path / "s", roles=environment.roles())


@pytest.fixture
def postgres(state: State) -> Postgres:
    """Its PostgreSQL, which has chosen a port."""
    found = environment.embedded(state, environ={})
    found.directory.mkdir()
    (found.directory / "port").write_text("5999\n")
    return found


def told(state: State, postgres: Postgres, name: str, environ: dict[str, str]) -> dict[str, str]:
    """The environment of one service."""
    return environment.of_service(name, state=state, postgres=postgres, municipality={}, environ=environ)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_gets_its_own_secrets_and_no_others(state: State, postgres: Postgres, name: str) -> None:
    """Neither another's password nor an owner's stands in a service's environment, even when the caller had them."""
    foreign = {f"{other.upper()}_DATABASE_URL": "postgresql://secret" for other in SERVICES if other != name}
    found = told(state, postgres, name, {"PATH": "/bin", f"{name.upper()}_MIGRATION_URL": "secret", **foreign})
    known = {
        role for role, password in state.secrets.passwords.items() if any(password in text for text in found.values())
    }
    assert known == {name}
    assert "secret" not in "".join(found.values())
    private = [
        key for key in (state.secrets.internal_key, state.secrets.token_key) if json.loads(key)["d"] in str(found)
    ]
    assert len(private) == (2 if name == "gateway" else 0)
    assert (state.secrets.sealing_key in found.values()) is (name == "notify")
    assert (state.secrets.pepper in found.values()) is (name == "gateway")
    assert "d" not in json.loads(found["INTERNAL_PUBLIC_KEY"])
    assert found["PATH"] == "/bin"


def test_webhooks_reach_this_machine_for_the_demonstration_alone(state: State, postgres: Postgres) -> None:
    """Without `--demo` nothing of it; with it the one port of the demonstration's receiver, which is no service's."""
    reaching = {"NOTIFY_ALLOWED_NETWORKS", "NOTIFY_DEMO_RECEIVER_PORT"}
    assert not reaching & set(told(state, postgres, "notify", {}))
    demo = environment.of_service("notify", state=state, postgres=postgres, municipality={}, environ={}, receiver=9010)
    assert {name: demo[name] for name in reaching & set(demo)} == {"NOTIFY_DEMO_RECEIVER_PORT": "9010"}
    assert environment.receiver_port({"SAMSYN_PORT": "9000"}) == 9010
    with pytest.raises(LocalError, match="port of a service"):
        environment.receiver_port({"SAMSYN_RECEIVER_PORT": "8004"})
    with pytest.raises(LocalError, match="port of PostgreSQL"):
        environment.receiver_port({"SAMSYN_POSTGRES_PORT": "8010"})


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1"])  # noqa: S104 - it is what a stranger may do
def test_webhooks_of_the_demonstration_go_to_no_strangers_program(host: str) -> None:
    """Who listens on the port that nobody chose is told and let be; on one that was named it is the receiver."""
    said: list[str] = []
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as stranger:
        stranger.bind((host, 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        unnamed = {"SAMSYN_PORT": str(port - 10)}
        assert environment.open_receiver(unnamed, say=said.append) is None
        assert said.pop().startswith(f"Port {port} is taken by another program, so no webhooks")
        assert environment.open_receiver({"SAMSYN_RECEIVER_PORT": str(port)}, say=said.append) == port
        assert said.pop().startswith(f"Webhooks of the demonstration may go to what listens on port {port}, as")
    assert environment.open_receiver(unnamed, say=said.append) == port
    assert said == []


def test_the_environment_wins(state: State, postgres: Postgres) -> None:
    """A database, a bus or a port that somebody has set is used instead of ours."""
    given = {
        "REPORTS_DATABASE_URL": "postgresql://elsewhere/x",
        "KAFKA_BOOTSTRAP_SERVERS": "k:9092",
        "REPORTS_PORT": "81",
    }
    found = told(state, postgres, "reports", given)
    assert {name: found[name] for name in given} == given
    assert found["BUS_URL"] == "k:9092"
    lower = {"municipality_name": "Åre"}  # as settings may be written too
    assert "municipality_name" not in told(state, postgres, "reports", lower)
    assert told(state, postgres, "reports", {"BUS_URL": "kafka://b:1"})["BUS_URL"] == "kafka://b:1"
    owners = environment.of_migrations(state=state, postgres=postgres, municipality={}, environ=given)
    assert "REPORTS_MIGRATION_URL" not in owners
    assert "walks_owner" in owners["WALKS_MIGRATION_URL"]


def test_ports_follow_the_first(state: State) -> None:
    """One setting moves a whole installation aside; each service can be moved alone."""
    assert environment.ports({}) == {"gateway": 8000, "reports": 8001, "walks": 8002, "events": 8003, "notify": 8004}
    moved = environment.ports({"SAMSYN_PORT": "9000", "WALKS_PORT": "7"})
    assert moved == {"gateway": 9000, "reports": 9001, "walks": 7, "events": 9003, "notify": 9004}
    probed = {"gateway": 8005, "reports": 8006, "walks": 8007, "events": 8008, "notify": 8009}
    assert environment.ports({}, kind="INNER_PORT") == probed
    aside = environment.ports({"SAMSYN_PORT": "9000", "WALKS_INNER_PORT": "7"}, kind="INNER_PORT")
    assert (aside["gateway"], aside["walks"]) == (9005, 7)
    for wrong in ("", " ", "0", "x", "65535", "-1", "²", "８０００"):
        with pytest.raises(LocalError, match="SAMSYN_PORT must be a port"):
            environment.ports({"SAMSYN_PORT": wrong})


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            {"MUNICIPALITY_FOO": "1", "MUNICIPALITY_CYCLE_DAYS": "10", "MUNICIPALITY_TIME_ZONE": "Mars/Base"},
            ["MUNICIPALITY_FOO is no setting", "MUNICIPALITY_CYCLE_DAYS ", "MUNICIPALITY_TIME_ZONE "],
        ),
        ({"MUNICIPALITY_LANGUAGE": "fi"}, ["none of the languages of the pages: en, sv"]),
        ({"MUNICIPALITY_LANGUAGE": ""}, ["is no tag of a language"]),
    ],
)
def test_a_wrong_municipality_is_told(state: State, told: dict[str, str], said: list[str]) -> None:
    """Before anything is written: a later start without it is not held up by it."""
    with pytest.raises(LocalError) as wrong:
        check_settings(state, environ=told | {"PATH": os.environ["PATH"]}, receiver=None)
    assert [words for words in said if words not in str(wrong.value)] == []
    assert kept.municipality(state.directory, environ={}) == kept.parse(kept.DEFAULT)
