"""What a new user does, through the gateway of a running installation."""

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from tests.e2e.conftest import Installation
from tests.support.make.days import today
from tests.support.make.reports import make_report
from tests.support.servers.services import wait_until

pytestmark = pytest.mark.timeout(300)


def key() -> dict[str, str]:
    """A new Idempotency-Key."""
    return {"Idempotency-Key": uuid4().hex}


class Receiver:
    """A partner's endpoint: remembers what was sent to it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.got: list[tuple[dict[str, str], bytes]] = []

    async def __aenter__(self) -> "Receiver":
        app = web.Application()
        app.router.add_post("/hook", self._take)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.url = f"http://127.0.0.1:{self.port}/hook"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        self.got.append((dict(request.headers), await request.read()))
        return web.Response(status=204)


async def test_a_report_from_token_to_webhook(samsyn: Installation) -> None:
    """Token, report, receipt; the overview counts it; the webhook's signature holds; its text is nowhere outside."""
    police, housing = await samsyn.partner("police"), await samsyn.partner("granen")
    before = (await police.get("/samsyn/v1/overview")).json()["totals"]["reports"]
    async with Receiver(samsyn.up.receiver_port) as receiver:
        wanted = {"url": receiver.url, "types": ["report.submitted"], "categories": ["order"], "area_codes": ["01"]}
        made = await police.post("/samsyn/v1/subscriptions", json=wanted, headers=key())
        assert made.status_code == 201, made.text
        body = make_report(occurred_from=today().isoformat(), occurred_to=None, text="MARKER-e2e")
        body["point"] = {"lon": 14.64, "lat": 63.1765}
        receipt = await housing.post("/samsyn/v1/reports", json=body, headers=key())
        assert receipt.status_code == 201, receipt.text
        assert receipt.json()["area_code"] == "0112"

        def delivered() -> Any:
            return [got for got in receiver.got if receipt.json()["id"].encode() in got[1]]

        headers, sent = (await wait_until(delivered, what="the webhook"))[0]
        told = Webhook(made.json()["secret"]).verify(sent, headers)
        assert told["type"] == "report.submitted"
        assert b"MARKER" not in sent

        async def counted() -> bool:
            return bool((await police.get("/samsyn/v1/overview")).json()["totals"]["reports"] == before + 1)

        await wait_until(counted, what="the overview")
    assert (await police.get(f"/samsyn/v1/reports/{receipt.json()['id']}")).json()["text"] == "MARKER-e2e"
    for log in (samsyn.up.home / "logs").iterdir():
        assert b"MARKER" not in log.read_bytes(), log.name


async def test_the_lagesbild_counts_what_was_sent(samsyn: Installation) -> None:
    """GET /samsyn/v1/lagesbild: the areas' own counts and those without an area make the total."""
    police = await samsyn.partner("police")
    answer = await police.get("/samsyn/v1/lagesbild")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    own = sum(area["own"]["total"]["count"] for area in found["areas"])
    assert own + found["unplaced"]["total"]["count"] == found["total"]["total"]["count"] > 0
    assert found["earlier_periods"] == 26


async def test_a_service_down_leaves_the_others_at_work(samsyn: Installation) -> None:
    """Kill walks: its own operations answer 503 and say so; reports are taken; soon walks is back by itself."""
    police = await samsyn.partner("police")
    pid = samsyn.up.programs()["walks"].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    answer = await police.get("/samsyn/v1/walks")
    assert answer.status_code in (200, 503)  # the supervisor may have been quicker
    if answer.status_code == 503:
        assert "walks service" in answer.json()["detail"]
    body = make_report(occurred_from=today().isoformat(), occurred_to=None)
    assert (await police.post("/samsyn/v1/reports", json=body, headers=key())).status_code == 201

    async def back() -> bool:
        return (await police.get("/samsyn/v1/walks")).status_code == 200

    await wait_until(back, timeout_s=60, what="walks to be back")


async def test_wrong_things_get_an_answer_fit_for_a_stranger(samsyn: Installation) -> None:
    """Unknown field, wrong coordinates, broken JSON, a page too many: problem+json with a sentence, no traceback."""
    caller = await samsyn.partner("granen")
    tries = [
        await caller.post("/samsyn/v1/reports", json=make_report() | {"colour": "red"}, headers=key()),
        await caller.post("/samsyn/v1/reports", json=make_report(point={"lon": 700, "lat": 63}), headers=key()),
        await caller.post("/samsyn/v1/reports", content=b"{", headers=key() | {"Content-Type": "application/json"}),
        await caller.get("/samsyn/v1/reports", params={"cursor": "nonsense"}),
        await caller.get("/samsyn/v1/reports", params={"limit": 100000}),
        await caller.get(f"/samsyn/v1/reports/{uuid4()}"),
        await caller.post("/samsyn/v1/areas/grid", json={}, headers=key()),
    ]
    assert [answer.status_code for answer in tries] == [422, 422, 400, 400, 422, 404, 403]
    for answer in tries:
        assert answer.headers["content-type"] == "application/problem+json"
        problem = json.loads(answer.content)
        assert problem["detail"].endswith(".")
        assert problem["request_id"]
        assert "Traceback" not in answer.text


async def test_many_readers_do_not_hold_each_other_up(samsyn: Installation) -> None:
    """GET /samsyn/v1/overview: forty at once are all answered, and answer the same."""
    police = await samsyn.partner("police")
    answers = await asyncio.gather(*(police.get("/samsyn/v1/overview") for _ in range(40)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["totals"]["reports"] for answer in answers}) == 1


async def test_a_file_goes_in_by_the_command_line(samsyn: Installation, tmp_path: Path) -> None:
    """samsyn import: tried first, then a bar and the counts; again: unchanged; what is wrong gets a sentence."""
    file, mapping = tmp_path / "week.csv", tmp_path / "mapping.json"
    file.write_text("Nr;Datum;Typ\nA-1;2026-11-16;Klotter\nA-2;2026-11-17;Klotter\n", encoding="cp1252")
    mapping.write_text(
        json.dumps(
            {
                "columns": {"external_reference": "Nr", "occurred_from": "Datum", "category": "Typ"},
                "values": {"category": {"Klotter": "damage"}},
                "datetime_format": "%Y-%m-%d",
            }
        )
    )
    client = samsyn.access["clients"]["rescue"]
    signed_in = ["--client-id", client["client_id"], "--client-secret", client["client_secret"], "--url", samsyn.url]

    async def samsyn_import(*arguments: str) -> tuple[int, str]:
        return await asyncio.to_thread(samsyn.up.command, "import", *arguments)

    tried = tmp_path / "tried.csv"
    tried.write_bytes(file.read_bytes() + b"A-3;2026-11-18;Klister\n")
    known = ["--mapping", "cli", "--mapping-file", str(mapping)]
    code, said = await samsyn_import(str(tried), "--dry-run", *known, *signed_in)
    assert (code, "nothing was stored; it would be: 3 rows: new 2, unchanged 0" in said) == (0, True), said
    assert "line 4, column 'Typ': " in said
    assert "'Klister' (1)" in said
    code, said = await samsyn_import(str(file), *known, *signed_in)
    assert (code, "2 rows: new 2, unchanged 0" in said) == (0, True), said
    code, said = await samsyn_import(str(file), "--mapping", "cli", *signed_in)
    assert (code, "new 0, unchanged 2" in said) == (0, True), said
    for wrong in (
        ["--mapping", "none", *signed_in],
        ["--mapping", "cli", *signed_in[:2], "--client-secret", "x", "--url", samsyn.url],
        ["--mapping", "cli", *signed_in[:4], "--url", "http://127.0.0.1:9"],
    ):
        code, said = await samsyn_import(str(file), *wrong)
        assert (code, "Traceback" in said, "samsyn: " in said) == (1, False, True), said
