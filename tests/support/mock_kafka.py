"""The broker that librdkafka brings for its own tests: enough of Kafka for one member per group, and no Java."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psutil
from aiokafka.client import AIOKafkaClient

from shared.bus import Topic
from shared.bus_kafka import KafkaBus
from tests.support.freezing import freeze, thaw

_PROGRAM = """
from confluent_kafka import Producer
owner = Producer({"test.mock.num.brokers": 1, "log_level": 0})
broker = next(iter(owner.list_topics(timeout=10).brokers.values()))
print(f"{broker.host}:{broker.port}", flush=True)
input()
"""


class MockBroker:
    """One mock broker in a process of its own, which forgets everything when it ends."""

    def __init__(self, process: "subprocess.Popen[str]", bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self._process = process

    def freeze(self) -> None:
        """Take the broker away without closing its connections, as a dead host does."""
        freeze([psutil.Process(self._process.pid)])

    def thaw(self) -> None:
        """Bring it back."""
        thaw([psutil.Process(self._process.pid)])

    def kill(self) -> None:
        """End it for good."""
        self._process.kill()
        self._process.wait(timeout=10)


@contextmanager
def mock_broker() -> Iterator[MockBroker]:
    """A running mock broker."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield MockBroker(process, process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate(timeout=10)


class KafkaBusOnMock(KafkaBus):
    """The adapter as it is, except that the mock, which has no admin API, makes the topics it is asked about."""

    async def ensure_topics(self, topics: Sequence[Topic]) -> None:
        """Have each topic made, always with 4 partitions."""
        client = AIOKafkaClient(bootstrap_servers=self._bootstrap)
        await client.bootstrap()
        await asyncio.gather(*(client._wait_on_metadata(topic.name) for topic in topics))
        await client.close()
