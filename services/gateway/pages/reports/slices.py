"""What a list is narrowed to beside what its form has, in words: the reports that one number elsewhere is of."""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import Request

from services.gateway.pages.frame.asking import fetch, may
from services.gateway.pages.frame.beside import beside
from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import gettext as _
from shared import moments
from shared.http.methods import ID

_HOURS = {str(hour): f"{hour:02d}–{hour + 1:02d}" for hour in range(24)}
_BANDS = {str(band): f"{band * 2:02d}–{band * 2 + 2:02d}" for band in range(12)}
_DAYS = {str(day) for day in range(1, 8)}


def _yes_no(yes: str, no: str) -> Callable[[str], str | None]:
    return {"true": yes, "false": no}.get


async def narrowed(request: Request, person: Person, wanted: Mapping[str, str]) -> list[str]:
    """A phrase for each; one whose value is none of ours has no words, and is refused by the service."""
    files = {name: await _file(request, person, wanted[name]) for name in OF_FILES if name in wanted}
    say: dict[str, Callable[[str], str | None]] = {
        "counted": _yes_no(_("those that count"), _("those that do not count")),
        "positive": _yes_no(_("positive observations"), _("problems, without positive observations")),
        "placed": _yes_no(_("in a known area"), _("without a known place")),
        "timed": _yes_no(_("with a time of day"), _("without a time of day")),
        "weekday": lambda value: saying.weekday_name(int(value) - 1) if value in _DAYS else None,
        "band": _BANDS.get,
        "hour": _HOURS.get,
        "cell": lambda value: _("in the square {code}").format(code=value),
        "new_in_import": lambda _id: _("those that {file} brought").format(file=files["new_in_import"]),
        "changed_in_import": lambda _id: _("those that {file} changed").format(file=files["changed_in_import"]),
        "withdrawn_in_import": lambda _id: _("those that were withdrawn because {file} has them no more").format(
            file=files["withdrawn_in_import"]
        ),
        "updated_since": lambda value: _since(value, zone=request.app.state.zone),
        "incident_id": lambda _id: _("those that are counted as one with another report"),
    }
    return [words for name in SLICES if name in wanted and (words := say[name](wanted[name]))]


def _since(value: str, *, zone: ZoneInfo) -> str | None:
    """Of a day, or a moment; a local time that there is not has no words, and is refused by the service."""
    asked = moments.read(value)
    if not isinstance(asked, datetime):
        return _("those that came in or changed on {day} or later").format(day=saying.day(asked))
    try:
        at = moments.to_utc(asked, zone=zone)
    except moments.Skipped:
        return None
    said = saying.day_at_clock(saying.day(at.astimezone(zone).date()), at, zone=zone)
    return _("those that came in or changed {at} or later").format(at=said)


async def _file(request: Request, person: Person, import_id: str) -> str:
    """What a file is called. One that is not this person's to see is none."""
    unknown = _("a file that is not there")
    if not (ID.fullmatch(import_id) and may(person, "GET", "/imports/{id}")):
        return unknown
    found = await beside(fetch(request, person, f"/imports/{import_id}"), of="/imports/{id}")
    if found is None or found["received_at"] is None:
        return unknown
    zone, came = request.app.state.zone, datetime.fromisoformat(found["received_at"])
    at = saying.day_at_clock(saying.day(came.astimezone(zone).date()), came, zone=zone)
    if found["file_name"] is None:
        return _("the file of {at}").format(at=at)
    return _("the file “{name}” of {at}").format(name=found["file_name"], at=at)


OF_FILES = ("new_in_import", "changed_in_import", "withdrawn_in_import")
SLICES = (
    "counted", "positive", "placed", "timed", "weekday", "band", "hour", "cell", "incident_id",
    "updated_since", *OF_FILES,
)  # fmt: skip
