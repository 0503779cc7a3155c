"""What tests need of the machine is named in tests/support/machine.py, and nothing is skipped past it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support import ROOT, machine

HELPER = ROOT / "tests" / "support" / "machine.py"
FILES = sorted(path for path in (ROOT / "tests").rglob("*.py") if path != HELPER)
PAST_IT = {"pytest.skip", "pytest.mark.skip", "pytest.mark.skipif", "pytest.importorskip", "shutil.which"}
STARTS = ("run", "Popen", "call", "check_call", "check_output", "create_subprocess_exec")


def nodes() -> Iterator[tuple[str, ast.AST]]:
    """Each node of each test's syntax tree, with where it stands."""
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from ((f"{path.relative_to(ROOT)}:{getattr(each, 'lineno', 0)}", each) for each in ast.walk(tree))


def started(call: ast.Call) -> str | None:
    """The program that a call starts by its name, if it starts one and says which."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name not in STARTS or not call.args or ast.unparse(call.func).split(".")[0] not in ("subprocess", "asyncio"):
        return None
    first = call.args[0]
    if isinstance(first, ast.List | ast.Tuple) and first.elts:
        first = first.elts[0]
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def test_threads_take_the_same_thing_at_once() -> None:
    """As two brokers do that start beside each other."""
    many = machine.Thing(name="many", how="as it is", find=lambda: "sh", brings=machine.PLAIN)
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(machine.take, [many] * 8)) == ["sh"] * 8


def test_nothing_is_skipped_but_for_a_thing_that_has_a_name() -> None:
    """So that the end of a run says what was missing, and CI fails for it."""
    found = [where for where, node in nodes() if isinstance(node, ast.Attribute) and ast.unparse(node) in PAST_IT]
    assert found == []


def test_programs_are_plain_or_named() -> None:
    """What a test starts by its name is on every machine, or one of those that a machine may lack."""
    known = {*machine.PLAIN, *(each for thing in machine.THINGS for each in thing.brings)}
    calls = ((where, started(node)) for where, node in nodes() if isinstance(node, ast.Call))
    assert [(where, program) for where, program in calls if program and program not in known] == []


SUITE = """
import os, shutil, subprocess
import pytest
from tests.support.machine import Thing, needs, program

GONE = program("no-such-program", debian="nothing")
THERE = program("python3-for-the-test", debian="python3", called=("python3", "python"))
import tests.support.machine as machine
machine.THINGS.append(GONE)

@needs(GONE)
def test_first(): raise AssertionError
@needs(GONE)
def test_second(): raise AssertionError
@needs(THERE)
def test_named(): assert subprocess.run(["python3", "-c", ""]).returncode == 0
def test_not_named(): assert shutil.which("python3") is None and shutil.which("sh")
"""


@pytest.mark.parametrize("strict", [False, True])
def test_a_lack_is_said_at_the_end_or_fails(tmp_path: Path, strict: bool) -> None:
    """One line for each thing, with how many tests and how to get it; a test finds what it named, and no more."""
    (tmp_path / "test_suite.py").write_text(SUITE)
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.support.look.lacks"),
        *("--rootdir", str(tmp_path), str(tmp_path)),
    ]
    environment = {"PATH": machine.PROGRAMS, "PYTHONPATH": str(ROOT), machine.STRICT: "1" if strict else ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    lack = "no no-such-program (Debian: apt install nothing)"
    if strict:
        assert done.returncode == 1
        assert "2 passed, 2 errors" in done.stdout or "2 failed, 2 passed" in done.stdout, done.stdout
        assert lack in done.stdout
    else:
        assert done.returncode == 0, done.stdout
        assert f"2 tests skipped: {lack}" in done.stdout
