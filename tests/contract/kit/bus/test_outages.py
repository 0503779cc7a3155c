"""The bus goes away and comes back: every call ends within its deadline, and the same objects work again after.

All buses are away at the same time, and each for both tests at once, because an outage is mostly waiting.
"""

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil
import pytest

from shared.bus import Bus, BusUnavailable
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
from tests.contract.kit.bus.conftest import MOCK_SESSION_S, SESSION_S
from tests.contract.kit.bus.mock_kafka import KafkaBusOnMock, mock_broker
from tests.support.make.buses import Member, make_record, make_topic, new_name, running_member
from tests.support.servers.freezing import freeze, thaw
from tests.support.servers.kafka import own_broker
from tests.support.servers.postgres import own_server

SLACK_S = 1.0  # two busy cores may be late
WAYS = ("postgres killed", "postgres frozen", "kafka killed", "kafka frozen")
# Until one of the two that share an outage gives up on the other.
PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frail:
    """A bus that two users lose and get back at the same time: it goes when both are ready, and comes when both are."""

    connect: Callable[[], Bus]
    take_away: Callable[[], None]
    bring_back: Callable[[], None]
    # What a thread starts ends with that thread, so what starts a bus must outlive its users.
    hands: ThreadPoolExecutor
    meeting: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """The time without the bus."""
        await self._together(self.take_away)
        try:
            yield
        except BaseException:
            self.meeting.abort()  # the other one need not wait
            raise
        await self._together(self.bring_back)

    async def _together(self, do: Callable[[], None]) -> None:
        first = await asyncio.to_thread(self.meeting.wait, PATIENCE_S) == 0
        if first:
            await asyncio.wrap_future(self.hands.submit(do))
        await asyncio.to_thread(self.meeting.wait, PATIENCE_S)


@contextmanager
def _postgres(hands: ThreadPoolExecutor, *, frozen: bool) -> Iterator[Frail]:
    with own_server() as server:
        database = asyncio.run(server.fresh_database("samsyn_bus"))

        def processes() -> list[psutil.Process]:
            postmaster = psutil.Process(server.postgres.pid())
            return [postmaster, *postmaster.children(recursive=True)]

        try:
            yield Frail(
                connect=lambda: PostgresBus(database.owner_url),
                take_away=(lambda: freeze(processes())) if frozen else server.postgres.kill,
                bring_back=(lambda: thaw(processes())) if frozen else server.postgres.start,
                hands=hands,
            )
        finally:
            if frozen:
                thaw(processes())  # a test that failed may have left it frozen, and it could not be stopped


@contextmanager
def _kafka(hands: ThreadPoolExecutor, *, frozen: bool) -> Iterator[Frail]:
    if os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        with own_broker() as broker:
            yield Frail(
                connect=lambda: KafkaBus(broker.bootstrap, session_timeout_s=SESSION_S),
                take_away=broker.freeze if frozen else broker.kill,
                bring_back=broker.thaw if frozen else broker.start,
                hands=hands,
            )
    else:
        with mock_broker() as mock:
            yield Frail(
                connect=lambda: KafkaBusOnMock(mock.bootstrap, session_timeout_s=MOCK_SESSION_S),
                take_away=mock.freeze if frozen else mock.take_down,
                bring_back=mock.thaw if frozen else mock.bring_up,
                hands=hands,
            )


def _frail(way: str, hands: ThreadPoolExecutor) -> AbstractContextManager[Frail]:
    """A bus for one way to be away: connections break at once, or nobody answers any more."""
    kind, how = way.split()
    return (_postgres if kind == "postgres" else _kafka)(hands, frozen=how == "frozen")


# By the way of being away and the user.
Outages = dict[tuple[str, str], Future[dict[str, Any]]]


@pytest.fixture(scope="module")
def outages() -> Iterator[Outages]:
    """What each way to be away did to each of its two users; every user has a thread and an event loop of its own."""
    users = {"survivor": survive, "leaver": leave}
    with ThreadPoolExecutor() as hands, ExitStack() as stack, ThreadPoolExecutor(2 * len(WAYS)) as threads:
        starting = {way: hands.submit(stack.enter_context, _frail(way, hands)) for way in WAYS}
        frail = {way: started.result() for way, started in starting.items()}
        yield {
            (way, user): threads.submit(asyncio.run, what(frail[way])) for way in WAYS for user, what in users.items()
        }


async def seconds_to_refuse(call: Awaitable[object]) -> float:
    """How long the call took to raise BusUnavailable."""
    started = time.monotonic()
    with pytest.raises(BusUnavailable):
        await call
    return time.monotonic() - started


async def publish_again(bus: Bus, topic: str, number: int) -> int:
    """Publish as the relay does: again until it is taken. Returns how often."""
    for attempt in range(1, 20):
        try:
            await bus.publish([make_record(topic, number, key="k")])
        except BusUnavailable:
            await asyncio.to_thread(time.sleep, 0.2)
        else:
            return attempt
    raise AssertionError("never taken")


async def read_until(member: Member, number: int) -> list[int]:
    """All numbers up to this one, from a member that is asked again whatever it says."""
    numbers: list[int] = []
    async with asyncio.timeout(60):
        while number not in numbers:
            try:
                batch = await member.subscription.poll(max_records=100, timeout_s=0.2)
            except BusUnavailable:
                await asyncio.sleep(0.1)
                continue
            numbers += [int(message.value) for part in batch.values() for message in part]
    return numbers


async def survive(frail: Frail) -> dict[str, Any]:
    """Publish, ping and read before, during and after an outage with the same bus and the same member."""
    bus = frail.connect()
    await bus.start()
    topic = await make_topic(bus)
    async with running_member(bus, new_name("group"), topic) as member:
        await bus.publish([make_record(topic, 0, key="k")])
        await bus.ping()
        seen = await read_until(member, 0)
        async with frail.away():
            refused_s = await seconds_to_refuse(bus.publish([make_record(topic, 1, key="k")]))
            ping_s = await seconds_to_refuse(bus.ping())
        started = time.monotonic()
        attempts = await publish_again(bus, topic, 2)
        seen += await read_until(member, 2)
        back_s = time.monotonic() - started
        await bus.ping()
    await bus.stop()
    return {"refused_s": refused_s, "ping_s": ping_s, "back_s": back_s, "attempts": attempts, "seen": seen}


async def leave(frail: Frail) -> dict[str, Any]:
    """Stop a bus and its member while the bus is away and a publish is under way, and try to start another."""
    before = asyncio.all_tasks()
    bus = frail.connect()
    await bus.start()
    topic = await make_topic(bus)
    async with running_member(bus, new_name("group"), topic) as member:
        await bus.publish([make_record(topic, 0)])
        await read_until(member, 0)
        async with frail.away():
            publishing = asyncio.create_task(bus.publish([make_record(topic, number) for number in range(100)]))
            await asyncio.sleep(0)
            started = time.monotonic()
            await member.subscription.stop()
            member_s = time.monotonic() - started
            started = time.monotonic()
            await bus.stop()
            bus_s = time.monotonic() - started
            await asyncio.wait([publishing])
            late = frail.connect()
            start_s = await seconds_to_refuse(late.start())
            await late.stop()
            await asyncio.sleep(0)
            left = [task for task in asyncio.all_tasks() - before if not task.done()]
    publish = publishing.exception()
    return {"member_s": member_s, "bus_s": bus_s, "start_s": start_s, "publish": publish, "left": left}


@pytest.mark.parametrize("way", WAYS)
def test_an_outage_is_survived(outages: Outages, way: str) -> None:
    """Publish and ping refuse in time, then the same bus and the same member go on; nothing acknowledged is lost."""
    found = outages[way, "survivor"].result()
    print(
        "publish refused {refused_s:.1f} s, ping {ping_s:.1f} s, back {back_s:.1f} s,"
        " {attempts} attempts, {seen}".format_map(found)
    )
    assert found["refused_s"] < 10 + SLACK_S
    assert found["ping_s"] < 2 + SLACK_S
    assert found["back_s"] < 30
    assert {0, 2} <= set(found["seen"]) <= {0, 1, 2}  # 1 may have been taken: its outcome was unknown


@pytest.mark.parametrize("way", WAYS)
def test_a_dead_bus_holds_nobody_up(outages: Outages, way: str) -> None:
    """With the bus gone and a publish under way, stop ends in time and leaves no task behind."""
    found = outages[way, "leaver"].result()
    print(
        "member stopped in {member_s:.1f} s, bus in {bus_s:.1f} s, a start refused in {start_s:.1f} s".format_map(found)
    )
    assert isinstance(found["publish"], BusUnavailable)
    assert found["member_s"] < 5 + SLACK_S
    assert found["bus_s"] < 10 + SLACK_S
    assert found["start_s"] < 10 + SLACK_S
    assert found["left"] == []
