"""A form that was used and is sent again, and what each page says of a question: only what is true of this report."""

import re
from collections.abc import Awaitable, Callable

from tests.integration.gateway.pages.reports.test_deciding import QUESTION, decision, post
from tests.support.make.forms import filled, send
from tests.support.make.people import Visitor, hidden

Visit = Callable[..., Awaitable[Visitor]]
AGAIN = "Du har redan skickat"


async def links(visitor: Visitor) -> int:
    """How many reports are on the list."""
    return (await visitor.browser.get("/reports")).text.count('<a href="/reports/0')


async def test_the_same_words_again_lead_to_the_report_that_they_made(visit: Visit) -> None:
    """The way back fills the form in again, under a key of its own: one report, which says that it is."""
    visitor = await visit(kind="housing", role="member")
    first = await send(visitor)
    form = (await visitor.browser.get("/reports/new")).text
    assert await send(visitor, key=hidden(form, "key")) == first
    assert AGAIN in (await visitor.browser.get(f"{first}?again=1")).text
    assert await links(visitor) == 1
    assert await send(visitor, text="Hög musik vid södra entrén.") != first
    assert await links(visitor) == 2


async def test_what_was_taken_back_can_be_sent_again(visit: Visit) -> None:
    """By the same words: else nobody could repent of repenting."""
    visitor = await visit(kind="housing", role="member")
    first = await send(visitor)
    token = hidden((await visitor.browser.get(first)).text, "form_token")
    await post(visitor, f"{first}/withdraw", {"form_token": token, "reason": "Fel dag."})
    second = await send(visitor)
    assert second != first
    assert AGAIN not in (await visitor.browser.get(second)).text


async def test_a_colleague_who_saw_the_same_makes_a_report_of_it(visit: Visit) -> None:
    """A form is its person's: the same words of another are another report."""
    one, other = await visit(kind="housing", role="member"), await visit(kind="guard", role="member")
    assert await send(one) != await send(other)


async def test_a_correction_says_only_what_is_true_of_its_report(visit: Visit) -> None:
    """Without a question nothing of one; with one, that the report waits again."""
    housing, coordinator = await visit(kind="housing", role="member"), await visit()
    path = await send(housing)
    form = filled((await housing.browser.get(f"{path}/correct")).text)
    kept = await post(housing, f"{path}/correct", form | {"severity": "3"})
    assert "Rättelsen är sparad" in kept
    assert "granskning igen" not in kept
    await post(coordinator, "/review", await decision(coordinator, path, "question", reason=QUESTION))
    form = filled((await housing.browser.get(f"{path}/correct")).text)
    kept = await post(housing, f"{path}/correct", form | {"text": "Hög musik vid södra entrén."})
    assert "granskning igen" in kept


async def test_who_asks_its_own_organisation_is_not_told_of_a_coordinator(visit: Visit) -> None:
    """On the overview and on the report: the question stands there, in words for who reviews."""
    coordinator = await visit()
    path = await send(coordinator)
    await post(coordinator, "/review", await decision(coordinator, path, "question", reason=QUESTION))
    for page in ("/", path):
        shown = (await coordinator.browser.get(page)).text
        assert path in shown
        assert "Samordnaren" not in shown, page
        assert "Frågor till dig" not in shown, page


async def test_who_reviews_sees_the_minutes_of_what_may_be_the_same(visit: Visit) -> None:
    """GET /review: of the one and of the other."""
    housing, guard, coordinator = (
        await visit(kind="housing", role="member"), await visit(kind="guard", role="member"), await visit(),
    )  # fmt: skip
    await send(housing, lat="63,1501", lon="14,6501", area="")
    await send(guard, lat="63,1503", lon="14,6503", area="", clock_from="21:40", text="Musik och skrål.")
    queue = (await coordinator.browser.get("/review")).text
    assert {"21.30–22.15", "21.40–22.15"} <= set(re.findall(r"21\.\d\d–22\.15", queue))
