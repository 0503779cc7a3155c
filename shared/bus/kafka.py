"""The bus over Apache Kafka, by aiokafka: for clusters, where brokers and services come and go one by one.

Topics must not be made by the broker itself (`auto.create.topics.enable=false`), and the number of their partitions
stays as it was made: a key's place follows from it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import (
    CommitFailedError,
    MessageSizeTooLargeError,
    ProducerClosed,
    TopicAlreadyExistsError,
    for_code,
)

from shared.bus.kafka_end import cut, end
from shared.bus.kafka_member import CALL_S, FAULTS, KafkaSubscription
from shared.bus.port import (
    MAX_VALUE_BYTES,
    BusUnavailable,
    Handover,
    Place,
    Record,
    Subscription,
    Topic,
    Undeliverable,
    pairs_of,
    partition_of,
)
from shared.errors import ITSELF, Conflict

SEND_S = 9.0  # and half a second to cut a producer off: together under the 10 s that the port promises
STOP_S = 5.0
PING_S = 2.0

# Kafka's own default for the largest batch. A record that does not fit alone can never go.
MAX_BATCH_BYTES = 1_048_588
# aiokafka has one request per broker under way, so its 16 kB batches would wait for each other.
BATCH_BYTES = 262_144
TOMBSTONE_KEPT_S = 7 * 86_400

log = structlog.get_logger()


class KafkaBus:
    """The bus port over a Kafka cluster. `bootstrap` is `host:port,host:port`.

    A producer that failed for good or ran out of time is dropped, and the next publish builds a new one: aiokafka
    cannot reset its sequence numbers (aio-libs/aiokafka#1017). `replication` None means three, or as many brokers as
    there are. `session_timeout_s` is how long a dead member keeps its places.
    """

    def __init__(self, bootstrap: str, *, replication: int | None = None, session_timeout_s: float = 45.0) -> None:
        self._bootstrap = bootstrap
        self._replication = replication
        self._session_timeout_s = session_timeout_s
        self._turn = asyncio.Lock()
        self._producer: Any = None
        self._probe: Any = None
        self._partitions: dict[str, int] = {}
        self._stopped = False

    async def start(self) -> None:
        await self._publishing(())

    async def publish(self, records: Sequence[Record]) -> None:
        if records:
            await self._publishing(records)

    async def _publishing(self, records: Sequence[Record]) -> None:
        try:
            async with asyncio.timeout(SEND_S) as limit, self._turn:
                try:
                    producer = await self._ready_producer()
                    await self._send(producer, records)
                except FAULTS:
                    await self._drop_producer()
                    raise
                except asyncio.CancelledError:
                    if limit.expired():
                        await self._drop_producer()
                    raise
        except FAULTS as error:
            raise BusUnavailable(f"The message bus did not take everything ({type(error).__name__}).") from error

    async def _ready_producer(self) -> Any:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap,
                acks="all",
                enable_idempotence=True,
                max_batch_size=BATCH_BYTES,
                request_timeout_ms=5_000,
                metadata_max_age_ms=60_000,
            )
            try:
                await producer.start()
                if self._stopped:
                    raise ProducerClosed
            except BaseException:
                await cut(producer)
                raise
            self._producer = producer
        return self._producer

    async def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        self._partitions.clear()
        if producer is not None:
            await cut(producer)

    async def _send(self, producer: Any, records: Sequence[Record]) -> None:
        await self._learn_partitions(producer, {record.topic for record in records})
        batches = _packed(producer, records, self._partitions)
        await asyncio.gather(*(_send_in_order(producer, place, each) for place, each in batches.items()))

    async def _learn_partitions(self, producer: Any, topics: set[str]) -> None:
        """Ask for all topics at once: to ask for one by name may create it, with the wrong shape."""
        for wait_s in (0.0, 0.3, 0.7):  # a topic made a moment ago may not be known to every broker
            if topics <= self._partitions.keys():
                return
            await asyncio.sleep(wait_s)
            cluster = await producer.client.fetch_all_metadata()
            self._partitions = {name: len(cluster.partitions_for_topic(name)) for name in cluster.topics()}

    def subscribe(self, group: str, topics: Sequence[str], *, member: str, handover: Handover) -> Subscription:
        return KafkaSubscription(
            self._bootstrap,
            group=group,
            topics=tuple(topics),
            member=member,
            handover=handover,
            session_timeout_s=self._session_timeout_s,
        )

    async def ensure_topics(self, topics: Sequence[Topic]) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap, request_timeout_ms=5_000)
        try:
            async with asyncio.timeout(CALL_S):
                await admin.start()
                existing = set(await admin.list_topics())
                brokers = len((await admin.describe_cluster())["brokers"])
                missing = {topic.name: topic for topic in topics if topic.name not in existing}
                if not missing:
                    return
                # Brokers that were started a moment ago know of none yet, and aiokafka asks it without a look.
                while admin._client.cluster.controller is None:
                    await asyncio.sleep(0.1)
                    await admin._client.force_metadata_update()
                copies = self._replication or min(3, brokers)
                answer = await admin.create_topics([_new_topic(topic, copies=copies) for topic in missing.values()])
                for _, code, *reason in answer.topic_errors:
                    if code and for_code(code) is not TopicAlreadyExistsError:
                        raise for_code(code)(*reason)
                while not missing.keys() <= set(await admin.list_topics()):  # noqa: ASYNC110 - only asking tells
                    await asyncio.sleep(0.02)
        except FAULTS as error:
            raise BusUnavailable(f"The topics could not be made ({type(error).__name__}).") from error
        finally:
            await end(admin, within_s=1.0)

    async def rewind(self, group: str, topics: Sequence[str]) -> None:
        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, group_id=group, enable_auto_commit=False)
        try:
            async with asyncio.timeout(CALL_S):
                await consumer.start()
                cluster = await consumer._client.fetch_all_metadata()
                places = [TopicPartition(t, p) for t in topics for p in cluster.partitions_for_topic(t) or ()]
                if places:
                    consumer.assign(places)
                    await consumer.commit(await consumer.beginning_offsets(places))
        except CommitFailedError as error:
            raise Conflict(
                "A member of this consumer group is running; stop it first.", code="running", of=ITSELF
            ) from error
        except FAULTS as error:
            raise BusUnavailable(f"The group could not be set back ({type(error).__name__}).") from error
        finally:
            await end(consumer, within_s=1.0)

    async def tidy(self) -> int:
        """Nothing: the brokers do it."""
        return 0

    async def ping(self) -> None:
        probe, self._probe = self._probe, None
        try:
            async with asyncio.timeout(PING_S):
                if probe is None:
                    probe = AIOKafkaClient(bootstrap_servers=self._bootstrap, request_timeout_ms=2_000)
                    await probe.bootstrap()
                await probe.fetch_all_metadata()
        except FAULTS as error:
            await cut(probe)
            raise BusUnavailable(f"The message bus does not answer ({type(error).__name__}).") from error
        self._probe = probe

    async def stop(self) -> None:
        self._stopped = True
        producer, self._producer = self._producer, None
        probe, self._probe = self._probe, None
        if producer is not None:
            await end(producer, within_s=STOP_S)
        if probe is not None:
            await end(probe, within_s=1.0)


def _packed(producer: Any, records: Sequence[Record], partitions: Mapping[str, int]) -> dict[Place, list[Any]]:
    """The records in finished batches, place by place. Raises Undeliverable before anything is sent."""
    batches: dict[Place, list[Any]] = {}
    for index, record in enumerate(records):
        if record.topic not in partitions:
            raise Undeliverable(index, f"There is no topic {record.topic}.")
        if len(record.value) > MAX_VALUE_BYTES:
            raise Undeliverable(index, f"The value is {len(record.value)} bytes; at most {MAX_VALUE_BYTES} can go.")
        of_place = batches.setdefault((record.topic, partition_of(record.key, partitions[record.topic])), [])
        if of_place and _append(of_place[-1], record):
            continue
        batch = producer.create_batch()
        _append(batch, record)  # the first one always fits
        if batch.size() > MAX_BATCH_BYTES:
            raise Undeliverable(index, f"Key, headers and value are {batch.size()} bytes; {MAX_BATCH_BYTES} can go.")
        of_place.append(batch)
    return batches


def _append(batch: Any, record: Record) -> bool:
    # Kafka's own sign that a key is gone is a value of null; the port's is an empty one.
    added = batch.append(
        timestamp=None, key=record.key.encode(), value=record.value or None, headers=list(pairs_of(record.headers))
    )
    return added is not None


async def _send_in_order(producer: Any, place: Place, batches: Sequence[Any]) -> None:
    topic, partition = place
    acknowledged = []
    for batch in batches:
        batch.close()
        acknowledged.append(await producer.send_batch(batch, topic, partition=partition))
    try:
        await asyncio.gather(*acknowledged)
    except MessageSizeTooLargeError:
        log.error("bus.batch_refused", topic=topic, hint=f"max.message.bytes of the topic is below {MAX_BATCH_BYTES}")
        raise


def _new_topic(topic: Topic, *, copies: int) -> NewTopic:
    settings = {
        "cleanup.policy": "compact" if topic.compacted else "delete",
        "retention.ms": "-1" if topic.retention_s is None else str(topic.retention_s * 1000),
        "delete.retention.ms": str(TOMBSTONE_KEPT_S * 1000),
        "min.insync.replicas": "2" if copies > 2 else "1",
        "max.message.bytes": str(MAX_BATCH_BYTES),
        "message.timestamp.type": "LogAppendTime",
    }
    return NewTopic(topic.name, topic.partitions, copies, topic_configs=settings)
