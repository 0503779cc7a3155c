"""Which topics each service reads, as its consumers say themselves: those that `samsyn up` lets its role read."""

import json
from pathlib import Path

from deploy.contracts.openapi import built
from deploy.services import READS, SERVICES


def reads() -> dict[Path, str]:
    """The list of them, by its path from the root of the repository."""
    found = {
        name: sorted({topic for each in built(name).state.consumers for topic in each.topics}) for name in SERVICES
    }
    return {Path("deploy") / READS: json.dumps(found, indent=1) + "\n"}
