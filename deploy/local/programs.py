"""What the supervisor starts: PostgreSQL and the services, each a program with a log, a process and a way to ask it."""

import http.client
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deploy.local.children import die_with_parent
from deploy.local.errors import LocalError, disk_sentence
from deploy.local.logs import last_words, rotate
from deploy.local.postgres import Postgres


@dataclass(frozen=True, slots=True)
class Ending:
    """How a program ended. `killed`: by kill -9 from outside, which says nothing about the program itself."""

    reason: str
    killed: bool


class Program(Protocol):
    """A process that is to run as long as the supervisor."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def pid(self) -> int | None:
        """Its process, while it runs."""

    @property
    def port(self) -> int:
        """Where it listens on this machine."""

    @property
    def inner_port(self) -> int:
        """Where it is asked how it is; its own port if it has no other."""

    def start(self) -> None:
        """Run it. Raises LocalError."""

    def is_ready(self) -> bool:
        """Whether it does its work now; takes at most a second."""

    def ended(self) -> Ending | None:
        """How it ended, if it did."""

    def ask_to_stop(self) -> None:
        """Tell it to finish what it does and end; returns at once."""

    def kill(self) -> None:
        """End it now."""


class ServiceProgram:
    """A service as a process of its own, asked at /readyz of its inner port.

    It does not see Ctrl-C: the supervisor stops in order.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        port: int,
        inner_port: int,
        log: Path,
    ) -> None:
        self.name = name
        self.port, self.inner_port = port, inner_port
        self._command = list(command)
        self._environment = dict(environment)
        self._log = log
        self._log_began = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process, while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Run it, with all it says in its log. Raises LocalError."""
        try:
            rotate(self._log)
            with self._log.open("ab") as log:
                self._log_began = log.tell()
                self._process = subprocess.Popen(
                    self._command,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - the supervisor has one thread
                )
        except OSError as error:
            raise LocalError(disk_sentence(error, doing=f"starting {self.name}")) from error

    def is_ready(self) -> bool:
        """Whether its own process answers 200 at /readyz within a second: on its port may be a stranger's."""
        return readiness(self.inner_port, pid=self.pid)[0] == http.HTTPStatus.OK

    def ended(self) -> Ending | None:
        """How it ended, in the last words of its log."""
        code = self._process.poll() if self._process else None
        if code is None:
            return None
        return Ending(last_words(self._log, since=self._log_began), killed=code == -signal.SIGKILL)

    def ask_to_stop(self) -> None:
        """SIGTERM: requests in flight are finished, the relay is drained."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL, and wait for it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class PostgresProgram:
    """PostgreSQL under the same supervision."""

    name = "postgres"

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._log_began = 0

    @property
    def pid(self) -> int | None:
        """The postmaster, while it runs."""
        return self._postgres.process.pid if self._postgres.process and self.ended() is None else None

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._postgres.port

    @property
    def inner_port(self) -> int:
        """The same."""
        return self.port

    def start(self) -> None:
        """Run it and wait until it takes connections. Raises LocalError."""
        rotate(self._postgres.log)
        self._log_began = self._postgres.log.stat().st_size if self._postgres.log.exists() else 0
        self._postgres.start()

    def is_ready(self) -> bool:
        """Its start returns when it is."""
        return self.pid is not None

    def ended(self) -> Ending | None:
        """How it ended."""
        process = self._postgres.process
        code = process.poll() if process else None
        if code is None:
            return None
        return Ending(last_words(self._postgres.log, since=self._log_began), killed=code == -signal.SIGKILL)

    def ask_to_stop(self) -> None:
        """Nothing: it goes last, by `kill`."""

    def kill(self) -> None:
        """A fast shutdown, which loses nothing."""
        self._postgres.stop()


def readiness(port: int, *, pid: int | None) -> tuple[int, str]:
    """The status and body of a process's /readyz on this machine; (0, "") where it does not answer within a second."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        body = answer.read(4096).decode(errors="replace")
        return (answer.status, body) if json.loads(body)["process"] == pid else (0, "")
    except (OSError, http.client.HTTPException, ValueError, TypeError, KeyError):
        return 0, ""
    finally:
        connection.close()
