"""PUT /reports/{id}, POST /reports/{id}/withdraw and /review, /reports/batch, and what they leave behind"""

import csv
import io
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.reports.review import queries
from shared.messages.reports import ReportCorrected, ReportReviewed
from tests.support.look.bus import BusProbe
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import client, make_principal


def key() -> dict[str, str]:
    """A new Idempotency-Key."""
    return {"Idempotency-Key": uuid4().hex}


async def send(caller: httpx.AsyncClient, **changes: Any) -> str:
    """Send a report and return its id."""
    answer = await caller.post("/reports", json=make_report(**changes), headers=key())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture
def housing(reports_url: str, clean: None) -> httpx.AsyncClient:
    """A housing company with its own area, beside the coordinator."""
    member = make_principal(kind="housing", role="member", areas=("01",))
    return client(reports_url, service="reports", principal=member)


async def test_a_correction_needs_the_version_that_was_read(
    reports: httpx.AsyncClient, housing: httpx.AsyncClient, told: BusProbe
) -> None:
    """PUT /reports/{id}: with the ETag of GET it is done and told; with an older one 412; by others 403."""
    report_id = await send(housing)
    etag = (await housing.get(f"/reports/{report_id}")).headers["etag"]
    right = make_report(severity=3, category="damage", subcategory="graffiti")
    answer = await housing.put(f"/reports/{report_id}", json=right, headers={"If-Match": etag})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"'), answer.text
    stale = await housing.put(f"/reports/{report_id}", json=right, headers={"If-Match": etag})
    assert stale.status_code == 412
    foreign = await reports.put(f"/reports/{report_id}", json=right, headers={"If-Match": '"2"'})
    assert foreign.status_code == 403
    assert (await housing.put(f"/reports/{report_id}", json=right)).status_code == 428
    incoming = await told.next("reports.report.v1", key=report_id)
    assert isinstance(incoming.message, ReportCorrected)
    assert (incoming.message.sequence, incoming.message.category) == (2, "damage")
    assert (incoming.message.category_from, incoming.message.moved_from) == ("order", None)


@pytest.mark.parametrize(
    ("etag", "expected"),
    [('"1"', 200), ("*", 200), ('"7", "1"', 200), ('"2"', 412), ('W/"1"', 412), ("1", 400), ('"²"', 412)],
)
async def test_if_match(housing: httpx.AsyncClient, etag: str, expected: int) -> None:
    """PUT /reports/{id}: the version seen, one of several, or any; never a weak or foreign tag."""
    report_id = await send(housing)
    headers = {"If-Match": etag.encode("latin-1")}
    answer = await housing.put(f"/reports/{report_id}", json=make_report(severity=3), headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == expected, answer.text


@pytest.mark.parametrize("etag", ['"2"', '"other"', 'W/"1"'])
async def test_what_is_wrong_without_it_is_said_before_if_match(housing: httpx.AsyncClient, etag: str) -> None:
    """PUT /reports/{id}: as RFC 9110 §13.2.1 has it, a precondition counts for a request that is right without it."""
    answer = await housing.put(f"/reports/{await send(housing)}", json={}, headers={"If-Match": etag})
    assert answer.status_code == 422, answer.text
    nobodys = await housing.put(f"/reports/{uuid4()}", json=make_report(), headers={"If-Match": etag})
    assert nobodys.status_code == 404, nobodys.text


async def test_several_lines_of_if_match_are_one_list(housing: httpx.AsyncClient) -> None:
    """PUT /reports/{id}: as RFC 9110 §5.3 says of every header that is a list."""
    report_id = await send(housing)
    headers = [("If-Match", '"7"'), ("If-Match", '"1"')]
    answer = await housing.put(f"/reports/{report_id}", json=make_report(severity=3), headers=headers)
    assert answer.status_code == 200, answer.text


async def test_a_withdrawn_report_is_out_of_lists_and_told(
    reports: httpx.AsyncClient, housing: httpx.AsyncClient, told: BusProbe
) -> None:
    """POST /reports/{id}/withdraw: kept for the record with its reason, in lists only when asked for."""
    report_id = await send(housing)
    reason = {"reason": "Skickades två gånger."}
    assert (await reports.post(f"/reports/{report_id}/withdraw", json=reason, headers=key())).status_code == 403
    assert (await housing.post(f"/reports/{report_id}/withdraw", json=reason, headers=key())).status_code == 200
    again = await housing.post(f"/reports/{report_id}/withdraw", json=reason, headers=key())
    assert again.status_code == 409
    assert (await housing.get("/reports")).json()["reports"] == []
    shown = (await housing.get("/reports", params={"status": "withdrawn"})).json()["reports"]
    assert [each["id"] for each in shown] == [report_id]
    story = await told.story("reports.report.v1", key=report_id, length=3)
    # Last what others make the same of, so that who hears it finds counts as they are.
    assert [each.type for each in story] == ["report.submitted", "report.withdrawn", "report.removed"]
    assert all(b"Skickades" not in each.received.value for each in story)
    history = (await housing.get(f"/reports/{report_id}/history")).json()["events"]
    assert [(each["change"], each["reason"]) for each in history] == [
        ("received", None),
        ("withdrawn", "Skickades två gånger."),
    ]


async def test_duplicates_are_suggested_marked_and_released(
    reports: httpx.AsyncClient, housing: httpx.AsyncClient, told: BusProbe
) -> None:
    """GET /reports/{id}/similar and POST /reports/{id}/review: one incident, two witnesses, and back again."""
    first = await send(housing)
    second = await send(reports, point={"lon": 14.6405, "lat": 63.1766}, occurred_from="2026-11-20T16:50:00+01:00")
    await send(reports, point={"lon": 14.69, "lat": 63.11})
    found = (await reports.get(f"/reports/{second}/similar")).json()["suggestions"]
    assert [each["id"] for each in found] == [first]
    assert found[0]["score"] > 0.7
    assert found[0]["distance_m"] < 50
    decision = {"outcome": "duplicate", "duplicate_of": first}
    assert (await housing.post(f"/reports/{second}/review", json=decision, headers=key())).status_code == 403
    marked = await reports.post(f"/reports/{second}/review", json=decision, headers=key())
    assert marked.status_code == 200, marked.text
    _, incoming, _ = await told.story("reports.report.v1", key=second, length=3)
    assert isinstance(incoming.message, ReportReviewed)
    assert (incoming.message.counts, str(incoming.message.incident_id)) == (False, first)
    assert incoming.message.category == "order"
    leader = await reports.post(
        f"/reports/{first}/review", json={"outcome": "duplicate", "duplicate_of": second}, headers=key()
    )
    assert leader.status_code == 409
    released = await reports.post(f"/reports/{second}/review", json={"outcome": "received"}, headers=key())
    assert released.status_code == 200
    again = (await reports.get(f"/reports/{second}")).json()
    assert (again["status"], again["incident_id"]) == ("received", None)
    # Whoever may not know of decisions hears of each change of standing once, with the decision's own version.
    story = [(each.type, each.message and each.message.sequence) for each in await told.story(
        "reports.report.v1", key=second, length=5
    )]  # fmt: skip
    assert story == [
        ("report.submitted", 1), ("report.reviewed", 2), ("report.removed", 2), ("report.reviewed", 3),
        ("report.returned", 3),
    ]  # fmt: skip


async def test_of_very_many_changes_the_last_are_told(
    reports: httpx.AsyncClient, housing: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GET /reports/{id}/history: that it came in, and so many steps; a report can be corrected for ever."""
    monkeypatch.setattr(queries, "MOST_TOLD", 3)
    report = await send(housing)
    for severity in (1, 2, 3, 1, 2):
        put = await housing.put(f"/reports/{report}", json=make_report(severity=severity), headers={"If-Match": "*"})
        assert put.status_code == 200, put.text
    found = (await housing.get(f"/reports/{report}/history")).json()["events"]
    assert [each["version"] for each in found] == [1, 4, 5, 6]


async def test_who_takes_back_a_report_does_not_learn_that_others_told_of_the_same(
    reports: httpx.AsyncClient, housing: httpx.AsyncClient, told: BusProbe
) -> None:
    """POST /reports/{id}/withdraw of one with duplicates: as of any other; the first of those stands for them then."""
    first, second, third = [await send(each) for each in (housing, reports, reports)]
    for each in (second, third):
        decision = {"outcome": "duplicate", "duplicate_of": first}
        answer = await reports.post(f"/reports/{each}/review", json=decision, headers=key())
        assert answer.status_code == 200, answer.text
    not_theirs = await reports.post(f"/reports/{first}/withdraw", json={"reason": "Inte min."}, headers=key())
    assert not_theirs.status_code == 403
    taken_back = await housing.post(f"/reports/{first}/withdraw", json={"reason": "Inte vår sak."}, headers=key())
    assert taken_back.status_code == 200, taken_back.text
    found = [(await reports.get(f"/reports/{each}")).json() for each in (second, third)]
    assert [(each["status"], each["incident_id"]) for each in found] == [("received", None), ("duplicate", second)]
    story = await told.story("reports.report.v1", key=second, length=5)
    assert [each.type for each in story][3:] == ["report.reviewed", "report.returned"]
    told_of_third = (await told.story("reports.report.v1", key=third, length=4))[-1].message
    assert isinstance(told_of_third, ReportReviewed)
    assert (told_of_third.counts, str(told_of_third.incident_id)) == (False, second)
    marked, released = (await reports.get(f"/reports/{second}/history")).json()["events"][1:]
    assert (marked["change"], released["change"]) == ("duplicate", "received")
    assert (released["organisation_id"], released["reason"]) == (marked["organisation_id"], None)


async def test_the_sender_learns_what_became_of_its_report(
    reports: httpx.AsyncClient, housing: httpx.AsyncClient
) -> None:
    """POST /reports/{id}/review: a question needs a reason, the sender reads it, its correction answers it.

    GET /review-queue: what was asked waits behind all others and is counted apart; what was answered stands first.
    """
    report_id = await send(housing)
    other = await send(housing)

    async def queue() -> list[tuple[str, bool]]:
        found: list[tuple[str, bool]] = []
        cursor = None
        while True:
            asked = {"limit": 1} | ({"cursor": cursor} if cursor else {})
            page = (await reports.get("/review-queue", params=asked)).json()
            found += [(each["id"], each["answered"]) for each in page["reports"]]
            if (cursor := page["next_cursor"]) is None:
                return found

    assert await queue() == [(report_id, False), (other, False)]
    without = await reports.post(f"/reports/{report_id}/review", json={"outcome": "question"}, headers=key())
    assert without.status_code == 422
    asked = {"outcome": "question", "reason": "Vilken ände av torget?"}
    assert (await reports.post(f"/reports/{report_id}/review", json=asked, headers=key())).status_code == 200
    assert await queue() == [(other, False), (report_id, False)]
    assert (await reports.get("/review-queue/count")).json() == {"waiting": 1, "asked": 1}
    shown = (await housing.get(f"/reports/{report_id}/history")).json()["events"][-1]
    assert (shown["change"], shown["reason"]) == ("question", "Vilken ände av torget?")
    etag = (await housing.get(f"/reports/{report_id}")).headers["etag"]
    await housing.put(f"/reports/{report_id}", json=make_report(severity=1), headers={"If-Match": etag})
    assert (await housing.get(f"/reports/{report_id}")).json()["status"] == "received"
    assert await queue() == [(report_id, True), (other, False)]
    assert (await housing.get(f"/reports/{report_id}/history")).json()["events"][-1]["change"] == "answered"
    # Whoever decided on it has seen the answer.
    for outcome in ("accepted", "received"):
        await reports.post(f"/reports/{report_id}/review", json={"outcome": outcome}, headers=key())
    assert await queue() == [(report_id, False), (other, False)]


async def test_a_batch_takes_the_good_and_refuses_the_rest(housing: httpx.AsyncClient) -> None:
    """POST /reports/batch: a result per item; the same again is unchanged, another under its reference refused."""
    batch = [
        make_report(external_reference="A-1"),
        make_report(external_reference="A-2", category="nonsense"),
        make_report(external_reference="A-3"),
        make_report(external_reference="A-1"),
    ]
    answer = await housing.post("/reports/batch", json={"reports": batch}, headers=key())
    assert answer.status_code == 200, answer.text
    result = answer.json()
    assert [each["status"] for each in result["results"]] == ["created", "refused", "created", "unchanged"]
    assert result["results"][1]["faults"][0]["field"] == "/category"
    changed = [batch[0] | {"severity": 3}, batch[2]]
    later = (await housing.post("/reports/batch", json={"reports": changed}, headers=key())).json()
    assert (later["created"], later["unchanged"], later["refused"]) == (0, 1, 1)
    assert len((await housing.get("/reports")).json()["reports"]) == 2


async def test_filters_find_and_do_not_tell(reports: httpx.AsyncClient, housing: httpx.AsyncClient) -> None:
    """GET /reports: filters on what one may see work; on what one may not see they find only one's own."""
    await send(reports, text="Glassplitter vid bussarna", severity=3)
    own = await send(housing, text="Klotter på bussarna", category="damage", subcategory="graffiti")

    async def ids(caller: httpx.AsyncClient, **params: Any) -> int:
        answer = await caller.get("/reports", params=params)
        assert answer.status_code == 200, answer.text
        return len(answer.json()["reports"])

    assert (await ids(reports), await ids(housing)) == (2, 2)
    assert await ids(reports, words="buss") == 2
    found = (await housing.get("/reports", params={"words": "buss"})).json()["reports"]
    assert [each["id"] for each in found] == [own]
    assert (await ids(housing, status="received"), await ids(reports, status="received")) == (1, 2)
    assert await ids(housing, severity=3) == 1
    assert await ids(housing, category="damage") == 1
    assert await ids(housing, area="01") == 2
    assert (await housing.get("/reports", params={"area": "unknown"})).status_code == 422
    assert await ids(housing, **{"from": "2026-11-20", "to": "2026-11-20"}) == 2
    assert await ids(housing, **{"from": "2026-11-21"}) == 0


async def test_the_export_holds_what_the_list_holds_and_no_formula(
    reports: httpx.AsyncClient, housing: httpx.AsyncClient
) -> None:
    """GET /reports.csv: same rows and columns as the list, texts only of one's own, formulas defused."""
    await send(reports, text="Hemligt")
    await send(housing, text="=HYPERLINK(1)", external_reference="-1")
    await send(housing, text="＝HYPERLINK(1)", external_reference="k;=1+1;k")
    await send(housing, text="Klotter\n=HYPERLINK(1)", external_reference='k;"=1+1')
    answer = await housing.get("/reports.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert list(rows[0])[:3] == ["id", "category", "subcategory"]
    assert sorted((row["external_reference"], row["text"]) for row in rows) == [
        ("", ""),
        ("'-1", "'=HYPERLINK(1)"),
        ("k;\"'=1+1", "Klotter\n'=HYPERLINK(1)"),
        ("k;'=1+1;k", "'＝HYPERLINK(1)"),
    ]


@pytest.mark.parametrize("area", ["+1", "k;=1"])
async def test_codes_of_areas_are_no_formulas(
    reports: httpx.AsyncClient, reports_database: Database, area: str
) -> None:
    """GET /reports.csv: a municipality chooses its codes itself; so does whoever draws its map."""
    report_id = await send(reports)
    async with connected(reports_database.admin_url) as admin:
        await admin.execute("UPDATE reports SET area_code = $1 WHERE id = $2", area, UUID(report_id))
    (row,) = csv.DictReader(io.StringIO((await reports.get("/reports.csv")).text, newline=""))
    assert row["area_code"] == area.replace("+1", "'+1").replace("=1", "'=1")


async def test_reading_in_full_is_written_down(reports: httpx.AsyncClient, housing: httpx.AsyncClient) -> None:
    """GET /reports/{id}/reads: who, when, what for; the coarse reader leaves no trace, and cannot ask."""
    report_id = await send(reports)
    assert (await housing.get(f"/reports/{report_id}")).json()["text"] is None
    await reports.get(f"/reports/{report_id}", params={"purpose": "est_meeting"})
    await reports.get("/reports")
    await reports.get("/reports.csv")
    reads = (await reports.get(f"/reports/{report_id}/reads")).json()["reads"]
    assert [(each["operation"], each["purpose"]) for each in reads] == [
        ("export", "daily_work"),
        ("list", "daily_work"),
        ("get", "est_meeting"),
    ]
    assert (await housing.get(f"/reports/{report_id}/reads")).status_code == 403
