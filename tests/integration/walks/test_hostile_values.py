"""Values that nobody should send, in every field, parameter and header of every operation of the service."""

import httpx
import pytest
from fastapi import FastAPI

from tests.integration.walks.safety.walks import found, walked
from tests.support.look.hostile import no_fault_of_ours


async def ids(walks: httpx.AsyncClient) -> dict[str, str]:
    """A walk that was walked, and a finding of it."""
    walk_id = await walked(walks)
    finding_id = await found(walks, walk_id)
    on_walk = {f"/walks/{{id}}{below}": walk_id for below in ("", "/walked", "/close", "/findings")}
    return on_walk | {f"/findings/{{id}}{below}": finding_id for below in ("", "/answer")}


async def test_no_value_is_a_fault_of_ours(walks: httpx.AsyncClient, walks_app: FastAPI) -> None:
    """Every place, some values each."""
    await no_fault_of_ours(walks, walks_app, known=await ids(walks), each=1)


@pytest.mark.long
async def test_no_value_is_a_fault_of_ours_long(walks: httpx.AsyncClient, walks_app: FastAPI) -> None:
    """Every place, every value."""
    await no_fault_of_ours(walks, walks_app, known=await ids(walks), each=None)
