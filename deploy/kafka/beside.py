"""Runs a command with a fresh Apache Kafka beside it: `python -m deploy.kafka.beside COMMAND...`.

The command finds the broker in KAFKA_BOOTSTRAP_SERVERS; where that is set already, the cluster named there is used.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from deploy.kafka.broker import Broker, BrokerError, free_port
from deploy.local.children import die_with_parent

CLUSTER = "KAFKA_BOOTSTRAP_SERVERS"


def run(command: Sequence[str], *, environ: Mapping[str, str]) -> int:
    """Run the command; returns its exit code. Raises BrokerError."""
    with cluster(environ) as servers:
        process = subprocess.Popen(command, env={**environ, CLUSTER: servers})
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the command got it too, and ends when it is done
                continue


@contextmanager
def cluster(environ: Mapping[str, str]) -> Iterator[str]:
    """The given cluster, or else a broker of one's own whose data go with it, however this process ends."""
    if given := environ.get(CLUSTER):
        yield given
        return
    broker = Broker(free_port(), before_exec=die_with_parent(signal.SIGKILL))
    try:
        broker.start()
        yield broker.bootstrap
    finally:
        broker.remove()


def main() -> int:
    """Do what the command line says. Without Java or Maven: a sentence."""
    try:
        return run(sys.argv[1:], environ=os.environ)
    except BrokerError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
