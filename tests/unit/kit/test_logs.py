"""shared/logs.py: every line of a process has one form, and none shows the values that code works on."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import logging, sys, structlog
from shared import logs
logs.configure(service="reports", style=sys.argv[1])
structlog.get_logger().info("service.ready", **{"report.id": "r1"})
logging.getLogger("aiokafka.cluster").error("Topic %s not found", "t")
logging.getLogger("aiokafka.cluster").info("never shown")
def work(text):
    raise LookupError("no such thing")
for log in (structlog.get_logger(), logging.getLogger("library")):
    try:
        work("MAR" + "KER")
    except LookupError:
        log.exception("http.unexpected")
"""


def said(style: str) -> str:
    """What a process that logs in this style writes to its standard output."""
    command = [sys.executable, "-c", PROGRAM, style]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_every_line_is_json_whoever_logs() -> None:
    """Our own lines and those of libraries: JSON with service, level and time; tracebacks inside of it."""
    ours, theirs, fault, their_fault = map(json.loads, said("json").splitlines())
    assert (ours["event"], ours["report.id"]) == ("service.ready", "r1")
    assert (theirs["event"], theirs["logger"], theirs["level"]) == ("Topic t not found", "aiokafka.cluster", "error")
    assert all(line["service"] == "reports" and line["timestamp"] for line in (ours, theirs, fault, their_fault))
    assert all("LookupError" in line["exception"] for line in (fault, their_fault))


@pytest.mark.parametrize("style", ["json", "text"])
def test_tracebacks_show_no_values(style: str) -> None:
    """What a failing function was given is in no line."""
    assert "LookupError" in said(style)
    assert "MARKER" not in said(style)
