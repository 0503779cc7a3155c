"""`/import`: a file is sent, its mapping looked at and mended, and its reading begun. No JavaScript."""

from collections.abc import Collection
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from services.gateway.pages.frame.addresses import Page, wrong_value
from services.gateway.pages.frame.asking import fetch, signed_in_who_may
from services.gateway.pages.frame.categories import categories, in_use
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.visitors import Person, check_form, fields_of
from services.gateway.pages.imports.beginning import NotBegun, begin, is_unseen, kept_readings, try_out
from services.gateway.pages.imports.codes import COUNTS, GONE, SNAPSHOTS, SNAPSHOTS_OF
from services.gateway.pages.imports.dates import choices_of
from services.gateway.pages.imports.doubts import doubts_of
from services.gateway.pages.imports.encodings import encodings_of
from services.gateway.pages.imports.following import line_of
from services.gateway.pages.imports.mapping_form import columns_of, document_of, whole_of
from services.gateway.pages.imports.readings import Reading, Tried, Whole, columns_in, lacks, reading_of
from services.gateway.pages.imports.suggesting import (
    AtHand,
    check_columns,
    check_listed,
    list_words,
    suggested,
    with_tried,
)
from services.gateway.pages.imports.uploads import uploads_of
from services.gateway.pages.imports.words import (
    CODED,
    choices,
    chosen_anew,
    direction_of,
    is_of_both,
    lines_of,
    with_suggested,
    without_words,
)
from services.gateway.pages.speech.language import Texts
from services.gateway.pages.speech.language import gettext as _

router = APIRouter(route_class=Page, include_in_schema=False)

Sender = Annotated[Person, signed_in_who_may("POST", "/imports")]
Token = Annotated[str, Path(max_length=60)]


@router.get("/import")
async def show_imports(request: Request, person: Sender) -> Response:
    """The form for a file, and the files sent before."""
    return await _list(request, person)


@router.post("/import")
async def send_file(
    request: Request,
    person: Sender,
    file: Annotated[UploadFile | None, File()] = None,
    form_token: Annotated[str, Form()] = "",
) -> Response:
    """Keep the file for now, and go on to its mapping."""
    check_form(person, form_token)
    token = await uploads_of(request).keep(person, file) if file else None
    if token is None:
        return await _list(request, person, wrong=_("Choose a file with something in it."))
    return RedirectResponse(f"/import/file/{token}", status_code=303)


@router.get("/import/file/{token}")
async def show_mapping(
    request: Request, person: Sender, token: Token, base: Annotated[str | None, Query(max_length=60)] = None
) -> Response:
    """How the file would be read, beside its first rows. `base`: the mark of the reading that is wanted."""
    upload = uploads_of(request).find(person, token)
    if upload is None:
        return await _list(request, person, wrong=_(GONE), status=404)
    if upload.became is not None:
        return RedirectResponse(f"/import/{upload.became}", status_code=303)
    try:
        suggestion = await suggested(request, person, upload)
    except NotBegun as refused:
        return await _list(request, person, wrong=refused.why, reason=refused.reason)
    known = await kept_readings(request, person)
    shown = reading_of(base, tried=upload.tried, suggestion=suggestion, known=known)
    if base is not None and shown.mark != base:
        raise wrong_value("base")
    whole = upload.tried.whole if upload.tried else None
    bare = without_words(shown.document) if shown.origin == "tried" else ()
    at = AtHand(token, upload, suggestion)
    return await _mapping(request, person, at, shown=shown, base=shown, known=known, whole=whole, anew=bare)


@router.post("/import/file/{token}")
async def start_import(request: Request, person: Sender, token: Token) -> Response:
    """Keep the mapping and hand the file to the service that reads it; a trial keeps neither.

    A file that was tried is read in as it was; where that is not what was sent, it is tried once more.
    """
    sent = await fields_of(request, most=7000)
    check_form(person, sent.get("form_token", ""))
    async with uploads_of(request).turn(person, token) as upload:
        if upload is None:
            return await _list(request, person, wrong=_(GONE), status=404)
        if upload.became is not None:
            return RedirectResponse(f"/import/{upload.became}", status_code=303)
        try:
            suggestion = await suggested(request, person, upload)
        except NotBegun as refused:
            return await _list(request, person, wrong=refused.why, reason=refused.reason)
        known, at = await kept_readings(request, person), AtHand(token, upload, suggestion)
        base = reading_of(sent.get("base", "suggested"), tried=upload.tried, suggestion=suggestion, known=known)
        document = document_of(base.document, sent, kept=base.origin == "kept")
        reading = Reading(document=document, name=sent.get("name", "").strip())
        trial, sure, whole = "trial" in sent, "confirmed" in sent, whole_of(sent)
        anew = chosen_anew(base.document, document, sent)
        form: dict[str, Any] = {"shown": reading, "base": base, "known": known, "whole": whole, "anew": anew}
        if "words" in sent:
            return await _mapping(request, person, at, **form)
        try:
            check_columns(document, suggestion)
            await check_listed(request, person, at, document, anew if "asks_words" in sent else ())
            if trial or await is_unseen(request, person, upload, reading, sure=sure, whole=whole):
                tried = await try_out(request, person, upload, reading, sure=sure, whole=whole)
                return _to_trial(token, tried, differs=not trial)
            import_id = await begin(
                request, person, upload, reading, sure=sure, whole=whole, replaced=sent.get("replace", "")
            )
        except NotBegun as refused:
            return await _mapping(request, person, at, **form, refused=refused)
    return RedirectResponse(f"/import/{import_id}", status_code=303)


@router.post("/import/file/{token}/read")
async def read_tried(
    request: Request,
    person: Sender,
    token: Token,
    form_token: Annotated[str, Form(max_length=200)] = "",
    tried: Annotated[str, Form(max_length=100)] = "",
    takes_over: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Read in a file that was tried, as it was tried; it corrects another reading's reports where that is said.

    tried: the mark of the trial that its sender looks at.
    """
    check_form(person, form_token)
    async with uploads_of(request).turn(person, token) as upload:
        if upload is None or upload.tried is None:
            return await _list(request, person, wrong=_(GONE), status=404)
        last = upload.tried
        if upload.became is None and tried != last.mark:
            return _to_trial(token, last, differs=True)
        try:
            over, sure = bool(takes_over), last.reading.sure
            started = upload.became or await begin(
                request, person, upload, last.reading, sure=sure, whole=last.whole, takes_over=over
            )
        except NotBegun as refused:
            try:
                suggestion = await suggested(request, person, upload)
            except NotBegun as unread:
                return await _list(request, person, wrong=unread.why, reason=unread.reason)
            shown, known = last.reading, await kept_readings(request, person)
            return await _mapping(
                request,
                person,
                AtHand(token, upload, suggestion),
                shown=shown,
                base=shown,
                known=known,
                refused=refused,
                whole=last.whole,
            )
    return RedirectResponse(f"/import/{started}", status_code=303)


def _to_trial(token: str, trial: Tried, *, differs: bool) -> Response:
    """To what a trial shows. differs: it was asked to read the file in, and another trial was seen before that."""
    query = [("file", token), *([("differs", "1")] if differs else [])]
    return RedirectResponse(f"/import/{trial.id}?{urlencode(query)}", status_code=303)


async def _list(
    request: Request, person: Person, *, wrong: str | None = None, reason: str = "", status: int = 422
) -> Response:
    """The files there are. status: with what is wrong, where that is."""
    found = await fetch(request, person, "/imports", query=[("limit", "20")])
    return page(
        request,
        "imports/imports.html",
        status=status if wrong else 200,
        person=person,
        wrong=wrong,
        reason=reason,
        files=[line_of(each, request) for each in found["imports"]],
        counts=Texts({name: COUNTS[name] for name in list(COUNTS)[:5]}),
    )


async def _mapping(
    request: Request,
    person: Person,
    at: AtHand,
    *,
    shown: Reading,
    base: Reading,
    known: list[dict[str, Any]],
    refused: NotBegun | None = None,
    whole: Whole | None = None,
    anew: Collection[str] = (),
) -> Response:
    """The form, and what it was made of the first time: they differ where it comes back with faults.

    anew: fields whose words are listed now for the first time.
    """
    await list_words(request, person, at, shown.document)
    await with_tried(request, person, at)
    document = with_suggested(shown.document, at.suggestion, anew)
    columns = columns_of(document)
    return page(
        request,
        "imports/mapping.html",
        status=422 if refused else 200,
        person=person,
        token=at.token,
        refused=refused,
        name=shown.name,
        base=base,
        others=[each["name"] for each in known if base.mark != f"kept:{each['name']}"],
        names=[each["name"] for each in known],
        **_doubts(at.suggestion, columns, base=base),
        columns=columns,
        direction=direction_of(document),
        choices=choices(in_use(await categories(request, person)), both=is_of_both(document)),
        crs=document.get("crs") or "",
        identity=document.get("identity") or [],
        whole=whole,
        snapshots=SNAPSHOTS,
        snapshots_of=SNAPSHOTS_OF,
        constant=document.get("constants", {}).get("category", "other"),
        time_zone=document.get("time_zone"),
        **_of_file(at.suggestion, document, request=request),
    )


def _doubts(suggestion: dict[str, Any], columns: list[dict[str, Any]], *, base: Reading) -> dict[str, Any]:
    """What could not be told of the file, of a form that was made of the suggestion; of any other it is no matter."""
    if base.origin != "suggested":
        return {"doubts": [], "doubts_by_field": {}}
    found = doubts_of(suggestion, {row["field"]: row["chosen"] for row in columns})
    return {"doubts": found.others, "doubts_by_field": found.by_field}


def _of_file(suggestion: dict[str, Any], document: dict[str, Any], *, request: Request) -> dict[str, Any]:
    """What the file holds, beside what a mapping makes of it."""
    header, rows = suggestion["header"], suggestion["rows"]
    same_dates = document["columns"].get("occurred_from") == suggestion["mapping"]["columns"].get("occurred_from")
    return {
        "midnight": document.get("midnight") == "unknown",
        "encodings": encodings_of(suggestion, document),
        "encoding": document.get("encoding", "auto"),
        "sheet": document.get("sheet"),
        "header_row": document.get("header_row"),
        "header": header,
        "rows": rows,
        "lines": suggestion.get("lines"),
        "sheets": suggestion.get("sheets"),
        "lacking": lacks(document, header),
        "unused": [name for name in header if name and name not in columns_in(document)],
        "words": lines_of(document, words=suggestion["words"]),
        "listed": {field: document["columns"].get(field, "") for field in CODED},
        "looked_at": suggestion["looked_at"],
        "dates": choices_of(document, suggestion["dates"] if same_dates else (), zone=request.app.state.zone),
        "systems": dict.fromkeys((request.app.state.settings.municipality.crs, "EPSG:3006", "EPSG:4326")),
    }
