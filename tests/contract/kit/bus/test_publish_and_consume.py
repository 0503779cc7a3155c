"""Publishing and consuming: order, durability, positions, groups."""

import asyncio
import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from shared.bus import MAX_VALUE_BYTES, Bus, OwnershipLost, Place, Received, Record, Topic, Undeliverable, partition_of
from tests.contract.kit.bus.conftest import Site
from tests.support.make.buses import make_record, make_topic, new_name, running_member


def by_key(messages: list[Received]) -> dict[str, list[int]]:
    """The numbers of the messages, key by key, as they came."""
    numbers = defaultdict(list)
    for message in messages:
        numbers[message.key].append(int(message.value))
    return numbers


async def test_messages_of_one_key_stay_in_order(bus: Bus) -> None:
    """Over several batches, and each key has its one place."""
    topic = await make_topic(bus)
    for start in (0, 200, 400):
        await bus.publish([make_record(topic, number) for number in range(start, start + 200)])
    async with running_member(bus, new_name("group"), topic) as member:
        messages = await member.read(600)
    assert by_key(messages) == {f"key-{key}": list(range(key, 600, 20)) for key in range(20)}
    assert {message.partition for message in messages} == {0, 1, 2, 3}
    assert all(message.partition == partition_of(message.key, 4) for message in messages)


async def test_what_was_published_comes_back_whole(bus: Bus) -> None:
    """Key, value and headers to the byte: any bytes, empty ones, a name twice, the order of headers."""
    topic = await make_topic(bus)
    headers = (("ce_id", bytes(range(256))), ("a", b""), ("ce_id", "å".encode()), ("Ö", b"x"))
    before = datetime.now(UTC)
    sent = [
        Record(topic=topic, key="smörgås", value=bytes(range(256)), headers=headers),
        Record(topic=topic, key="smörgås", value=b""),
        Record(topic=topic, key="", value=b"no key"),
    ]
    await bus.publish(sent)
    async with running_member(bus, new_name("group"), topic) as member:
        got = sorted(await member.read(3), key=lambda message: [each.value for each in sent].index(message.value))
    assert [Record(topic=g.topic, key=g.key, value=g.value, headers=g.headers) for g in got] == sent
    slack = timedelta(seconds=1)
    assert all(before - slack <= message.at <= datetime.now(UTC) + slack for message in got)


async def test_headers_go_as_the_outbox_has_them(bus: Bus) -> None:
    """A JSON object of texts arrives as those names with their UTF-8, in its order, whatever signs they hold."""
    topic = await make_topic(bus)
    texts = {"ce_id": 'å",":"', "b": "", "a": ",", "Ö": "\\\x00\U0001f6b2"}
    await bus.publish([Record(topic=topic, key="k", value=b"1", headers=json.dumps(texts))])
    async with running_member(bus, new_name("group"), topic) as member:
        (got,) = await member.read(1)
    assert got.headers == tuple((name, text.encode()) for name, text in texts.items())


async def test_a_published_message_outlives_its_publisher(site: Site, bus: Bus) -> None:
    """A publisher that is gone at once after publish returned has lost nothing."""
    topic = await make_topic(bus)
    publisher = site.connect()
    await publisher.publish([make_record(topic, number) for number in range(50)])
    await publisher.stop()
    async with running_member(bus, new_name("group"), topic) as member:
        assert len(await member.read(50)) == 50


async def test_a_batch_may_be_large_or_empty(site: Site, bus: Bus) -> None:
    """20 MB in one call arrive whole; nothing to publish is no error."""
    site.beyond_mock("the mock keeps 5 MB of a partition")
    topic = await make_topic(bus)
    await bus.publish([])
    await bus.publish([make_record(topic, number, value=b"x" * 200_000) for number in range(100)])
    async with running_member(bus, new_name("group"), topic) as member:
        assert sum(len(message.value) for message in await member.read(100)) == 20_000_000


async def test_four_publishers_leave_no_gap(site: Site, bus: Bus) -> None:
    """A reader beside four publishers sees offsets count up by one, and every key in its publisher's order."""
    topics = [await make_topic(bus), await make_topic(bus)]
    publishers = [site.connect() for _ in range(4)]

    async def publish(publisher: Bus, name: int) -> None:
        for start in range(0, 500, 25):
            # Both topics in every batch, in turning order: locks taken in no order would meet head on.
            order = topics if start % 2 else topics[::-1]
            batch = [make_record(t, n, key=f"{name}-{n % 10}") for t in order for n in range(start, start + 25)]
            await publisher.publish(batch)

    async with running_member(bus, new_name("group"), *topics) as member, asyncio.TaskGroup() as tasks:
        for name, publisher in enumerate(publishers):
            tasks.create_task(publish(publisher, name))
        messages = await member.read(4_000)
    for publisher in publishers:
        await publisher.stop()
    offsets: dict[Place, list[int]] = defaultdict(list)
    for message in messages:
        offsets[message.topic, message.partition].append(message.offset)
    assert all(seen == list(range(len(seen))) for seen in offsets.values())
    for topic in topics:
        of_topic = by_key([message for message in messages if message.topic == topic])
        assert of_topic == {f"{p}-{k}": list(range(k, 500, 10)) for p in range(4) for k in range(10)}


async def test_each_group_gets_everything(bus: Bus) -> None:
    """What one group commits moves no other."""
    topic = await make_topic(bus)
    await bus.publish([make_record(topic, number) for number in range(40)])
    for group in (new_name("group"), new_name("group")):
        async with running_member(bus, group, topic) as member:
            messages = await member.read(40)
            await member.commit(messages)
            assert sorted(int(message.value) for message in messages) == list(range(40))


async def test_a_member_goes_on_where_the_last_one_committed(bus: Bus) -> None:
    """Not where it had read to: what was read and not committed comes again, and nothing else."""
    topic, group = await make_topic(bus), new_name("group")
    await bus.publish([make_record(topic, number, key="k") for number in range(30)])
    async with running_member(bus, group, topic) as member:
        messages = await member.read(30)
        await member.commit(messages[:12])
    await bus.publish([make_record(topic, 30, key="k")])
    async with running_member(bus, group, topic) as member:
        again = await member.read(19)
        assert [int(message.value) for message in again] == list(range(12, 31))
        await member.commit(again)
    await bus.publish([make_record(topic, 31, key="k")])
    async with running_member(bus, group, topic) as member:
        assert [int(message.value) for message in await member.read(1)] == [31]


async def test_what_was_not_committed_comes_again(bus: Bus) -> None:
    """A member that handled a batch and died before its commit is followed by one that gets it all."""
    topic, group = await make_topic(bus), new_name("group")
    await bus.publish([make_record(topic, number) for number in range(25)])
    for _ in range(2):
        async with running_member(bus, group, topic) as member:
            assert len(await member.read(25)) == 25


async def test_a_message_is_given_out_once(bus: Bus) -> None:
    """Within one membership nothing comes twice, committed or not, also when polls take few at a time."""
    topic = await make_topic(bus)
    await bus.publish([make_record(topic, number) for number in range(100)])
    async with running_member(bus, new_name("group"), topic) as member:
        messages = await member.read(100, max_records=7)
        assert not await member.subscription.poll(max_records=100, timeout_s=0.3)
    assert sorted(int(message.value) for message in messages) == list(range(100))


async def test_rewind_gives_the_group_everything_again(site: Site, bus: Bus) -> None:
    """A read model is built anew: the group starts at the oldest message, others stay where they are."""
    site.beyond_mock("the mock takes positions from members alone")
    topic, other_topic, group = await make_topic(bus), await make_topic(bus), new_name("group")
    await bus.publish([make_record(t, number) for t in (topic, other_topic) for number in range(10)])
    async with running_member(bus, group, topic, other_topic) as member:
        await member.commit(await member.read(20))
    await bus.rewind(group, [topic])
    await bus.publish([make_record(other_topic, 10)])
    async with running_member(bus, group, topic, other_topic) as member:
        messages = await member.read(11)
        assert not await member.subscription.poll(max_records=100, timeout_s=0.3)
    assert sorted(int(message.value) for message in messages if message.topic == topic) == list(range(10))
    assert [int(message.value) for message in messages if message.topic == other_topic] == [10]


async def test_rewind_of_an_unknown_group_is_no_error(bus: Bus) -> None:
    """Rewinding what never ran leaves it at the start."""
    topic, group = await make_topic(bus), new_name("group")
    await bus.publish([make_record(topic, 1)])
    await bus.rewind(group, [topic])
    async with running_member(bus, group, topic) as member:
        assert len(await member.read(1)) == 1


async def test_a_value_too_large_is_named_and_nothing_else_is_hurt(bus: Bus) -> None:
    """The largest value goes, one byte more is Undeliverable with its place, and the bus works on."""
    topic = await make_topic(bus)
    fits = make_record(topic, 1, value=b"x" * MAX_VALUE_BYTES)
    too_large = make_record(topic, 2, value=b"x" * (MAX_VALUE_BYTES + 1))
    with pytest.raises(Undeliverable) as refused:
        await bus.publish([make_record(topic, 0), make_record(topic, 1), too_large, make_record(topic, 3)])
    assert refused.value.index == 2
    await bus.publish([fits])
    async with running_member(bus, new_name("group"), topic) as member:
        while not any(len(message.value) == MAX_VALUE_BYTES for message in await member.read(1)):
            pass


async def test_ensure_topics_leaves_what_exists(bus: Bus) -> None:
    """Asked again, also with another shape, nothing changes and nothing is lost; duplicates in one call are fine."""
    topic = await make_topic(bus)
    await bus.publish([make_record(topic, number) for number in range(20)])
    await bus.ensure_topics([Topic(name=topic), Topic(name=topic)])
    await bus.ensure_topics([Topic(name=topic, partitions=9, compacted=True)])
    await bus.publish([make_record(topic, number) for number in range(20, 60)])
    async with running_member(bus, new_name("group"), topic) as member:
        messages = await member.read(60)
    assert by_key(messages) == {f"key-{key}": list(range(key, 60, 20)) for key in range(20)}
    assert all(message.partition == partition_of(message.key, 4) for message in messages)


async def test_a_topic_that_does_not_exist_is_named(site: Site, bus: Bus) -> None:
    """Undeliverable with its place, and nothing of the batch is hidden behind it."""
    site.beyond_mock("the mock makes every topic it is asked about")
    topic = await make_topic(bus)
    with pytest.raises(Undeliverable) as refused:
        await bus.publish([make_record(topic, 0), make_record(new_name("test"), 1), make_record(topic, 2)])
    assert refused.value.index == 1
    await bus.publish([make_record(topic, 3)])


async def test_many_processes_may_ensure_topics_at_once(site: Site) -> None:
    """Five services start together and ask for the same topics."""
    name = new_name("test")
    connections = [site.connect() for _ in range(5)]
    await asyncio.gather(*(connection.ensure_topics([Topic(name=name)]) for connection in connections))
    await connections[0].publish([make_record(name)])
    for connection in connections:
        await connection.stop()


async def test_lag_counts_what_is_not_committed(bus: Bus) -> None:
    """In messages and in seconds, per place; reading alone changes nothing."""
    topic, group = await make_topic(bus), new_name("group")
    await bus.publish([make_record(topic, number, key="k") for number in range(30)])
    place = (topic, partition_of("k", 4))
    async with running_member(bus, group, topic) as member:
        messages = await member.read(30)
        started = asyncio.get_running_loop().time()
        while (lag := (await member.subscription.lag())[place]).seconds < 0.2:
            assert asyncio.get_running_loop().time() - started < 5
        assert lag.messages == 30
        await member.commit(messages[:10])
        assert (await member.subscription.lag())[place].messages == 20
        await member.commit(messages)
        lags = await member.subscription.lag()
    assert {(lag.messages, lag.seconds) for lag in lags.values()} == {(0, 0.0)}
    assert lags.keys() == {(topic, partition) for partition in range(4)}


async def test_a_place_of_somebody_else_cannot_be_committed(bus: Bus) -> None:
    """OwnershipLost for a place this member does not hold."""
    topic, foreign = await make_topic(bus), await make_topic(bus)
    async with running_member(bus, new_name("group"), topic) as member:
        await bus.publish([make_record(topic)])
        await member.read(1)
        with pytest.raises(OwnershipLost):
            await member.subscription.commit({(foreign, 0): 1})


async def test_an_interrupted_poll_loses_nothing(bus: Bus) -> None:
    """A poll that is cancelled while it waits leaves every message to the next one."""
    topic = await make_topic(bus)
    messages: list[Received] = []
    interrupted = 0
    async with running_member(bus, new_name("group"), topic) as member:
        for number in range(20):
            polling = asyncio.create_task(member.subscription.poll(max_records=10, timeout_s=5.0))
            await asyncio.sleep(0)
            if polling.cancel():
                await asyncio.wait([polling])
                interrupted += 1
            else:
                messages += chain.from_iterable((await polling).values())
            await bus.publish([make_record(topic, number, key="k")])
        messages += await member.read(20 - len(messages))
    assert interrupted > 0
    assert [int(message.value) for message in messages] == list(range(20))


async def test_a_message_wakes_a_waiting_member(bus: Bus) -> None:
    """A member that waits gets what is published meanwhile long before its time is up."""
    topic = await make_topic(bus)
    async with running_member(bus, new_name("group"), topic) as member:
        await bus.publish([make_record(topic, 0)])
        await member.read(1)
        waiting = asyncio.create_task(member.read(1))
        started = asyncio.get_running_loop().time()
        await bus.publish([make_record(topic, 1)])
        await waiting
        assert asyncio.get_running_loop().time() - started < 2.0
