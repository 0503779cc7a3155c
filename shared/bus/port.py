"""The port to the message bus: publish a batch, consume batches for a group, commit.

Two adapters stand behind it, `kafka` (a cluster) and `postgres` (one machine). Both pass the same contract suite
(tests/contract/kit/bus/), and nothing else in the code knows which one it talks to.
"""

import json
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from shared.errors import Unavailable

Pairs = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a topic must be. `retention_s` None keeps everything, so that a read model can always be built again."""

    name: str
    partitions: int = 4
    compacted: bool = False
    retention_s: int | None = None


class Record(NamedTuple):
    """One message on its way out. Records of one key stay in the order in which they were published.

    headers: names with their bytes, or a JSON object of names and texts, as the outbox has them: to take that apart
    and put it together again for each message took a third of a relay's time (measured).
    """

    topic: str
    key: str
    value: bytes
    headers: Pairs | str = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One message as it stands on the bus. `at` is when the bus took it (UTC)."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    headers: Pairs
    at: datetime


MAX_VALUE_BYTES = 1_000_000
"""The largest value either adapter takes. Kafka's own limit of 1 MiB also counts key, headers and framing."""

Place = tuple[str, int]
"""A topic's name and a partition of it."""


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a group is behind at one place: messages not yet committed, and the age of the oldest of them."""

    messages: int
    seconds: float


class Undeliverable(Exception):
    """The bus will never take this record (too large, no such topic). `index` is its place in the batch.

    The records before `index` may or may not have been taken; publishing them again is safe, because consumers
    drop what they have seen.
    """

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index
        self.reason = reason


class BusUnavailable(Unavailable):
    """The bus did not answer in time, or the producer failed for good. Build a new connection and try again."""


class OwnershipLost(Exception):
    """A position was committed for a place that another member of the group has now. The inbox absorbs the repeat."""


@dataclass(slots=True)
class Handover:
    """What the bus tells a consumer when places come and go. `lost` is awaited before another member gets them."""

    lost: Callable[[frozenset[Place]], Awaitable[None]]
    gained: Callable[[frozenset[Place]], Awaitable[None]] | None = field(default=None)


class Subscription(Protocol):
    """One member of a consumer group. Every await ends within its own deadline."""

    async def start(self) -> None:
        """Join the group. A group starts at the oldest message where nothing is committed. Raises BusUnavailable."""

    async def poll(self, *, max_records: int, timeout_s: float) -> Mapping[Place, Sequence[Received]]:
        """The next messages by place, each in offset order and each given out once; empty after the timeout.

        Raises BusUnavailable.
        """

    async def commit(self, positions: Mapping[Place, int]) -> None:
        """Remember for the group the *next* offset wanted at each place. Raises OwnershipLost, BusUnavailable."""

    async def lag(self) -> Mapping[Place, Lag]:
        """How far behind the group is at each place this member holds. Raises BusUnavailable."""

    async def stop(self) -> None:
        """Leave the group, within 5 s."""


class Bus(Protocol):
    """A connection to the bus."""

    async def start(self) -> None:
        """Connect. Raises BusUnavailable."""

    async def ensure_topics(self, topics: Sequence[Topic]) -> None:
        """Create those that are missing; those that exist are left as they are. Raises BusUnavailable."""

    async def publish(self, records: Sequence[Record]) -> None:
        """Hand over all records and return when every one is durable.

        Raises Undeliverable for a record that can never go, BusUnavailable when the outcome is unknown: some may
        have gone. Takes at most 10 s.
        """

    def subscribe(self, group: str, topics: Sequence[str], *, member: str, handover: Handover) -> Subscription:
        """A member of a consumer group, not yet started. `member` is stable over restarts of one process."""

    async def rewind(self, group: str, topics: Sequence[str]) -> None:
        """Set the group back to the oldest message of each topic.

        Raises Conflict while a member of the group is running, BusUnavailable.
        """

    async def tidy(self) -> int:
        """Remove what retention and compaction no longer keep, where the bus does not do so by itself.

        Returns how many messages went. Raises BusUnavailable.
        """

    async def ping(self) -> None:
        """Return if the bus answers within 2 s. Raises BusUnavailable."""

    async def stop(self) -> None:
        """Close the connection, within 10 s, whatever state it is in."""


async def nothing_lost(_: frozenset[Place]) -> None:
    """A handover for consumers that keep nothing between polls."""


def pairs_of(headers: Pairs | str) -> Pairs:
    """Names with their bytes; texts are UTF-8."""
    if not isinstance(headers, str):
        return headers
    return tuple([(name, text.encode()) for name, text in json.loads(headers).items()])


def partition_of(key: str, partitions: int) -> int:
    """The partition a key belongs to: the same in every process, every run and both adapters."""
    return zlib.crc32(key.encode()) % partitions  # not hash(), which differs between processes
