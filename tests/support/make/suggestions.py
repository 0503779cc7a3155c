"""A mapping suggested for a few rows, for tests."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from services.reports.files.domain.sniffing import Dialect
from services.reports.ground import Ground
from services.reports.suggestions.domain import Suggested, suggest
from shared.geo.geometry import AreaIndex

_SQUARE = {"type": "Polygon", "coordinates": [[[14, 63], [15, 63], [15, 64], [14, 64], [14, 63]]]}
GROUND = Ground(
    zone=ZoneInfo("Europe/Stockholm"), crs="EPSG:3006", areas=AreaIndex([("01", _SQUARE, 1)]), codes=frozenset({"01"})
)
TODAY = date(2026, 12, 24)

# What columns of times are called, by what they tell.
NAMES = {
    "occurred_from": (
        "fran", "datum", "start", "starttid", "tid", "date", "datesingle", "handelsedatum", "tidpunkt", "occurredfrom",
        "tidutc", "kvall", "inkom", "datumtid",
    ),
    "time": ("kl", "klockslag", "klockan", "time", "startkl", "frankl"),
    "occurred_to": ("till", "slut", "sluttid", "stopp", "slutdatum", "occurredto", "end"),
    "time_to": ("slutkl", "tillkl"),
}  # fmt: skip


def suggested(
    header: str,
    rows: Sequence[str],
    *,
    today: date = TODAY,
    by_hand: Mapping[str, str] | None = None,
    decimal: str = ".",
) -> Suggested:
    """What is suggested for a file of these lines, whose cells stand between semicolons."""
    table, dialect = list(csv.reader(rows, delimiter=";")), Dialect("utf-8", ";", decimal)
    lines = range(2, len(rows) + 2)
    return suggest(
        header.split(";"),
        table,
        dialect=dialect,
        ground=GROUND,
        names={},
        today=today,
        lines=lines,
        by_hand=by_hand,
    )
