"""Who gets which webhooks: every kind and role, reports of three organisations, field by field"""

from typing import Any
from uuid import uuid4

from shared.access import COARSE_FACTS, ROLES_OF_KIND, TABLE
from shared.bus import Bus
from tests.support.make.notify import area_changed, notify_client, report_submitted, subscribe, tell, verified
from tests.support.servers.receivers import Receiver
from tests.support.servers.services import make_principal, wait_until

READERS = [(kind, role) for kind in ROLES_OF_KIND for role in ROLES_OF_KIND[kind]]


async def test_every_reader_gets_what_the_table_gives(clean: None, notify_url: str, hook: Receiver, bus: Bus) -> None:
    """POST /subscriptions: own reports whole, others' in own areas coarsely, others elsewhere not at all."""
    here, there = f"h{uuid4().hex[:6]}", f"t{uuid4().hex[:6]}"
    await tell(bus, area_changed("2380", here), area_changed("2380", there))
    facts = {"own_areas": report_submitted(area_code=here), "elsewhere": report_submitted(area_code=there)}
    expected: dict[tuple[str, str], str] = {}
    secrets: dict[str, str] = {}
    own = []
    for kind, role in READERS:
        reader, path = make_principal(kind=kind, role=role, areas=(here,)), f"/hook/{kind}-{role}"
        async with notify_client(notify_url, reader) as caller:
            secrets[path] = (await subscribe(caller, url=f"{hook.url}/{kind}-{role}"))["secret"]
        own.append(report_submitted(area_code=here, organisation_id=reader.organisation_id))
        for whose, fact in {"own": own[-1], **facts}.items():
            expected[path, str(fact.report_id)] = getattr(TABLE[role], whose)
    await tell(bus, *facts.values(), *own)

    def got() -> dict[tuple[str, str], dict[str, Any]]:
        told = [(each.path, verified(each, secrets[each.path])["data"]) for each in hook.got]
        return {(path, data["report_id"]): data for path, data in told}

    due = {pair for pair, sight in expected.items() if sight in ("everything", "coarse")}
    last = {(path, str(own[-1].report_id)) for path in secrets if "member" in path}
    await wait_until(lambda: due | last <= set(got()), what="every webhook that is due")
    found = got()
    assert not (set(expected) - due) & set(found)
    for pair, data in found.items():
        # Of what the other readers sent in the same area it sees what it sees of anybody's there.
        whole = expected.get(pair) == "everything" or "coordinator" in pair[0] or "municipal_police" in pair[0]
        assert ("organisation_id" in data) is whole, pair
        assert set(data) <= COARSE_FACTS | ({"organisation_id"} if whole else set()), pair
