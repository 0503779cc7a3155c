"""The operations page names what there is: metrics, events of the log, settings, files."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from deploy.cli import app
from tests.support import ROOT

PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
MODULES = [path for folder in ("services", "shared", "deploy") for path in (ROOT / folder).rglob("*.py")]
CODE = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
METRICS = re.findall(r'(Counter|Gauge|Histogram)\(\s*"(samsyn_\w+)"', CODE)
# What `shared.working` logs is put together of a name and this.
AWAY = ".away"


def rows(heading: str) -> list[str]:
    """The first cells of the tables between a heading and the next."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| (`.*?) \|", part, re.MULTILINE)


def test_all_metrics_stand_there_and_no_others() -> None:
    """Counters under the name that Prometheus sees."""
    told = {name for cell in rows("Health and metrics") for name in re.findall(r"`(samsyn_\w+)`", cell)}
    made = {name.removesuffix("_total") + ("_total" if kind == "Counter" else "") for kind, name in METRICS}
    assert told == made


def test_every_event_that_it_explains_is_logged() -> None:
    """By its whole name; of work that waits for what is away, by the name of the work."""
    told = {name for cell in rows("Logs") for name in re.findall(r"`([a-z_]+\.[a-z_]+)`", cell)}
    assert len(told) > 20
    assert {name for name in told if f'"{name}"' not in CODE and f'"{name.removesuffix(AWAY)}"' not in CODE} == set()


@pytest.mark.parametrize("event", sorted(set(re.findall(r'log\.(?:error|exception)\(\s*"([a-z_.]+)"', CODE))))
def test_every_fault_of_ours_is_explained(event: str) -> None:
    """What is logged as an error is for somebody to look at, so it says there what it means."""
    assert f"`{event}`" in PAGE


def commands(group: Any, *above: str) -> Iterator[str]:
    """Every command that can be typed, by its words."""
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if hasattr(command, "list_commands"):
            yield from commands(command, *above, name)
        else:
            yield " ".join((*above, name))


def test_all_commands_stand_there_and_no_others() -> None:
    """In the table of commands, each by all its words; what follows in capitals is what one types there."""
    cells = " ".join(rows("On one machine"))
    told = {re.sub(r" [A-Z]+$", "", words) for words in re.findall(r"`(samsyn [^`]+)`", cells)}
    assert told == set(commands(typer.main.get_command(app), "samsyn"))


def test_files_and_settings_are_there() -> None:
    """A file of the code, a variable with its service's prefix in full."""
    files = set(re.findall(r"`((?:services|shared|deploy|docs|tests)/[\w/.-]+)`", PAGE))
    assert {name for name in files if not (ROOT / name).exists()} == set()
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    settings = set(re.findall(r"\b((?:SAMSYN|REPORTS|WALKS|EVENTS|NOTIFY|GATEWAY|MUNICIPALITY)_[A-Z_]*[A-Z])\b", PAGE))
    assert {name for name in settings if f"{name}=" not in example} == set()
