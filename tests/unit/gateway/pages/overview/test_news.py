"""What happened, in words."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.gateway.pages import NEWS
from services.gateway.pages.overview.news import Names, tell
from services.gateway.pages.speech.catalogues import read_languages
from services.gateway.pages.speech.language import ENGLISH, speak
from shared.access import COARSE, sharing
from shared.access.table import NONE, ROLES
from shared.access.telling import coarse_facts
from shared.messages import MESSAGES, Message

NAMES = Names(
    areas={"01": "Torget"},
    categories={"order": "Ordningsstörning"},
    zone=ZoneInfo("Europe/Stockholm"),
    today=date(2026, 11, 22),
)
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
# The field of a message that each word of a sentence is made of.
FIELDS = {
    "what": "category", "where": "area_code", "name": "name", "planned_on": "planned_on", "due_on": "due_on",
    "when": "starts_at", "through": "through",
}  # fmt: skip


@pytest.fixture(autouse=True)
def swedish() -> Iterator[None]:
    """In Swedish."""
    speak(read_languages("sv").usual)
    yield
    speak(ENGLISH)


def fact(type_: str, **data: Any) -> dict[str, Any]:
    """An item of the feed."""
    return {"type": type_, "at": AT, "data": data, "in_full": True}


def words(*items: dict[str, Any]) -> list[str]:
    """The lines told of these items, newest first."""
    return [each.words for each in tell(items, names=NAMES, lines=10, sentences=NEWS)]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.type)
def test_every_message_has_a_sentence_that_its_fields_can_fill(message: type[Message]) -> None:
    """A new message needs a sentence here, and a sentence needs fields that are there."""
    told = [forms for key, forms in NEWS.items() if key.startswith(message.type)]
    for sentence in (each for forms in told for each in ((forms,) if isinstance(forms, str) else forms)):
        for word in set(re.findall(r"\{(\w+)\}", sentence)) - {"n"}:
            assert FIELDS[word] in message.model_fields, word
            assert message.thing not in COARSE or FIELDS[word] in coarse_facts(message), word
    seen = any(sharing(role, message.thing) != NONE for role in ROLES)
    assert (message.type in NEWS) is seen


def test_reports_of_a_kind_in_a_row_are_one_line() -> None:
    """Another place or another kind begins a new one."""
    one, other = (
        fact("report.submitted", category="order", area_code="01"),
        fact("report.submitted", category="odd", area_code=None),
    )
    assert words(one, one, other, one) == [
        "2 nya rapporter om ordningsstörning i Torget",
        "Ny rapport om odd utan känd plats",
        "Ny rapport om ordningsstörning i Torget",
    ]


def test_an_organisation_that_left_is_told_as_such() -> None:
    """Not as one that is there; nor is an area that was retired."""
    assert words(fact("organisation.changed", name="Granen", active=False)) == [
        "Granen är inte längre med bland organisationerna"
    ]
    assert words(fact("organisation.changed", name="Granen", active=True)) == ["Granen är med bland organisationerna"]
    assert words(fact("area.changed", code="01", active=False)) == ["Ett område används inte längre"]


def test_areas_come_in_crowds() -> None:
    """Reading in the municipality's areas is one line, whatever their names."""
    assert words(*(fact("area.changed", code=str(n), name=f"Område {n}", sequence=1) for n in range(25))) == [
        "25 områden lades in"
    ]
    undone = [*(fact("area.changed", code=str(n), active=n > 24, sequence=2) for n in range(28))]
    assert sorted(words(*undone)) == ["25 områden används inte längre", "3 områden ändrades"]


def test_new_areas_and_changed_ones_are_told_apart() -> None:
    """In one line each, in whatever order a file had them; of those at the end there may be more."""
    areas = [fact("area.changed", code=str(n), sequence=1 + n % 2) for n in range(10)]
    report = fact("report.submitted", category="order", area_code="01")
    assert words(report, *areas)[0] == "Ny rapport om ordningsstörning i Torget"
    assert sorted(words(report, *areas)[1:]) == ["5 områden lades in", "5 områden ändrades"]
    told = tell(areas, names=NAMES, lines=10, sentences=NEWS, cut_off=True)
    assert sorted(each.words for each in told) == ["Minst 5 områden lades in", "Minst 5 områden ändrades"]


def test_a_report_that_new_areas_moved_is_not_corrected() -> None:
    """Those are one line, whatever they are about; one that its sender put right elsewhere is corrected."""
    moved = [
        fact("report.corrected", category=category, area_code=area, moved_from="03", redrawn=True)
        for category, area in (("order", "01"), ("damage", "02"), ("order", None))
    ]
    corrected = fact("report.corrected", category="order", area_code="01", moved_from="03", redrawn=False)
    assert words(*moved, corrected) == [
        "3 rapporter flyttades när områdena ändrades",
        "En rapport om ordningsstörning i Torget rättades",
    ]


def test_a_finding_by_how_it_stands() -> None:
    """What an owner answered decides the sentence; something good is no finding to deal with."""
    assert words(
        fact("finding.answered", area_code="01", status="declined", due_on="2026-12-01"),
        fact("finding.raised", area_code="01", status="open", due_on="2026-12-01"),
        fact("finding.raised", area_code="01", status="noted", due_on="2026-12-01"),
    ) == [
        "En brist i Torget åtgärdas inte, med skäl angivet",
        "Ny brist i Torget, ska vara åtgärdad senast 1\u00a0december 2026",
        "Något bra noterades på en trygghetsvandring i Torget",
    ]


def test_a_gathering_in_local_time() -> None:
    """Noon in UTC is one o'clock in the winter of Sweden."""
    assert words(fact("gathering.registered", area_code="01", starts_at="2026-11-28T12:00:00Z")) == [
        "Nytt evenemang i Torget lördag 28\u00a0november kl.\u00a013.00"
    ]


def test_a_fact_from_a_later_release() -> None:
    """What has no sentence is told all the same."""
    assert words(fact("moon.landed", on=str(date(2030, 1, 1)))) == ["Något hände som den här sidan inte har ord för"]
