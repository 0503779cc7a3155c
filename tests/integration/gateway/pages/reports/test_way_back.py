"""From a report back to the list that it was opened from, with all that the list was asked for."""

import re
from html import unescape

from tests.integration.gateway.pages.reports.test_reports import Visit, send, visit
from tests.support.make.people import Visitor

__all__ = ["visit"]
ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}
CHOSEN = "/reports?category=order&dark=false&severity=2&sort=received&words=h%C3%B6g+musik"


async def back_from(visitor: Visitor, report: str, **kept: str) -> str:
    """Where the way back from a report leads. kept: cookies that the browser sends instead of its own."""
    cookies = "; ".join(f"{name}={value}" for name, value in (dict(visitor.browser.cookies) | kept).items())
    shown = await visitor.browser.get(report, headers={"Cookie": cookies})
    found = re.search(r'<nav class="path"><a href="(/reports[^"]*)">', shown.text)
    assert found is not None
    return unescape(found[1])


async def test_the_list_is_as_it_was(visit: Visit) -> None:
    """Whatever was chosen, also after something was done with the report; the whole list where none was seen."""
    visitor = await visit()
    report = (await send(visitor)).partition("?")[0]
    assert await back_from(visitor, report) == "/reports"
    assert (await visitor.browser.get(CHOSEN)).status_code == 200
    await visitor.browser.get(report, params={"corrected": "1"})
    assert await back_from(visitor, report) == CHOSEN
    assert (await visitor.browser.get("/reports?severity=4")).status_code == 422
    await visitor.browser.get("/reports?severity=1", headers=ELSEWHERE)
    assert await back_from(visitor, report) == CHOSEN, "neither what was refused nor what another site asked for"
    await visitor.browser.get(f"{CHOSEN}&lang=sv&utm_source=brev")
    assert await back_from(visitor, report) == CHOSEN, "a language is not chosen again on the way back"
    await visitor.browser.get("/reports")
    assert await back_from(visitor, report) == "/reports"


async def test_nobody_else_is_led_to_it(visit: Visit) -> None:
    """At the same browser: what the one before looked for stays theirs, and what is made up leads nowhere."""
    first, second = await visit(), await visit()
    report = (await send(second)).partition("?")[0]
    await first.browser.get(CHOSEN)
    theirs = str(first.browser.cookies["samsyn_list"])
    assert await back_from(first, report, samsyn_list=theirs) == CHOSEN
    assert await back_from(second, report, samsyn_list=theirs) == "/reports"
    await second.browser.get("/reports?area=01")
    mark = str(second.browser.cookies["samsyn_list"]).partition(".")[0]
    for odd in ("", ".", mark, f"{mark}.", f"{mark}.//elsewhere", "x" * 5000):
        assert (await back_from(second, report, samsyn_list=odd)).partition("?")[0] == "/reports", odd
