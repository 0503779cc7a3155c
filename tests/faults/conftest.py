"""What fault tests share."""

import os
import secrets

import pytest


@pytest.fixture
def fault_bus() -> str | None:
    """A bus that nobody else is on: the Kafka cluster that the environment names, else None for PostgreSQL's log."""
    cluster = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    return f"kafka://{cluster}/fault-{secrets.token_hex(4)}" if cluster else None
