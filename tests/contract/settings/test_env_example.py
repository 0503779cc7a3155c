""".env.example is the list of all settings: every one stands in it, with its default, and nothing else."""

import re
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from deploy.services import SERVICES
from shared.settings import Municipality
from tests.support import ROOT
from tests.support.make.settings import settings_class, settings_classes, variables
from tests.support.servers.compose import compose, made_variables

# NAME= is a setting that must be set, #NAME=value one with a default, #NAME= one that may stay away.
LINES = re.findall(r"^(#?)([A-Z][A-Z0-9_]*)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
EXAMPLE = {name: value for _, name, value in LINES}
# What the command and docker compose read by themselves.
OWN = "SAMSYN_"


def test_every_setting_stands_in_the_example_and_nothing_more() -> None:
    """The example's names are those of the Settings classes, each once."""
    wanted = {name for kind in settings_classes() for name in variables(kind)}
    found = [name for _, name, _ in LINES if not name.startswith(OWN)]
    assert {"missing": wanted - set(found), "too many": set(found) - wanted} == {"missing": set(), "too many": set()}
    assert len(found) == len(set(found))


def test_what_the_command_reads_stands_in_the_example() -> None:
    """Every SAMSYN_ variable that the programs or docker-compose.yml name, and no other."""
    programs = [path for folder in ("deploy", "services", "shared") for path in (ROOT / folder).rglob("*.py")]
    texts = [path.read_text(encoding="utf-8") for path in (*programs, ROOT / "docker-compose.yml")]
    read = {name for text in texts for name in re.findall(rf"[\"{{]({OWN}[A-Z_]+)", text)}
    assert {name for name in EXAMPLE if name.startswith(OWN)} == read


def test_what_must_be_set_is_the_only_thing_not_commented() -> None:
    """A setting without a default stands open and empty; all others are comments."""
    required = {name for kind in settings_classes() for name, field in variables(kind).items() if field.is_required()}
    assert {name for commented, name, _ in LINES if not commented} == required
    assert all(not value for commented, _, value in LINES if not commented)


@pytest.mark.parametrize("service", SERVICES)
def test_example_shows_the_defaults(service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service given the example's values has the very settings that it has without them."""
    kinds: list[type[BaseSettings]] = [Municipality, settings_class(service)]
    given = compose(made_variables(tmp_path))["services"][service]["environment"]
    for kind in kinds:
        for name, field in variables(kind).items():
            monkeypatch.delenv(name, raising=False)
            if field.is_required():
                monkeypatch.setenv(name, given[name])
    plain = settings_class(service)()
    for kind in kinds:
        for name, field in variables(kind).items():
            if not field.is_required() and field.default is not None:
                monkeypatch.setenv(name, EXAMPLE[name])
    assert settings_class(service)() == plain
