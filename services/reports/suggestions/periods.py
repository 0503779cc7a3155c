"""Columns that tell less than a day: weeks, which reports can be of, and months and years, which they cannot. Pure."""

from collections.abc import Sequence

from services.reports.mappings.domain.forms import Days, is_no_day, read_in, under_headings
from services.reports.suggestions.contents import Column
from services.reports.suggestions.headings import says


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
