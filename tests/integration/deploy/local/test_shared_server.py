"""The PostgreSQL that tests share: it outlives a worker, and not the last one."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from deploy.local.children import alive
from tests.support.servers.postgres import ROOT, shared_server
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


async def test_the_last_worker_stops_the_server() -> None:
    """Two workers share one server; it goes with the second, and its files too."""
    run = f"shared-{os.getpid()}"
    first, server = worker(run)
    second, same = worker(run)
    assert server == same
    first.communicate("done\n")
    assert alive(psutil.Process(server))
    second.communicate("done\n")
    assert not psutil.pid_exists(server) or not alive(psutil.Process(server))
    assert not list(Path(ROOT).glob(f"{run}*"))


async def test_what_a_crashed_run_left_is_removed_by_the_next() -> None:
    """A worker killed with its server running leaves nothing behind for longer than until the next run."""
    run = f"crashed-{os.getpid()}"
    crashed, server = worker(run)
    left = psutil.Process(server)
    crashed.send_signal(signal.SIGKILL)
    crashed.wait()
    assert alive(left)
    with shared_server(f"next-{os.getpid()}"):
        await wait_until(lambda: not alive(left))
        assert not list(Path(ROOT).glob(f"{run}*"))
