"""Webhooks that ask for categories: told of a thing as long as it is of one of them, and when it is no more"""

from uuid import uuid4

import httpx

from shared.bus import Bus
from shared.messages.reports import ReportCorrected, ReportRemoved, ReportReviewed
from tests.support.make.notify import ids_of, report_submitted, subscribe, tell
from tests.support.servers.receivers import receiver
from tests.support.servers.services import wait_until


async def test_who_follows_a_category_is_told_of_its_reports_alone_and_that_one_left_it(
    clean: None, notify: httpx.AsyncClient, bus: Bus
) -> None:
    """A correction to another category goes to both; a decision to those who follow the category it is of."""
    async with receiver() as order, receiver() as drugs, receiver() as all_:
        for by, categories in ((order, ["order"]), (drugs, ["drugs"]), (all_, [])):
            await subscribe(notify, url=by.url, types=[], categories=categories)
        sent = report_submitted()
        facts = sent.model_dump() | {"sequence": 2, "category": "drugs", "subcategory": None}
        of_it = {"sequence": 3, "report_id": sent.report_id, "organisation_id": sent.organisation_id}
        (submitted,) = await tell(bus, sent)
        (corrected,) = await tell(bus, ReportCorrected(**facts, category_from="order"))
        (reviewed,) = await tell(bus, ReportReviewed(**of_it, category="drugs", outcome="accepted", counts=True))
        await tell(bus, ReportRemoved(**of_it, category="order", area_code="010101"))
        (last,) = await tell(bus, report_submitted(report_id=uuid4()))
        (other,) = await tell(bus, report_submitted(report_id=uuid4(), category="drugs"))
        await wait_until(lambda: str(other) in ids_of(all_.got), what="the last one")
        await wait_until(lambda: str(last) in ids_of(order.got), what="the last one of order")
        await wait_until(lambda: str(other) in ids_of(drugs.got), what="the last one of drugs")
        assert set(ids_of(order.got)) == {str(each) for each in (submitted, corrected, last)}
        assert set(ids_of(drugs.got)) == {str(each) for each in (corrected, reviewed, other)}
