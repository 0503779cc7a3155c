"""API keys, rotation, revocation, quotas and the audit trail"""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.gateway.access import keys, partners, queries
from shared.errors import Conflict
from tests.integration.gateway.conftest import PEPPER
from tests.support.make.people import add_person
from tests.support.servers.raw import exchange, request
from tests.support.servers.services import wait_until


async def make_client(app: FastAPI, *, quota: int | None = None) -> tuple[str, str]:
    """A guard company's client and its secret."""
    async with app.state.database.sessions() as session, session.begin():
        organisation = await partners.add_organisation(
            session, name=f"Guards {datetime.now(UTC)}", kind="guard", areas=["01"], actor="test"
        )
        return await partners.add_client(
            session, organisation_id=organisation, kind="guard", name="x", role="member", scopes=None,
            pepper=PEPPER, actor="test", quota=quota,
        )  # fmt: skip


async def make_key(app: FastAPI, client_id: str, **changes: Any) -> tuple[Any, str]:
    """An API key of a client."""
    now = datetime.now(UTC)
    async with app.state.database.sessions() as session, session.begin():
        return await partners.add_api_key(
            session, client_id, **{"expires_at": None, "pepper": PEPPER, "now": now, "actor": "test"} | changes
        )


async def status_with(caller: httpx.AsyncClient, key: str) -> int:
    """How the overview answers to a key."""
    return (await caller.get("/samsyn/v1/overview", headers={"X-API-Key": key})).status_code


async def opens(caller: httpx.AsyncClient, key: str) -> bool:
    """Whether a key opens."""
    return await status_with(caller, key) == 200


async def test_a_key_opens_and_is_refused_at_once_when_revoked(
    clean: None, gateway_app: FastAPI, gateway_url: str
) -> None:
    """X-API-Key: works from its first call on, ends within a second of being revoked."""
    client_id, _ = await make_client(gateway_app)
    key_id, key = await make_key(gateway_app, client_id)
    async with httpx.AsyncClient(base_url=gateway_url) as caller:

        async def answers(status: int) -> bool:
            return await status_with(caller, key) == status

        assert await answers(200)
        async with gateway_app.state.database.sessions() as session, session.begin():
            await partners.revoke_api_key(session, key_id, now=datetime.now(UTC), actor="test")
        await wait_until(lambda: answers(401), timeout_s=2, what="the key to be refused")


async def test_keys_and_people_are_listed(clean: None, gateway_app: FastAPI, gateway_url: str) -> None:
    """`samsyn admin key list`, `user list`: what is revoked, how somebody signs in, and never a key."""
    client_id, _ = await make_client(gateway_app)
    (kept, key), (gone, _) = await make_key(gateway_app, client_id), await make_key(gateway_app, client_id)
    async with gateway_app.state.database.sessions() as session, session.begin():
        await partners.revoke_api_key(session, gone, now=datetime.now(UTC), actor="test")
    await gateway_app.state.directory.refresh()
    async with httpx.AsyncClient(base_url=gateway_url) as caller:
        assert await status_with(caller, key) == 200
    await gateway_app.state.directory.refresh()
    name, organisation_id = await add_person(gateway_app, kind="housing", role="member")
    async with gateway_app.state.database.sessions() as session:
        rows = {row.id: row for row in await queries.list_keys(session, client_id=client_id)}
        people = await queries.list_users(session, organisation_id=organisation_id)
    assert {each: row.revoked_at is not None for each, row in rows.items()} == {kept: False, gone: True}
    assert key not in str(rows)
    assert [(row.name, row.role, row.let_in, row.local, made) for row, made in people] == [
        (name, "member", True, True, [])
    ]


async def test_broken_and_unknown_keys_say_which(clean: None, gateway_url: str) -> None:
    """X-API-Key: a cut key is told apart from an unknown one, and neither is repeated."""
    whole = keys.new_key()
    async with httpx.AsyncClient(base_url=gateway_url) as caller:
        for key, reason in ((whole, "unknown"), (whole[:-1], "checksum"), ("sam_" + "x" * 49, "checksum")):
            answer = await caller.get("/samsyn/v1/overview", headers={"X-API-Key": key})
            assert answer.status_code == 401
            assert reason in answer.json()["detail"]
            assert key not in answer.text


async def test_who_asks_is_said_once(clean: None, gateway_app: FastAPI, gateway_url: str) -> None:
    """A key beside a token is refused as two of either are; white space behind one is no part of it."""
    client_id, secret = await make_client(gateway_app)
    _, key = await make_key(gateway_app, client_id)
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    async with httpx.AsyncClient(base_url=gateway_url) as caller:
        token = (await caller.post("/oauth/token", data=form)).json()["access_token"]
        await wait_until(lambda: opens(caller, key), timeout_s=2, what="the key to open")
    by_key, by_token = f"X-API-Key: {key}", f"Authorization: Bearer {token}"
    for lines, status in (
        ([by_key], 200), ([by_key + " \t"], 200), ([by_token], 200), ([by_token + "  "], 200),
        ([by_key, by_token], 400), ([by_token, by_token], 400), ([by_key, by_key], 400),
        ([by_key, "Authorization:"], 400),
    ):  # fmt: skip
        answer = await exchange(gateway_url, request("/samsyn/v1/overview", *lines))
        assert answer.status == status, lines
        assert (b"Say once who you are" in answer.body) == (status == 400)


async def test_two_keys_live_at_once(clean: None, gateway_app: FastAPI) -> None:
    """A third key waits until one is revoked or has expired."""
    client_id, _ = await make_client(gateway_app)
    soon = datetime.now(UTC) + timedelta(days=1)
    await make_key(gateway_app, client_id, expires_at=soon)
    await make_key(gateway_app, client_id)
    with pytest.raises(Conflict):
        await make_key(gateway_app, client_id)
    await make_key(gateway_app, client_id, now=soon + timedelta(seconds=1))


async def test_secrets_overlap_when_rotated(clean: None, gateway_app: FastAPI, gateway_url: str) -> None:
    """Rotation: both secrets hold during the overlap; with none, the old one ends now."""
    client_id, first = await make_client(gateway_app)
    form = {"grant_type": "client_credentials", "client_id": client_id}

    async def rotate(hours: int) -> str:
        async with gateway_app.state.database.sessions() as session, session.begin():
            return await partners.rotate_secret(
                session, client_id, overlap=timedelta(hours=hours), pepper=PEPPER, now=datetime.now(UTC), actor="test"
            )

    async with httpx.AsyncClient(base_url=gateway_url) as caller:

        async def token(secret: str) -> int:
            return (await caller.post("/oauth/token", data={**form, "client_secret": secret})).status_code

        second = await rotate(24)
        assert (await token(first), await token(second)) == (200, 200)
        third = await rotate(0)
        assert (await token(first), await token(second), await token(third)) == (401, 401, 200)


async def test_a_quota_is_told_and_kept(clean: None, gateway_app: FastAPI, gateway_url: str) -> None:
    """RateLimit fields count down; then 429 with Retry-After, for this client alone."""
    client_id, _ = await make_client(gateway_app, quota=3)
    other_id, _ = await make_client(gateway_app)
    (_, key), (_, other) = await make_key(gateway_app, client_id), await make_key(gateway_app, other_id)
    await gateway_app.state.directory.refresh()
    async with httpx.AsyncClient(base_url=gateway_url, headers={"X-API-Key": key}) as caller:
        answers = [await caller.get("/samsyn/v1/feed?limit=1") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[0].headers["ratelimit-policy"] == '"default";q=3;w=60'
        assert [answer.headers["ratelimit"].split(";")[1] for answer in answers[:3]] == ["r=2", "r=1", "r=0"]
        assert 1 <= int(answers[3].headers["retry-after"]) <= 60
        assert answers[3].headers["ratelimit-policy"] == '"default";q=3;w=60'
        assert answers[3].headers["ratelimit"].startswith('"default";r=0;t=')
        assert await status_with(caller, other) == 200


async def test_what_costs_more_than_the_quota_is_served_once_a_window(
    clean: None, gateway_app: FastAPI, gateway_url: str
) -> None:
    """An operation that counts as 20, by a client that has one: it is let in whole, as no waiting would help it."""
    client_id, _ = await make_client(gateway_app, quota=1)
    _, key = await make_key(gateway_app, client_id)
    await gateway_app.state.directory.refresh()
    async with httpx.AsyncClient(base_url=gateway_url, headers={"X-API-Key": key}) as caller:
        answers = [await caller.get("/samsyn/v1/lagesbild") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == ["r=0", "r=0"]


async def test_every_change_stands_in_a_trail_that_cannot_be_changed(clean: None, gateway_app: FastAPI) -> None:
    """The audit trail names the change and never a secret; the serving role may neither update nor delete."""
    client_id, secret = await make_client(gateway_app)
    key_id, key = await make_key(gateway_app, client_id)
    async with gateway_app.state.database.sessions() as session:
        rows = await queries.list_audit(session, limit=3)
    assert [(row.action, row.object) for row in rows[:2]] == [("key.added", str(key_id)), ("client.added", client_id)]
    assert secret not in str(rows)
    assert key not in str(rows)
    for statement in ("UPDATE audit SET actor = 'nobody'", "DELETE FROM audit", "TRUNCATE audit"):
        async with gateway_app.state.database.sessions() as session:
            with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
                await session.execute(text(statement))
