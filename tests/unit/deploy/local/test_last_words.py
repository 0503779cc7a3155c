"""The reason that a log gives for an ending."""

from pathlib import Path

import pytest

from deploy.local.logs import last_words, rotate

TRACEBACK = 'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\nValueError: no such zone\n'


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("started\nsamsyn: REPORTS_DATABASE_URL is not set\n", "REPORTS_DATABASE_URL is not set"),
        (TRACEBACK + "cleaning up\n", "ValueError: no such zone"),
        ('{"event": "service.ready", "level": "info"}\n', '{"event": "service.ready", "level": "info"}'),
        (
            '{"event": "service.task_failed", "level": "error", "exception": "Traceback\\nOSError: gone"}\n'
            '{"event": "service.stopping", "level": "info"}\n',
            "service.task_failed: OSError: gone",
        ),
        ('{"event": "service.stuck", "level": "error", "reason": "no progress"}\n', "service.stuck: no progress"),
        ("2026-01-01 UTC [7] PANIC:  could not write\nbye\n", "2026-01-01 UTC [7] PANIC:  could not write"),
        ("{ not json\nlast\n", "last"),
        ("", "It said nothing."),
    ],
)
def test_last_words(tmp_path: Path, said: str, words: str) -> None:
    """The last error stands before what was said after it, and any last line before nothing."""
    log = tmp_path / "x.log"
    log.write_text(said)
    assert last_words(log) == words


def test_words_of_an_earlier_start_are_not_repeated(tmp_path: Path) -> None:
    """Only what was said since this start counts, and no more than a sentence holds."""
    log = tmp_path / "x.log"
    log.write_text(TRACEBACK)
    began = log.stat().st_size
    with log.open("a") as file:
        file.write("y" * 500)
    assert last_words(log, since=began) == "y" * 297 + "..."


def test_rotate_keeps_the_newest_three(tmp_path: Path) -> None:
    """A grown log is set aside; the oldest of four goes; one below the limit stays."""
    log = tmp_path / "x.log"
    for number in range(5):
        log.write_text(f"{number}" * 11)
        rotate(log, limit_bytes=10, kept=3)
    assert [(tmp_path / f"x.log.{number}").read_text()[0] for number in (1, 2, 3)] == ["4", "3", "2"]
    assert not (tmp_path / "x.log.4").exists()
    log.write_text("0" * 10)
    rotate(log, limit_bytes=10)
    assert log.exists()
