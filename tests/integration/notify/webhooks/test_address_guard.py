"""The guard at the dialled socket, with real listeners that count: nothing reaches a blocked address."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_network

import pytest

from services.notify.errors import BadAddress
from services.notify.webhooks.addresses import Address, Reach
from services.notify.webhooks.sender import NameLookUp, Sender
from tests.support.make.bad_urls import BAD_ADDRESSES, BAD_FORMS
from tests.support.servers.receivers import RawReceiver, raw_receiver

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@pytest.fixture
async def trap() -> AsyncIterator[RawReceiver]:
    """A listener on loopback that answers everybody; a guarded sender must never reach it."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)

    async with raw_receiver(answer) as receiver:
        yield receiver


@asynccontextmanager
async def sender(*answers: str, allowed: str | None = None) -> AsyncIterator[Sender]:
    """A sender whose names lead to these addresses, one after the other look-up; the last one stays."""
    left = [[ip_address(text) for text in answer.split()] for answer in answers]

    async def look_up(_host: str, _port: int) -> Sequence[Address]:
        return left.pop(0) if len(left) > 1 else left[0]

    made = Sender(allowed=[Reach(ip_network(allowed))] if allowed else (), look_up=look_up, total_s=2)
    try:
        yield made
    finally:
        await made.close()


async def test_nothing_reaches_loopback_in_any_notation(trap: RawReceiver) -> None:
    """The sender itself refuses, without the check of the URL's form: literals never pass the resolver."""
    hosts = [
        "127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0177.0.0.1", "0.0.0.0", "0",  # noqa: S104
        "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "127.0.0.2", "127.255.255.254",
    ]  # fmt: skip
    async with sender("127.0.0.1") as guarded:
        answers = {h: await guarded.send(f"http://{h}:{trap.port}/", headers={}, body=b"x") for h in hosts}
    assert {h: a.status for h, a in answers.items() if a.status is not None} == {}
    assert {a.error for a in answers.values()} <= {"blocked", "protocol"}
    assert trap.connections == 0


async def test_nothing_reaches_the_corpus(trap: RawReceiver) -> None:
    """Every URL of the corpus, its port changed to the trap's where it has none, ends without a connection."""
    urls = [url.replace("example.org", f"example.org:{trap.port}") for url in BAD_FORMS]
    urls += [f"http://{f'[{a}]' if ':' in a else a}:{trap.port}/" for a in BAD_ADDRESSES]
    async with sender("127.0.0.1") as guarded:
        answers = await asyncio.gather(*(guarded.send(url, headers={}, body=b"x") for url in urls))
    print(f"\naddress guard: {len(urls)} URLs, {trap.connections} connections to a blocked address")
    assert len(urls) >= 150
    assert [a for a in answers if a.status is not None] == []
    assert trap.connections == 0


async def test_name_that_leads_to_a_private_address_is_blocked(trap: RawReceiver) -> None:
    """A public looking name with a loopback address is refused, and so is one that mixes good and bad addresses."""
    for addresses in ("127.0.0.1", "8.8.8.8 127.0.0.1", "::1", "2606:4700::1 ::1"):
        async with sender(addresses) as guarded:
            answer = await guarded.send(f"http://hooks.example.org:{trap.port}/", headers={}, body=b"x")
            assert answer.error == "blocked"
            with pytest.raises(BadAddress):
                await guarded.admit("https://hooks.example.org/")
    assert trap.connections == 0


async def test_rebinding_name_is_blocked_when_it_is_dialled(trap: RawReceiver) -> None:
    """A name that was public when it was vetted and leads to loopback when it is dialled reaches nothing."""
    async with sender("8.8.8.8", "127.0.0.1") as guarded:
        await guarded.admit("https://hooks.example.org/")
        answer = await guarded.send(f"https://hooks.example.org:{trap.port}/", headers={}, body=b"x")
    assert answer.error == "blocked"
    assert trap.connections == 0


async def test_socket_is_guarded_even_if_the_resolver_were_fooled(trap: RawReceiver) -> None:
    """The second wall alone: with the resolver's answer replaced after its check, the socket is still refused."""
    async with sender("8.8.8.8") as guarded:
        connector = guarded._session.connector
        assert connector is not None

        async def fooled(host: str, port: int, **_: object) -> list[dict[str, object]]:
            return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": 2, "proto": 0, "flags": 0}]

        connector._resolve_host = fooled  # type: ignore[attr-defined]
        answer = await guarded.send(f"http://hooks.example.org:{trap.port}/", headers={}, body=b"x")
    assert answer.error == "blocked"
    assert trap.connections == 0


async def test_allowed_network_is_reached(trap: RawReceiver) -> None:
    """The same listener answers once the operator allows its network, by literal and by name."""
    async with sender("127.0.0.1", allowed="127.0.0.0/8") as guarded:
        for host in ("127.0.0.1", "receiver.internal"):
            answer = await guarded.send(f"http://{host}:{trap.port}/", headers={}, body=b"x")
            assert (answer.status, answer.error) == (204, None)
    assert trap.connections == 2


async def test_environment_proxy_is_not_used(trap: RawReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment would dial for us, past the guard; it is ignored."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{trap.port}")
    assert os.environ["HTTP_PROXY"]
    async with sender("127.0.0.1") as guarded:
        answer = await guarded.send("http://hooks.example.org:9/", headers={}, body=b"x")
    assert answer.error == "blocked"
    assert trap.connections == 0


async def test_real_look_up_finds_localhost_and_misses_rubbish() -> None:
    """The look-up that production uses: localhost is blocked, a name that cannot exist is a sentence."""
    look_up = NameLookUp()
    guarded = Sender(look_up=look_up)
    try:
        with pytest.raises(BadAddress, match="loopback"):
            await guarded.admit("https://localhost/")
        with pytest.raises(BadAddress, match="cannot be looked up"):
            await guarded.admit("https://nowhere.invalid/")
    finally:
        await guarded.close()
        look_up.close()
