"""/: the overview as people see it, with the numbers of the database, for each kind of reader."""

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from fastapi import FastAPI

from services.gateway.proxy.clients import Addresses, Services
from shared.cycles import cycle_of
from shared.service import open_database
from tests.support.make.areas import square
from tests.support.make.days import ZONE, today
from tests.support.make.publications import add_published
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import INTERNAL_KEY, wait_until

AWAY = "Lägesbilden kan inte visas just nu"


@pytest.fixture
async def period(gateway_app: FastAPI) -> date:
    """The first day of the running cycle."""
    cycle = gateway_app.state.cycle
    return cycle_of(today(), start=cycle.start, days=cycle.days).first


@pytest.fixture
async def rows(clean: None, gateway_database: Database) -> AsyncIterator[asyncpg.Connection]:
    """The read model's tables, to be filled."""
    async with connected(gateway_database.admin_url) as admin:
        yield admin


async def add_area(rows: asyncpg.Connection, code: str, name: str, path: list[str], west: float) -> None:
    """A square area."""
    await rows.execute(
        "INSERT INTO areas (code, name, level, path, geometry, active, sequence) VALUES ($1, $2, $3, $4, $5, true, 2)",
        code, name, len(path) - 1, path, json.dumps(square(west, 63.1, 0.05)),
    )  # fmt: skip


async def add_count(rows: asyncpg.Connection, period: date, area: str, n: int, category: str = "order") -> None:
    """Reports of one kind in one area and period."""
    await rows.execute(
        "INSERT INTO area_counts (period, area_code, category, organisation_id, reports)"
        " VALUES ($1, $2, $3, gen_random_uuid(), $4)",
        period, area, category, n,
    )  # fmt: skip


def on_map(text: str) -> dict[str, str]:
    """What the map says of each area, by code."""
    found = re.findall(r'data-area="([^"]+)"><title>([^<]*)</title>', text)
    return {code: html.unescape(said) for code, said in found}


def in_table(text: str) -> dict[str, tuple[str, str]]:
    """Name and count of each area in the table, by code."""
    row = r'<tr [^>]*data-area="([^"]+)">.*?<a\s+href[^>]*>([^<]*)</a>.*?<td class="n">(?:<a [^>]*>)?([^<]*)<'
    found = re.findall(row, text, flags=re.DOTALL)
    return {code: (html.unescape(name), html.unescape(n)) for code, name, n in found}


@asynccontextmanager
async def reports_at(app: FastAPI, url: str) -> AsyncIterator[None]:
    """The gateway looking for the reports service elsewhere."""
    kept = app.state.services
    addresses = Addresses(urls={"reports": url}, connect_timeout_s=2, answer_timeout_s=25)
    app.state.services = Services(addresses, key=INTERNAL_KEY)
    await app.state.services.start()
    try:
        yield
    finally:
        await app.state.services.stop()
        app.state.services = kept


async def test_map_and_table_have_the_numbers_of_the_database(
    visit: Any, rows: asyncpg.Connection, period: date
) -> None:
    """GET /: every area on the map is in the table with the same number; sums go up the tree; a name is only a name."""
    await add_area(rows, "02", '<b>"Norr" & Söder</b>', ["02"], 14.8)
    await add_count(rows, period, "01", 14)
    await add_count(rows, period, "01", 3, "damage")
    await add_count(rows, period - timedelta(days=14), "01", 9)
    await add_count(rows, period, "", 2)
    await add_count(rows, period, "01", 5, "positive")
    page = (await (await visit()).browser.get("/")).text
    assert on_map(page) == {
        "01": "Torget: 17 rapporterade problem, föregående period 9",
        "02": '<b>"Norr" & Söder</b>: 0 rapporterade problem, föregående period 0',
    }
    assert in_table(page) == {"01": ("Torget", "17"), "02": ('<b>"Norr" & Söder</b>', "0")}
    assert "<b>" not in page
    text = re.sub("<[^>]*>", "", page)
    assert re.search(r"Rapporterade problem\s+19\s", text)
    assert "9 under hela föregående period" in text
    assert "därutöver positiva iakttagelser: 5" in text
    assert re.search(r"2 utan känd plats hör inte till något område", text)
    assert page.count("<script") == 0


async def test_what_lies_in_none_of_the_areas_shown_is_said(visit: Any, rows: asyncpg.Connection, period: date) -> None:
    """GET /: why the areas in one do not add up to it; and that none are there is not that none were reported."""
    await add_area(rows, "0101", "Kajen", ["01", "0101"], 14.65)
    await rows.execute("UPDATE areas SET sequence = 71 WHERE code = '0101'")  # other areas than another test's
    await add_count(rows, period, "01", 20)
    browser = (await visit()).browser
    assert "Inga i de områden som visas" in (await browser.get("/")).text
    await add_count(rows, period, "0101", 37)
    page = (await browser.get("/")).text
    assert in_table(page) == {"01": ("Torget", "57"), "0101": ("Kajen", "37")}
    assert page.count("varav 20 inte i något av de mindre områdena") == page.count("varav ") == 1
    await rows.execute("DELETE FROM areas")
    none = (await browser.get("/")).text
    assert "Inga i de områden som visas" in none
    assert "Inga problem rapporterade" not in none


async def test_the_period_before_has_its_own_address(visit: Any, rows: asyncpg.Connection, period: date) -> None:
    """GET /?period=: the cycle that holds the day, and the ways back; what is no period is said to be none."""
    await add_count(rows, period - timedelta(days=14), "01", 9)
    browser = (await visit()).browser
    page = (await browser.get("/", params={"period": str(period - timedelta(days=3))})).text
    assert on_map(page)["01"].startswith("Torget: 9 rapporterade problem")
    assert "avslutad" in page
    assert 'href="/">Pågående period</a>' in page
    for wrong, status in (("1980-10-14", 422), ("9999-12-31", 422), ("0", 422), ("i går", 422)):
        answer = await browser.get("/", params={"period": wrong})
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")


async def test_a_period_without_reports_leads_to_the_last_that_has_some(
    visit: Any, rows: asyncpg.Connection, period: date
) -> None:
    """GET /: reports of long ago are no beginning that is still to come; before the first of all there are no data."""
    long_ago = period - timedelta(days=14 * 200)
    await add_count(rows, long_ago, "01", 9)
    browser = (await visit()).browser
    page = html.unescape((await browser.get("/")).text)
    assert "Det finns inga rapporter om den här perioden." in page
    onward = re.search(r'De senaste är om <a class="number-link" href="([^"]+)">', page)
    assert onward
    assert in_table(page)["01"] == ("Torget", "0")
    assert "Ingen hade rapporterat" not in page
    there = html.unescape((await browser.get(onward[1])).text)
    assert on_map(there)["01"] == "Torget: 9 rapporterade problem, föregående period 0"
    assert "De senaste är" not in there
    before = (await browser.get("/", params={"period": str(long_ago - timedelta(days=14))})).text
    assert in_table(before)["01"] == ("Torget", "inga data")
    assert on_map(before)["01"] == "Torget: inga data"
    legend = before.partition('aria-label="Problem per område"')[2].partition("</ul>")[0]
    assert re.sub("^>|<[^>]*>", "", legend).split() == ["Problem", "per", "område", "inga", "data"]


async def test_an_area_of_its_own(visit: Any, rows: asyncpg.Connection, period: date) -> None:
    """GET /?area=: map, table and numbers of that area; an area there is not is a page that says so."""
    await rows.execute("DELETE FROM areas")
    for code, path, west in (("2380", ["2380"], 14.0), ("01", ["2380", "01"], 14.6), ("02", ["2380", "02"], 14.7),
                             ("011", ["2380", "01", "011"], 14.6)):  # fmt: skip
        await add_area(rows, code, f"Område {code}", path, west)
    await add_count(rows, period, "011", 4)
    await add_count(rows, period, "02", 6)
    browser = (await visit()).browser
    whole, part = (await browser.get("/")).text, (await browser.get("/?area=01")).text
    assert set(on_map(whole)) == {"011", "02"}
    assert {code: n for code, (_, n) in in_table(whole).items()} == {"2380": "10", "01": "4", "011": "4", "02": "6"}
    assert set(on_map(part)) == {"011"}
    assert {code: n for code, (_, n) in in_table(part).items()} == {"01": "4", "011": "4"}
    assert "<h1>Läget i Område 01</h1>" in part
    by_count = list(in_table((await browser.get("/?order=count")).text))
    assert by_count == ["02", "011"]
    unknown = await browser.get("/?area=99")
    assert unknown.status_code == 404
    assert "Området finns inte" in unknown.text
    assert '<nav aria-label="Huvudmeny">' in unknown.text


async def test_an_area_is_found_however_its_code_was_written(visit: Any, rows: asyncpg.Connection) -> None:
    """GET /?area=, /reports?area=, /reports/new?area=: accents apart, escaped twice, or both."""
    await add_area(rows, "Å-1", "Ågatan", ["Å-1"], 14.8)
    browser = (await visit()).browser
    for written in ("%C3%85-1", "A%CC%8A-1", "%25C3%2585-1", "A%25CC%258A-1"):
        assert "<h1>Läget i Ågatan</h1>" in (await browser.get(f"/?area={written}")).text, written
        listed, form = [(await browser.get(f"{path}?area={written}")).text for path in ("/reports", "/reports/new")]
        assert '<option value="Å-1" selected>' in listed, written
        assert re.search(r'<option value="Å-1"\s+selected>', form), written
    for written in ("%", "%25", "%2525C3", "%FF", "Å-2"):
        assert (await browser.get(f"/?area={written}")).status_code == 404, written


@pytest.mark.parametrize(
    ("kind", "role", "areas", "rounded"),
    [
        ("municipality", "coordinator", (), False),
        ("housing", "member", ("01",), False),
        ("housing", "member", (), True),
        ("night_walk", "night_walker", ("01",), True),
    ],
)
async def test_counts_are_rounded_for_those_who_get_counts_only(
    visit: Any, rows: asyncpg.Connection, period: date, kind: str, role: str, areas: tuple[str, ...], rounded: bool
) -> None:
    """GET /: `..` and hatched before a publication, then about as many; what is seen one by one is as it is."""
    await add_count(rows, period, "01", 5)
    browser = (await visit(kind=kind, role=role, areas=areas)).browser
    before = (await browser.get("/")).text
    await add_published(rows, period, {("01", "order"): 5}, parents={"01": ""})
    after = (await browser.get("/")).text
    if not rounded:
        assert [on_map(page)["01"] for page in (before, after)] == [
            "Torget: 5 rapporterade problem, föregående period 0"
        ] * 2
        assert in_table(after)["01"][1] == "5"
        return
    nothing = "antalet rapporterade problem ännu inte publicerat, föregående period ännu inte publicerat"
    assert on_map(before)["01"] == f"Torget: {nothing}"
    assert (in_table(before)["01"][1], 'fill="url(#few)"' in before, 'fill="url(#few)"' in after) == ("..", True, False)
    assert "ännu inte publicerat</li>" in before
    assert "Ännu inte publicerat" in before
    assert re.fullmatch("Torget: omkring [36] rapporterade problem, föregående period omkring 0", on_map(after)["01"])
    assert in_table(after)["01"][1] in ("≈\u00a03", "≈\u00a06")
    assert "avrundade till tretal" in html.unescape(after)
    assert "andras till och med" in html.unescape(after)


async def test_the_lagesbild_of_the_cycle(visit: Any, partner: Any, period: date) -> None:
    """GET /: categories by name against what was before, and the week's hours as squares and as a table."""
    caller = await partner()
    for n, day in enumerate((today(), today(), period - timedelta(days=2))):
        body = make_report(occurred_from=f"{day}T00:{n:02}:00+01:00", occurred_to=None)
        assert (await caller.post("/samsyn/v1/reports", json=body, headers={"Idempotency-Key": uuid4().hex})).is_success
    browser = (await visit()).browser

    async def counted() -> str | None:
        text: str = (await browser.get("/")).text
        return text if "Torget: 2 rapporterade problem, föregående period 1" in html.unescape(text) else None

    page = await wait_until(counted, what="the overview to count the reports")
    assert AWAY not in page
    line = re.search(r'<th scope="row">Ordningsstörning</th>.*?</tr>', page, flags=re.DOTALL)
    assert line is not None
    assert re.findall(r'<td class="n[^"]*">(?:<a [^>]*>)?([^<]*)<', line[0])[:2] == ["2", "1"]
    matrix = page[page.index('class="matrix"') :]
    squares = re.findall(r"<title>([^<]*)</title>", matrix[: matrix.index("</svg>")])
    assert len(squares) == 7 * 24
    assert [each for each in squares if each.endswith(": 2 rapporter")]
    hours = page[page.index('class="hours"') :]
    cells = re.findall(r'<td class="n before">(?:<a [^>]*>)?([^<]*)<', hours[: hours.index("</table>")])
    assert (len(cells), sum(int(cell) for cell in cells)) == (7 * 24, 2)


async def test_a_page_without_the_reports_service(visit: Any, gateway_app: FastAPI, rows: asyncpg.Connection) -> None:
    """GET / with the reports service down, or there and silent: the rest of the page is whole."""

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await writer.wait_closed()

    browser = (await visit()).browser
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for url in ("http://127.0.0.1:9", f"http://127.0.0.1:{port}"):
        async with reports_at(gateway_app, url):
            answer = await browser.get("/")
        assert answer.status_code == 200
        assert AWAY in answer.text
        assert set(on_map(answer.text)) == {"01"}
    server.close()
    assert AWAY not in (await browser.get("/")).text


async def test_a_page_that_asks_for_too_much(visit: Any, gateway_app: FastAPI, rows: asyncpg.Connection) -> None:
    """GET / while the reports service answers 429: the page says to wait, not that nobody answers."""

    async def refusing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 2\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()

    browser = (await visit()).browser
    server = await asyncio.start_server(refusing, "127.0.0.1", 0)
    async with server, reports_at(gateway_app, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"):
        answer = await browser.get("/")
    assert answer.status_code == 200
    assert "svarar inte" not in answer.text
    assert "Er organisation frågar efter mycket just nu." in answer.text


async def test_an_installation_without_areas(visit: Any, rows: asyncpg.Connection) -> None:
    """GET / before anything was read in: the page says what is missing."""
    await rows.execute("DELETE FROM areas")
    page = (await (await visit()).browser.get("/")).text
    assert page.count("Inga områden är importerade än.") == 1
    assert '<a href="/areas">Lägg in områdena</a>' in page
    member = (await (await visit(kind="housing", role="member")).browser.get("/")).text
    assert "Lägg in områdena" not in member
    assert '<svg class="map"' not in page


async def test_an_installation_whose_areas_went_out_of_use(visit: Any, rows: asyncpg.Connection) -> None:
    """GET / after an import was taken back: there were areas, and none is in use."""
    await rows.execute("UPDATE areas SET active = false, sequence = sequence + 1")
    page = (await (await visit()).browser.get("/")).text
    assert "Inga områden används. De visas här så snart några gör det." in page
    assert "importerade än" not in page


async def test_a_period_that_has_not_begun(visit: Any, period: date) -> None:
    """GET /?period= of one to come: it has not ended."""
    page = (await (await visit()).browser.get("/", params={"period": str(period + timedelta(days=20))})).text
    assert "kommande" in page
    assert "avslutad" not in page


async def test_findings_and_gatherings_that_wait(visit: Any, rows: asyncpg.Connection) -> None:
    """GET /: the late one first, by its owner's name; a housing company sees its own and those of its areas."""
    visitor, stranger = await visit(kind="housing", role="member"), await visit(kind="housing", role="member")
    now = datetime.now(UTC)
    for due_in, status in ((-12, "open"), (30, "planned"), (-90, "done"), (5, "noted")):
        await rows.execute(
            "INSERT INTO finding_facts VALUES ($1, '01', $2, $3, $4, 1)",
            uuid4(), visitor.organisation_id, status, today() + timedelta(days=due_in),
        )  # fmt: skip
    await rows.execute(
        "INSERT INTO gathering_facts (gathering_id, organisation_id, area_code, starts_at, ends_at,"
        " expected_attendance, cancelled, sequence) VALUES ($1, $2, '01', $3, $4, 12500, false, 1)",
        uuid4(), visitor.organisation_id, now + timedelta(days=2), now + timedelta(days=2, hours=3),
    )  # fmt: skip
    page = html.unescape((await visitor.browser.get("/")).text)
    assert page.index("försenad 12 dagar") < page.index("ska åtgärdas")
    assert re.search(">1</a> försenad", page)
    assert "12\u00a0500 väntas" in page
    assert re.search(r"<strong>Brist</strong>.*?Torget · housing ", page, flags=re.DOTALL)
    other = (await stranger.browser.get("/")).text
    assert "Inga brister väntar på åtgärd." in other
    assert "Inga evenemang är anmälda." in other


@pytest.mark.parametrize(
    ("language", "said"), [("sv", "Hörnet (används inte längre)"), ("en", "Hörnet (no longer in use)")]
)
async def test_an_area_out_of_use_is_named_as_such(
    visit: Any, rows: asyncpg.Connection, language: str, said: str
) -> None:
    """GET /: what lies in a retired area says so, in the reader's language; an area in use has its name alone."""
    visitor = await visit()
    await add_area(rows, "gone", "Hörnet", ["gone"], 14.9)
    await rows.execute("UPDATE areas SET active = false, sequence = 3 WHERE code = 'gone'")
    for code in ("gone", "01"):
        await rows.execute(
            "INSERT INTO finding_facts VALUES (gen_random_uuid(), $1, $2, 'open', $3, 1)",
            code, visitor.organisation_id, today() + timedelta(days=5),
        )  # fmt: skip
    await rows.execute(
        "INSERT INTO gathering_facts (gathering_id, organisation_id, area_code, starts_at, ends_at, cancelled,"
        " sequence)"
        " VALUES (gen_random_uuid(), $1, 'gone', now() + interval '2 days', now() + interval '3 days', false, 1)",
        visitor.organisation_id,
    )
    page = html.unescape((await visitor.browser.get("/", params={"lang": language})).text)
    assert len(re.findall(f"{re.escape(said)} · ", page)) == 1, "the finding, with its owner"
    assert page.count(said) == 2, "and the gathering"
    assert "Torget · " in page


async def test_a_long_list_of_areas_shows_the_busiest(visit: Any, rows: asyncpg.Connection, period: date) -> None:
    """GET / with a hundred areas: those with most reports, and all behind a link."""
    for n in range(100):
        await add_area(rows, f"A{n:03}", f"Ruta {n}", [f"A{n:03}"], 14 + n / 100)
        await add_count(rows, period, f"A{n:03}", n)
    browser = (await visit()).browser
    some, everything = (await browser.get("/")).text, (await browser.get("/?show=all")).text
    assert list(in_table(some))[:3] == ["A099", "A098", "A097"]
    assert (len(in_table(some)), len(in_table(everything))) == (25, 101)
    assert "Visa alla 101 områden" in some
    assert len(on_map(some)) == 101


async def test_a_page_without_the_database(visit: Any, gateway_app: FastAPI) -> None:
    """GET / while the database is away: 503, in Swedish, with what to do; and whole again afterwards."""
    browser = (await visit()).browser
    kept, settings = gateway_app.state.database, gateway_app.state.settings
    away = settings.model_copy(update={"database_url": "postgresql://gateway@127.0.0.1:9/none"})
    gateway_app.state.database = open_database("gateway", away)
    try:
        answer = await browser.get("/")
    finally:
        await gateway_app.state.database.stop()
        gateway_app.state.database = kept
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert "Sidan kan inte visas just nu" in answer.text
    assert answer.headers["retry-after"]
    assert (await browser.get("/")).status_code == 200


@pytest.mark.parametrize(("kind", "role"), [("housing", "member"), ("municipality", "coordinator")])
async def test_what_just_happened_is_of_today(visit: Any, rows: asyncpg.Connection, kind: Any, role: Any) -> None:
    """GET / after the local midnight, while it is yesterday in UTC: today, for who is told the day alone too."""
    at = datetime.combine(today(), time(0, 10), ZONE)
    await rows.execute(
        "INSERT INTO feed (position, message_id, type, at, area_code, data)"
        " VALUES (1000001, $1, 'report.submitted', $2, '01', $3)",
        uuid4(), at, json.dumps({"category": "order", "area_code": "01", "organisation_id": str(uuid4())}),
    )  # fmt: skip
    page = html.unescape((await (await visit(kind=kind, role=role, areas=("01",))).browser.get("/")).text)
    told = re.search(r'<li class="of-report">(.*?)</li>', page, flags=re.DOTALL)
    assert told
    assert "I dag" in told[1]
