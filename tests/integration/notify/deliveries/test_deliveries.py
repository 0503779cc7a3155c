"""From a fact on the bus to a verified webhook: filters, access, retries, replay, the log."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
from aiohttp import web

from shared.access import Principal
from shared.bus import Bus
from shared.messages.gateway import OrganisationChanged
from shared.messages.walks import FindingRaised
from tests.support.look.sharing import says_a_day
from tests.support.make.days import today
from tests.support.make.notify import (
    area_changed,
    ids_of,
    new_key,
    notify_client,
    report_submitted,
    report_withdrawn,
    subscribe,
    tell,
    verified,
)
from tests.support.servers.postgres import Database, connected
from tests.support.servers.receivers import Delivery, Receiver, receiver
from tests.support.servers.services import make_principal, wait_until


async def test_fact_arrives_signed(notify: httpx.AsyncClient, hook: Receiver, bus: Bus) -> None:
    """A published report reaches its subscriber once; the reference library accepts it; the log shows it."""
    subscription = await subscribe(notify, url=hook.url)
    report = report_submitted()
    (message_id,) = await tell(bus, report)
    await wait_until(lambda: hook.got, what="the webhook")
    body = verified(hook.got[0], subscription["secret"])
    assert hook.got[0].headers["webhook-id"] == str(message_id)
    assert hook.got[0].headers["Content-Type"] == "application/json"
    assert body["type"] == "report.submitted"
    assert body["timestamp"].endswith("Z")
    assert body["data"] == report.model_dump(mode="json", exclude_none=True)
    log = await wait_until(lambda: ended(notify, subscription["id"], 1), what="the delivery log")
    assert [(d["message_id"], d["state"], d["attempts"], d["status"]) for d in log] == [
        (str(message_id), "delivered", 1, 204)
    ]
    attempts = (await notify.get(f"/deliveries/{log[0]['id']}/attempts")).json()["attempts"]
    assert [(a["attempt"], a["outcome"], a["status"], a["error"]) for a in attempts] == [(1, "delivered", 204, None)]


async def test_what_waits_says_the_day_it_was_told_and_no_more(notify: httpx.AsyncClient, bus: Bus) -> None:
    """GET /subscriptions/{id}/deliveries: until an attempt was made, no id and no time says when it happened."""
    subscription = await subscribe(notify, url="http://127.0.0.1:9/hook")
    await notify.patch(f"/subscriptions/{subscription['id']}", json={"status": "paused"})
    await tell(bus, report_submitted(), report_submitted())

    async def waiting() -> list[dict[str, Any]]:
        answer = await notify.get(f"/subscriptions/{subscription['id']}/deliveries")
        found: list[dict[str, Any]] = answer.json()["deliveries"]
        return found if len(found) == 2 else []

    for line in await wait_until(waiting, what="two that wait"):
        assert (line["state"], line["next_at"]) == ("waiting", None)
        assert says_a_day(UUID(line["id"]))


async def areas_known(database: Database, *codes: str) -> bool:
    """Whether the copy of areas holds them."""
    async with connected(database.admin_url) as admin:
        return bool(
            await admin.fetchval("SELECT count(*) = cardinality($1::text[]) FROM areas WHERE code = ANY($1)", codes)
        )


async def test_filters_by_type_category_and_area(
    notify: httpx.AsyncClient, notify_database: Database, bus: Bus
) -> None:
    """Each subscription gets what it asks for; an area stands for those below it; a withdrawal says where."""
    async with receiver() as all_, receiver() as order, receiver() as district, receiver() as elsewhere:
        await tell(bus, *(area_changed(*path) for path in (["2380", "01"], ["2380", "02"])))
        await wait_until(lambda: areas_known(notify_database, "01", "02"), what="areas that can be named")
        await subscribe(notify, url=all_.url, types=[])
        await subscribe(notify, url=order.url, types=[], categories=["order"])
        await subscribe(notify, url=district.url, types=[], area_codes=["01"])
        await subscribe(notify, url=elsewhere.url, types=["report.submitted"], area_codes=["02"])
        await tell(bus, area_changed("2380", "01", "0101", "010101"))
        await wait_until(lambda: district.got, what="the area to be known: topics have no order among them")
        (inside,) = await tell(bus, report_submitted(area_code="010101"))
        (violence,) = await tell(bus, report_submitted(area_code="02", category="violence"))
        (nowhere,) = await tell(bus, report_submitted(area_code=None))
        (withdrawn,) = await tell(bus, report_withdrawn())
        wanted = {str(each) for each in (inside, violence, nowhere, withdrawn)}

        def got(by: Receiver) -> set[str]:
            return set(ids_of(by.got)) & wanted

        await wait_until(lambda: got(all_) == wanted, what="all of them")
        await wait_until(lambda: len(got(order)) >= 3 and len(got(district)) >= 2 and got(elsewhere), what="the others")
        assert got(order) == wanted - {str(violence)}
        assert got(district) == {str(inside), str(withdrawn)}
        assert ids_of(elsewhere.got) == [str(violence)]


async def test_area_message_goes_without_its_geometry(notify: httpx.AsyncClient, hook: Receiver, bus: Bus) -> None:
    """A polygon can be larger than a webhook should be; receivers know areas by their code."""
    await subscribe(notify, url=hook.url, types=["area.changed"])
    await tell(bus, area_changed("2380", "01"))
    await wait_until(lambda: hook.got, what="the webhook")
    data = orjson.loads(hook.got[0].body)["data"]
    assert data["code"] == "01"
    assert "geometry" not in data


async def test_access_table_decides_who_gets_what(
    clean: None, notify_url: str, notify_database: Database, bus: Bus
) -> None:
    """A member gets others' reports in its own areas without their source, its own everywhere, and nothing else."""
    member = make_principal(kind="housing", role="member", areas=("01",))
    walker = make_principal(kind="night_walk", role="night_walker", areas=("01",))
    async with (
        receiver() as housing,
        receiver() as walking,
        notify_client(notify_url, member) as as_member,
        notify_client(notify_url, walker) as as_walker,
    ):
        await subscribe(as_member, url=housing.url, types=[])
        await subscribe(as_walker, url=walking.url, types=[])
        await tell(bus, area_changed("2380", "01", "010101"), area_changed("2380", "02"))
        await wait_until(lambda: areas_known(notify_database, "010101", "02"), what="areas: topics have no order")
        near = report_submitted(area_code="010101")
        (near_id,) = await tell(bus, near)
        (far_id,) = await tell(bus, report_submitted(area_code="02"))
        own = report_submitted(area_code="02", organisation_id=member.organisation_id)
        (own_id,) = await tell(bus, own)
        walked = report_submitted(area_code="02", organisation_id=walker.organisation_id)
        (walked_id,) = await tell(bus, walked)
        # Messages of different reports come in any order.
        wanted = {str(near_id), str(own_id)}
        await wait_until(lambda: wanted <= set(ids_of(housing.got)), what="the report near and the member's own")
        await wait_until(lambda: str(walked_id) in ids_of(walking.got), what="the night walkers' own report")
        bodies = {d.headers["webhook-id"]: orjson.loads(d.body)["data"] for d in housing.got}
        assert bodies[str(own_id)]["organisation_id"] == str(member.organisation_id)
        assert bodies[str(near_id)]["cell"] == near.cell
        assert "organisation_id" not in bodies[str(near_id)]
        assert {str(far_id), str(walked_id)}.isdisjoint(bodies)
        heard = [orjson.loads(each.body) for each in walking.got]
        assert [each["data"]["report_id"] for each in heard if each["type"] != "area.changed"] == [
            str(walked.report_id)
        ]


async def test_owner_of_a_finding_is_told(clean: None, notify_url: str, bus: Bus) -> None:
    """A finding in a foreign area reaches the organisation that must answer it."""
    owner = make_principal(kind="housing", role="member", areas=("99",))
    async with receiver() as here, notify_client(notify_url, owner) as caller:
        await subscribe(caller, url=here.url, types=["finding.raised"])
        finding = FindingRaised(
            sequence=1, finding_id=uuid4(), walk_id=uuid4(), area_code="01", kind="lighting",
            owner_id=owner.organisation_id, priority=2, due_on=today(),
        )  # fmt: skip
        await tell(bus, finding.model_copy(update={"owner_id": uuid4(), "finding_id": uuid4()}), finding)
        await wait_until(lambda: here.got, what="the webhook")
        assert [orjson.loads(d.body)["data"]["finding_id"] for d in here.got] == [str(finding.finding_id)]


async def test_organisation_that_left_gets_nothing(clean: None, notify_url: str, bus: Bus) -> None:
    """Areas and membership of today decide, not those of the day the subscription was made."""
    stays, leaves = (make_principal(kind="housing", role="member", areas=("01",)) for _ in range(2))
    async with (
        receiver() as staying,
        receiver() as leaving,
        notify_client(notify_url, stays) as first,
        notify_client(notify_url, leaves) as second,
    ):
        await subscribe(first, url=staying.url)
        await subscribe(second, url=leaving.url)
        await tell(bus, organisation(stays, areas=["02"]), organisation(leaves, active=False))
        await tell(bus, area_changed("2380", "01"), area_changed("2380", "02"))
        await wait_for_copies(notify_url, bus, stays)
        await tell(bus, report_submitted(area_code="01"))
        (wanted,) = await tell(bus, report_submitted(area_code="02"))
        await wait_until(lambda: staying.got, what="the webhook")
        assert (ids_of(staying.got)[-1], leaving.got) == (str(wanted), [])


def organisation(principal: Principal, *, areas: list[str] | None = None, active: bool = True) -> OrganisationChanged:
    """The gateway's fact about an organisation."""
    return OrganisationChanged(
        sequence=1,
        organisation_id=principal.organisation_id,
        name="Bostads AB Exempel",
        kind=principal.kind,
        areas=areas or [],
        active=active,
    )


async def wait_for_copies(notify_url: str, bus: Bus, principal: Principal) -> None:
    """Messages on different topics come in any order, so let a later one of each topic pass first."""
    async with receiver() as here, notify_client(notify_url, principal) as caller:
        await subscribe(caller, url=here.url, types=["organisation.changed"])
        await tell(bus, organisation(principal, areas=["02"]).model_copy(update={"sequence": 2}))
        await wait_until(lambda: here.got, what="the organisation's change")


async def test_fact_from_before_the_subscription_is_not_sent(
    notify: httpx.AsyncClient, hook: Receiver, bus: Bus
) -> None:
    """A new subscriber is not flooded with the past."""
    await subscribe(notify, url=hook.url)
    await tell(bus, report_submitted(), at=datetime.now(UTC) - timedelta(hours=1))
    (new,) = await tell(bus, report_submitted())
    await wait_until(lambda: str(new) in ids_of(hook.got), what="the new one")
    assert len(hook.got) == 1


async def test_failure_is_retried_with_the_same_id(notify: httpx.AsyncClient, hook: Receiver, bus: Bus) -> None:
    """Two failures, then success: three requests with one id and fresh signatures; the log shows all three."""
    answers = iter([500, 503, 204])
    hook.answer = lambda _: web.Response(status=next(answers), text="busy\x00å")
    subscription = await subscribe(notify, url=hook.url)
    await tell(bus, report_submitted())
    log = await wait_until(lambda: ended(notify, subscription["id"], 1), what="the end of the ladder")
    assert (log[0]["state"], log[0]["attempts"], len(set(ids_of(hook.got))), len(hook.got)) == ("delivered", 3, 1, 3)
    for each in hook.got:
        verified(each, subscription["secret"])
    attempts = (await notify.get(f"/deliveries/{log[0]['id']}/attempts")).json()["attempts"]
    assert [(a["attempt"], a["outcome"], a["status"]) for a in attempts] == [
        (1, "retry", 500),
        (2, "retry", 503),
        (3, "delivered", 204),
    ]
    assert {a["excerpt"] for a in attempts} == {""}  # nobody proved that the endpoint is the subscriber's


async def excerpt_of(caller: httpx.AsyncClient, subscription_id: str) -> tuple[str, bool]:
    """What is kept of the answer to a test message, and whether the endpoint counts as verified then."""
    sent = await caller.post(f"/subscriptions/{subscription_id}/test", headers=new_key())
    assert sent.status_code == 202, sent.text

    async def attempts() -> Any:
        return (await caller.get(f"/deliveries/{sent.json()['delivery_id']}/attempts")).json()["attempts"]

    (attempt,) = await wait_until(attempts, what="the attempt")
    subscription = (await caller.get(f"/subscriptions/{subscription_id}")).json()
    return attempt["excerpt"], subscription["verified_at"] is not None


def challenge_in(delivery: Delivery) -> str:
    """What a test message asks to be written back."""
    return str(orjson.loads(delivery.body)["data"]["challenge"])


async def test_an_answer_is_shown_once_its_endpoint_was_verified(
    notify: httpx.AsyncClient, hook: Receiver, notify_database: Database
) -> None:
    """A server that knows nothing of us proves nothing, whatever it echoes; the challenge alone does."""
    subscription_id = (await subscribe(notify, url=hook.url))["id"]
    for echo in (
        lambda got: web.Response(text="secrets of an inner machine"),
        lambda got: web.Response(body=got.body),
        lambda got: web.Response(text=str(got.headers)),
        lambda got: web.Response(text=f"You sent {challenge_in(got)}"),
        lambda got: web.Response(text=""),
    ):
        hook.answer = echo
        assert await excerpt_of(notify, subscription_id) == ("", False)
    hook.answer = lambda got: web.Response(text=f"{challenge_in(got)}\n")
    assert await excerpt_of(notify, subscription_id) == (f"{challenge_in(hook.got[-1])}\n", True)
    hook.answer = lambda _: web.Response(text="busy\x00å")
    assert await excerpt_of(notify, subscription_id) == ("busy\N{REPLACEMENT CHARACTER}å", True)
    hook.answer = lambda _: web.Response(text='{"user": "811218-9876", "mail": "nobody@example.org"}')
    struck = '{"user": "[struket: personnummer eller samordningsnummer]", "mail": "[struket: e-postadress]"}'
    assert await excerpt_of(notify, subscription_id) == (struck, True)
    async with connected(notify_database.admin_url) as admin:
        kept = await admin.fetchval("SELECT count(*) FROM attempts WHERE excerpt LIKE '%secrets%'")
    assert kept == 0
    hook.answer = lambda _: web.Response(status=410)
    await notify.post(f"/subscriptions/{subscription_id}/test", headers=new_key())

    async def disabled() -> bool:
        return bool((await notify.get(f"/subscriptions/{subscription_id}")).json()["status"] == "disabled")

    await wait_until(disabled, what="the subscription to be disabled")
    await notify.patch(f"/subscriptions/{subscription_id}", json={"status": "active"})
    hook.answer = lambda _: web.Response(text="somebody else lives here now")
    assert await excerpt_of(notify, subscription_id) == ("", False)


async def test_dead_delivery_is_replayed(notify: httpx.AsyncClient, hook: Receiver, bus: Bus) -> None:
    """After the last step a delivery is dead; POST /deliveries/{id}/replay sends it again, marked, with the same id."""
    hook.answer = lambda _: web.Response(status=500)
    subscription = await subscribe(notify, url=hook.url)
    await tell(bus, report_submitted())
    log = await wait_until(lambda: ended(notify, subscription["id"], 1), what="the end of the ladder")
    assert (log[0]["state"], log[0]["status"], len(hook.got)) == ("dead", 500, 3)
    hook.answer = lambda _: web.Response(status=200)
    key = new_key()
    for _ in range(2):  # the second is the same request again
        answer = await notify.post(f"/deliveries/{log[0]['id']}/replay", headers=key)
        assert answer.status_code == 202
    await wait_until(lambda: len(hook.got) == 4, what="the replay")
    assert hook.got[3].headers["webhook-replay"] == "true"
    assert len(set(ids_of(hook.got))) == 1
    log = await wait_until(lambda: ended(notify, subscription["id"], 1, state="delivered"), what="the log")
    assert (len(log), log[0]["attempts"]) == (1, 1)


async def test_gone_endpoint_is_disabled_and_told(notify: httpx.AsyncClient, hook: Receiver, bus: Bus) -> None:
    """410 disables the subscription, its organisation hears it by another one, and nothing new is queued."""
    async with receiver() as gone:
        gone.answer = lambda _: web.Response(status=410)
        subscription = await subscribe(notify, url=gone.url)
        other = await subscribe(notify, url=hook.url, types=["subscription.disabled", "report.submitted"])
        await tell(bus, report_submitted())
        told = await wait_until(lambda: of_type(hook, "subscription.disabled"), what="the fact that it was disabled")
        assert verified(told[0], other["secret"])["data"] == {
            "sequence": 2,
            "subscription_id": subscription["id"],
            "organisation_id": told_organisation(told[0]),
            "role": "coordinator",
            "reason": "gone",
        }
        assert (await notify.get(f"/subscriptions/{subscription['id']}")).json()["status"] == "disabled"
        await tell(bus, report_submitted())
        await wait_until(lambda: len(of_type(hook, "report.submitted")) == 2, what="the second report")
        log = (await notify.get(f"/subscriptions/{subscription['id']}/deliveries")).json()["deliveries"]
        assert [d["state"] for d in log] == ["gone"]
        answer = await notify.post(f"/deliveries/{log[0]['id']}/replay", headers=new_key())
        assert (answer.status_code, answer.json()["conflicts_with"]) == (409, [subscription["id"]])
        assert len(gone.got) == 1


@pytest.mark.parametrize(("before", "status"), [(18, "active"), (19, "disabled")])
async def test_unreachable_endpoint_is_disabled_after_five_days(
    notify: httpx.AsyncClient, bus: Bus, notify_database: Database, hook: Receiver, before: int, status: str
) -> None:
    """Five days without a success and twenty deliveries in vain: disabled. Nineteen are not enough."""
    hook.answer = lambda _: web.Response(status=500)
    subscription = await subscribe(notify, url=hook.url)
    await fail_since(notify_database, subscription["id"], days=6, deliveries=before)
    await tell(bus, report_submitted())

    async def settled() -> bool:
        now = (await notify.get(f"/subscriptions/{subscription['id']}")).json()["status"]
        return now == "disabled" or await ended(notify, subscription["id"], before + 1) is not None

    await wait_until(settled, what="the end of the ladder, or of the subscription")
    assert (await notify.get(f"/subscriptions/{subscription['id']}")).json()["status"] == status


def of_type(hook: Receiver, kind: str) -> list[Delivery]:
    """The webhooks of one type that came."""
    return [each for each in hook.got if orjson.loads(each.body)["type"] == kind]


def told_organisation(delivery: Delivery) -> object:
    """Whose subscription a `subscription.disabled` is about."""
    return orjson.loads(delivery.body)["data"]["organisation_id"]


async def fail_since(database: Database, subscription_id: str, *, days: int, deliveries: int) -> None:
    """Write a past in which so many deliveries failed."""
    async with connected(database.admin_url) as admin:
        await admin.execute(
            "UPDATE subscriptions SET failing_since = now() - make_interval(days => $1) WHERE id = $2",
            days, subscription_id,
        )  # fmt: skip
        await admin.execute(
            "WITH m AS (INSERT INTO messages (id, message_id, type, role, told_at, body)"
            " SELECT gen_random_uuid(), gen_random_uuid(), 'report.submitted', 'coordinator', now(), '{}'"
            " FROM generate_series(1, $2::int) RETURNING id)"
            " INSERT INTO attempts SELECT $1, gen_random_uuid(), gen_random_uuid(), id, 10, now(), 'dead', 500,"
            " NULL, '', 1 FROM m",
            subscription_id, deliveries,
        )  # fmt: skip


async def ended(
    caller: httpx.AsyncClient, subscription_id: str, count: int, *, state: str | None = None
) -> list[dict[str, object]] | None:
    """The delivery log, once so many deliveries have ended (in that state)."""
    log = (await caller.get(f"/subscriptions/{subscription_id}/deliveries", params={"limit": 100})).json()["deliveries"]
    done = [d for d in log if d["state"] not in ("waiting", "retrying") and state in (None, d["state"])]
    return log if len(done) >= count else None
