"""What a partner wrote in its own words stays in this service: a marker is searched for wherever else it could be."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.bus import Bus
from shared.messages import TOPICS
from tests.support.look.bus import BusProbe
from tests.support.make.imports import HEADER, bring_in, counts
from tests.support.make.kit import rows
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database, DatabaseServer
from tests.support.servers.services import new_key, wait_until

MARKER = "zebrafinken"
JSON = {"Content-Type": "application/json"}


async def say_it_everywhere(reports: httpx.AsyncClient) -> list[str]:
    """The marker in each field that takes words, in what is refused, and in what cannot be read. Returns the ids."""
    marked = make_report(text=f"{MARKER} sjöng", external_reference=f"{MARKER}-1")
    sent = await reports.post("/reports", json=marked, headers=new_key())
    assert sent.status_code == 201, sent.text
    first = sent.json()["id"]
    again = marked | {"text": f"{MARKER} sjöng igen", "severity": 3}
    corrected = await reports.put(f"/reports/{first}", json=again, headers={"If-Match": '"1"'})
    assert corrected.status_code == 200, corrected.text
    asked = await reports.post(
        f"/reports/{first}/review", json={"outcome": "question", "reason": f"{MARKER}?"}, headers=new_key()
    )
    assert asked.status_code == 200, asked.text
    second = (await reports.post("/reports", json=make_report(text=MARKER), headers=new_key())).json()["id"]
    gone = await reports.post(f"/reports/{second}/withdraw", json={"reason": f"{MARKER}."}, headers=new_key())
    assert gone.status_code == 200, gone.text
    file = await bring_in(reports, HEADER + f"{MARKER}-2,order,2026-11-01 12:00,14.64,63.17,{MARKER}\n")
    assert counts(file)[:2] == (1, 1)
    await be_refused(reports, marked)
    return [first, second]


async def be_refused(reports: httpx.AsyncClient, marked: dict[str, Any]) -> None:
    """The marker where it is not taken; no answer repeats it."""
    key = new_key()
    refused = [
        await reports.post("/reports", json=marked, headers=new_key()),  # the reference is taken
        await reports.post("/reports", json=marked | {f"{MARKER} 12": MARKER}, headers=new_key()),
        await reports.post("/reports", json=marked | {"category": MARKER}, headers=new_key()),
        await reports.post("/reports", json=marked | {"severity": MARKER}, headers=new_key()),
        await reports.post("/reports", json=marked | {"occurred_from": MARKER}, headers=new_key()),
        await reports.post("/reports", content=f'{{"text": "{MARKER}'.encode(), headers=new_key() | JSON),
        await reports.post("/reports", json=MARKER, headers=new_key()),
        await reports.get("/reports", params={"cursor": MARKER}),
        await reports.get(f"/reports/{MARKER}"),
        await reports.get(f"/{MARKER}"),
        await reports.post("/imports", params={"mapping": MARKER}, content=MARKER.encode(), headers=key),
        await reports.get("/reports", headers={"Authorization": f"Bearer {MARKER}"}),
    ]
    assert all(400 <= answer.status_code < 500 for answer in refused), [answer.status_code for answer in refused]
    assert not [answer.text for answer in refused if MARKER in answer.text]


async def test_a_marker_is_nowhere_but_in_its_rows(
    reports: httpx.AsyncClient,
    reports_database: Database,
    postgres: DatabaseServer,
    bus: Bus,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Not in any message's key, headers or data, not in the outbox or what was put aside, not in a log line."""
    probe = await BusProbe(bus, list(TOPICS)).start()
    ids = await say_it_everywhere(reports)

    async def all_told() -> bool:
        await probe.pull()
        return not await rows(reports_database, "SELECT FROM outbox LIMIT 1")

    await wait_until(all_told, what="everything to be told")
    seen = [each for each in await probe.pull() if each.topic == "reports.report.v1"]
    await probe.stop()
    assert {each.key for each in seen} >= set(ids)
    travelled = "".join(f"{each.key} {each.headers} {each.value!r}\n" for each in probe.seen)
    assert MARKER not in travelled
    said = "".join(capfd.readouterr())
    assert "http.request" in said  # or there would be nothing to search
    assert MARKER not in said
    assert MARKER not in Path(postgres.postgres.log).read_text(errors="replace")
    assert len(await rows(reports_database, "SELECT FROM reports WHERE text LIKE $1", f"%{MARKER}%")) == 3
