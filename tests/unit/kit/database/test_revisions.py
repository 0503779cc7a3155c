"""The newest migration, read without Alembic, is the one that Alembic reaches."""

import subprocess
import sys

import pytest

from deploy.services import SERVICES
from shared.database import revisions
from shared.database.migrations import scripts


@pytest.mark.parametrize("service", SERVICES)
def test_the_newest_is_alembics(service: str) -> None:
    """For every service; and each file is one of the chain."""
    assert revisions.head(service) == scripts(service).get_current_head() is not None
    assert len(list(scripts(service).walk_revisions())) == len(list(revisions.versions(service).glob("[0-9]*.py")))


def test_serving_does_without_alembic() -> None:
    """It takes memory and time of every start. One process for all services: each start is a second and more."""
    apps = ", ".join(f"services.{service}.app" for service in SERVICES)
    code = f"import sys, deploy.serve, {apps}; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
