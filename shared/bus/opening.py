"""Which bus a URL means."""

from shared.bus.port import Bus


def open_bus(url: str) -> Bus:
    """A bus, not yet connected: `kafka://host:port,host:port`, or `postgresql://...`. Raises ValueError for others.

    `kafka://host:port/name` shares the cluster with others: topics and groups begin with `name.`. Only the client
    that is needed is imported: a service keeps the other one's memory.
    """
    if url.startswith("kafka://"):
        from shared.bus.kafka import KafkaBus  # noqa: PLC0415
        from shared.bus.named import SharedBus  # noqa: PLC0415

        servers, _, name = url.removeprefix("kafka://").partition("/")
        bus = KafkaBus(servers)
        return SharedBus(bus, name=name) if name else bus
    if url.startswith("postgresql://"):
        from shared.bus.postgres import PostgresBus  # noqa: PLC0415

        return PostgresBus(url)
    raise ValueError("The bus' address begins with kafka:// or postgresql://.")
