"""/reports/{id}/correct: put right by its own organisation, and never over what somebody else wrote meanwhile."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.make.forms import YESTERDAY, filled, send
from tests.support.make.people import Visitor, hidden
from tests.support.make.reports import make_report

Visit = Callable[..., Awaitable[Visitor]]


async def test_a_report_is_corrected_by_its_organisation(visit: Visit) -> None:
    """GET and POST: the form holds what was sent; saved with one change, the rest is as it was."""
    housing = await visit(kind="housing", role="member")
    path = await send(housing)
    assert f'href="{path}/correct"' in (await housing.browser.get(path)).text
    form = filled((await housing.browser.get(f"{path}/correct")).text)
    assert form.items() >= {
        "what": "order/noise", "day": YESTERDAY.isoformat(), "clock_from": "21:30", "clock_to": "22:15", "area": "01",
        "severity": "2", "certainty": "likely", "location_kind": "public", "version": "1",
        "text": "Hög musik vid norra entrén.",
    }.items()  # fmt: skip
    saved = await housing.browser.post(f"{path}/correct", data=form | {"text": "Hög musik vid södra entrén."})
    assert (saved.status_code, saved.headers["location"]) == (303, f"{path}?corrected=1")
    page = (await housing.browser.get(saved.headers["location"])).text
    assert "Rättelsen är sparad" in page
    assert "Hög musik vid södra entrén." in page
    assert "Rättad" in page
    again = filled((await housing.browser.get(f"{path}/correct")).text)
    assert again == form | {"text": "Hög musik vid södra entrén.", "version": "2"}


async def test_what_somebody_else_changed_meanwhile_is_shown_and_nothing_typed_is_lost(visit: Visit) -> None:
    """POST with the version of before: 412, their changes beside one's own, and the next try goes through."""
    guard = await visit(kind="guard", role="member")
    path = await send(guard)
    mine = theirs = filled((await guard.browser.get(f"{path}/correct")).text)
    theirs = theirs | {"severity": "3", "text": "Skrål vid norra entrén."}
    assert (await guard.browser.post(f"{path}/correct", data=theirs)).status_code == 303
    mine = mine | {"text": "Mitt eget, <längre>.", "clock_to": "23:00"}
    refused = await guard.browser.post(f"{path}/correct", data=mine)
    assert refused.status_code == 412
    beside = refused.text[refused.text.index('id="changed"') : refused.text.index('<form class="work"')]
    assert "Någon annan har ändrat rapporten medan du skrev." in beside
    assert "Skrål vid norra entrén." in beside
    assert "3 – mycket allvarlig" in beside
    assert "Område" not in beside
    kept = filled(refused.text)
    assert kept == mine | {"version": "2"}
    assert (await guard.browser.post(f"{path}/correct", data=kept)).status_code == 303
    page = (await guard.browser.get(path)).text
    assert "Mitt eget, &lt;längre&gt;." in page
    assert "2 – allvarlig" in page


async def test_a_correction_is_held_to_the_rules_of_the_form(visit: Visit) -> None:
    """POST: personal data, no category, a time that is none; what was typed stays, and the report as it was."""
    visitor = await visit()
    path = await send(visitor)
    form = filled((await visitor.browser.get(f"{path}/correct")).text)
    for changes, said in (
        ({"text": "Såg 121212-1212 vid kiosken."}, "Här står personnummer eller samordningsnummer"),
        ({"what": ""}, "Välj en kategori i listan."),
        ({"clock_from": "25:99"}, "Skriv dagen, och klockslaget"),
        ({"severity": "12"}, "Välj hur allvarligt det var."),
        ({"severity": ""}, "Välj hur allvarligt det var."),
    ):
        answer = await visitor.browser.post(f"{path}/correct", data=form | changes)
        assert answer.status_code == 422, changes
        assert said in answer.text
        assert "Rättelsen är inte sparad än" in answer.text
    weak = await visitor.browser.post(f"{path}/correct", data=form | {"text": "Ring 070-123 45 67 om lampan."})
    assert 'id="confirmed"' in weak.text
    assert filled((await visitor.browser.get(f"{path}/correct")).text) == form


async def test_a_place_of_two_minds_is_asked_about_and_nothing_is_no_correction(visit: Visit) -> None:
    """POST: an area chosen beside coordinates that go before it; and what says the same as the report."""
    visitor = await visit()
    path = await send(visitor, lat="63,1765", lon="14,64", area="")
    form = filled((await visitor.browser.get(f"{path}/correct")).text)
    both = await visitor.browser.post(f"{path}/correct", data=form | {"area": "01"})
    assert both.status_code == 422
    assert "Koordinaterna går före området." in both.text
    same = await visitor.browser.post(f"{path}/correct", data=form | {"lat": "63,1765"})
    assert (same.status_code, same.headers["location"]) == (303, f"{path}?unchanged=1")
    assert "Ingenting är ändrat" in (await visitor.browser.get(same.headers["location"])).text
    assert filled((await visitor.browser.get(f"{path}/correct")).text)["version"] == "1"
    moved = await visitor.browser.post(f"{path}/correct", data=form | {"area": "01", "lat": "", "lon": ""})
    assert moved.headers["location"] == f"{path}?corrected=1"


async def test_only_the_sender_corrects_and_only_what_counts(visit: Visit) -> None:
    """Another organisation, the coordinator too: not found. Without the form's token: nothing. Withdrawn: no more."""
    housing, guard = await visit(kind="housing", role="member"), await visit(kind="guard", role="member")
    coordinator = await visit()
    path = await send(housing)
    form = filled((await housing.browser.get(f"{path}/correct")).text)
    for other in (guard, coordinator):
        assert (await other.browser.get(f"{path}/correct")).status_code == 404
        token = hidden((await other.browser.get("/reports/new")).text, "form_token")
        answer = await other.browser.post(f"{path}/correct", data=form | {"form_token": token})
        assert answer.status_code == 404
        assert f"{path}/correct" not in (await other.browser.get(path)).text
    assert (await housing.browser.post(f"{path}/correct", data=form | {"form_token": "x"})).status_code == 403
    page = (await housing.browser.get(path)).text
    away = {"form_token": form["form_token"], "key": hidden(page, "key"), "reason": "Fel plats."}
    assert (await housing.browser.post(f"{path}/withdraw", data=away)).status_code == 303
    late = await housing.browser.post(f"{path}/correct", data=form)
    assert late.status_code == 409
    assert "kan inte rättas längre: den är tillbakadragen." in late.text
    assert filled(late.text)["text"] == form["text"]
    assert f"{path}/correct" not in (await housing.browser.get(path)).text


@pytest.mark.parametrize(
    "moments",
    [
        # The hour that the end of summer time has twice: its second round, which no clock tells from the first.
        {"occurred_from": "2025-10-26T02:30:00+01:00", "occurred_to": "2025-10-26T02:45:00+01:00"},
        {"occurred_from": "2026-05-01T20:00:15+02:00", "occurred_to": "2026-05-03T04:00:00+02:00"},
        {"occurred_from": "2026-05-01", "occurred_to": None},
        {"occurred_from": "2026-05-01T20:00:00+02:00", "occurred_to": None},
    ],
)
async def test_a_time_that_nobody_touched_stays_exact(
    visit: Visit, partner: Any, moments: dict[str, str | None]
) -> None:
    """POST with another severity: the times of the report are those that were sent."""
    visitor = await visit()
    caller: httpx.AsyncClient = visitor.browser
    before = await send_by_api(partner, visitor, make_report(**moments, point={"lon": 14.65, "lat": 63.15}))
    path = f"/reports/{before['id']}"
    form = filled((await caller.get(f"{path}/correct")).text)
    assert (await caller.post(f"{path}/correct", data=form | {"severity": "3"})).status_code == 303
    after = await before["get"]()
    assert (after["occurred_from"], after["occurred_to"]) == (before["occurred_from"], before["occurred_to"])
    assert (after["lon"], after["lat"], after["severity"]) == (14.65, 63.15, 3)


async def send_by_api(partner: Any, visitor: Visitor, body: dict[str, Any]) -> dict[str, Any]:
    """A report of the visitor's organisation, as the API gives it, and how to ask for it again."""
    caller = await partner(organisation_id=visitor.organisation_id)
    receipt = await caller.post("/samsyn/v1/reports", json=body, headers={"Idempotency-Key": uuid4().hex})
    assert receipt.status_code == 201, receipt.text

    async def get() -> dict[str, Any]:
        found: dict[str, Any] = (await caller.get(f"/samsyn/v1/reports/{receipt.json()['id']}")).json()
        return found

    return await get() | {"get": get}
