"""The message bus: the port that everybody uses, and its two adapters.

`opening` picks the adapter by URL: Apache Kafka for clusters, the PostgreSQL log for one machine. Nothing outside of
this room knows which one it talks to.
"""

from shared.bus.port import (
    MAX_VALUE_BYTES,
    Bus,
    BusUnavailable,
    Handover,
    Lag,
    OwnershipLost,
    Place,
    Received,
    Record,
    Subscription,
    Topic,
    Undeliverable,
    nothing_lost,
    pairs_of,
    partition_of,
)

__all__ = [
    "MAX_VALUE_BYTES",
    "Bus",
    "BusUnavailable",
    "Handover",
    "Lag",
    "OwnershipLost",
    "Place",
    "Received",
    "Record",
    "Subscription",
    "Topic",
    "Undeliverable",
    "nothing_lost",
    "pairs_of",
    "partition_of",
]
