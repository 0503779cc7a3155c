"""What waits: findings to mend and gatherings to come, by their names, which their services tell this person.

The read model knows which there are. A service that is away costs the names and the clashes alone.
"""

import asyncio
from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from services.gateway.pages.frame.asking import fetch, may
from services.gateway.pages.frame.beside import beside
from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.overview.news import Names
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.codes import ANSWERS, FINDINGS, GATHERINGS, SIZES
from services.gateway.pages.speech.language import gettext as _
from services.gateway.pages.speech.language import ngettext
from services.gateway.readmodel.topics.gatherings import Gathering

# Names are asked for one by one; of a long list the first have theirs, the others what they are about.
_NAMED = 5
_NOTE_LENGTH = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the services say of some findings and gatherings, by their ids; clashes by the gathering's.

    opens: of what this person may open a page, by where those begin.
    """

    findings: Mapping[str, Any]
    gatherings: Mapping[str, Any]
    clashes: Mapping[str, Any]
    opens: Collection[str]


async def ask_names(
    request: Request, person: Person, *, findings: Sequence[Any], gatherings: Sequence[Gathering]
) -> Told:
    """The first of each by name, and what the gatherings clash with; what is not answered in time is left out."""
    may_open = {
        "/findings": may(person, "GET", "/findings/{id}"),
        "/gatherings": may(person, "GET", "/gatherings/{id}"),
    }
    opens = {each for each, open_ in may_open.items() if open_}
    walks = findings[:_NAMED] if "/findings" in opens else ()
    events = gatherings[:_NAMED] if "/gatherings" in opens else ()
    # Who sees one coarsely is not told what it clashes with.
    whole = [each for each in events if each.expected_attendance is not None]
    found, known, clashes = await asyncio.gather(
        _each({str(each.id): fetch(request, person, f"/findings/{each.id}") for each in walks}),
        _each({str(each.id): fetch(request, person, f"/gatherings/{each.id}") for each in events}),
        _each({str(each.id): fetch(request, person, f"/gatherings/{each.id}/clashes") for each in whole}),
    )
    return Told(findings=found, gatherings=known, clashes=clashes, opens=opens)


async def _each(asked: Mapping[str, Awaitable[Any]]) -> dict[str, Any]:
    answers = await asyncio.gather(*(beside(each, of="names") for each in asked.values()))
    return {each: answer for each, answer in zip(asked, answers, strict=True) if answer is not None}


def finding_line(row: Any, told: Told, names: Names) -> dict[str, Any]:
    """A finding for the page: what is wrong, where, whose it is, by when."""
    late = (names.today - row.due_on).days
    when = _("by {day}").format(day=saying.day(row.due_on))
    if late > 0:
        when = ngettext("{n} day overdue", "{n} days overdue", late).format(n=saying.number(late))
    known = told.findings.get(str(row.id), {})
    kind = FINDINGS.get(known.get("kind", ""))
    return {
        "href": f"/findings/{row.id}" if "/findings" in told.opens else None,
        "name": _named(kind, known.get("note")),
        "area": names.areas.get(row.area_code, row.area_code),
        "owner": row.owner or (_("nobody answers for it") if row.in_full else None),
        "when": when,
        "late": late > 0,
        "answer": ANSWERS["planned"] if row.status == "planned" else None,
    }


def _named(kind: str | None, note: str | None) -> str:
    """`Lighting: Three lamps are out …`."""
    if kind is None:
        return _("Finding")
    if not note:
        return kind
    short = note if len(note) <= _NOTE_LENGTH else f"{note[:_NOTE_LENGTH].rsplit(' ', 1)[0]} …"
    return f"{kind}: {short}"


def gathering_line(each: Gathering, told: Told, names: Names) -> dict[str, Any]:
    """A gathering for the page: its name, when, where, how large, and what it clashes with."""
    known = told.gatherings.get(str(each.id), {})
    clashes = [other["name"] for other in told.clashes.get(str(each.id), {}).get("clashes", ())]
    return {
        "href": f"/gatherings/{each.id}" if "/gatherings" in told.opens else None,
        "name": known.get("name") or GATHERINGS.get(each.kind or "", _("Gathering")),
        "day": saying.weekday(each.starts_at.astimezone(names.zone).date(), today=names.today),
        "when": saying.sentence(saying.time_span(each.starts_at, each.ends_at, zone=names.zone, today=names.today)),
        "area": names.areas.get(each.area_code or "", _("outside the areas")),
        "size": _size(each),
        "clashes": _("Clashes with {others}").format(others=", ".join(clashes)) if clashes else None,
    }


def _size(each: Gathering) -> str | None:
    """How many are expected, or for whom that is not how large a gathering is taken to be."""
    if each.expected_attendance is not None:
        return _("{n} expected").format(n=saying.number(each.expected_attendance))
    return SIZES.get(each.scale_class or "")
