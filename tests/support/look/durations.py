"""Where a test run's time goes: by kind and phase, by worker, and the slowest tests; printed with `--slowest=N`.

CPU is what the workers and the processes they started and waited for have used; what is left of the seconds is waiting.
"""

import resource
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest

PHASES = ("setup", "call", "teardown")


@dataclass(slots=True)
class Spent:
    """What one test, kind or worker has used, seconds."""

    tests: int = 0
    cpu_s: float = 0.0
    phases: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PHASES, 0.0))

    @property
    def total_s(self) -> float:
        """All phases together."""
        return sum(self.phases.values())

    def add(self, report: pytest.TestReport) -> None:
        """One phase of one test."""
        self.tests += report.when == "call"
        self.cpu_s += getattr(report, "cpu_s", 0.0)
        if report.when in PHASES:  # of a test whose worker died there is a report of no phase
            self.phases[report.when] += report.duration


class Durations:
    """Sums up the reports of a run; the plugin of the process that the person at the terminal started."""

    def __init__(self, slowest: int) -> None:
        self.slowest, self.started = slowest, time.time()
        self.by_test: defaultdict[str, Spent] = defaultdict(Spent)
        self.by_kind: defaultdict[str, Spent] = defaultdict(Spent)
        self.by_worker: defaultdict[str, Spent] = defaultdict(Spent)
        self.ended: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in one phase of one test, whichever worker ran it."""
        worker = getattr(report, "worker_id", "alone")
        kind = report.nodeid.removeprefix("tests/").partition("/")[0]
        for spent in (self.by_test[report.nodeid], self.by_kind[kind], self.by_worker[worker]):
            spent.add(report)
        self.ended[worker] = report.stop - self.started

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the tables."""
        terminalreporter.section("where the time goes")
        for line in self.lines():
            terminalreporter.write_line(line)

    def lines(self) -> list[str]:
        """The tables as text."""
        heads = f"{'tests':>7}{'set-up s':>10}{'call s':>9}{'teardown s':>12}{'CPU s':>8}"
        kinds = sorted(self.by_kind.items(), key=lambda each: -each[1].total_s)
        workers = sorted(self.by_worker.items())
        slow = sorted(self.by_test.items(), key=lambda each: -each[1].total_s)[: self.slowest]
        return [
            f"{'kind':12}{heads}",
            *(f"{name:12}{_row(spent)}" for name, spent in kinds),
            f"{'worker':12}{heads}   last test ended after",
            *(f"{name:12}{_row(spent)}   {self.ended[name]:.0f} s" for name, spent in workers),
            f"slowest {len(slow)}: set-up + call + teardown (CPU), seconds",
            *(_line(name, spent) for name, spent in slow),
        ]


def _row(spent: Spent) -> str:
    setup, call, teardown = (spent.phases[phase] for phase in PHASES)
    return f"{spent.tests:7}{setup:10.1f}{call:9.1f}{teardown:12.1f}{spent.cpu_s:8.1f}"


def _line(name: str, spent: Spent) -> str:
    phases = " + ".join(f"{spent.phases[phase]:.1f}" for phase in PHASES)
    return f"{spent.total_s:6.1f} = {phases} ({spent.cpu_s:.1f})  {name.removeprefix('tests/')}"


_seen_cpu_s = 0.0


def used_since_last_s() -> float:
    """CPU time of this process and of its ended children since this was last asked, seconds."""
    global _seen_cpu_s
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    now = time.process_time() + children.ru_utime + children.ru_stime
    used, _seen_cpu_s = now - _seen_cpu_s, now
    return used


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--slowest=N`."""
    parser.addoption("--slowest", type=int, default=0, help="print where the time went, and the N slowest tests")


def pytest_configure(config: pytest.Config) -> None:
    """Sum up where the person looks: not in the workers."""
    if (slowest := config.getoption("--slowest")) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Durations(slowest))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Note who ran it and what it took."""
    report: Any = yield
    report.cpu_s = used_since_last_s()
    report.worker_id = getattr(item.config, "workerinput", {}).get("workerid", "alone")
    return report
