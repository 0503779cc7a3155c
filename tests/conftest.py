"""Fixtures that tests of every kind share."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import pytest
import structlog
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from deploy.services import SERVICES
from tests.support.servers.postgres import DatabaseServer, run_name, shared_server
from tests.support.servers.suites import bus, bus_url, reports_database

# Suites whose fixtures cost seconds, or hold a server: one worker has all of such a suite.
TOGETHER = (
    "contract/kit/bus",
    "e2e/overview",
    "e2e/pages",
    "e2e",
    *(f"integration/{name}" for name in (*SERVICES, "kit")),
)


class Suites(LoadScopeScheduling):  # type: ignore[misc]
    """Tests of one suite go to one worker; all others one by one to whichever worker is free."""

    def _split_scope(self, nodeid: str) -> str:
        folder = PurePosixPath(nodeid.partition("::")[0]).parent.relative_to("tests")
        around = (each.as_posix() for each in (folder, *folder.parents))
        return next((each for each in around if each in TOGETHER), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Suites:
    """How workers share the tests. (Marks of groups get lost on the way from pytest 9.2 to xdist 3.8.)"""
    return Suites(config, log)


pytest_plugins = ["tests.support.look.durations"]

# A busy machine is no counterexample: what hangs is ended by the time-out of the whole test.
settings.register_profile("samsyn", deadline=None)
settings.load_profile("samsyn")


# Plain tracebacks: the pretty ones take a second each, and a test that provokes a fault would be slow by them.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


@pytest.fixture(scope="session")
def postgres() -> Iterator[DatabaseServer]:
    """The PostgreSQL server of this test run, shared by all workers."""
    with shared_server(run_name()) as server:
        yield server
