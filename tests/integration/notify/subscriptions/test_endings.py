"""What a credential made ends with it, or goes to another client by name"""

from typing import Any

import asyncpg
import httpx
import orjson
import pytest

from shared.access import Principal
from shared.bus import Bus
from shared.messages.gateway import CredentialEnded, OrganisationChanged
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
