"""What a benchmark prints as a JSON object with a `name` becomes a row: of a table, or with JSON=1 a line by itself.

ONLY=name picks: `geo` runs test_geo.py, `geo.area` shows only what is called so. A row's name begins with its file's.
"""

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from shared.database import migrations
from tests.support.servers.postgres import Database, DatabaseServer, own_server

ONLY = os.environ.get("ONLY", "")
AS_JSON = os.environ.get("JSON", "") not in ("", "0")
# `make bench JSON=1` gives rows a way of their own, so that nothing else is among them.
ROWS_FD = 3
Row = dict[str, Any]
rows: list[Row] = []


@pytest.fixture(scope="module")
def server() -> Iterator[DatabaseServer]:
    """A server as durable as in production: a POST is answered when it is on the disk."""
    with own_server() as server:
        yield server


@pytest.fixture(scope="module")
async def database(server: DatabaseServer) -> Database:
    """The reports service's database, migrated."""
    database = await server.fresh_database("reports")
    await migrations.upgrade("reports", database.owner_url)
    return database


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what ONLY does not name."""
    wanted = ONLY.split(".")[0]
    left_out = [item for item in items if item.path.parent.name == "bench" and wanted not in item.name + item.path.name]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Any:
    """Take the rows out of what a benchmark printed."""
    report: pytest.TestReport = yield
    if report.when == "call":
        lines = [line for line in report.capstdout.splitlines() if line.startswith("{")]
        found = [row for row in map(json.loads, lines) if row.get("name", "").startswith(ONLY)]
        rows.extend(found)
        if AS_JSON:
            os.write(ROWS_FD, "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in found).encode())
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    if rows and not AS_JSON:
        terminalreporter.write_line("")
        terminalreporter.write_line(table(rows))


def table(rows: Sequence[Row]) -> str:
    """The rows as text, with a word where a target was missed."""
    cells = [("what", "measured", "target", "", "CPU µs", "SQL", "count")]
    cells += [
        (
            row["name"],
            f"{row['value']:,} {row['unit']}",
            f"{row['target']:,}" if row["target"] is not None else "",
            _verdict(row),
            str(row["cpu_us_per_item"]),
            str(row["statements_per_item"]),
            f"{row['count']:,}",
        )
        for row in rows
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    aligned = [
        [name.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
        for name, *rest in cells
    ]
    return "\n".join("  ".join(row).rstrip() for row in aligned)


def _verdict(row: Row) -> str:
    """A rate should reach its target, a time or a size should stay below it."""
    if row["target"] is None:
        return ""
    reached = row["value"] >= row["target"] if str(row["unit"]).endswith("/s") else row["value"] <= row["target"]
    return "" if reached else "missed"
