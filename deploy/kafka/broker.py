"""Gets, starts and stops one Apache Kafka broker: `python -m deploy.kafka.broker get|start|stop|status`.

Everything it makes lies in `.kafka/`. It needs Java 17 or later and, once, Maven; nothing of Python beyond the
standard library.
"""

import argparse
import base64
import os
import re
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
FILES = Path(".kafka")
PORT = 9092
JAVA_NEEDED = 17
READY_S = 60.0
STOP_S = 30.0

_NO_JAVA = (
    f"Apache Kafka needs Java {JAVA_NEEDED} or later. Install it (Debian, Ubuntu: apt install openjdk-17-jre-headless; "
    "macOS: brew install openjdk) or let JAVA_HOME point to it."
)
_NO_MAVEN = "Maven fetches Apache Kafka. Install it (Debian, Ubuntu: apt install maven; macOS: brew install maven)."


class BrokerError(Exception):
    """The broker cannot be had; the text says why and what to do, in a sentence."""


def find_java() -> str:
    """The path of a Java that is new enough. Raises BrokerError."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    if java is None:
        raise BrokerError(_NO_JAVA)
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < JAVA_NEEDED:
        found = f"Java {version[1]}" if version else "no working Java"
        raise BrokerError(f"{_NO_JAVA} {java} is {found}.")
    return java


def get(files: Path = FILES) -> Path:
    """Fetch Kafka's jars from Maven Central, unless they are here; returns their folder. Raises BrokerError."""
    jars = files.absolute() / "jars"
    pom = (HERE / "pom.xml").read_text()
    fetched_for = jars / "pom.xml"
    if fetched_for.exists() and fetched_for.read_text() == pom:
        return jars
    find_java()
    maven = shutil.which("mvn")
    if maven is None:
        raise BrokerError(_NO_MAVEN)
    shutil.rmtree(jars, ignore_errors=True)
    jars.mkdir(parents=True)
    command = [maven, "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
    fetch = subprocess.run(
        [*command, f"-DoutputDirectory={jars}", "-DincludeScope=runtime"], capture_output=True, text=True, check=False
    )
    if fetch.returncode:
        reasons = [line for line in fetch.stdout.splitlines() if line.startswith("[ERROR]")]
        reason = reasons[0].removeprefix("[ERROR] ") if reasons else fetch.stderr.strip()[-300:]
        raise BrokerError(f"Maven could not fetch Apache Kafka. It said: {reason}")
    fetched_for.write_text(pom)
    return jars


class Broker:
    """One broker on 127.0.0.1. Its data stay in `.kafka/<port>/` over restarts; any process may start or stop it.

    It outlives this process, unless `before_exec`, which runs in the new process before Java does, sees to it.
    """

    def __init__(self, port: int = PORT, *, files: Path = FILES, before_exec: Callable[[], None] | None = None) -> None:
        self.bootstrap = f"127.0.0.1:{port}"
        self.directory = files.absolute() / str(port)
        self.log = self.directory / "broker.log"
        self._files, self._port, self._before_exec = files, port, before_exec
        self._properties = self.directory / "server.properties"
        self._pid_file = self.directory / "broker.pid"
        self._process: subprocess.Popen[bytes] | None = None
        self._java = ""  # found once: a broker that comes back is the one that went, whatever PATH says by then

    def pid(self) -> int | None:
        """The broker's process id, whoever started it; None when it does not run."""
        if self._process is not None:
            if self._process.poll() is None:
                return self._process.pid  # its command line may still be empty: it is not read
            self._process = None
        try:
            pid = int(self._pid_file.read_text())
            os.kill(pid, 0)
        except (FileNotFoundError, ValueError, ProcessLookupError):
            return None
        command = Path(f"/proc/{pid}/cmdline")  # numbers are used again; where there is no /proc, we trust the file
        return pid if not command.exists() or str(self._properties) in command.read_text() else None

    def start(self) -> None:
        """Start the broker and return when it answers; a running one is left alone. Raises BrokerError."""
        if self.pid() is not None:
            self._wait_ready()
            return
        java = self._java = self._java or find_java()
        if _port_taken(self._port):
            raise BrokerError(f"Port {self._port} is taken by another program; choose another with --port.")
        jars = get(self._files)
        if not self._properties.exists():
            self._format(java, jars)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    java,
                    "-Xmx512m",
                    f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}",
                    *("-cp", f"{jars}/*", "kafka.Kafka", str(self._properties)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is not for the broker
                preexec_fn=self._before_exec,  # noqa: PLW1509 - it must not import or allocate
            )
        self._pid_file.write_text(str(self._process.pid))
        self._wait_ready()

    def stop(self) -> None:
        """Shut the broker down in order; kill it when that takes too long."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the broker as a power cut would."""
        self._end(signal.SIGKILL)

    def remove(self) -> None:
        """Stop the broker and delete all its data."""
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _format(self, java: str, jars: Path) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        data = self.directory / "data"
        shutil.rmtree(data, ignore_errors=True)  # half of one from a first start that was broken off
        draft = self.directory / "server.properties.new"
        template = "\n".join(line for line in (HERE / "server.properties").read_text().splitlines() if line[:1] != "#")
        draft.write_text(template.format(port=self._port, controller_port=free_port(), data=data))
        cluster_id = base64.urlsafe_b64encode(b"S" + secrets.token_bytes(15)).decode().rstrip("=")
        made = subprocess.run(
            [
                *(java, "-cp", f"{jars}/*", f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}"),
                *("kafka.tools.StorageTool", "format", "--standalone", "-t", cluster_id, "-c", str(draft)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise BrokerError(f"Kafka could not make its data in {data}: {(made.stderr or made.stdout).strip()[-300:]}")
        draft.rename(self._properties)

    def _wait_ready(self) -> None:
        ends_at = time.monotonic() + READY_S
        while not _answers(self._port):
            if self.pid() is None:
                raise BrokerError(f"Kafka ended at its start. It said: {_last_words(self.log)}")
            if time.monotonic() > ends_at:
                raise BrokerError(f"Kafka did not answer within {READY_S:.0f} s. It said: {_last_words(self.log)}")
            time.sleep(0.05)

    def _end(self, with_signal: signal.Signals) -> None:
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, with_signal)
        ends_at = time.monotonic() + STOP_S
        while self.pid() is not None:
            if time.monotonic() > ends_at:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
        self._pid_file.unlink(missing_ok=True)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _port_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _answers(port: int) -> bool:
    """Whether a broker answers the first question of every client (ApiVersions, version 0).

    An open port is not enough: it is open before the broker takes requests.
    """
    question = struct.pack(">hhih", 18, 0, 1, -1)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as connection:
            connection.sendall(struct.pack(">i", len(question)) + question)
            answer = connection.recv(10)
    except OSError:
        return False
    return len(answer) == 10 and answer[8:] == b"\0\0"


def _last_words(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if " ERROR " in line or "Exception" in line]
    return lines[-1][-300:] if lines else f"nothing; see {log}"


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.kafka.broker", description=__doc__)
    parser.add_argument("what", choices=["get", "start", "stop", "status"])
    parser.add_argument("--port", type=int, default=PORT, help=f"of 127.0.0.1, default {PORT}")
    parser.add_argument("--files", type=Path, default=FILES, help=f"where everything lies, default {FILES}")
    return parser.parse_args()


def main() -> int:
    """Do what the command line says. Returns the exit code; `status` has 3 for a broker that does not run."""
    arguments = _parsed()
    broker = Broker(arguments.port, files=arguments.files)
    try:
        match arguments.what:
            case "get":
                print(f"Apache Kafka lies in {get(arguments.files)}.")
            case "start":
                broker.start()
                print(f"Apache Kafka answers at {broker.bootstrap}. Its log: {broker.log}")
            case "stop":
                broker.stop()
                print("Apache Kafka does not run.")
            case _:
                running = broker.pid() is not None
                print(f"Apache Kafka answers at {broker.bootstrap}." if running else "Apache Kafka does not run.")
                return 0 if running else 3
    except (BrokerError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
