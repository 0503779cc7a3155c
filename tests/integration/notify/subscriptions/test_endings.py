"""What a credential made ends with it, or goes to another client by name"""

from typing import Any
from uuid import UUID

import asyncpg
import httpx
import orjson
import pytest

from shared.access import Principal
from shared.bus import Bus
from shared.messages.gateway import CredentialEnded, OrganisationChanged, SubscriptionStopped
from tests.support.make.notify import area_changed, new_key, notify_client, report_submitted, subscribe, tell
from tests.support.servers.postgres import Database, connected
from tests.support.servers.receivers import Receiver
from tests.support.servers.services import make_principal, wait_until

# Each of them sees everything, until it is handed to somebody who does not.
OFFICE = {"kind": "municipality", "role": "coordinator"}


def colleague(of: Principal, **changes: Any) -> Principal:
    """Another client of the same organisation."""
    values: dict[str, Any] = {**OFFICE, "organisation_id": of.organisation_id} | changes
    return make_principal(**values)


def ended(of: Principal, *, credential: str | None = None, to: Principal | None = None) -> CredentialEnded:
    """What the gateway tells when a client is stopped."""
    return CredentialEnded(
        sequence=1,
        credential=credential or of.client_id,
        organisation_id=of.organisation_id,
        handed_to=to and to.client_id,
        role=to and to.role,
        scopes=sorted(to.scopes) if to else [],
    )


async def made(url: str, by: Principal, hook: Receiver, name: str) -> str:
    """A subscription to reports, by somebody; its id."""
    async with notify_client(url, by) as caller:
        return str((await subscribe(caller, url=f"{hook.url}/{name}"))["id"])


async def status_of(caller: httpx.AsyncClient, subscription_id: str) -> str:
    """How a subscription stands."""
    return str((await caller.get(f"/subscriptions/{subscription_id}")).json()["status"])


async def got(hook: Receiver, name: str, fact: Any) -> bool:
    """Whether a report has arrived at a path."""
    told = [orjson.loads(each.body)["data"] for each in hook.got if each.path.endswith(f"/{name}")]
    return str(fact.report_id) in {data.get("report_id") for data in told}


async def test_one_that_the_operator_stops_ends_alone_and_may_go_on(
    clean: None, notify_url: str, hook: Receiver, bus: Bus
) -> None:
    """subscription.stopped: that one is disabled, its neighbour hears on; its organisation lets it go on."""
    owner = make_principal(**OFFICE)  # type: ignore[arg-type]
    ids = {name: await made(notify_url, owner, hook, name) for name in ("stopped", "stays")}
    await tell(
        bus,
        SubscriptionStopped(sequence=1, subscription_id=UUID(ids["stopped"]), organisation_id=owner.organisation_id),
    )
    async with notify_client(notify_url, owner) as caller:

        async def ended_alone() -> bool:
            return [await status_of(caller, each) for each in ids.values()] == ["disabled", "active"]

        await wait_until(ended_alone, what="the end of one of them")
        fact = report_submitted()
        await tell(bus, fact)
        await wait_until(lambda: got(hook, "stays", fact), what="the other webhook")
        assert not await got(hook, "stopped", fact)
        again = await caller.patch(f"/subscriptions/{ids['stopped']}", json={"status": "active"})
        assert (again.status_code, again.json()["status"]) == (200, "active")


async def test_webhooks_end_with_their_client_and_no_other(
    clean: None, notify_url: str, hook: Receiver, bus: Bus
) -> None:
    """credential.ended: what the client made stops and what waits is dropped; its colleague's goes on, also by key."""
    stopped = make_principal(**OFFICE)  # type: ignore[arg-type]
    stays = colleague(stopped)
    by_key = colleague(stopped, client_id=stays.client_id, key_id="key_1")
    ids = {
        name: await made(notify_url, who, hook, name)
        for name, who in {"stopped": stopped, "stays": stays, "by-key": by_key}.items()
    }
    foreign = ended(make_principal(), credential=stays.client_id)  # of another organisation: means nobody here
    await tell(bus, foreign, ended(stopped), ended(stays, credential="key_1"))
    async with notify_client(notify_url, stays) as caller:

        async def both_ended() -> bool:
            return {await status_of(caller, ids[name]) for name in ("stopped", "by-key")} == {"disabled"}

        await wait_until(both_ended, what="the end of what they made")
        fact = report_submitted()
        await tell(bus, fact)
        await wait_until(lambda: got(hook, "stays", fact), what="the colleague's webhook")
        assert {name for name in ids if await got(hook, name, fact)} == {"stays"}
        assert await status_of(caller, ids["stays"]) == "active"


async def test_what_is_handed_over_is_what_its_heir_may_see(
    clean: None, notify_url: str, hook: Receiver, bus: Bus
) -> None:
    """credential.ended with an heir: the webhook goes on, by the heir's role, and ends with the heir."""
    leaves = make_principal(**OFFICE)  # type: ignore[arg-type]
    heir = colleague(leaves, role="member", areas=("01",))
    subscription_id = await made(notify_url, leaves, hook, "here")
    await tell(bus, area_changed("2380", "01"), ended(leaves, to=heir))
    # Areas are those of the organisation as it is told; the role is the heir's.
    await tell(bus, OrganisationChanged(
        sequence=1, organisation_id=heir.organisation_id, name="x", kind="municipality", areas=["01"], active=True
    ))  # fmt: skip
    near = report_submitted(area_code="01")

    async def coarsely() -> bool:
        await tell(bus, near)
        bodies = [orjson.loads(each.body)["data"] for each in hook.got]
        return any("organisation_id" not in data for data in bodies if data["report_id"] == str(near.report_id))

    await wait_until(coarsely, what="a webhook as the heir may see it")
    await tell(bus, ended(heir))
    async with notify_client(notify_url, heir) as caller:

        async def over() -> bool:
            return await status_of(caller, subscription_id) == "disabled"

        await wait_until(over, what="its end with the heir")


async def test_what_its_heir_could_not_have_made_ends(
    clean: None, notify_url: str, hook: Receiver, bus: Bus, notify_database: Database
) -> None:
    """credential.ended with an heir that may not read what a webhook brings: it ends, and stays whose it was."""
    leaves = make_principal(**OFFICE)  # type: ignore[arg-type]
    heir = colleague(leaves, scopes=frozenset({"subscriptions:write"}))
    subscription_id = await made(notify_url, leaves, hook, "here")
    await tell(bus, ended(leaves, to=heir))
    async with notify_client(notify_url, leaves) as caller:

        async def over() -> bool:
            return await status_of(caller, subscription_id) == "disabled"

        await wait_until(over, what="its end")
    async with connected(notify_database.admin_url) as admin:
        assert await admin.fetchval("SELECT client_id FROM subscriptions") == leaves.client_id


async def test_an_organisation_that_ends_takes_its_webhooks_with_it(
    clean: None, notify_url: str, hook: Receiver, bus: Bus, notify_database: Database
) -> None:
    """organisation.changed: what waits is dropped, and its return starts nothing by itself."""
    member = make_principal(kind="housing", role="member", areas=("01",))
    subscription_id = await made(notify_url, member, hook, "left")
    async with notify_client(notify_url, member) as caller:
        assert (await caller.patch(f"/subscriptions/{subscription_id}", json={"status": "paused"})).status_code == 200
        await tell(bus, report_submitted(organisation_id=member.organisation_id))

        async def waiting() -> int:
            async with connected(notify_database.admin_url) as admin:
                return int(await admin.fetchval("SELECT count(*) FROM deliveries"))

        await wait_until(waiting, what="a delivery that waits")
        for sequence, active in ((1, False), (2, True)):
            await tell(bus, OrganisationChanged(
                sequence=sequence, organisation_id=member.organisation_id, name="x", kind="housing", areas=["01"],
                active=active,
            ))  # fmt: skip

        async def over() -> bool:
            return await status_of(caller, subscription_id) == "disabled"

        await wait_until(over, what="its end")
        assert await waiting() == 0


async def test_whoever_lets_it_go_on_answers_for_it(
    clean: None, notify_url: str, hook: Receiver, bus: Bus, notify_database: Database
) -> None:
    """PATCH /subscriptions/{id} of a disabled one: it is the caller's then, with the caller's role."""
    stays = make_principal(**OFFICE)  # type: ignore[arg-type]
    leaves = colleague(stays, role="member")
    subscription_id = await made(notify_url, leaves, hook, "again")
    await tell(bus, ended(leaves))
    async with notify_client(notify_url, stays) as caller:

        async def over() -> bool:
            return await status_of(caller, subscription_id) == "disabled"

        await wait_until(over, what="its end")
        answer = await caller.patch(f"/subscriptions/{subscription_id}", json={"status": "active"}, headers=new_key())
        assert answer.status_code == 200
    foreign = report_submitted(area_code="99")
    await tell(bus, foreign)
    await wait_until(lambda: got(hook, "again", foreign), what="a report that no member is told of")
    async with connected(notify_database.admin_url) as admin:
        row = await admin.fetchrow("SELECT client_id, role FROM subscriptions")
    assert tuple(row) == (stays.client_id, "coordinator")


async def test_whoever_answers_for_it_next_has_to_prove_its_endpoint_anew(
    clean: None, notify_url: str, hook: Receiver, bus: Bus, notify_database: Database
) -> None:
    """credential.ended, with an heir and without: neither counts as verified; nor may the table hold one that does."""
    leaves = make_principal(**OFFICE)  # type: ignore[arg-type]
    heir = colleague(leaves)
    subscription_id = await made(notify_url, leaves, hook, "proved")
    for who, to in ((leaves, heir), (heir, None)):
        async with connected(notify_database.admin_url) as admin:
            await admin.execute("UPDATE subscriptions SET verified_at = now()")
            await tell(bus, ended(who, to=to))

            async def over(answers: str | None = to.client_id if to else None) -> bool:
                row = await admin.fetchrow("SELECT client_id, status FROM subscriptions")
                return bool(row["client_id"] == answers if answers else row["status"] == "disabled")

            await wait_until(over, what="what ends to have ended")
            async with notify_client(notify_url, heir) as caller:
                assert (await caller.get(f"/subscriptions/{subscription_id}")).json()["verified_at"] is None
            if to is None:
                with pytest.raises(asyncpg.CheckViolationError):
                    await admin.execute("UPDATE subscriptions SET verified_at = now()")


async def log_of(caller: httpx.AsyncClient, subscription_id: str) -> list[dict[str, Any]]:
    """The delivery log as somebody sees it."""
    return list((await caller.get(f"/subscriptions/{subscription_id}/deliveries")).json()["deliveries"])


async def handed_over(url: str, bus: Bus, subscription_id: str, of: Principal, *, to: Principal) -> None:
    """Stop a client, and wait until its subscription is another's."""
    async with notify_client(url, to) as heir:
        await tell(bus, ended(of, to=to))
        await wait_until(lambda: heir_has_it(heir, subscription_id), what="the heir to have it")


async def heir_has_it(heir: httpx.AsyncClient, subscription_id: str) -> bool:
    """Whether somebody sees the subscription."""
    return (await heir.get(f"/subscriptions/{subscription_id}")).status_code == 200


async def test_what_was_told_to_one_role_is_no_lesser_ones(
    clean: None, notify_url: str, hook: Receiver, bus: Bus
) -> None:
    """A coordinator's webhook becomes a member's: of its past nothing is listed, looked at or sent again."""
    leads = make_principal(**OFFICE)  # type: ignore[arg-type]
    heir, leader = colleague(leads, role="member"), colleague(leads)
    subscription_id = await made(notify_url, leads, hook, "past")
    await tell(bus, report_submitted(area_code="99"))
    async with notify_client(notify_url, leads) as caller:

        async def all_ended() -> list[dict[str, Any]]:
            return [each for each in await log_of(caller, subscription_id) if each["state"] == "delivered"]

        (told,) = await wait_until(all_ended, what="a delivery in the log")
        paths = f"/deliveries/{told['id']}/attempts", f"/deliveries/{told['id']}/replay"
        assert (await caller.get(paths[0])).status_code == 200
        assert (await caller.post(paths[1], headers=new_key())).status_code == 202
        await wait_until(lambda: len(hook.got) == 2, what="the replay, while it is the coordinator's")
        await wait_until(all_ended, what="its end")
    await handed_over(notify_url, bus, subscription_id, leads, to=heir)
    for who in (heir, leader):  # sent again, it would go to an endpoint that the member answers for
        async with notify_client(notify_url, who) as caller:
            assert await log_of(caller, subscription_id) == []
            assert (await caller.get(paths[0])).status_code == 404
            assert (await caller.post(paths[1], headers=new_key())).status_code == 404
    own = report_submitted(organisation_id=heir.organisation_id)
    await tell(bus, own)
    await wait_until(lambda: got(hook, "past", own), what="what the heir is told itself")
    async with notify_client(notify_url, heir) as caller:
        (new,) = await log_of(caller, subscription_id)
        assert new["id"] != told["id"]
    assert len(hook.got) == 3


async def test_what_was_told_to_a_lesser_role_is_the_greater_ones_too(
    clean: None, notify_url: str, hook: Receiver, bus: Bus, notify_database: Database
) -> None:
    """A member's webhook becomes a coordinator's: its log stays, since the coordinator sees all that a member does."""
    member = make_principal(kind="municipality", role="member")
    heir = colleague(member)
    subscription_id = await made(notify_url, member, hook, "kept")
    await tell(bus, report_submitted(organisation_id=member.organisation_id))
    await wait_until(lambda: hook.got, what="the webhook")
    async with connected(notify_database.admin_url) as admin:
        await tell(bus, ended(member, to=heir))

        async def inherited() -> bool:
            return bool(await admin.fetchval("SELECT client_id FROM subscriptions") == heir.client_id)

        await wait_until(inherited, what="the heir to have it")
    async with notify_client(notify_url, heir) as caller:
        assert len(await wait_until(lambda: log_of(caller, subscription_id), what="its past")) == 1


async def test_what_a_dispatcher_meets_of_another_role_is_never_sent(
    clean: None, notify_url: str, hook: Receiver, bus: Bus, notify_database: Database
) -> None:
    """A fact that was queued while the webhook changed hands: it is dropped, and what the heir may see goes out."""
    leads = make_principal(**OFFICE)  # type: ignore[arg-type]
    heir = colleague(leads, role="member")
    subscription_id = await made(notify_url, leads, hook, "race")
    async with notify_client(notify_url, leads) as caller:
        assert (await caller.patch(f"/subscriptions/{subscription_id}", json={"status": "paused"})).status_code == 200
    late = report_submitted(area_code="99")
    await tell(bus, late)
    async with connected(notify_database.admin_url) as admin:
        await wait_until(lambda: admin.fetchval("SELECT count(*) FROM deliveries"), what="what waits")
        # As if the hand-over had committed beside the fan-out, and so dropped nothing of it.
        await admin.execute("UPDATE subscriptions SET role = 'member', client_id = $1, status = 'active',"
                            " version = version + 1", heir.client_id)  # fmt: skip
        own = report_submitted(organisation_id=heir.organisation_id)
        await tell(bus, own)
        await wait_until(lambda: got(hook, "race", own), what="the heir's own")

        async def emptied() -> bool:
            return not await admin.fetchval("SELECT count(*) FROM deliveries")

        await wait_until(emptied, what="the queue to be empty")
        assert await admin.fetchval("SELECT count(*) FROM attempts") == 1
    assert not await got(hook, "race", late)
