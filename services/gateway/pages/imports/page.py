"""`/import`: a file is sent, its mapping looked at and mended, and its reading begun. No JavaScript."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from services.gateway.pages.frame.asking import ask, fetch, signed_in_who_may
from services.gateway.pages.frame.categories import categories, in_use
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.visitors import Person, check_form, fields_of
from services.gateway.pages.imports.codes import COUNTS, GONE, UNFIT, UNREADABLE
from services.gateway.pages.imports.following import line_of
from services.gateway.pages.imports.mapping_form import choices, columns_of, document_of, doubts_of, values_of
from services.gateway.pages.imports.uploads import Upload, uploads_of
from services.gateway.pages.speech.language import Texts
from services.gateway.pages.speech.language import gettext as _
from shared.errors import TooLarge
from shared.http.operations import Page

router = APIRouter(route_class=Page, include_in_schema=False)

_HEAD = 500_000
_SHEET_HEAD = 1_000_000
Sender = Annotated[Person, signed_in_who_may("POST", "/imports")]
Token = Annotated[str, Path(max_length=60)]


class NotBegun(Exception):
    """A file was not handed over for reading: `why` is for the page, and whether its sender may confirm it away."""

    def __init__(self, why: str, *, confirmable: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.confirmable = confirmable


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
    request: Request, person: Sender, token: Token, reading: Annotated[str | None, Query(max_length=40)] = None
) -> Response:
    """The suggestion beside the first rows; with the name of a kept reading that, to be changed after a trial."""
    upload = uploads_of(request).find(person, token)
    if upload is None:
        return await _list(request, person, wrong=_(GONE))
    if upload.became is not None:
        return RedirectResponse(f"/import/{upload.became}", status_code=303)
    suggestion = await _suggested(request, person, upload)
    if suggestion is None:
        return await _list(request, person, wrong=_(UNREADABLE))
    document = suggestion["mapping"]
    if reading is not None and _is_name(reading):
        document = (await fetch(request, person, f"/mappings/{reading}"))["mapping"]
    return await _mapping(request, person, token, suggestion, document=document, name=reading or "")


@router.post("/import/file/{token}")
async def start_import(request: Request, person: Sender, token: Token) -> Response:
    """Keep the mapping and hand the file to the service that reads it, or that only tells what would become of it."""
    sent = await fields_of(request, most=7000)
    check_form(person, sent.get("form_token", ""))
    async with uploads_of(request).turn(person, token) as upload:
        if upload is None:
            return await _list(request, person, wrong=_(GONE))
        if upload.became is not None:
            return RedirectResponse(f"/import/{upload.became}", status_code=303)
        suggestion = await _suggested(request, person, upload)
        if suggestion is None:
            return await _list(request, person, wrong=_(UNREADABLE))
        document, name = document_of(suggestion["mapping"], sent), sent.get("name", "").strip()
        sure = {"confirmed_no_personal_data": True} if "confirmed" in sent else {}
        trial = "trial" in sent
        try:
            import_id = await _begin(request, person, upload, document=document | sure, name=name, trial=trial)
        except NotBegun as refused:
            return await _mapping(request, person, token, suggestion, document=document, refused=refused, name=name)
    return RedirectResponse(f"/import/{import_id}{f'?file={token}' if trial else ''}", status_code=303)


@router.post("/import/file/{token}/read")
async def read_tried(
    request: Request,
    person: Sender,
    token: Token,
    reading: Annotated[str, Form(max_length=40)],
    form_token: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Read in a file that was tried, as it was tried."""
    check_form(person, form_token)
    async with uploads_of(request).turn(person, token) as upload:
        if upload is None:
            return await _list(request, person, wrong=_(GONE))
        started = upload.became or await _hand_over(request, person, upload, name=reading, trial=False)
    if started is None:
        return await _list(request, person, wrong=_(UNFIT))
    return RedirectResponse(f"/import/{started}", status_code=303)


async def _begin(
    request: Request, person: Person, upload: Upload, *, document: dict[str, Any], name: str, trial: bool
) -> UUID:
    """The id of the import. Raises NotBegun."""
    wrong_name = _("The name may only have small letters a–z, digits and hyphens.")
    wrong_mapping = _(
        "This reading does not fit together. Look at the columns, the form of the date and the coordinate system."
    )
    if "occurred_from" not in document["columns"]:
        raise NotBegun(_("Choose the column with the date."))
    if not _is_name(name):
        raise NotBegun(wrong_name)
    kept = await ask(request, person, "PUT", f"/mappings/{name}", body=document)
    if not kept.taken:
        if (codes := [each["code"] for each in kept.errors]) and all(code.startswith("weak_") for code in codes):
            raise NotBegun(
                _("A name, a column or a word looks like personal data. Change it, or confirm that it is not."),
                confirmable=True,
            )
        if any(code.startswith("strong_") for code in codes):
            raise NotBegun(_("A name, a column or a word holds personal data. Take it out of the file."))
        raise NotBegun(wrong_name if any("name" in each["field"] for each in kept.errors) else wrong_mapping)
    import_id = await _hand_over(request, person, upload, name=name, trial=trial)
    if import_id is None:
        raise NotBegun(_(UNFIT))
    return import_id


def _is_name(name: str) -> bool:
    return name.isascii() and name.replace("-", "a").isalnum() and name == name.lower() and len(name) <= 40


async def _hand_over(request: Request, person: Person, upload: Upload, *, name: str, trial: bool) -> UUID | None:
    """The id of the import, or None where the service refuses the file."""
    answer = await ask(
        request, person, "POST", "/imports",
        query=[("mapping", name), ("dry_run", str(trial).lower())],
        body=upload.parts(), headers={"Content-Type": upload.kind},
    )  # fmt: skip
    if not answer.taken:
        return None
    import_id = UUID(answer.body["id"])
    if not trial:
        upload.was_read_in(import_id)
    return import_id


async def _suggested(request: Request, person: Person, upload: Upload) -> dict[str, Any] | None:
    """The service's suggestion; None where it finds no table in the file."""
    sheet = upload.kind != "text/csv"
    if sheet and upload.size > _SHEET_HEAD:
        return None
    head = await upload.head(_SHEET_HEAD if sheet else _HEAD)
    try:
        answer = await ask(
            request, person, "POST", "/mappings/suggest", body=head, headers={"Content-Type": upload.kind}
        )
    except TooLarge:
        return None
    found: dict[str, Any] | None = answer.body if answer.taken else None
    return found


async def _list(request: Request, person: Person, *, wrong: str | None = None) -> Response:
    found = await fetch(request, person, "/imports", query=[("limit", "20")])
    return page(
        request,
        "imports/imports.html",
        status=422 if wrong else 200,
        person=person,
        wrong=wrong,
        files=[line_of(each, request) for each in found["imports"]],
        counts=Texts({name: COUNTS[name] for name in list(COUNTS)[:5]}),
    )


async def _mapping(
    request: Request,
    person: Person,
    token: str,
    suggestion: dict[str, Any],
    *,
    document: dict[str, Any],
    refused: NotBegun | None = None,
    name: str = "",
) -> Response:
    known = (await fetch(request, person, "/mappings"))["mappings"]
    return page(
        request,
        "imports/mapping.html",
        status=422 if refused else 200,
        person=person,
        token=token,
        wrong=refused and refused.why,
        confirmable=refused is not None and refused.confirmable,
        name=name or (known[0]["name"] if known else "var-lista"),
        names=[each["name"] for each in known],
        header=suggestion["header"],
        rows=suggestion["rows"],
        doubts=doubts_of(suggestion["doubt_codes"]),
        columns=columns_of(document),
        values=values_of(document, suggestion["header"], suggestion["rows"]),
        choices=choices(in_use(await categories(request, person))),
        datetime_format=document.get("datetime_format", ""),
        crs=document.get("crs") or "",
        constant=document.get("constants", {}).get("category", "other"),
    )
