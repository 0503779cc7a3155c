"""A clock in a column of its own is never dropped without a word, and what is suggested reads what is written."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from services.reports.intake.domain import when
from services.reports.mappings.domain.words import moment_of
from services.reports.mappings.schemas import Mapping
from services.reports.suggestions.domain import Suggested
from services.reports.suggestions.forms import DAYS, MIDNIGHTS
from tests.support.make.suggestions import NAMES, suggested

NOW = datetime(2026, 12, 24, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Stockholm")
CLOCKS = ("%H:%M", "%H:%M:%S", "%H.%M", "%H%M")
COLON = CLOCKS[:2]
OTHER = ("Anmäld", "Larm", "Framme", "Notis 2", "§")
TOLD = ("occurred_from", "time", "occurred_to", "time_to")
# After the twelfth, so that a day is no month.
# On none of them do clocks go forward.
days = (
    st.dates(date(2026, 1, 13), date(2026, 11, 28))
    .filter(lambda day: day.day > 12)
    .filter(lambda day: (day.month, day.weekday()) != (3, 6))
)
clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


def written(form: str, values: st.SearchStrategy[Any], *, count: int, gaps: bool) -> st.SearchStrategy[list[str]]:
    """Cells of a column in this format, at least one of them filled."""
    cells = values.map(lambda value: value.strftime(form))
    column = st.lists(cells | st.just("") if gaps else cells, min_size=count, max_size=count)
    return column.filter(any)


def _hour(row: tuple[date, time | None]) -> bool:
    return row[1] is not None


@st.composite
def tables(draw: Callable[[Any], Any]) -> tuple[dict[str, list[str]], set[str]]:
    """Columns in any order, and which of them hold clocks."""
    count = draw(st.integers(1, 4))
    columns: dict[str, list[str]] = {}
    named = {name for field in TOLD for name in NAMES[field]}
    clocked = draw(st.lists(st.sampled_from([*sorted(named), *OTHER]), unique=True, max_size=4))
    for name in clocked:
        form = draw(st.sampled_from(CLOCKS if name in named else COLON))
        columns[name] = draw(written(form, clocks, count=count, gaps=True))
    for name in draw(st.lists(st.sampled_from([*NAMES["occurred_from"], *NAMES["occurred_to"]]), max_size=3)):
        form = draw(st.sampled_from(DAYS)) + draw(st.sampled_from([*MIDNIGHTS, " 12:30", " ca 13"]))
        columns.setdefault(name, draw(written(form, days, count=count, gaps=True)))
    others = ["typ", "text", "nr", "x", "y", "var"]
    for name in draw(st.lists(st.sampled_from(others), unique=True, max_size=3)):
        columns[name] = [draw(st.sampled_from(["", "Buller", "7", "20.5"])) for _ in range(count)]
    return {name: columns[name] for name in draw(st.permutations(sorted(columns)))}, set(clocked)


def suggested_for(columns: dict[str, list[str]]) -> Suggested:
    """What is suggested for these columns."""
    return suggested(";".join(columns), [";".join(row) for row in zip(*columns.values(), strict=True)])


@given(tables())
def test_every_clock_column_is_in_the_mapping_or_in_a_doubt(table: tuple[dict[str, list[str]], set[str]]) -> None:
    """Of any names and contents; and none is in both."""
    columns, clocked = table
    if not columns:
        return
    found = suggested_for(columns)
    times = [found.document["columns"].get(field, []) for field in ("occurred_from", "occurred_to")]
    used = {name for several in times for name in ([several] if isinstance(several, str) else several)}
    doubted = {doubt.column for doubt in found.doubts if doubt.code == "clock_unused"}
    assert clocked <= used | doubted
    assert not used & doubted


@given(
    st.lists(st.tuples(days, clocks | st.none()), min_size=1, max_size=5).filter(lambda rows: any(map(_hour, rows))),
    st.sampled_from(DAYS),
    st.sampled_from(MIDNIGHTS),
    st.sampled_from(CLOCKS),
    st.sampled_from([*NAMES["time"], "tid", "start", "Anmäld"]),
)
@example([(date(2026, 11, 16), time(20)), (date(2026, 11, 17), None)], "%Y-%m-%d", " 00:00:00", "%H:%M:%S", "kl")
@example([(date(2026, 11, 16), time(1, 30))], "%y%m%d", "", "%H%M", "tid")
def test_a_day_and_its_clock_are_read_as_written(
    rows: list[tuple[date, time | None]], day: str, night: str, clock: str, name: str
) -> None:
    """Each row its moment, or its whole day where it has no clock; or the clock is a doubt, and each its day."""
    clock = clock if name in NAMES["time"] or name in NAMES["occurred_from"] else "%H:%M"
    columns = {
        "datum": [each.strftime(day + night) for each, _ in rows],
        name: [hour.strftime(clock) if hour else "" for _, hour in rows],
    }
    found = suggested_for(columns)
    assert not {doubt.code for doubt in found.doubts} & {"no_date", "dates_unread", "clock_unused"}
    plan = Mapping.model_validate(found.document).plan()
    assert plan.columns["occurred_from"] == ("datum", name)
    if "%y" in day and "day_month_order" in {doubt.code for doubt in found.doubts}:
        return  # of a few days with a year of two digits nobody can tell
    for text, (each, hour) in zip(zip(*columns.values(), strict=True), rows, strict=True):
        read = moment_of(plan, " ".join(text).strip(), "", zone=ZONE, now=NOW)
        unknown = hour == time() and plan.midnight == "unknown"
        meant = each if hour is None or unknown else datetime.combine(each, hour)
        assert read == when(meant, None, zone=ZONE, now=NOW)


@given(days, clocks, st.integers(-600, 600), st.booleans())
def test_an_end_is_of_the_day_of_the_beginning_or_a_doubt(day: date, clock: time, minutes: int, gap: bool) -> None:
    """After midnight, or left open in a row, it is not told."""
    begin = datetime.combine(day, clock)
    end = begin + timedelta(minutes=minutes)
    ends = [f"{end:%H:%M}", "" if gap else f"{end:%H:%M}"]
    found = suggested_for({"datum": [f"{day}"] * 2, "start": [f"{begin:%H:%M}"] * 2, "slut": ends})
    codes = {doubt.code for doubt in found.doubts}
    if gap or end.time() < clock:
        assert "clock_unused" in codes
        assert "occurred_to" not in found.document["columns"]
        return
    assert "clock_unused" not in codes
    plan = Mapping.model_validate(found.document).plan()
    read = moment_of(plan, f"{day} {begin:%H:%M}", f"{day} {end:%H:%M}", zone=ZONE, now=NOW)
    assert read == when(begin, datetime.combine(day, end.time()), zone=ZONE, now=NOW)
