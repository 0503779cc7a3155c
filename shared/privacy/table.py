"""The table of the rules as it stands in `rules.toml`: its rows, and its lists of words."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

TABLE: Mapping[str, Any] = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))


def list_of(name: str) -> frozenset[str]:
    """The words of one list."""
    return frozenset(TABLE[name].split())


def words_of(row: Mapping[str, Any]) -> Collection[str]:
    """The words of a rule: its own, or those of the list that it names."""
    own: str | list[str] = row.get("words", [])
    return list_of(own) if isinstance(own, str) else own


LISTS: Mapping[str, frozenset[str]] = {
    name: list_of(name) for name in ("places", "vehicles", "things", "houses", "firms")
}
