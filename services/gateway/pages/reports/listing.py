"""`/reports`: the reports this reader may see, chosen by a plain form; all of its state is in the address."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from services.gateway.pages import drawing
from services.gateway.pages.frame.addresses import CALLED, Page, wrong_value
from services.gateway.pages.frame.asking import Answer, ask, fetch, pass_on
from services.gateway.pages.frame.asking import Query as Asked
from services.gateway.pages.frame.beside import beside
from services.gateway.pages.frame.categories import in_use
from services.gateway.pages.frame.links import link
from services.gateway.pages.frame.organisations import organisation_names
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.visitors import Person, SignedIn
from services.gateway.pages.frame.way_back import remember_list
from services.gateway.pages.maps.areas import all_places
from services.gateway.pages.maps.places import Caption, map_of
from services.gateway.pages.maps.tree import Place, code_of, leaves
from services.gateway.pages.reports.choices import CHOSEN, ORDERS, OWN, OfFile, OfList, asked
from services.gateway.pages.reports.refusals import faults_of
from services.gateway.pages.reports.slices import OF_FILES, SLICES, narrowed
from services.gateway.pages.reports.wording import in_words, words_of
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.codes import SEVERITY, STATUS
from services.gateway.pages.speech.language import Texts, gettext, language, marked, marked_in
from services.gateway.pages.speech.language import gettext as _

router = APIRouter(route_class=Page, include_in_schema=False)

_PAGE = 50
_NAMES = ("area", "category", "from", "to", "severity", "dark", "status", "sender", "words", "sort", *SLICES)
# What the form calls what an address asks for.
CHOICES = Texts(
    {
        "area": marked("Area"),
        "category": marked("Category"),
        "from": marked_in("first day", "From"),
        "to": marked("To"),
        "severity": marked("Severity"),
        "dark": marked_in("choice", "Light"),
        "status": marked("Status"),
        "organisation_id": marked("Sent by"),
        "words": marked("Words in the text"),
        **dict.fromkeys(OF_FILES, marked("File")),
    }
)
# The form in which people open a file; systems ask for the other one.
_FOR_PEOPLE = {"format": "excel"}


@router.get("/reports", openapi_extra={CALLED: CHOSEN})
async def show_reports(request: Request, person: SignedIn, choices: OfList) -> Response:
    """The list, the map of what is in it, and the form."""
    places = await all_places(request)
    words = await words_of(request, person)
    wanted, names, cursor = choices.wanted(person), await organisation_names(request, person), choices.cursor
    if "area" in wanted:
        wanted["area"] = code_of(places, wanted["area"]) or wanted["area"]
    by, _name, heading = ORDERS[wanted.get("sort", "")]
    of_these = asked(wanted, person)
    query = [*of_these, *by.items(), ("limit", str(_PAGE)), *([("cursor", cursor)] if cursor else [])]
    answer = await ask(request, person, "GET", "/reports", query=query)
    _check_beside(answer, cursor=cursor)
    found = answer.body if answer.taken else {"reports": [], "next_cursor": None}
    in_file = {name: value for name, value in wanted.items() if name != "sort"}
    in_all = await _in_all(request, person, of_these, found, is_first=not cursor)
    rows = [in_words(each, words) | {"sender": names.get(each["organisation_id"])} for each in found["reports"]]
    shown = page(
        request,
        "reports/listing.html",
        status=200 if answer.taken else 422,
        person=person,
        chosen={name: wanted.get(name, "") for name in _NAMES},
        narrowed=await narrowed(request, person, wanted),
        slices=SLICES,
        wrong=None if answer.taken else _wrong(answer),
        rows=rows,
        in_all=in_all,
        hidden=any(row["coarse"] for row in rows),
        map=_map(rows, places, wanted) if rows else None,
        categories=in_use(words.categories),
        **_selects(person, places, names),
        heading=gettext(heading),
        first=_address(wanted) if cursor else None,
        next=_address(wanted, cursor=found["next_cursor"]) if found["next_cursor"] else None,
        sheet=link("/reports.csv", in_file | _FOR_PEOPLE),
        csv=link("/reports.csv", in_file),
    )
    if answer.taken:
        remember_list(request, person, shown, of="/reports")
    return shown


@router.get("/reports.csv", openapi_extra={CALLED: CHOSEN})
async def export_reports(request: Request, person: SignedIn, choices: OfFile) -> Response:
    """All the chosen reports as a file, passed on as the service finds them."""
    name = _("reports.csv")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    form = [*_FOR_PEOPLE.items(), ("language", language().tag)] if choices.format else []
    query = [*asked(choices.wanted(person), person), *form]
    return await pass_on(request, person, "/reports.csv", query=query, headers=headers)


def _selects(person: Person, places: Mapping[str, Place], names: Mapping[str, str]) -> dict[str, Any]:
    """What else can be chosen: codes and names."""
    return {
        "areas": indented(places),
        "severities": SEVERITY,
        "statuses": STATUS,
        "senders": _senders(person, names),
        "orders": [(code, gettext(name)) for code, (_by, name, _heading) in ORDERS.items()],
    }


async def _in_all(
    request: Request, person: Person, of_these: Asked, found: Mapping[str, Any], *, is_first: bool
) -> str | None:
    """How many reports the list has on all its pages; None where that is not told in time: the list does without."""
    if is_first and found["next_cursor"] is None:
        return saying.reports(len(found["reports"]))
    counted = await beside(fetch(request, person, "/reports/count", query=of_these), of="/reports/count")
    if counted is None:
        return None
    n = counted["reports"]
    return _("more than {n}").format(n=saying.reports(n)) if counted["at_least"] else saying.reports(n)


def _senders(person: Person, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Whose reports can be chosen: one's own organisation's, and for who sees everybody's each one's."""
    own = str(person.principal.organisation_id)
    others = sorted((name, code) for code, name in names.items() if code != own)
    rest = [(code, name) for name, code in others] if person.principal.sees_everything else []
    return [(OWN, _("your organisation")), *rest]


def indented(places: Mapping[str, Place]) -> list[tuple[str, str]]:
    """The areas for a select: code and name, each below the one it lies in."""
    rows = sorted(places.values(), key=lambda place: place.path)
    return [(place.code, "\u2003" * (len(place.path) - 1) + place.name) for place in rows]


def _check_beside(answer: Answer, *, cursor: str) -> None:
    """Raise Invalid where what was refused is none of the form's choices: it would say nothing of that."""
    if answer.status == 400 and cursor:
        raise wrong_value("cursor")
    for each in answer.errors:
        if each["field"] in SLICES and each["field"] not in CHOICES:
            raise wrong_value(each["field"])


def _wrong(answer: Answer) -> str:
    """Why nothing was looked for: who searches for a person is told so."""
    personal = faults_of(each for each in answer.errors if each["code"].startswith("strong_"))
    said = [each for many in personal.said.values() for each in many]
    if said:
        return said[0]
    if any(each["code"] == "before_start" for each in answer.errors):
        return _("The last day lies before the first. Change one of them.")
    choices = [CHOICES[each["field"]] for each in answer.errors if each["field"] in CHOICES]
    if choices:
        return _("“{choice}” could not be understood. Change it and try again.").format(choice=choices[0])
    return _("One of the choices could not be understood. Look at the dates and try again.")


def _address(wanted: Mapping[str, str], **changes: str) -> str:
    return link("/reports", {**wanted, **changes})


def _map(rows: Sequence[Mapping[str, Any]], places: Mapping[str, Place], wanted: Mapping[str, str]) -> Markup | None:
    """The areas of the rows on this page. Nothing is counted here that the table does not say one by one."""
    counts = Counter(row["area_code"] for row in rows if row["area_code"])
    tiles = leaves(places, within=area if (area := wanted.get("area")) in places else None)
    if not tiles:
        return None

    def caption(tile: Place) -> Caption:
        n = counts[tile.code]
        return Caption(
            href=_address(wanted, area=tile.code),
            said=_("{name}: {n} on this page").format(name=tile.name, n=saying.reports(n)),
            label=saying.number(n) if n else "",
            count=n,
        )

    scale = drawing.scale_for(max(counts.values(), default=0))
    name = _("Map of the reports on this page. The same stands in the table.")
    return map_of(places, tiles, counts, caption, scale=scale, name=name)
