"""`python -m deploy.kafka.broker`: what it says when something is missing, and a real broker's life."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.kafka.broker import Broker, free_port
from tests.support.machine import JAVA, KAFKA, MAVEN, needs
from tests.support.servers.kafka import FILES

JAVA_17 = """#!/bin/sh
case "$*" in
    -version) echo 'openjdk version "17.0.1" 2021-10-19' >&2 ;;
    *) echo 'Exception: no memory' >&2; exit 1 ;;
esac
"""


def run(*arguments: str, files: Path, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """The command as a user types it, with no other programs than those in the folder `path`."""
    environment = {key: value for key, value in os.environ.items() if key != "JAVA_HOME"}
    if path is not None:
        environment["PATH"] = path
    command = [sys.executable, "-m", "deploy.kafka.broker", *arguments, "--files", str(files)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done


def program(folder: Path, name: str, script: str) -> None:
    """A program of this name that does what the script says."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(script)
    (folder / name).chmod(0o755)


def test_without_java_it_says_what_to_install(tmp_path: Path) -> None:
    """One sentence with the package's name, and exit code 1."""
    done = run("start", files=tmp_path, path=str(tmp_path / "empty"))
    assert done.returncode == 1
    assert "needs Java 17 or later" in done.stderr
    assert "apt install openjdk-17-jre-headless" in done.stderr


def test_an_old_java_is_named(tmp_path: Path) -> None:
    """Java 11 is found and refused."""
    program(tmp_path / "bin", "java", JAVA_17.replace("17.0.1", "11.0.2"))
    done = run("start", files=tmp_path, path=str(tmp_path / "bin"))
    assert done.returncode == 1
    assert f"{tmp_path / 'bin' / 'java'} is Java 11." in done.stderr


def test_without_maven_it_says_what_to_install(tmp_path: Path) -> None:
    """Only when the jars are not here yet."""
    program(tmp_path / "bin", "java", JAVA_17)
    done = run("get", files=tmp_path, path=str(tmp_path / "bin"))
    assert done.returncode == 1
    assert "apt install maven" in done.stderr


def test_what_maven_could_not_fetch_is_said(tmp_path: Path) -> None:
    """Maven's first error line, and nothing half fetched passes for whole."""
    program(tmp_path / "bin", "java", JAVA_17)
    program(tmp_path / "bin", "mvn", "#!/bin/sh\necho '[ERROR] Could not transfer artifact'\nexit 1\n")
    for _ in range(2):
        done = run("get", files=tmp_path, path=str(tmp_path / "bin"))
        assert done.returncode == 1
        assert done.stderr.strip() == ("Maven could not fetch Apache Kafka. It said: Could not transfer artifact")


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    """Before anything is fetched or made."""
    program(tmp_path / "bin", "java", JAVA_17)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run("start", "--port", port, files=tmp_path, path=str(tmp_path / "bin"))
    assert done.returncode == 1
    assert done.stderr.strip() == f"Port {port} is taken by another program; choose another with --port."


def test_a_broker_that_does_not_start_says_why(tmp_path: Path) -> None:
    """A Java that cannot run Kafka ends the start with what it said."""
    program(tmp_path / "bin", "java", JAVA_17)
    program(tmp_path / "bin", "mvn", "#!/bin/sh\nexit 0\n")
    done = run("start", "--port", str(free_port()), files=tmp_path, path=str(tmp_path / "bin"))
    assert done.returncode == 1
    assert "Exception: no memory" in done.stderr


def test_status_of_no_broker(tmp_path: Path) -> None:
    """A sentence and exit code 3; stopping what does not run is no error."""
    assert run("status", files=tmp_path).returncode == 3
    assert run("stop", files=tmp_path).stdout == "Apache Kafka does not run.\n"


@pytest.mark.kafka
@needs(KAFKA, JAVA, MAVEN)
def test_a_broker_lives_over_commands() -> None:
    """Started by one process, seen and left alone by the next, stopped by a third."""
    port = str(free_port())
    try:
        started = run("start", "--port", port, files=FILES)
        assert started.returncode == 0, started.stderr
        assert f"answers at 127.0.0.1:{port}." in started.stdout
        pid = (FILES / port / "broker.pid").read_text()
        assert run("start", "--port", port, files=FILES).returncode == 0
        assert (FILES / port / "broker.pid").read_text() == pid
        assert run("status", "--port", port, files=FILES).returncode == 0
        assert run("stop", "--port", port, files=FILES).returncode == 0
        assert run("status", "--port", port, files=FILES).returncode == 3
    finally:
        Broker(int(port), files=FILES).remove()
