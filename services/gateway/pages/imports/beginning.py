"""Hands files over: to be read in under a reading that is kept then, or to be tried with one that is not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request

from services.gateway.access import queries
from services.gateway.pages.frame.asking import Answer, Query, ask, fetch
from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.imports.codes import why_failed
from services.gateway.pages.imports.readings import Reading, Tried, Whole
from services.gateway.pages.imports.uploads import Upload
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import gettext as _
from services.gateway.pages.speech.language import marked

_BETWEEN = ":"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A reading that is kept under the name: `mark` says that it may be replaced as it is now."""

    name: str
    mark: str
    by: str | None
    at: str


class NotBegun(Exception):
    """A file was not handed over for reading: `why` is for the page.

    field: of the form, where one is to blame. confirmable: its sender may say that it is no personal data. replaced:
    what they would have to give up. reason: the service's own words, where there are none of ours.
    """

    def __init__(
        self,
        why: str,
        *,
        field: str = "",
        confirmable: bool = False,
        replaced: Replaced | None = None,
        reason: str = "",
    ) -> None:
        super().__init__(why)
        self.why = why
        self.field = field
        self.reason = reason
        self.confirmable = confirmable
        self.replaced = replaced


async def kept_readings(request: Request, person: Person) -> list[dict[str, Any]]:
    """The mappings of the person's organisation."""
    found: list[dict[str, Any]] = (await fetch(request, person, "/mappings"))["mappings"]
    return found


async def try_out(
    request: Request, person: Person, upload: Upload, reading: Reading, *, sure: bool, whole: Whole | None
) -> Tried:
    """Try a file. Nothing is kept of it but its counts, and in `upload` how it was read. Raises NotBegun."""
    draft = await _drafted(request, person, reading, sure=sure)
    query = [("draft", draft["id"]), ("dry_run", "true")]
    trial = await _hand_over(request, person, upload, query, whole=whole)
    upload.tried = _tried(trial, draft, reading, sure=sure, whole=whole)
    return upload.tried


async def is_unseen(
    request: Request, person: Person, upload: Upload, reading: Reading, *, sure: bool, whole: Whole | None
) -> bool:
    """Whether a file that was tried would be read in another way than it was. Raises NotBegun."""
    if upload.tried is None:
        return False
    draft = await _drafted(request, person, reading, sure=sure)
    return _tried(upload.tried.id, draft, reading, sure=sure, whole=whole).mark != upload.tried.mark


async def _drafted(request: Request, person: Person, reading: Reading, *, sure: bool) -> dict[str, Any]:
    """The reading as the service has it, with an id for a while; two forms that mean the same become one."""
    _check(reading)
    named = [("replacing", reading.name)]
    draft = await ask(request, person, "POST", "/mappings/drafts", query=named, body=_document(reading, sure=sure))
    _check_kept(draft)
    found: dict[str, Any] = draft.body
    return found


def _tried(trial: UUID, draft: dict[str, Any], reading: Reading, *, sure: bool, whole: Whole | None) -> Tried:
    as_read = Reading(document=draft["mapping"], name=reading.name, origin="tried", sure=sure)
    return Tried(id=trial, reading=as_read, whole=whole)


async def begin(
    request: Request,
    person: Person,
    upload: Upload,
    reading: Reading,
    *,
    sure: bool,
    whole: Whole | None,
    replaced: str = "",
    takes_over: bool = False,
) -> UUID:
    """The id of the import, once its reading is kept.

    replaced: the mark of what its sender has seen and gives up. takes_over: the file corrects also reports that another
    reading brought. Raises NotBegun, with `replaced` where another reading
    has the name.
    """
    _check(reading)
    name, etag = reading.name, replaced.removeprefix(f"{reading.name}{_BETWEEN}")
    seen = {"If-Match": f'"{etag}"'} if etag != replaced and etag.isascii() and etag.isdigit() else {}
    body = _document(reading, sure=sure)
    kept = await ask(request, person, "PUT", f"/mappings/{name}", body=body, headers=seen)
    if kept.status in (412, 428):
        raise NotBegun(
            _("Your organisation has another reading of this name. Replace it, or give this one another name."),
            field="name",
            replaced=await _replaced(request, person, name),
        )
    _check_kept(kept)
    query = [("mapping", name), *([("takes_over", "true")] if takes_over else [])]
    import_id = await _hand_over(request, person, upload, query, whole=whole)
    upload.was_read_in(import_id)
    return import_id


def _check(reading: Reading) -> None:
    if "occurred_from" not in reading.document["columns"]:
        raise NotBegun(_("Choose the column with the date."), field="occurred_from")
    if not _is_name(reading.name):
        raise NotBegun(_("The name may only have small letters a–z, digits and hyphens."), field="name")


def _is_name(name: str) -> bool:
    plain = name.isascii() and name.replace("-", "a").isalnum() and name == name.lower()
    return plain and len(name) <= 40 and not name.startswith("-")


def _document(reading: Reading, *, sure: bool) -> dict[str, Any]:
    return reading.document | ({"confirmed_no_personal_data": True} if sure else {})


def _check_kept(answer: Answer) -> None:
    if answer.taken:
        return
    if (codes := [each["code"] for each in answer.errors]) and all(code.startswith("weak_") for code in codes):
        raise NotBegun(
            _("A name, a column or a word looks like personal data. Change it, or confirm that it is not."),
            confirmable=True,
        )
    if any(code.startswith("strong_") for code in codes):
        raise NotBegun(_("A name, a column or a word holds personal data. Take it out of the file."))
    if answer.status == 409:
        raise NotBegun(_("Your organisation has as many readings as it may keep. Replace one that is not used."))
    raise _misfit(answer)


# What the service names -> the field of the form, and what is wrong there.
_AT_FIELDS = {
    "datetime_format": ("datetime_format", marked("Dates are not written like that. Choose another form of the date.")),
    "crs": ("crs", marked("There is no such coordinate system, or it is missing. Write its EPSG code.")),
    "values": ("words", marked("What one of the words means does not fit its field.")),
    "header_row": ("header_row", marked("The row of the headings is a number, as Excel shows it.")),
    "sheet": ("sheet", marked("There is no such sheet.")),
}


def _misfit(answer: Answer) -> NotBegun:
    """Which field of the form is to blame for a mapping that the service refuses; and the service's own words."""
    reason = "; ".join(each["detail"] for each in answer.errors) or str((answer.body or {}).get("detail", ""))
    for each in answer.errors:
        for part, (field, why) in _AT_FIELDS.items():
            if part in each["field"] or each["detail"].startswith(part):
                return NotBegun(_(why), field=field, reason=reason)
    return NotBegun(
        _("This reading does not fit together. Look at the columns, the form of the date and the coordinate system."),
        reason=reason,
    )


async def _hand_over(request: Request, person: Person, upload: Upload, query: Query, *, whole: Whole | None) -> UUID:
    named = [("file_name", upload.name)] if upload.name else []
    all_of_it = [("snapshot", whole.snapshot), ("snapshot_of", whole.of)] if whole else []
    query = [*query, *named, *all_of_it]
    answer = await ask(
        request, person, "POST", "/imports", query=query, body=upload.parts(), headers={"Content-Type": upload.kind}
    )
    check_read(answer)
    return UUID(answer.body["id"])


def check_read(answer: Answer) -> None:
    """Raise NotBegun for a file that the service does not read, with the reason in words of the page."""
    if not answer.taken:
        detail = str((answer.body or {}).get("detail", ""))
        why, reason = why_failed([each["code"] for each in answer.errors], detail)
        raise NotBegun(why, reason=reason)


async def _replaced(request: Request, person: Person, name: str) -> Replaced:
    found = await fetch(request, person, f"/mappings/{name}")
    by, zone = found["changed_by"], request.app.state.zone
    async with request.app.state.database.sessions() as session, session.begin():
        names = await queries.caller_names(session, [by] if by else [])
    at = datetime.fromisoformat(found["changed_at"])
    said = saying.day_at_clock(saying.day(at.astimezone(zone).date()), at, zone=zone)
    return Replaced(name=name, mark=f"{name}{_BETWEEN}{found['version']}", by=names.get(by or ""), at=said)
