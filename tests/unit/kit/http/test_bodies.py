"""Bodies and queries of very many names, and media types however they are written."""

import json
import time

import pytest
from starlette.datastructures import QueryParams

from shared.errors import Invalid, Malformed
from shared.http.media import media_type, takes
from shared.http.parameters import check_query
from shared.http.strict_json import MOST_MEMBERS, read_json

MANY = 100_000
# It takes a tenth of a second; looking for each name among all others took minutes.
AT_MOST_S = 5.0


def test_a_key_that_stands_twice_is_found_among_many() -> None:
    """Of as many keys as may be the last is the one before: it is named, in a time that grows with the body."""
    names = [*(f"k{number}" for number in range(MOST_MEMBERS - 2)), "twice", "twice"]
    body = "{" + ",".join(f"{json.dumps(name)}:1" for name in names) + "}"
    begun = time.process_time()
    with pytest.raises(Malformed) as refused:
        read_json(body.encode())
    assert time.process_time() - begun < AT_MOST_S
    assert [each.field for each in refused.value.errors] == ["/twice"]


def test_a_body_has_no_more_members_than_anybody_sends() -> None:
    """In one object, or in many; one less is read."""
    for body in (dict.fromkeys(map(str, range(MOST_MEMBERS)), 0), [{"a": 1}] * MOST_MEMBERS):
        assert read_json(json.dumps(body).encode()) == body
        with pytest.raises(Malformed, match=f"{MOST_MEMBERS} members"):
            read_json(json.dumps([body, {"b": 1}]).encode())


def test_a_parameter_that_stands_twice_is_found_among_many() -> None:
    """Each of 50,000 that are known stands twice; the first twenty are named."""
    names = [f"k{number}" for number in range(MANY // 2)]
    begun = time.process_time()
    with pytest.raises(Invalid) as refused:
        check_query(QueryParams([(name, "1") for name in [*names, *names]]), known=frozenset(names))
    assert time.process_time() - begun < AT_MOST_S
    assert {each.code for each in refused.value.errors} == {"repeated_parameter"}
    assert len(refused.value.errors) == 20


@pytest.mark.parametrize("written", ["text/csv", "Text/CSV", "TEXT/csv ; charset=utf-8", " text/csv\t;header=present"])
def test_a_media_type_has_one_name(written: str) -> None:
    """In any letters, with parameters or without (RFC 9110 §8.3.1)."""
    assert media_type(written) == "text/csv"


@pytest.mark.parametrize("accept", ["text/html", "Text/HTML;q=0.9", "image/png, TEXT/HTML", "text/css,text/html"])
def test_who_takes_a_page(accept: str) -> None:
    """Names it, as browsers do; any type at all names none."""
    assert takes(accept, "text/html")
    assert not takes("*/*, text/*, application/json", "text/html")


def test_a_number_without_a_fraction_is_whole() -> None:
    """As JSON Schema has it; others keep theirs, and so does what a float cannot hold to the last digit."""
    read = read_json(b"[2.0, -3.0, 2.5, 1e3, 12345678901234567890.0]")
    assert read == [2, -3, 2.5, 1000.0, 12345678901234567890.0]
    assert [type(each) for each in read] == [int, int, float, float, float]
