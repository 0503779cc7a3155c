"""All ways of one process: found by organisation and address, measured, and forgotten when nobody would miss them."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit
from uuid import UUID

from prometheus_client import Gauge

from services.notify.deliveries import lanes
from services.notify.deliveries.lane import Host, Lane, Way
from services.notify.subscriptions.domain import Endpoint

LANES = Gauge("samsyn_delivery_lanes", "Addresses of organisations' endpoints by the state of their breaker", ["state"])


class Ways:
    """Each organisation has ways of its own: how its endpoint answers is nothing that another one waits for."""

    def __init__(self) -> None:
        self._hosts: dict[tuple[UUID, str], Host] = {}

    def to(self, endpoint: Endpoint, *, now: float) -> Way:
        """The way to this endpoint.

        One that is not known begins with one request where another address of the host failed: whoever subscribes to
        ever new paths there is not served ten failures each. Not one that was proved to be its subscriber's.
        """
        host = self._hosts.setdefault((endpoint.organisation_id, host_of(endpoint)), Host())
        way = host.ways.get(endpoint.url)
        if way is None:
            wary = now < host.wary_until and not endpoint.verified
            way = host.ways[endpoint.url] = Way(host, state=lanes.WARY if wary else lanes.FRESH, used_at=now)
        return way

    def forget(self, now: float) -> None:
        """Forget what nobody would miss."""
        for key, host in [*self._hosts.items()]:
            host.ways = {url: way for url, way in host.ways.items() if not way.is_forgettable(now)}
            if host.is_forgettable(now):
                del self._hosts[key]

    def measure(self, now: float) -> None:
        """Say how many addresses are served, left alone, or probed."""
        open_ways = [way.opened or way for host in self._hosts.values() for way in host.ways.values()]
        states = [lanes.state(each.state, now=now) for each in open_ways]
        for state in ("closed", "open", "half-open"):
            LANES.labels(state).set(states.count(state))


def host_of(endpoint: Endpoint) -> str:
    """Name and port as the URL has them: what answers for all paths there."""
    return urlsplit(endpoint.url).netloc.lower()


def shared_out(wanting: Mapping[UUID, int], *, most: int) -> Mapping[UUID, int]:
    """Of what lanes want what they are to ask for, `most` in all."""
    share = max(1, most // max(1, len(wanting)))
    return {each: min(want, share) for each, want in [*wanting.items()][:most]}


def wanted(lanes_: Iterable[Lane], *, now: float) -> Mapping[UUID, int]:
    """How many deliveries each lane could use now; of those behind one open breaker only one, each in its turn."""
    wanting: dict[UUID, int] = {}
    probes: dict[Host | Way, Lane] = {}
    for lane in lanes_:
        if (want := lane.wants(now)) <= 0:
            continue
        if (behind := lane.way.opened) is None:
            wanting[lane.id] = want
        elif lane.way.used_at < probes.setdefault(behind, lane).way.used_at:
            probes[behind] = lane
    return wanting | {lane.id: 1 for lane in probes.values()}
