"""What cells mean, as far as that needs no mapping's words: rows written in two ways say the same. Pure.

2026-05-01 10:00 and 2026-05-01T10:00:00 are one moment, 14.640 and 14,64 one number, Klotter and klotter one word.
Codes are none of it: a mapping's words are put right, and its rows are the same ones still.
"""

import re
from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from services.reports.mappings.domain.forms import Days, Said, read_in, under_headings
from services.reports.mappings.domain.identity import Way
from services.reports.mappings.domain.words import folded

_MOST_REMEMBERED = 50_000
_LONGEST_REMEMBERED = 200
_NUMBER = re.compile(r"([+-]?\d+)[.,](\d*?)0*", re.ASCII)
_TIMES = ("occurred_from", "occurred_to")


class Meanings:
    """What the cells of one file mean. forms: in which dates are read, tried in order; zone: the municipality's."""

    def __init__(self, forms: Sequence[str], zone: ZoneInfo | None) -> None:
        self._forms, self._zone = tuple(forms), zone
        self._known: dict[tuple[str, tuple[str, ...], str], str] = {}

    def of(self, field: str, columns: tuple[str, ...], texts: Sequence[str]) -> list[str]:
        """What texts of a field mean that stand in these columns."""
        known, found = self._known, list[str]()
        if len(known) > _MOST_REMEMBERED:
            known.clear()
        for text in texts:
            key = (field, columns, text)
            if (meant := known.get(key)) is None:
                meant = self._meant(field, columns, text)
                if field != "text" and len(text) <= _LONGEST_REMEMBERED:
                    known[key] = meant
            found.append(meant)
        return found

    def _meant(self, field: str, columns: tuple[str, ...], text: str) -> str:
        if field in _TIMES and text and (said := read_in(under_headings(self._forms, columns), text)) is not None:
            return self._written(said)
        if field in ("x", "y") and (number := _NUMBER.fullmatch(text)):
            return f"{number[1]}.{number[2]}" if number[2] else number[1]
        if field == "place_code" and text.isdecimal():
            return text.lstrip("0") or "0"  # a spreadsheet takes the noughts
        return folded(text)

    def _written(self, said: Said) -> str:
        """In one form: on the clock of the municipality, and as a day where the clock is at midnight."""
        if isinstance(said, Days):
            return f"{said.first}/{said.last}"
        if not isinstance(said, datetime):
            return f"{said}"
        local = said.astimezone(self._zone) if said.tzinfo is not None else said
        return f"{local.date()}" if local.time() == time() else f"{local.replace(tzinfo=None)}"

    def kin(self, way: Way, cells: Sequence[Sequence[str]]) -> list[list[str]]:
        """What the columns of a way's kin mean, those of its moment as one. cells: of each column its texts."""
        field_of = {column: field for field, columns in way.said.items() for column in columns}
        told = dict(zip(way.kin, cells, strict=True))
        when = tuple(column for column in way.kin if field_of.get(column) == "occurred_from")
        others = [column for column in way.kin if column not in when]
        texts = [" ".join(parts).strip() for parts in zip(*(told[column] for column in when), strict=True)]
        rest = [self.of(field_of.get(column, ""), (column,), told[column]) for column in others]
        return [self.of("occurred_from", when, texts), *rest] if when else rest
