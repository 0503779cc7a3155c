"""`/areas/file/…`: what a file offers, how it is read, what that would change, and the import itself."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.gateway.pages.areas.codes import CHANGES, FAULTS, KINDS, NOTES, UNREAD, why_unread
from services.gateway.pages.areas.form import TICKS, fields_of, levels, mark_of_trial, properties, reading_of
from services.gateway.pages.areas.page import Importer, in_use, shown
from services.gateway.pages.areas.preview import COLOURS, preview
from services.gateway.pages.areas.sending import Refused, find_file
from services.gateway.pages.drawing.maps import swatch
from services.gateway.pages.frame.addresses import Page, wrong_value
from services.gateway.pages.frame.asking import Answer, ask, fetch
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.visitors import Person, check_form
from services.gateway.pages.frame.visitors import fields_of as sent_fields
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import ENGLISH, Texts, language
from services.gateway.pages.speech.language import gettext as _

router = APIRouter(route_class=Page, include_in_schema=False)

FileId = Annotated[UUID, Path()]
_MOST_SHOWN = 200


@router.get("/areas/file/{file_id}")
async def show_file(
    request: Request, person: Importer, file_id: FileId, layer: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """The properties of the file beside the reading that is suggested."""
    file = await find_file(request, person, file_id, layer=layer)
    if file is None and layer and await find_file(request, person, file_id, layer=""):
        raise wrong_value("layer")
    if file is None:
        return await _gone(request, person)
    tree = await fetch(request, person, "/areas")
    return await _reading(request, person, file, fields=fields_of(file["suggested"]), tree=tree)


@router.post("/areas/file/{file_id}")
async def read_file(request: Request, person: Importer, file_id: FileId) -> Response:
    """Say what a reading would change, or import the file by the reading that was said so of."""
    sent = await sent_fields(request, most=60)
    check_form(person, sent.get("form_token", ""))
    file = await find_file(request, person, file_id, layer=sent.get("layer", ""))
    if file is None:
        return await _gone(request, person)
    body = reading_of(sent, suggested=file["suggested"])
    tree = await fetch(request, person, "/areas")
    mark = mark_of_trial(body, tree_version=tree["version"])
    fields = fields_of(file["suggested"]) | dict.fromkeys(TICKS, "") | sent
    shown = partial(_reading, request, person, file, fields=fields, tree=tree)
    wanted = "import" in sent
    if wanted and sent.get("tried") == mark:
        answer = await ask(request, person, "POST", f"/areas/files/{file_id}/imports", body=body)
        if answer.taken:
            return RedirectResponse(in_use(answer.body), status_code=303)
        return await shown(refused=answer, tried=mark)
    answer = await ask(request, person, "POST", f"/areas/files/{file_id}/trials", body=body)
    if not answer.taken:
        return await shown(refused=answer)
    return await shown(trial=answer.body, tried=mark, differs=wanted)


async def _gone(request: Request, person: Person) -> Response:
    return await shown(request, person, wrong=Refused(_("The file is no longer here. Choose it again.")), status=404)


async def _reading(
    request: Request,
    person: Person,
    file: dict[str, Any],
    *,
    fields: dict[str, str],
    tree: dict[str, Any],
    trial: dict[str, Any] | None = None,
    refused: Answer | None = None,
    tried: str = "",
    differs: bool = False,
) -> Response:
    """The form, and above it what became of it. tried: the mark of the trial; differs: another was seen before."""
    return page(
        request,
        "areas/file.html",
        status=200 if refused is None else 422,
        person=person,
        file=file,
        typed=fields,
        kinds=KINDS,
        doubts=_said(NOTES, file["doubts"]),
        properties={role: properties(file, role) for role in ("code", "name", "parent")},
        levels=[(level, _level(level, tree["areas"])) for level in levels(tree["areas"])],
        trial=trial and _trial(trial, names={each["code"]: each["name"] for each in tree["areas"]}),
        wrong=refused and _why(refused),
        confirmable=refused is not None and _confirmable(refused),
        retires=refused is not None and refused.status == 409,
        tried=tried,
        differs=differs,
    )


def _level(level: int, areas: Sequence[Mapping[str, Any]]) -> str:
    """What it is to import a level alone."""
    if any(each["active"] and each["level"] == level for each in areas):
        return _("level {n} of the areas in use; the others stay").format(n=level)
    return _("a new level {n} below the areas in use; those stay").format(n=level)


def _trial(trial: dict[str, Any], *, names: dict[str, str]) -> dict[str, Any]:
    """What a trial says, as the page shows it. names: of the areas in use, by their codes."""
    names = names | {each["code"]: each["name"] for each in trial["areas"]}
    said = {each["code"]: _sentence(each) for each in trial["areas"]}
    return {
        **trial,
        "notes": _said(NOTES, trial["notes"]),
        "faults": _faults(trial["faults"]),
        "beyond": any(each["code"] == "outside-parent" for each in trial["faults"]),
        "moves": [
            {**each, **{way: _called(each[way], names) for way in ("area_from", "area_to")}} for each in trial["moves"]
        ],
        "changes": [(each, CHANGES[each], trial[each]) for each in ("added", "changed", "retired", "unchanged")],
        "areas": [{**each, "how": CHANGES[each["change"]]} for each in trial["areas"][:_MOST_SHOWN]],
        "more": max(0, len(trial["areas"]) - _MOST_SHOWN),
        "map": preview(trial["areas"], name=_("The areas as they would be"), said=said),
        "legend": [(swatch(colour), CHANGES[change]) for change, colour in COLOURS.items()],
    }


def _called(code: str | None, names: dict[str, str]) -> str | None:
    return code and (f"{names[code]} ({code})" if code in names else code)


def _faults(faults: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is wrong, each sentence once, with the areas that it is about; the service's own words in their language."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in faults:
        detail = each["detail"] if language() is ENGLISH else ""
        found.setdefault((_named(FAULTS, each["code"]), detail), []).append(each["about"] or "")
    return [
        {"why": why, "detail": detail, "about": ", ".join(dict.fromkeys(filter(None, about)))}
        for (why, detail), about in found.items()
    ]


def _sentence(area: dict[str, Any]) -> str:
    return f"{area['name']} ({area['code']}): {CHANGES[area['change']]}"


def _said(texts: Texts[str], notes: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Notes in words, and the areas that each is about."""
    return [(_in_full(_named(texts, each["code"]), each), _codes(each)) for each in notes]


def _codes(note: Mapping[str, Any]) -> list[str]:
    """The areas that a note names, and that there are more."""
    more = [_("{n} more").format(n=saying.number(note["more"]))] if note.get("more") else []
    return [*note.get("areas", []), *more]


def _in_full(words: str, note: Mapping[str, Any]) -> str:
    """With the kilometres and the system that a note is about."""
    return words.format(n=saying.number(note.get("distance_km") or 0), crs=note.get("crs"))


def _named(texts: Texts[str], code: str) -> str:
    return texts[code] if code in texts else texts["other"].format(code=code)


def _confirmable(refused: Answer) -> bool:
    codes = [each["code"] for each in refused.errors]
    return bool(codes) and all(code.startswith("weak_") for code in codes)


def _why(refused: Answer) -> list[tuple[str, str]]:
    """Why a reading was refused: sentences, each with what it is about."""
    if refused.status == 409:
        return [(_("More than half of the areas in use would go out of use. Is it the right file?"), "")]
    if _confirmable(refused):
        return [(_("A name looks like personal data. Choose another property, or confirm that it is not."), "")]
    if any(each["code"].startswith("strong_") for each in refused.errors):
        return [(_("A name or code holds personal data. Choose another property."), "")]
    unread = [each["code"] for each in refused.errors if each["field"] == "file" and each["code"] in UNREAD]
    if unread:
        return [(why_unread(unread[0], None), "")]
    known = [(FAULTS[each["code"]], each.get("about") or "") for each in refused.errors if each["code"] in FAULTS]
    return known[:_MOST_SHOWN] or [
        (_("The reading does not fit together. Look at the coordinate system, the properties and the numbers."), "")
    ]
