"""Places that pass from one member of a group to another, and topics that appear while a member runs."""

import asyncio
import sys
from contextlib import suppress

import pytest

from shared.bus import Bus, Handover, OwnershipLost, Place, Received, Topic
from shared.errors import Conflict
from tests.contract.kit.bus.conftest import SESSION_S, Site
from tests.support.make.buses import Member, make_record, make_topic, new_name, positions_after, running_member


async def test_a_member_learns_which_places_it_has(bus: Bus) -> None:
    """`gained` comes before the first message, `lost` with the stop."""
    topic = await make_topic(bus)
    await bus.publish([make_record(topic)])
    everything = frozenset((topic, partition) for partition in range(4))
    async with running_member(bus, new_name("group"), topic) as member:
        await member.read(1)
        assert frozenset().union(*member.gained) == everything
        assert member.lost == []
    assert member.lost == [everything]


async def test_lost_may_still_commit(bus: Bus) -> None:
    """What was handled when the places went is committed in `lost`, and the next member does not get it."""
    topic, group = await make_topic(bus), new_name("group")
    await bus.publish([make_record(topic, number, key="k") for number in range(10)])
    handled: list[Received] = []

    async def lost(_: frozenset[Place]) -> None:
        await subscription.commit(positions_after(handled))

    subscription = bus.subscribe(group, [topic], member="first", handover=Handover(lost=lost))
    await subscription.start()
    handled += await Member(subscription).read(10)
    await subscription.stop()
    await bus.publish([make_record(topic, 10, key="k")])
    async with running_member(bus, group, topic) as member:
        assert [int(message.value) for message in await member.read(1)] == [10]


async def test_a_second_member_takes_over(site: Site, bus: Bus) -> None:
    """Two members of a group: together they get everything once, and the one that stays goes on alone."""
    site.beyond_mock("it takes one member per group")
    topic, group = await make_topic(bus), new_name("group")
    other = site.connect()
    async with running_member(other, group, topic, name="b") as second:
        async with running_member(bus, group, topic, name="a") as first:
            await bus.publish([make_record(topic, number) for number in range(100)])
            done: set[bytes] = set()
            async with asyncio.timeout(30):
                while len(done) < 100:
                    for member in (first, second):
                        for part in (await member.subscription.poll(max_records=100, timeout_s=0.1)).values():
                            with suppress(OwnershipLost):  # while the places change hands; then it comes again
                                await member.commit(part)
                                done |= {message.value for message in part}
        await bus.publish([make_record(topic, number) for number in range(100, 140)])
        rest = await second.read(40)
    await other.stop()
    assert sorted({int(message.value) for message in rest}) == list(range(100, 140))


async def test_a_member_that_lost_its_place_cannot_commit(site: Site, bus: Bus) -> None:
    """After another member has everything, the first one's position is refused with OwnershipLost."""
    site.beyond_mock("it takes one member per group")
    topic, group = await make_topic(bus), new_name("group")
    await bus.publish([make_record(topic, number) for number in range(10)])
    other = site.connect()
    async with running_member(other, group, topic, name="b") as second:
        async with running_member(bus, group, topic, name="a") as first:
            seen: list[Received] = []
            async with asyncio.timeout(30):
                while len(seen) < 10:
                    for member in (first, second):
                        for part in (await member.subscription.poll(max_records=100, timeout_s=0.1)).values():
                            seen += part
        with pytest.raises(OwnershipLost):
            await first.commit(seen)
    await other.stop()


async def test_rewind_is_refused_while_a_member_runs(bus: Bus) -> None:
    """Conflict, and the group stays where it is."""
    topic, group = await make_topic(bus), new_name("group")
    await bus.publish([make_record(topic, number, key="k") for number in range(5)])
    async with running_member(bus, group, topic) as member:
        await member.commit(await member.read(5))
        with pytest.raises(Conflict):
            await bus.rewind(group, [topic])
    await bus.publish([make_record(topic, 5, key="k")])
    async with running_member(bus, group, topic) as member:
        assert [int(message.value) for message in await member.read(1)] == [5]


async def test_a_topic_made_later_is_found(bus: Bus) -> None:
    """A service may start before the one whose topic it reads has made it."""
    name = new_name("test")
    async with running_member(bus, new_name("group"), name) as member:
        assert not await member.subscription.poll(max_records=10, timeout_s=0.1)
        await bus.ensure_topics([Topic(name=name)])
        await bus.publish([make_record(name, 7)])
        assert [message.value for message in await member.read(1)] == [b"7"]


_MEMBER = """
import asyncio, sys
from shared.bus import Handover, nothing_lost
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus

async def main(kind, address, session_s, group, topic):
    bus = PostgresBus(address) if kind == "postgres" else KafkaBus(address, session_timeout_s=float(session_s))
    member = bus.subscribe(group, [topic], member="killed", handover=Handover(lost=nothing_lost))
    await member.start()
    while True:
        for batch in (await member.poll(max_records=5, timeout_s=0.2)).values():
            await member.commit({(topic, batch[-1].partition): batch[-1].offset + 1})
            print(len(batch), flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_the_place_of_a_killed_member_passes_on(site: Site, bus: Bus) -> None:
    """After kill -9 another member goes on from the last commit, at the latest when the dead one's session is over."""
    site.beyond_mock("it takes one member per group")
    topic, group = await make_topic(bus), new_name("group")
    await bus.publish([make_record(topic, number, key="k") for number in range(10)])
    killed = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _MEMBER, site.kind, site.address, str(SESSION_S), group, topic),
        stdout=asyncio.subprocess.PIPE,
    )
    assert killed.stdout is not None
    try:
        async with asyncio.timeout(30):
            counts = [int(await killed.stdout.readline()), int(await killed.stdout.readline())]
    finally:
        killed.kill()
        await killed.wait()
    started = asyncio.get_running_loop().time()
    await bus.publish([make_record(topic, number, key="k") for number in range(10, 15)])
    async with running_member(bus, group, topic, name="heir") as heir:
        messages = await heir.read(5)
    print(f"took over after {asyncio.get_running_loop().time() - started:.1f} s")
    assert counts == [5, 5]
    assert [int(message.value) for message in messages] == list(range(10, 15))
