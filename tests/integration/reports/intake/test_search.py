"""GET /reports?words=: inflected words are found by the rules of the municipality's language, with an index of them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random

import httpx
import pytest
from fastapi import FastAPI

from services.reports import searching
from services.reports.app import build
from services.reports.areas.work import load_areas
from services.reports.searching import INDEX, configuration, fit_index, readable
from tests.support.make.reports import MANY_MORE, make_report
from tests.support.servers.postgres import Database, DatabaseServer, connected
from tests.support.servers.services import client, make_principal, new_key, running

TEXTS = ("Glassplitter vid gungorna.", "Two windows were smashed.")


@asynccontextmanager
async def municipality(app: FastAPI, language: str) -> AsyncIterator[httpx.AsyncClient]:
    """A coordinator before the service of a municipality of that language."""
    settings = app.state.settings
    here = settings.municipality.model_copy(update={"language": language})
    other = build(settings.model_copy(update={"municipality": here}))
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(running(other))
        await load_areas(other)
        yield await stack.enter_async_context(client(url, service="reports", principal=make_principal()))


async def found(caller: httpx.AsyncClient, words: str) -> list[str]:
    """The texts that hold these words."""
    answer = await caller.get("/reports", params={"words": words})
    return [each["text"] for each in answer.json()["reports"]]


async def plan(database: Database, language: str) -> str:
    """How PostgreSQL would look for a word of that language, were there too many reports to read them all."""
    rules = configuration(language)
    async with connected(database.admin_url) as admin, admin.transaction():
        await admin.execute("SET LOCAL enable_seqscan = off")
        rows = await admin.fetch(
            f"EXPLAIN SELECT id FROM reports"
            f" WHERE to_tsvector('{rules}', text) @@ websearch_to_tsquery('{rules}', 'window')"
        )
    return "\n".join(row[0] for row in rows)


ODD_PIECES = (*"-\" a_.()!&|<:*'\\å\n٣²", "or ")


async def test_anything_asked_for_is_a_search(postgres: DatabaseServer) -> None:
    """Hyphens by the hundred, operators, quotation marks, in any order: PostgreSQL makes a query of each."""
    made = Random(20261128)
    asked = ["-" * 200, "- " * 100, "-" * 33 + "a", '-"' * 100, '-""' * 66, '-"- ' * 50, "-or " * 50]
    for _ in range(5000):
        pieces = made.sample(ODD_PIECES, made.randint(1, 5))
        asked.append("".join(made.choice(pieces) for _ in range(made.randint(1, 200)))[:200])
    async with connected(postgres.postgres.admin_url) as admin:
        for words in asked:
            await admin.fetchval("SELECT websearch_to_tsquery('swedish', $1)", readable(words))


async def test_a_line_of_hyphens_is_no_fault(reports: httpx.AsyncClient, texts: None) -> None:
    """GET /reports and /reports.csv: what excludes nothing is read over, beside words and alone."""
    for words in ("-" * 200, "gungorna " + "-" * 100, "- - -" * 30):
        assert (await reports.get("/reports", params={"words": words})).status_code == 200
        table = await reports.get("/reports.csv", params={"words": words})
        assert table.text.startswith("id,")
    assert await found(reports, "gungorna " + "-" * 40) == [TEXTS[0]]
    assert await found(reports, "gungorna -glassplitter") == []


@pytest.fixture
async def texts(reports: httpx.AsyncClient, reports_database: Database) -> AsyncIterator[None]:
    """A report in Swedish and one in English; afterwards the index is that of Swedish again."""
    for number, text in enumerate(TEXTS):
        sent = make_report(text=text, external_reference=f"T-{number}")
        answer = await reports.post("/reports", json=sent, headers={"Idempotency-Key": f"text-{number}"})
        assert answer.status_code == 201, answer.text
    yield
    await fit_index(reports_database.owner_url, language="sv")


async def test_an_inflected_word_is_found_in_the_municipalitys_language(
    reports_app: FastAPI, reports_database: Database, texts: None
) -> None:
    """`gunga` finds gungorna in Swedish, `window` windows and `smashing` smashed in English; an index serves each."""
    async with municipality(reports_app, "sv") as swedish:
        assert await found(swedish, "gunga") == [TEXTS[0]]
        assert await found(swedish, "smashing") == []
    assert INDEX in await plan(reports_database, "sv")
    assert INDEX not in await plan(reports_database, "en")
    assert await fit_index(reports_database.owner_url, language="en")
    async with municipality(reports_app, "en") as english:
        assert await found(english, "window smashing") == [TEXTS[1]]
        assert await found(english, "gunga") == []
    assert INDEX in await plan(reports_database, "en")


async def test_the_index_is_made_when_the_language_changes_and_only_then(
    reports_app: FastAPI, reports_database: Database, texts: None
) -> None:
    """A search is right before the index fits, too; a language that PostgreSQL does not know finds whole words."""
    assert not await fit_index(reports_database.owner_url, language="sv")
    async with municipality(reports_app, "en") as early:
        assert await found(early, "window") == [TEXTS[1]]
    assert await fit_index(reports_database.owner_url, language="pl")
    assert not await fit_index(reports_database.owner_url, language="pl")
    async with municipality(reports_app, "pl") as polish:
        assert await found(polish, "WINDOWS") == [TEXTS[1]]
        assert await found(polish, "window") == []
    assert INDEX in await plan(reports_database, "pl")


async def test_a_search_that_takes_long_is_given_up(
    reports: httpx.AsyncClient, reports_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GET /reports?words=-musik: every text would be read; a sentence says so, and the next one has its own time."""
    assert (await reports.post("/reports", json=make_report(), headers=new_key())).status_code == 201
    async with connected(reports_database.admin_url) as admin:
        await admin.execute(MANY_MORE)
    monkeypatch.setattr(searching, "SEARCH_S", 0.001)
    slow = await reports.get("/reports", params={"words": "-musik"})
    assert (slow.status_code, slow.json()["type"]) == (422, "urn:samsyn:problem:search-too-wide")
    monkeypatch.undo()
    found = await reports.get("/reports", params={"words": "störande", "limit": "1000"})
    assert len(found.json()["reports"]) == 1000
