"""A small OpenID provider on a real socket: it checks what a real one checks (client, redirect, PKCE S256, one use)."""

import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from tests.support.servers.services import running

CLIENT_ID, SECRET = "samsyn", "a secret with /+: in it"


@dataclass
class OidcProvider:
    """What it will say of the person who signs in next, and how it can be made to cheat."""

    redirect_uri: str = ""
    url: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "7f3", "preferred_username": "samordnaren"})
    change: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    algorithm: str = "ES256"
    key: Any = field(default_factory=lambda: ECKey.generate_key("P-256"))
    signing: Any = None
    signing_shown: Any = None
    other_keys: list[dict[str, Any]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def authorize(self, asked: dict[str, str]) -> Response:
        """Sign the person in at once and lead back with a code."""
        if asked.get("client_id") != CLIENT_ID or asked.get("redirect_uri") != self.redirect_uri:
            return Response("unknown client or address", status_code=400)
        if asked.get("code_challenge_method") != "S256" or "openid" not in asked.get("scope", "").split():
            return Response("PKCE by S256 is needed", status_code=400)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return RedirectResponse(f"{self.redirect_uri}?{urlencode({'code': code, 'state': asked['state']})}")

    def token(self, form: dict[str, str], authorization: str) -> Response:
        """The ID token for a code that was not used, from the client that proves it began."""
        asked = self.codes.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        basic = base64.b64encode(f"{CLIENT_ID}:{'a%20secret%20with%20%2F%2B%3A%20in%20it'}".encode()).decode()
        faults = {
            "code": asked is None,
            "client": authorization != f"Basic {basic}",
            "pkce": asked is None or asked["code_challenge"] != challenge,
            "redirect": form.get("redirect_uri") != self.redirect_uri,
        }
        if asked is None or any(faults.values()):
            self.refused += [name for name, wrong in faults.items() if wrong]
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        signing = self.signing or self.key
        token = jwt.encode(
            {"alg": self.algorithm}, self.change(claims | self.person), signing, algorithms=[self.algorithm]
        )
        return JSONResponse({"access_token": "unused", "token_type": "Bearer", "id_token": token})

    def app(self) -> FastAPI:
        """The provider as a web service."""
        app = FastAPI(openapi_url=None)

        @app.get("/.well-known/openid-configuration")
        async def description() -> dict[str, str]:
            paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            return {"issuer": self.url} | {name: f"{self.url}/{path}" for name, path in paths.items()}

        @app.get("/authorize")
        async def authorize(request: Request) -> Response:
            return self.authorize(dict(request.query_params))

        @app.post("/token")
        async def token(request: Request) -> Response:
            form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
            return self.token(form, request.headers.get("authorization", ""))

        @app.get("/keys")
        async def keys() -> dict[str, Any]:
            shown = KeySet([self.signing_shown or self.key]).as_dict(private=False)["keys"]
            return {"keys": [*self.other_keys, *shown]}

        return app


@asynccontextmanager
async def oidc_provider() -> AsyncIterator[OidcProvider]:
    """A provider that runs while the block does."""
    provider = OidcProvider()
    async with running(provider.app()) as url:
        provider.url = url
        yield provider
