"""Every page asks for operations that there are."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.gateway.pages.frame import asking
from services.gateway.proxy import catalogue
from tests.support import ROOT

PAGES = ROOT / "services" / "gateway" / "pages"
# Functions that take an operation, and at which places of their arguments: the method (or which one it always is), the
# path.
TAKE: dict[str, tuple[int | str, int]] = {
    "ask": (2, 3), "fetch": ("GET", 2), "post": ("POST", 2), "pass_on": ("GET", 2),
    "may": (1, 2), "check_may": (1, 2), "who_may": (0, 1), "signed_in_who_may": (0, 1),
}  # fmt: skip


def test_nothing_else_asks() -> None:
    """The functions looked at here are all that `asking` offers for it."""
    offered = {name for name, each in vars(asking).items() if callable(each) and each.__module__ == asking.__name__}
    assert {name for name in offered if not name.startswith("_")} == (TAKE.keys() - {"who_may"}) | {"Answer", "new_key"}
    outside = [path for path in PAGES.rglob("*.py") if path.name != "asking.py"]
    assert not [path for path in outside if "services.call(" in path.read_text()]


def called() -> Iterator[tuple[str, ast.Call, str]]:
    """Each call of one of them: where, the call, and which."""
    for path in sorted(PAGES.rglob("*.py")):
        tree = ast.parse(path.read_text())
        names = {
            alias.asname or alias.name: alias.name
            for each in ast.walk(tree)
            if isinstance(each, ast.ImportFrom) and (each.module or "").endswith(("frame.asking", "frame.menu"))
            for alias in each.names
        }
        for each in ast.walk(tree):
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and names.get(each.func.id) in TAKE:
                yield f"{path.relative_to(ROOT)}:{each.lineno}", each, names[each.func.id]


def text_of(node: ast.expr) -> str | None:
    """A text as it stands in the code, with something in the place of each value; None for what is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else "something" for each in node.values)
    return None


# The menu's own call has what its subjects gave it.
CALLS = [each for each in called() if "frame/menu.py" not in each[0]]


@pytest.mark.parametrize(("place", "call", "name"), CALLS, ids=[place for place, _, _ in CALLS])
def test_a_page_asks_for_an_operation_that_there_is(place: str, call: ast.Call, name: str) -> None:
    """Method and path stand at the call, and are in the route table."""
    method_at, path_at = TAKE[name]
    method = method_at if isinstance(method_at, str) else text_of(call.args[method_at])
    path = text_of(call.args[path_at])
    assert None not in (method, path), f"{place}: method and path are written where they are asked for"
    assert catalogue.route_of(str(method), str(path))


def test_all_subjects_that_ask_are_looked_at() -> None:
    """The search above does find calls."""
    assert {Path(place).parent.name for place, _, _ in CALLS} >= {"overview", "reports", "imports"}
    assert len(CALLS) >= 20
