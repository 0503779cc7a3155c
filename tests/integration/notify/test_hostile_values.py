"""Values that nobody should send, in every field, parameter and header of every operation of the service."""

import httpx
import pytest
from fastapi import FastAPI

from tests.support.look.hostile import no_fault_of_ours
from tests.support.make.notify import subscribe


async def ids(notify: httpx.AsyncClient) -> dict[str, str]:
    """A subscription that is there."""
    subscription_id = (await subscribe(notify, url="https://127.0.0.1:8443/hook"))["id"]
    return {f"/subscriptions/{{id}}{below}": subscription_id for below in ("", "/secret", "/deliveries")}


async def test_no_value_is_a_fault_of_ours(notify: httpx.AsyncClient, notify_app: FastAPI) -> None:
    """Every place, some values each."""
    await no_fault_of_ours(notify, notify_app, known=await ids(notify), each=1)


@pytest.mark.long
async def test_no_value_is_a_fault_of_ours_long(notify: httpx.AsyncClient, notify_app: FastAPI) -> None:
    """Every place, every value."""
    await no_fault_of_ours(notify, notify_app, known=await ids(notify), each=None)
