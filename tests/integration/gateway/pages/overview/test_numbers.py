"""Every number of the overview is as many as the rows of the list that it leads to."""

import html
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.cycles import cycle_of
from tests.support.make.days import today
from tests.support.make.people import Visitor
from tests.support.make.reports import make_report
from tests.support.servers.services import wait_until

_LINK = re.compile(r'<a class="number-link" href="(/reports\?[^"]*)">([^<]*)</a>')
_SQUARE = re.compile(r'<a href="(/reports\?[^"]*)"[^>]*><(?:rect|path)[^>]*><title>([^<]*)</title>')
_SUM = re.compile(r'<a href="(/reports\?[^"]*)"[^>]*>(?:<rect[^>]*/>)?<text[^>]*>([0-9]+)</text></a>')


def linked(page: str) -> dict[str, int]:
    """The lists that numbers of a page lead to, and the numbers."""
    found = [*_LINK.findall(page), *_SQUARE.findall(page), *_SUM.findall(page)]
    return {html.unescape(href): int(re.findall(r"[0-9]+", said)[-1 if ":" in said else 0]) for href, said in found}


async def rows_of(browser: httpx.AsyncClient, address: str) -> int:
    """How many reports a list has on all its pages."""
    rows = 0
    while address:
        answer = await browser.get(address)
        assert answer.status_code == 200, address
        rows += len(re.findall(r'href="/reports/[0-9a-f]{8}-', answer.text))
        onward = re.search(r'href="(/reports\?[^"]*cursor=[^"]*)"', answer.text)
        address = html.unescape(onward[1]) if onward else ""
    return rows


async def send_some(caller: httpx.AsyncClient, first: Any) -> None:
    """Reports of two periods, of several kinds, with and without a place and a time of day."""
    kinds: list[dict[str, Any]] = [
        {"category": "order"}, {"category": "damage", "subcategory": "graffiti"}, {"category": "positive"},
        {"category": "order", "point": None}, {"category": "theft", "occurred_from": "day"},
    ]  # fmt: skip
    for n in range(15):
        day = first - timedelta(days=n % 3)
        kind = {"subcategory": None, "occurred_to": None, **kinds[n % 5]}
        at = str(day) if kind.get("occurred_from") else f"{day}T{n % 4:02}:10:00+01:00"
        body = make_report(**(kind | {"occurred_from": at}))
        answer = await caller.post("/samsyn/v1/reports", json=body, headers={"Idempotency-Key": uuid4().hex})
        assert answer.is_success, answer.text


@pytest.mark.parametrize(
    ("kind", "role", "areas", "some"),
    [
        ("municipality", "coordinator", (), 25),
        ("housing", "member", ("01",), 10),
        ("night_walk", "night_walker", ("01",), 0),
    ],
)
async def test_a_number_is_as_many_as_the_rows_behind_it(
    visit: Callable[..., Awaitable[Visitor]],
    partner: Any,
    gateway_app: Any,
    kind: str,
    role: str,
    areas: tuple[str, ...],
    some: int,
) -> None:
    """Of every link of the page, of the municipality and of an area; who gets numbers only has none but its own."""
    cycle = gateway_app.state.cycle
    await send_some(await partner(), cycle_of(today(), start=cycle.start, days=cycle.days).first)
    leader = (await visit()).browser

    async def counted() -> bool:
        return "3 rapporterade problem" in html.unescape((await leader.get("/")).text)

    await wait_until(counted, what="the overview to count the reports")
    browser = (await visit(kind=kind, role=role, areas=areas)).browser
    found = linked((await browser.get("/")).text) | linked((await browser.get("/?area=01")).text)
    assert len(found) >= some
    assert bool(found) == bool(some)
    wrong = {href: (n, rows) for href, n in found.items() if n != (rows := await rows_of(browser, href))}
    assert wrong == {}
