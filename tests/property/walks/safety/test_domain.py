"""The rules of walks and findings, whatever the values."""

from datetime import date, timedelta
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.walks.safety import domain
from services.walks.safety.domain import Answer, Finding, FindingStatus, Walk, WalkStatus
from shared.errors import Conflict, Invalid, Refusal
from shared.moments import plans

ID = UUID(int=1)
days = st.dates(date(2020, 1, 1), date(2040, 1, 1))
reasons = st.none() | st.text(min_size=1, max_size=5)
answers = st.sampled_from(get_args(Answer))


@st.composite
def walks(draw: st.DrawFn) -> Walk:
    """Walks in any state that the table allows."""
    status: WalkStatus = draw(st.sampled_from(get_args(WalkStatus)))
    walked_on = None if status == "planned" else draw(days if status == "walked" else st.none() | days)
    return Walk(id=ID, organisation_id=ID, area_code="01", status=status, walked_on=walked_on, version=1)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    """Findings in any state."""
    status: FindingStatus = draw(st.sampled_from(get_args(FindingStatus)))
    return Finding(
        id=ID, walk_id=ID, organisation_id=ID, area_code="01", owner_id=ID, status=status, due_on=draw(days), version=1
    )


@given(walks(), st.none() | days, days)
def test_a_finding_is_due_after_its_walk(walk: Walk, asked: date | None, today: date) -> None:
    """Only a walked walk gives a day; it is the asked one or six months on, never before the walk nor ten years off."""
    try:
        due = domain.due_date(walk, asked=asked, today=today)
    except Conflict:
        assert walk.status != "walked"
    except Invalid:
        assert asked is not None
        assert walk.walked_on is not None
        assert asked < walk.walked_on or not plans(today)[0] <= asked <= plans(today)[1]
    else:
        assert walk.walked_on is not None
        assert due == (asked or walk.walked_on + timedelta(days=182))
        assert due >= walk.walked_on


@given(walks(), days, days, st.dictionaries(st.sampled_from(get_args(domain.Participants)), st.integers(0, 9)))
def test_a_walk_is_recorded_once_and_afterwards(
    walk: Walk, walked_on: date, today: date, head_counts: dict[domain.Participants, int]
) -> None:
    """Passes exactly for a planned walk, on a day that has come, with somebody there."""
    fine = walk.status == "planned" and plans(today)[0] <= walked_on <= today and any(head_counts.values())
    try:
        domain.check_walked(walk, walked_on=walked_on, head_counts=head_counts, today=today)
    except Refusal:
        assert not fine
    else:
        assert fine


@given(walks(), st.integers(0, 3), st.booleans(), reasons)
def test_a_walk_closes_over_answers_or_for_a_reason(
    walk: Walk, unanswered: int, leave_open: bool, reason: str | None
) -> None:
    """Never twice, never over unanswered findings unless asked to and told why, never unwalked without a reason."""
    fine = (
        walk.status != "closed"
        and (walk.status == "walked" or reason is not None)
        and (unanswered == 0 or (leave_open and reason is not None))
    )
    try:
        domain.check_closing(walk, unanswered=[walk.id] * unanswered, leave_open=leave_open, reason=reason)
    except Refusal:
        assert not fine
    else:
        assert fine


@given(findings(), answers, st.none() | days, reasons, days)
def test_answers_follow_the_table(
    finding: Finding, status: Answer, due_on: date | None, reason: str | None, today: date
) -> None:
    """What is done or good stays; a refusal has a reason, a plan a day to come; all else leaves the day alone."""
    try:
        due = domain.answered(finding, status=status, due_on=due_on, reason=reason, today=today)
    except Conflict:
        assert finding.status in ("done", "noted") or (finding.status, status) == ("declined", "declined")
    except Invalid:
        assert (
            (status == "declined" and reason is None)
            or (status == "planned" and (due_on is None or not today <= due_on <= plans(today)[1]))
            or (status != "planned" and due_on is not None)
        )
    else:
        assert finding.status in ("open", "planned", "declined")
        assert due == (due_on if status == "planned" else finding.due_on)
        assert status != "declined" or reason is not None


@given(findings(), st.lists(answers, max_size=8), days)
def test_done_is_where_every_story_ends(finding: Finding, story: list[Answer], today: date) -> None:
    """Whatever owners answer one after the other, nothing ever follows done, and nothing returns to open."""
    status = finding.status
    for answer in story:
        here = Finding(
            id=ID,
            walk_id=ID,
            organisation_id=ID,
            area_code="01",
            owner_id=ID,
            status=status,
            due_on=finding.due_on,
            version=1,
        )
        due_on = today if answer == "planned" else None
        if status in ("done", "noted"):
            with pytest.raises(Conflict):
                domain.answered(here, status=answer, due_on=due_on, reason="x", today=today)
        elif answer in domain.NEXT[status]:
            domain.answered(here, status=answer, due_on=due_on, reason="x", today=today)
            status = answer
    assert status == finding.status or status in get_args(Answer)


@pytest.mark.parametrize("kind", get_args(domain.FindingKind))
def test_only_good_things_ask_for_no_answer(kind: domain.FindingKind) -> None:
    """Every kind but positive begins open."""
    assert (domain.first_status(kind) == "noted") == (kind == "positive")
