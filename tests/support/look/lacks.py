"""What the machine lacked: a line for each thing at the end of a run (see `tests.support.machine`)."""

from collections import Counter

import pytest

from tests.support import machine

# pytest's own word before a reason.
_SKIPPED = "Skipped: "


class Lacks:
    """Counts what was skipped for want of something; the plugin of the process that the person started."""

    def __init__(self) -> None:
        self.skipped: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in one phase of one test, whichever worker ran it."""
        if report.skipped and isinstance(report.longrepr, tuple):
            self.skipped[str(report.longrepr[2]).removeprefix(_SKIPPED)] += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the lines."""
        for thing in machine.THINGS:
            if many := self.skipped[thing.lack]:
                terminalreporter.write_line(f"{many} {'test' if many == 1 else 'tests'} skipped: {thing.lack}")


def pytest_configure(config: pytest.Config) -> None:
    """Count where the person looks."""
    config.addinivalue_line("markers", "needs(thing): cannot do without something of tests/support/machine.py")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Lacks())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Give the test what it needs, and nothing that an earlier one needed."""
    machine.confine()
    for mark in item.iter_markers("needs"):
        for thing in mark.args:
            machine.require(thing)
