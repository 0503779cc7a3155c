"""Shut out means shut out, at once: a client, a key, an organisation, a person; and all of it stands in the trail."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.gateway.access import partners, people, queries
from services.gateway.access.ending import end_expired_keys
from services.gateway.readmodel.topics.subscriptions import note_subscriptions
from shared.bus import Bus
from shared.errors import Invalid, NotFound
from shared.ids import uuid7
from shared.messages.gateway import CredentialEnded
from shared.messages.notify import SubscriptionKept
from tests.integration.gateway.conftest import PEPPER, new_client
from tests.support.look.bus import listening
from tests.support.make.people import PASSWORD, Visitor, add_person, hidden
from tests.support.make.things import arrived
from tests.support.servers.postgres import Database
from tests.support.servers.services import wait_until

OVERVIEW = "/samsyn/v1/overview"
Visit = Callable[..., Awaitable[Visitor]]


async def changed(app: FastAPI, change: Callable[..., Awaitable[Any]], *of: Any, **how: Any) -> Any:
    """Make a change in a transaction of its own."""
    async with app.state.database.sessions() as session, session.begin():
        return await change(session, *of, **how, actor="test")


async def trail(app: FastAPI, last: int) -> list[tuple[str, str, str]]:
    """The newest entries of the audit trail, oldest first: who, what, of what."""
    async with app.state.database.sessions() as session:
        rows = await queries.list_audit(session, limit=last)
    return [(row.actor, row.action, row.object) for row in reversed(rows)]


async def test_a_token_that_is_out_ends_with_its_client_and_its_organisation(
    clean: None, gateway_app: FastAPI, gateway_url: str
) -> None:
    """GET with a token and with a key: 401 within two seconds of each being stopped, or of a secret that leaked.

    Let in again, the key opens, and so does a new token; the one from before stays ended.
    """
    organisation_id, client_id, secret = await new_client(gateway_app, "housing", "member", (), None)
    now = datetime.now(UTC)
    _, key = await changed(gateway_app, partners.add_api_key, client_id, expires_at=None, pepper=PEPPER, now=now)
    async with httpx.AsyncClient(base_url=gateway_url) as caller:
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}

        async def new_token() -> dict[str, str]:
            token = (await caller.post("/oauth/token", data=form)).json()["access_token"]
            return {"Authorization": f"Bearer {token}"}

        async def answers(of_token: int, of_key: int) -> bool:
            both = (token, {"X-API-Key": key})
            got = [(await caller.get(OVERVIEW, headers=each)).status_code for each in both]
            return got == [of_token, of_key]

        token = await new_token()
        await wait_until(lambda: answers(200, 200), timeout_s=2, what="token and key to open")
        for change, of in (
            (partners.set_client_active, client_id),
            (partners.set_organisation_active, organisation_id),
        ):
            await changed(gateway_app, change, of, active=False)
            await wait_until(lambda: answers(401, 401), timeout_s=2, what=f"{change.__name__} to shut them out")
            assert (await caller.post("/oauth/token", data=form)).status_code == 401
            await changed(gateway_app, change, of, active=True)
            await wait_until(lambda: answers(401, 200), timeout_s=2, what=f"{change.__name__} to let the key in")
            token = await new_token()
            assert await answers(200, 200)
        for overlap, of_token in ((timedelta(hours=1), 200), (timedelta(0), 401)):
            rotated = {"overlap": overlap, "pepper": PEPPER, "now": datetime.now(UTC)}
            form["client_secret"] = await changed(gateway_app, partners.rotate_secret, client_id, **rotated)
            await gateway_app.state.directory.refresh()
            assert await answers(of_token, 200), overlap
        token = await new_token()
        assert await answers(200, 200)
    assert (await trail(gateway_app, 6))[:4] == [
        ("test", "client.stopped", client_id), ("test", "client.started", client_id),
        ("test", "organisation.stopped", str(organisation_id)), ("test", "organisation.started", str(organisation_id)),
    ]  # fmt: skip


async def test_a_person_is_shut_out_with_the_session_that_is_open(visit: Visit, gateway_app: FastAPI) -> None:
    """GET with a session of somebody stopped, of an organisation stopped, of a password set anew: sign in again."""
    visitor = await visit(kind="housing", role="member")
    browser, name = visitor.browser, visitor.name
    assert (await browser.get("/")).status_code == 200
    assert await changed(gateway_app, people.set_user_active, name, active=False)
    assert (await browser.get("/")).status_code == 303
    assert (await enter(browser, name, PASSWORD)).status_code == 403
    assert await changed(gateway_app, people.set_user_active, name, active=True)
    assert (await browser.get("/")).status_code == 303, "the old session stays ended"
    assert (await enter(browser, name, PASSWORD)).status_code == 303
    await changed(gateway_app, partners.set_organisation_active, visitor.organisation_id, active=False)
    assert (await browser.get("/")).status_code == 303
    right, wrong = await enter(browser, name, PASSWORD), await enter(browser, name, "något helt annat, långt")
    assert (right.status_code, wrong.status_code) == (403, 403)
    assert not any("samsyn_session" in each for each in right.headers.get_list("set-cookie"))
    assert without_token(right.text) == without_token(wrong.text), "the right password is answered as a wrong one is"
    await changed(gateway_app, partners.set_organisation_active, visitor.organisation_id, active=True)
    assert (await browser.get("/")).status_code == 303, "nor does an organisation's start bring it back"
    assert (await enter(browser, name, PASSWORD)).status_code == 303
    assert await changed(gateway_app, people.set_password, name, "ett helt annat lösenord")
    assert (await browser.get("/")).status_code == 303
    assert (await enter(browser, name, PASSWORD)).status_code == 403
    assert (await enter(browser, name, "ett helt annat lösenord")).status_code == 303
    assert [action for _, action, of in await trail(gateway_app, 5) if of == name] == [
        "user.stopped", "user.started", "user.password_set",
    ]  # fmt: skip


async def test_what_the_provider_changes_of_a_person_stands_in_the_trail(clean: None, gateway_app: FastAPI) -> None:
    """Admitted, given another role, admitted again as before, dismissed: three entries, none for what stayed."""
    organisation_id, _, _ = await new_client(gateway_app, "municipality", "coordinator", (), None)
    who = {"issuer": "https://issuer.example", "subject": "s"}
    async with gateway_app.state.database.sessions() as session, session.begin():
        for role in ("coordinator", "member", "member"):
            await people.admit_person(
                session, **who, name="provided", organisation_id=organisation_id, kind="municipality", role=role
            )
        await people.dismiss_person(session, **who)
    assert await trail(gateway_app, 3) == [
        ("oidc", "user.added", "provided"),
        ("oidc", "user.changed", "provided"),
        ("oidc", "user.dismissed", "provided"),
    ]


async def test_who_is_given_less_leaves_behind_what_they_made(
    clean: None, gateway_app: FastAPI, gateway_database: Database, bus: Bus
) -> None:
    """A provider's person who sees less from now on, or is of another organisation: what they made ends there."""
    here, _, _ = await new_client(gateway_app, "municipality", "coordinator", (), None)
    there, _, _ = await new_client(gateway_app, "municipality", "coordinator", (), None)
    who = {"issuer": "https://issuer.example", "subject": "less", "name": "provided", "kind": "municipality"}
    stays = ((here, "coordinator"), (here, "coordinator"), (here, "member"), (here, "coordinator"), (there, "member"))
    async with listening(bus, "gateway.credential.v1", teller=gateway_database) as told:
        for organisation_id, role in stays:
            async with gateway_app.state.database.sessions() as session, session.begin():
                user_id = await people.admit_person(session, **who, organisation_id=organisation_id, role=role)
        lessened, moved = await told.story("gateway.credential.v1", key=f"user_{user_id}", length=2)
    for number, each in enumerate((lessened, moved), start=1):
        assert isinstance(each.message, CredentialEnded)
        assert (each.message.sequence, each.message.organisation_id, each.message.handed_to) == (number, here, None)


async def test_what_was_made_with_a_key_ends_when_it_expires(
    clean: None, gateway_app: FastAPI, gateway_database: Database, bus: Bus
) -> None:
    """A key that expires while a gateway lives, and one that did while none lived: told once each, and in the trail."""
    organisation_id, client_id, _ = await new_client(gateway_app, "housing", "member", (), None)
    now = datetime.now(UTC)
    made = {"pepper": PEPPER, "now": now - timedelta(days=2)}
    async with listening(bus, "gateway.credential.v1", teller=gateway_database) as told:
        for ends in (now - timedelta(days=1), now + timedelta(seconds=1)):
            key_id, _ = await changed(gateway_app, partners.add_api_key, client_id, expires_at=ends, **made)
            ended = (await told.next("gateway.credential.v1", key=f"key_{key_id}", timeout_s=5)).message
            assert isinstance(ended, CredentialEnded)
            assert (ended.organisation_id, ended.handed_to) == (organisation_id, None)
            assert ("gateway", "key.expired", str(key_id)) in await trail(gateway_app, 2)
            with pytest.raises(NotFound):  # what expired is over: there is nothing left to hand over
                await changed(gateway_app, partners.revoke_api_key, key_id, now=datetime.now(UTC))
        await gateway_app.state.directory.refresh()
        assert gateway_app.state.directory.keys == {}
        assert len([each for each in await told.pull() if each.key.startswith("key_")]) == 2


async def test_of_many_gateways_one_tells_that_a_key_expired(clean: None, gateway_app: FastAPI) -> None:
    """Twenty look at the same moment: one of them tells it."""
    _, client_id, _ = await new_client(gateway_app, "housing", "member", (), None)
    now = datetime.now(UTC)
    later = now + timedelta(hours=1)  # not yet over for the gateway that runs beside
    await changed(gateway_app, partners.add_api_key, client_id, expires_at=later, pepper=PEPPER, now=now)

    async def look() -> int:
        async with gateway_app.state.database.sessions() as session, session.begin():
            return await end_expired_keys(session, now=later)

    assert sorted(await asyncio.gather(*(look() for _ in range(20)))) == [0] * 19 + [1]


async def test_nobody_is_shut_out_by_a_wrong_name(clean: None, gateway_app: FastAPI) -> None:
    """Unknown accounts, clients and organisations are said to be unknown, and a short password is refused."""
    assert not await changed(gateway_app, people.set_user_active, "nobody", active=False)
    assert not await changed(gateway_app, people.set_password, "nobody", "long enough, really")
    assert not await changed(gateway_app, partners.set_client_active, "nobody", active=False)
    with pytest.raises(NotFound):
        await changed(gateway_app, partners.set_organisation_active, uuid7(), active=False)
    with pytest.raises(Invalid):
        await changed(gateway_app, people.set_password, "nobody", "short")


async def test_what_ends_is_told_with_its_heir(
    clean: None, gateway_app: FastAPI, gateway_database: Database, bus: Bus
) -> None:
    """A client stopped, a key revoked, an account closed: each is told, with the heir; not everybody can be one."""
    organisation_id, leaves, _ = await new_client(gateway_app, "housing", "member", (), None)
    _, heir, _ = await new_client(gateway_app, "housing", "member", (), None, organisation_id=organisation_id)
    fewer = (frozenset({"reports:read"}), frozenset({"subscriptions:write"}), frozenset({"overview:read"}))
    lacking = [
        (await new_client(gateway_app, "housing", "member", (), scopes, organisation_id=organisation_id))[1]
        for scopes in fewer
    ]
    _, stranger, _ = await new_client(gateway_app, "housing", "member", (), None)
    name, _ = await add_person(gateway_app, kind="housing", role="member", areas=())
    now = datetime.now(UTC)
    key_id, _ = await changed(gateway_app, partners.add_api_key, heir, expires_at=None, pepper=PEPPER, now=now)
    for active in (False, True):  # let in again: it may inherit, and from now on counts one end
        assert await changed(gateway_app, partners.set_client_active, heir, active=active)
    async with listening(bus, "gateway.credential.v1", teller=gateway_database) as told:
        for nobody in (leaves, *lacking, stranger, "client_0"):
            with pytest.raises(Invalid):
                await changed(gateway_app, partners.set_client_active, leaves, active=False, hand_over_to=nobody)
        for _ in range(2):
            assert await changed(gateway_app, partners.set_client_active, leaves, active=False, hand_over_to=heir)
        await changed(gateway_app, partners.revoke_api_key, key_id, now=now)
        assert await changed(gateway_app, people.set_user_active, name, active=False)
        twice = await told.story("gateway.credential.v1", key=leaves, length=2)
        assert [
            each.message and each.message.model_dump(include={"sequence", "handed_to", "role", "heir_era"})
            for each in twice
        ] == [{"sequence": n, "handed_to": heir, "role": "member", "heir_era": 1} for n in (1, 2)]
        alone = (await told.next("gateway.credential.v1", key=f"key_{key_id}")).message
        assert isinstance(alone, CredentialEnded)
        assert (alone.organisation_id, alone.handed_to) == (organisation_id, None)

        async def closed() -> bool:
            return any(each.key.startswith("user_") for each in await told.pull())

        await wait_until(closed, what="the account that was closed")


async def test_clients_are_listed_with_what_they_answer_for(clean: None, gateway_app: FastAPI) -> None:
    """`samsyn admin client list`: each webhook under the client whose it is now, and not once it is deleted."""
    organisation_id, first, _ = await new_client(gateway_app, "housing", "member", (), None)
    _, second, _ = await new_client(gateway_app, "housing", "member", (), None, organisation_id=organisation_id)
    kept, gone = uuid7(), uuid7()

    async def heard(*facts: tuple[Any, int, str, str]) -> dict[str, list[tuple[Any, str]]]:
        batch = [
            arrived(SubscriptionKept(
                sequence=sequence, subscription_id=of, organisation_id=organisation_id, made_by=whose, status=status
            ))
            for of, sequence, whose, status in facts
        ]  # fmt: skip
        async with gateway_app.state.database.sessions() as session, session.begin():
            await note_subscriptions(session, batch, gateway_app.state.cycle)
            rows = await queries.list_clients(session, organisation_id=organisation_id)
        return {row.id: [(each.subscription_id, each.status) for each in made] for row, made in rows}

    made = await heard((kept, 1, first, "active"), (gone, 1, first, "active"))
    assert sorted(made[first]) == sorted([(kept, "active"), (gone, "active")])
    assert await heard((kept, 2, second, "active"), (gone, 2, first, "deleted"), (kept, 1, first, "active")) == {
        first: [],
        second: [(kept, "active")],
    }


async def enter(browser: httpx.AsyncClient, name: str, password: str) -> httpx.Response:
    """Sign in by the form."""
    browser.cookies.clear()
    token = hidden((await browser.get("/sign-in")).text, "form_token")
    return await browser.post("/sign-in", data={"name": name, "password": password, "form_token": token})


def without_token(page: str) -> str:
    """A page but for the token of its form, which is its browser's own."""
    return re.sub(r'name="form_token" value="[^"]*"', "", page)
