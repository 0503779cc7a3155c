"""The reports that are counted as one with another: its duplicates, as far as their reader may know of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from services.gateway.pages.frame.asking import fetch
from services.gateway.pages.frame.beside import beside
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
    """What stands behind a report, as `in_words` made it; None where nothing does that this person may know of.

    And where it cannot be had just now.
    """
    if report["state"] not in COUNTING:
        return None
    of_it = [("incident_id", report["id"])]
    query = [*of_it, ("limit", str(_SHOWN))]
    found = await beside(fetch(request, person, "/reports", query=query), of="the same incident")
    if found is None or not found["reports"]:
        return None
    n, more = len(found["reports"]), found["next_cursor"] is not None
    count = await beside(fetch(request, person, "/reports/count", query=of_it), of="/reports/count") if more else None
    n = count["reports"] if count else n
    said = ngettext(
        "{n} other report tells of the same incident and counts through this one.",
        "{n} other reports tell of the same incident and count through this one.",
        n,
    )
    return Behind(
        rows=[in_words(each, words) | {"sender": names.get(each["organisation_id"])} for each in found["reports"]],
        said=said.format(n=saying.at_least(n, cut_off=more and count is None)),
        all=link("/reports", dict(of_it)) if more else None,
    )
