"""Fixtures that tests of every kind share."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import DatabaseServer, run_name, shared_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[DatabaseServer]:
    """The PostgreSQL server of this test run, shared by all workers."""
    with shared_server(run_name()) as server:
        yield server
