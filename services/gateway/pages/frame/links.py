"""Addresses of pages: whatever a code, a word or a cursor holds stays in its place."""

from collections.abc import Mapping
from urllib.parse import urlencode


def link(path: str, asked: Mapping[str, str] | None = None, *, at: str = "") -> str:
    """The address of a page with what is asked of it; `at`: the place on it."""
    query = f"?{urlencode(asked)}" if asked else ""
    return f"{path}{query}{f'#{at}' if at else ''}"
