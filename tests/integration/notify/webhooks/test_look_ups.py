"""Names of endpoints whose name servers do not answer."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from services.notify.errors import BadAddress
from services.notify.webhooks import sender as sending
from services.notify.webhooks.sender import NameLookUp, Sender
from shared.errors import TooMany
from tests.support.servers.services import wait_until

GREEDY, MODEST = uuid4(), uuid4()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Hosts that the system is looking up; those called slow wait for their name server until the test ends."""
    names: list[str] = []
    ended = threading.Event()

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        names.append(host)
        if host.startswith("slow"):
            ended.wait(20)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(sending, "LOOK_UP_S", 0.3)
    yield names
    ended.set()


async def test_slow_names_of_one_organisation_hold_four_look_ups(asked: list[str]) -> None:
    """Forty endpoints of one organisation: all are refused in time, four wait on; another's name is found at once."""
    look_up = NameLookUp()
    guarded = Sender(look_up=look_up)

    async def refused(n: int) -> type[Exception]:
        try:
            await guarded.admit(f"https://slow{n}.example/", of=GREEDY)
        except (BadAddress, TooMany) as why:
            return type(why)
        raise AssertionError

    try:
        tried = [asyncio.create_task(refused(n)) for n in range(40)]
        await wait_until(lambda: len(asked) == 4, what="as many look-ups as one organisation has")
        await guarded.admit("https://quick.example/", of=MODEST)
        assert set(await asyncio.gather(*tried)) <= {BadAddress, TooMany}
        # They gave up, and their threads did not: what comes next waits for those.
        with pytest.raises(TooMany):
            await guarded.admit("https://slow99.example/", of=GREEDY)
        assert [name for name in asked if name.startswith("slow")] == asked[:4]
        delivery = await guarded.send("https://slow100.example/", headers={}, body=b"{}", of=GREEDY)
        assert delivery.error is not None
        assert len(asked) == 5
    finally:
        await guarded.close()
        look_up.close()
