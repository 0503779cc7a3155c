"""Request targets that somebody may read as another path, another host, or not at all."""

from collections.abc import Iterator, Sequence

ODD = (
    "%2f", "%2F", "%2f..%2f", "%5c", "\\", "//", "/./", "/../", "/..", "/%2e%2e/", "/%2E./", "%00", "%0a", "%0d%0aX:",
    "%1f", "%7f", "%ff", "%c0%af", "%ed%a0%80", "%e5", "%", "%zz", "%252f", "%20", " ", "\t", "\x00", "\x7f", "å", "#",
    "?", "?a=%2f%2f", "?å", ";x", ":1", "@", "@evil.example", "%40evil.example:1", "%2f@evil.example/",
    ".evil.example", "[::1]", "*", "{id}",
)  # fmt: skip
WHOLE = (
    "//evil.example", "//evil.example/samsyn/v1/reports", "/\\evil.example", "/%2f%2fevil.example", "\\\\evil.example",
    "http://evil.example", "http://evil.example/samsyn/v1/reports", "http://evil.example:1/samsyn/v1%2freports",
    "https://evil.example/samsyn/v1/reports", "file:///etc/passwd", "javascript:alert(1)", "evil.example:443", "*", "",
    "?", "#", ".", "..", "/..", "/../..", "samsyn/v1/reports", "/samsyn%2fv1%2freports", "/%73amsyn/v1/reports",
    "/samsyn/v1/../../healthz", "/samsyn/v1/%2e%2e/%2e%2e/metrics", "/samsyn/v1//healthz",
    "/samsyn/v1/reports/..%2fhealthz", "/SAMSYN/v1/reports", "/samsyn/v1/reports/", "/static/../app.py",
    "/static/%2e%2e/app.py", "/static//etc/passwd", "/" + "a" * 9000, "/" + "a/" * 3000,
    "/samsyn/v1/reports?" + "a=1&" * 1500,
)  # fmt: skip


def odd_targets(bases: Sequence[str]) -> Iterator[str]:
    """Each oddity before, after and within each of these paths, where it stands alone and where more follows."""
    yield from WHOLE
    for base in bases:
        cut = base.rfind("/")
        for odd in ODD:
            yield base + odd
            yield base + odd + "x"
            yield odd + base
            yield base[:cut] + odd + base[cut + 1 :]
