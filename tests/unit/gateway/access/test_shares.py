"""Whoever waited long for their organisation's turn is asked again whether they may."""

import asyncio

import pytest
from starlette.requests import Request

from services.gateway.access import shares
from services.gateway.access.shares import Shares
from shared.access.door import let_in
from shared.errors import Unauthenticated


def request(*, ended: list[bool]) -> Request:
    """A request of somebody who was let in, and is asked again whether they ended meanwhile."""
    asked = Request({"type": "http", "state": {}, "headers": []})

    async def still() -> None:
        if ended[0]:
            raise Unauthenticated("This client is not active.")

    let_in(asked, still=still)
    return asked


@pytest.mark.parametrize(("long_s", "refused"), [(5, False), (0.05, True)])
async def test_who_ended_while_they_waited_gets_no_turn(
    monkeypatch: pytest.MonkeyPatch, long_s: float, refused: bool
) -> None:
    """After a long wait, and the place is free again; a short one is not worth the question."""
    monkeypatch.setattr(shares, "SLOW_BODY_S", long_s)
    turns, ended = Shares(), [False]

    async def waits() -> bool:
        async with turns.turn(request(ended=ended), "heavy", where="reports", who="o"):
            return True

    async with turns.turn(request(ended=ended), "heavy", where="reports", who="o"):
        waiting = asyncio.create_task(waits())
        ended[0] = True
        await asyncio.sleep(0.1)
    if not refused:
        assert await waiting
        return
    with pytest.raises(Unauthenticated):
        await waiting
    ended[0] = False
    assert await waits()
