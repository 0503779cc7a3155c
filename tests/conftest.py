"""Fixtures that tests of every kind share."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import settings

from tests.sharing import Suites
from tests.support.servers.postgres import DatabaseServer, run_name, shared_server
from tests.support.servers.suites import bus, bus_url, reports_database


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
