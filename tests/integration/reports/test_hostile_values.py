"""Values that nobody should send, in every field, parameter and header of every operation of the service."""

import httpx
import pytest
from fastapi import FastAPI

from tests.support.look.hostile import no_fault_of_ours
from tests.support.make.reports import make_report
from tests.support.servers.services import new_key


async def ids(reports: httpx.AsyncClient) -> dict[str, str]:
    """A report that is there, for the operations on one."""
    sent = await reports.post("/reports", json=make_report(), headers=new_key())
    return {path: sent.json()["id"] for path in ("/reports/{id}", "/reports/{id}/review", "/reports/{id}/withdraw")}


async def test_no_value_is_a_fault_of_ours(reports: httpx.AsyncClient, reports_app: FastAPI) -> None:
    """Every place, some values each."""
    await no_fault_of_ours(reports, reports_app, known=await ids(reports), each=1)


@pytest.mark.long
async def test_no_value_is_a_fault_of_ours_long(reports: httpx.AsyncClient, reports_app: FastAPI) -> None:
    """Every place, every value."""
    await no_fault_of_ours(reports, reports_app, known=await ids(reports), each=None)
