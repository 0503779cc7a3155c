"""Laws of whose address a request has."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http.addresses import caller_of, counted_as
from shared.http.bounds import Bounds, Crowd

PROXIES = (ip_network("10.0.0.0/24"), ip_network("2001:db8:1::/48"))
ADDRESSES = st.ip_addresses().map(str)
NONSENSE = st.one_of(
    st.text(max_size=20), st.sampled_from(["unknown", "_hidden", "10.0.0.256", "[::1", ":1", "1.2.3.4.5"])
)
HOPS = st.lists(st.one_of(ADDRESSES, NONSENSE, st.sampled_from(["10.0.0.7", "2001:db8:1::7"])), max_size=6)


@given(ADDRESSES, HOPS)
def test_nobody_but_a_trusted_proxy_is_believed(peer: str, told: list[str]) -> None:
    """Whatever somebody writes about themselves from elsewhere, they have the address they come from."""
    assert caller_of(peer, told, trusted=()) == peer
    if caller_of(peer, ["192.0.2.1"], trusted=PROXIES) == peer:
        assert caller_of(peer, told, trusted=PROXIES) == peer


@given(HOPS, st.booleans())
def test_what_a_caller_adds_in_front_changes_nothing(told: list[str], lines: bool) -> None:
    """The proxies' own entries stand at the end: the last one that is none of theirs is the caller."""
    proxies = ["198.51.100.7", "10.0.0.7", "10.0.0.8"]
    forwarded = [*told, *proxies] if lines else [", ".join([*told, *proxies])]
    assert caller_of("10.0.0.9", forwarded, trusted=PROXIES) == "198.51.100.7"
    assert caller_of("10.0.0.9", [*told, "nonsense", *proxies[1:]], trusted=PROXIES) == "10.0.0.7"


@pytest.mark.parametrize(
    ("written", "address"),
    [(" 192.0.2.7 ", "192.0.2.7"), ("192.0.2.7:4711", "192.0.2.7"), ("[2001:db8::7]:4711", "2001:db8::7"),
     ("2001:DB8:0::7", "2001:db8::7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("fe80::1%eth0", "fe80::1")],
)  # fmt: skip
def test_how_hops_are_written(written: str, address: str) -> None:
    """With and without a port, brackets and a zone."""
    assert caller_of("10.0.0.9", [written], trusted=PROXIES) == address


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_one_who_has_a_network_counts_once(address: object, host: int) -> None:
    """IPv6 counts by its first 64 bits, IPv4 by itself."""
    network = ip_network((int(address) >> 64 << 64, 64))  # type: ignore[call-overload]
    if int(address) >> 64:  # type: ignore[call-overload]  # below lie those that are IPv4 in other words
        assert counted_as(str(network[0])) == counted_as(str(network[host])) == str(network)
    assert counted_as("192.0.2.7") == counted_as("::ffff:192.0.2.7") == "192.0.2.7"


def test_a_crowd_at_one_address_leaves_room_for_others() -> None:
    """So many of an address, of all addresses of a network as one; of a proxy as many as there may be at all."""
    crowd = Crowd(Bounds(connections=10, connections_per_address=2, proxies=PROXIES))
    assert [crowd.enter(f"2001:db8::{n}") for n in range(3)] == [True, True, False]
    assert [crowd.enter("192.0.2.7") for _ in range(3)] == [True, True, False]
    assert [crowd.enter("10.0.0.7") for _ in range(7)] == [True] * 6 + [False]
    assert not crowd.enter("192.0.2.8")
    for address in ("2001:db8::9", "192.0.2.7"):
        crowd.leave(address)
    assert crowd.enter("192.0.2.8")
    assert crowd.enter("2001:db8::1")
    assert crowd.all == 10
