"""Many wrong tries: POST /oauth/token and /sign-in hold back who guesses, cost the same whatever is wrong, and shut no
partner out who is elsewhere."""

import hmac
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import OKPKey

from services.gateway.access import domain, partners, people
from services.gateway.access.proxies import Proxied
from services.gateway.access.tokens import FAULTS_PER_ADDRESS, FAULTS_PER_CLIENT_AND_ADDRESS
from services.gateway.pages.sign_in import local
from tests.integration.gateway.conftest import PEPPER, new_client
from tests.support.look.statements import statements_of
from tests.support.make.people import PASSWORD, add_person, hidden
from tests.support.servers.postgres import Database, connected

Client = tuple[str, str]


@pytest.fixture
async def client(clean: None, gateway_app: FastAPI) -> Client:
    """A housing company's client: its id and its secret."""
    _, client_id, secret = await new_client(gateway_app, "housing", "member", (), None)
    return client_id, secret


async def ask(caller: httpx.AsyncClient, client_id: str, secret: str, **headers: str) -> httpx.Response:
    """Ask for a token."""
    body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return await caller.post("/oauth/token", data=body, headers=headers)


@contextmanager
def comparisons() -> Iterator[list[str]]:
    """The hashes made and compared by this thread while the block runs, as the interpreter sees them called."""
    seen: list[str] = []

    def look(frame: Any, event: str, called: Any) -> None:
        if event == "call" and frame.f_code is domain.digest.__code__:
            seen.append("made")
        elif event == "c_call" and called is hmac.compare_digest:
            seen.append("compared")

    sys.setprofile(look)
    try:
        yield seen
    finally:
        sys.setprofile(None)


async def test_whatever_is_wrong_the_work_is_the_same(client: Client, gateway_app: FastAPI, gateway_url: str) -> None:
    """POST /oauth/token: no such client, another secret, a client with two secrets, one shut out, an odd name: as many
    statements, hashes and comparisons for each; and the answers are alike. Who has the secret is told of the end."""
    client_id, _ = client
    _, rotated, _ = await new_client(gateway_app, "guard", "member", (), None)
    _, stopped, right = await new_client(gateway_app, "guard", "member", (), None)
    async with gateway_app.state.database.sessions() as session, session.begin():
        now = datetime.now(UTC)
        await partners.rotate_secret(session, rotated, overlap=timedelta(hours=1), pepper=PEPPER, now=now, actor="test")
        await partners.set_client_active(session, stopped, active=False, actor="test")
    cases = [("nobody", "x"), (client_id, "x"), (rotated, "x"), (stopped, "x"), ("a\x00b", "x"), ("", "")]
    costs, answers = [], []
    async with httpx.AsyncClient(base_url=gateway_url) as caller:
        for name, secret in cases:
            with statements_of(gateway_app) as said, comparisons() as made:
                answer = await ask(caller, name, secret)
            costs.append((len(said), made.count("made"), made.count("compared")))
            answers.append((answer.status_code, answer.json()))
        told = await ask(caller, stopped, right)
        assert (told.status_code, "was stopped" in told.json()["error_description"]) == (401, True)
    assert set(costs) == {costs[0]}, list(zip(cases, costs, strict=True))
    assert costs[0][1:] == (3, 2)
    assert all(each == answers[0] for each in answers)
    assert answers[0][0] == 401


async def test_a_client_is_held_back_where_it_was_guessed_and_nowhere_else(
    client: Client, gateway_app: FastAPI, gateway_url: str, gateway_database: Database
) -> None:
    """POST /oauth/token: ten wrong secrets from one address; then 429 with Retry-After there, also for the right one.
    From another address it works, a token that is out works, and after ten minutes all is well."""
    client_id, secret = client
    async with httpx.AsyncClient(base_url=gateway_url) as here, elsewhere(gateway_app) as there:
        before = (await ask(here, client_id, secret)).json()["access_token"]
        for _ in range(FAULTS_PER_CLIENT_AND_ADDRESS):
            assert (await ask(here, client_id, "guess")).status_code == 401
        held = await ask(here, client_id, secret)
        assert (held.status_code, held.headers["content-type"]) == (429, "application/problem+json")
        assert 0 < int(held.headers["retry-after"]) <= 600
        assert client_id not in held.text
        assert (await ask(there, client_id, secret)).status_code == 200
        working = await here.get("/samsyn/v1/overview", headers={"Authorization": f"Bearer {before}"})
        assert working.status_code == 200
        # Tries while it is held back count nothing: the wait does not grow.
        waits = [int((await ask(here, client_id, "guess")).headers["retry-after"]) for _ in range(3)]
        assert max(waits) <= int(held.headers["retry-after"])
        async with connected(gateway_database.admin_url) as admin:
            await admin.execute("UPDATE sign_in_tries SET since = since - interval '11 minutes'")
        assert (await ask(here, client_id, secret)).status_code == 200


async def test_an_unknown_client_is_held_back_alike(client: Client, gateway_url: str) -> None:
    """POST /oauth/token: the wait does not tell which clients there are."""
    async with httpx.AsyncClient(base_url=gateway_url) as caller:
        seen = {
            name: [(await ask(caller, name, "guess")).status_code for _ in range(FAULTS_PER_CLIENT_AND_ADDRESS + 1)]
            for name in (client[0], "client_nobody")
        }
    assert seen[client[0]] == seen["client_nobody"] == [401] * FAULTS_PER_CLIENT_AND_ADDRESS + [429]


async def test_an_address_that_tries_many_clients_shuts_no_client_out(
    client: Client, gateway_url: str, gateway_database: Database
) -> None:
    """POST /oauth/token: after sixty wrong answers of any clients what is wrong is told to wait, and not counted any
    more; whoever has the right secret behind that address is let in."""
    async with httpx.AsyncClient(base_url=gateway_url) as caller:
        for _ in range(3):
            assert (await ask(caller, *client)).status_code == 200
        for n in range(FAULTS_PER_ADDRESS):
            assert (await ask(caller, f"client_{n}", "x")).status_code == 401
        async with connected(gateway_database.admin_url) as admin:
            counted = "SELECT sum(tries) FROM sign_in_tries"
            before = await admin.fetchval(counted)
            for name in ("client_n", client[0]):
                held = await ask(caller, name, "x")
                assert (held.status_code, 0 < int(held.headers["retry-after"]) <= 600) == (429, True)
            assert await admin.fetchval(counted) == before == 2 * FAULTS_PER_ADDRESS
        assert (await ask(caller, *client)).status_code == 200


async def test_no_header_makes_a_caller_another_one(client: Client, gateway_url: str) -> None:
    """POST /oauth/token from this very machine: who writes addresses of others into headers is still who they are."""
    client_id, secret = client
    async with httpx.AsyncClient(base_url=gateway_url) as caller:
        seen = []
        for n in range(FAULTS_PER_CLIENT_AND_ADDRESS + 1):
            told = f"198.51.100.{n}"
            headers = {"X-Forwarded-For": told, "Forwarded": f"for={told}", "X-Real-IP": told, "Via": told}
            seen.append((await ask(caller, client_id, "guess", **headers)).status_code)
        assert seen == [401] * FAULTS_PER_CLIENT_AND_ADDRESS + [429]
        assert (await ask(caller, client_id, secret, **{"X-Forwarded-For": "192.0.2.9"})).status_code == 429


async def test_behind_a_trusted_proxy_each_caller_is_one(client: Client, gateway_app: FastAPI) -> None:
    """POST /oauth/token: a client guessed by one caller of a proxy is held back for that one, and for all addresses of
    their network; what they write in front of the proxy's own word is nothing."""
    client_id, secret = client
    proxied = Proxied(gateway_app, trusted=[ip_network("10.0.0.0/24")])
    transport = httpx.ASGITransport(proxied, client=("10.0.0.5", 4711))

    async def status(secret: str, *hops: str) -> int:
        headers = {"X-Forwarded-For": ", ".join(hops), "X-Forwarded-Proto": "https"}
        return (await ask(caller, client_id, secret, **headers)).status_code

    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as caller:
        for n in range(FAULTS_PER_CLIENT_AND_ADDRESS):
            assert await status("guess", f"192.0.2.{n}", f"2001:db8::{n}", "10.0.0.9") == 401
        assert await status(secret, "192.0.2.77", "2001:db8::77") == 429
        assert await status(secret, "2001:db8::77", "2001:db8:0:1::77") == 200
        assert await status(secret, "192.0.2.77") == 200


async def test_an_account_is_looked_at_once_whatever_is_wrong(
    clean: None, gateway_app: FastAPI, gateway_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """POST /sign-in: a known name, an unknown one, one shut out, one of the provider's: one argon2 hash is verified, of
    the same cost, and as many statements are made."""
    verified: list[str] = []
    really = local._fits

    def fits(stored: str, password: str) -> bool:
        verified.append(stored.rpartition("$")[0].rpartition("$")[0])
        return really(stored, password)

    monkeypatch.setattr(local, "_fits", fits)
    known, _ = await add_person(gateway_app, kind="municipality", role="coordinator")
    stopped, organisation_id = await add_person(gateway_app, kind="housing", role="member")
    async with gateway_app.state.database.sessions() as session, session.begin():
        assert await people.set_user_active(session, stopped, active=False, actor="test")
        await people.admit_person(
            session, issuer="https://issuer.example", subject="s", name="provided", organisation_id=organisation_id,
            kind="housing", role="member",
        )  # fmt: skip
    costs = []
    async with httpx.AsyncClient(base_url=gateway_url, headers={"Accept": "text/html"}) as browser:
        token = hidden((await browser.get("/sign-in")).text, "form_token")
        for name in (known, "nobody", stopped, "provided", "a\x00b"):
            verified.clear()
            with statements_of(gateway_app) as said:
                form = {"name": name, "password": PASSWORD + "?", "form_token": token}
                answer = await browser.post("/sign-in", data=form)
            assert answer.status_code == 403
            costs.append((tuple(verified), len(said)))
    assert [hashes for hashes, _ in costs] == [costs[0][0]] * 5
    assert len(costs[0][0]) == 1
    assert [statements for _, statements in costs] == [2] * 5


async def test_a_stranger_at_one_address_shuts_nobody_out(clean: None, gateway_app: FastAPI, gateway_url: str) -> None:
    """POST /sign-in: eight wrong passwords from one address hold the account back there, and let it in elsewhere."""
    name, _ = await add_person(gateway_app, kind="municipality", role="coordinator")
    async with httpx.AsyncClient(base_url=gateway_url, headers={"Accept": "text/html"}) as stranger:
        token = hidden((await stranger.get("/sign-in")).text, "form_token")
        form = {"name": name, "form_token": token}
        for _ in range(local.TRIES_PER_ACCOUNT_AND_ADDRESS + 5):
            answer = await stranger.post("/sign-in", data=form | {"password": "guess, guess, guess"})
        assert answer.status_code == 429
        assert (await stranger.post("/sign-in", data=form | {"password": PASSWORD})).status_code == 429
    async with elsewhere(gateway_app) as owner:
        token = hidden((await owner.get("/sign-in")).text, "form_token")
        form = {"name": name, "form_token": token, "password": PASSWORD}
        assert (await owner.post("/sign-in", data=form)).status_code == 303


def elsewhere(app: FastAPI) -> httpx.AsyncClient:
    """A caller at another address."""
    assert isinstance(app.state.token_key, OKPKey)
    transport = httpx.ASGITransport(app, client=("192.0.2.7", 4711))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers={"Accept": "text/html"})
