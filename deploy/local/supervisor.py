"""Keeps programs running: starts again what ends, slower each time. One that keeps ending is held back alone.

Only at the start, before all have been ready once, does that end everything: then it is a setting that a person mends.
"""

import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import psutil

from deploy.local.children import end
from deploy.local.errors import LocalError
from deploy.local.programs import Ending, Program
from deploy.local.state import write_private

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 15.0
CRASHES = 5
CRASHES_WITHIN_S = 60.0
FIRST_HOLD_S = 60.0
LONGEST_HOLD_S = 600.0
LOOK_EVERY_S = 0.1

# A service finishes its requests for 10 s and drains its relay for 5 s; what takes longer is killed.
STOP_WITHIN_S = 17.0

Say = Callable[[str], None]


@dataclass(slots=True)
class Watched:
    """A program and how it has fared. Times are of the monotonic clock; `start_at` is set while it waits to start.

    held_s: how long it was held back last, 0 since it did its work for a minute. `said`: its last words then.
    """

    program: Program
    start_at: float | None
    delay_s: float = FIRST_DELAY_S
    ready_at: float | None = None
    starts: int = 0
    held_s: float = 0
    said: str = ""
    crashes: deque[float] = field(default_factory=deque)

    @property
    def ready(self) -> bool:
        """Whether it does its work."""
        return self.ready_at is not None

    def keeps_ending(self, now: float) -> bool:
        """Whether this end of it, not the first, is one too many."""
        # What has never been ready is a loop however slowly it turns: a busy machine only stretches it.
        if self.ready_at is not None and now - self.ready_at > CRASHES_WITHIN_S:
            self.held_s = 0
        self.crashes.append(now)
        while self.ready and now - self.crashes[0] > CRASHES_WITHIN_S:
            self.crashes.popleft()
        return self.held_s > 0 or len(self.crashes) >= CRASHES


class Supervisor:
    """The programs of one `samsyn up`, in the order in which they start. `record` is where other commands find them."""

    def __init__(self, programs: Sequence[Program], *, record: Path, say: Say) -> None:
        self._watched = [Watched(program, start_at=0.0) for program in programs]
        self._record = record
        self._say = say
        self._all_were_ready = False

    @property
    def all_ready(self) -> bool:
        """Whether every program does its work."""
        return all(one.ready for one in self._watched)

    @property
    def waiting_for(self) -> list[str]:
        """The names of those that are not ready."""
        return [one.program.name for one in self._watched if not one.ready]

    def look(self, now: float) -> None:
        """Look at each program once and do what is due.

        Raises LocalError when one ends again and again before all were ready.
        """
        before = self._state()
        for one in self._watched:
            if one.start_at is not None:
                if now >= one.start_at:
                    self._start(one, now)
            elif (ending := one.program.ended()) is not None:
                self._ended(one, ending, now)
            elif not one.ready and one.program.is_ready():
                one.ready_at, one.delay_s = now, FIRST_DELAY_S
                self._say(f"{one.program.name} is ready (port {one.program.port})")
        self._all_were_ready = self._all_were_ready or self.all_ready
        if before != self._state():
            self._write_record()

    def run(self, stop: Event) -> None:
        """Look again and again until `stop` is set. Raises LocalError as `look` does."""
        while not stop.wait(LOOK_EVERY_S):
            self.look(time.monotonic())

    def stop(self, impatient: Event) -> None:
        """End all programs: first ask, then kill those that do not end in time or when somebody is impatient."""
        for one in self._watched:
            one.program.ask_to_stop()
        deadline = time.monotonic() + STOP_WITHIN_S
        asked = [one.program for one in self._watched if one.program.name != "postgres"]
        while any(program.pid for program in asked) and time.monotonic() < deadline and not impatient.wait(0.02):
            pass
        for one in reversed(self._watched):
            if one.program.pid is not None:
                one.program.kill()
        self._record.unlink(missing_ok=True)

    def _start(self, one: Watched, now: float) -> None:
        one.start_at = None
        one.starts += 1
        try:
            one.program.start()
        except (LocalError, OSError) as error:
            self._ended(one, Ending(str(error), killed=False), now)

    def _ended(self, one: Watched, ending: Ending, now: float) -> None:
        name, pause_s = one.program.name, one.delay_s
        one.delay_s = min(2 * one.delay_s, LONGEST_DELAY_S)
        if not ending.killed and one.keeps_ending(now):
            if not self._all_were_ready:
                raise LocalError(f"{name} keeps ending ({CRASHES} times). {ending.reason}")
            pause_s = one.held_s = min(max(2 * one.held_s, FIRST_HOLD_S), LONGEST_HOLD_S)
            one.said = ending.reason
            self._say(f"{name} keeps ending: {ending.reason} (held back for {pause_s:g} s; the others go on)")
        else:
            said = "was killed" if ending.killed else f"ended: {ending.reason}"
            self._say(f"{name} {said} (starting it again in {pause_s:g} s)")
        one.ready_at, one.start_at = None, now + pause_s

    def _state(self) -> list[tuple[int | None, bool, float]]:
        return [(one.program.pid, one.ready, one.held_s) for one in self._watched]

    def _write_record(self) -> None:
        found = [_recorded(one) for one in self._watched]
        try:
            write_private(self._record, json.dumps(found, indent=1))
        except OSError as error:  # a full disk must not take down what runs well
            self._say(f"{self._record} cannot be written ({error.strerror}).")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A program as the running `samsyn up` wrote it down. `born` tells a process from a later one of the same id.

    held: why it keeps ending, while it is held back or has not done its work for long since; else empty.
    """

    name: str
    port: int
    pid: int | None
    born: float | None
    starts: int
    held: str = ""
    inner_port: int = 0  # an earlier version wrote none

    def process(self) -> psutil.Process | None:
        """The process, if it is still the same one."""
        try:
            process = psutil.Process(self.pid) if self.pid else None
            return process if process and process.create_time() == self.born else None
        except psutil.NoSuchProcess:
            return None


def recorded(record: Path) -> list[Recorded]:
    """What the running or last `samsyn up` wrote down; empty when it stopped in order."""
    return [Recorded(**entry) for entry in json.loads(record.read_text())] if record.exists() else []


def end_leftovers(record: Path) -> list[str]:
    """End what an `up` that was killed has left running, PostgreSQL excepted; returns the names."""
    left = [(entry.name, process) for entry in recorded(record) if (process := entry.process()) is not None]
    services = [(name, process) for name, process in left if name != "postgres"]
    end([process for _, process in services], timeout_s=STOP_WITHIN_S)
    record.unlink(missing_ok=True)
    return [name for name, _ in services]


def _recorded(one: Watched) -> dict[str, object]:
    pid = one.program.pid
    try:
        born = psutil.Process(pid).create_time() if pid else None
    except psutil.NoSuchProcess:
        pid = born = None
    return {
        "name": one.program.name, "port": one.program.port, "inner_port": one.program.inner_port,
        "pid": pid, "born": born, "starts": one.starts, "held": "" if one.ready or not one.held_s else one.said,
    }  # fmt: skip
