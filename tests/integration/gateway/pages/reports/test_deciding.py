"""Decisions and answers from a report's own page, and the queue: what two who work at once are told."""

import html
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from fastapi import FastAPI

from shared.access import Kind, Role
from tests.integration.gateway.pages.reports.test_reports import YESTERDAY, send
from tests.support.make.days import today
from tests.support.make.forms import filled
from tests.support.make.people import Visitor, add_person, hidden, visiting

Visit = Callable[..., Awaitable[Visitor]]
QUESTION = "Vilken entré var det?"


@pytest.fixture
async def visit(clean: None, gateway_app: FastAPI, gateway_url: str) -> AsyncIterator[Visit]:
    """Signs somebody in: `await visit(kind=, role=)`."""
    async with AsyncExitStack() as stack:

        async def enter(*, kind: Kind = "municipality", role: Role = "coordinator") -> Visitor:
            name, organisation_id = await add_person(gateway_app, kind=kind, role=role)
            return await stack.enter_async_context(visiting(gateway_url, name, organisation_id))

        yield enter


async def decision(visitor: Visitor, path: str, outcome: str, **typed: str) -> dict[str, str]:
    """The form of a decision on the report's own page, filled in."""
    page = (await visitor.browser.get(path)).text
    form = page[page.index('id="decide"') :]
    names = ("form_token", "key", "report", "version", "here")
    return {name: hidden(form, name) for name in names} | {"outcome": outcome} | typed


async def post(visitor: Visitor, address: str, form: dict[str, str]) -> str:
    """What the page says then."""
    answer = await visitor.browser.post(address, data=form, follow_redirects=True)
    return html.unescape(answer.text)


async def test_a_report_is_decided_on_from_its_own_page_and_the_decision_taken_back(visit: Visit) -> None:
    """Accepted, and back: each time on the same page, which says so."""
    housing, coordinator = await visit(kind="housing", role="member"), await visit()
    path = (await send(housing)).partition("?")[0]
    assert 'id="decide"' not in (await housing.browser.get(path)).text
    accepted = await post(coordinator, "/review", await decision(coordinator, path, "accepted"))
    assert "Rapporten är godkänd." in accepted
    assert "Ångra beslutet" in accepted
    undone = await post(coordinator, "/review", await decision(coordinator, path, "received"))
    assert "Beslutet är ångrat" in undone
    assert "Ångra beslutet" not in undone


async def test_who_decides_second_is_told_who_did_what_and_keeps_their_words(visit: Visit) -> None:
    """Also where the later decision would be possible: nobody's is written over unseen."""
    housing, first, second = await visit(kind="housing", role="member"), await visit(), await visit()
    path = (await send(housing)).partition("?")[0]
    late = await decision(second, path, "rejected", reason="Hör inte hit")
    await post(first, "/review", await decision(first, path, "accepted"))
    told = await post(second, "/review", late)
    assert "Någon annan hann före: godkänd, " in told
    assert 'value="Hör inte hit"' in told
    again = await post(second, "/review", await decision(second, path, "rejected", reason="Hör inte hit"))
    assert "Rapporten är avvisad." in again


async def test_what_stands_against_a_duplicate_is_told_as_it_is(visit: Visit) -> None:
    """The other report counts no more, is the same one, or the report was put aside: nobody else was before."""
    housing, coordinator = await visit(kind="housing", role="member"), await visit()
    path, other = [(await send(housing, text=text)).partition("?")[0] for text in ("Hög musik.", "Musik och skrål.")]
    alone = await decision(coordinator, path, "accepted")
    joined = alone | {"outcome": "duplicate", "duplicate_of": other.rpartition("/")[2]}
    await post(coordinator, "/review", await decision(coordinator, other, "rejected", reason="Hör inte hit"))
    told = await post(coordinator, "/review", joined)
    assert "Den andra rapporten räknas inte längre, den är: avvisad." in told
    assert "hann före" not in told
    itself = await post(coordinator, "/review", joined | {"duplicate_of": path.rpartition("/")[2], "key": "k2"})
    assert "En rapport är ingen dubblett av sig själv." in itself
    await post(coordinator, "/review", await decision(coordinator, path, "rejected", reason="Hör inte hit"))
    shown = await decision(coordinator, path, "accepted")
    aside = shown | {"outcome": "duplicate", "duplicate_of": other.rpartition("/")[2]}
    told = await post(coordinator, "/review", aside)
    assert "Rapporten är: avvisad. Därifrån går beslutet inte att fatta" in told
    assert "hann före" not in told


async def test_a_question_stands_on_the_first_page_and_is_answered_on_the_report(visit: Visit) -> None:
    """The sender sees it at once, beside the form too; the answer is in the text, and the report waits again."""
    housing, coordinator = await visit(kind="housing", role="member"), await visit()
    path = (await send(housing)).partition("?")[0]
    await post(coordinator, "/review", await decision(coordinator, path, "question", reason=QUESTION))
    first = (await housing.browser.get("/")).text
    assert "Frågor till dig" in first
    assert f'href="{path}#asked"' in first
    assert "Frågor till dig" not in (await coordinator.browser.get("/")).text
    assert QUESTION in (await housing.browser.get(f"{path}/correct")).text
    shown = (await housing.browser.get(path)).text
    assert QUESTION in shown
    form = {name: hidden(shown[shown.index('id="asked"') :], name) for name in ("form_token", "version")}
    refused = await post(housing, f"{path}/answer", form | {"answer": "Fråga kalle@example.com"})
    assert "Fråga kalle@example.com</textarea>" in refused
    assert "Ta bort" in refused
    # Counted in what was typed, not in the report's text with it.
    assert "(tecken 7–23)" in refused
    empty = await post(housing, f"{path}/answer", form | {"answer": "  "})
    assert "Det finns inget svar än." in empty
    corrected = await post(housing, f"{path}/correct", filled((await housing.browser.get(f"{path}/correct")).text))
    assert "Ingenting är ändrat" in corrected
    assert QUESTION in corrected
    answered = await post(housing, f"{path}/answer", form | {"answer": "Den södra."})
    assert "Svaret är skickat" in answered
    assert "Hög musik vid norra entrén.\n\nDen södra." in answered
    assert "Samordnaren undrar" not in answered
    late = await post(housing, f"{path}/answer", form | {"answer": "Den norra."})
    assert "Den norra.</textarea>" in late
    assert "är inte skickat" in late
    queue = (await coordinator.browser.get("/review")).text
    assert "Den södra." in queue
    assert f"Ni frågade: {QUESTION}" in queue
    shown = (await coordinator.browser.get(path)).text
    assert ("Avsändarens beteckning" in shown, "Er beteckning" in shown) == (True, False)


async def test_the_queue_begins_with_this_period_and_goes_both_ways(visit: Visit) -> None:
    """A report of long ago that came in first stands behind those of now; `before` leads back."""
    coordinator = await visit()
    old = (await send(coordinator, day="2024-05-05", text="För länge sedan.")).partition("?")[0]
    here = today().isoformat()
    now = (await send(coordinator, day=here, clock_from="00:00", text="Alldeles nyss.")).partition("?")[0]
    first = (await coordinator.browser.get("/review")).text
    assert f'href="{now}"' in first
    following = html.unescape(first[: first.index('rel="next"')].rpartition('href="')[2].partition('"')[0])
    second = (await coordinator.browser.get(following)).text
    assert f'href="{old}"' in second
    back = html.unescape(second[: second.index('rel="prev"')].rpartition('href="')[2].partition('"')[0])
    assert f'href="{now}"' in (await coordinator.browser.get(back)).text
    one = (await coordinator.browser.get("/review", params={"report": old.rpartition("/")[2]})).text
    assert "För länge sedan." in one


async def test_the_list_is_sorted_and_chosen_by_sender(visit: Visit) -> None:
    """By when it happened; who sent it stands beside it where that may be seen."""
    housing, guard, coordinator = (
        await visit(kind="housing", role="member"),
        await visit(kind="guard", role="member"),
        await visit(),
    )
    await send(housing, day="2026-03-01", text="Tidigare.")
    await send(guard, day="2026-02-01", text="Tidigast.")
    await send(housing, day=YESTERDAY, text="Senast.")
    page = (await coordinator.browser.get("/reports", params={"sort": "occurred-asc"})).text
    assert page.index("Tidigast.") < page.index("Tidigare.") < page.index("Senast.")
    chosen = (await coordinator.browser.get("/reports", params={"sender": str(guard.organisation_id)})).text
    assert ("Tidigast." in chosen, "Senast." in chosen) == (True, False)
    assert "Inskickad av" in chosen
    sheet = await coordinator.browser.get(
        "/reports.csv", params={"format": "excel", "sender": str(guard.organisation_id)}
    )
    assert sheet.content.startswith("\ufeffRapport;Dag;".encode())
    assert len(sheet.text.splitlines()) == 2
