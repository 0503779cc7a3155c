"""Dates as files have them: what each form reads, and what is said of a text that none does."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports.intake.domain import When
from services.reports.mappings.domain.forms import DATE_FORMS, EXAMPLES, Days, Said, read_in, under_headings, why_unread
from services.reports.mappings.domain.mapping import Mapping
from services.reports.mappings.domain.names import MONTHS, WEEKDAYS
from services.reports.mappings.domain.words import Wrong, moment_of

DAY, NIGHT = date(2026, 11, 20), datetime(2026, 11, 20, 21, 30)  # noqa: DTZ001
MORNING = datetime(2026, 11, 20, 9, 5)  # noqa: DTZ001
WEEK = Days(date(2026, 11, 16), date(2026, 11, 22))
CET = timezone(timedelta(hours=1))


def at(hour: int, minute: int, *, day: int = 20) -> datetime:
    """A time of January 2026."""
    return datetime(2026, 1, day, hour, minute)  # noqa: DTZ001


READ: list[tuple[str, str, Said]] = [
    ("iso", "2026-11-20", DAY),
    ("iso", "20261120", DAY),
    ("iso", "2026-11-20Z", DAY),
    ("iso", "2026-11-20+01:00", DAY),
    ("iso", "2026-324", DAY),
    ("iso", "2026-W47-5", DAY),
    ("iso", "2026W475", DAY),
    ("iso", "2026-W47", WEEK),
    ("iso", "2026-11-20T21:30", NIGHT),
    ("iso", "2026-11-20 21:30:00", NIGHT),
    ("iso", "20261120T2130", NIGHT),
    ("iso", "2026-11-20T21:30Z", NIGHT.replace(tzinfo=UTC)),
    ("iso", "2026-11-20t21:30:00z", NIGHT.replace(tzinfo=UTC)),
    ("iso", "2026-11-20T21:30:00+01:00", NIGHT.replace(tzinfo=CET)),
    ("iso", "2026-11-20T21:30:00,1234567+01", NIGHT.replace(microsecond=123456, tzinfo=CET)),
    ("iso", "2026-11-20T24:00", datetime(2026, 11, 21)),  # noqa: DTZ001
    ("ymd", "2026-11-20 9:05", MORNING),
    ("ymd", "2026/11/20 9.05", MORNING),
    ("ymd", "2026.11.20 kl 9.05", MORNING),
    ("ymd", "20261120 905", MORNING),
    ("ymd", "261120", DAY),
    ("ymd", "2026-11-20 00:00:00 21:30", NIGHT),
    ("ymd", "2026 november 20", DAY),
    ("ymd", "2026-1-2 3:04 PM", at(15, 4, day=2)),
    ("dmy", "20.11.2026", DAY),
    ("dmy", "20/11-26", DAY),
    ("dmy", "20/11 2026 21.30", NIGHT),
    ("dmy", "20 nov 2026", DAY),
    ("dmy", "20. NOV. 2026", DAY),
    ("dmy", "20-Nov-26", DAY),
    ("dmy", "20:e november 2026", DAY),
    ("dmy", "fre 20 november 2026 kl. 21.30", NIGHT),
    ("dmy", "20.01.2026 00:00 Uhr", at(0, 0)),
    ("dmy", "20/1-2026 ca kl. 9.05", at(9, 5)),
    ("dmy", "20/1 2026 ~21:30", at(21, 30)),
    ("ymd", "2026-11-20 okänt", DAY),
    ("ymd", "2026-11-20 -", DAY),
    ("dmy", "2026-01-20 00:00 UTC", at(0, 0).replace(tzinfo=UTC)),
    ("dmy", "Tue, 20 Jan 2026 00:00:00 +0100", at(0, 0).replace(tzinfo=CET)),
    ("dmy", "Fredag den 20 november 2026, klockan 21:30", NIGHT),
    ("dmy", "Fr., 20. November 2026 um 21:30 Uhr", NIGHT),
    ("dmy", "perjantai 20. marraskuuta 2026 klo 21.30", NIGHT),
    ("dmy", "20. mai 2026", date(2026, 5, 20)),
    ("dmy", "20 MAJ 2026", date(2026, 5, 20)),
    ("dmy", "3. März 2026", date(2026, 3, 3)),
    ("dmy", "3 desember 2025", date(2025, 12, 3)),
    ("dmy", "20 nov 2026 9:30 em", NIGHT),
    ("dmy", "20 nov 2026 9.05 fm", MORNING),
    ("dmy", "20 nov 2026 24.00", datetime(2026, 11, 21)),  # noqa: DTZ001
    ("dmy", "2026-11-20 21:30", NIGHT),
    ("ymd", "2026-11-20 21:30 CET", NIGHT.replace(tzinfo=CET)),
    ("dmy", "20.11.2026 21.30 Uhr (MEZ)", NIGHT.replace(tzinfo=CET)),
    ("dmy", "20.11.2026 21:30 UTC+1", NIGHT.replace(tzinfo=CET)),
    ("dmy", "20.11.2026 21:30 gmt+01:00", NIGHT.replace(tzinfo=CET)),
    ("mdy", "11/20/2026 4:30 PM EST", datetime(2026, 11, 20, 16, 30, tzinfo=timezone(timedelta(hours=-5)))),
    ("mdy", "11/20/2026", DAY),
    ("mdy", "11/20/2026 09:30:00 PM", NIGHT),
    ("mdy", "11/20/26 9:30pm", NIGHT),
    ("mdy", "Nov 20, 2026", DAY),
    ("mdy", "Friday, November 20th, 2026 at 9.30 p.m.", NIGHT),
    ("mdy", "1/20/2026 12:00 AM", at(0, 0)),
    ("mdy", "1/20/2026 12:00 PM", at(12, 0)),
    ("week", "2026-W47", WEEK),
    ("week", "v. 47 2026", WEEK),
    ("week", "V47 2026", WEEK),
    ("week", "vecka 47, 2026", WEEK),
    ("week", "2026v47", WEEK),
    ("week", "KW 47/2026", WEEK),
    ("week", "2025-W01", Days(date(2024, 12, 30), date(2025, 1, 5))),
    ("excel", "46346", DAY),
    ("excel", "46346.8958333333", NIGHT),
    ("excel", "46346,8958333333", NIGHT),
    ("excel", "46346 0.8958333333", NIGHT),
    ("excel", "46346 9:05", MORNING),
    ("unix_s", "1795206600", datetime(2026, 11, 20, 20, 30, tzinfo=UTC)),
    ("unix_s", "1795206600.5", datetime(2026, 11, 20, 20, 30, 0, 500_000, tzinfo=UTC)),
    ("unix_ms", "1795206600000", datetime(2026, 11, 20, 20, 30, tzinfo=UTC)),
    ("%Y-%m-%d %H%M", "2026-01-20 2130", at(21, 30)),
    ("%Y-%m-%d %H%M", "2026-01-20 930", at(9, 30)),
    ("%Y-%m-%d %H%M", "2026-01-20 130", at(1, 30)),
    ("%Y-%m-%d %H%M", "2026-01-20 110", at(1, 10)),
    ("%Y-%m-%d %H%M", "2026-01-20 45", at(0, 45)),
    ("%Y-%m-%d %H%M", "2026-01-20 5", at(0, 5)),
    ("%Y-%m-%d %H%M", "2026-01-20 0", at(0, 0)),
    ("%Y-%m-%d %H:%M", "2026-11-20 9:05", MORNING),
    ("%Y-%m-%d %H:%M", "2026-01-19 24:00", at(0, 0)),
    ("%d%m%Y", "1112026", date(2026, 11, 1)),
    ("%d %B %Y", "20 oktober 2026", date(2026, 10, 20)),
    ("%a %d %b %Y", "fre 20 NOV 2026", DAY),
]


@pytest.mark.parametrize(("form", "text", "said"), READ)
def test_what_a_form_reads(form: str, text: str, said: Said) -> None:
    """A day, a moment, or some days in a row; each with its kind, for a moment is a day to Python."""
    found = read_in((form,), text)
    assert (found, type(found)) == (said, type(said))


UNREAD = [
    ("%Y-%m-%d %H:%M", "2026-02-30 10:00", "no_such_day"),
    ("%d/%m/%Y", "31/04/2026", "no_such_day"),
    ("ymd", "2026-02-29", "no_such_day"),
    ("dmy", "30 februari 2026", "no_such_day"),
    ("dmy", "11/20/2026", "no_such_day"),
    ("dmy", "lör 20 nov 2026", "no_such_day"),
    ("iso", "2025-366", "no_such_day"),
    ("week", "2026-W54", "no_such_day"),
    ("week", "2026-11", "no_day"),
    ("week", "2026/11", "no_day"),
    ("week", "202611", "no_day"),
    ("week", "11/2026", "no_day"),
    ("week", "2026-45", "not_a_date"),
    ("week", "45/2026", "not_a_date"),
    ("week", "202645", "not_a_date"),
    ("week", "2645", "not_a_date"),
    ("week", "v45", "not_a_date"),
    ("ymd", "202611", "no_day"),
    ("dmy", "202611", "no_day"),
    ("iso", "2026", "no_day"),
    ("ymd", "2026-11", "no_day"),
    ("dmy", "november 2026", "no_day"),
    ("dmy", "11/2026", "no_day"),
    ("%Y-%m-%d", "2026", "no_day"),
    *(("ymd", text, "missing") for text in ("20:00", "kl 20", "20.45", "-", "saknas", "- 20:00")),
    ("ymd", "20.11", "not_a_date"),
    ("ymd", "20.11.2026", "not_a_date"),
    ("ymd", "2026-11-20 25:00", "not_a_date"),
    ("ymd", "2026-11-20 9:60", "not_a_date"),
    ("mdy", "11/20/2026 13:00 PM", "not_a_date"),
    ("%Y%m%d", "261119", "not_a_date"),
    ("excel", "0.5", "not_a_date"),
    ("excel", "999999", "not_a_date"),
    ("unix_s", "1e9", "not_a_date"),
    ("unix_s", "99999999999999", "not_a_date"),
    ("dmy", "i går kväll", "not_a_date"),
    ("ymd", "2026-11-20 21:00-23:00", "not_a_date"),
    ("iso", "2026-11-20T21:00+14:30", "not_a_date"),
    ("ymd", "2026-11-20 21:00 UTC+25", "not_a_date"),
    ("ymd", "2026-11-20 21:00 XYZ", "not_a_date"),
    ("iso", "2026-11-20T10:00-07:20", "not_a_date"),
    ("%Y-%m-%d %H:%M%z", "2026-11-20 21:00-23:00", "not_a_date"),
    ("%Y-%m-%d %H:%M", "46025.895833", "not_a_date"),
    ("dmy", "20 nov 2026 " + "9" * 500, "not_a_date"),
]


@pytest.mark.parametrize(("form", "text", "code"), UNREAD)
def test_why_a_text_is_not_read(form: str, text: str, code: str) -> None:
    """A day that is in no calendar, a month alone, another way of writing: told apart, by examples, without %Y."""
    assert read_in((form,), text) is None
    told, sentence = why_unread((form,), text)
    assert told == code
    assert "%" not in sentence
    assert text not in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("name", ["Vecka", "Händelseveckan", "vecko_nr", "Week no.", "KW", "ISO uke"])
@pytest.mark.parametrize("text", ["2026-47", "2026 47", "202647", "47/2026", "2026-W47", "2026v47"])
def test_a_year_and_a_number_are_a_week_under_a_heading_that_says_so(name: str, text: str) -> None:
    """Under any other they may be a month, and only what says that it is a week is one."""
    assert read_in(under_headings(("ymd", "week"), (name,)), text) == WEEK
    for other in ("Datum", "Månad", "Veckodag", "Weekday", "Avvikelse"):
        assert (read_in(under_headings(("week",), (other,)), text) is None) == (not re.search("[Wv]", text))


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("2026-11-20 21:00-23:00", True),
        ("2026-11-20 21.00 – 23.30", True),
        ("2026-11-20 kl 21-23", True),
        ("2026-11-20 - 2026-11-22", True),
        ("2026-11-20T21:30:00-05:00", False),
        ("i går kväll", False),
    ],
)
def test_from_and_to_in_one_cell_are_told(text: str, both: bool) -> None:
    """That they belong into two columns, not that a form is missing."""
    assert ("two columns" in why_unread(("%d.%m.%Y",), text)[1]) == both


@pytest.mark.parametrize("form", DATE_FORMS)
def test_each_form_reads_its_example(form: str) -> None:
    """What a sentence names as an example is read."""
    assert read_in((form,), EXAMPLES[form]) is not None


def test_no_name_stands_for_two() -> None:
    """Months and weekdays of six languages, each month and day there."""
    assert set(MONTHS.values()) == set(range(1, 13))
    assert set(WEEKDAYS.values()) == set(range(1, 8))
    assert not MONTHS.keys() & WEEKDAYS.keys() - {"mar"}


days = st.dates(date(1990, 1, 1), date(2060, 1, 1))
months = st.sampled_from(sorted(MONTHS))


@given(days, st.sampled_from(["ymd", "dmy", "mdy"]), st.sampled_from(["-", "/", ".", ". ", " "]), st.times())
def test_numbers_in_any_order_come_back(day: date, order: str, between: str, clock: object) -> None:
    """A day and a minute, written with any sign between the numbers and with or without noughts."""
    parts = {"y": f"{day:%Y}", "m": str(day.month), "d": f"{day:%d}"}
    text = f"{between.join(parts[each] for each in order)} {clock:%H:%M}"
    found = read_in((order,), text)
    assert isinstance(found, datetime)
    assert (found.date(), f"{found:%H:%M}") == (day, f"{clock:%H:%M}")


@given(days, months)
def test_names_come_back(day: date, name: str) -> None:
    """A day with its month's name, whatever the order that the mapping says."""
    day = day.replace(month=MONTHS[name], day=min(day.day, 28))
    for order in ("ymd", "dmy", "mdy"):
        assert read_in((order,), f"{day.day} {name.upper()} {day.year}") == day


@given(days, st.integers(0, 86_399))
def test_serials_and_seconds_come_back(day: date, second: int) -> None:
    """What Excel and Unix count, to the second."""
    moment = datetime(day.year, day.month, day.day) + timedelta(seconds=second)  # noqa: DTZ001
    serial = (day - date(1899, 12, 30)).days + second / 86_400
    assert read_in(("excel",), f"{serial:.10f}") in (moment, day)
    stamp = moment.replace(tzinfo=UTC).timestamp()
    assert read_in(("unix_s",), f"{stamp:.0f}") == moment.replace(tzinfo=UTC)
    assert read_in(("unix_ms",), f"{stamp * 1000:.0f}") == moment.replace(tzinfo=UTC)


ZONE, NOW = ZoneInfo("Europe/Stockholm"), datetime(2026, 12, 1, tzinfo=UTC)


def told(begin: str, end: str = "", **changes: object) -> When | Wrong:
    """What a mapping makes of two texts."""
    known: dict[str, object] = {"datetime_formats": ("ymd", "week")} | changes
    return moment_of(Mapping(columns={}, constants={}, **known), begin, end, zone=ZONE, now=NOW)  # type: ignore[arg-type]


def test_a_week_is_all_of_its_days() -> None:
    """From its Monday to the end of its Sunday, at an hour that nobody knows; an end of its own goes before."""
    found = told("2026-W47")
    assert isinstance(found, When)
    assert (found.occurred_on, found.band) == (WEEK.first, None)
    assert found.occurred_to is not None
    assert found.occurred_to.astimezone(ZONE) == datetime(2026, 11, 23, tzinfo=ZONE)
    until = told("2026-11-18", "2026-W47")
    assert isinstance(until, When)
    assert until.occurred_to == found.occurred_to


def test_midnight_may_stand_for_no_clock() -> None:
    """midnight: unknown makes a whole day of 00:00, as it is written or in local time; other times stay."""
    assert told("2026-11-20 00:00", midnight="unknown") == told("2026-11-20")
    assert told("2026-11-19T23:00Z", midnight="unknown", datetime_formats=("iso",)) == told("2026-11-20")
    kept = told("2026-11-20 00:00")
    assert isinstance(kept, When)
    assert kept.band == 0
    assert told("2026-11-20 00:01", midnight="unknown") == told("2026-11-20 00:01")


@pytest.mark.parametrize("clock", ["24:00", "24.00", "2400", "24:00:00", "kl 24", "T24:00"])
def test_the_end_of_a_day_is_the_next_midnight(clock: str) -> None:
    """However it is written, and also where 00:00 stands for no clock; nothing is later than that on a day."""
    text = f"2026-11-20{'' if clock[0] == 'T' else ' '}{clock}"
    for midnight in ("known", "unknown") if ":" in clock else ("known",):
        found = told(text, midnight=midnight)
        assert isinstance(found, When)
        assert found.occurred_from == datetime(2026, 11, 20, 23, tzinfo=UTC)
    until = told("2026-11-20 00:00", "2026-11-20 24:00", midnight="unknown")
    assert isinstance(until, When)
    assert until.occurred_to == datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert isinstance(told(text.replace("24", "25")), Wrong)
    assert isinstance(told("2026-11-20 24:30"), Wrong)


def test_an_hour_that_is_there_twice_is_the_first() -> None:
    """25 October 2026 at half past two: summer time still."""
    found = told("2026-10-25 02:30")
    assert isinstance(found, When)
    assert found.occurred_from == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    skipped = told("2026-03-29 02:30")
    assert isinstance(skipped, Wrong)
    assert skipped.code == "skipped_time"
