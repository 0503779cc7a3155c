"""The rules of gatherings, whatever the values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.events.register import domain
from services.events.register.domain import CLASSES, SCALE, Gathering, Nearness
from shared.errors import Invalid

ZONE = ZoneInfo("Europe/Stockholm")
PATHS = {"r": ("r",), "a": ("r", "a"), "a1": ("r", "a", "a1"), "b": ("r", "b")}
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 2, 1), timezones=st.just(UTC))  # noqa: DTZ001
lengths = st.timedeltas(timedelta(minutes=1), timedelta(days=2))
nearness = st.builds(Nearness, margin=st.timedeltas(timedelta(0), timedelta(hours=9)), distance_m=st.integers(0, 2000))


@st.composite
def gatherings(draw: st.DrawFn) -> Gathering:
    """Gatherings in one month and a few kilometres, with a point, an area or both."""
    point = draw(st.none() | st.tuples(st.integers(0, 3000), st.integers(0, 3000)))
    e, n = point or (None, None)
    starts_at = draw(moments)
    return Gathering(
        id=UUID(int=draw(st.integers(1, 10**9))),
        organisation_id=UUID(int=1),
        name="x",
        kind="other",
        place_name="x",
        lon=None,
        lat=None,
        e=e,
        n=n,
        area_code=draw(st.sampled_from([*PATHS, "unknown"] + ([None] if point else []))),
        starts_at=starts_at,
        ends_at=starts_at + draw(lengths),
        organiser="x",
        expected_attendance=1,
        outdoor=False,
        alcohol=False,
        scale_class="S",
        status="registered",
        cancelled_reason=None,
        version=1,
        registered_at=starts_at,
    )


@given(gatherings(), gatherings(), nearness)
def test_a_clash_has_two_sides(one: Gathering, other: Gathering, near: Nearness) -> None:
    """Who clashes is clashed with."""
    assert domain.clash(one, other, near=near, paths=PATHS) == domain.clash(other, one, near=near, paths=PATHS)


@given(gatherings(), gatherings(), nearness, st.timedeltas(timedelta(0), timedelta(hours=5)), st.integers(0, 999))
def test_a_wider_net_catches_no_less(
    one: Gathering, other: Gathering, near: Nearness, more: timedelta, further: int
) -> None:
    """More margin and more distance never take a clash away."""
    wider = Nearness(margin=near.margin + more, distance_m=near.distance_m + further)
    if domain.clash(one, other, near=near, paths=PATHS):
        assert domain.clash(one, other, near=wider, paths=PATHS)


@given(gatherings(), gatherings(), nearness, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_far_in_time_is_never_a_clash(one: Gathering, other: Gathering, near: Nearness, more: timedelta) -> None:
    """Whoever begins a margin after the end of the other clashes with nothing of it, wherever it is."""
    starts_at = one.ends_at + near.margin + more
    later = replace(other, starts_at=starts_at, ends_at=starts_at + (other.ends_at - other.starts_at))
    assert not domain.clash(one, later, near=near, paths=PATHS)


@given(gatherings(), nearness)
def test_the_same_place_and_time_always_clashes(one: Gathering, near: Nearness) -> None:
    """Two points on one spot clash; so do two that name only one area, if the area is known."""
    if one.e is not None or one.area_code in PATHS:
        assert domain.clash(one, replace(one, id=UUID(int=0)), near=near, paths=PATHS)


@given(st.integers(1, 100_000), st.integers(0, 100_000), st.booleans(), st.booleans(), st.booleans())
def test_more_people_never_ask_less(expected: int, more: int, alcohol: bool, outdoor: bool, night: bool) -> None:
    """The class grows with the attendance and with what weighs on it, by one step at most."""
    here = domain.scale_class(expected, alcohol=alcohol, outdoor=outdoor, night=night)
    larger = domain.scale_class(expected + more, alcohol=alcohol, outdoor=outdoor, night=night)
    plain = domain.scale_class(expected, alcohol=False, outdoor=False, night=False)
    assert CLASSES.index(larger) >= CLASSES.index(here) >= CLASSES.index(plain)
    assert CLASSES.index(here) - CLASSES.index(plain) <= 1
    if alcohol + outdoor + night < 2:
        assert here == plain


@pytest.mark.parametrize(("name", "least"), SCALE)
def test_each_class_begins_at_its_limit(name: domain.ScaleClass, least: int) -> None:
    """The first number of a class is in it, the one below is not."""
    assert domain.scale_class(max(least, 1), alcohol=False, outdoor=False, night=False) == name
    if least > 1:
        assert domain.scale_class(least - 1, alcohol=False, outdoor=False, night=False) != name


@given(moments, lengths)
def test_night_is_any_minute_of_it(starts_at: datetime, length: timedelta) -> None:
    """Agrees with walking through the gathering minute by minute."""
    starts_at = starts_at.replace(second=0, microsecond=0)
    minutes = -(-length // timedelta(minutes=1))
    ends_at = starts_at + timedelta(minutes=minutes)
    walked = any((starts_at + timedelta(minutes=each)).astimezone(ZONE).hour in (22, 23, 0, 1, 2, 3, 4, 5)
                 for each in range(minutes))  # fmt: skip
    assert domain.at_night(starts_at, ends_at, zone=ZONE) == walked


@given(st.datetimes(timezones=st.none() | st.timezones()), st.datetimes(timezones=st.none() | st.timezones()))
def test_times_are_settled_or_refused(starts_at: datetime, ends_at: datetime) -> None:
    """Any two datetimes of any zones: UTC in order and not too long apart, or Invalid; nothing else comes out."""
    try:
        begin, end = domain.when(starts_at, ends_at, zone=ZONE)
    except Invalid:
        return
    assert begin.utcoffset() == end.utcoffset() == timedelta(0)
    assert timedelta(0) < end - begin <= timedelta(days=31)
