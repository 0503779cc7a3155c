"""Values that nobody should send, to what the gateway answers itself: tokens, the overview, the feed."""

from random import Random
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.gateway.proxy import catalogue
from tests.support.look.hostile import bear_all
from tests.support.make.hostile import TELLING, TEXTS, sendings

OWN = (f"{catalogue.PREFIX}/overview", f"{catalogue.PREFIX}/feed")
GRANT = {
    "grant_type": "client_credentials", "client_id": "client_x", "client_secret": "secret_x", "scope": "reports:read",
}  # fmt: skip


async def tried(partner: Any, app: FastAPI, *, each: int | None) -> None:
    """Send them to every parameter, and to every field of the form that a token is asked for by."""
    caller: httpx.AsyncClient = await partner()
    document = app.openapi()
    own = document | {"paths": {path: found for path, found in document["paths"].items() if path in OWN}}
    await bear_all(caller, sendings(own, known={}), each=each)
    some = Random(20261128)
    for field in (*GRANT, "a\x00b"):
        for value in TEXTS if each is None else (*TELLING, *some.sample(TEXTS, each)):
            form = {**GRANT, field: value.encode("utf-8", "surrogatepass")}
            answer = await caller.post("/oauth/token", data=form)
            assert answer.status_code in (400, 401, 413, 422, 429), (field, value)


async def test_no_value_is_a_fault_of_ours(partner: Any, gateway_app: FastAPI) -> None:
    """Every place, some values each."""
    await tried(partner, gateway_app, each=1)


@pytest.mark.long
async def test_no_value_is_a_fault_of_ours_long(partner: Any, gateway_app: FastAPI) -> None:
    """Every place, every value."""
    await tried(partner, gateway_app, each=None)
