"""Cursors as callers send them back, or make them up."""

from base64 import urlsafe_b64encode
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from shared.errors import Malformed
from shared.http.problems import Cursor


def made_up(content: Any) -> str:
    """A cursor that was not handed out: any JSON, as one would look."""
    return urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


def test_a_cursor_comes_back_as_it_was_given() -> None:
    """Its keys, each of its kind; none without one."""
    key = uuid4()
    assert Cursor.decode(Cursor.encode(key), kinds=(UUID,)) == [key]
    assert Cursor.decode(None, kinds=(UUID,)) is None


@pytest.mark.parametrize(
    "content", [1, 1.5, None, True, "x", [], [1], [None], [[1]], [{}], {"a": 1}, ["x"], ["1", "2"], [2**60], [""]]
)
def test_a_made_up_cursor_is_refused(content: Any) -> None:
    """Whatever JSON it holds: 400, and no fault of ours."""
    with pytest.raises(Malformed):
        Cursor.decode(made_up(content), kinds=(UUID,))


@pytest.mark.parametrize("value", ["", "=", "å", "%%%", "AAAA", "W", "\x00", "a" * 500])
def test_what_is_no_cursor_at_all_is_refused(value: str) -> None:
    """Signs that no cursor has."""
    with pytest.raises(Malformed):
        Cursor.decode(value, kinds=(UUID,))
