"""POST /imports: a row that says another category tells which one its report had"""

import httpx

from shared.messages.reports import ReportCorrected, ReportReviewed
from tests.integration.reports.files.test_snapshots import ROWS, send
from tests.support.look.bus import BusProbe


async def test_a_row_of_another_category_tells_the_one_before(reports: httpx.AsyncClient, told: BusProbe) -> None:
    """As a correction by hand; a row that keeps its category tells none. What comes back says of which it is."""
    await send(reports, ROWS[:9])
    changed = [ROWS[0].replace(",order,", ",damage,"), ROWS[1].replace("Buller", "Skrik"), *ROWS[2:9]]
    await send(reports, changed)
    found = (await reports.get("/reports", params={"limit": 20})).json()["reports"]
    ids = {each["external_reference"]: each["id"] for each in found}
    one, other = [await told.story("reports.report.v1", key=ids[name], length=2) for name in ("r0", "r1")]
    was = [each[-1].message for each in (one, other)]
    assert all(isinstance(each, ReportCorrected) for each in was)
    assert [(each.category, each.category_from) for each in was if isinstance(each, ReportCorrected)] == [
        ("damage", "order"),
        ("order", None),
    ]
    await send(reports, changed[1:], snapshot="withdraw", snapshot_of="all")
    await send(reports, changed)
    back = (await told.story("reports.report.v1", key=ids["r0"], length=6))[4].message
    assert isinstance(back, ReportReviewed)
    assert back.category == "damage"
