"""POST /oauth/token and the tokens it gives"""

import json
import time
from typing import Any

import httpx
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OKPKey

from services.gateway.access import partners
from services.gateway.access.tokens import AUDIENCE
from shared.access.door import claims_of, sign
from tests.integration.gateway.conftest import PEPPER, new_client
from tests.support.servers.services import make_principal


async def test_the_token_is_signed_with_a_published_key_and_lasts_ten_minutes(partner: Any) -> None:
    """POST /oauth/token: EdDSA, the key is in the JWKS, the claims name organisation, role and scopes."""
    caller = await partner(kind="housing", role="member", areas=("01",))
    key = (await caller.get("/oauth/jwks")).json()["keys"][0]
    assert "d" not in key
    token = jwt.decode(caller.headers["authorization"].split()[1], OKPKey.import_key(key), algorithms=["Ed25519"])
    assert token.claims["exp"] - token.claims["iat"] == 600
    assert (token.claims["kind"], token.claims["role"], token.claims["areas"]) == ("housing", "member", ["01"])
    assert "areas:write" not in token.claims["scope"]


async def test_wrong_secret_unknown_client_and_wrong_grant(partner: Any, gateway_url: str) -> None:
    """POST /oauth/token: the answers of RFC 6749 §5.2, the same for a wrong secret and an unknown client."""
    await partner()
    async with httpx.AsyncClient(base_url=gateway_url) as anyone:
        wrong = {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "x"}
        unknown = await anyone.post("/oauth/token", data=wrong)
        assert (unknown.status_code, unknown.json()["error"]) == (401, "invalid_client")
        grant = await anyone.post("/oauth/token", data={**wrong, "grant_type": "password"})
        assert (grant.status_code, grant.json()["error"]) == (400, "unsupported_grant_type")
        for none in (await anyone.post("/oauth/token", json=wrong), await anyone.post("/oauth/token")):
            assert (none.status_code, none.json()["error"]) == (400, "invalid_request")
            assert "x-www-form-urlencoded" in none.json()["error_description"]
        basic = await anyone.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=("nobody", "x"))
        assert basic.json() == unknown.json()
        for odd in ("Basic åäö", "Basic \xff", "Basic ====", "Basic /w==", "Basic"):
            headers = {b"Authorization": odd.encode("latin-1")}
            answer = await anyone.post("/oauth/token", data={"grant_type": "client_credentials"}, headers=headers)
            assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), odd


async def test_a_stopped_client_gets_no_token(partner: Any, gateway_app: FastAPI, gateway_url: str) -> None:
    """POST /oauth/token: shut out means shut out."""
    async with gateway_app.state.database.sessions() as session, session.begin():
        organisation = await partners.add_organisation(session, name="Stopped", kind="guard", areas=[], actor="test")
        client_id, secret = await partners.add_client(
            session,
            organisation_id=organisation,
            kind="guard",
            name="x",
            role="member",
            scopes=None,
            pepper=PEPPER,
            actor="test",
        )
    body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    _ = partner
    async with httpx.AsyncClient(base_url=gateway_url) as anyone:
        assert (await anyone.post("/oauth/token", data=body)).status_code == 200
        async with gateway_app.state.database.sessions() as session, session.begin():
            assert await partners.set_client_active(session, client_id, active=False, actor="test")
        stopped = await anyone.post("/oauth/token", data=body)
        assert stopped.status_code == 401
        assert "stopped" in stopped.json()["error_description"]
        guessed = await anyone.post("/oauth/token", data={**body, "client_secret": "x"})
        assert "stopped" not in guessed.json()["error_description"]


async def test_fewer_scopes_can_be_asked_for_and_hold(partner: Any, gateway_app: FastAPI, gateway_url: str) -> None:
    """POST /oauth/token: a token for less than the client has may do less; more than it has is refused."""
    caller = await partner(kind="guard", role="member", scopes=frozenset({"overview:read"}))
    answer = await caller.get("/samsyn/v1/reports")
    assert answer.status_code == 403
    assert "reports:read" in answer.json()["detail"]
    _ = (gateway_app, gateway_url)


async def test_expired_foreign_and_broken_tokens(gateway_app: FastAPI, gateway_url: str, clean: None) -> None:
    """Authorization: an expired token, one for another audience, one by another key, and rubbish: 401 and why."""
    settings, claims = gateway_app.state.settings, claims_of(make_principal())
    good, other = gateway_app.state.token_key, OKPKey.generate_key("Ed25519")

    def token(key: OKPKey, *, audience: str = AUDIENCE, age_s: int = 0) -> str:
        return sign(key, claims, issuer=settings.public_url, audience=audience, lifetime_s=600, now=time.time() - age_s)

    cases = {
        token(good, age_s=700): "expired",
        token(good, audience="reports"): "something else",
        token(other): "not issued here",
        "rubbish": "cannot be read",
    }
    async with httpx.AsyncClient(base_url=gateway_url) as anyone:
        for each, reason in cases.items():
            answer = await anyone.get("/samsyn/v1/overview", headers={"Authorization": f"Bearer {each}"})
            assert answer.status_code == 401
            assert reason in answer.json()["detail"]
            assert each not in answer.text
            assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        none = await anyone.get("/samsyn/v1/reports")
        assert (none.status_code, none.headers["www-authenticate"]) == (401, 'Bearer realm="samsyn"')
        assert json.loads(none.content)["request_id"] == none.headers["x-request-id"]


async def test_one_way_of_saying_who_one_is(gateway_app: FastAPI, gateway_url: str, clean: None) -> None:
    """POST /oauth/token: a secret by Basic and in the form is refused (RFC 6749 §2.3); the same id alone is not."""
    _, name, secret = await new_client(gateway_app, "guard", "member", (), None)
    form = {"grant_type": "client_credentials"}
    async with httpx.AsyncClient(base_url=gateway_url) as anyone:
        for more in ({"client_id": name, "client_secret": secret}, {"client_secret": "x"}, {"client_id": "another"}):
            answer = await anyone.post("/oauth/token", data={**form, **more}, auth=(name, secret))
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        for more in ({}, {"client_id": name}):
            answer = await anyone.post("/oauth/token", data={**form, **more}, auth=(name, secret))
            assert answer.status_code == 200


async def test_programs_find_out_how_to_get_a_token(gateway_url: str, clean: None) -> None:
    """GET /.well-known/oauth-authorization-server (RFC 8414): what it must hold, and addresses that answer."""
    async with httpx.AsyncClient(base_url=gateway_url) as anyone:
        told = (await anyone.get("/.well-known/oauth-authorization-server")).json()
        assert told["grant_types_supported"] == ["client_credentials"]
        assert told["token_endpoint_auth_methods_supported"] == ["client_secret_basic", "client_secret_post"]
        assert "reports:write" in told["scopes_supported"]
        assert told["response_types_supported"] == []
        for name in ("token_endpoint", "jwks_uri"):
            assert told[name].startswith(told["issuer"])
        path = told["jwks_uri"].removeprefix(told["issuer"])
        assert (await anyone.get(path)).status_code == 200
