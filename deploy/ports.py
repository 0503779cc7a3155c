"""TCP ports of this machine."""

import errno
import socket

_WHY = {
    errno.EADDRINUSE: "is taken by another program",
    errno.EACCES: "is not open to this user",
    errno.EADDRNOTAVAIL: "is asked for at an address that this machine does not have",
}


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int, *, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now; a port that is merely closing counts as free."""
    return why_not(port, host=host) is None


def port_is_taken(port: int, *, host: str) -> bool:
    """Whether a server listens there now. Nothing listens at an address that this machine does not have."""
    try:
        return why_not(port, host=host) == _WHY[errno.EADDRINUSE]
    except OSError:  # a machine without that family of addresses
        return False


def why_not(port: int, *, host: str = "127.0.0.1") -> str | None:
    """Why no server could listen there now, as the end of a sentence about the port; None if one could."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return _WHY.get(error.errno or 0, "cannot be opened")
    return None
