"""What a test run keeps under the machine's temporary folder, and its removal, however the run ends.

As a program (`python -m tests.support.servers.leftovers DIRECTORY`) it waits until no worker of a run is left, and then
removes the run's server. It imports little, since every run starts one.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from deploy.local.postgres import Postgres

PASSWORD = "only-for-tests"
ROOT = Path(tempfile.gettempdir()) / f"samsyn-tests-{os.geteuid()}"


@contextmanager
def alone() -> Iterator[None]:
    """Only one process of the machine is in such a block at a time."""
    with (ROOT / "guard").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        yield


def remove_leftovers(*, keep: str) -> None:
    """Remove what runs left that nobody works in any more, but for the run `keep`."""
    for lock in ROOT.glob("*.lock"):
        if lock.stem != keep:
            remove_if_unused(ROOT / lock.stem)
    for folder in ROOT.glob("own-*"):
        if not psutil.pid_exists(int(folder.name.split("-")[1])):  # its server ended with that process
            shutil.rmtree(folder, ignore_errors=True)


def remove_if_unused(directory: Path, *, wait: bool = False) -> None:
    """Stop the server and remove its files, unless some worker still holds the run's lock; or `wait` for that."""
    lock = ROOT / f"{directory.name}.lock"
    with suppress(FileNotFoundError, BlockingIOError), lock.open("r") as file:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        Postgres(directory, password=PASSWORD).kill()  # its files go next, so there is nothing to keep
        shutil.rmtree(directory, ignore_errors=True)
        lock.unlink(missing_ok=True)


def remove_when_unused(directory: Path) -> None:
    """Leave somebody behind who removes the server should the workers be killed. Their locks end with them."""
    subprocess.Popen(
        [sys.executable, "-m", __name__, str(directory)],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # what is sent to the whole run is not meant for it
    )


if __name__ == "__main__":
    remove_if_unused(Path(sys.argv[1]), wait=True)
