"""What can be measured from outside: Prometheus metrics, and the W3C trace context carried from hop to hop."""

import os
import re
from collections.abc import Callable
from contextvars import ContextVar

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

_traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)
# Source: W3C Trace Context 1, §3.2.2. Version ff and ids of zeros alone are none.
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
_FAST_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

HTTP_SECONDS = Histogram("samsyn_http_seconds", "Time to answer", ["route", "method", "status"], buckets=_FAST_S)
OUTBOX_PENDING = Gauge("samsyn_outbox_pending", "Rows not yet on the bus")
OUTBOX_OLDEST_S = Gauge("samsyn_outbox_oldest_seconds", "Age of the oldest row not yet on the bus; alert above 5")
OUTBOX_DEAD = Gauge("samsyn_outbox_dead", "Rows the bus will not take, and those held behind them")
OUTBOX_OWNER = Gauge("samsyn_outbox_owner", "1 while this process relays the outbox")
RELAYED = Counter("samsyn_relayed_total", "Rows taken by the bus")
RELAY_REBUILT = Counter("samsyn_relay_rebuilt_total", "Times the relay dropped its connections and built new ones")
RELAY_SECONDS = Histogram("samsyn_relay_seconds", "From the row's transaction to the bus' ack", buckets=_FAST_S)
CONSUMED = Counter("samsyn_consumed_total", "Messages by what became of them", ["consumer", "outcome"])
CONSUMER_LAG = Gauge("samsyn_consumer_lag_messages", "Messages behind", ["consumer", "topic", "partition"])
CONSUMER_LAG_S = Gauge("samsyn_consumer_lag_seconds", "Age of the oldest behind", ["consumer", "topic", "partition"])
CONSUMER_BATCH = Histogram(
    "samsyn_consumer_batch_messages",
    "Messages per transaction",
    ["consumer"],
    buckets=(1, 2, 5, 10, 50, 100, 500, 1000),
)
CONSUMER_SECONDS = Histogram("samsyn_consumer_seconds", "Time of one transaction", ["consumer"], buckets=_FAST_S)
CONSUMER_REBUILT = Counter("samsyn_consumer_rebuilt_total", "Times the watchdog or an error renewed it", ["consumer"])


def registry() -> CollectorRegistry:
    """Everything this process measures."""
    return REGISTRY


def current_traceparent() -> str | None:
    """The trace this work belongs to, as a W3C `traceparent`, or None outside a request or message."""
    return _traceparent.get()


def enter_trace(traceparent: str | None, *, keeps: Callable[[str], bool] | None = None) -> None:
    """Go on with a trace that came in, or begin one. What is no trace begins a new one, as the W3C text asks.

    It is read strictly: it travels with every message, and must not carry words of a caller. `keeps`: which ids may, of
    one that a stranger sent; what travels between us has been looked at.
    """
    known = _TRACEPARENT.fullmatch(traceparent or "")
    trace_id, flags = known.groups() if known and (keeps is None or keeps(known[1])) else (_new_trace(keeps), "00")
    _traceparent.set(f"00-{trace_id}-{os.urandom(8).hex()}-{flags}")


def _new_trace(keeps: Callable[[str], bool] | None) -> str:
    """A random id that the next of us keeps too."""
    found = os.urandom(16).hex()
    while keeps is not None and not keeps(found):
        found = os.urandom(16).hex()
    return found
