"""What connections may cost, and how many there may be. Pure."""

from collections import Counter
from dataclasses import dataclass, field

from shared.http.addresses import Network, counted_as, is_within

MOST_TOLD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a connection may cost. Seconds, bytes, and numbers of things."""

    connections: int = 1000
    connections_per_address: int | None = None  # IPv6 by its network of 64 bits
    proxies: tuple[Network, ...] = ()  # whose connections are other people's, and not counted by address
    target_bytes: int = 8_192
    head_bytes: int = 32_768
    headers: int = 100
    waiting_requests: int = 8  # sent before the one before them is answered
    head_s: float = 10  # from a connection, or a request's first byte, to the end of its headers
    silence_s: float = 20  # in which nothing comes of a body
    hurry_s: float = 60  # from a body's beginning; one that is longer on its way comes at the least rate in the mean
    least_bytes_per_s: float = 1_000
    idle_s: int = 5  # between requests
    linger_s: float = 2  # for an answer to get there although its request was not read
    look_s: float = 1  # how often all this is looked at


@dataclass(slots=True)
class Crowd:
    """The connections there are, of one server."""

    bounds: Bounds
    all: int = 0
    by_address: Counter[str] = field(default_factory=Counter)
    told: tuple[int, int] = (0, 0)

    def may_tell(self, now: float) -> bool:
        """Whether one more line of who was turned away may be logged: ten a second. `now`: seconds."""
        second = int(now)
        self.told = (second, self.told[1] + 1 if self.told[0] == second else 1)
        return self.told[1] <= MOST_TOLD

    def enter(self, address: str) -> bool:
        """Count a connection in. Whether there was room; if not, nothing was counted."""
        most = self.bounds.connections_per_address
        counted = most is not None and not is_within(address, self.bounds.proxies)
        if self.all >= self.bounds.connections or (counted and self.by_address[counted_as(address)] >= (most or 0)):
            return False
        self.all += 1
        self.by_address[counted_as(address)] += 1
        return True

    def leave(self, address: str) -> None:
        """Count it out."""
        self.all -= 1
        key = counted_as(address)
        self.by_address[key] -= 1
        if not self.by_address[key]:
            del self.by_address[key]
