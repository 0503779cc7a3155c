"""The reports that are counted as one with another: its duplicates, as far as their reader may know of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from services.gateway.pages.frame.asking import fetch
from services.gateway.pages.frame.links import link
from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.reports.wording import COUNTING, Words, in_words
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import ngettext

_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Reports that count through another one: the first of them, how many there are, and where all are."""

    rows: Sequence[Mapping[str, Any]]
    said: str
    all: str | None


async def behind(
    request: Request, person: Person, report: Mapping[str, Any], *, words: Words, names: Mapping[str, str]
) -> Behind | None:
    """What stands behind a report, as `in_words` made it; None where nothing does that this person may know of."""
    if report["state"] not in COUNTING:
        return None
    of_it = [("incident_id", report["id"])]
    found = await fetch(request, person, "/reports", query=[*of_it, ("limit", str(_SHOWN))])
    if not found["reports"]:
        return None
    more = found["next_cursor"] is not None
    n = (await fetch(request, person, "/reports/count", query=of_it))["reports"] if more else len(found["reports"])
    said = ngettext(
        "{n} other report tells of the same incident and counts through this one.",
        "{n} other reports tell of the same incident and count through this one.",
        n,
    )
    return Behind(
        rows=[in_words(each, words) | {"sender": names.get(each["organisation_id"])} for each in found["reports"]],
        said=said.format(n=saying.number(n)),
        all=link("/reports", dict(of_it)) if more else None,
    )
