"""The supervisor with small programs in the services' place: restarts, back-off, one held back, what is left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

import psutil
import pytest

from deploy.local.children import alive
from deploy.local.errors import LocalError
from deploy.local.programs import ServiceProgram
from deploy.local.status import standing
from deploy.local.supervisor import Supervisor, end_leftovers, recorded
from deploy.ports import free_port
from tests.support.machine import LINUX, needs
from tests.support.servers.services import wait_until

SERVE = """
import http.server, os, sys
THIS = int(sys.argv[2]) if len(sys.argv) > 2 else os.getpid()
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()
        self.wfile.write(b'{"process": %d}' % THIS)
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Ready).serve_forever()
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
)
CRASH = "raise ValueError('no luck today')"


def program(folder: Path, code: str, *, name: str = "reports") -> ServiceProgram:
    """A Python program in a service's place."""
    port = free_port()
    command = [sys.executable, "-S", "-c", code, str(port)]
    return ServiceProgram(name, command, environment={}, port=port, inner_port=port, log=folder / f"{name}.log")


class Watch:
    """A supervisor on a clock of the test's own, with what it said."""

    def __init__(self, folder: Path, *programs: ServiceProgram) -> None:
        self.said: list[str] = []
        self.record = folder / "running.json"
        self.supervisor = Supervisor(programs, record=self.record, say=self.said.append)

    async def ready(self, now: float) -> None:
        """Look until all are ready."""

        def look() -> bool:
            self.supervisor.look(now)
            return self.supervisor.all_ready

        await wait_until(look, what="readiness")


async def test_a_killed_program_is_started_again(tmp_path: Path) -> None:
    """After kill -9 it runs anew half a second later, not earlier; however often it is killed, that is no crash."""
    one = program(tmp_path, SERVE)
    watch = Watch(tmp_path, one)
    try:
        await watch.ready(0)
        for round_ in range(1, 8):
            now, pid = float(round_), one.pid
            assert pid
            os.kill(pid, signal.SIGKILL)
            await wait_until(one.ended)
            watch.supervisor.look(now)
            watch.supervisor.look(now + 0.4)
            assert one.pid is None
            await watch.ready(now + 0.5)
            assert one.pid not in {None, pid}
        assert recorded(watch.record)[0].starts == 8
        assert watch.said[1] == "reports was killed (starting it again in 0.5 s)"
    finally:
        watch.supervisor.stop(Event())


async def test_what_a_stranger_answers_on_its_port_is_not_its_readiness(tmp_path: Path) -> None:
    """Another installation that took the port answers 200 as well; it is told by its process."""
    stranger, one = program(tmp_path, SERVE, name="walks"), program(tmp_path, STUBBORN)
    one.inner_port = stranger.inner_port
    watch = Watch(tmp_path, stranger, one)
    try:

        def look() -> bool:
            watch.supervisor.look(0)
            return watch.supervisor.waiting_for == ["reports"]

        await wait_until(look, what="the stranger's own readiness")
        assert all(look() for _ in range(20))
        assert [standing(each).state for each in recorded(watch.record)] == ["ready", "starting"]
    finally:
        watch.supervisor.stop(Event())


async def test_back_off_doubles_and_a_start_that_cannot_be_ends_in_words(tmp_path: Path) -> None:
    """Half a second, one, two, four; the fifth crash before all are ready ends it with the program's last words."""
    one = program(tmp_path, CRASH)
    watch = Watch(tmp_path, one)
    now = 100.0
    watch.supervisor.look(now)
    for delay in (0.5, 1, 2, 4):
        await wait_until(one.ended)
        watch.supervisor.look(now)
        assert watch.said[-1] == f"reports ended: ValueError: no luck today (starting it again in {delay:g} s)"
        now += delay
        watch.supervisor.look(now)
    await wait_until(one.ended)
    with pytest.raises(LocalError, match=r"reports keeps ending \(5 times\)\. ValueError: no luck today"):
        watch.supervisor.look(now)


async def test_one_that_keeps_ending_is_held_back_alone(tmp_path: Path) -> None:
    """A minute, then two, up to ten and so for ever; the other goes on; a minute of work, and all is forgotten."""
    bad, good = program(tmp_path, SERVE), program(tmp_path, SERVE, name="walks")
    watch = Watch(tmp_path, bad, good)
    try:
        await watch.ready(0)
        others, now = good.pid, 0.0
        for pause in (0.5, 0.5, 0.5, 0.5, 60, 120, 240, 480, 600, 600):
            await watch.ready(now)
            assert recorded(watch.record)[0].held == ""
            assert bad.pid
            os.kill(bad.pid, signal.SIGABRT)
            await wait_until(bad.ended)
            watch.supervisor.look(now + 1)
            watch.supervisor.look(now + pause + 0.9)
            assert [one.pid for one in recorded(watch.record)] == [None, others], pause
            now += 1 + pause
            assert recorded(watch.record)[0].held == ("It said nothing." if pause >= 60 else "")
        assert watch.said[-1] == "reports keeps ending: It said nothing. (held back for 600 s; the others go on)"
        assert [one.said for one in map(standing, recorded(watch.record))] == ["It said nothing.", ""]
        await watch.ready(now)
        assert bad.pid
        os.kill(bad.pid, signal.SIGABRT)
        await wait_until(bad.ended)
        watch.supervisor.look(now + 61)
        assert watch.said[-1].endswith("(starting it again in 0.5 s)")
    finally:
        watch.supervisor.stop(Event())


async def test_rare_crashes_are_no_loop(tmp_path: Path) -> None:
    """A program that does its work and ends every twenty seconds is started again for ever."""
    one = program(tmp_path, SERVE)
    watch = Watch(tmp_path, one)
    try:
        for round_ in range(8):
            await watch.ready(20.0 * round_)
            assert one.pid
            os.kill(one.pid, signal.SIGTERM)
            await wait_until(one.ended)
            watch.supervisor.look(20.0 * round_ + 19)
        assert sum("starting it again in 0.5 s" in said for said in watch.said) == 8
    finally:
        watch.supervisor.stop(Event())


async def test_the_wait_between_starts_has_an_end(tmp_path: Path) -> None:
    """What is killed before it is ready waits longer each time, fifteen seconds at most."""
    one = program(tmp_path, STUBBORN)
    watch = Watch(tmp_path, one)
    for round_ in range(8):
        watch.supervisor.look(20.0 * round_)
        assert one.pid
        os.kill(one.pid, signal.SIGKILL)
        await wait_until(one.ended)
        watch.supervisor.look(20.0 * round_ + 1)
    waits = [said.split("again in ")[1] for said in watch.said]
    assert waits == ["0.5 s)", "1 s)", "2 s)", "4 s)", "8 s)", "15 s)", "15 s)", "15 s)"]


async def test_a_deaf_program_is_killed_when_somebody_is_impatient(tmp_path: Path) -> None:
    """A second Ctrl-C does not wait for a program that ignores the first."""
    one = program(tmp_path, STUBBORN)
    watch = Watch(tmp_path, one)
    watch.supervisor.look(0)
    await wait_until(lambda: "deaf" in (tmp_path / "reports.log").read_text())
    process = psutil.Process(one.pid)
    impatient = Event()
    impatient.set()
    watch.supervisor.stop(impatient)
    assert not alive(process)
    assert not watch.record.exists()


@needs(LINUX)
async def test_programs_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    """kill -9 of the supervisor ends what it started."""
    parent = subprocess.Popen([sys.executable, "-c", _supervise(SERVE, tmp_path)])
    entry = (await wait_until(lambda: recorded(tmp_path / "running.json")))[0]
    child = entry.process()
    assert child is not None
    parent.kill()
    parent.wait()
    await wait_until(lambda: not alive(child), what="the child's end")


async def test_the_next_start_ends_what_was_left(tmp_path: Path) -> None:
    """A program that a dead supervisor left is ended; one that only has the same process id is not."""
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    innocent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    born = psutil.Process(left.pid).create_time()
    entry = '{{"name": "{}", "port": 1, "pid": {}, "born": {}, "starts": 1}}'
    record = tmp_path / "running.json"
    record.write_text(f"[{entry.format('reports', left.pid, born)}, {entry.format('walks', innocent.pid, born - 50)}]")
    try:
        assert end_leftovers(record) == ["reports"]
        assert left.wait() == -signal.SIGTERM
        assert innocent.poll() is None
        assert not record.exists()
    finally:
        innocent.kill()
        innocent.wait()


def _supervise(code: str, folder: Path) -> str:
    """A program that supervises one program until it is killed."""
    return f"""
import sys, time
from pathlib import Path
from threading import Event
from deploy.local.programs import ServiceProgram
from deploy.local.supervisor import Supervisor
from deploy.ports import free_port
folder, port = Path({str(folder)!r}), free_port()
command = [sys.executable, "-c", {code!r}, str(port)]
one = ServiceProgram("reports", command, environment={{}}, port=port, inner_port=port, log=folder / "x.log")
Supervisor([one], record=folder / "running.json", say=print).run(Event())
"""
