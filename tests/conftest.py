"""Fixtures that tests of every kind share."""

import os
import signal
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest
import structlog
from hypothesis import settings

from shared.ids import days_begin_in
from shared.service import faults
from tests.sharing import Suites
from tests.support.make.days import ZONE
from tests.support.servers.postgres import DatabaseServer, run_name, shared_server
from tests.support.servers.suites import bus, bus_url, reports_database


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Suites:
    """How workers share the tests. (Marks of groups get lost on the way from pytest 9.2 to xdist 3.8.)"""
    return Suites(config, log)


# As in each of the services, whose ids say the municipality's day.
days_begin_in(ZONE)

pytest_plugins = ["tests.support.look.durations", "tests.support.look.lacks"]

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


def pytest_configure() -> None:
    """A service that ends itself asks its process to stop; a worker of the tests goes on, and the test fails."""
    signal.signal(signal.SIGTERM, _stop_unless_it_is_a_service)


def _stop_unless_it_is_a_service(number: int, _: FrameType | None) -> None:
    if not faults:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


@pytest.fixture(autouse=True)
def no_service_ends_itself() -> Iterator[None]:
    """What ended a service of this process is said by the test it happened in."""
    yield
    reasons = "; ".join(faults)
    faults.clear()
    assert not reasons, f"A service of this process ended itself: {reasons}"
