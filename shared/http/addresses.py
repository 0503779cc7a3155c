"""Whose address a request has: behind trusted proxies the caller's own. And as what addresses are counted. Pure."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
# What one line, one household, one server is given (RFC 6177): whoever has one address of it has all.
_PREFIX_OF_ONE = 64


def is_within(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address lies in one of these networks; what is no address lies in none."""
    found = _read(address)
    return found is not None and any(found in network for network in networks)


def caller_of(peer: str, forwarded: Sequence[str], *, trusted: Sequence[Network]) -> str:
    """The address of whoever asks: the last hop before the trusted proxies.

    peer: who opened the connection. forwarded: the lines of X-Forwarded-For, in their order. Each trusted hop vouches
    for the one that it names, and for nothing that this one says of others; what is no address is no hop.
    """
    here = peer
    for hop in reversed([each for line in forwarded for each in line.split(",")]):
        told = _read(hop) if is_within(here, trusted) else None
        if told is None:
            break
        here = str(told)
    return here


def counted_as(address: str) -> str:
    """What an address counts as where callers are counted: IPv6 by its network of 64 bits, IPv4 as it is."""
    found = _read(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, _PREFIX_OF_ONE), strict=False))
    return str(found or address)


def _read(written: str) -> IPv4Address | IPv6Address | None:
    """An address as hops are written: `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7`, `[2001:db8::7]:4711`."""
    text = written.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])  # without the zone, which is a name of the machine that wrote it
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
