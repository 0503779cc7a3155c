"""What tests of one machine and its command share."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.machine import MOUNTING, require
from tests.support.servers.postgres import own_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that PostgreSQL can work in."""
    with own_folder() as empty:
        yield empty


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 20 MB: room for an installation's secrets, not for its databases."""
    require(MOUNTING)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
