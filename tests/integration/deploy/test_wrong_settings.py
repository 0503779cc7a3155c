"""`samsyn up` with any setting wrong: one sentence that names it, and nothing of the installation is made."""

from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from deploy.local import environment
from deploy.local.errors import LocalError
from deploy.services import SERVICES
from shared.settings import Municipality, WrongSettings, check
from tests.contract.settings.test_hostile_values import HOSTILE
from tests.integration.deploy.test_cli import samsyn
from tests.support.make.settings import settings_class, sufficient, variables
from tests.support.servers.up import free_ports

WRONG_EACH = 3
KINDS: dict[str, tuple[type[BaseSettings], dict[str, str]]] = {
    "municipality": (Municipality, {}),
    **{name: (settings_class(name), sufficient(name)) for name in SERVICES},
}


def wrong_values(name: str, kind: type[BaseSettings], enough: dict[str, str]) -> Iterator[str]:
    """Values that a field refuses, as a shell can set them, and by its own rule rather than by those for all texts."""

    def refused(value: str) -> bool:
        try:
            check(kind, enough | {name: value})
        except WrongSettings as told:
            return any(each.startswith(f"{name} ") for each in told.faults)
        return False

    typed = (value for value in HOSTILE if len(value) < 2000 and value.isprintable())
    return filter(refused, typed)


@cache
def wrong() -> dict[str, list[str]]:
    """The first wrong values of every setting: found once, by the worker that has these tests."""
    return {
        name: list(islice(wrong_values(name, kind, enough), WRONG_EACH + 1))
        for kind, enough in KINDS.values()
        for name in variables(kind)
    }


PORTS = [f"{each.prefix}{kind}" for each in SERVICES.values() for kind in environment.PURPOSES]


def test_every_setting_has_wrong_values() -> None:
    """Else the tests below would try nothing of it. What may be any line is refused for its length alone."""
    any_line = {f"GATEWAY_OIDC_{name}" for name in ("CLIENT_ID", "CLIENT_SECRET", "SCOPES", "NAME")}
    assert {name for name, values in wrong().items() if len(values) < WRONG_EACH} == any_line
    assert all(wrong().values())


@pytest.mark.parametrize("turn", range(WRONG_EACH))
def test_a_wrong_setting_is_named_before_anything_is_made(tmp_path: Path, turn: int) -> None:
    """All of them wrong at once, each in another way at each turn."""
    told = {name: values[turn % len(values)] for name, values in wrong().items() if name not in PORTS}
    code, said = samsyn("up", home=tmp_path / "s", **free_ports() | told)
    assert (code, said.count("\n")) == (1, 1)
    assert [name for name in told if f"{name} " not in said] == []
    assert "MARKER" not in said
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("name", PORTS)
def test_a_wrong_port_is_named(name: str) -> None:
    """Ports are looked at first, since everything else is asked for at one."""
    for value in [each for each in wrong()[name] if each][:WRONG_EACH]:  # empty is said by the service itself
        with pytest.raises(LocalError, match=rf"^{name} must be a port"):
            environment.ports({name: value}, kind="INNER_PORT" if name.endswith("INNER_PORT") else "PORT")


@pytest.mark.parametrize(
    "told",
    [
        {"MUNICIPALITY_CRS": "EPSG:4326"}, {"MUNICIPALITY_CRS": "EPSG:99999"}, {"MUNICIPALITY_CYCLE_DAYS": "10"},
        {"SAMSYN_PORT": "http"}, {"SAMSYN_PORT": "65535"}, {"SAMSYN_POSTGRES_PORT": "0"},
        {"WALKS_PORT": "9321", "EVENTS_PORT": "9321"}, {"WALKS_INNER_PORT": "x"},
    ],
)  # fmt: skip
def test_one_that_is_wrong_by_itself_is_told_alone(tmp_path: Path, told: dict[str, str]) -> None:
    """One sentence, and nothing is made."""
    code, said = samsyn("up", home=tmp_path / "s", **free_ports() | told)
    assert (code, said.count("\n")) == (1, 1)
    assert any(name in said for name in told)
    assert not (tmp_path / "s").exists()
