"""Reports that are counted as one: which of them stands, and what the page of that one says before a decision."""

import html

from tests.integration.gateway.pages.reports.test_deciding import Visit, decision, post, visit
from tests.integration.gateway.pages.reports.test_reports import send
from tests.support.make.people import Visitor, hidden

__all__ = ["visit"]
PLACE = {"lat": "63,1501", "lon": "14,6501", "area": ""}


async def joined(coordinator: Visitor, *, stands: str) -> tuple[str, str]:
    """Two reports of the queue made one by one of the two buttons: which stands, and its duplicate."""
    queue = (await coordinator.browser.get("/review")).text
    similar = queue[queue.index('class="similar"') :]
    ours, other = similar.split('<button class="quiet"')[:2]
    form = ours if stands == "other" else other
    names = ("form_token", "key", "report", "duplicate_of")
    typed = {name: hidden(form, name) for name in names} | {"outcome": "duplicate"}
    said = await post(coordinator, "/review", typed)
    assert "räknas nu som en händelse" in said
    return f"/reports/{typed['duplicate_of']}", f"/reports/{typed['report']}"


async def test_either_of_two_reports_can_be_the_one_that_stands(visit: Visit) -> None:
    """The older, or the newer and graver one; the buttons say which severity the picture has then."""
    housing, coordinator = await visit(kind="housing", role="member"), await visit()
    older = (await send(housing, **PLACE, severity="1")).partition("?")[0]
    newer = (await send(housing, **PLACE, severity="3", clock_from="21:40")).partition("?")[0]
    queue = html.unescape((await coordinator.browser.get("/review")).text)
    assert "Den här står kvar, allvarlighetsgrad 3" in queue
    assert "”Den här rapporten” står kvar, allvarlighetsgrad 1" in queue
    assert await joined(coordinator, stands="other") == (newer, older)
    undo = await decision(coordinator, older, "received")
    await post(coordinator, "/review", undo)
    assert await joined(coordinator, stands="this") == (older, newer)


async def test_the_page_of_the_one_that_stands_shows_its_duplicates_and_what_a_decision_means(visit: Visit) -> None:
    """To the coordinator, with their senders; to its sender nothing. Once it is rejected, the other one counts."""
    housing, guard = await visit(kind="housing", role="member"), await visit(kind="guard", role="member")
    coordinator = await visit()
    sent = {(await send(each, **PLACE)).partition("?")[0]: each for each in (housing, guard)}
    leader, duplicate = await joined(coordinator, stands="other")
    shown = (await coordinator.browser.get(leader)).text
    behind = shown[shown.index('id="behind"') :]
    assert f'href="{duplicate}"' in behind
    assert ("guard " if sent[duplicate] is guard else "housing ") in behind[: behind.index("</section>")]
    warning = "1 annan rapport gäller samma händelse och räknas genom den här."
    assert shown.count(warning) == 2
    assert "räknas den första av dem i dess ställe" in shown
    queue = await coordinator.browser.get("/review", params={"report": leader.rpartition("/")[2]})
    assert warning in queue.text
    assert 'id="behind"' not in (await sent[leader].browser.get(leader)).text
    listed = await coordinator.browser.get("/reports", params={"incident_id": leader.rpartition("/")[2]})
    assert f'href="{duplicate}"' in listed.text
    said = await post(coordinator, "/review", await decision(coordinator, leader, "rejected", reason="Hör inte hit."))
    assert "Rapporten är avvisad." in said
    assert 'id="behind"' not in said
    assert "mottagen" in (await coordinator.browser.get(duplicate)).text
