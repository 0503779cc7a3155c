"""What tests need of the machine beside Python's packages: each thing named once, with how to get it.

A test that needs something has the mark `needs(CURL)`, a fixture calls `require`. Where the thing is missing the test
is skipped and the run ends with a line about it (`tests.support.look.lacks`); with SAMSYN_STRICT, as CI sets it, the
test fails. A test finds the plainest programs and those that it asked for here, no others: what it does not name it
lacks on every machine.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock

import pytest

STRICT = "SAMSYN_STRICT"
CLUSTER = "KAFKA_BOOTSTRAP_SERVERS"
# As this process was started; `confine` narrows what its tests find.
PROGRAMS = os.environ.get("PATH", os.defpath)
# Where programs of the administrator are, which others do not find by their names.
SYSTEM = os.pathsep.join((PROGRAMS, "/usr/sbin", "/sbin"))
# What every Debian has, be it ever so small, and every system has under the same names.
PLAIN = (
    "awk", "basename", "bash", "cat", "chmod", "cp", "cut", "date", "dirname", "echo", "env", "expr", "false", "find",
    "grep", "gzip", "head", "id", "ln", "ls", "mkdir", "mktemp", "mount", "mv", "nice", "printf", "readlink", "rm",
    "sed", "sh", "sleep", "sort", "tail", "tar", "tee", "touch", "tr", "true", "umount", "uname", "wc", "xargs",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something that a machine may lack. `find` says where it is, or that it is there; None where it is not."""

    name: str
    how: str
    find: Callable[[], str | None]
    brings: tuple[str, ...] = ()

    @property
    def lack(self) -> str:
        """What is said where it is missing."""
        return f"no {self.name} ({self.how})"


def program(
    name: str,
    *,
    debian: str,
    called: tuple[str, ...] = (),
    works: Callable[[str], bool] = bool,
    path: str = PROGRAMS,
) -> Thing:
    """A program under the first of the names it is called by, which is there if it is found and works."""

    @cache
    def find() -> str | None:
        found = next(filter(None, (shutil.which(each, path=path) for each in called or (name,))), None)
        return found if found and works(found) else None

    return Thing(name=name, how=f"Debian: apt install {debian}", find=find, brings=called or (name,))


def _runs(*command: str) -> bool:
    try:
        environment = os.environ | {"PATH": PROGRAMS}
        return subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60).returncode == 0
    except OSError:
        return False


@cache
def _driver() -> str | None:
    return "playwright" if _runs(sys.executable, "-m", "playwright", "--version") else None


@cache
def _mounts() -> str | None:
    # In a namespace of its own, so that nothing stays mounted.
    return "mount" if _runs("unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt") else None


CURL = program("curl", debian="curl")
JAVA = program("Java", debian="default-jre-headless", called=("java",), works=lambda java: _runs(java, "-version"))
NODE = program("Node.js", debian="nodejs npm", called=("node",))
MAVEN = program("Maven", debian="maven", called=("mvn",))
CHROMIUM = program("Chromium", debian="chromium", called=("chromium", "chromium-browser", "google-chrome"))
CADDY = program("Caddy", debian="caddy", called=("caddy",))
NGINX = program("nginx", debian="nginx-light", path=SYSTEM)
SYSTEMD = program("systemd-analyze", debian="systemd")
DRIVER = Thing(name="libraries for Playwright's driver", how="Debian: apt install libstdc++6 libatomic1", find=_driver)
MOUNTING = Thing(name="right to mount a file system", how="run the tests as root", find=_mounts)
LINUX = Thing(
    name="Linux",
    how="no other system ties a process to its parent",
    find=lambda: sys.platform if sys.platform == "linux" else None,
)
NOTICES = Thing(
    name="notices of the police",
    how="SAMSYN_POLISEN_DIR names a folder of them",
    find=lambda: os.environ.get("SAMSYN_POLISEN_DIR") or None,
)
KAFKA = Thing(name="real Kafka", how="make test-kafka", find=lambda: os.environ.get(CLUSTER) or None)

THINGS = [each for each in globals().values() if isinstance(each, Thing)]
_TAKING = Lock()
# What a run of `make test` does without, on any machine: it is the other command's.
ELSEWHERE = (KAFKA, NOTICES)


def needs(*things: Thing) -> pytest.MarkDecorator:
    """The mark of a test that cannot do without these."""
    return pytest.mark.needs(*things)


def require(thing: Thing) -> str:
    """Where it is, as of `take`. Skips the test that asks where it is not, or fails it if nothing may be skipped."""
    found = take(thing)
    if found is None:
        (pytest.fail if os.environ.get(STRICT) and thing not in ELSEWHERE else pytest.skip)(thing.lack)
    return found


def take(thing: Thing) -> str | None:
    """Where it is, if it is there; for the rest of the test its programs are found by their names. From any thread."""
    with _TAKING:
        found = thing.find()
        if found and thing.brings:
            os.environ["PATH"] += os.pathsep + _offered(thing.name, thing.brings)
    return found


def confine() -> None:
    """Let this process, and those that it starts, find the plain programs alone, until a test takes more."""
    os.environ["PATH"] = _offered("plain", PLAIN)


@cache
def _folder() -> Path:
    folder = tempfile.mkdtemp(prefix="samsyn-programs-")
    Path(folder).chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@cache
def _offered(name: str, programs: Iterable[str]) -> str:
    """A folder with nothing but these, as far as they are on this machine."""
    folder = _folder() / name
    folder.mkdir()
    for each in programs:
        if found := shutil.which(each, path=SYSTEM):
            # No link: a script looks for its own files beside the name that it was called by.
            (folder / each).write_text(f'#!/bin/sh\nexec "{found}" "$@"\n')
            (folder / each).chmod(0o755)
    return str(folder)
