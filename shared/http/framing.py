"""What is wrong with how a request is framed, where the parser lets it pass (RFC 9112). Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a connection is ended, as its other end is told."""

    status: int
    code: str
    title: str
    detail: str


OF_NO_VERSION = Fault(400, "malformed", "The request cannot be read", "The first line names no version of HTTP.")
OF_ANOTHER_VERSION = Fault(505, "version", "HTTP version not supported", "HTTP/1.1 is spoken here.")
WITHOUT_HOST = Fault(400, "malformed", "The request cannot be read", "HTTP/1.1 asks for one Host header.")
CODED = Fault(501, "not-implemented", "Not implemented", "Of transfer codings only chunked is understood.")

_HOST = re.compile(rb"[A-Za-z0-9._~!$&'()*+,;=%:\[\]-]*")


def fault_of(version: str, headers: Sequence[tuple[bytes, bytes]]) -> Fault | None:
    """Why a request is refused for its version, its host or its coding. `headers`: names in lower case.

    Sources: RFC 9112 §2.3, §3.2 (exactly one Host, also an empty one), §6.1 (codings; none of HTTP/1.0).
    """
    if version not in ("1.0", "1.1"):
        return OF_NO_VERSION if version.startswith("0.") else OF_ANOTHER_VERSION
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) > 1 or (version == "1.1" and not hosts) or not all(map(_HOST.fullmatch, hosts)):
        return WITHOUT_HOST
    codings = [value.strip().lower() for name, value in headers if name == b"transfer-encoding"]
    if codings and (codings != [b"chunked"] or version == "1.0"):
        return CODED
    return None
