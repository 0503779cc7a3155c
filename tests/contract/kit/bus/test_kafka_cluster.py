"""What only a real Kafka shows: how topics are made, fatal producer errors, members that are thrown out."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.bus import BusUnavailable, OwnershipLost, Record, Topic, Undeliverable
from shared.bus.kafka import KafkaBus
from tests.contract.kit.bus.conftest import SESSION_S
from tests.support.machine import KAFKA, require
from tests.support.make.buses import make_record, make_topic, new_name, running_member

pytestmark = pytest.mark.kafka


@pytest.fixture
def cluster() -> str:
    """The address of a real Kafka."""
    return require(KAFKA)


@pytest.fixture
async def bus(cluster: str) -> AsyncIterator[KafkaBus]:
    """A connection to it."""
    bus = KafkaBus(cluster, session_timeout_s=SESSION_S)
    await bus.start()
    yield bus
    await bus.stop()


async def settings_of(cluster: str, topic: str) -> dict[str, str]:
    """How the cluster holds a topic."""
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster)
    await admin.start()
    try:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        return {entry[0]: entry[1] for entry in answer.resources[0][4]}
    finally:
        await admin.close()


@pytest.mark.parametrize(
    ("topic", "wanted"),
    [
        (Topic(name="any"), {"cleanup.policy": "delete", "retention.ms": "-1"}),
        (Topic(name="any", retention_s=3600), {"cleanup.policy": "delete", "retention.ms": "3600000"}),
        (Topic(name="any", compacted=True), {"cleanup.policy": "compact", "delete.retention.ms": "604800000"}),
    ],
)
async def test_a_topic_is_made_as_asked(bus: KafkaBus, cluster: str, topic: Topic, wanted: dict[str, str]) -> None:
    """Kept for ever unless said otherwise, compacted or not, and large enough for the largest value."""
    name = await make_topic(bus, compacted=topic.compacted, retention_s=topic.retention_s)
    found = await settings_of(cluster, name)
    wanted = {**wanted, "max.message.bytes": "1048588", "message.timestamp.type": "LogAppendTime"}
    assert {key: found[key] for key in wanted} == wanted


async def test_an_empty_value_is_kafkas_tombstone(bus: KafkaBus, cluster: str) -> None:
    """Compaction takes away keys whose last value is null, so that is what an empty value becomes."""
    from aiokafka import AIOKafkaConsumer  # noqa: PLC0415 - the adapter hides what is looked at here

    topic = await make_topic(bus, compacted=True)
    await bus.publish([Record(topic=topic, key="gone", value=b"")])
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=cluster, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(10):
            assert (await consumer.getone()).value is None
    finally:
        await consumer.stop()


async def test_headers_that_make_a_record_too_large_are_named(bus: KafkaBus) -> None:
    """A record can be too large although its value is not; the rest of the batch is not hurt."""
    topic = await make_topic(bus)
    heavy = make_record(topic, 1, headers=(("x", b"x" * 1_048_588),))
    with pytest.raises(Undeliverable) as refused:
        await bus.publish([make_record(topic, 0), heavy])
    assert refused.value.index == 1
    await bus.publish([make_record(topic, 2)])


async def test_a_fatal_producer_error_costs_one_publish(bus: KafkaBus) -> None:
    """After OutOfOrderSequence the producer is of no use; a new one takes what the old one could not."""
    topic = await make_topic(bus)
    await bus.publish([make_record(topic, 0, key="k")])
    sequences = bus._producer._txn_manager._sequence_numbers
    for place in sequences:
        sequences[place] += 7
    with pytest.raises(BusUnavailable):
        await bus.publish([make_record(topic, 1, key="k")])
    await bus.publish([make_record(topic, 1, key="k")])
    async with running_member(bus, new_name("group"), topic) as member:
        assert [int(message.value) for message in await member.read(2)] == [0, 1]


async def test_a_stopped_member_frees_its_places_at_once(bus: KafkaBus) -> None:
    """Although static members are kept for a whole session, one that stops says goodbye."""
    topic, group = await make_topic(bus), new_name("group")
    await bus.publish([make_record(topic, number) for number in range(10)])
    async with running_member(bus, group, topic, name="a") as member:
        await member.read(10)
    started = asyncio.get_running_loop().time()
    async with running_member(bus, group, topic, name="b") as member:
        await member.read(10)
    assert asyncio.get_running_loop().time() - started < SESSION_S / 2


async def test_a_member_that_the_group_threw_out_cannot_commit(bus: KafkaBus) -> None:
    """Positions of an older generation are OwnershipLost, not an outage."""
    topic = await make_topic(bus)
    await bus.publish([make_record(topic, number) for number in range(10)])
    async with running_member(bus, new_name("group"), topic) as member:
        messages = await member.read(10)
        member.subscription._consumer._coordinator.generation -= 1  # type: ignore[attr-defined]
        with pytest.raises(OwnershipLost):
            await member.commit(messages)


async def test_a_member_that_returns_has_its_places_at_once(bus: KafkaBus) -> None:
    """A process that was killed and is back within its session goes on without waiting for the session's end."""
    topic, group = await make_topic(bus), new_name("group")
    await bus.publish([make_record(topic, number) for number in range(10)])
    async with running_member(bus, group, topic) as killed:
        await killed.commit(await killed.read(10))
        await bus.publish([make_record(topic, number) for number in range(10, 20)])
        async with running_member(bus, group, topic) as back:  # the same member's name: it takes its own place
            started = asyncio.get_running_loop().time()
            assert len(await back.read(10)) == 10
            assert asyncio.get_running_loop().time() - started < SESSION_S / 2
