"""Answers kept until the read model has moved on, and told to nobody else."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from pydantic import BaseModel

from services.gateway.readmodel import remembered
from services.gateway.readmodel.overview import Overview
from services.gateway.readmodel.remembered import Remembered
from services.gateway.readmodel.schemas import PeriodShape
from services.gateway.readmodel.topics.findings import Findings
from services.gateway.readmodel.topics.gatherings import Gathering
from services.gateway.readmodel.topics.reports import Totals
from shared.access import Principal
from tests.support.servers.services import make_principal

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ME = make_principal()
END = ("e", 1)


def overview(*, ends: tuple[int, ...] = ()) -> BaseModel:
    """An overview with gatherings that end so many hours from now."""
    cycle = PeriodShape(first=date(2026, 11, 16), last=date(2026, 11, 29))
    # Whatever other topics add is of no interest here.
    return Overview.model_construct(
        period=cycle,
        previous=cycle,
        totals=Totals(reports=1, reports_before=2, problems=1, problems_before=2, without_area=0, rounded=False),
        areas=[],
        findings=Findings(open=0, overdue=0),
        gatherings=[
            Gathering(
                id=UUID(int=hours),
                area_code=None,
                kind="market",
                scale_class="S",
                starts_at=NOW,
                ends_at=NOW + timedelta(hours=hours),
                expected_attendance=10,
            )
            for hours in ends
        ],
        feed_end=END,
    )


def told(known: Remembered, who: Principal = ME, *, now: datetime = NOW, today: date = TODAY) -> bytes | None:
    """What this caller is told again where nothing was told since."""
    answer = known.find(who, now=now, today=today)
    return answer.body if answer else None


def test_told_again_until_the_day_ends() -> None:
    """On the same day, with the place in the feed behind which news is looked for; else it is made anew."""
    known = Remembered()
    body = known.keep(ME, overview(), end=END, today=TODAY)
    answer = known.find(ME, now=NOW, today=TODAY)
    assert answer is not None
    assert ((answer.epoch, answer.position), answer.body) == (END, body)
    assert told(known, today=TODAY + timedelta(days=1)) is None


def test_a_gathering_that_has_ended_is_told_no_more() -> None:
    """Time alone changes which gatherings are to come."""
    known = Remembered()
    body = known.keep(ME, overview(ends=(5, 2)), end=END, today=TODAY)
    assert told(known, now=NOW + timedelta(hours=2)) == body
    assert told(known, now=NOW + timedelta(hours=2, seconds=1)) is None


def test_one_answer_for_the_clients_of_an_organisation_and_for_nobody_else() -> None:
    """What decides what one sees decides what one is told again: organisation, role, areas."""
    known = Remembered()
    body = known.keep(ME, overview(), end=END, today=TODAY)
    assert told(known, replace(ME, client_id="another")) == body
    assert told(known, replace(ME, scopes=frozenset({"overview:read"}))) == body
    for other in (
        replace(ME, organisation_id=UUID(int=9)),
        replace(ME, role="night_walker"),
        replace(ME, kind="guard"),
        replace(ME, areas=("0101",)),
    ):
        assert told(known, other) is None, other


def test_only_so_many_bytes_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes first, and one that is too large is not kept at all."""
    known = Remembered()
    size = len(known.keep(ME, overview(), end=END, today=TODAY))
    monkeypatch.setattr(remembered, "MOST_BYTES", 2 * size)
    others = [replace(ME, organisation_id=UUID(int=n)) for n in range(1, 3)]
    for other in others:
        known.keep(other, overview(), end=END, today=TODAY)
    kept = [told(known, each) is not None for each in (ME, *others)]
    assert kept == [False, True, True]
    monkeypatch.setattr(remembered, "MOST_BYTES", size - 1)
    known.keep(ME, overview(), end=END, today=TODAY)
    assert not any(told(known, each) for each in (ME, *others))
