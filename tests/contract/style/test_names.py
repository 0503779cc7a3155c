"""Names in prose: a module, a member of one, or a file that docs and docstrings name is there."""

import re
from importlib import import_module
from pathlib import Path

from tests.support import ROOT

DOTTED = re.compile(r"`((?:services|shared|deploy|tests)(?:\.\w+)+)(?:\(\))?`")
PATH = re.compile(r"`((?:services|shared|deploy|tests|docs)/[\w./-]+)`")
# The feature that CONTRIBUTING builds on paper.
WALK_THROUGH = re.compile(r"/(nights/|shifts)")
# What a release note says of a past release was true then.
PROSE = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "services/**/*", "shared/**/*", "deploy/**/*", "tests/**/*.py")
    for path in ROOT.glob(pattern)
    if path.suffix in (".md", ".py", ".toml", ".html") and path.name != "CHANGELOG.md" and path != Path(__file__)
)


def is_there(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    module, _, member = name.rpartition(".")
    try:
        import_module(name)
    except ModuleNotFoundError:
        return hasattr(import_module(module), member)
    return True


def named(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """What is named, and the file that names it."""
    found = {(name, str(path.relative_to(ROOT))) for path in PROSE for name in pattern.findall(path.read_text("utf-8"))}
    return sorted(found)


def test_modules_that_are_named_are_there() -> None:
    """`shared.access.table`, `shared.messages.TOPICS`."""
    assert [each for each in named(DOTTED) if not is_there(each[0])] == []


def test_files_that_are_named_are_there() -> None:
    """`services/reports/files/`, `docs/glossary.md`; those of the walk-through are to be."""
    gone = [each for each in named(PATH) if not (ROOT / each[0]).exists()]
    assert [each for each in gone if each[1] != "CONTRIBUTING.md" or not WALK_THROUGH.search(each[0])] == []


def test_what_is_gone_is_seen() -> None:
    """The measure itself."""
    assert is_there("shared.access.table")
    assert is_there("shared.access.Principal")
    assert not is_there("shared.access.nothing")
    assert not is_there("shared.bus_kafka")
