"""/findings/{id}: one finding as its readers see it, each as far as they may."""

from html import escape, unescape
from typing import Any
from uuid import uuid4

import pytest

from services.gateway.pages.speech.codes import FINDINGS
from tests.integration.walks.safety.walks import answered, found, take_part, walked
from tests.support.look.words import only_in, words_in, words_on
from tests.support.servers.postgres import Database
from tests.support.servers.services import client, make_principal, wait_until

Beside = dict[str, tuple[Database, str]]
DATA = "Tre lampor Torget municipality housing member coordinator"


async def raised(beside: Beside, visitor: Any) -> str:
    """A finding that the visitor's organisation answers for, in the walks service; its id."""
    database, url = beside["walks"]
    await take_part(database, visitor.organisation_id)
    async with client(url, service="walks", principal=make_principal()) as planner:
        walk = await walked(planner)
        return await found(planner, walk, owner_id=str(visitor.organisation_id), note="Tre lampor.")


@pytest.mark.parametrize(("spoken", "other", "kind"), [("sv", "en", "Belysning"), ("en", "sv", FINDINGS["lighting"])])
async def test_a_finding_has_its_page(visit: Any, beside: Beside, spoken: str, other: str, kind: str) -> None:
    """GET /findings/{id}: what, where, whose, and in one language alone."""
    visitor = await visit(kind="housing", role="member")
    place = f"/findings/{await raised(beside, visitor)}"
    page = (await visitor.browser.get(place, params={"lang": spoken})).text
    assert f"<h1>{kind}</h1>" in page
    assert "Tre lampor." in page
    assert "Torget" in page
    assert not words_on(page) & only_in(other) - words_in(DATA)


async def test_what_its_reader_may_not_know_is_not_shown(visit: Any, beside: Beside) -> None:
    """GET /findings/{id}: another's in part, by words; one that there is not in the frame of all pages."""
    owner, school = await visit(kind="housing", role="member"), await visit(kind="school", role="member", areas=("01",))
    place = f"/findings/{await raised(beside, owner)}"
    page = unescape((await school.browser.get(place)).text)
    assert ("Belysning" in page, "visas inte" in page, "Tre lampor" in page) == (True, True, False)
    nowhere = await school.browser.get(f"/findings/{uuid4()}")
    assert (nowhere.status_code, "Sidan finns inte" in nowhere.text, "<nav " in nowhere.text) == (404, True, True)


async def test_an_answer_stands_with_its_reason(visit: Any, beside: Beside) -> None:
    """GET /findings/{id}: of one that will not be mended, why."""
    visitor = await visit(kind="housing", role="member")
    finding = await raised(beside, visitor)
    owner = make_principal(organisation_id=visitor.organisation_id, kind="housing", role="member")
    async with client(beside["walks"][1], service="walks", principal=owner) as caller:
        assert (await answered(caller, finding, status="declined", reason="Byts i januari.")).status_code == 200
    page = (await visitor.browser.get(f"/findings/{finding}")).text
    assert ("åtgärdas inte" in page, "Byts i januari." in page) == (True, True)


async def test_the_overview_leads_there(visit: Any, beside: Beside) -> None:
    """GET /: by the name of each finding that waits."""
    visitor = await visit(kind="housing", role="member")
    link = f'<a href="/findings/{await raised(beside, visitor)}"><strong>Belysning: Tre lampor.</strong></a>'

    async def leads() -> bool:
        return link in unescape((await visitor.browser.get("/")).text)

    await wait_until(leads, what="the finding to be told")


async def test_the_way_back_leads_to_the_overview_as_it_was(visit: Any, beside: Beside) -> None:
    """GET /findings/{id}: of the area and the cycle that were shown; of everything where none was."""
    visitor = await visit(kind="housing", role="member")
    place = f"/findings/{await raised(beside, visitor)}"
    for asked in ("/", "/?area=01&period=2026-11-02&more=findings", "/?order=count"):
        assert (await visitor.browser.get(asked)).status_code == 200
        assert f'<nav class="path"><a href="{escape(asked)}">' in (await visitor.browser.get(place)).text
