"""Cursors as callers send them back, or make them up."""

from base64 import urlsafe_b64encode
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from shared.errors import Malformed
from shared.http.cursors import Cursor
from tests.support import ROOT

ROUTES = "services/*/*/routes.py"
LIST = Cursor("things", kinds=(UUID,))


def made_up(content: Any) -> str:
    """A cursor that was not handed out: any JSON, as one would look."""
    return urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


def test_a_cursor_comes_back_as_it_was_given() -> None:
    """Its keys, each of its kind; none without one."""
    key = uuid4()
    assert LIST.decode(LIST.encode(key)) == [key]
    assert LIST.decode(None) is None


MADE_UP: list[Any] = [
    1, 1.5, None, True, "x", [], ["things", 1], ["things"], ["things", None], [[1]], [{}], {"a": 1}, ["things", "x"],
    ["things", "1", "2"], [2**60], [""],
]  # fmt: skip


@pytest.mark.parametrize("content", MADE_UP)
def test_a_made_up_cursor_is_refused(content: Any) -> None:
    """Whatever JSON it holds: 400, and no fault of ours."""
    with pytest.raises(Malformed):
        LIST.decode(made_up(content))


@pytest.mark.parametrize("value", ["", "=", "å", "%%%", "AAAA", "W", "\x00", "a" * 500])
def test_what_is_no_cursor_at_all_is_refused(value: str) -> None:
    """Signs that no cursor has."""
    with pytest.raises(Malformed):
        LIST.decode(value)


def test_a_cursor_of_another_list_is_refused() -> None:
    """Though its keys are of the same kinds."""
    with pytest.raises(Malformed):
        LIST.decode(Cursor("others", kinds=(UUID,)).encode(uuid4()))


def test_every_list_has_a_name_of_its_own() -> None:
    """Of each service; lists of different services meet in the gateway's addresses."""
    routes = [import_module(".".join(path.with_suffix("").relative_to(ROOT).parts)) for path in ROOT.glob(ROUTES)]
    names = [each.of for module in routes for each in vars(module).values() if isinstance(each, Cursor)]
    assert len(names) == len(set(names)) >= 9
