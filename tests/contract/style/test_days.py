"""Which day it is, is asked in the municipality's zone: for an hour or two each night UTC still has another."""

import re
from pathlib import Path

from tests.support import ROOT

ANOTHER_CLOCK = re.compile(r"now\(UTC\)(?: [-+] timedelta\([^)]*\)\))?\.date\(\)")
# The day on which a migration was drafted is a note to people.
MAY = {"shared/database/migrations.py"}


def asking(root: Path) -> list[str]:
    """The modules that take the day from UTC."""
    found = (path for folder in ("services", "shared", "deploy", "tests") for path in (root / folder).rglob("*.py"))
    return sorted(str(path.relative_to(root)) for path in found if ANOTHER_CLOCK.search(path.read_text("utf-8")))


def test_no_day_is_taken_from_utc() -> None:
    """`date.today()` is ruff's to refuse (DTZ011)."""
    assert set(asking(ROOT)) <= MAY


def test_a_day_of_utc_is_seen(tmp_path: Path) -> None:
    """The measure itself."""
    (tmp_path / "tests").mkdir()
    for number, asked in enumerate(("datetime.now(UTC)", "(datetime.now(UTC) - timedelta(days=1))")):
        (tmp_path / "tests" / f"planted_{number}.py").write_text(f"DAY = {asked}.date()\n")
    assert len(asking(tmp_path)) == 2
