"""Who gets which webhooks: every kind and role, reports of three organisations, field by field"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import orjson

from shared.access import ROLES_OF_KIND, TABLE, Role
from shared.access.telling import coarse_facts, coarse_moment
from shared.bus import Bus
from shared.messages import BY_TYPE
from shared.messages.reports import ReportSubmitted
from tests.support.make.notify import area_changed, notify_client, report_submitted, subscribe, tell, verified
from tests.support.make.things import KIND_OF_ROLE, ROLES, everything
from tests.support.servers.receivers import Delivery, Receiver
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
            expected[path, str(fact.report_id)] = getattr(TABLE["report"][role], whose)
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
        assert set(data) <= coarse_facts(ReportSubmitted) | ({"organisation_id"} if whole else set()), pair


async def test_every_message_comes_as_the_table_gives(clean: None, notify_url: str, hook: Receiver, bus: Bus) -> None:
    """POST /subscriptions: each message to each role, which fields and when it was told."""
    here = f"h{uuid4().hex[:6]}"
    await tell(bus, area_changed("2380", here))
    readers = {role: make_principal(kind=KIND_OF_ROLE[role], role=role, areas=(here,)) for role in ROLES}
    made = {}
    for role, reader in readers.items():
        async with notify_client(notify_url, reader) as caller:
            made[role] = await subscribe(caller, url=f"{hook.url}/every-{role}", types=[])
    facts = list(everything([reader.organisation_id for reader in readers.values()], here=here, there="nowhere"))
    last = report_submitted(area_code=here, organisation_id=readers["night_walker"].organisation_id)
    later = datetime.now(UTC) + timedelta(minutes=1)
    await tell(bus, *(each.message for each in facts), at=later)
    await tell(bus, last, at=later)

    def got(role: Role) -> dict[tuple[str, str], dict[str, Any]]:
        mine = [verified(each, made[role]["secret"]) for each in hook.got if each.path == f"/hook/every-{role}"]
        return {(each["type"], key_of(each)): each for each in mine}

    for role, reader in readers.items():
        sights = {
            (each.message.type, each.message.key): (each, each.sight(role, reader.organisation_id)) for each in facts
        }
        due = {key for key, (_, sight) in sights.items() if sight in ("everything", "coarse")}
        await wait_until(lambda role=role, due=due: due <= set(got(role)), what=f"all that is due to a {role}")  # type: ignore[misc]
        for key, item in got(role).items():
            if key not in sights:
                continue
            each, sight = sights[key]
            whole = each.message.model_dump(mode="json", exclude_none=True, exclude={"geometry"})
            names = set(whole) if sight == "everything" else coarse_facts(type(each.message))
            assert key in due
            assert item["data"] == {name: whole[name] for name in names if name in whole}
            told = later if sight == "everything" else coarse_moment(later)
            assert datetime.fromisoformat(item["timestamp"]) == told
        async with notify_client(notify_url, reader) as caller:
            await check_log(caller, made[role]["id"], [each for each in hook.got if each.path == f"/hook/every-{role}"])


async def check_log(caller: httpx.AsyncClient, subscription_id: str, got: list[Delivery]) -> None:
    """The log of deliveries says of each when it was told as its body did, and no finer."""
    answer = await caller.get(f"/subscriptions/{subscription_id}/deliveries", params={"limit": 1000})
    said = {each.headers["webhook-id"]: orjson.loads(each.body)["timestamp"] for each in got}
    for line in answer.json()["deliveries"]:
        assert datetime.fromisoformat(line["told_at"]) == datetime.fromisoformat(said[line["message_id"]])


def key_of(item: dict[str, Any]) -> str:
    """What a webhook's message is about."""
    return str(item["data"][BY_TYPE[item["type"]].keyed_by])
