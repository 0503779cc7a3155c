"""Where a webhook may go: the form of its URL, and the address that is dialled in the end.

A subscriber chooses the URL, so without a guard it could make this service talk to machines that only we can reach
(server-side request forgery). The URL's form is checked once; the address is checked at every new connection, because
a name may lead elsewhere the next time it is looked up.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from services.notify.errors import BadAddress

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Reach:
    """What webhooks may reach although it is private: a network, on one port or (None) on any."""

    network: Network
    port: int | None = None

    def holds(self, address: Address, port: int) -> bool:
        """Whether this address and port are within it."""
        return address in self.network and self.port in (None, port)


def loopback(port: int) -> tuple[Reach, ...]:
    """This machine itself, on one port alone."""
    return tuple(Reach(ip_network(network), port) for network in ("127.0.0.1/32", "::1/128"))


PUBLIC_PORTS = frozenset({443, 8443})
"""Ports of public addresses that may be dialled. Plain HTTP has none of them, so it reaches allowed networks only."""

MOST_URL_CHARS = 2_000
_SOMEBODY = "The URL holds a user name or password. Receivers know us by the signature."

# IANA IPv4 and IPv6 Special-Purpose Address Registries (read 2026), and what clouds keep at fixed addresses.
_BLOCKED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "cloud metadata"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "multicast tunnelling"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::1/128", "loopback"),
        ("::/128", "unspecified"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::/96", "IPv4-compatible"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("100::/32", "discard"),
        ("2001:db8::/32", "documentation"),
        ("2001::/32", "Teredo"),
        ("2001:2::/48", "benchmarking"),
        ("2001::/23", "protocol assignments"),
        ("2002::/16", "6to4"),
        ("2620:4f:8000::/48", "AS112"),
        ("3ffe::/16", "6bone"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "unique local"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")

# Every URL parser reads this subset alike; what one reads differently from another is how guards are fooled.
_URL = re.compile(
    r"(?P<scheme>(?i:https?))://"
    r"(?P<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?"
    r"(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?"
)
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A webhook URL in parts. `address` is set when the host is an address and not a name."""

    url: str
    scheme: str
    host: str
    port: int
    address: Address | None


def blocked(address: Address, *, port: int, allowed: Sequence[Reach] = ()) -> str | None:
    """Why this address and port may not be dialled, or None when they may.

    allowed: the operator's networks that webhooks may reach although they are private. They are compared
    with the address as it is dialled: 127.0.0.0/8 does not allow ::ffff:127.0.0.1.
    """
    if any(each.holds(address, port) for each in allowed):
        return None
    for network, reason in _BLOCKED:
        if address in network:
            return reason
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return "not a global address"
    if port not in PUBLIC_PORTS:
        return f"port {port}"
    return None


def may_be_asked(host: str, *, allowed: Sequence[Reach]) -> bool:
    """Whether a name may be looked up. One without a dot is a machine beside ours, which the operator must allow."""
    return "." in host or bool(allowed)


def read_address(text: str) -> Address | None:
    """The address a resolver or a socket wrote, or None for anything else. A zone (`%eth0`) counts as anything else."""
    try:
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None


def read_url(url: str, *, allowed: Sequence[Reach] = ()) -> Target:
    """The parts of a webhook's URL. Raises BadAddress with a sentence for the subscriber.

    A name is not looked up here; what it leads to is judged by `blocked` whenever it is dialled.
    """
    if len(url) > MOST_URL_CHARS:
        raise BadAddress(f"The URL is longer than {MOST_URL_CHARS} characters.")
    found = _URL.fullmatch(url)
    if found is None:
        raise BadAddress(_why_unreadable(url))
    scheme, host = found["scheme"].lower(), found["host"].lower()
    port = int(found["port"] or (443 if scheme == "https" else 80))
    if port > 65_535:
        raise BadAddress("The port is larger than 65535.")
    address = _literal(host)
    target = Target(url=url, scheme=scheme, host=host.strip("[]"), port=port, address=address)
    _check_reach(target, allowed)
    return target


def _check_reach(target: Target, allowed: Sequence[Reach]) -> None:
    if target.address is not None:
        reason = blocked(target.address, port=target.port, allowed=allowed)
        if reason is not None:
            raise BadAddress(f"Webhooks may not be sent to this address ({reason}).")
        inside = any(each.holds(target.address, target.port) for each in allowed)
    else:
        inside = False
        if not allowed and target.port not in PUBLIC_PORTS and target.scheme == "https":
            raise BadAddress("Webhooks go to port 443 or 8443.")
    if target.scheme == "https" or inside:
        return
    # A name with http may still lead into an allowed network: then its port must be one that public addresses
    # are never dialled on, so that nothing goes in the clear over the open net.
    if target.address is not None or not allowed or target.port in PUBLIC_PORTS:
        raise BadAddress("Webhooks need https.")


def _literal(host: str) -> Address | None:
    """The address that a host is, or None for a name. Raises BadAddress for addresses in odd notations."""
    if host.startswith("["):
        address = read_address(host[1:-1])
        if address is None:
            raise BadAddress("The address in brackets cannot be read.")
        return address
    labels = host.split(".")
    # Whatever ends in a number is an address to some parsers: 127.1, 0x7f.1, 2130706433, 0177.0.0.1.
    if _NUMBER.fullmatch(labels[-1]):
        address = read_address(host)
        if address is None:
            raise BadAddress("An address is written as four plain decimal numbers.")
        return address
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadAddress("The host name is not a valid name.")
    return None


def check_nobody_within(url: str) -> None:
    """Raise BadAddress for a URL with a user name or a password, before the screen takes them for an e-mail address."""
    if "@" in _authority(url):
        raise BadAddress(_SOMEBODY)


def _authority(url: str) -> str:
    return re.split(r"[/?#\\]", url.split("://", 1)[-1], maxsplit=1)[0]


def _why_unreadable(url: str) -> str:
    if not url.isascii():
        return "The URL holds characters outside ASCII. Write the host in its xn-- form and escape the rest with %."
    if not url.lower().startswith(("https://", "http://")):
        return "The URL does not start with https://."
    if "@" in _authority(url):
        return _SOMEBODY
    if "#" in url:
        return "The URL holds a fragment (#…), which is never sent."
    return "The URL cannot be read."
