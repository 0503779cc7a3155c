"""A real Apache Kafka for one test alone, which may stop, kill, freeze and start it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from deploy.kafka.broker import Broker, free_port
from deploy.local.children import die_with_parent
from tests.support import ROOT
from tests.support.machine import JAVA, MAVEN, require, take
from tests.support.servers.freezing import freeze, thaw

FILES = ROOT / ".kafka"


class TestBroker(Broker):
    """A broker that can also be taken away without a word."""

    __test__ = False  # no test class, whatever its name says to pytest

    def freeze(self) -> None:
        """Stop the process where it is; its connections stay open and nobody answers."""
        freeze([psutil.Process(self.pid())])

    def thaw(self) -> None:
        """Let it go on."""
        thaw([psutil.Process(self.pid())])


@contextmanager
def own_broker() -> Iterator[TestBroker]:
    """A running broker with data of its own, removed in the end. It ends with this process, however that ends.

    Skips the test that asks where there is no Java.
    """
    require(JAVA)
    take(MAVEN)  # which fetches Kafka, unless it is here already
    broker = TestBroker(free_port(), files=FILES, before_exec=die_with_parent(signal.SIGKILL))
    broker.start()
    try:
        yield broker
    finally:
        broker.remove()
