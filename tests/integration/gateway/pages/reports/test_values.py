"""What is typed into the form of a report: said beside its field where it cannot be, and never lost."""

import html
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.integration.gateway.pages.reports.test_correct import send_by_api
from tests.support.make.forms import filled, send
from tests.support.make.people import Visitor, hidden
from tests.support.make.reports import make_report

Visit = Callable[..., Awaitable[Visitor]]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": "a" * 20_000}, "Texten får ha högst 2"),
        ({"text": "a\x00b"}, "tecken som ingen tangent ger"),
        ({"external_reference": "x" * 2000}, "Beteckningen får ha högst 100 tecken"),
        ({"external_reference": "\u200b"}, "Skriv en beteckning som syns"),
        ({"day": "9999-12-31"}, "Tiden måste ligga mellan"),
        ({"clock_to": "22:00", "day_to": "9999-12-31"}, "Slutet måste ligga mellan"),
        ({"lat": "6_3", "lon": "14,64"}, "Platsen går inte att placera i kommunen"),
        ({"lat": "６３", "lon": "14,64"}, "Platsen går inte att placera i kommunen"),
        ({"lat": "59,33", "lon": "18,07"}, "Platsen går inte att placera i kommunen"),
        ({"lat": "14,64", "lon": "63,18"}, "Platsen går inte att placera i kommunen"),
        ({"lat": "0", "lon": "0"}, "Platsen går inte att placera i kommunen"),
        ({"what": "x" * 500}, "Välj en kategori i listan"),
        ({"area": "x" * 500}, "Området finns inte"),
    ],
)
async def test_what_cannot_be_stands_beside_its_field(visit: Visit, typed: dict[str, str], said: str) -> None:
    """POST /reports/{id}/correct, as /reports/new: 422, a sentence, and all that was typed."""
    visitor = await visit()
    path = await send(visitor)
    form = filled((await visitor.browser.get(f"{path}/correct")).text) | {"lat": "", "lon": ""} | typed
    # A correction changes no reference: its form has no field for one.
    for address in ("/reports/new",) if "external_reference" in typed else (f"{path}/correct", "/reports/new"):
        answer = await visitor.browser.post(address, data=form)
        assert answer.status_code == 422
        assert said in html.unescape(answer.text)
        assert filled(answer.text)["clock_from"] == form["clock_from"]
        for name in typed.keys() & {"text", "lat", "lon", "day"} if "\x00" not in str(typed) else ():
            assert filled(answer.text)[name] == typed[name]


async def test_a_point_in_the_neighbourhood_is_kept(visit: Visit) -> None:
    """POST /reports/new: outside all areas and near them; the page says that the place is in none."""
    visitor = await visit()
    page = (await visitor.browser.get(await send(visitor, lat="63,2", lon="14,95", area=""))).text
    assert "utan känd plats" in page


@pytest.mark.parametrize(
    ("sent", "ends"),
    [
        ({"occurred_from": "2026-05-01", "occurred_to": None}, "2026-05-01T22:00:00Z"),
        ({"occurred_from": "2026-05-01", "occurred_to": "2026-05-03"}, "2026-05-03T22:00:00Z"),
    ],
)
async def test_a_whole_day_stays_one(visit: Visit, partner: Any, sent: dict[str, Any], ends: str) -> None:
    """POST /reports/{id}/correct: no hour is made up for it, neither untouched nor with another last day."""
    visitor = await visit()
    report = await send_by_api(partner, visitor, make_report(**sent, point={"lon": 14.65, "lat": 63.15}))
    path = f"/reports/{report['id']}/correct"
    form = filled((await visitor.browser.get(path)).text)
    assert (form["day"], form["clock_from"], form["clock_to"]) == ("2026-05-01", "", "")
    assert (await visitor.browser.post(path, data=form | {"severity": "3"})).status_code == 303
    after = await report["get"]()
    assert (after["severity"], after["band"], after["dark"], after["occurred_to"]) == (3, None, None, ends)
    again = filled((await visitor.browser.get(path)).text) | {"day_to": "2026-05-02"}
    assert (await visitor.browser.post(path, data=again)).status_code == 303
    moved = await report["get"]()
    assert (moved["band"], moved["occurred_to"]) == (None, "2026-05-02T22:00:00Z")


REASONS = {
    "": "Skriv ",
    " ": "Skriv ",
    "a" * 501: " får ha högst 500 tecken.",
    "a\x00b": "tecken som ingen tangent ger",
    "Ring 19121212-1212": "Här står personnummer eller samordningsnummer",
    "Skriv till a.b@example.com": "Här står något som ser ut som e-postadress",
}


@pytest.mark.parametrize("outcome", ["withdrawn", "question", "rejected"])
async def test_what_is_wrong_with_a_reason_stands_beside_it(visit: Visit, outcome: str) -> None:
    """POST /reports/{id}/withdraw, /review: its fault is named at the field; what looks like a person is confirmed."""
    visitor = await visit()
    path = await send(visitor)
    shown, address = (path, f"{path}/withdraw") if outcome == "withdrawn" else ("/review", "/review")
    field = "reason" if outcome == "withdrawn" else outcome
    form = {"report": path.rpartition("/")[2], "outcome": outcome}
    form |= {"form_token": hidden((await visitor.browser.get(shown)).text, "form_token")}
    for reason, said in REASONS.items():
        answer = await visitor.browser.post(address, data=form | {"reason": reason})
        page = html.unescape(answer.text)
        assert answer.status_code == 422
        beside = re.search(rf'<div id="fault-{field}">(.*?)</div>', page, flags=re.DOTALL)
        assert beside is not None, reason
        assert said in beside[1]
        assert f'aria-describedby="fault-{field}"' in page
    sure = form | {"reason": reason, "confirmed": "yes"}
    assert (await visitor.browser.post(address, data=sure)).status_code == 303


async def test_a_refused_reason_stays_with_its_report(visit: Visit) -> None:
    """POST /review: what was typed of one report does not stand in the form of another, which is the oldest now."""
    visitor = await visit()
    await send(visitor)
    later = (await send(visitor, text="Klotter på gaveln.")).rpartition("/")[2]
    form = {"form_token": hidden((await visitor.browser.get("/review")).text, "form_token"), "report": later}
    typed = {"outcome": "rejected", "reason": "Hör till a.b@example.com"}
    answer = await visitor.browser.post("/review", data=form | typed)
    assert answer.status_code == 422
    assert "example.com" not in answer.text
