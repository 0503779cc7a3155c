"""The PostgreSQL that tests share: it outlives a worker, and not the last one."""

import os
import subprocess
import sys

import psutil

from deploy.local.children import alive
from deploy.local.postgres import Postgres
from tests.support.servers.leftovers import PASSWORD, ROOT
from tests.support.servers.postgres import shared_server
from tests.support.servers.services import wait_until

WORKER = """
import sys, time
from tests.support.servers.postgres import shared_server
with shared_server(sys.argv[1]) as server:
    print(server.postgres.pid(), flush=True)
    sys.stdin.readline()
"""


def worker(run: str) -> tuple["subprocess.Popen[str]", int]:
    """A worker of a test run, and the process id of the server it works with."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, run], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


async def gone(server: int, run: str) -> None:
    """Wait until neither the server's process nor its files are there."""

    def is_gone() -> bool:
        running = psutil.pid_exists(server) and alive(psutil.Process(server))
        return not running and not list(ROOT.glob(f"{run}*"))

    await wait_until(is_gone, what=f"the server of {run} to be gone")


async def test_the_last_worker_stops_the_server() -> None:
    """Two workers share one server; it goes with the second, and its files too."""
    run = f"shared-{os.getpid()}"
    first, server = worker(run)
    second, same = worker(run)
    assert server == same
    first.communicate("done\n")
    assert alive(psutil.Process(server))
    second.communicate("done\n")
    await gone(server, run)


async def test_a_killed_run_leaves_nothing() -> None:
    """The last worker killed: its server ends and its files go, without another run."""
    run = f"killed-{os.getpid()}"
    first, server = worker(run)
    second, _ = worker(run)
    first.kill()
    first.wait()
    assert alive(psutil.Process(server))
    second.kill()
    second.wait()
    await gone(server, run)


async def test_what_a_crashed_machine_left_is_removed_by_the_next_run() -> None:
    """A server that nobody waits for leaves nothing behind for longer than until the next run."""
    run = f"crashed-{os.getpid()}"
    left = Postgres(ROOT / run, password=PASSWORD)
    left.start()
    server = left.pid()
    assert server is not None
    (ROOT / f"{run}.lock").touch()
    with shared_server(f"next-{os.getpid()}"):
        await gone(server, run)
