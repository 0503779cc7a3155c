"""Columns that tell less than a day: weeks, which reports can be of, and months and years, which they cannot. Pure.

A year, a month and a day in columns of their own are a day once they are joined, with hour and minute a moment.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from services.reports.mappings.domain.forms import Days, is_no_day, read_in, under_headings
from services.reports.suggestions.contents import Column
from services.reports.suggestions.headings import says


class Parts(NamedTuple):
    """Columns that are a day or a moment together, the forms that read them joined, and rows that those do not."""

    columns: tuple[str, ...]
    formats: tuple[str, ...]
    unread: list[int]


# What the parts are called, the numbers that each can have, and their letters in a format.
_PARTS = (
    ("year", range(1990, 2101), "%Y"), ("month", range(1, 13), "%m"), ("date", range(1, 32), "%d"),
    ("clock", range(24), "%H"), ("minute", range(60), "%M"),
)  # fmt: skip
_NUMBER = re.compile(r"[0-9]{1,4}")


def parts_in(columns: Sequence[Column]) -> Parts | None:
    """Year, month and day in columns of their own, perhaps with hour and minute; None for none."""
    found = [_part_in(columns, means, numbers) for means, numbers, _ in _PARTS]
    count = next((at for at, column in enumerate(found) if column is None), len(_PARTS))
    joined = [column for column in found[:count] if column is not None]
    if count < 3:
        return None
    form, day = (" ".join(letters for *_, letters in _PARTS[:many]) for many in (count, 3))
    texts = [" ".join(row).strip() for row in zip(*(column.cells for column in joined), strict=True)]
    formats = tuple(dict.fromkeys((form, *((day,) if any(read_in((form,), text) is None for text in texts) else ()))))
    unread = [row for row, text in enumerate(texts) if text and read_in(formats, text) is None]
    return Parts(tuple(column.name for column in joined), formats, unread) if 2 * len(unread) < len(texts) else None


def _part_in(columns: Sequence[Column], means: str, numbers: range) -> Column | None:
    for column in columns:
        fine = all(_NUMBER.fullmatch(word) and int(word) in numbers for word in column.words)
        if column.words and fine and says(column.name, means):
            return column
    return None


def weeks_in(columns: Sequence[Column]) -> tuple[tuple[str, ...], list[int]]:
    """The column that tells weeks with their years, or that of the year and that of the week, and rows without one.

    Most are enough, for one that is none is a row's fault; empty where no columns tell weeks. Rows from 0.
    """
    weeks = [column for column in columns if says(column.name, "week") and column.words]
    years = [column for column in columns if says(column.name, "year") and column.words]
    for found in (*((week,) for week in weeks), *((year, week) for year in years for week in weeks)):
        rows = [" ".join(row).strip() for row in zip(*(column.cells for column in found), strict=True)]
        names = tuple(column.name for column in found)
        form = under_headings(("week",), names)
        filled = [row for row, text in enumerate(rows) if text]
        unread = [row for row in filled if not isinstance(read_in(form, rows[row]), Days)]
        if 2 * len(unread) < len(filled):
            return names, unread
    return (), []


def no_day_in(columns: Sequence[Column]) -> str | None:
    """The first column that is called a time and tells no more than months or years; None for none."""
    called = [column for name in ("month", "year", "date", "time") for column in columns if says(column.name, name)]
    return next((column.name for column in called if column.words and all(map(is_no_day, column.words))), None)
