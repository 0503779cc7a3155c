"""The guard at the dialled socket, with real listeners that count: nothing reaches a blocked address."""

import asyncio
import os
import re
import socket
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
async def sender(*answers: str | None, allowed: str | None = None) -> AsyncIterator[Sender]:
    """A sender whose names lead to these addresses, one after the other look-up; the last one stays. None: no name."""
    left = [None if answer is None else [ip_address(text) for text in answer.split()] for answer in answers]

    async def look_up(_host: str, _port: int) -> Sequence[Address]:
        found = left.pop(0) if len(left) > 1 else left[0]
        if found is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found

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
    assert {a.error for a in answers.values()} <= {"blocked", "dns", "protocol"}
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
            assert answer.error == "dns"
            with pytest.raises(BadAddress):
                await guarded.admit("https://hooks.example.org/")
    assert trap.connections == 0


async def test_rebinding_name_is_blocked_when_it_is_dialled(trap: RawReceiver) -> None:
    """A name that was public when it was vetted and leads to loopback when it is dialled reaches nothing."""
    async with sender("8.8.8.8", "127.0.0.1") as guarded:
        await guarded.admit("https://hooks.example.org/")
        answer = await guarded.send(f"https://hooks.example.org:{trap.port}/", headers={}, body=b"x")
    assert answer.error == "dns"
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
    assert answer.error == "dns"
    assert trap.connections == 0


async def test_no_answer_tells_which_names_there_are() -> None:
    """A name that is not there, one without an address, one that leads inside: the same words, stored or sent."""
    told = set[tuple[str, ...]]()
    for addresses in ("", "127.0.0.1", "10.0.0.1", "8.8.8.8 192.168.0.1", "::1", "fe80::1", None):
        async with sender(addresses) as guarded:
            with pytest.raises(BadAddress) as refused:
                await guarded.admit("https://db.internal/")
            answer = await guarded.send("https://db.internal/", headers={}, body=b"x")
            told.add((refused.value.detail, str(answer.error), answer.excerpt))
    assert len(told) == 1


async def test_a_name_without_a_dot_is_not_looked_up() -> None:
    """Only where the operator allows networks may such a name lead into them."""
    asked = list[str]()

    async def look_up(host: str, _port: int) -> Sequence[Address]:
        asked.append(host)
        return [ip_address("10.0.0.7")]

    for allowed in ((), (Reach(ip_network("10.0.0.0/8")),)):
        guarded = Sender(allowed=allowed, look_up=look_up, total_s=0.05)
        if not allowed:
            with pytest.raises(BadAddress):
                await guarded.admit("https://kafka/")
            await guarded.send("https://kafka/", headers={}, body=b"x")
            assert asked == []
        else:
            await guarded.admit("https://kafka/")
            assert asked == ["kafka"]
        await guarded.close()


async def test_a_failure_is_a_sentence_of_ours() -> None:
    """Of a port where nobody listens, and of one that speaks no TLS: none of Python's words, nor an address."""

    def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server, sender("127.0.0.1", allowed="127.0.0.0/8") as guarded:
        urls = ("http://127.0.0.1:1/", f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        answers = [await guarded.send(url, headers={}, body=b"x") for url in urls]
    assert [answer.error for answer in answers] == ["connect", "tls"]
    for answer in answers:
        assert re.fullmatch(r"[A-Z][a-z ,:()A-Z]+\.", answer.excerpt), answer.excerpt


async def test_real_look_up_finds_localhost_and_misses_rubbish() -> None:
    """The look-up that production uses: localhost and a name that cannot exist are the same sentence."""
    look_up = NameLookUp()
    guarded = Sender(look_up=look_up)
    try:
        for name in ("localhost", "localhost.localdomain", "nowhere.invalid"):
            with pytest.raises(BadAddress, match="cannot be looked up, or leads to no address of the open net"):
                await guarded.admit(f"https://{name}/")
    finally:
        await guarded.close()
        look_up.close()
