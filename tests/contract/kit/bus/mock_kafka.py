"""The broker that librdkafka brings for its own tests: enough of Kafka for one member per group, and no Java.

Run as a program it is that broker: it prints its address and then obeys the words `down` and `up`.
"""

import asyncio
import ctypes
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import files

import psutil
from aiokafka.client import AIOKafkaClient

from shared.bus import Topic
from shared.bus.kafka import KafkaBus
from tests.support.servers.freezing import freeze, thaw


class MockBroker:
    """One mock broker in a process of its own, which forgets everything when it ends."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.bootstrap = self._answer()

    def take_down(self) -> None:
        """Close its port and connections; what it holds stays."""
        self._tell("down")

    def bring_up(self) -> None:
        """Open it again."""
        self._tell("up")

    def freeze(self) -> None:
        """Take the broker away without closing its connections, as a dead host does."""
        freeze([psutil.Process(self._process.pid)])

    def thaw(self) -> None:
        """Bring it back."""
        thaw([psutil.Process(self._process.pid)])

    def _tell(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        assert self._answer() == word

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def mock_broker() -> Iterator[MockBroker]:
    """A running mock broker; it ends when its input does, so it never outlives this process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.contract.kit.bus.mock_kafka"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield MockBroker(process)
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


def _serve() -> None:
    """Start the broker by librdkafka's own C functions: its Python wrapper knows no delays and no outages."""
    library = next(file for file in files("confluent-kafka") or () if file.name.startswith("librdkafka"))
    c = ctypes.CDLL(str(library.locate()))
    for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_mock_cluster_new"):
        getattr(c, name).restype = ctypes.c_void_p
    c.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    handle = ctypes.c_void_p(c.rd_kafka_new(0, ctypes.c_void_p(c.rd_kafka_conf_new()), None, 0))
    cluster = ctypes.c_void_p(c.rd_kafka_mock_cluster_new(handle, 1))
    c.rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, 0)  # else every group takes 3 s to start
    print(c.rd_kafka_mock_cluster_bootstraps(cluster).decode(), flush=True)
    for line in sys.stdin:
        word = line.strip()
        (c.rd_kafka_mock_broker_set_down if word == "down" else c.rd_kafka_mock_broker_set_up)(cluster, 1)
        print(word, flush=True)


if __name__ == "__main__":
    _serve()
