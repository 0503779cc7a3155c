"""`samsyn up` as a test's own installation, on ports of its own."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from deploy.local.children import die_with_parent
from deploy.local.supervisor import Recorded, recorded
from deploy.ports import free_port
from deploy.services import SERVICES
from tests.support.servers.services import wait_until

START_S = 180  # five services on two cores that others use too


def free_ports() -> dict[str, str]:
    """The variables that give each service two ports of its own."""
    return {f"{each.prefix}{kind}": str(free_port()) for each in SERVICES.values() for kind in ("PORT", "INNER_PORT")}


class Up:
    """A `samsyn up` of the test's own, on ports of its own."""

    def __init__(self, home: Path, *, demo: bool = False, **settings: str) -> None:
        self.home, self.demo = home, demo
        self.receiver_port = free_port()
        own_ports = free_ports() | {"SAMSYN_RECEIVER_PORT": str(self.receiver_port)}
        self.ports, self.inner_ports = (
            {name: int(own_ports[f"{service.prefix}{kind}"]) for name, service in SERVICES.items()}
            for kind in ("PORT", "INNER_PORT")
        )
        self.said = home.parent / "said.txt"
        # On a Kafka cluster that others use too, topics of a name of its own.
        cluster = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
        bus = {"BUS_URL": f"kafka://{cluster}/up-{secrets.token_hex(4)}"} if cluster else {}
        self.environ = {
            "PATH": os.environ["PATH"],
            "SAMSYN_HOME": str(home),
            "SAMSYN_RECEIVER_PORT": str(self.receiver_port),
            **own_ports,
            **bus,
            **settings,
        }
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        """Run `samsyn up`."""
        with self.said.open("wb") as said:
            command = [sys.executable, "-m", "deploy.cli", "up", *(["--demo"] if self.demo else [])]
            self.process = subprocess.Popen(
                command,
                env=self.environ,
                stdout=said,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - it neither imports nor allocates
            )
        return self.process

    def command(self, *arguments: str) -> tuple[int, str]:
        """The exit code of another command for the same installation, and all it said."""
        done = subprocess.run(
            [sys.executable, "-m", "deploy.cli", *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    async def ready(self) -> None:
        """Wait until it says where to look."""

        def look() -> bool:
            assert self.process.poll() is None, self.said.read_text()
            return "Samsyn is ready" in self.said.read_text()

        await wait_until(look, timeout_s=START_S, what="`samsyn up`")

    def programs(self) -> dict[str, Recorded]:
        """What runs, by name."""
        return {entry.name: entry for entry in recorded(self.home / "running.json")}

    def processes(self) -> list[psutil.Process]:
        """The processes that run."""
        return [process for entry in self.programs().values() if (process := entry.process())]


@contextmanager
def started(home: Path, *, demo: bool = False, **settings: str) -> Iterator[Up]:
    """A `samsyn up` that is gone after the block, whatever happens in it."""
    up = Up(home, demo=demo, **settings)
    try:
        yield up
    finally:
        if up.process.poll() is None:
            up.process.send_signal(signal.SIGTERM)
        up.process.wait(timeout=60)
