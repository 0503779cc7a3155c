"""Values that nobody should send, in every field, parameter and header of every operation of the service."""

import httpx
import pytest
from fastapi import FastAPI

from tests.integration.events.gatherings import registered
from tests.support.look.hostile import no_fault_of_ours


async def ids(events: httpx.AsyncClient) -> dict[str, str]:
    """A gathering that is there."""
    gathering_id = (await registered(events))["id"]
    return {f"/gatherings/{{id}}{below}": gathering_id for below in ("", "/cancel", "/clashes")}


async def test_no_value_is_a_fault_of_ours(events: httpx.AsyncClient, events_app: FastAPI) -> None:
    """Every place, some values each."""
    await no_fault_of_ours(events, events_app, known=await ids(events), each=1)


@pytest.mark.long
async def test_no_value_is_a_fault_of_ours_long(events: httpx.AsyncClient, events_app: FastAPI) -> None:
    """Every place, every value."""
    await no_fault_of_ours(events, events_app, known=await ids(events), each=None)
