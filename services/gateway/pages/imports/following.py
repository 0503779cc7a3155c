"""`/import/{id}`: how far a file is, what became of its rows, and what is wrong with them."""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from services.gateway.pages.frame.addresses import Mark, Page
from services.gateway.pages.frame.asking import ask, fetch, signed_in_who_may
from services.gateway.pages.frame.links import link
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.visitors import Person, check_form
from services.gateway.pages.imports.codes import COUNTS, ERRORS, STATES, WITHHELD, why_failed
from services.gateway.pages.imports.mapping_form import FIELDS
from services.gateway.pages.imports.uploads import uploads_of
from services.gateway.pages.maps.areas import area_names
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import Texts
from services.gateway.pages.speech.language import gettext as _
from shared.texts import defused

router = APIRouter(route_class=Page, include_in_schema=False)

_ERRORS_SHOWN, _ERRORS_PAGE, _WORDS_SHOWN = 100, 1000, 20
# What reports can be listed by.
_LISTED = ("new", "changed", "withdrawn")
# What is said beside the counts, of some that are in these.
_BESIDE = ("still_withdrawn", "not_corrected", "corrections_replaced", "fillers")
Sender = Annotated[Person, signed_in_who_may("POST", "/imports")]
ImportId = Annotated[UUID, Path(alias="id")]


@router.get("/import/{id}")
async def show_import(
    request: Request,
    person: Sender,
    import_id: ImportId,
    file: Annotated[str, Query(max_length=60, pattern="^[A-Za-z0-9_-]*$")] = "",
    differs: Mark = None,
) -> Response:
    """How far a file is; the page loads itself again until it is done. `file`: one that was tried and is still here.

    `differs`: whoever asked to read it in has not seen this trial yet.
    """
    found = await fetch(request, person, f"/imports/{import_id}")
    errors, notes = [await _errors(request, person, import_id, failed=failed) for failed in (True, False)]
    upload = uploads_of(request).find(person, file)
    missing = await _missing(request, person, found)
    goes_on = found["state"] in ("receiving", "received", "running")
    return page(
        request,
        "imports/import.html",
        headers={"Refresh": "2"} if goes_on else None,
        person=person,
        file=line_of(found, request),
        counts=Texts(COUNTS),
        goes_on=goes_on,
        trial=found["dry_run"],
        token=file,
        tried=upload.tried if found["dry_run"] and upload is not None and upload.became is None else None,
        differs=bool(differs),
        failure=_failure(found) if found["failure"] else None,
        speed=found["rows_per_s"],
        errors=errors,
        notes=notes,
        most=_ERRORS_SHOWN,
        kinds=[_kind(each) for each in found["fault_kinds"]],
        missing=missing,
        lists={} if goes_on or found["dry_run"] else await _lists(request, person, found),
        alike=_of_mapping(found["alike"], found["alike_mapping"]),
        **_unknown(found),
        other=_of_mapping(found["of_other_mapping"], found["other_mapping"]),
        withheld=WITHHELD.get(found["withheld"] or ""),
        would_go=found["dry_run"] and found["snapshot"] == "withdraw" and not found["withheld"],
        withdrawable=found["state"] == "done" and not found["dry_run"] and not found["withdrawn"],
    )


@router.post("/import/{id}/withdraw")
async def withdraw_missing(
    request: Request,
    person: Sender,
    import_id: ImportId,
    form_token: Annotated[str, Form(max_length=200)] = "",
    sure: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Withdraw what a file has no more, once its sender has looked. Where that is not possible any more, nothing."""
    check_form(person, form_token)
    await fetch(request, person, f"/imports/{import_id}")
    if sure:
        await ask(request, person, "POST", f"/imports/{import_id}/withdrawals")
    return RedirectResponse(f"/import/{import_id}", status_code=303)


async def _errors(request: Request, person: Person, import_id: UUID, *, failed: bool) -> list[dict[str, Any]]:
    """The first rows that were refused, or the first notes."""
    query = [("failed", str(failed).lower()), ("limit", str(_ERRORS_SHOWN))]
    found = await fetch(request, person, f"/imports/{import_id}/errors", query=query)
    return [_error(each) for each in found["errors"]]


async def _missing(request: Request, person: Person, found: dict[str, Any]) -> list[dict[str, Any]]:
    """The first reports that a file has no more, with their days as pages write them."""
    if not found["missing"]:
        return []
    query = [("limit", str(_ERRORS_SHOWN))]
    told = await fetch(request, person, f"/imports/{found['id']}/missing", query=query)
    names = await area_names(request)
    days = [saying.day(date.fromisoformat(each["occurred_on"])) for each in told["missing"]]
    return [
        each | {"occurred_on": day, "area": names.get(each["area_code"])}
        for each, day in zip(told["missing"], days, strict=True)
    ]


async def _lists(request: Request, person: Person, found: Mapping[str, Any]) -> dict[str, str]:
    """The lists of the reports that counts of a file are of, where they have as many: of earlier releases none have."""
    lists = {}
    for fate in _LISTED:
        if not found[fate]:
            continue
        asked = {f"{fate}_in_import": found["id"]}
        counted = await fetch(request, person, "/reports/count", query=list(asked.items()))
        if counted["reports"] == found[fate] or counted["at_least"]:
            lists[fate] = link("/reports", asked)
    return lists


@router.get("/import/{id}/errors.csv")
async def export_errors(request: Request, person: Sender, import_id: ImportId) -> Response:
    """All kept errors and notes of a file: line, column, what is wrong, whether the row is in. Never what it says."""
    first = await fetch(request, person, f"/imports/{import_id}/errors", query=[("limit", str(_ERRORS_PAGE))])

    async def lines() -> AsyncIterator[bytes]:
        # The mark is for Excel, which reads UTF-8 only with it.
        heads = [_("Row"), _("Column"), _("Fault or note"), _("Your reference"), _("Is the row taken in?")]
        yield ("\ufeff" + _line(heads)).encode()
        found = first
        while True:
            yield "".join(map(_as_line, found["errors"])).encode()
            if not found["next_cursor"]:
                return
            query = [("limit", str(_ERRORS_PAGE)), ("cursor", found["next_cursor"])]
            found = await fetch(request, person, f"/imports/{import_id}/errors", query=query)

    name = _("errors.csv")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=headers)


def _as_line(each: Mapping[str, Any]) -> str:
    taken = _("no") if each["failed"] else _("yes")
    return _line([str(each["line"]), each["column"] or "", _fault(each["code"]), each["reference"] or "", taken])


def line_of(each: dict[str, Any], request: Request) -> dict[str, Any]:
    """What a list says of one file."""
    zone = request.app.state.zone
    at = datetime.fromisoformat(each["received_at"]) if each["received_at"] else None
    said = saying.day_at_clock(saying.day(at.astimezone(zone).date()), at, zone=zone) if at else "–"
    numbers = {name: each[name] for name in COUNTS}
    numbers["by_default"] += each["unknown_words"]
    state = STATES[each["state"]]
    line = {"id": each["id"], "mapping": each["mapping"], "at": said, "name": each["file_name"]}
    line |= {name: each[name] for name in (*_BESIDE, "missing", "withdrawn", "filler")}
    return line | {"state": _("trial, {state}").format(state=state) if each["dry_run"] else state} | numbers


def _of_mapping(rows: int, mapping: str | None) -> dict[str, Any] | None:
    return {"rows": rows, "mapping": mapping} if rows else None


def _unknown(found: Mapping[str, Any]) -> dict[str, Any]:
    """The words that a reading does not know: of rows that were kept, and of rows that were refused for them."""
    counts = {name: found[name] for name in ("by_default", "unknown_words")}
    return counts | {"defaults": _by_field(found["words_by_default"]), "unknown": _by_field(found["words_unknown"])}


def _by_field(words: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Words that a reading does not know, the most frequent first, under the names of their fields."""
    fields = dict.fromkeys(each["field"] for each in words)
    return [
        {"name": FIELDS[field], "words": [each for each in words if each["field"] == field][:_WORDS_SHOWN]}
        for field in fields
    ]


def _failure(found: dict[str, Any]) -> dict[str, str]:
    """Why a file stopped, where, and what is wrong with the row there; of older files only the service's words."""
    why, reason = why_failed([found["failure_code"]], found["failure"])
    fault = _fault(found["failure_fault"]) if found["failure_fault"] else ""
    return {
        "why": why,
        "reason": reason,
        "fault": fault,
        "where": _where(found["failure_line"], found["failure_column"]),
    }


def _where(line: int | None, column: str | None) -> str:
    row = _("Row {line}").format(line=line) if line is not None else ""
    named = _("column “{column}”").format(column=column) if column else ""
    return ", ".join(filter(None, (row, named)))


def _line(cells: list[str]) -> str:
    sheet = io.StringIO()
    csv.writer(sheet, delimiter=";").writerow(map(defused, cells))
    return sheet.getvalue()


def _error(each: dict[str, Any]) -> dict[str, Any]:
    return {name: each[name] for name in ("line", "column", "reference")} | {"what": _fault(each["code"])}


def _kind(each: dict[str, Any]) -> dict[str, Any]:
    """The same fault of several rows, and the first of them."""
    return {name: each[name] for name in ("column", "failed", "count")} | {
        "what": _fault(each["code"]),
        "rows": ", ".join(map(str, each["lines"])) + (" …" if each["count"] > len(each["lines"]) else ""),
    }


def _fault(code: str) -> str:
    return ERRORS.get(code) or ERRORS["other"].format(code=code)
