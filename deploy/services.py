"""The five services: which there are, and where each one's program stands. There is no other list of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Service:
    """One service. On one machine it listens `offset` above the first port, and for probes `inner_offset` above it."""

    name: str
    offset: int
    pools: Mapping[str, int] = field(default_factory=dict)  # its own settings of how many connections, with defaults
    temporary_tables: bool = False  # whether it makes any: its role may not otherwise

    @property
    def prefix(self) -> str:
        """What the names of its own settings begin with."""
        return f"{self.name.upper()}_"

    @property
    def inner_offset(self) -> int:
        """Where it answers probes: beyond all that others call."""
        return self.offset + len(SERVICES)


SERVICES = {
    service.name: service
    for service in (
        Service("reports", 1, pools={"EXPORTS_AT_ONCE": 4}, temporary_tables=True),
        Service("walks", 2),
        Service("events", 3),
        Service("notify", 4),
        Service("gateway", 0),  # last: it is ready when what stands behind it is
    )
}
# The gateway makes one API of theirs and calls them.
BEHIND_THE_GATEWAY = tuple(name for name in SERVICES if name != "gateway")

# Which topics each reads: made of its consumers by `make contracts`, so that nobody who asks has to load a service.
READS = "reads.json"


def topics_read() -> Mapping[str, Sequence[str]]:
    """The topics that each service reads beside its own."""
    found: Mapping[str, Sequence[str]] = json.loads(Path(__file__).with_name(READS).read_text())
    return found
