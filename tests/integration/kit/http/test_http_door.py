"""The door of every service opens to the gateway's tokens alone."""

import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from joserfc.jwk import OKPKey

from shared.access.door import INTERNAL_ISSUER, claims_of, may, sign
from shared.database import Database
from tests.integration.kit.http.edge_app import is_problem, make_app
from tests.support.servers.services import INTERNAL_KEY, client, internal_token, make_principal, running


@pytest.fixture
async def url(database: Database) -> AsyncIterator[str]:
    """Where the app answers."""
    async with running(make_app(database)) as url:
        yield url


STRANGER = OKPKey.generate_key("Ed25519")


async def test_only_the_gateways_tokens_open_the_door(url: str) -> None:
    """401 with the reason in words for none, nonsense, another audience, issuer or key, an old one, a changed one."""
    principal = make_principal(client_id="me")
    good = internal_token(principal, service="kit")
    now = time.time()
    claims = claims_of(principal)

    def forged(key: OKPKey = INTERNAL_KEY, **changes: Any) -> str:
        named = {"issuer": INTERNAL_ISSUER, "audience": "kit", "now": now}
        told = {name: changes.pop(name, value) for name, value in named.items()}
        return "Bearer " + sign(key, claims | changes, lifetime_s=60, **told)

    head, body, signature = good.split(".")
    wrong = {
        "none": "",
        "no bearer": good,
        "nonsense": "Bearer nonsense",
        "another audience": forged(audience="walks"),
        "another issuer": forged(issuer="someone"),
        "another key": forged(STRANGER),
        "old": forged(now=now - 300),
        "cut": f"Bearer {head}.{body}.",
        "changed": f"Bearer {head}.{body[:-2]}AA.{signature}",
        "unsigned": "Bearer eyJhbGciOiJub25lIn0." + body + ".",
        "no organisation": forged(org="nobody"),
        "unknown role": forged(role="emperor"),
        "areas that are none": forged(areas=5),
    }
    async with httpx.AsyncClient(base_url=url) as caller:
        for name, header in wrong.items():
            answer = await caller.get("/mine", headers={"Authorization": header} if header else {})
            body_ = is_problem(answer, 401, "unauthenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer"), name
            assert good.split(".")[2][:20] not in answer.text
            assert body_["detail"], name
        for _ in range(2):  # the second time from memory
            answer = await caller.get("/mine", headers={"Authorization": f"bearer  {good}"})
            assert (answer.status_code, answer.json()) == (200, "me")
        for twice in ([good, f"Bearer {good}"], [f"Bearer {good}", "Bearer nonsense"]):
            answer = await caller.get("/mine", headers=[("Authorization", each) for each in twice])
            assert "twice" in is_problem(answer, 400, "malformed")["detail"]


async def test_a_scope_that_is_missing(url: str) -> None:
    """403 that names it."""
    principal = make_principal(scopes=frozenset({"walks:read"}))
    async with client(url, service="kit", principal=principal) as caller:
        body = is_problem(await caller.get("/mine"), 403, "forbidden")
    assert "reports:read" in body["detail"]
    with pytest.raises(ValueError, match="no such scope"):
        may("reports:destroy")
