"""A personnummer sent to every door of a running installation, then looked for in all that the installation keeps."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.local.environment import embedded, of_service
from deploy.local.kept import municipality
from deploy.local.state import read_state
from shared.bus.opening import open_bus
from tests.e2e.conftest import Installation
from tests.e2e.searching import in_databases, in_files, in_topics, pattern_of
from tests.support.make.reports import make_report
from tests.support.servers.services import wait_until

pytestmark = pytest.mark.timeout(300)

NUMBER = "19811218-9876"
STRONG = f"Killen {NUMBER} var där igen"
# Rows of a file are worked off 4,000 at a time: this one is in the eighth batch.
ROW = 30_000
MARKER = "Lampan vid stolpe MARKER-e2e är släckt"


def key() -> dict[str, str]:
    """Headers with a new Idempotency-Key."""
    return {"Idempotency-Key": uuid4().hex}


async def is_refused(answer: httpx.Response, field: str) -> None:
    """With the field, the kind and the place, and without the number."""
    assert answer.status_code == 422, answer.text
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, "strong_personnummer")]
    assert "9876" not in answer.text.replace(answer.json()["request_id"], "")  # random digits, which may be any


async def plant_in_texts(caller: httpx.AsyncClient) -> None:
    """One typed into a report, a finding, a gathering, a subscription, and where nobody would look for it."""
    area = next(each["code"] for each in (await caller.get("/samsyn/v1/areas")).json()["areas"] if each["parent"])
    today = datetime.now(UTC)
    await is_refused(await caller.post("/samsyn/v1/reports", json=make_report(text=STRONG), headers=key()), "/text")
    walk = {
        "area_code": area,
        "planned_on": today.date().isoformat(),
        "reason": "Många rapporter i höst",
        "meeting_point": "Utanför biblioteket",
        "expected_participants": 8,
    }
    answer = await caller.post("/samsyn/v1/walks", json=walk | {"reason": STRONG}, headers=key())
    await is_refused(answer, "/reason")
    made = (await caller.post("/samsyn/v1/walks", json=walk, headers=key())).json()
    finding = {"kind": "lighting", "note": STRONG, "owner_id": str(uuid4()), "priority": 1}
    await is_refused(await caller.post(f"/samsyn/v1/walks/{made['id']}/findings", json=finding, headers=key()), "/note")
    gathering = {
        "name": STRONG,
        "kind": "market",
        "place_name": "Stortorget",
        "area_code": area,
        "starts_at": (today + timedelta(days=9)).isoformat(),
        "ends_at": (today + timedelta(days=9, hours=4)).isoformat(),
        "organiser": "Föreningen Vintertorget",
        "expected_attendance": 100,
        "outdoor": True,
        "alcohol": False,
    }
    await is_refused(await caller.post("/samsyn/v1/gatherings", json=gathering, headers=key()), "/name")
    wanted = {"url": "http://127.0.0.1:9/hook", "types": ["report.submitted"], "description": STRONG}
    await is_refused(await caller.post("/samsyn/v1/subscriptions", json=wanted, headers=key()), "/description")
    # In an address, a header, a key that the caller makes up, and a body that cannot be read.
    await caller.get("/samsyn/v1/reports", params={"words": NUMBER}, headers={"X-Request-Id": NUMBER})
    await caller.get(f"/samsyn/v1/areas/{NUMBER}")
    await caller.post("/samsyn/v1/reports", json=make_report() | {NUMBER: NUMBER}, headers=key())
    broken = {"Content-Type": "application/json", **key()}
    await caller.post("/samsyn/v1/reports", content=f'{{"text": "{NUMBER}'.encode(), headers=broken)
    named = make_report(text=MARKER, external_reference=None)
    taken = await caller.post("/samsyn/v1/reports", json=named, headers={"Idempotency-Key": NUMBER})
    assert taken.status_code == 201, taken.text


async def plant_in_file(caller: httpx.AsyncClient) -> Any:
    """One in a row far down, beside one in a column that the mapping does not name. Returns what became of the file."""
    mapping = {
        "columns": {"external_reference": "nr", "occurred_from": "dag", "category": "typ", "text": "text"},
        "values": {"category": {"Klotter": "damage"}},
        "datetime_format": "%Y-%m-%d",
    }
    assert (await caller.put("/samsyn/v1/mappings/privacy", json=mapping)).status_code == 200
    rows = [f"P-{n};2026-01-0{n % 9 + 1};Klotter;Gavel {n};" for n in range(ROW + 1_000)]
    rows[ROW] = f"P-{ROW};2026-01-05;Klotter;{STRONG};{NUMBER}"
    body = "\n".join(["nr;dag;typ;text;anmälare", *rows]).encode("cp1252")
    sent = await caller.post(
        "/samsyn/v1/imports", params={"mapping": "privacy"}, content=body, headers={"Content-Type": "text/csv"}
    )
    assert sent.status_code == 202, sent.text

    async def ended() -> Any:
        state = (await caller.get(sent.headers["location"])).json()
        return state if state["state"] in ("done", "failed") else None

    return await wait_until(ended, timeout_s=120, what="the file")


async def test_a_personnummer_is_nowhere(samsyn: Installation) -> None:
    """Typed into every kind of text and put into a file: refused or struck out; no database, topic or log holds it."""
    caller = await samsyn.partner("municipality")
    await plant_in_texts(caller)
    done = await plant_in_file(caller)
    assert (done["state"], done["new"], done["masked"]) == ("done", ROW + 1_000, 1), done
    assert done["masked_kinds"] == {"personnummer": 1}

    state = read_state(samsyn.up.home)
    postgres = embedded(state, environ=samsyn.up.environ)
    assert await in_databases(postgres.admin_url, "MARKER-e2e är"), "the search finds nothing at all"
    assert "samsyn_reports: public.imports" in await in_databases(postgres.admin_url, done["id"])
    pattern = pattern_of(NUMBER)
    assert await in_databases(postgres.admin_url, pattern) == []

    told = municipality(samsyn.up.home, environ=samsyn.up.environ)
    settings = of_service("reports", state=state, postgres=postgres, municipality=told, environ=samsyn.up.environ)
    bus = open_bus(settings["BUS_URL"])
    await bus.start()
    try:
        assert await in_topics(bus, pattern) == []
    finally:
        await bus.stop()
    assert in_files(state.logs, json.dumps("http.request").strip('"')), "there are no logs to search"
    assert in_files(state.logs, pattern) == []
    assert NUMBER not in samsyn.up.said.read_text()
