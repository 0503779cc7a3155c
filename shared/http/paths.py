"""Paths that everybody reads alike: routers, proxies, browsers, whoever joins them to the address of a host. Pure."""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote_to_bytes

# One slash, then segments with something in them; RFC 3986 §3.3 has no other signs. `%2f`, `%5c` and control characters
# are a separator, or an end, to whoever decodes first.
_SEGMENT = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%(?!2[fF]|5[cC]|[01][0-9A-Fa-f]|7[fF])[0-9A-Fa-f]{2})+"
_PLAIN = re.compile(rf"/(?:{_SEGMENT}(?:/{_SEGMENT})*/?)?".encode(), re.ASCII)
PARAMETER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def is_plain(raw: bytes) -> bool:
    """Whether a path, as it was sent, can be read in one way only.

    It begins with a slash; no segment is empty, `.` or `..`, or holds a slash, a backslash or a control character,
    coded or not; what is coded is UTF-8.
    """
    if _PLAIN.fullmatch(raw) is None:
        return False
    decoded = unquote_to_bytes(raw) if b"%" in raw else raw
    if b"/." in decoded and any(segment in (b".", b"..") for segment in decoded.split(b"/")):
        return False
    try:
        decoded.decode()
    except UnicodeDecodeError:
        return False
    return True


def filled(template: str, parameters: Mapping[str, object]) -> str:
    """A path made of its template (`/reports/{id}`) and its parameters, which are data, whatever signs are in them."""
    return PARAMETER.sub(lambda found: quote(str(parameters[found[1]]), safe=""), template)
