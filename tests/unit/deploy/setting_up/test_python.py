"""deploy/python.sh: which Python is taken, and what is said where none will do."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT

SCRIPT = ROOT / "deploy" / "python.sh"
OLDEST, NEWEST = (int(each) for each in re.findall(r"^(?:OLDEST|NEWEST)=(\d+)$", SCRIPT.read_text(), re.MULTILINE))


def chosen(folder: Path, *asked: str, **pythons: str) -> subprocess.CompletedProcess[str]:
    """What the script says where these Pythons are to be found, each with what it says of itself."""
    for name, says in pythons.items():
        file = folder / name.replace("_", ".")
        file.write_text(f"#!/bin/sh\necho '{says}'\n")
        file.chmod(0o755)
    return subprocess.run(
        ["sh", str(SCRIPT), *asked],
        env={"PATH": f"{folder}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("minor", range(OLDEST, NEWEST + 1))
def test_one_that_was_tried_is_taken(tmp_path: Path, minor: int) -> None:
    """Without a word, wherever it stands among those asked for."""
    found = chosen(tmp_path, "old", "new", "fit", old="3 9 whole", new="3 99 whole", fit=f"3 {minor} whole")
    assert (found.returncode, found.stdout, found.stderr) == (0, f"{tmp_path}/fit\n", "")


@pytest.mark.parametrize("minor", [NEWEST + 1, NEWEST + 2])
def test_a_newer_one_is_tried_with_a_warning(tmp_path: Path, minor: int) -> None:
    """Where there is no other; in one line."""
    found = chosen(tmp_path, "new", new=f"3 {minor} whole")
    assert (found.returncode, found.stdout) == (0, f"{tmp_path}/new\n")
    said = f"Python 3.{minor} is newer than what this version was tried on (3.{OLDEST} to 3.{NEWEST}); going on.\n"
    assert found.stderr == said


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (f"3 {OLDEST - 1} whole", f"it is Python 3.{OLDEST - 1}."),
        (f"3 {NEWEST} bare", f"it is Python 3.{NEWEST} without its venv module."),
        ("2 7 whole", "found none as: it."),
        ("no Python at all", "found none as: it."),
    ],
)
def test_none_that_will_do_is_told_with_what_to_do(tmp_path: Path, says: str, why: str) -> None:
    """Too old, or Debian's python3 without python3-venv, or nothing."""
    found = chosen(tmp_path, "it", it=says)
    assert (found.returncode, found.stdout) == (1, "")
    assert why in found.stderr
    assert "apt install" in found.stderr
    assert "python3-venv" in found.stderr


def test_what_is_written_of_versions_is_what_holds() -> None:
    """README and CONTRIBUTING name the limits of the script; the package bars nothing newer."""
    for file in ("README.md", "CONTRIBUTING.md"):
        assert re.findall(r"Python (3\.\d+) to (3\.\d+)", (ROOT / file).read_text()) == [
            (f"3.{OLDEST}", f"3.{NEWEST}")
        ], file
    assert f'requires-python = ">=3.{OLDEST}"' in (ROOT / "pyproject.toml").read_text()
