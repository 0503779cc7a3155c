"""python -m deploy.kafka.beside: a command with a cluster to talk to, and nothing left afterwards."""

import socket
import sys

import pytest

from deploy.kafka.beside import CLUSTER, cluster, run
from deploy.kafka.broker import Broker
from tests.support.machine import JAVA, MAVEN, needs


def test_a_given_cluster_is_used_and_the_exit_code_passed_on() -> None:
    """With KAFKA_BOOTSTRAP_SERVERS set nothing is started, and the command's own end is the end."""
    says = f"import os, sys; sys.exit(7 if os.environ['{CLUSTER}'] == 'cluster:1' else 1)"
    assert run([sys.executable, "-c", says], environ={CLUSTER: "cluster:1"}) == 7


@pytest.mark.kafka
@needs(JAVA, MAVEN)
def test_a_broker_of_its_own_is_gone_afterwards() -> None:
    """Without a given cluster a broker answers for the block; after it neither its process nor its data are there."""
    with cluster({}) as servers:
        host, port = servers.split(":")
        socket.create_connection((host, int(port)), timeout=5).close()
        broker = Broker(int(port))
        assert broker.pid() is not None
    assert broker.pid() is None
    assert not broker.directory.exists()
