"""docker-compose.yml as `docker compose` reads it: merged, and with the variables of an environment file put in."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from deploy.cluster import environment
from deploy.local.kept import parse
from tests.support import ROOT

FILE = ROOT / "docker-compose.yml"
_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[?-])(?P<rest>[^}]*))?\}")


class Unset(Exception):
    """Compose refuses to start: a variable that the file insists on is not set."""


def compose(variables: Mapping[str, str]) -> Any:
    """The whole file with these variables. Raises Unset."""
    return _filled(yaml.safe_load(FILE.read_text()), variables)


def insisted_on() -> set[str]:
    """The variables without which compose refuses to start."""
    return {found["name"] for found in _VARIABLE.finditer(FILE.read_text()) if found["kind"] == "?"}


def offered() -> set[str]:
    """The variables that may be set, or stay away."""
    return {found["name"] for found in _VARIABLE.finditer(FILE.read_text()) if found["kind"] == "-"}


def made_variables(folder: Any) -> dict[str, str]:
    """What the file made by `deploy.cluster.environment` says, for a municipality that has been named in it."""
    file = folder / "compose.env"
    named = environment.text()
    for empty, said in {"_NAME=": "Testby", "_CODE=": "9999", "_PROXIES=": "[]"}.items():
        named = named.replace(f"{empty}\n", f"{empty}{said}\n")
    file.write_text(named, encoding="utf-8")
    return parse(file)


def service_of(command: list[str]) -> str | None:
    """The service that a container runs, if it runs one."""
    return command[2] if command[:2] == ["samsyn", "serve"] else None


def _filled(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, variables) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, variables) for each in value]
    return _VARIABLE.sub(lambda found: _value(found, variables), value) if isinstance(value, str) else value


def _value(found: re.Match[str], variables: Mapping[str, str]) -> str:
    if given := variables.get(found["name"]):
        return given
    if found["kind"] == "?":
        raise Unset(f"{found['name']}: {found['rest']}")
    return found["rest"] or ""
