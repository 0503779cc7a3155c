"""Fixtures that tests of every kind share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from deploy.services import SERVICES
from tests.support.postgres import DatabaseServer, run_name, shared_server
from tests.support.suites import bus, bus_url, reports_database

TESTS = Path(__file__).parent
# Suites whose fixtures cost seconds, or hold a server: one worker has all of such a suite.
TOGETHER = ("contract/bus", "e2e/overview", "e2e/pages", "e2e", *(f"integration/{name}" for name in (*SERVICES, "kit")))


@pytest.hookimpl(tryfirst=True)  # before the worker makes addresses of the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one suite stay together; all others go to whichever worker is free."""
    for item in items:
        folder = item.path.parent.relative_to(TESTS).as_posix()
        if folder in TOGETHER:
            item.add_marker(pytest.mark.xdist_group(folder))


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
