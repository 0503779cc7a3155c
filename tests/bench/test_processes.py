"""A whole installation as `make run` starts it: seconds to the first page, and what each service takes at rest."""

import time

import psutil
import pytest

from deploy.services import SERVICES
from tests.bench.table import record
from tests.support.servers.postgres import own_folder
from tests.support.servers.up import Up, started

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

# MB that a service may take at rest: nobody asked it anything since it was ready.
TARGETS = {name: 200 if name == "reports" else 120 for name in SERVICES}


async def test_start_and_memory() -> None:
    """First start with demonstration data, then again: < 90 s; RSS and PSS of each service: <= 120 MB, reports 200."""
    with own_folder() as folder:
        home = folder / "home"
        with started(home, demo=True) as up:
            began = time.perf_counter()
            await up.ready()
            first_s = time.perf_counter() - began
        record("processes.first_start", round(first_s, 1), unit="s", target=90, count=1)
        began = time.perf_counter()
        with started(home) as up:
            await up.ready()
            record("processes.second_start", round(time.perf_counter() - began, 1), unit="s", target=30, count=1)
            for name, process in services(up).items():
                used = process.memory_full_info()
                target = TARGETS[name]
                record(f"processes.{name}.rss", round(used.rss / 1e6), unit="MB", target=target, count=1)
                record(f"processes.{name}.pss", round(used.pss / 1e6), unit="MB", target=None, count=1)


def services(up: Up) -> dict[str, psutil.Process]:
    """The process of each service."""
    found = {name: entry.process() for name, entry in up.programs().items() if name in SERVICES}
    assert found.keys() == SERVICES.keys()
    return {name: process for name, process in found.items() if process is not None}
