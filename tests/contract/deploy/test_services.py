"""Which services there are is written down once; all else follows, or is held to it here."""

import ast
from configparser import ConfigParser
from pathlib import Path

import pytest

from deploy.services import BEHIND_THE_GATEWAY, SERVICES
from services.gateway.proxy import catalogue
from services.gateway.settings import Settings
from tests.support import ROOT

LIST = Path("deploy/services.py")
# Not which services there are, but what each is called or gives: by its name, each entry with something of its own.
BY_NAME = {
    Path("services/gateway/pages/docs/chapters.py"),  # subjects of the API
    Path("services/gateway/proxy/machines.py"),  # the same for programs
    Path("tests/integration/deploy/local/test_environment.py"),  # the ports as they are promised
    Path("tests/integration/kit/test_alone.py"),  # what each can be asked
}


def named_in(node: ast.AST) -> set[str]:
    """The services that a list, a tuple, a set or the keys of a dictionary name in so many words."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        parts = node.elts
    elif isinstance(node, ast.Dict):
        parts = [key for key in node.keys if key is not None]
    else:
        return set()
    return {part.value for part in parts if isinstance(part, ast.Constant) and part.value in SERVICES}


def test_there_is_one_list_of_them() -> None:
    """No code beside it names three services in a row."""
    files = [path for folder in ("services", "shared", "deploy", "tests") for path in (ROOT / folder).rglob("*.py")]
    lists = {
        path.relative_to(ROOT)
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if len(named_in(node)) >= 3
    }
    assert lists - {LIST} == BY_NAME


def test_each_has_a_folder_and_each_folder_is_one() -> None:
    """`services/` holds the programs of the list."""
    folders = {path.parent.name for path in (ROOT / "services").glob("*/app.py")}
    assert folders == set(SERVICES)


def test_the_gateway_knows_those_behind_it_by_their_operations() -> None:
    """Its route table names them all, in the order of the list."""
    assert catalogue.services_of(catalogue.committed_routes()) == BEHIND_THE_GATEWAY


@pytest.mark.parametrize("service", BEHIND_THE_GATEWAY)
def test_the_gateway_has_an_address_for_each(service: str) -> None:
    """The one place beside the list that a new service needs in code; its default is its port on one machine."""
    assert Settings.model_fields[f"{service}_url"].default == f"http://127.0.0.1:{8000 + SERVICES[service].offset}"


def test_services_are_kept_apart_from_each_other() -> None:
    """The import contract names them all."""
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    apart = contracts["importlinter:contract:independent"]["modules"].split()
    assert set(apart) == {f"services.{name}" for name in SERVICES}
