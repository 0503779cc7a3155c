"""POST and GET /areas/placements, GET /areas/placements/{id}; what an import of areas says of reports to move"""

from typing import Any
from uuid import UUID, uuid4

import httpx

from services.reports.placements.domain import Lying
from shared.geo.heirs import heirs_of
from shared.messages.reports import ReportCorrected
from shared.travel.envelope import unseal
from tests.integration.reports.areas.test_areas import a_tree, collection, post_report
from tests.support.look.bus import BusProbe
from tests.support.make.areas import RETIRE, new_code, square
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import client, make_principal, new_key, wait_until


async def placed(caller: httpx.AsyncClient) -> dict[str, Any]:
    """Ask for it, and wait for its end."""
    asked = await caller.post("/areas/placements", headers=new_key())
    assert asked.status_code == 202, asked.text

    async def ended() -> Any:
        found = (await caller.get(asked.headers["location"].removeprefix("/samsyn/v1"))).json()
        return found if found["state"] != "running" else None

    found: dict[str, Any] = await wait_until(ended, what="the placement")
    assert found["state"] == "done"
    return found


async def where(caller: httpx.AsyncClient, report: Any) -> tuple[str | None, int]:
    """A report's area and version."""
    found = (await caller.get(f"/reports/{report['id']}")).json()
    return found["area_code"], found["version"]


async def test_reports_move_when_it_is_asked_for(reports: httpx.AsyncClient, told: BusProbe) -> None:
    """POST /areas/placements: what the import counted moves, with a version, an event and a message; nothing else."""
    prefix = new_code()
    moving, staying = await post_report(reports, 14.65, 63.15), await post_report(reports, 14.95, 63.35)
    answer = (await reports.post("/areas/imports", params=RETIRE, json=a_tree(prefix))).json()
    assert answer["reports_to_move"] == 1
    assert await where(reports, moving) == ("01", 1)
    before = len(await told.pull())
    found = await placed(reports)
    assert (found["looked_at"], found["moved"], found["unplaced"]) == (2, 1, 0)
    assert await where(reports, moving) == (f"{prefix}1", 2)
    assert await where(reports, staying) == (None, 1)
    (event,) = (await reports.get(f"/reports/{moving['id']}/history")).json()["events"][1:]
    assert (event["change"], event["version"]) == ("moved", 2)

    async def heard() -> Any:
        here = (await told.pull())[before:]
        return here if len(here) == 3 else None

    # What it is to whoever sees both areas, the old one alone, the new one alone.
    message, left, came = await wait_until(heard, what="the messages")
    assert [unseal(each).type for each in (left, came)] == ["report.removed", "report.returned"]
    corrected = ReportCorrected.model_validate_json(message.value)
    assert (corrected.report_id, corrected.area_code, corrected.sequence) == (UUID(moving["id"]), f"{prefix}1", 2)
    assert (corrected.category, corrected.severity, corrected.redrawn) == ("order", 2, True)
    assert (await reports.post("/areas/imports", params=RETIRE, json=a_tree(prefix))).json()["reports_to_move"] == 0
    assert (await placed(reports))["moved"] == 0


async def test_withdrawn_ones_and_those_without_a_point(
    reports: httpx.AsyncClient, reports_database: Database, told: BusProbe
) -> None:
    """POST /areas/placements: a named area that is gone gives way to the one around it; the withdrawn move silently."""
    prefix = new_code()
    await reports.post("/areas/imports", params=RETIRE, json=a_tree(prefix))
    withdrawn, named = await post_report(reports, 14.8, 63.1), await post_report(reports, 14.8, 63.1)
    answer = await reports.post(f"/reports/{withdrawn['id']}/withdraw", json={"reason": "Dubbelt"}, headers=new_key())
    assert answer.status_code == 200
    async with connected(reports_database.admin_url) as admin:
        await admin.execute(
            "UPDATE reports SET lon = NULL, lat = NULL, e = NULL, n = NULL, cell = NULL WHERE id = $1", named["id"]
        )
    rest = collection((prefix, None, square(14.5, 63.0, 0.4)), (f"{prefix}1", prefix, square(14.5, 63.0, 0.2)))
    assert (await reports.post("/areas/imports", params=RETIRE, json=rest)).json()["reports_to_move"] == 2
    assert (await placed(reports))["moved"] == 2
    assert await where(reports, named) == (prefix, 2)
    assert (await where(reports, withdrawn))[0] == prefix

    async def heard() -> Any:
        here = [each for each in await told.pull() if each.key == str(named["id"])]
        return here if len(here) == 4 else None

    await wait_until(heard, what="the messages of the one that counts")
    assert [each.key for each in await told.pull()].count(str(withdrawn["id"])) == 3  # submitted, withdrawn, removed


async def test_a_report_comes_back_to_the_area_that_was_said(reports: httpx.AsyncClient) -> None:
    """POST /areas/placements: one without a point lies in the area that its sender named whenever that is in use."""
    prefix = new_code()
    named = f"{prefix}1"
    await reports.post("/areas/imports", params=RETIRE, json=a_tree(prefix))
    report = (await reports.post("/reports", json=make_report(point=None, area_code=named), headers=new_key())).json()
    root = collection((prefix, None, square(14.5, 63.0, 0.4)))
    redrawn = (await reports.post("/areas/imports", params=RETIRE, json=root)).json()
    await put_back(reports, report, version=1)
    assert (redrawn["reports_to_move"], (await placed(reports))["moved"]) == (1, 1)
    assert await where(reports, report) == (prefix, 2)
    await put_back(reports, report, version=2)
    await put_back(reports, report, version=3, severity=3)
    undo = f"/areas/imports/{redrawn['version']}/undo"
    for asked in (RETIRE | {"dry_run": "true"}, RETIRE):
        assert (await reports.post(undo, params=asked)).json()["reports_to_move"] == 1
    assert (await placed(reports))["moved"] == 1
    assert await where(reports, report) == (named, 4)


async def put_back(caller: httpx.AsyncClient, report: Any, *, version: int, **changes: Any) -> None:
    """Send a report back as it is read, but for changes: its version then."""
    read = await caller.get(f"/reports/{report['id']}")
    sent = {"If-Match": read.headers["etag"]}
    answer = await caller.put(f"/reports/{report['id']}", json=read.json() | changes, headers=sent)
    assert (answer.status_code, answer.json()["version"]) == (200, version), answer.text


async def test_that_reports_wait_is_told_until_they_moved(
    reports: httpx.AsyncClient, reports_url: str, reports_database: Database
) -> None:
    """GET /areas/placements: from the import on, to members without a number; an import cut off is counted later."""
    state = "/areas/placements"
    await post_report(reports, 14.65, 63.15)
    before = (await reports.get(state)).json()
    assert (before["waiting"], before["moving"]) == (False, False)
    new = (await reports.post("/areas/imports", params=RETIRE, json=a_tree(new_code()))).json()
    waiting = {"tree_version": new["version"], "waiting": True, "moving": False, "reports_to_move": 1}
    assert (await reports.get(state)).json() == waiting
    member = make_principal(kind="housing", role="member", scopes=frozenset({"reports:read"}))
    async with client(reports_url, service="reports", principal=member) as caller:
        assert (await caller.get(state)).json() == waiting | {"reports_to_move": None}
    async with connected(reports_database.admin_url) as admin:
        await admin.execute(
            "UPDATE area_imports SET reports_to_move = NULL, imported_at = imported_at - interval '1 hour'"
            " WHERE version = $1",
            new["version"],
        )

    async def counted() -> bool:
        return bool((await reports.get(state)).json() == waiting)

    await wait_until(counted, what="the reports to be counted")
    await placed(reports)

    async def told() -> bool:
        return bool((await reports.get(state)).json() == waiting | {"waiting": False, "reports_to_move": 0})

    await wait_until(told, what="the move to be told")


async def test_across_a_lost_connection_and_new_areas(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """POST /areas/placements: one at a time; cut off in the middle it goes on; new areas make it begin again."""
    sent = [await post_report(reports, 14.65, 63.15) for _ in range(3)]
    prefix, other = new_code(), new_code()
    await reports.post("/areas/imports", params=RETIRE, json=a_tree(prefix))
    async with connected(reports_database.admin_url) as admin:
        transaction = admin.transaction()
        await transaction.start()
        await admin.execute("LOCK TABLE reports IN EXCLUSIVE MODE")
        asked = await reports.post("/areas/placements", headers=new_key())
        again = await reports.post("/areas/placements", headers=new_key())
        assert (again.status_code, again.json()["type"]) == (409, "urn:samsyn:problem:already-placing")
        assert again.json()["conflicts_with"] == [asked.json()["id"]]
        await reports.post("/areas/imports", params=RETIRE, json=a_tree(other))

        async def cut() -> Any:
            return await admin.fetchval(
                "SELECT bool_or(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                " AND query LIKE '%UPDATE reports SET area_code%'"
            )

        await wait_until(cut, what="the move to wait")
        await transaction.commit()

    async def done() -> Any:
        found = (await reports.get(f"/areas/placements/{asked.json()['id']}")).json()
        return found if found["state"] != "running" else None

    found = await wait_until(done, what="the placement")
    assert (found["state"], found["looked_at"], found["moved"]) == ("done", 3, 3)
    assert [await where(reports, each) for each in sent] == [(f"{other}1", 2)] * 3


async def test_who_may(clean: None, reports_url: str) -> None:
    """POST /areas/placements: with the scope for areas only; one that is not there is not found."""
    asker = make_principal(kind="police", role="municipal_police", scopes=frozenset({"reports:read"}))
    async with client(reports_url, service="reports", principal=asker) as caller:
        assert (await caller.post("/areas/placements", headers=new_key())).status_code == 403
    async with client(reports_url, service="reports", principal=make_principal()) as caller:
        assert (await caller.get(f"/areas/placements/{uuid4()}")).status_code == 404


def test_heirs() -> None:
    """A retired area's reports go to the nearest one around it in use; without one they stay."""
    areas = {"r": (["r"], True), "a": (["r", "a"], False), "b": (["r", "a", "b"], False), "x": (["x"], False)}
    assert heirs_of(areas) == {"a": "r", "b": "r"}
    assert Lying._fields == ("id", "version", "lon", "lat", "area_code", "said_area")
