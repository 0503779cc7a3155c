"""What tests of one machine and its command share."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers.postgres import own_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that PostgreSQL can work in."""
    with own_folder() as empty:
        yield empty


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 20 MB: room for an installation's secrets, not for its databases."""
    command = ["mount", "-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small file system needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
