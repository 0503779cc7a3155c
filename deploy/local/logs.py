"""Log files of what runs here: kept small at each start, and read for the reason when something ends."""

import json
import re
from pathlib import Path
from typing import Any

LIMIT_BYTES = 10_000_000
KEPT = 3

_ERROR = re.compile(r"^[\w.]*(Error|Exception|Warning|Exit)\b.*|.*\b(ERROR|CRITICAL|FATAL|PANIC)\b.*|^samsyn: .*")


def rotate(log: Path, *, limit_bytes: int = LIMIT_BYTES, kept: int = KEPT) -> None:
    """Begin a new file when this one has grown past the limit; the `kept` newest old ones stay as .1, .2, .3."""
    if not log.exists() or log.stat().st_size <= limit_bytes:
        return
    for number in range(kept, 0, -1):
        older = log if number == 1 else log.with_name(f"{log.name}.{number - 1}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number}"))


def tail(log: Path, *, since: int = 0, size_bytes: int = 16_384) -> str:
    """The end of a log file, at most from the byte `since` on; empty when there is none."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(since, log.stat().st_size - size_bytes))
        return file.read().decode(errors="replace")


def last_words(log: Path, *, since: int = 0) -> str:
    """The last line that tells of an error, else the last line of all: a sentence's end, at most 300 characters."""
    lines = [line.strip() for line in tail(log, since=since).splitlines() if line.strip()]
    told = [said for line in reversed(lines) if (said := _error_in(line))]
    words = told[0] if told else lines[-1] if lines else "It said nothing."
    return words if len(words) <= 300 else f"{words[:297]}..."


def _error_in(line: str) -> str:
    """What a log line tells of an error; empty when it tells of none."""
    if line.startswith("{"):
        try:
            entry: dict[str, Any] = json.loads(line)
        except ValueError:
            return ""
        if entry.get("level") not in {"error", "critical"}:
            return ""
        trace = [part for part in str(entry.get("exception", "")).splitlines() if part.strip()]
        parts = (entry.get("event"), entry.get("reason"), trace[-1].strip() if trace else None)
        return ": ".join(str(part) for part in parts if part)
    return line.removeprefix("samsyn: ") if _ERROR.match(line) else ""
