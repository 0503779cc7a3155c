"""What some work costs: time, this process's processor time, and PostgreSQL's."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

from tests.support.servers.postgres import DatabaseServer


@dataclass(slots=True)
class Cost:
    """Seconds, once the block has ended."""

    wall_s: float = 0.0
    own_s: float = 0.0
    postgres_s: float = 0.0

    def us_per_item(self, items: int) -> float:
        """Processor time of both for one item, microseconds."""
        return round((self.own_s + self.postgres_s) / items * 1e6, 2)


@contextmanager
def metered(server: DatabaseServer) -> Iterator[Cost]:
    """Measures the block."""
    cost = Cost()
    wall, own, postgres = time.perf_counter(), time.process_time(), _postgres_s(server)
    try:
        yield cost
    finally:
        cost.wall_s = time.perf_counter() - wall
        cost.own_s = time.process_time() - own
        cost.postgres_s = _postgres_s(server) - postgres


def _postgres_s(server: DatabaseServer) -> float:
    """Of all its processes, those that have ended included."""
    main = psutil.Process(server.postgres.pid())
    used = main.cpu_times()
    total = used.user + used.system + used.children_user + used.children_system
    for child in main.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            used = child.cpu_times()
            total += used.user + used.system
    return float(total)
