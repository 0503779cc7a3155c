"""deploy/alone.py: whoever comes second waits, and says so."""

import subprocess
import sys
from pathlib import Path

from tests.support import ROOT

ALONE = [sys.executable, str(ROOT / "deploy" / "alone.py")]


def test_the_second_waits_for_the_first(tmp_path: Path) -> None:
    """It begins when the first has ended, passes on how its command ended, and has said why it waited."""
    lock, said = tmp_path / "lock", tmp_path / "said"
    first = subprocess.Popen(
        [*ALONE, str(lock), "sh", "-c", f"echo begun; read _; echo first >> {said}"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert first.stdin is not None
    assert first.stdout is not None
    assert first.stdout.readline() == "begun\n"
    second = subprocess.Popen(
        [*ALONE, str(lock), "sh", "-c", f"echo second >> {said}; exit 7"], stderr=subprocess.PIPE, text=True
    )
    assert second.stderr is not None
    assert second.stderr.readline() == "Another make installs here; this one goes on when that is done.\n"
    first.communicate("\n")
    assert (first.wait(), second.wait()) == (0, 7)
    assert said.read_text() == "first\nsecond\n"
