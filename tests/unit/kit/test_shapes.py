"""What requests are made of: days, moments, texts and points, as they are read and as they are refused."""

import json
from datetime import UTC, date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from services.reports.intake.domain import when
from services.reports.intake.schemas import NewReport
from shared.errors import Invalid
from shared.shapes import AreaCode, CategoryCode, Day, DayOrMoment, Line, Lines, Moment, Point


class Sent(BaseModel):
    """A field of each shape."""

    day: Day | None = None
    moment: Moment | None = None
    either: DayOrMoment | None = None
    line: Annotated[str, Line(20)] | None = None
    note: Annotated[str, Line(20, least=0)] = ""
    lines: Annotated[str, Lines(20)] | None = None
    area: AreaCode | None = None
    point: Point | None = None
    several: list[Annotated[str, Field(max_length=3)]] = []


def read(**sent: Any) -> Sent:
    """As it comes over the wire."""
    return Sent.model_validate(json.loads(json.dumps(sent)))


def refused(**sent: Any) -> list[str]:
    """The kinds of what is wrong."""
    with pytest.raises(ValidationError) as wrong:
        read(**sent)
    return [each["type"] for each in wrong.value.errors()]


@pytest.mark.parametrize("value", [0, 1700000000, 1.5, True, "0", "1700000000", "20261120", "2026", "", [], {}])
@pytest.mark.parametrize("field", ["day", "moment", "either"])
def test_numbers_are_no_days(field: str, value: object) -> None:
    """As numbers and as digits, of seconds and of a day without its hyphens."""
    assert refused(**{field: value}) == ["not_a_date"]


@pytest.mark.parametrize(
    "written",
    ["2026-W47-5", "2026-324", "2026-11-20T16", "2026-11-20T16:30:00,5Z", "２026-11-20", "2026-11-31", " 2026-11-20",
     "2026-11-20T24:00", "2026-11-20T16:30:00+24:00", "2026-11-20T16:30:00 Europe/Stockholm", "2026-11-20\n"],
)  # fmt: skip
def test_what_is_no_day_of_rfc_3339(written: str) -> None:
    """Other forms of ISO 8601, digits of other scripts, days that no month has."""
    assert refused(either=written) == ["not_a_date"]


@pytest.mark.parametrize(
    ("field", "written"),
    [("day", "2026-02-30"), ("either", "2026-02-30"), ("moment", "2026-13-01T10:00Z"), ("moment", "2026-11-20T10:61Z")],
)
def test_who_writes_a_day_that_is_none_is_not_told_to_write_it_otherwise(field: str, written: str) -> None:
    """It is written as days are."""
    with pytest.raises(ValidationError) as wrong:
        read(**{field: written})
    assert [each["msg"] for each in wrong.value.errors()] == ["There is no such day in the calendar, or no such time."]


@pytest.mark.parametrize("field", ["day", "moment", "either"])
@pytest.mark.parametrize("year", ["0001", "1899", "2200", "9999"])
def test_years_that_nobody_means(field: str, year: str) -> None:
    """At both ends, in any zone: a zone or a day more would lead out of what computers hold."""
    for day in (f"{year}-01-01", f"{year}-12-31"):
        for clock in ("T00:00:00-23:59", "T23:59:59+23:59", "T12:00") if field != "day" else ("",):
            assert refused(**{field: f"{day}{clock}"}) == ["impossible_time"]


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "1989-12-31", "2200-01-01", "9999-12-31"])
def test_a_field_has_one_range_of_time(day: str) -> None:
    """What is beyond all years is told the field's own rule, in the words that are said of what is a little beyond."""
    zone, now, told = ZoneInfo("Europe/Stockholm"), datetime(2026, 12, 1, tzinfo=UTC), set()
    with pytest.raises(Invalid) as wrong:
        when(date.fromisoformat(day), None, zone=zone, now=now)
    told.add(wrong.value.errors[0].detail)
    for field in ("occurred_from", "occurred_to"):
        if day[:2] != "19" or day < "1900":
            with pytest.raises(ValidationError) as beyond:
                NewReport.model_validate({"category": "order", "occurred_from": "2026-11-20", field: day})
            told |= {each["msg"] for each in beyond.value.errors()}
    assert told == {"Between 1990-01-01 and now."}


def test_what_is_written_as_asked_is_read() -> None:
    """A day, a time with and without its zone, and nothing; a day alone stays a day, and a midnight a moment."""
    sent = read(day="2026-11-20", moment="2026-11-20T16:30:00+01:00", either="2026-11-20")
    assert (sent.day, sent.either) == (date(2026, 11, 20),) * 2
    assert not isinstance(sent.either, datetime)
    assert Sent.model_validate(sent.model_dump()) == sent
    assert read(moment="2026-11-20 16:30").moment == datetime(2026, 11, 20, 16, 30)  # noqa: DTZ001 - it has none
    assert read(either="2026-11-20t00:00:00.1234567z").either == datetime(2026, 11, 20, 0, 0, 0, 123456, tzinfo=UTC)
    assert read(day=None).day is None


def test_a_day_is_no_moment_and_a_moment_no_day() -> None:
    """Nobody's midnight is made up, and nobody's clock is thrown away."""
    assert refused(moment="2026-11-20") == ["not_a_moment"]
    assert refused(day="2026-11-20T00:00:00") == ["not_a_day"]


@pytest.mark.parametrize("field", ["line", "note", "lines", "area"])
@pytest.mark.parametrize(
    "sign",
    ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\x85", "\ufffe", "\U0001ffff", "\u202e", "\u2066", "a" + "\u0301" * 31],
)
def test_what_nobody_types_is_refused(field: str, sign: str) -> None:
    """NUL and the other control characters, what is no character, what turns round the rest, a heap of accents."""
    assert {*refused(**{field: f"a{sign}b"})} <= {"untypable", "string_too_long"}


def test_half_a_character_is_refused() -> None:
    """JSON can say it, and no encoding can keep it."""
    for half in (chr(0xD800), chr(0xDFFF)):
        assert refused(lines=f"a{half}b") == ["string_unicode"]


@pytest.mark.parametrize("blank", [" ", "\u00a0\u3000", "\u200b", "\ufeff \u2060", "\u3164", "\u2800", "\ufe0f"])
def test_blank_is_empty(blank: str) -> None:
    """Spaces of any width, fillers and lone marks: refused where something must stand, else nothing."""
    for field in ("line", "lines", "area"):
        assert refused(**{field: blank}) == ["blank"]
    assert read(note=blank).note == ""


def test_one_form_of_writing() -> None:
    """NFC, trimmed, one sign at the end of a line; emoji stay whole."""
    assert read(line=" A\u030angslups\u00e5 ").line == "Ångslupså"
    assert read(lines="ett\r\ntv\u00e5\rtre\u2028\tfyra\n").lines == "ett\ntvå\ntre\n\tfyra"
    assert read(line="\U0001f468\u200d\U0001f469\u200d\U0001f467").line == "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert refused(line="ett\ntvå") == ["untypable"]
    assert refused(line="x" * 21) == ["string_too_long"]
    assert refused(line="\U0001d160" * 20) == ["string_too_long"], "thrice as long in NFC"


@pytest.mark.parametrize("number", [True, "14.6", "６", None, float("nan"), float("inf"), 1e308, 10**400, 181, [], {}])
def test_a_point_is_two_numbers_on_earth(number: object) -> None:
    """No yes, no text, no infinity, nothing beyond the date line."""
    for axis in ("lon", "lat"):
        assert len(refused(point={"lon": 14, "lat": 63, axis: number})) == 1
    assert read(point={"lon": 14, "lat": 63.5}).point == Point(lon=14.0, lat=63.5)


@pytest.mark.parametrize("field", ["occurred_from", "occurred_to"])
def test_a_report_says_which_field_it_was(field: str) -> None:
    """One error, of the field itself."""
    body = {"category": "order", "severity": 1, "occurred_from": "2026-11-20", field: 1700000000}
    with pytest.raises(ValidationError) as wrong:
        NewReport.model_validate_json(json.dumps(body))
    assert [each["loc"] for each in wrong.value.errors()] == [(field,)]


def test_a_slip_in_a_code_is_let_through_to_who_knows_them() -> None:
    """Letters, however they are written, so that its service says what was meant; numbers never."""
    read = TypeAdapter[str](CategoryCode).validate_python
    assert [read(each) for each in ("order", "Environment", "Övrigt")] == ["order", "Environment", "Övrigt"]
    for none in ("811218-9876", "order,damage", "", "x" * 41, "a\x00"):
        with pytest.raises(ValidationError):
            read(none)
