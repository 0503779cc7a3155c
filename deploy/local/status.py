"""What runs here, as a table; and how to end it from another terminal."""

import json
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local.environment import embedded
from deploy.local.errors import LocalError
from deploy.local.kept import with_ports
from deploy.local.programs import readiness
from deploy.local.state import holder, read_state
from deploy.local.supervisor import STOP_WITHIN_S, Recorded, end_leftovers, recorded
from deploy.local.up import RECORD


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one program stands. `state` is ready, starting, down, held back, or what the program says it still waits for.

    said: why it is held back.
    """

    name: str
    state: str
    port: int
    pid: int | None
    age_s: float
    memory_mb: float
    starts: int
    said: str = ""


def standings(directory: Path) -> list[Standing]:
    """How each program of the running `samsyn up` stands, PostgreSQL first. Raises LocalError if none runs."""
    read_state(directory)
    if holder(directory) is None:
        raise LocalError(f"Samsyn does not run in {directory}: `samsyn up` starts it.")
    return [standing(entry) for entry in recorded(directory / RECORD)]


def table(standings: list[Standing]) -> str:
    """The standings as text, a line for each under a line of headings; below, why one is held back."""
    rows = [("NAME", "STATE", "PORT", "PROCESS", "SINCE", "MEMORY", "STARTS")]
    rows += [
        (
            one.name,
            one.state,
            str(one.port),
            str(one.pid or "-"),
            _age(one.age_s),
            f"{one.memory_mb:.0f} MB",
            str(one.starts),
        )
        for one in standings
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, *(f"{one.name} keeps ending: {one.said}" for one in standings if one.said)])


def down(directory: Path, *, environ: Mapping[str, str]) -> bool:
    """Stop the `samsyn up` that runs in this folder, or what a killed one left; False if there was nothing to stop.

    Raises LocalError if it does not end in time.
    """
    state = read_state(directory)
    pid = holder(directory)
    if pid is None:
        left = end_leftovers(directory / RECORD)
        postgres = embedded(state, environ=with_ports(directory, environ))
        runs = postgres.pid() is not None
        postgres.stop()
        return bool(left) or runs
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN_S + 25  # the services, then PostgreSQL
    while holder(directory) == pid:
        if time.monotonic() > deadline:
            raise LocalError(f"Samsyn (process {pid}) does not stop; its logs are in {directory / 'logs'}.")
        time.sleep(0.05)
    return True


def standing(entry: Recorded) -> Standing:
    """How one program stands, by what was written down of it."""
    process = entry.process()
    idle = "held back" if entry.held else "down"
    state = idle if process is None else "ready" if entry.name == "postgres" else _answer(entry)
    age, memory = 0.0, 0
    if process is not None:
        try:
            age, memory = time.time() - process.create_time(), process.memory_info().rss
        except psutil.Error:
            state = "down"
    return Standing(
        name=entry.name,
        state=state,
        port=entry.port,
        pid=entry.pid,
        age_s=age,
        memory_mb=memory / 2**20,
        starts=entry.starts,
        said=entry.held,
    )


def _answer(entry: Recorded) -> str:
    """What /readyz says, in a word or a few."""
    status, body = readiness(entry.inner_port, pid=entry.pid)
    if status == 200:
        return "ready"
    try:
        said = json.loads(body)
        waits = [f"{part} {state}" for part, state in said.items() if isinstance(state, str) and state != "ready"]
        return "waits: " + ", ".join(part for part in waits if not part.startswith("service "))
    except (ValueError, AttributeError):
        return "starting"


def _age(seconds: float) -> str:
    minutes = int(seconds) // 60
    if minutes >= 24 * 60:
        return f"{minutes // 1440} d"
    return (
        f"{minutes // 60} h {minutes % 60} min"
        if minutes >= 60
        else f"{minutes} min"
        if minutes
        else f"{int(seconds)} s"
    )
