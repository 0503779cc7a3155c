"""How the workers of a run share its tests: suites stay whole, and what takes long begins first."""

from pathlib import PurePosixPath
from typing import Any

from xdist.scheduler import LoadScopeScheduling

# Suites, by folder or file, whose scenery costs seconds: one worker has all of such a suite. And about how many seconds
# each takes on two cores, as `make test` prints them; only their order counts.
SUITES = {
    "contract/imports": 4,
    "contract/kit/bus/test_handover.py": 10,
    "contract/kit/bus/test_kafka_cluster.py": 10,
    "contract/kit/bus/test_outages.py": 20,
    "contract/kit/bus/test_postgres_log.py": 7,
    "contract/kit/bus/test_publish_and_consume.py": 12,
    "e2e": 60,
    "e2e/overview": 20,
    "e2e/pages": 45,
    "integration/deploy/cluster": 3,
    "integration/deploy/test_wrong_settings.py": 10,
    "integration/events": 5,
    "integration/gateway": 10,
    "integration/gateway/access": 12,
    "integration/gateway/pages": 25,
    "integration/gateway/pages/overview": 7,
    "integration/gateway/pages/sign_in": 12,
    "integration/gateway/readmodel": 8,
    "integration/kit": 15,
    "integration/kit/http": 10,
    "integration/kit/travel": 25,
    "integration/notify": 25,
    "integration/reports": 14,
    "integration/reports/files": 13,
    "integration/reports/intake": 8,
    "integration/walks": 6,
    "unit/reports/suggestions/test_suggest.py": 20,
}
# Tests that share nothing and still take long, by the beginning of their names.
LONG = {
    "faults/kit/travel/test_kill_under_load.py": 30,
    "faults/kit": 3,
    "faults/notify": 10,
    "faults/reports": 12,
    "integration/deploy/local/test_up.py": 20,
    "integration/deploy/kafka/test_beside.py::test_a_broker_of_its_own": 5,
    "integration/deploy/kafka/test_broker.py::test_a_broker_lives": 8,
}


class Suites(LoadScopeScheduling):  # type: ignore[misc]
    """Tests of one suite go to one worker; all others one by one to whichever worker is free."""

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0]).relative_to("tests")
        around = (each.as_posix() for each in (file, *file.parents))
        return next((each for each in around if each in SUITES), nodeid)

    def _assign_work_unit(self, node: Any) -> None:
        """Give out the longest that is left: at the end only short ones are, and the workers end together."""
        longest = max(self.workqueue, key=seconds)  # of several as long the first collected
        self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)


def seconds(scope: str) -> float:
    """About how long a suite or a test by itself takes; those not named take none."""
    name = scope.removeprefix("tests/")
    return SUITES.get(name) or next((each for start, each in LONG.items() if name.startswith(start)), 0)
